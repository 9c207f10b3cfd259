"""Figures with the ends of their 95 % intervals."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from planner.projection.figures import binomial
from planner.traffic.arguments import Floats
from planner.traffic.simulation.estimates import student_t

#: Parts of a step whose standard deviation is less than this part of their mean are seldom 0.
_EVEN = 0.4


class Interval(NamedTuple):
    """A figure and the ends of its 95 % interval; an end is None where it is not known."""

    value: float
    low: float | None
    high: float | None


def interval(value: float, low: float, high: float) -> Interval:
    """Without ends where one replication tells nothing of its error."""
    if math.isfinite(low) and math.isfinite(high):
        return Interval(value, low, high)
    return Interval(value, None, None)


def t_half_width(values: Floats) -> float:
    """Of the interval of a mean of independent values; infinite with one."""
    count = len(values)
    if count < 2:
        return math.inf
    return student_t(count - 1) * float(values.std(ddof=1)) / math.sqrt(count)


def share_interval(share: float, runs: int) -> tuple[float, float, float]:
    """A share of so many runs with its interval."""
    return share, *binomial.share_ends(round(share * runs), runs)


def share_ends(
    parts: Floats, may_have: Floats | float = 1.0, may_lack: Floats | float = 1.0
) -> tuple[Floats, Floats]:
    """Ends of the 95 % intervals of means over runs of parts in [0, 1], [run, step].

    The mean is the share of runs that have any part, times the mean part they have: the errors of
    both (binomial interval, Student's t) add up as those of independent figures.

    Parameters
    ----------
    may_have : part that a run may have where none has any, by step: on average, and at most
    may_lack : part that may be missing where all have whole ones
    """
    runs = len(parts)
    parts = np.clip(parts, 0.0, 1.0)
    mirrored = parts.mean(axis=0) > 0.5
    small = np.where(mirrored, 1.0 - parts, parts)
    has = small > 0.0
    count = has.sum(axis=0)
    share, mean = count / runs, small.mean(axis=0)
    unseen = np.where(mirrored, may_lack, may_have)
    size = np.where(count > 0, small.sum(axis=0) / np.maximum(count, 1), unseen)
    squares = np.where(has, (small - size) ** 2, 0.0).sum(axis=0)
    # One part alone tells nothing of how they vary: as much as exponential ones.
    deviation = np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), size)
    quantiles = np.array([student_t(max(number - 1, 2)) for number in range(runs + 1)])
    # Of positive sizes on the scale of the logarithm, as few long ones make a mean uneven.
    relative = deviation / np.where(size > 0.0, size, 1.0)
    spread = np.minimum(quantiles[count] * relative / np.sqrt(np.maximum(count, 1)), 9.0)
    low, high = (end[count] for end in binomial.all_share_ends(runs))
    shorter, longer = mean * -np.expm1(-spread), mean * np.expm1(spread)
    # Where all have parts, and those hardly smaller ones, no run is likely to have none.
    rare = (count < runs) | (deviation >= _EVEN * size)
    low = np.maximum(mean - np.hypot(rare * (share - low) * size, shorter), 0.0)
    high = np.minimum(mean + np.hypot(rare * (high - share) * size, longer), 1.0)
    return np.where(mirrored, 1.0 - high, low), np.where(mirrored, 1.0 - low, high)
