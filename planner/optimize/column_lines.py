"""The lines of many columns side by side, so that all are compared with a box at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.optimize.columns import Column
from planner.optimize.model import Box

FIRST_ROOM = 256


class ColumnLines:
    """Dial and agent lines of the columns added, in their order."""

    def __init__(self, dialers: int) -> None:
        self._count = 0
        self._campaign = np.zeros(FIRST_ROOM, np.int64)
        self._dial = np.zeros((FIRST_ROOM, dialers), np.int64)
        self._agent = np.zeros((FIRST_ROOM, dialers), np.int64)

    def add(self, column: Column) -> None:
        """Append a column."""
        if self._count == len(self._campaign):
            self._campaign = np.concatenate([self._campaign, np.zeros_like(self._campaign)])
            self._dial = np.concatenate([self._dial, np.zeros_like(self._dial)])
            self._agent = np.concatenate([self._agent, np.zeros_like(self._agent)])
        place = self._count
        self._campaign[place] = column.campaign
        self._dial[place], self._agent[place] = column.dial_lines, column.agent_lines
        self._count += 1

    def inside(self, box: Box) -> NDArray[np.bool_]:
        """Which columns lie in a box; shape (columns,)."""
        c = self._campaign[: self._count]
        dial, agent = self._dial[: self._count], self._agent[: self._count]
        fits = (dial >= box.n_low[c]) & (dial <= box.n_high[c])
        fits &= (agent >= box.a_low[c]) & (agent <= box.a_high[c])
        return np.asarray(fits.all(axis=1), dtype=np.bool_)
