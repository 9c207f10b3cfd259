"""The next thing that happens in a row, and when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from planner.contracts.problem import Problem
from planner.contracts.projected import TimelineStep
from planner.contracts.result import AssignmentFigures, Ending, Status
from planner.report.projections.next_events import NextEvent, next_event
from tests.support.builders import solar
from tests.support.results import MONDAY_NINE, figures, two_dialers


def passage(**changes: Any) -> AssignmentFigures:
    """The example: all five lines busy after 190.3 s on average, nine times of ten in 5.7 min."""
    fields: dict[str, Any] = {"seconds_to_all_busy_p90": 340.0, "p_all_busy_60min": 1.0}
    return figures(**(fields | changes))


def weekdays() -> Problem:
    campaign = solar(schedule="Mon-Fri 09:00-17:00", start=date(2026, 1, 1))
    return two_dialers(campaigns=(campaign,))


def test_a_running_row_tells_when_all_agent_lines_are_busy() -> None:
    found = next_event(passage(), two_dialers(), MONDAY_NINE)
    assert found == NextEvent(
        "All 5 agent lines busy",
        "in about 3.2 min (90 % within 5.7 min)",
        MONDAY_NINE + timedelta(seconds=190.271372),
    )
    (one, *_) = next_event(passage(agent_lines=1), two_dialers(), MONDAY_NINE)
    assert one == "The agent line busy"


def test_what_ends_first_comes_first() -> None:
    soon = MONDAY_NINE + timedelta(minutes=2)
    row = passage(runs_until=soon, ends_with=Ending.WINDOW)
    assert next_event(row, two_dialers(), MONDAY_NINE) == NextEvent(
        "Its window closes", "09:02", soon
    )
    just_before = soon - timedelta(microseconds=7)  # sums of seconds are not exact
    row = passage(runs_until=just_before, ends_with=Ending.WINDOW)
    assert next_event(row, two_dialers(), MONDAY_NINE).when == "09:02"
    late = MONDAY_NINE + timedelta(minutes=4)
    row = passage(runs_until=late, ends_with=Ending.OUTAGE)
    assert next_event(row, two_dialers(), MONDAY_NINE).what == "All 5 agent lines busy"


def test_a_pause_that_is_unlikely_is_no_event() -> None:
    tomorrow = MONDAY_NINE + timedelta(days=1, hours=3)
    row = passage(p_all_busy_60min=0.03, runs_until=tomorrow, ends_with=Ending.LIST)
    assert next_event(row, two_dialers(), MONDAY_NINE) == NextEvent(
        "Its dial list is done at about", "Tue 5 Mar 12:00", tomorrow
    )
    row = passage(p_all_busy_60min=0.03)
    assert next_event(row, two_dialers(), MONDAY_NINE) == NextEvent(
        "Dials on", "a pause within the hour in 3.0 % of cases"
    )


def test_a_paused_row_dials_on_once_a_line_is_free() -> None:
    found = next_event(figures(status=Status.ALL_BUSY), two_dialers(), MONDAY_NINE)
    # A talk of 180 s on each of five lines: the first ends after 36 s.
    assert found == NextEvent("Dials on once an agent line is free", "in about 36 s")


def test_a_scheduled_row_starts_as_the_timeline_or_else_the_calendar_has_it() -> None:
    saturday = MONDAY_NINE - timedelta(days=2)
    row = figures(status=Status.SCHEDULED)
    assert next_event(row, weekdays(), saturday) == NextEvent(
        "Starts", "Mon 4 Mar 09:00", MONDAY_NINE
    )
    noon = saturday + timedelta(hours=3)
    step = TimelineStep(
        campaign_id="Solar",
        dialer_id="D1",
        start=noon,
        end=noon + timedelta(hours=1),
        probabilities={Status.RUNNING: 0.4, Status.ALL_BUSY: 0.2, Status.SCHEDULED: 0.4},
    )
    assert next_event(row, weekdays(), saturday, [step]) == NextEvent("Starts", "12:00", noon)
    back = next_event(figures(status=Status.BY_DIALER), weekdays(), saturday, [step])
    assert back.what == "Back in service"


def test_what_nothing_starts_says_what_to_do() -> None:
    row = figures(status=Status.COMPLETED, advice="Import records.", reason="Done.")
    assert next_event(row, two_dialers(), MONDAY_NINE) == NextEvent("Import records.")
