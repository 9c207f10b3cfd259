"""Splits of a campaign that were found before: the best of them at other prices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.optimize.model.tables import HANDLED
from planner.optimize.pricing.prices import Limits

Ints = NDArray[np.int64]

#: So many splits are kept; the oldest make room.
MOST_KNOWN = 256


class SplitPool:
    """Splits inside a campaign's ranges, in the order in which they were found."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._splits: dict[tuple[bytes, bytes], tuple[Ints, Ints]] = {}
        self._stacked: tuple[Ints, Ints] | None = None

    def add(self, dial_lines: Ints, agent_lines: Ints) -> None:
        """Remember a split."""
        key = dial_lines.tobytes(), agent_lines.tobytes()
        if key in self._splits:
            return
        if len(self._splits) == MOST_KNOWN:
            del self._splits[next(iter(self._splits))]
        self._splits[key] = dial_lines, agent_lines
        self._stacked = None

    def take(self, other: SplitPool) -> None:
        """Remember another's splits as far as they lie in these ranges."""
        x = self._limits
        for dial, agent in other._splits.values():
            if x.table[HANDLED, agent, dial].max(initial=0.0) > x.most_calls:
                continue
            inside = np.all((dial >= x.n_low) & (dial <= x.n_high))
            if inside and np.all((agent >= x.a_low) & (agent <= x.a_high)):
                self.add(dial, agent)

    def lines(self) -> tuple[Ints, Ints]:
        """Dial lines and agent lines of all of them, each ``[split, dialer]``."""
        if self._stacked is None:
            known = np.array(list(self._splits.values()), dtype=np.int64)
            known = known.reshape(-1, 2, len(self._limits.room))
            self._stacked = known[:, 0].copy(), known[:, 1].copy()
        return self._stacked
