"""Copies of splits in compiled code."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import lean

Ints = NDArray[np.int64]


@lean
def copy_split(dial: Ints, agent: Ints, to_dial: Ints, to_agent: Ints) -> None:
    """Copy a split, number by number: assigned slices take seconds to compile."""
    for d in range(dial.size):
        to_dial[d], to_agent[d] = dial[d], agent[d]
