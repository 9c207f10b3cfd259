"""When statuses change by the clock alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

from planner.app.editing.clock import NextRun, idle_advice, next_change, next_run
from planner.contracts.problem import Dialer, LineAssignment, Outage, Problem
from tests.support.builders import solar

MONDAY_NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def fleet(*outages: Outage, **changes: object) -> Problem:
    return Problem(
        dialers=(Dialer(dialer_id="D1", ports=100),),
        campaigns=(solar(**changes),),
        assignments=(
            LineAssignment(campaign_id="Solar", dialer_id="D1", dial_lines=90, agent_lines=5),
        ),
        outages=outages,
    )


def test_the_next_change_is_the_first_edge_of_a_window_or_an_outage() -> None:
    hours = {"schedule": "Mon-Fri 09:00-17:00", "start": date(2026, 11, 1)}
    assert next_change(fleet(**hours), MONDAY_NOON) == MONDAY_NOON.replace(hour=17)
    outage = Outage(
        dialer_id="D1", start=MONDAY_NOON.replace(hour=13), end=MONDAY_NOON.replace(hour=14)
    )
    problem = fleet(outage, **hours)
    assert next_change(problem, MONDAY_NOON) == MONDAY_NOON.replace(hour=13)
    during = MONDAY_NOON.replace(hour=13, minute=30)
    assert next_change(problem, during) == MONDAY_NOON.replace(hour=14)


def test_a_moment_that_has_come_is_no_change_ahead() -> None:
    hours = {"schedule": "Mon 09:00-17:00", "start": date(2026, 11, 1)}
    assert next_change(fleet(**hours), MONDAY_NOON.replace(hour=17)) is None
    assert next_change(fleet(), MONDAY_NOON) is None


def test_the_next_run_is_now_where_something_runs() -> None:
    hours = {"schedule": "Mon-Fri 09:00-17:00", "start": date(2026, 11, 1)}
    assert next_run(fleet(**hours), MONDAY_NOON) == NextRun(MONDAY_NOON, ("Solar",))


def test_the_next_run_is_the_next_window_or_the_end_of_an_outage() -> None:
    hours = {"schedule": "Mon-Fri 09:00-17:00", "start": date(2026, 11, 1)}
    evening = MONDAY_NOON.replace(hour=20)
    tuesday = datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert next_run(fleet(**hours), evening) == NextRun(tuesday, ("Solar",))
    until_ten = Outage(dialer_id="D1", start=evening, end=tuesday.replace(hour=10))
    assert next_run(fleet(until_ten, **hours), evening) == NextRun(
        tuesday.replace(hour=10), ("Solar",)
    )


def test_what_never_runs_has_no_next_run() -> None:
    assert next_run(fleet(), MONDAY_NOON) is None  # without a start date it is unscheduled
    over = {"schedule": "Mon-Fri 09:00-17:00", "stop": date(2026, 11, 2)}
    assert next_run(fleet(**over), MONDAY_NOON) is None


def test_what_keeps_a_campaign_from_running_is_told_with_its_remedy() -> None:
    # A campaign without a start or a stop date is Unscheduled.
    dateless = fleet(schedule="Mon-Fri 09:00-17:00", start=None, stop=None)
    assert idle_advice(dateless, MONDAY_NOON) == {"Set a start or a stop date.": ("Solar",)}
    open_now = {"schedule": "Mon-Fri 09:00-17:00", "start": date(2026, 11, 1)}
    assert idle_advice(fleet(**open_now), MONDAY_NOON) == {}
