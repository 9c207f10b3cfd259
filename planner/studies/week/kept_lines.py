"""Lines kept from one time of a week to the next where moving them gains little."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.studies.week.times import Follows, Lines, Node, Time
from planner.studies.week.week_lines import WeekLines

Ints = NDArray[np.int64]

#: Rounds over all campaigns at the most; they end when one gains next to nothing. So many are made
#: from the lines given and from those of one time everywhere, before the better goes on.
ROUNDS, FIRST_ROUNDS = 12, 4
#: A round that gains less than this share of the worth of the week is the last.
LEAST_GAIN = 1e-6
#: Prices tried after the first, at the most: so many times that, then the square of it times the
#: one before, and so on, until some are too high and some too low. So near they are enough.
TRIES, STEP, CLOSE = 6, 1.6, 1.15


class Kept(NamedTuple):
    """Lines of every time, and the price of a moved line that they were found with."""

    plans: list[LinePlan]
    price: float


class _Found(NamedTuple):
    """Lines of every time, what they are worth, how many move, and those times hours."""

    value: float
    moved: int
    line_hours: float
    price: float
    lines: list[Ints]


def keep_lines(
    times: Sequence[Time],
    follows: Sequence[Follows],
    price: float,
    *,
    least_share: float = 0.0,
    before: Lines | None = None,
    redundancy: float = 0.0,
    failures: int = 1,
    stop: Callable[[], bool] = lambda: False,
) -> Kept:
    """Lines for every time that are worth most less the price of moves from time to time.

    Lines taken from a campaign that goes on are moved; what it gets, and lines of campaigns that
    begin or end, cost nothing. Every limit holds, and no campaign falls shorter of what is asked
    for than in the plan given.

    Parameters
    ----------
    times : with the plans to begin with, such as the best of each time; in their order
    follows : which comes after which
    price : of a moved line, for each hour of the time it is moved for [value/h]
    least_share : of what the plans given are worth that must be left; with it the price is only
        the first of those tried, and of all lines found those count of which fewest move
    before : lines before the first of the times, by campaign and dialer
    redundancy, failures : of the aim, as in PlanOptions
    stop : polled; once it says True the lines so far are returned

    Notes
    -----
    It begins with the lines given, and with those of one time everywhere as far as limits let them,
    of which most is left, and goes on from what is better after a few rounds. Each round first
    chooses for every time between its lines and those of all others, for all campaigns together,
    and lets pairs of campaigns exchange lines; then it takes one campaign after the other: among
    columns of its lines (those of all times, and between those of neighbours) it chooses one for
    every time. Both choose by dynamic programming along the week. Only changes that gain are kept,
    so that the result is never worth less than what is given.
    """
    nodes = [Node(time, redundancy, failures) for time in times]
    week = WeekLines(nodes, follows, price, before or {})
    given, value = week.lines(), week.value()
    _improve(week, FIRST_ROUNDS, stop)
    best = week.worth(), week.lines()
    week.put(given)
    week.spread()
    _improve(week, FIRST_ROUNDS, stop)
    if week.worth() < best[0]:
        week.put(best[1])
    _improve(week, ROUNDS, stop)
    if least_share > 0:
        _find_price(week, given, value - (1.0 - least_share) * abs(value), stop)
    return Kept(week.plans(), week.price)


def _find_price(week: WeekLines, given: list[Ints], least: float, stop: Callable[[], bool]) -> None:
    """Have the lines of which fewest move among all found that are worth so much.

    Prices are tried between those with which enough is left, and those with which it is not. Each
    goes on from the lines known that are worth most with it, and from the calmest.
    """
    last, low, high = [_found(week)], 0.0, np.inf
    week.put(given)
    found = [_found(week), *last]
    for tries in range(TRIES):
        if max(one.value for one in last) >= least:
            low = max(low, week.price)
        else:
            high = min(high, week.price)
        if stop() or high < CLOSE * low:
            break
        week.price = _between(low, high, STEP ** (2**tries))
        last = [_improved(week, _best(found, week.price), stop)]
        calm = [one for one in found if one.value < least]
        if calm:
            last.append(
                _improved(week, _best(calm, week.price), lambda: stop() or week.value() >= least)
            )
        found += last
    fewest = min((one for one in found if one.value >= least), key=lambda one: one.moved)
    week.price = fewest.price
    week.put(fewest.lines)


def _between(low: float, high: float, step: float) -> float:
    """A price between one that is too low and one that is too high; a step on where one is not."""
    if high == np.inf:
        return low * step
    return high / step if low == 0 else float(np.sqrt(low * high))


def _best(found: Sequence[_Found], price: float) -> _Found:
    return max(found, key=lambda one: one.value - price * one.line_hours)


def _improved(week: WeekLines, start: _Found, stop: Callable[[], bool]) -> _Found:
    week.put(start.lines)
    _improve(week, ROUNDS, stop)
    return _found(week)


def _found(week: WeekLines) -> _Found:
    value = week.value()
    hours = (value - week.worth()) / week.price
    return _Found(value, week.moved(), hours, week.price, week.lines())


def _improve(week: WeekLines, rounds: int, stop: Callable[[], bool]) -> None:
    for _ in range(rounds):
        if stop():
            return
        worth = week.worth()
        for place in range(week.count):
            if stop():
                return
            week.exchange(place)
        week.switch()
        for name in week.campaigns:
            if stop():
                return
            week.improve(name)
        if week.worth() <= worth + LEAST_GAIN * abs(worth):
            return
