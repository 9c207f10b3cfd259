"""What the simulation of a plan says beside its tables: its value, and limits that it breaks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from planner.contracts.answers import LimitBroken
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import AssignmentFigures, Engine
from planner.evaluation.arrays import PlanArrays
from planner.evaluation.net_value import call_worth, net_value
from planner.evaluation.tolerances import LIMIT_ROUNDING, PER_CENT_ROUNDING


class Estimate(NamedTuple):
    """A figure and the ends of its 95 % interval, which are the figure itself where it is exact."""

    value: float
    low: float
    high: float


def simulated_value(problem: Problem, figures: Sequence[AssignmentFigures]) -> Estimate | None:
    """Value per hour of a plan's simulation; None where all of its figures are exact.

    The errors of rows are taken as independent of each other.
    """
    if not any(row.engine is Engine.SIMULATE for row in figures):
        return None
    value = below = above = 0.0
    for row in figures:
        campaign = problem.campaigns[problem.campaign_index[row.campaign_id]]
        dialer = problem.dialers[problem.dialer_index[row.dialer_id]]
        calls = _figure(row, handled_name(campaign))
        worth = call_worth(campaign, dialer)
        value += net_value(campaign, dialer, calls.value, row.attempts_per_hour or 0.0)
        below += (worth * (calls.value - calls.low)) ** 2
        above += (worth * (calls.high - calls.value)) ** 2
    return Estimate(value, value - math.sqrt(below), value + math.sqrt(above))


def limits_broken(
    problem: Problem, plan: LinePlan, figures: Sequence[AssignmentFigures], failures: int
) -> Iterator[LimitBroken]:
    """Abandonment limits and survivable shares that the simulation breaks beyond its interval."""
    arrays = PlanArrays(problem, plan)
    for c, campaign in enumerate(problem.campaigns):
        rows = [row for row in figures if row.campaign_id == campaign.campaign_id]
        if not any(row.engine is Engine.SIMULATE for row in rows):
            continue
        rates = arrays.row(c)
        limit = campaign.max_abandon_rate
        if limit is not None and campaign.is_live_transfer:
            found = _abandon_rate(rows)
            answered = float(rates.live_answered.sum())
            if found is not None and found.low > limit * (1 + LIMIT_ROUNDING):
                table = float(rates.abandoned.sum()) / answered if answered > 0 else 0.0
                yield _broken(campaign, "max_abandon_rate", limit, table, found)
        least = campaign.least_surviving_share
        if least > 0:
            share = _surviving_share(problem, campaign, rows, failures)
            if share is not None and share.high < least - PER_CENT_ROUNDING:
                total = float(rates.handled.sum())
                left = float(arrays.surviving(failures)[c].min(initial=total))
                table = left / total if total > 0 else 0.0
                asked = campaign.survivable_share
                yield _broken(campaign, "survivable_share", asked, table, share)


def _broken(
    campaign: Campaign, limit: str, asked: float, table: float, found: Estimate
) -> LimitBroken:
    return LimitBroken(
        campaign_id=campaign.campaign_id,
        limit=limit,
        asked=asked,
        table=table,
        simulated=found.value,
        simulated_low=found.low,
        simulated_high=found.high,
    )


def _abandon_rate(rows: Sequence[AssignmentFigures]) -> Estimate | None:
    """Abandoned calls per live answer over a campaign's rows."""
    answered = sum(row.live_answers_per_hour or 0.0 for row in rows)
    if answered <= 0:
        return None
    parts = [_figure(row, "abandons_per_hour") for row in rows]
    value = sum(part.value for part in parts)
    below = math.sqrt(sum((part.value - part.low) ** 2 for part in parts))
    above = math.sqrt(sum((part.high - part.value) ** 2 for part in parts))
    low = max(value - below, 0.0)
    return Estimate(value / answered, low / answered, (value + above) / answered)


def _surviving_share(
    problem: Problem, campaign: Campaign, rows: Sequence[AssignmentFigures], failures: int
) -> Estimate | None:
    """Share of a campaign's calls that the worst failure leaves."""
    name = handled_name(campaign)
    calls = {problem.dialer_index[row.dialer_id]: _figure(row, name) for row in rows}
    total = sum(part.value for part in calls.values())
    if total <= 0:
        return None
    worst: Estimate | None = None
    for _, members in problem.failures(failures):
        lost = [part for d, part in calls.items() if d in members]
        kept = [part for d, part in calls.items() if d not in members]
        value = sum(part.value for part in kept)
        error = math.sqrt(sum(((p.high - p.low) / 2) ** 2 for p in (*lost, *kept)))
        share = Estimate(value / total, max(value - error, 0.0) / total, (value + error) / total)
        if worst is None or share.value < worst.value:
            worst = share
    return worst


def handled_name(campaign: Campaign) -> str:
    """The figure that says how many calls a campaign handles in an hour."""
    return "transfers_per_hour" if campaign.is_live_transfer else "live_answers_per_hour"


def _figure(row: AssignmentFigures, name: str) -> Estimate:
    value = getattr(row, name) or 0.0
    return Estimate(value, row.low.get(name, value), row.high.get(name, value))
