"""Cuts a horizon into steps in which nothing changes from outside, with the statuses by rule."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import Status
from planner.projection.hours.calendar import open_spells
from planner.projection.hours.outages import out_of_service
from planner.projection.hours.shifts import shift_changes
from planner.projection.network import Stretch
from planner.projection.pairs import Pair, pairs_at
from planner.projection.status import status_now
from planner.traffic.arguments import Floats

Booleans = NDArray[np.bool_]
#: Steps are this long, on the clock; over more than a day nobody reads quarters of an hour.
SHORT_STEP, LONG_STEP = timedelta(minutes=15), timedelta(hours=1)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Horizon:
    """Steps of a horizon, and what holds in each of them from outside.

    Attributes
    ----------
    edges : of the steps, ascending, one more than steps
    pairs : those with lines, in the problem's order, with the figures of the first step
    stretches : what holds from a change on, of all pairs
    stretch_of : place of the stretch of each step
    statuses : by stretch and pair: as far as the calendar, people and outages decide it; Running
        and Dialing where the calls do
    """

    edges: tuple[datetime, ...]
    pairs: tuple[Pair, ...]
    stretches: tuple[Stretch, ...]
    stretch_of: tuple[int, ...]
    statuses: tuple[tuple[Status, ...], ...]

    @property
    def seconds(self) -> Floats:
        """Edges in seconds from the start."""
        return np.array([(edge - self.edges[0]).total_seconds() for edge in self.edges])

    def running(self, place: int) -> Booleans:
        """The steps in which the calls of a pair decide its status."""
        by_stretch = [statuses[place] is Status.RUNNING for statuses in self.statuses]
        return np.array(by_stretch)[list(self.stretch_of)]

    def stopped_by_dialer_at(self, place: int) -> Floats:
        """When the dialer stopped the campaign, by step, seconds from the start; else NaN."""
        begun, found = math.nan, np.full(len(self.stretch_of), math.nan)
        for step, stretch in enumerate(self.stretch_of):
            if self.statuses[stretch][place] is not Status.BY_DIALER:
                begun = math.nan
            elif math.isnan(begun):
                begun = float(self.seconds[step])
            found[step] = begun
        return found

    def of(self, places: Sequence[int]) -> list[Stretch]:
        """The stretches of some of the pairs."""
        return [
            Stretch(
                stretch.seconds,
                [stretch.pairs[place] for place in places],
                [stretch.window_open[place] for place in places],
                [stretch.in_service[place] for place in places],
            )
            for stretch in self.stretches
        ]


def horizon(problem: Problem, at: datetime, hours: float, *, channels: bool = False) -> Horizon:
    """Steps and statuses by rule from ``at`` (with a UTC offset) on, over ``hours``.

    With ``channels`` lines fit those of trunk groups, as formulas need it.
    """
    end = at + timedelta(hours=hours)
    grid = list(_grid(at, end, SHORT_STEP if hours <= 24 else LONG_STEP))
    pairs = pairs_at(problem, at, channels=channels)
    campaigns = {pair.campaign.campaign_id: pair.campaign for pair in pairs}
    changes = {at}
    for campaign in campaigns.values():
        changes.update(_changes(problem, campaign, grid))
    changes.update(shift_changes(problem, at, end))
    dialers = {pair.dialer.dialer_id for pair in pairs}
    for outage in problem.outages:
        if outage.dialer_id in dialers:
            changes.update((outage.start, outage.end))
    starts = sorted(moment for moment in changes if at <= moment < end)
    edges = sorted({*grid, *starts})
    found = [_stretch(problem, moment, at, channels=channels) for moment in starts]
    return Horizon(
        edges=tuple(edge.astimezone(at.tzinfo) for edge in edges),
        pairs=tuple(pairs),
        stretches=tuple(stretch for stretch, _ in found),
        stretch_of=tuple(np.searchsorted(_stamps(starts), _stamps(edges[:-1]), "right") - 1),
        statuses=tuple(statuses for _, statuses in found),
    )


def _stamps(moments: Iterable[datetime]) -> list[float]:
    return [moment.timestamp() for moment in moments]


def _grid(at: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    """The start, full steps of the clock, the end."""
    yield at
    seconds = step.total_seconds()
    moment = datetime.fromtimestamp((at.timestamp() // seconds + 1) * seconds, UTC)
    while moment < end:
        yield moment
        moment += step
    yield end


def _changes(problem: Problem, campaign: Campaign, grid: list[datetime]) -> Iterator[datetime]:
    """Yield when the calendar or the hourly figures of a campaign may change."""
    start, end = grid[0], grid[-1]
    for spell in open_spells(campaign, start, end):
        yield from spell
    zone = campaign.zone
    if campaign.stop is not None:
        yield datetime.combine(campaign.stop + _ONE_DAY, time(), zone).astimezone(UTC)
    minutes = {
        minute
        for interval in problem.intervals
        if interval.campaign_id == campaign.campaign_id
        for minute in (interval.from_minute, interval.to_minute)
    }
    if not minutes:
        return
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        for minute in minutes:
            clock = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
            yield from (clock.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        day += _ONE_DAY
    # A change of the clock may skip the hour in which figures change.
    for before, after in pairwise(grid):
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            yield after


def _stretch(
    problem: Problem, moment: datetime, at: datetime, *, channels: bool
) -> tuple[Stretch, tuple[Status, ...]]:
    pairs = pairs_at(problem, moment, channels=channels)
    statuses = tuple(
        status_now(
            problem, pair.campaign, pair.dialer, pair.item, moment, busy_agent_lines=0, since=at
        ).status
        for pair in pairs
    )
    return (
        Stretch(
            (moment - at).total_seconds(),
            pairs,
            [status is Status.RUNNING for status in statuses],
            [
                status is not Status.BY_DIALER
                and out_of_service(problem, pair.dialer, moment, at) is None
                for pair, status in zip(pairs, statuses, strict=True)
            ],
        ),
        statuses,
    )
