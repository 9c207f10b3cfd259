"""The best order of a few steps, exactly: a dynamic programme over the subsets that were made.

Each aim narrows the states, or the ways between them, to those that are best by it, and leaves
the rest to the next: largest breach, sum of breaches and campaigns dark, lowest value, early gains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.moves.limits import Course
from planner.evaluation.moves.rows import Bools, Floats, Ints
from planner.evaluation.moves.scores import States, states

#: So many steps have 65,536 subsets.
MOST_STEPS = 16
#: Breaches are added up in millionths, which are whole numbers: sums must not hang on rounding.
_MILLIONTHS = 1_000_000
#: More than there can be of campaigns dark, summed over states.
_DARKEST = 1 << 16
_NEVER = np.int64(1) << 60
_SAME = 1e-9


def best_order(
    course: Course,
    steps: Sequence[int],
    made: Sequence[int] = (),
    breach: float = 0.0,
    lowest: float = np.inf,
) -> list[int] | None:
    """The best order of steps, None where no order keeps to ports, channels and lines on shift.

    Parameters
    ----------
    steps : at most ``MOST_STEPS``
    made : steps made before
    breach, lowest : largest breach and lowest value elsewhere on the way: no state here must be
        better than these
    """
    count = len(steps)
    earlier = np.array(made, dtype=np.int64)
    chosen = np.array(steps, dtype=np.int64)

    def sums(base: Floats, added: Floats) -> Floats:
        found = np.empty((1 << count, len(base)))
        found[0] = base + added[earlier].sum(axis=0)
        for bit in range(count):
            half = 1 << bit
            np.add(found[:half], added[chosen[bit]], out=found[half : 2 * half])
        return found

    found = states(course, sums, 1 << count)
    allowed = (found.over < 0.5) & _in_order(course, chosen)
    allowed[0] = True
    if course.gains_first:
        lowest = -np.inf
    return _Programme(count, allowed, found).solve(steps, breach, lowest)


def _in_order(course: Course, chosen: Ints) -> Bools:
    """Subsets in which each step that waits for another of them comes with it."""
    subsets = np.arange(1 << len(chosen))
    allowed = np.ones(len(subsets), dtype=np.bool_)
    places = {int(step): bit for bit, step in enumerate(chosen)}
    for bit, step in enumerate(chosen):
        first = places.get(int(course.waits_for[step]))
        if first is not None:
            allowed &= ((subsets >> bit) & 1) <= ((subsets >> first) & 1)
    return allowed


_Ways = Callable[[NDArray[np.int32], NDArray[np.int32]], Bools]
_Level = list[tuple[NDArray[np.int32], NDArray[np.int32]]]


@lru_cache(maxsize=4)
def _levels(count: int) -> tuple[_Level, ...]:
    """By number of steps made and last step: subsets, and the same without the last step."""
    subsets = np.arange(1 << count, dtype=np.int32)
    made = np.bitwise_count(subsets)
    found = []
    for number in range(1, count + 1):
        here = subsets[made == number]
        bits = [(here[(here >> bit) & 1 == 1], np.int32(1 << bit)) for bit in range(count)]
        found.append([(after, after ^ bit) for after, bit in bits])
    return tuple(found)


class _Programme:
    """Subsets of steps as states, and which ways between them are still among the best."""

    def __init__(self, count: int, allowed: Bools, found: States) -> None:
        self._levels, self._allowed, self._found = _levels(count), allowed, found

    def solve(self, steps: Sequence[int], breach: float, lowest: float) -> list[int] | None:
        """The steps in the best order."""
        found = self._found
        breaches = np.where(self._allowed, found.breach, np.inf)
        breaches[0] = 0.0
        least = self._narrowest(breaches)
        if not np.isfinite(least):
            return None
        self._allowed &= found.breach <= max(least, breach) + _SAME
        self._allowed[0] = True
        forward, backward = self._fewest(self._costs())
        total = forward[-1]

        def among_best(before: NDArray[np.int32], after: NDArray[np.int32]) -> Bools:
            best: Bools = forward[before] + backward[after] == total
            return best

        high = self._highest(among_best)
        same = _SAME * max(abs(high), 1.0)
        early = np.where(found.value >= min(high, lowest) - same, found.value, -np.inf)
        early[0] = 0.0
        return [steps[bit] for bit in self._earliest(early, among_best)]

    def _costs(self) -> Ints:
        """Breaches, then campaigns dark, as one whole number by state."""
        broken = np.round(self._found.broken * _MILLIONTHS).astype(np.int64)
        costs = broken * _DARKEST + self._found.dark.astype(np.int64)
        costs[~self._allowed] = _NEVER
        costs[0] = 0
        return costs

    def _narrowest(self, breaches: Floats) -> float:
        """The least that the largest breach on a way to the end can be."""
        best = np.full(len(breaches), np.inf)
        best[0] = 0.0
        for level in self._levels:
            for after, before in level:
                best[after] = np.minimum(best[after], np.maximum(best[before], breaches[after]))
        return float(best[-1])

    def _fewest(self, costs: Ints) -> tuple[Ints, Ints]:
        """The least sum of costs from the start to each state, and from each to the end."""
        forward = np.full(len(costs), _NEVER)
        backward = np.full(len(costs), _NEVER)
        forward[0], backward[-1] = 0, costs[-1]
        for level in self._levels:
            for after, before in level:
                reached = np.minimum(forward[before] + costs[after], _NEVER)
                forward[after] = np.minimum(forward[after], reached)
        for level in reversed(self._levels):
            for after, before in level:
                left = np.minimum(backward[after] + costs[before], _NEVER)
                backward[before] = np.minimum(backward[before], left)
        return forward, backward

    def _highest(self, among_best: _Ways) -> float:
        """The highest that the lowest value after a step can be."""
        values = self._found.value
        best = np.full(len(values), -np.inf)
        best[0] = np.inf
        for level in self._levels:
            for after, before in level:
                reached = np.where(
                    among_best(before, after), np.minimum(best[before], values[after]), -np.inf
                )
                best[after] = np.maximum(best[after], reached)
        return float(best[-1])

    def _earliest(self, values: Floats, among_best: _Ways) -> list[int]:
        """The order in which the sum of values is largest, as bits."""
        best = np.full(len(values), -np.inf)
        last = np.zeros(len(values), dtype=np.int8)
        best[0] = 0.0
        for level in self._levels:
            for bit, (after, before) in enumerate(level):
                reached = np.where(among_best(before, after), best[before] + values[after], -np.inf)
                # Of equal ones the last step is the one that comes last in the problem.
                better = (reached >= best[after]) & np.isfinite(reached)
                best[after[better]] = reached[better]
                last[after[better]] = bit
        order, state = [], len(values) - 1
        while state:
            order.append(int(last[state]))
            state ^= 1 << order[-1]
        return order[::-1]
