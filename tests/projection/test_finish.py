"""Lists that are to be done in time: attempts left over the open hours left."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from planner.contracts.problem import Dialer, Outage, Problem
from planner.contracts.result import PlanOptions, PlanStatus
from planner.pipeline.pipeline import plan
from planner.projection.hours.finish import NEVER, attempts_needed
from planner.report.plans.plan import plan_text
from planner.report.plans.plan_document import plan_document
from planner.studies.week.spans import at_moment
from tests.support import one_agent

MONDAY_ONE = datetime(2026, 3, 2, 13, tzinfo=UTC)


def needed(at: datetime = MONDAY_ONE, outages: tuple[Outage, ...] = (), **changes: Any) -> float:
    fields: dict[str, Any] = {
        "records": 1200,
        "schedule": "Mon-Fri 09:00-17:00",
        "finish_by": date(2026, 3, 3),
    }
    problem = Problem(
        dialers=(one_agent.dialer("D1"), one_agent.dialer("D2")),
        campaigns=(one_agent.campaign(**(fields | changes)),),
        outages=outages,
    )
    return attempts_needed(problem, problem.campaigns[0], at)


def outage(name: str, start: int, end: int) -> Outage:
    day = datetime(2026, 3, 2, tzinfo=UTC)
    return Outage(
        dialer_id=name, start=day + timedelta(hours=start), end=day + timedelta(hours=end)
    )


def test_open_hours_from_the_moment_to_the_end_of_the_day_count() -> None:
    assert needed() == pytest.approx(1200 / 12)  # 4 hours on Monday, 8 on Tuesday
    assert needed(attempts_per_record=2) == pytest.approx(2400 / 12)


def test_hours_without_any_dialer_are_no_hours() -> None:
    assert needed(outages=(outage("D1", 14, 16),)) == pytest.approx(1200 / 12)
    both = (outage("D1", 12, 15), outage("D1", 14, 16), outage("D2", 14, 18))
    assert needed(outages=both) == pytest.approx(1200 / 10)  # none from 14 to 16


def test_the_day_ends_on_the_clock_of_the_campaign() -> None:
    # On 8 March 2026 New York goes to summer time: the day from 05:00 UTC on has 23 hours.
    at = datetime(2026, 3, 8, 5, tzinfo=UTC)
    found = needed(
        at, schedule=None, timezone="America/New_York", finish_by=date(2026, 3, 8), records=2300
    )
    assert found == pytest.approx(100)


def test_without_hours_all_is_missing_and_an_empty_list_needs_nothing() -> None:
    assert needed(datetime(2026, 3, 3, 17, tzinfo=UTC)) == NEVER
    assert needed(records=0) == 0


def fleet(**changes: Any) -> Problem:
    """7 dial lines and 1 agent line: 460.8 attempts an hour (a check value of the model)."""
    fields: dict[str, Any] = {"records": 4608, "finish_by": date(2026, 3, 2)}
    return Problem(
        dialers=(Dialer(dialer_id="D", ports=8),),
        campaigns=(one_agent.campaign(**(fields | changes)),),
    )


def test_a_plan_tells_when_a_list_will_be_done() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    problem = fleet()
    result = plan(problem, PlanOptions(gap=0.0), at=at)
    assert result.status is PlanStatus.OPTIMAL
    (found,) = result.finish
    assert found.attempts_needed_per_hour == pytest.approx(4608 / 24)
    assert found.attempts_per_hour == pytest.approx(460.8)
    assert found.expected is not None
    assert abs(found.expected - (at + timedelta(hours=10))) < timedelta(seconds=1)
    document = plan_document(result, problem)
    assert document["at"] == at.isoformat()
    assert document["finish"][0]["finish_by"] == "2026-03-02"
    said = " ".join(plan_text(result, problem).split())
    assert "C is to be done by the end of 2026-03-02: it needs 192.0 attempts an hour" in said


def test_a_list_that_cannot_be_done_in_time_is_given_up_with_what_is_had() -> None:
    at = datetime(2026, 3, 2, 19, tzinfo=UTC)  # 5 hours: 921.6 an hour of 460.8
    assert plan(fleet(), PlanOptions(gap=0.0), at=at).status is PlanStatus.INFEASIBLE
    result = plan(fleet(), PlanOptions(gap=0.0, relax=True), at=at)
    (item,) = result.given_up
    assert item.requirement == "finish_by"
    assert (item.asked, item.got) == (pytest.approx(921.6), pytest.approx(460.8))
    assert item.proven_least == 50  # per cents missing


def test_a_plan_of_a_moment_knows_the_outages_to_come() -> None:
    out = Outage(
        dialer_id="D",
        start=datetime(2026, 3, 2, 12, tzinfo=UTC),
        end=datetime(2026, 3, 3, tzinfo=UTC),
    )
    problem = fleet().model_copy(update={"outages": (out,)})
    given, _ = at_moment(problem, datetime(2026, 3, 2, tzinfo=UTC))
    assert given.campaigns[0].min_attempts_per_hour == pytest.approx(4608 / 12)
