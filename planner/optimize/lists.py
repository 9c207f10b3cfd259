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
