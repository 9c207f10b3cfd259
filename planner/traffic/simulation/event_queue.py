"""What happens next: heaps of end times and a tournament over all that can happen, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import lean
from planner.traffic.arguments import Floats

Integers = NDArray[np.int64]


@lean
def push(times: Floats, first: int, count: int, time: float) -> None:
    """Add a time to the heap of ``count`` times that starts at ``first``."""
    child = count
    while child > 0:
        parent = (child - 1) >> 1
        if times[first + parent] <= time:
            break
        times[first + child] = times[first + parent]
        child = parent
    times[first + child] = time


@lean
def replace_earliest(times: Floats, first: int, count: int, time: float) -> None:
    """Put another time in the place of the earliest of the ``count`` from ``first`` on."""
    parent, child = 0, 1
    while child < count:
        if child + 1 < count and times[first + child + 1] < times[first + child]:
            child += 1
        if time <= times[first + child]:
            break
        times[first + parent] = times[first + child]
        parent, child = child, 2 * child + 1
    times[first + parent] = time


@lean
def drop_earliest(times: Floats, first: int, count: int) -> None:
    """Remove the earliest time from the heap of ``count`` times that starts at ``first``."""
    replace_earliest(times, first, count - 1, times[first + count - 1])


@lean
def reschedule(keys: Floats, winners: Integers, leaf: int, time: float) -> None:
    """Set when ``leaf`` happens next; ``winners[1]`` is then the first of all leaves to happen.

    ``keys`` has a power of two entries, ``winners`` twice as many, as a binary tree.
    """
    if keys[leaf] == time:
        return
    keys[leaf] = time
    node = (leaf + keys.size) >> 1
    while node >= 1:
        left, right = winners[2 * node], winners[2 * node + 1]
        winners[node] = left if keys[left] <= keys[right] else right
        node >>= 1


def tournament(leaves: int) -> tuple[Floats, Integers]:
    """Keys and winners for so many leaves, none of which ever happens yet."""
    size = 1 << max(leaves - 1, 0).bit_length()
    winners = np.zeros(2 * size, dtype=np.int64)
    winners[size:] = np.arange(size)
    for node in range(size - 1, 0, -1):
        winners[node] = winners[2 * node]
    return np.full(size, np.inf), winners
