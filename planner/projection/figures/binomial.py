"""Intervals of a share of independent runs that hold at every count."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from planner.traffic.arguments import Floats

_Z95 = 1.959964
_TAIL = 0.025
#: From so many runs on either side the score interval is as good as the exact one.
_MANY = 40


@lru_cache(maxsize=4096)
def share_ends(count: int, runs: int) -> tuple[float, float]:
    """Ends of the 95 % interval of the chance behind ``count`` of so many runs.

    Few runs on either side: the exact interval (C. J. Clopper and E. S. Pearson, Biometrika 26,
    1934), which holds at least as often. Else the score interval (E. B. Wilson, JASA 22, 1927).
    """
    if min(count, runs - count) >= _MANY:
        return _score(count / runs, runs)
    if 2 * count > runs:
        low, high = share_ends(runs - count, runs)
        return 1.0 - high, 1.0 - low
    low = 0.0 if count == 0 else _where(lambda p: 1.0 - _at_most(count - 1, runs, p), _TAIL)
    return low, _where(lambda p: -_at_most(count, runs, p), -_TAIL)


@lru_cache(maxsize=64)
def all_share_ends(runs: int) -> tuple[Floats, Floats]:
    """Ends for every count of 0..runs."""
    ends = np.array([share_ends(count, runs) for count in range(runs + 1)])
    return ends[:, 0], ends[:, 1]


def _score(share: float, runs: int) -> tuple[float, float]:
    z2 = _Z95**2
    centre = (share + z2 / (2 * runs)) / (1 + z2 / runs)
    width = _Z95 * math.sqrt(share * (1 - share) / runs + z2 / (4 * runs**2)) / (1 + z2 / runs)
    return max(centre - width, 0.0), min(centre + width, 1.0)


def _at_most(count: int, runs: int, chance: float) -> float:
    """P(at most ``count`` of so many runs), each with the chance given."""
    if chance >= 1.0:
        return float(count >= runs)
    odds = math.log(chance) - math.log1p(-chance)
    term = runs * math.log1p(-chance)
    total = math.exp(term)
    for k in range(count):
        term += math.log((runs - k) / (k + 1)) + odds
        total += math.exp(term)
    return min(total, 1.0)


def _where(rising: Callable[[float], float], level: float) -> float:
    """The chance at which a function that rises with it has a level, by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        if rising(middle) < level:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
