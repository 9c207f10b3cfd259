"""Campaigns that cannot run: they ask for nothing and get nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from planner.contracts.answers import LeftOut
from planner.contracts.fleet.pools import nobody_on_shift, pools_at
from planner.contracts.problem import Campaign, Problem


def reason_it_cannot_run(
    problem: Problem, campaign: Campaign, at: datetime | None = None
) -> str | None:
    """Why a campaign can run nowhere at a moment, None where it may run.

    A campaign that was stopped keeps its lines in a plan for no special time: its settings will be
    needed again.
    """
    if campaign.is_live_transfer and (
        campaign.agent_lines == 0 or nobody_on_shift(problem, campaign, pools_at(problem, None))
    ):
        return "nobody is on shift for it"
    if campaign.attempts_left == 0:
        return "its dial list is empty"
    now = (at or datetime.now(UTC)).astimezone(campaign.zone).date()
    if campaign.stop is not None and campaign.stop < now:
        return f"its stop date, {campaign.stop.isoformat()}, has passed"
    return None


def runnable_only(
    problem: Problem, at: datetime | None = None
) -> tuple[Problem, tuple[LeftOut, ...]]:
    """The problem without campaigns that cannot run, and these; the same problem if all can."""
    reasons = {c.campaign_id: reason_it_cannot_run(problem, c, at) for c in problem.campaigns}
    left = tuple(
        LeftOut(campaign_id=name, why=why) for name, why in reasons.items() if why is not None
    )
    return without_campaigns(problem, {item.campaign_id for item in left}), left


def without_campaigns(problem: Problem, names: set[str]) -> Problem:
    """The problem without some campaigns and all rows that name them; the same one without any."""
    if not names:
        return problem
    update = {
        "campaigns": tuple(c for c in problem.campaigns if c.campaign_id not in names),
        "assignments": tuple(a for a in problem.assignments if a.campaign_id not in names),
        "intervals": tuple(i for i in problem.intervals if i.campaign_id not in names),
        "limits": tuple(row for row in problem.limits if row.campaign_id not in names),
    }
    return problem.model_copy(update=update)
