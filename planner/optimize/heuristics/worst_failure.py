"""The value that the worst failure takes from a plan, exactly or softened.

The worst of many failures changes only with the plan's lines on the worst dialers: most moves of a
search would look as good as any other. The softened worst, a logarithm of a sum of exponentials,
counts every failure by how near it comes to the worst.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import lean
from planner.optimize.model.fleet import NONE, Fleet

Floats = NDArray[np.float64]

#: Width in which failures count, in temperatures of an annealing.
SOFTNESS = 10.0
#: Differences beyond so many widths do not count.
_FAR = 12.0


@lean
def lose(f: Fleet, lost: Floats, d: int, value: float) -> None:
    """Add value on a dialer to what is lost with each part of the fleet ``[part]``."""
    for j in range(f.parts_of.shape[1]):
        k = f.parts_of[d, j]
        if k == NONE:
            break
        lost[k] += value


@lean
def most_lost(f: Fleet, lost: Floats) -> float:
    """What is lost at once at the most: with one part, or with two."""
    most, second = 0.0, 0.0
    for k in range(len(lost)):
        second = max(second, min(lost[k], most))
        most = max(most, lost[k])
    return most + second if f.any_two else most


@lean
def worst(f: Fleet, lost: Floats, width: float) -> float:
    """What the redundancy of the objective loses by the worst failure [value per hour].

    With a width above 0, failures within about so much value of the worst count as well.
    """
    if f.weight == 0:
        return 0.0
    if width <= 0:
        return f.weight * most_lost(f, lost)
    return f.weight * (_soft_twos(lost, width) if f.any_two else _soft_parts(lost, width))


@lean
def _soft_parts(lost: Floats, width: float) -> float:
    most = 0.0
    for k in range(len(lost)):
        most = max(most, lost[k])
    total = 0.0
    for k in range(len(lost)):
        below = (most - lost[k]) / width
        if below < _FAR:
            total += np.exp(-below)
    return float(most + width * np.log(total))


@lean
def _soft_twos(lost: Floats, width: float) -> float:
    """All pairs from the sum of the parts and of their squares: 2ab = (a + b)^2 - a^2 - b^2."""
    most, second = -np.inf, -np.inf
    for k in range(len(lost)):
        second = max(second, min(lost[k], most))
        most = max(most, lost[k])
    # One part far above all others is in every pair that counts.
    top = min(most, second + _FAR * width)
    total = squares = 0.0
    for k in range(len(lost)):
        above = (min(lost[k], top) - second) / width
        if above > -_FAR:
            part = np.exp(above)
            total += part
            squares += part * part
    return float(most - top + 2 * second + width * np.log((total * total - squares) / 2))
