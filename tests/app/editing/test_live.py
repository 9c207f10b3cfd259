"""What the dialers report, read, checked and laid over the lines."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from planner.app.editing.live.live import (
    LiveState,
    live_of,
    newest,
    oldest,
    other_lines,
    typed_busy,
    untold,
    with_live,
    with_typed,
)
from planner.app.editing.live.live_rows import read_snapshot
from planner.contracts.faults import InputError
from planner.contracts.problem import AssignmentStop
from planner.tables.folder import read_folder

QUICKSTART = read_folder(Path(__file__).resolve().parents[3] / "data" / "quickstart")
HEADER = "campaign_id,dialer_id,dial_lines,agent_lines,busy_agent_lines,status\n"
KEY = ("Solar", "D1")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_busy_lines_and_stops_are_laid_over_the_lines() -> None:
    text = HEADER + "Solar,D1,95,5,3,\nSolar,D2,95,5,,stopped_by_dialer\n"
    live = live_of(read_snapshot(text.encode(), NOW), QUICKSTART)
    first, second = with_live(QUICKSTART, live).assignments
    assert (first.busy_agent_lines, first.status) == (3, AssignmentStop.NONE)
    assert (second.busy_agent_lines, second.status) == (None, AssignmentStop.BY_DIALER)
    assert (first.dial_lines, first.agent_lines) == (95, 5), "the lines are the plan's"


def test_never_more_lines_are_busy_than_the_plan_has() -> None:
    live = {KEY: LiveState(9, AssignmentStop.NONE)}
    assert with_live(QUICKSTART, live).assignments[0].busy_agent_lines == 5


def test_every_fault_of_a_snapshot_is_told_with_its_place() -> None:
    text = HEADER + "Solar,D9,95,5,3,\nSolar,D1,95,5,many,\n"
    with pytest.raises(InputError) as told:
        live_of(read_snapshot(text.encode(), NOW), QUICKSTART)
    places = {(f.line, f.column) for f in told.value.faults}
    assert places == {(2, "dialer_id"), (3, "busy_agent_lines")}


def test_ids_that_differ_in_case_only_are_hinted_at() -> None:
    text = HEADER + "solar,D1,95,5,3,\n"
    with pytest.raises(InputError, match="Solar differs in upper and lower case"):
        live_of(read_snapshot(text.encode(), NOW), QUICKSTART)


def test_busy_lines_can_be_typed() -> None:
    live, messages = typed_busy(QUICKSTART, {KEY: " 4 "}, {})
    assert live[KEY].busy_agent_lines == 4
    assert messages == ()
    live, _ = typed_busy(QUICKSTART, {KEY: ""}, live)
    assert live[KEY].busy_agent_lines is None


@pytest.mark.parametrize("typed", ["6", "-1", "many", "1.5", "²"])
def test_what_cannot_be_busy_is_told_and_changes_nothing(typed: str) -> None:
    before = {KEY: LiveState(2, AssignmentStop.NONE)}
    live, messages = typed_busy(QUICKSTART, {KEY: typed}, before)
    assert live == before
    assert len(messages) == 1
    assert f"“{typed}”" in messages[0]
    assert "from 0 to its 5 agent lines" in messages[0]


def test_rows_that_a_snapshot_leaves_out_have_no_status() -> None:
    live = live_of(read_snapshot(f"{HEADER}Solar,D1,95,5,3,\n".encode(), NOW), QUICKSTART)
    missing, old = untold(QUICKSTART, live, NOW, timedelta(seconds=30))
    assert (missing, old) == ([("Solar", "D2")], [])
    shown = with_live(QUICKSTART, live, missing).assignments
    assert [(a.campaign_id, a.dialer_id) for a in shown] == [KEY]


def test_data_is_as_old_as_its_file_or_as_its_rows_say() -> None:
    hour = timedelta(hours=1)
    text = (
        "campaign_id,dialer_id,dial_lines,agent_lines,as_of\n"
        "Solar,D1,95,5,2026-11-30T11:59:50Z\nSolar,D2,95,5,\n"
    )
    live = live_of(read_snapshot(text.encode(), NOW - hour), QUICKSTART)
    assert oldest(live) == NOW - hour
    assert untold(QUICKSTART, live, NOW, timedelta(seconds=30)) == ([], [("Solar", "D2")])


def test_what_is_told_of_later_than_now_has_no_age_and_no_status() -> None:
    text = (
        "campaign_id,dialer_id,dial_lines,agent_lines,as_of\n"
        "Solar,D1,95,5,2026-11-30T12:40:00Z\nSolar,D2,95,5,2026-11-30T12:00:10Z\n"
    )
    live = live_of(read_snapshot(text.encode(), NOW), QUICKSTART)
    assert newest(live) == NOW + timedelta(minutes=40)
    # Clocks may be some seconds apart.
    assert untold(QUICKSTART, live, NOW, timedelta(seconds=30)) == ([], [KEY])


def test_one_campaign_and_dialer_twice_is_a_fault() -> None:
    text = f"{HEADER}Solar,D1,95,5,3,\nSolar,D2,95,5,3,\nSolar,D1,95,5,,stopped\n"
    with pytest.raises(InputError) as told:
        live_of(read_snapshot(text.encode(), NOW), QUICKSTART)
    (fault,) = told.value.faults
    assert (fault.line, fault.expected) == (
        4,
        "each campaign and dialer once; line 2 has them too",
    )


def test_lines_that_differ_from_the_plan_are_told_and_used() -> None:
    live = live_of(read_snapshot(f"{HEADER}Solar,D1,90,2,1,\n".encode(), NOW), QUICKSTART)
    assert other_lines(QUICKSTART, live) == [
        "Solar on D1: 90 dial and 2 agent lines there, 95 dial and 5 agent lines in the plan"
    ]
    first = with_live(QUICKSTART, live).assignments[0]
    assert (first.dial_lines, first.agent_lines, first.busy_agent_lines) == (90, 2, 1)


def test_lines_where_the_plan_has_none_are_told_and_used() -> None:
    planned = QUICKSTART.model_copy(update={"assignments": QUICKSTART.assignments[:1]})
    text = f"{HEADER}Solar,D1,95,5,1,\nSolar,D2,10,2,,\n"
    live = live_of(read_snapshot(text.encode(), NOW), planned)
    assert other_lines(planned, live) == [
        "Solar on D2: 10 dial and 2 agent lines there, no lines in the plan"
    ]
    assert with_live(planned, live).assignments[1].dial_lines == 10


def test_typed_busy_lines_stay_until_the_source_tells_others_and_that_is_said() -> None:
    silent = live_of(read_snapshot(f"{HEADER}Solar,D1,95,5,,\n".encode(), NOW), QUICKSTART)
    kept, words, replaced = with_typed(silent, {KEY: 3})
    assert (kept[KEY].busy_agent_lines, words, replaced) == (3, [], set())
    told = live_of(read_snapshot(f"{HEADER}Solar,D1,95,5,4,\n".encode(), NOW), QUICKSTART)
    kept, words, replaced = with_typed(told, {KEY: 3})
    assert kept[KEY].busy_agent_lines == 4
    assert words == ["Solar on D1: 3 was typed; the live data says 4 busy, which is used."]
    assert replaced == {KEY}


def test_faulty_rows_cost_no_more_each_the_more_there_are() -> None:
    def seconds(rows: int) -> float:
        content = (HEADER + "Solar,D9,95,5,lots,\n" * rows).encode()
        began = time.process_time()
        with pytest.raises(InputError):
            live_of(read_snapshot(content, NOW), QUICKSTART)
        return time.process_time() - began

    seconds(10)
    few, many = seconds(1000), seconds(8000)
    # In proportion it is 8 times as much; with every row compared with every other one 64 times.
    assert many < 24 * few
