"""What the dialers report, read, checked and laid over the lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.app.editing.live import LiveState, read_snapshot, typed_busy, with_live
from planner.contracts.faults import InputError
from planner.contracts.problem import AssignmentStop
from planner.tables.folder import read_folder

QUICKSTART = read_folder(Path(__file__).resolve().parents[3] / "data" / "quickstart")
HEADER = "campaign_id,dialer_id,dial_lines,agent_lines,busy_agent_lines,status\n"
KEY = ("Solar", "D1")


def test_busy_lines_and_stops_are_laid_over_the_lines() -> None:
    text = HEADER + "Solar,D1,95,5,3,\nSolar,D2,95,5,,stopped_by_dialer\n"
    live = read_snapshot("live", text.encode(), QUICKSTART)
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
        read_snapshot("live", text.encode(), QUICKSTART)
    places = {(f.line, f.column) for f in told.value.faults}
    assert places == {(2, "dialer_id"), (3, "busy_agent_lines")}


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
