"""The eight statuses of a campaign on a dialer: which one holds, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from planner.contracts.problem import (
    AssignmentStop,
    Campaign,
    CampaignStop,
    Dialer,
    LineAssignment,
    Problem,
)
from planner.contracts.result import Status
from planner.projection.hours.calendar import has_calendar, has_stopped, is_open, next_open
from planner.projection.hours.outages import out_of_service


class StatusView(NamedTuple):
    """A status, the reason in words, and what to do about it."""

    status: Status
    reason: str
    advice: str


@dataclass(frozen=True)
class _Here:
    """One campaign on one dialer at one moment."""

    problem: Problem
    campaign: Campaign
    dialer: Dialer
    assignment: LineAssignment | None
    moment: datetime
    busy_agent_lines: int
    records_left: int | None
    since: datetime


def status_now(
    problem: Problem,
    campaign: Campaign,
    dialer: Dialer,
    assignment: LineAssignment | None,
    moment: datetime,
    *,
    busy_agent_lines: int | None = None,
    records_left: int | None = None,
    since: datetime | None = None,
) -> StatusView:
    """Tell the status of a campaign on a dialer: the first that holds, in the order of the rules.

    Parameters
    ----------
    problem : whose outages count
    campaign, dialer : of the problem
    assignment : the campaign's lines on the dialer; None if it has none there
    moment : with a UTC offset
    busy_agent_lines : taken at the moment [lines]; None: what the assignment says, else none
    records_left : of the dial list [records]; None: what the campaign says
    since : start of the horizon that the moment lies in: a dialer that is not in service has been
        out from then on; None: from the moment on

    Raises
    ------
    ValueError
        If the moment has no UTC offset.
    """
    if busy_agent_lines is None:
        busy_agent_lines = (assignment and assignment.busy_agent_lines) or 0
    if records_left is None:
        records_left = campaign.records
    here = _Here(
        problem,
        campaign,
        dialer,
        assignment,
        moment,
        busy_agent_lines,
        records_left,
        since or moment,
    )
    return next(StatusView(status, *words) for status, rule in _RULES if (words := rule(here)))


#: Reason and advice, or None where the status does not hold.
_Words = tuple[str, str] | None


def _unscheduled(here: _Here) -> _Words:
    campaign = here.campaign
    if campaign.schedule is None and not (campaign.start or campaign.stop):
        return (
            "The campaign has no start date and no schedule.",
            "Set a start date and the weekly hours in which it may dial.",
        )
    if not (campaign.start or campaign.stop):
        return "The campaign has no start or stop date.", "Set a start or a stop date."
    if not has_calendar(campaign):
        return "The campaign has no schedule.", "Set the weekly hours in which it may dial."
    if has_stopped(campaign, here.moment):
        return (
            f"The stop date {campaign.stop} has passed ({campaign.timezone}).",
            "Set a later stop date to go on.",
        )
    return _without_lines(here)


def _without_lines(here: _Here) -> _Words:
    item, dialer_id = here.assignment, here.dialer.dialer_id
    if item is None or not (item.dial_lines or item.agent_lines):
        return (f"No lines are assigned on {dialer_id}.", f"Assign lines on {dialer_id}.")
    if item.dial_lines == 0:
        return f"There is no dial line on {dialer_id}.", f"Assign dial lines on {dialer_id}."
    if here.campaign.is_live_transfer and item.agent_lines == 0:
        return f"There is no agent line on {dialer_id}.", f"Assign agent lines on {dialer_id}."
    if item.dial_lines < item.agent_lines:
        return (
            f"There are fewer dial lines ({item.dial_lines}) than agent lines "
            f"({item.agent_lines}) on {dialer_id}.",
            f"Assign at least {item.agent_lines} dial lines on {dialer_id}.",
        )
    return None


def _stopped_by_admin(here: _Here) -> _Words:
    advice = "Ask support to release it."
    if here.campaign.status is CampaignStop.BY_ADMIN:
        return "Support stopped the campaign.", advice
    if here.assignment and here.assignment.status is AssignmentStop.BY_ADMIN:
        return f"Support stopped the campaign on {here.dialer.dialer_id}.", advice
    return None


def _stopped_by_dialer(here: _Here) -> _Words:
    dialer_id = here.dialer.dialer_id
    move = "move its lines to another dialer meanwhile."
    if here.assignment and here.assignment.status is AssignmentStop.BY_DIALER:
        return f"{dialer_id} stopped the campaign.", f"Check {dialer_id}, or {move}"
    outage = out_of_service(here.problem, here.dialer, here.moment, here.since)
    if outage is None or not _would_run(here, outage.start):
        return None
    if outage.end is None:
        return f"{dialer_id} is out of service.", f"Put {dialer_id} back into service, or {move}"
    end = _clock(here, outage.end)
    return f"{dialer_id} is out of service until {end}.", f"Wait, or {move}"


def _would_run(here: _Here, start: datetime) -> bool:
    """Whether the campaign was running when an outage began, or would have begun during it."""
    if _stopped(here) or _completed(here):
        return False
    opens = next_open(here.campaign, start)
    return opens is not None and opens <= here.moment


def _stopped(here: _Here) -> _Words:
    if here.campaign.status is CampaignStop.STOPPED:
        return "The campaign was stopped by its user.", "Start the campaign to go on."
    if here.assignment and here.assignment.status is AssignmentStop.STOPPED:
        dialer_id = here.dialer.dialer_id
        return f"The campaign was stopped on {dialer_id} by its user.", f"Start it on {dialer_id}."
    return None


def _completed(here: _Here) -> _Words:
    if here.records_left != 0:
        return None
    return (
        "Every record of the dial list has been processed.",
        "Import records or reset call results to go on.",
    )


def _scheduled(here: _Here) -> _Words:
    campaign = here.campaign
    if is_open(campaign, here.moment):
        return None
    opens = next_open(campaign, here.moment)
    if opens is None:
        return (
            f"No hours of the schedule are left before the stop date {campaign.stop}.",
            "Set a later stop date, or wider hours.",
        )
    return (
        f"Outside the schedule until {_clock(here, opens)}.",
        "Nothing to do; to dial now, widen the schedule or move the start date.",
    )


def _all_busy(here: _Here) -> _Words:
    item = here.assignment
    if item is None or not here.campaign.is_live_transfer:
        return None
    if here.busy_agent_lines < item.agent_lines:
        return None
    lines = "The agent line" if item.agent_lines == 1 else f"All {item.agent_lines} agent lines"
    return (
        f"{lines} on {here.dialer.dialer_id} busy: dialing waits for a free one.",
        "Dialing resumes by itself; if it pauses too often, add agent lines or take dial lines.",
    )


def _running(here: _Here) -> _Words:
    item = here.assignment
    if item is None:
        return None
    lines = f"{item.dial_lines} dial {'line' if item.dial_lines == 1 else 'lines'} in use"
    if not here.campaign.is_live_transfer:
        return f"{lines}.", ""
    free = item.agent_lines - here.busy_agent_lines
    return f"{lines}, {free} of {item.agent_lines} agent lines free.", ""


def _clock(here: _Here, moment: datetime) -> str:
    local = moment.astimezone(here.campaign.zone)
    return f"{local:%a %Y-%m-%d %H:%M} ({here.campaign.timezone})"


#: In the order in which they are evaluated; the last one holds where there are lines.
_RULES: tuple[tuple[Status, Callable[[_Here], _Words]], ...] = (
    (Status.UNSCHEDULED, _unscheduled),
    (Status.BY_ADMIN, _stopped_by_admin),
    (Status.BY_DIALER, _stopped_by_dialer),
    (Status.STOPPED, _stopped),
    (Status.COMPLETED, _completed),
    (Status.SCHEDULED, _scheduled),
    (Status.ALL_BUSY, _all_busy),
    (Status.RUNNING, _running),
)
