"""When statuses change by the clock alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

from planner.app.editing.clock import next_change
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
