"""The next thing that will happen to a campaign on a dialer, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from planner.contracts.problem import Problem
from planner.contracts.projected import Projection, TimelineStep
from planner.contracts.result import AssignmentFigures, Ending, Status
from planner.projection.hours.calendar import next_open
from planner.report.words import all_agent_lines, duration, share, to_minute

#: Below this chance to be all busy within the hour, no time is promised.
SELDOM = 0.05
#: A row dials from the step on in which it is likelier than not.
_LIKELY = 0.5
_DIALING = (Status.RUNNING, Status.ALL_BUSY)


class NextEvent(NamedTuple):
    """What happens next and when, in words; ``when`` is blank where nothing says.

    ``at`` is the moment, None where it is not known.
    """

    what: str
    when: str = ""
    at: datetime | None = None


def next_events(projection: Projection, problem: Problem) -> list[NextEvent]:
    """The next event of each row of the projection, in its order; times on its clock."""
    steps: dict[tuple[str, str], list[TimelineStep]] = {}
    for step in projection.timeline:
        steps.setdefault((step.campaign_id, step.dialer_id), []).append(step)
    return [
        next_event(f, problem, projection.at, steps.get((f.campaign_id, f.dialer_id), ()))
        for f in projection.assignments
    ]


def next_event(
    figures: AssignmentFigures, problem: Problem, at: datetime, steps: Sequence[TimelineStep] = ()
) -> NextEvent:
    """What happens next in a row.

    ``All 5 agent lines busy`` ``in about 3.2 min, 09:03``; ``Starts`` ``Mon 30 Nov 09:00``.
    """
    if figures.status is Status.RUNNING:
        return _of_running(figures, at)
    if figures.status is Status.ALL_BUSY:
        pause = figures.mean_pause_seconds
        when = "" if pause is None else f"in about {duration(pause)}"
        return NextEvent("Dials on once an agent line is free", when)
    starts = _start(figures, problem, at, steps)
    if starts is not None:
        what = "Back in service" if figures.status is Status.BY_DIALER else "Starts"
        return NextEvent(what, _clock(starts, at), starts)
    return NextEvent(figures.advice or figures.reason)


def _of_running(figures: AssignmentFigures, at: datetime) -> NextEvent:
    ends, within = figures.runs_until, figures.p_all_busy_60min
    soon = figures.seconds_to_all_busy_mean or figures.seconds_to_all_busy_p50
    if soon is not None and within is not None and within >= SELDOM:
        busy = at + timedelta(seconds=soon)
        if ends is None or busy < ends:
            lines = all_agent_lines(figures)
            what = f"{lines[0].upper()}{lines[1:]} busy"
            latest = figures.seconds_to_all_busy_p90
            sure = "" if latest is None else f" (90 % within {duration(latest)})"
            return NextEvent(what, f"in about {duration(soon)}{sure}", busy)
    if ends is not None:
        return NextEvent(_ending(figures), _clock(ends, at), ends)
    if within is None:
        return NextEvent("Dials on without pauses")
    return NextEvent("Dials on", f"a pause within the hour in {share(within)} of cases")


def _ending(figures: AssignmentFigures) -> str:
    return {
        Ending.WINDOW: "Its window closes",
        Ending.OUTAGE: f"{figures.dialer_id} goes out of service",
        Ending.LIST: "Its dial list is done at about",
        None: "Ends",
    }[figures.ends_with]


def _start(
    figures: AssignmentFigures, problem: Problem, at: datetime, steps: Sequence[TimelineStep]
) -> datetime | None:
    """When the row dials next; within the horizon as the timeline has it, else as scheduled."""
    for step in steps:
        if sum(step.probabilities.get(status, 0.0) for status in _DIALING) >= _LIKELY:
            return step.start
    if figures.status is not Status.SCHEDULED:
        return None
    campaigns = {campaign.campaign_id: campaign for campaign in problem.campaigns}
    opens = next_open(campaigns[figures.campaign_id], at)
    return None if opens is None else opens.astimezone(at.tzinfo)


def _clock(moment: datetime, at: datetime) -> str:
    """``17:00`` on the day of ``at``, ``Mon 30 Nov 09:00`` on another; on its clock."""
    local = to_minute(moment).astimezone(at.tzinfo)
    if local.date() == at.date():
        return f"{local:%H:%M}"
    return f"{local:%a} {local.day} {local:%b %H:%M}"
