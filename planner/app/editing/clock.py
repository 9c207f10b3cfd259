"""When the statuses of a fleet change by the clock alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from planner.contracts.problem import Problem
from planner.projection.calendar import open_spells

#: So far ahead changes are looked for; a page that is open for longer looks again.
HORIZON = timedelta(hours=24)


def next_change(problem: Problem, at: datetime) -> datetime | None:
    """The first moment after one at which a window, a date or an outage begins or ends.

    None where nothing does within a day.
    """
    end = at + HORIZON
    used = {a.campaign_id for a in problem.assignments}
    moments = [
        edge
        for campaign in problem.campaigns
        if campaign.campaign_id in used
        for spell in open_spells(campaign, at, end)
        for edge in (spell.start, spell.end)
    ]
    moments += [edge for outage in problem.outages for edge in (outage.start, outage.end)]
    return min((edge for edge in moments if at < edge < end), default=None)
