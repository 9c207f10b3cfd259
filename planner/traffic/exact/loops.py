"""Loops over arrays, compiled.

They compile in a fraction of the time that numba needs for expressions of whole arrays and for
slices that are assigned, run as fast, and add in the order of the array.
"""

from __future__ import annotations

import numpy as np

from planner.compiling.compiled import compiled, lean
from planner.traffic.arguments import Floats


@lean
def total(x: Floats) -> float:
    """Sum of an array."""
    found = 0.0
    for value in x:
        found += value
    return found


@lean
def product(x: Floats, y: Floats) -> float:
    """Sum of the products of two arrays."""
    found = 0.0
    for k in range(x.size):
        found += x[k] * y[k]
    return found


@lean
def scale(x: Floats, factor: float) -> None:
    """Divide the values of an array."""
    for k in range(x.size):
        x[k] /= factor


@lean
def multiply(values: Floats, factor: float) -> None:
    """Multiply the values of an array."""
    for k in range(values.size):
        values[k] *= factor


@lean
def multiply_all(states: Floats, factor: float) -> None:
    """Multiply the values of an array with rows."""
    for i in range(states.shape[0]):
        for h in range(states.shape[1]):
            states[i, h] *= factor


@lean
def mass(paused: Floats, low: int, end: int, left: int, right: int) -> float:
    """Probability in rows ``low``..``end`` - 1 and columns ``left``..``right`` - 1."""
    found = 0.0
    for i in range(low, end):
        for h in range(left, right):
            found += paused[i, h]
    return found


@compiled
def longer(values: Floats, room: int) -> Floats:
    """The values with zeros behind them, up to ``room`` in all."""
    found = np.zeros(room)
    for j in range(values.size):
        found[j] = values[j]
    return found
