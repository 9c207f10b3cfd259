"""Cuts a week into the times in which the same campaigns can run with the same figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.fleet.pools import limits_at, nobody_on_shift, pools_among, pools_at
from planner.contracts.problem import Campaign, CampaignStop, Dialer, Problem
from planner.contracts.values.fields import FIRST_DATE
from planner.contracts.values.weekly import Window
from planner.projection.hours.calendar import (
    Spell,
    figures_at,
    has_stopped,
    is_open,
    open_spells,
    with_calendar,
)
from planner.projection.hours.finish import end_of_day, with_attempts_needed

_WEEK = timedelta(days=7)


class WhyNot(StrEnum):
    """Why a campaign cannot run at some time."""

    BY_ADMIN = "stopped by support"
    STOPPED = "stopped by its user"
    COMPLETED = "dial list completed"
    NOT_STARTED = "before its start date"
    OVER = "after its stop date"
    CLOSED = "outside its schedule"


class Idle(NamedTuple):
    """A campaign that gives its ports to others, and why."""

    campaign_id: str
    why: WhyNot


class Moment(NamedTuple):
    """One moment that is planned, on the clock of a zone, and who cannot run then."""

    at: datetime
    timezone: str
    idle: tuple[Idle, ...]


@dataclass(frozen=True)
class RunningSet:
    """Who can run, with the figures of then, on the dialers in service then.

    ``pools`` and ``limits`` are those in force then, without their hours.
    """

    campaigns: tuple[Campaign, ...]
    dialers: tuple[Dialer, ...]
    pools: tuple[PoolRow, ...] = ()
    limits: tuple[LimitRow, ...] = ()


@dataclass(frozen=True)
class Span:
    """A time in which the same run; ``idle`` campaigns may change reasons within it, not sides.

    ``spell`` is in UTC, ``idle`` in the problem's order, as at the start of the span.
    """

    spell: Spell
    running_set: RunningSet
    idle: tuple[Idle, ...]

    @property
    def hours(self) -> float:
        """Length of the span [h]."""
        return (self.spell.end - self.spell.start) / timedelta(hours=1)


def week_of(day: date) -> date:
    """The Monday of the week in which a day lies."""
    return day - timedelta(days=day.weekday())


def coming_monday(today: date) -> date:
    """Today if it is a Monday, else the next one."""
    return today + timedelta(days=-today.weekday() % 7)


def week_spell(monday: date, zone: ZoneInfo) -> Spell:
    """The week from Monday 00:00 to Monday 00:00 on a zone's clock, in UTC.

    It has 167 or 169 hours where daylight-saving time begins or ends in it.
    """
    start = datetime.combine(monday, time(), zone)
    end = datetime.combine(monday + _WEEK, time(), zone)
    return Spell(start.astimezone(UTC), end.astimezone(UTC))


def weekly_moment(monday: date, day: int, minute: int, zone: ZoneInfo) -> datetime:
    """A weekday (0 = Monday) and minute of a week on a zone's clock, in UTC."""
    clock = time(minute // 60, minute % 60)
    return datetime.combine(monday + timedelta(days=day), clock, zone).astimezone(UTC)


def spans(problem: Problem, week: Spell) -> tuple[Span, ...]:
    """Cut a week so that within each span the same campaigns run with the same figures.

    Parameters
    ----------
    problem : its schedules, dates, hourly figures and outages decide, each on its own clock
    week : in UTC; any other time does as well

    Returns
    -------
    The spans in time order, without gaps; neighbours differ in their running set.
    """
    cuts = sorted({*week, *(c for c in _changes(problem, week) if week.start < c < week.end)})
    found: list[Span] = []
    for start, end in pairwise(cuts):
        running_set, idle = running_at(problem, start)
        if found and found[-1].running_set == running_set:
            last = found[-1]
            found[-1] = Span(Spell(last.spell.start, end), running_set, last.idle)
        else:
            found.append(Span(Spell(start, end), running_set, idle))
    return tuple(found)


def running_at(problem: Problem, moment: datetime) -> tuple[RunningSet, tuple[Idle, ...]]:
    """Who can run at a moment, with which figures, on which dialers; and who cannot, and why."""
    running, idle, in_force = [], [], pools_at(problem, moment)
    for campaign in problem.campaigns:
        why = why_not(campaign, moment)
        if why is None:
            running.append(_staffed(problem, figures_at(problem, campaign, moment), in_force))
        else:
            idle.append(Idle(campaign.campaign_id, why))
    out = {o.dialer_id for o in problem.outages if o.start <= moment < o.end}
    dialers = tuple(
        dialer.model_copy(update={"in_service": False}) if dialer.dialer_id in out else dialer
        for dialer in problem.dialers
    )
    pools = tuple(row.at_all_hours() for row in in_force)
    limits = tuple(row.at_all_hours() for row in limits_at(problem, moment))
    return RunningSet(tuple(running), dialers, pools, limits), tuple(idle)


def _staffed(problem: Problem, campaign: Campaign, in_force: tuple[PoolRow, ...]) -> Campaign:
    """The campaign, without agent lines where its pools have nobody on shift: they are a cap."""
    if not nobody_on_shift(problem, campaign, in_force):
        return campaign
    return campaign.model_copy(update={"agent_lines": 0})


def why_not(campaign: Campaign, moment: datetime) -> WhyNot | None:
    """Why a campaign cannot run at a moment; None where it can.

    What is not given does not hold a plan back: without a schedule every hour is open, without
    dates every day. The dialers show such a campaign as Unscheduled until it has them.
    """
    if campaign.status is CampaignStop.BY_ADMIN:
        return WhyNot.BY_ADMIN
    if campaign.status is CampaignStop.STOPPED:
        return WhyNot.STOPPED
    if campaign.records == 0:
        return WhyNot.COMPLETED
    if has_stopped(campaign, moment):
        return WhyNot.OVER
    if campaign.start and moment.astimezone(campaign.zone).date() < campaign.start:
        return WhyNot.NOT_STARTED
    return None if is_open(with_calendar(campaign), moment) else WhyNot.CLOSED


def at_moment(problem: Problem, moment: datetime) -> tuple[Problem, tuple[Idle, ...]]:
    """The problem of one moment: only who can run then, with the figures and dialers of then.

    Returns
    -------
    The problem, and the campaigns that are left out of it.
    """
    problem = with_attempts_needed(problem, moment)  # by the outages to come, too
    running_set, idle = running_at(problem, moment)
    return among_running(problem, running_set), idle


def among_running(problem: Problem, running_set: RunningSet) -> Problem:
    """The problem with the campaigns and dialers that run, and only the lines that concern them."""
    running = {campaign.campaign_id for campaign in running_set.campaigns}
    return problem.model_copy(
        update={
            "campaigns": running_set.campaigns,
            "dialers": running_set.dialers,
            "pools": pools_among(running_set.pools, running),
            "limits": tuple(
                row for row in running_set.limits if row.campaign_id in (None, *running)
            ),
            "assignments": tuple(a for a in problem.assignments if a.campaign_id in running),
            "intervals": (),
            "outages": (),
        }
    )


def _changes(problem: Problem, week: Spell) -> Iterator[datetime]:
    """Moments of a week at which something may change, in UTC."""
    by_id = {campaign.campaign_id: campaign for campaign in problem.campaigns}
    for campaign in problem.campaigns:
        yield from _ends(open_spells(with_calendar(campaign), *week))
    for interval in problem.intervals:
        yield from _window_ends(by_id[interval.campaign_id], interval.windows(), week)
    for campaign in problem.campaigns:
        if campaign.finish_by is not None:  # after that day nothing is asked of its hours
            yield end_of_day(campaign.finish_by, campaign)
    for outage in problem.outages:
        yield from (outage.start, outage.end)
    # A window may begin the day before, and clocks of all zones show one of these days.
    days = [week.start.date() + timedelta(days=n) for n in range(-2, _days_of(week) + 2)]
    for row in (*problem.pools, *problem.limits):
        if row.has_hours:
            yield from _ends(Spell(*ends) for ends in row.spells(days, problem.common_zone))


def _days_of(week: Spell) -> int:
    return (week.end - week.start) // timedelta(days=1) + 1


def _window_ends(campaign: Campaign, windows: Sequence[Window], week: Spell) -> Iterator[datetime]:
    """Ends of weekly windows on the campaign's clock, whatever its dates."""
    clock = Campaign(
        campaign_id=campaign.campaign_id,
        kind="broadcast",
        attempt_seconds=1.0,
        answer_rate=0.0,
        timezone=campaign.timezone,
        schedule=tuple(windows),
        start=FIRST_DATE,
    )
    yield from _ends(open_spells(clock, *week))


def _ends(spells: Iterable[Spell]) -> Iterator[datetime]:
    for spell in spells:
        yield from spell
