"""The best choices for the times of a week, one after the other, with the price of moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.studies.week.times import Follows

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Choice(NamedTuple):
    """What a time may have: the first is what it has now."""

    lines: Ints  # [choice, campaign, dial or agent, dialer]
    runs: Bools  # [campaign]
    worths: Floats  # [choice] over its hours [value]


def best_along(
    choices: Mapping[int, Choice], follows: Sequence[Follows], price: float
) -> dict[int, int]:
    """Places of the best choices of each time, by dynamic programming in the order of the times.

    What comes back in that order, as a time of the day before, is taken as it is now.

    Parameters
    ----------
    choices : by time
    follows : which times come after which
    price : of a line that is taken away, for each hour [value/h]
    """
    order = sorted(choices)
    along = set(pairwise(order))
    given = {n: choices[n].worths.copy() for n in order}
    steps: dict[tuple[int, int], float] = {}
    for edge in follows:
        if edge.before not in choices or edge.after not in choices:
            continue
        cost = price * edge.hours
        if (edge.before, edge.after) in along:
            steps[edge.before, edge.after] = cost
            continue
        ones, others = _common(choices[edge.before], choices[edge.after])
        given[edge.before] -= cost * taken(ones, others[0])
        given[edge.after] -= cost * taken(ones[0], others)
    best, came = given[order[0]], []
    for before, after in pairwise(order):
        cost = steps.get((before, after), 0.0)
        paths = np.broadcast_to(best[:, None], (len(best), len(given[after])))
        if cost:
            ones, others = _common(choices[before], choices[after])
            paths = best[:, None] - cost * _between_all(ones, others)
        came.append(paths.argmax(axis=0))
        best = given[after] + paths.max(axis=0)
    k = int(best.argmax())
    found = {order[-1]: k}
    for place, back in zip(reversed(order[:-1]), reversed(came), strict=True):
        found[place] = k = int(back[k])
    return found


def taken(before: Ints, after: Ints) -> Floats:
    """Lines that are taken away, from each column, or until each."""
    moved = np.maximum(before - after, 0)
    within = tuple(range(moved.ndim - min(before.ndim, after.ndim), moved.ndim))
    summed: Floats = moved.sum(axis=within).astype(np.float64)
    return summed


def _between_all(ones: Ints, others: Ints) -> Floats:
    """The same of each of some columns and each of those after them ``[one, other]``."""
    each = int(np.prod(ones.shape[1:]))
    flat, after = ones.reshape(len(ones), each), others.reshape(len(others), each)
    found = np.zeros((len(ones), len(others)), np.int64)
    for k in range(flat.shape[1]):
        found += np.maximum(flat[:, k, None] - after[:, k], 0)
    return found.astype(np.float64)


def _common(one: Choice, other: Choice) -> tuple[Ints, Ints]:
    """The lines of those campaigns that run in both times."""
    both = one.runs & other.runs
    return one.lines[:, both], other.lines[:, both]
