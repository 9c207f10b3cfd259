"""What the contracts accept, refuse and derive."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.contracts.faults import Fault, InputError
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import (
    Campaign,
    Dialer,
    Interval,
    LineAssignment,
    Outage,
    Problem,
    TrunkGroup,
)
from planner.contracts.result import FIGURE_NAMES, PlanOptions, Progress, relative_gap
from planner.contracts.values.weekly import (
    Window,
    format_days,
    format_schedule,
    parse_clock,
    parse_days,
    parse_schedule,
)
from tests.support.builders import solar
from tests.support.results import two_dialers

# Faults


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (
            Fault("dialers.csv", 3, "ports", "many", "a whole number"),
            "dialers.csv, line 3, column ports is 'many': expected a whole number",
        ),
        (
            Fault("dialers.csv", 3, "ports", "", "a whole number"),
            "dialers.csv, line 3, column ports is empty: expected a whole number",
        ),
        (Fault("dialers.csv", None, None, None, "this table"), "dialers.csv: expected this table"),
    ],
)
def test_a_fault_tells_its_place_the_value_and_what_was_expected(fault: Fault, text: str) -> None:
    assert str(fault) == text


def test_a_fault_shows_only_the_start_of_a_long_value() -> None:
    assert len(str(Fault("a.csv", 1, "b", "x" * 10_000, "less"))) < 120


def test_an_input_error_carries_every_fault() -> None:
    faults = [Fault("a.csv", line, None, None, "sense") for line in (1, 2)]
    assert InputError(faults).faults == tuple(faults)
    assert str(InputError(faults)).count("\n") == 1


def test_an_input_error_without_a_fault_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one fault"):
        InputError([])


# Weekly windows


@pytest.mark.parametrize(
    ("text", "minutes"), [("00:00", 0), ("9:05", 545), ("09:05", 545), ("24:00", 1440)]
)
def test_a_time_of_day_is_read(text: str, minutes: int) -> None:
    assert parse_clock(text) == minutes


@pytest.mark.parametrize("text", ["", "9", "09:60", "24:01", "25:00", "-1:00", "09:00:00", "٠٩:٠٠"])
def test_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no time of day"):
        parse_clock(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", (0, 1, 2, 3, 4, 5, 6)),
        ("Mon-Fri", (0, 1, 2, 3, 4)),
        ("sat, SUN", (5, 6)),
        ("Sat-Mon", (0, 5, 6)),
        ("Wed,Mon-Tue", (0, 1, 2)),
    ],
)
def test_weekdays_are_read(text: str, days: tuple[int, ...]) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize("text", ["Moon", "Mon-", "Mon-Wed-Fri", "Mon,,Tue", "1"])
def test_no_weekday_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="weekday"):
        parse_days(text)


def test_a_schedule_is_read_sorted_and_merged() -> None:
    assert parse_schedule("Tue 10:00-12:00; Mon 9:00-17:00; Tue 12:00-13:00") == (
        Window(0, 540, 1020),
        Window(1, 600, 780),
    )


def test_a_window_past_midnight_is_split_there() -> None:
    assert parse_schedule("Sun 22:00-02:00") == (Window(0, 0, 120), Window(6, 1320, 1440))
    assert parse_schedule("Mon 22:00-00:00") == (Window(0, 1320, 1440),)


@pytest.mark.parametrize(
    "text", ["", ";", "Mon", "09:00-17:00", "Mon 09:00", "Mon 9-17", "Mon 09:00-09:00", "x" * 9999]
)
def test_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_schedule(text)


@given(st.sets(st.integers(0, 6), min_size=1))
def test_weekdays_read_back_as_they_were_written(days: set[int]) -> None:
    assert parse_days(format_days(tuple(sorted(days)))) == tuple(sorted(days))


_WINDOWS = st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)).filter(
    lambda window: window[1] < window[2]
)


@given(st.lists(_WINDOWS, min_size=1, max_size=8))
def test_a_schedule_reads_back_as_it_was_written(windows: list[tuple[int, int, int]]) -> None:
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    parts = (
        f"{names[day]} {start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"
        for day, start, end in windows
    )
    schedule = parse_schedule("; ".join(parts))
    assert parse_schedule(format_schedule(schedule)) == schedule
    open_minutes = {(day, m) for day, start, end in windows for m in range(start, end)}
    assert sum(w.end_minute - w.start_minute for w in schedule) == len(open_minutes)


# The problem


def test_contracts_are_frozen_and_know_their_fields() -> None:
    dialer = Dialer(dialer_id="D1", ports=1)
    with pytest.raises(ValidationError, match="frozen"):
        dialer.ports = 2
    with pytest.raises(ValidationError, match="Extra inputs"):
        Dialer(dialer_id="D1", ports=1, colour="red")


@pytest.mark.parametrize(
    "changes",
    [
        {"attempt_seconds": 0},
        {"attempt_seconds": math.inf},
        {"answer_rate": math.nan},
        {"answer_rate": 1.01},
        {"agent_lines": -1},
        {"agent_lines": 1.5},
        {"value": -1},
        {"pacing": 0},
        {"campaign_id": ""},
        {"campaign_id": "a\x00b"},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc/passwd"},
        {"schedule": "never"},
        {"allowed_dialers": ()},
        {"start": "2026-02-30"},
        {"start": "2026-03-02", "stop": "2026-03-01"},
    ],
)
def test_a_campaign_refuses_what_makes_no_sense(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        solar(**changes)


@pytest.mark.parametrize("column", ["agent_lines", "transfer_rate", "talk_seconds"])
def test_only_a_live_transfer_campaign_needs_agents_transfers_and_talk(column: str) -> None:
    fields = solar().model_dump(exclude_unset=True)
    del fields[column]
    with pytest.raises(ValidationError, match=column):
        Campaign(**fields)
    assert Campaign(**(fields | {"kind": "broadcast"})).transfer_probability == 0


def test_what_can_be_derived_is_derived() -> None:
    campaign = solar(records=100, attempts_per_record=3)
    assert campaign.transfer_probability == pytest.approx(0.01)
    assert campaign.attempts_left == 300
    assert solar().attempts_left is None


def test_an_assignment_has_no_more_busy_lines_than_lines() -> None:
    lines: dict[str, Any] = {"campaign_id": "Solar", "dialer_id": "D1", "dial_lines": 9}
    assert LineAssignment(**lines, agent_lines=2, busy_agent_lines=2).busy_agent_lines == 2
    with pytest.raises(ValidationError, match="at most the 2 agent lines"):
        LineAssignment(**lines, agent_lines=2, busy_agent_lines=3)


def test_an_outage_ends_after_it_begins_and_is_kept_in_utc() -> None:
    outage = Outage(dialer_id="D1", start="2030-03-04T09:00+01:00", end="2030-03-04T09:00")
    assert outage.start == datetime(2030, 3, 4, 8, tzinfo=UTC)
    assert outage.end == datetime(2030, 3, 4, 9, tzinfo=UTC)
    with pytest.raises(ValidationError, match="after start"):
        Outage(dialer_id="D1", start="2030-03-04T09:00", end="2030-03-04T09:00")


def test_an_interval_sets_only_what_it_names() -> None:
    shift = Interval(campaign_id="Solar", days="Mon", from_minute="09:00", to_minute="24:00")
    assert shift.overrides() == {}
    assert (shift.days, shift.from_minute, shift.to_minute) == ((0,), 540, 1440)
    none = Interval(campaign_id="Solar", from_minute=0, to_minute=60, agent_lines=0)
    assert none.overrides() == {"agent_lines": 0}
    with pytest.raises(ValidationError, match="after from"):
        Interval(campaign_id="Solar", from_minute=60, to_minute=60)


LINES: dict[str, Any] = {"dial_lines": 1, "agent_lines": 1}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"dialers": (Dialer(dialer_id="D1", ports=1),) * 2}, "no earlier row"),
        ({"campaigns": (solar(), solar())}, "no earlier row"),
        ({"campaigns": (solar(allowed_dialers=("D9",)),)}, "dialers of dialers.csv"),
        (
            {"dialers": (Dialer(dialer_id="D1", ports=1, trunk_group="T"),)},
            "a trunk group of trunk_groups.csv",
        ),
        (
            {"trunk_groups": (TrunkGroup(trunk_group="T", channels=1),) * 2},
            "no earlier row",
        ),
        (
            {"assignments": (LineAssignment(campaign_id="X", dialer_id="D1", **LINES),)},
            "a campaign of campaigns.csv",
        ),
        (
            {"assignments": (LineAssignment(campaign_id="Solar", dialer_id="X", **LINES),)},
            "a dialer of dialers.csv",
        ),
        (
            {"assignments": (LineAssignment(campaign_id="Solar", dialer_id="D1", **LINES),) * 2},
            "no earlier row",
        ),
        (
            {
                "intervals": tuple(
                    Interval(campaign_id="Solar", from_minute=a, to_minute=b, agent_lines=1)
                    for a, b in ((0, 61), (60, 90))
                )
            },
            "no overlap with an earlier interval",
        ),
    ],
)
def test_a_problem_refuses_tables_that_contradict_each_other(
    changes: dict[str, Any], expected: str
) -> None:
    with pytest.raises(ValidationError, match=expected):
        two_dialers(**changes)


def test_neighbouring_intervals_and_outages_do_not_overlap() -> None:
    problem = two_dialers(
        intervals=tuple(
            Interval(campaign_id="Solar", from_minute=a, to_minute=b, agent_lines=1)
            for a, b in ((0, 60), (60, 90))
        ),
        outages=tuple(
            Outage(dialer_id="D1", start=f"2030-01-0{a}", end=f"2030-01-0{b}")
            for a, b in ((1, 2), (2, 3))
        ),
    )
    assert len(problem.intervals) == len(problem.outages) == 2


def test_failure_domains_come_in_order_and_a_dialer_without_one_fails_alone() -> None:
    dialers = (
        Dialer(dialer_id="D1", ports=1, failure_domain="north"),
        Dialer(dialer_id="D2", ports=1),
        Dialer(dialer_id="D3", ports=1, failure_domain="north"),
    )
    assert two_dialers(dialers=dialers).failure_domains == ("north", "D2")


def test_a_campaign_may_use_allowed_dialers_that_are_in_service() -> None:
    dialers = (
        Dialer(dialer_id="D1", ports=1),
        Dialer(dialer_id="D2", ports=1),
        Dialer(dialer_id="D3", ports=1, in_service=False),
    )
    choosy = solar(allowed_dialers="D2|D3")
    problem: Problem = two_dialers(dialers=dialers, campaigns=(choosy,))
    assert [problem.may_use(choosy, dialer) for dialer in dialers] == [False, True, False]
    assert [problem.may_use(solar(), dialer) for dialer in dialers] == [True, True, False]


# The plan


def test_figure_names_are_the_figures_of_a_projection_in_order() -> None:
    assert (
        *("all_busy_share", "agent_occupancy", "transfers_per_hour", "abandons_per_hour"),
        *("abandon_rate", "transfer_loss", "attempts_per_hour", "live_answers_per_hour"),
        *("pauses_per_hour", "mean_pause_seconds", "seconds_to_all_busy_mean"),
        *("seconds_to_all_busy_p50", "seconds_to_all_busy_p90", "p_all_busy_5min"),
        *("p_all_busy_15min", "p_all_busy_60min"),
    ) == FIGURE_NAMES


def test_a_line_plan_keeps_only_assignments_in_use() -> None:
    kept = LineAssignment(campaign_id="Solar", dialer_id="D1", dial_lines=9, agent_lines=1)
    unused = LineAssignment(campaign_id="Solar", dialer_id="D2", dial_lines=0, agent_lines=0)
    assert LinePlan(assignments=(kept, unused)).lines() == {("Solar", "D1"): (9, 1)}


@pytest.mark.parametrize(
    ("value", "bound", "gap"),
    [(99.0, 100.0, 0.01), (100.0, 100.0, 0.0), (100.0, 99.9999, 0.0), (0.0, 0.0, 0.0)],
)
def test_a_gap_is_relative_to_the_bound_and_never_negative(
    value: float, bound: float, gap: float
) -> None:
    assert relative_gap(value, bound) == pytest.approx(gap)
    progress = Progress(value_per_hour=value, bound_per_hour=bound, seconds=0, phase="")
    assert progress.gap == pytest.approx(gap)


def test_there_is_no_gap_before_there_is_a_bound() -> None:
    assert Progress(value_per_hour=1, bound_per_hour=None, seconds=0, phase="").gap is None


@pytest.mark.parametrize(
    "options", [{"redundancy": 1.1}, {"gap": -0.1}, {"time_limit": 0}, {"seed": -1}]
)
def test_plan_options_have_their_ranges(options: dict[str, float]) -> None:
    with pytest.raises(InputError, match=next(iter(options))):
        PlanOptions(**options)
