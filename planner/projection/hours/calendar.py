"""When a campaign may dial: weekly windows, dates and hourly figures in its own time zone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from planner.contracts.problem import Campaign, Problem
from planner.contracts.values.fields import FIRST_DATE
from planner.contracts.values.weekly import MINUTES_PER_DAY, Window

_DAY = timedelta(days=1)
#: A weekly window can fall into the hour that a clock change skips, but not two weeks running.
_LOOK_AHEAD = 15 * _DAY
_ALWAYS = tuple(Window(day, 0, MINUTES_PER_DAY) for day in range(7))


class Spell(NamedTuple):
    """A time from ``start`` to before ``end``, both in UTC."""

    start: datetime
    end: datetime


def has_calendar(campaign: Campaign) -> bool:
    """Whether the campaign has a schedule and a start or a stop date."""
    return campaign.schedule is not None and bool(campaign.start or campaign.stop)


def with_calendar(campaign: Campaign) -> Campaign:
    """The campaign with every hour and day open that it says nothing about."""
    return campaign.model_copy(
        update={
            "schedule": _ALWAYS if campaign.schedule is None else campaign.schedule,
            "start": campaign.start or FIRST_DATE,
        }
    )


def has_stopped(campaign: Campaign, moment: datetime) -> bool:
    """Whether the last minute of the stop date has passed where the campaign is."""
    return campaign.stop is not None and _in_zone(moment, campaign.zone).date() > campaign.stop


def is_open(campaign: Campaign, moment: datetime) -> bool:
    """Whether the campaign's calendar lets it dial.

    Parameters
    ----------
    campaign : its windows are read on the clock of its time zone: one from 01:00 to 03:00 takes an
        hour longer in the night in which the clock goes back, and an hour less, or nothing, in
        the night in which it goes forward
    moment : with a UTC offset

    Raises
    ------
    ValueError
        If the moment has no UTC offset.
    """
    local = _in_zone(moment, campaign.zone)
    minute = local.hour * 60 + local.minute
    return _is_within_dates(campaign, local.date()) and any(
        window.day == local.weekday() and window.start_minute <= minute < window.end_minute
        for window in campaign.schedule or ()
    )


def open_spells(campaign: Campaign, start: datetime, end: datetime) -> Iterator[Spell]:
    """Yield the times from ``start`` to ``end`` in which the campaign's calendar lets it dial.

    Raises
    ------
    ValueError
        If ``start`` or ``end`` has no UTC offset.
    """
    last: Spell | None = None
    for spell in _window_spells(campaign, start, end):
        if last is not None and last.end == spell.start:
            last = Spell(last.start, spell.end)
            continue
        if last is not None:
            yield last
        last = spell
    if last is not None:
        yield last


@lru_cache(maxsize=4096)  # all dialers of a campaign ask, at every edit of a page
def next_open(campaign: Campaign, moment: datetime) -> datetime | None:
    """Tell when, at ``moment`` or later, the campaign's calendar next lets it dial, in UTC.

    None if it never does.
    """
    start = _in_zone(moment, UTC)
    if campaign.start:
        first_day = datetime.combine(campaign.start, time(), campaign.zone)
        start = max(start, first_day.astimezone(UTC))
    spells = _window_spells(campaign, start, start + _LOOK_AHEAD)
    return next((spell.start for spell in spells), None)


def first_open(campaign: Campaign) -> datetime:
    """First moment at which the schedule is open, or the start where it never is."""
    if campaign.start is None:
        return datetime(2000, 1, 1, tzinfo=UTC)  # no start: unscheduled at any moment
    start = datetime.combine(campaign.start, time(), campaign.zone)
    return next_open(campaign, start) or start


def figures_at(problem: Problem, campaign: Campaign, moment: datetime) -> Campaign:
    """Give the campaign with the figures that its intervals set at a moment.

    Parameters
    ----------
    problem : whose intervals count
    campaign : one of its campaigns
    moment : with a UTC offset
    """
    local = _in_zone(moment, campaign.zone)
    own = [i for i in problem.intervals if i.campaign_id == campaign.campaign_id]
    changes: dict[str, float | int] = {}
    for interval in sorted(own, key=lambda interval: interval.names_dates):
        if interval.hours.holds_at(local, campaign.zone):
            changes |= interval.overrides()
    return campaign.model_copy(update=changes) if changes else campaign


def _in_zone(moment: datetime, zone: tzinfo) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs its UTC offset: {moment.isoformat()}")
    return moment.astimezone(zone)


def _is_within_dates(campaign: Campaign, day: date) -> bool:
    started = campaign.start is None or campaign.start <= day
    return has_calendar(campaign) and started and (campaign.stop is None or day <= campaign.stop)


def _window_spells(campaign: Campaign, start: datetime, end: datetime) -> Iterator[Spell]:
    """Yield the open part of each window, cut where the clock changes."""
    zone = campaign.zone
    for piece in _steady_pieces(zone, _in_zone(start, UTC), _in_zone(end, UTC)):
        offset = _offset(zone, piece.start)
        day, last = (piece.start + offset).date(), (piece.end + offset).date()
        while day <= last:
            if _is_within_dates(campaign, day):
                midnight = datetime.combine(day, time(), UTC) - offset
                for window in campaign.schedule or ():
                    opens = max(piece.start, midnight + timedelta(minutes=window.start_minute))
                    closes = min(piece.end, midnight + timedelta(minutes=window.end_minute))
                    if window.day == day.weekday() and opens < closes:
                        yield Spell(opens, closes)
            day += _DAY


def _steady_pieces(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[Spell]:
    """Cut a time (UTC) so that the zone keeps its UTC offset within each piece."""
    while start < end:
        stop = min(start + _DAY, end)
        offset = _offset(zone, start)
        if _offset(zone, stop) != offset:
            before, after = math.floor(start.timestamp()), math.ceil(stop.timestamp())
            while after - before > 1:
                middle = (before + after) // 2
                if _offset(zone, datetime.fromtimestamp(middle, UTC)) == offset:
                    before = middle
                else:
                    after = middle
            stop = min(stop, datetime.fromtimestamp(after, UTC))
        yield Spell(start, stop)
        start = stop


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)
