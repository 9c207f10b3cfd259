"""Campaigns that lose much of their calls when a plan takes the place of the lines there are."""

from __future__ import annotations

from planner.contracts.answers import Loss
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.evaluation.arrays import PlanArrays
from planner.evaluation.running.runnable import runnable_lines

#: A campaign that loses more than this part of its calls is named.
CLEAR_LOSS = 0.1


def losses(problem: Problem, plan: LinePlan) -> tuple[Loss, ...]:
    """Campaigns that lose more than a tenth of their calls, the largest part first.

    Parameters
    ----------
    problem : with the current lines, of which those count that can run; both by its tables
    plan : the lines that take their place
    """
    if not problem.assignments:
        return ()
    before = PlanArrays(problem, runnable_lines(problem).plan).rates.handled.sum(axis=1)
    after = PlanArrays(problem, plan).rates.handled.sum(axis=1)
    found = [
        Loss(
            campaign_id=campaign.campaign_id,
            calls="transfers" if campaign.is_live_transfer else "messages",
            before_per_hour=float(was),
            after_per_hour=float(will),
        )
        for campaign, was, will in zip(problem.campaigns, before, after, strict=True)
        if was > 0 and (was - will) / was > CLEAR_LOSS
    ]
    return tuple(sorted(found, key=lambda loss: -loss.share))
