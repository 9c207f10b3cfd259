"""Duals of the master's rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Duals:
    """Prices of the master rows, all >= 0."""

    capacity: Floats  # [capacity] per line or attempt per hour
    failure: Floats  # [part] of what is lost with it; they sum to the weight w, or to twice that
    dial_lines: Floats  # [campaign]
    abandon: Floats  # [campaign]
    need: Floats  # [need] of what a campaign must reach
    short: Floats  # [sum] of shortfalls whose sum was found before

    def mixed(self, other: Duals, share: float) -> Duals:
        """``share`` of these prices and the rest of the other ones."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Duals(*(share * a + (1 - share) * b for a, b in pairs))
