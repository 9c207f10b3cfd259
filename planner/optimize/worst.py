"""The value that the worst failure takes from a plan, exactly or softened.

The worst of many failures changes only with the plan's lines on the worst dialers: most moves of a
search would look as good as any other. The softened worst, a logarithm of a sum of exponentials,
counts every failure by how near it comes to the worst.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.compiled import lean
from planner.optimize.fleet import NONE, Fleet

Floats = NDArray[np.float64]

#: Width in which failures count, in temperatures of an annealing.
SOFTNESS = 10.0
#: Differences beyond so many widths do not count.
_FAR = 12.0


@lean
def lose(f: Fleet, lost: Floats, d: int, value: float) -> None:
    """Add value on a dialer to what each of its failures takes ``[failure]``."""
    for j in range(f.failures_of.shape[1]):
        k = f.failures_of[d, j]
        if k == NONE:
            break
        lost[k] += value


@lean
def worst(f: Fleet, lost: Floats, width: float) -> float:
    """What the redundancy of the objective loses by the worst failure [value per hour].

    With a width above 0, failures within about so much value of the worst count as well.
    """
    if f.weight == 0:
        return 0.0
    most = 0.0
    for k in range(len(lost)):
        most = max(most, lost[k])
    if width <= 0:
        return f.weight * most
    total = 0.0
    for k in range(len(lost)):
        below = (most - lost[k]) / width
        if below < _FAR:
            total += np.exp(-below)
    return f.weight * float(most + width * np.log(total))
