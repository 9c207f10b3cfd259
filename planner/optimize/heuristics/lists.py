"""Lists of numbers in arrays, for compiled code."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.compiled import inlined

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
