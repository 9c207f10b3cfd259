"""What a world brings through the hours ahead, also if dialers go down on the way."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from planner.contracts.problem import Problem
from planner.contracts.result import Status
from planner.evaluation.net_value import net_value
from planner.evaluation.running.runnable import runnable_lines
from planner.evaluation.simulated import handled_name
from planner.projection.figures.exact import figures
from planner.projection.pairs import Pair
from planner.projection.timeline.horizon import horizon


class Stretch(NamedTuple):
    """A time in which nothing changes, and the value of the calls handled in an hour of it."""

    start: datetime
    end: datetime
    value_per_hour: float


def through_hours(
    problem: Problem,
    at: datetime,
    hours: float,
    down: Collection[str] = (),
    since: datetime | None = None,
) -> tuple[Stretch, ...]:
    """Follow the lines of a problem through their schedules, by formula, nobody moving a line.

    Parameters
    ----------
    problem : the world while the dialers are up
    at, hours : from when on, with a UTC offset, and how long [h]
    down : dialers that go out of service
    since : when they do; None: they are out from the start

    Returns
    -------
    Stretches of steady rates that follow each other from ``at`` over all hours. Hourly figures
    count; what fills or empties in the first minutes does not.
    """
    end = at + timedelta(hours=hours)
    turn = end if not down else min(max(since or at, at), end)
    dialers = (
        d.model_copy(update={"in_service": False}) if d.dialer_id in down else d
        for d in problem.dialers
    )
    out = problem.model_copy(update={"dialers": tuple(dialers)})
    return (*_steady(problem, at, turn), *_steady(out, turn, end))


def total(stretches: Collection[Stretch]) -> float:
    """Value of the calls handled in all of the time."""
    return sum(s.value_per_hour * (s.end - s.start) / timedelta(hours=1) for s in stretches)


def _steady(problem: Problem, start: datetime, end: datetime) -> list[Stretch]:
    if start >= end:
        return []
    running = problem.model_copy(update={"assignments": runnable_lines(problem).plan.assignments})
    given = horizon(running, start, (end - start) / timedelta(hours=1), channels=True)
    rates = [
        sum(
            _value_per_hour(pair)
            for pair, status in zip(stretch.pairs, statuses, strict=True)
            if status is Status.RUNNING
        )
        for stretch, statuses in zip(given.stretches, given.statuses, strict=True)
    ]
    starts = [start + timedelta(seconds=stretch.seconds) for stretch in given.stretches]
    return [
        Stretch(begin, until, rate)
        for begin, until, rate in zip(starts, [*starts[1:], end], rates, strict=True)
    ]


def _value_per_hour(pair: Pair) -> float:
    found = figures(pair)
    handled = found.get(handled_name(pair.campaign)) or 0.0
    return net_value(pair.campaign, pair.dialer, handled, found.get("attempts_per_hour") or 0.0)
