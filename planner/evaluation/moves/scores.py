"""How good an order of moves is: limits first, then nobody dark, then the value on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from planner.evaluation.moves.limits import LEAST_WHOLE, Course
from planner.evaluation.moves.rows import Floats, Ints

#: The quantities of a course in states of the lines: (start, added by step) -> ``[state, row]``.
Along = Callable[[Floats, Floats], Floats]
#: So many numbers are held at once.
_BLOCK = 1 << 20
#: Beyond this part a breach is as bad as it gets.
_WORST_BREACH = 1e4


class States(NamedTuple):
    """What is judged of states of the lines, by state.

    ``over`` counts lines beyond ports, channels, agents and dial lines; ``breach`` is the largest
    part by which a limit is broken, ``broken`` the sum over limits; ``dark`` counts campaigns.
    """

    over: Floats
    breach: Floats
    broken: Floats
    dark: Floats
    value: Floats


class Score(NamedTuple):
    """An order of steps; the smaller of two scores is the better one.

    Lines beyond what there is; largest breach, sum of breaches; campaigns dark, summed over the
    steps; less the lowest value on the way; less the sum of values, so that gains come early.
    """

    over: float
    breach: float
    broken: float
    dark: float
    less_lowest: float
    less_early: float


def states(course: Course, along: Along, count: int) -> States:
    """Judge so many states."""
    over, breach, broken, dark = np.zeros((4, count))
    for rows in _blocks(course.hard.shape[1], count):
        taken = along(course.hard_start[rows], course.hard[:, rows])
        over += np.maximum(taken - course.allowed[rows], 0.0).sum(axis=1)
    for rows in _blocks(course.excess.shape[1], count):
        excess = along(course.excess_start[rows], course.excess[:, rows])
        whole = along(course.whole_start[rows], course.whole[:, rows])
        some = (excess > 0) & (whole > LEAST_WHOLE)
        parts = np.where(some, excess / np.where(some, whole, 1.0), 0.0)
        parts = np.minimum(parts, _WORST_BREACH)
        np.maximum(breach, parts.max(axis=1, initial=0.0), out=breach)
        broken += parts.sum(axis=1)
    for rows in _blocks(course.running.shape[1], count):
        running = along(course.running_start[rows], course.running[:, rows])
        dark += (running < 0.5).sum(axis=1)
    value = np.full(count, np.inf)
    for rows in _blocks(course.value.shape[1], count):
        earned = along(course.value_start[rows], course.value[:, rows])
        np.minimum(value, earned.min(axis=1), out=value)
    return States(over, breach, broken, dark, value)


def _blocks(rows: int, count: int) -> list[slice]:
    width = max(_BLOCK // count, 1)
    return [slice(first, first + width) for first in range(0, rows, width)]


def along_order(order: Sequence[int] | Ints) -> Along:
    """The states before the first step of an order and after each."""
    places = np.asarray(order, dtype=np.int64)

    def sums(start: Floats, added: Floats) -> Floats:
        found = np.empty((len(places) + 1, len(start)))
        found[0] = start
        np.cumsum(added[places], axis=0, out=found[1:])
        found[1:] += start
        return found

    return sums


def score(course: Course, order: Sequence[int]) -> Score:
    """The score of an order of steps."""
    if not order:
        return Score(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    found = states(course, along_order(order), len(order) + 1)
    sums = scored(
        course,
        found.over[1:].sum(keepdims=True),
        found.breach[1:].max(keepdims=True),
        found.broken[1:].sum(keepdims=True),
        found.dark[1:].sum(keepdims=True),
        found.value[1:].min(keepdims=True),
        found.value[1:].sum(keepdims=True),
    )
    return Score(*(float(part[0]) for part in sums))


def scale(course: Course) -> float:
    """The value in parts of which scores count values."""
    return max(abs(course.value_before), 1.0)


def scored(
    course: Course,
    over: Floats,
    breach: Floats,
    broken: Floats,
    dark: Floats,
    lowest: Floats,
    early: Floats,
) -> tuple[Floats, ...]:
    """Scores of orders, by order, without rounding errors, which must not decide between two."""
    unit = scale(course)
    return (
        np.round(over),
        np.round(breach, 9),
        np.round(broken, 8),
        np.round(dark),
        np.zeros(len(lowest)) if course.gains_first else -np.round(lowest / unit, 9),
        -np.round(early / unit, 8),
    )
