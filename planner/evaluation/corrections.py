"""Compares a plan's tabulated rates with the projector's, and says which tables to correct."""

from __future__ import annotations

from collections.abc import Sequence

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import AssignmentFigures, Engine
from planner.evaluation.arrays import PlanArrays
from planner.evaluation.rates import Correction, Corrections

#: A campaign's table is corrected when its simulation differs from it by more, relatively.
LARGEST_DIFFERENCE = 0.05


def needed_corrections(
    problem: Problem,
    line_plan: LinePlan,
    figures: Sequence[AssignmentFigures],
    corrections: Corrections,
) -> dict[str, Correction]:
    """New factors for the campaigns whose simulated figures differ from the tables used.

    Compared are the calls handled, and the abandon rate where it is limited, against that limit.
    Campaigns without a simulated figure need none: their tables are exact.
    """
    if not any(row.engine is Engine.SIMULATE for row in figures):
        return {}
    used = PlanArrays(problem, line_plan, corrections)
    plain = PlanArrays(problem, line_plan)
    found = {}
    for c, campaign in enumerate(problem.campaigns):
        rows = [row for row in figures if row.campaign_id == campaign.campaign_id]
        if not any(row.engine is Engine.SIMULATE for row in rows):
            continue
        handled, abandoned, answered, attempts = simulated_totals(campaign, rows)
        tabulated = float(used.rates.handled[c].sum())
        differs = abs(handled - tabulated) > LARGEST_DIFFERENCE * tabulated
        limit = campaign.max_abandon_rate
        if limit is not None and answered > 0:
            expected = _ratio(used.rates.abandoned[c].sum(), used.rates.live_answered[c].sum())
            differs |= abs(abandoned / answered - expected) > LARGEST_DIFFERENCE * limit
        if differs:
            found[campaign.campaign_id] = Correction(
                handled=_ratio(handled, plain.rates.handled[c].sum()),
                abandoned=_ratio(abandoned, plain.rates.abandoned[c].sum()),
                attempts=_ratio(attempts, plain.rates.attempts[c].sum()),
            )
    return found


def simulated_totals(
    campaign: Campaign, rows: Sequence[AssignmentFigures]
) -> tuple[float, float, float, float]:
    """(handled, abandoned, live-answered, attempted) calls an hour over a campaign's rows."""
    totals = [
        sum(getattr(row, name) or 0.0 for row in rows)
        for name in (
            "transfers_per_hour",
            "abandons_per_hour",
            "live_answers_per_hour",
            "attempts_per_hour",
        )
    ]
    handled, abandoned, answered, attempts = totals
    return (handled if campaign.is_live_transfer else answered), abandoned, answered, attempts


def _ratio(simulated: float, tabulated: float) -> float:
    """Factor from tabulated to simulated; 1 where nothing is tabulated."""
    return float(simulated / tabulated) if tabulated > 0 else 1.0
