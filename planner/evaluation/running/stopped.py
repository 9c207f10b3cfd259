"""What of a plan's value comes only when campaigns run that somebody has stopped."""

from __future__ import annotations

from planner.contracts.answers import StoppedValue
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import CampaignStop, Problem
from planner.evaluation.arrays import evaluate

#: Who stopped a campaign.
_WHO = {CampaignStop.STOPPED: "its user", CampaignStop.BY_ADMIN: "support"}


def stopped_values(problem: Problem, plan: LinePlan) -> tuple[StoppedValue, ...]:
    """Value of each stopped campaign with lines, net of what its calls cost, in their order."""
    found = []
    for campaign in problem.campaigns:
        own = tuple(a for a in plan.assignments if a.campaign_id == campaign.campaign_id)
        if campaign.status is CampaignStop.NONE or not own:
            continue
        value = evaluate(problem, LinePlan(assignments=own), 0.0).value
        found.append(
            StoppedValue(
                campaign_id=campaign.campaign_id,
                stopped_by=_WHO[campaign.status],
                value_per_hour=value.throughput_value_per_hour,
            )
        )
    return tuple(found)
