"""A problem in which campaigns may abandon less than a plan of it does."""

from __future__ import annotations

from collections.abc import Mapping

from planner.contracts.problem import Problem
from planner.contracts.result import PlanResult


def abandon_rates(result: PlanResult) -> dict[str, float]:
    """The abandon rates of a plan that can be tightened, by campaign id; by its tables."""
    return {c.campaign_id: c.abandon_rate for c in result.campaigns if c.abandon_rate}


def tightened(problem: Problem, rates: Mapping[str, float], level: float) -> Problem:
    """The problem with the abandon rate of campaigns limited to a share of what it was.

    Parameters
    ----------
    problem : its own limits hold where they are tighter
    rates : abandoned per live-answered call of a plan of it, by campaign id
    level : share of these that may be abandoned, above 0 and at most 1
    """

    def limit(campaign_id: str, given: float | None) -> float | None:
        if campaign_id not in rates:
            return given
        tight = rates[campaign_id] * level
        return tight if given is None else min(given, tight)

    campaigns = tuple(
        c.model_copy(update={"max_abandon_rate": limit(c.campaign_id, c.max_abandon_rate)})
        for c in problem.campaigns
    )
    return problem.model_copy(update={"campaigns": campaigns})
