"""Random numbers of compiled code, from a state that belongs to one thread; copies of lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import inlined

RandomState = NDArray[np.uint64]


def random_state(seed: int) -> RandomState:
    """State to draw from; shape (1,)."""
    return np.array([seed * 2654435761 + 1], np.uint64)


@inlined
def draw(random: RandomState) -> float:
    """Next random number in [0, 1): splitmix64 (Steele, Lea, Flood 2014)."""
    random[0] += np.uint64(0x9E3779B97F4A7C15)
    z = random[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


Ints = NDArray[np.int64]


@inlined
def forget(ids: Ints, count: int, one: int) -> None:
    """Overwrite one of a list of so many by its last."""
    for i in range(count):
        if ids[i] == one:
            ids[i] = ids[count - 1]
            break


@inlined
def copy_lines(source: Ints, target: Ints) -> None:
    """Copy lines ``[campaign, dialer]``, number by number: slices count as uses of an array."""
    for c in range(source.shape[0]):
        for d in range(source.shape[1]):
            target[c, d] = source[c, d]
