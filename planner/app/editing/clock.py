"""When the statuses of a fleet change by the clock alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from planner.contracts.problem import Problem
from planner.contracts.result import Status
from planner.projection.hours.calendar import next_open, open_spells
from planner.projection.status import status_now

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


class NextRun(NamedTuple):
    """A moment, and the campaigns that dial then on one dialer at least."""

    at: datetime
    campaigns: tuple[str, ...]


def next_run(problem: Problem, at: datetime) -> NextRun | None:
    """The first moment from one on at which something runs: that itself where something does.

    None where nothing will as far as calendars and outages tell.
    """
    used = {a.campaign_id for a in problem.assignments}
    opens = [next_open(c, at) for c in problem.campaigns if c.campaign_id in used]
    ends = [outage.end for outage in problem.outages]
    moments = sorted({at, *(m for m in (*opens, *ends) if m is not None and m > at)})
    for moment in moments:
        running = _running(problem, moment)
        if running:
            return NextRun(moment, running)
    return None


def idle_advice(problem: Problem, at: datetime) -> dict[str, tuple[str, ...]]:
    """What to do about campaigns that do not run at a moment, each with the campaigns it is for."""
    campaigns = {c.campaign_id: c for c in problem.campaigns}
    dialers = {d.dialer_id: d for d in problem.dialers}
    found: dict[str, dict[str, None]] = {}
    for a in problem.assignments:
        if a.dial_lines or a.agent_lines:
            campaign, dialer = campaigns[a.campaign_id], dialers[a.dialer_id]
            advice = status_now(problem, campaign, dialer, a, at).advice
            if advice:
                found.setdefault(advice, {})[a.campaign_id] = None
    return {advice: tuple(names) for advice, names in found.items()}


def _running(problem: Problem, moment: datetime) -> tuple[str, ...]:
    campaigns = {c.campaign_id: c for c in problem.campaigns}
    dialers = {d.dialer_id: d for d in problem.dialers}
    found = [
        a.campaign_id
        for a in problem.assignments
        if status_now(problem, campaigns[a.campaign_id], dialers[a.dialer_id], a, moment).status
        in (Status.RUNNING, Status.ALL_BUSY)
    ]
    return tuple(dict.fromkeys(found))
