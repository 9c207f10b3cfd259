"""Limits that the simulation of a plan breaks are mended by searching again, or told."""

from __future__ import annotations

import pytest

import planner
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, PlanResult, PlanStatus
from planner.pipeline.mending import mended
from tests.benchmarks.tables import deviating

#: A fleet whose attempts vary less than exponential ones: its tables tell too few abandoned calls.
KIND, SEED = "other times", 1


@pytest.fixture(scope="module")
def fleet() -> Problem:
    return deviating(KIND, SEED)


def abandoned(result: PlanResult, campaign: str) -> float:
    """Share of its live answers that a campaign abandons in the simulation."""
    rows = [row for row in result.simulated if row.campaign_id == campaign]
    answered = sum(row.live_answers_per_hour or 0.0 for row in rows)
    return sum(row.abandons_per_hour or 0.0 for row in rows) / answered


def test_the_simulated_plan_holds_the_limits_as_they_were_asked_for(fleet: Problem) -> None:
    found = planner.plan(fleet, PlanOptions(time_limit=8), explained=False, in_order=False)
    assert found.limits_tightened
    assert found.limits_broken == ()
    for item in found.limits_tightened:
        assert item.searched_with < item.asked
        assert abandoned(found, item.campaign_id) <= item.asked * 1.02  # within the interval
    assert found.value is not None
    assert found.bound_per_hour is not None
    assert found.value.value_per_hour <= found.bound_per_hour


def test_what_could_not_be_mended_is_told_and_never_optimal(fleet: Problem) -> None:
    broken = planner.plan(
        fleet, PlanOptions(time_limit=8, figures="formulas"), explained=False, in_order=False
    )
    from planner.pipeline.planning import beside_simulation

    told = beside_simulation(fleet, broken, lambda: False)
    assert told.limits_broken
    asked: list[float] = []

    def search(tight: Problem, options: PlanOptions) -> PlanResult | None:
        asked.extend(c.max_abandon_rate or 0.0 for c in tight.campaigns)
        return None

    kept = mended(fleet, told, search, lambda: False)
    assert kept is told
    assert kept.status is not PlanStatus.OPTIMAL
    before = sum(c.max_abandon_rate or 0.0 for c in fleet.campaigns)
    assert sum(asked) < before
