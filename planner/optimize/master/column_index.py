"""The lines of all columns of a pool in arrays, so that those inside a box are found at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.optimize.model.box import Box
from planner.optimize.model.columns import Column

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: Places to begin with; they are doubled when all are taken.
PLACES = 64


class ColumnIndex:
    """Campaign, lines and largest earnings on a dialer of columns in the order they came in."""

    def __init__(self, dialers: int) -> None:
        self._count = 0
        self._campaign = np.zeros(PLACES, dtype=np.int64)
        self._dial = np.zeros((PLACES, dialers), dtype=np.int64)
        self._agent = np.zeros((PLACES, dialers), dtype=np.int64)
        self._here = np.zeros(PLACES)

    def add(self, column: Column, here: float) -> None:
        """Put a column behind the others; ``here`` is what it earns on one dialer at the most."""
        if self._count == len(self._campaign):
            self._campaign, self._dial, self._agent, self._here = (
                np.concatenate([old, np.zeros_like(old)])
                for old in (self._campaign, self._dial, self._agent, self._here)
            )
        place = self._count
        self._campaign[place] = column.campaign
        self._dial[place], self._agent[place] = column.dial_lines, column.agent_lines
        self._here[place] = here
        self._count += 1

    def inside(self, box: Box) -> Bools:
        """Which columns lie in the ranges of a box."""
        c = self._campaign[: self._count]
        dial, agent = self._dial[: self._count], self._agent[: self._count]
        fits = (dial >= box.n_low[c]) & (dial <= box.n_high[c])
        fits &= (agent >= box.a_low[c]) & (agent <= box.a_high[c])
        found: Bools = np.logical_and.reduce(fits, axis=1)
        return found & (self._here[: self._count] <= box.dialer_high)
