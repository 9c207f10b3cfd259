"""All columns of a pool in arrays: what they use and are worth, and which lie inside a box."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.optimize.model.box import Box
from planner.optimize.model.columns import Column
from planner.optimize.model.model import Model

Bools = NDArray[np.bool_]

#: Places to begin with; they are doubled when all are taken.
PLACES = 64


class ColumnArrays:
    """Columns in the order they came in, with an array for each of their figures.

    By name: those of :class:`Column`; ``attempts`` in all, and ``here``, what a column earns on one
    dialer at the most.
    """

    def __init__(self, model: Model) -> None:
        self.columns: list[Column] = []
        dialers, kinds = (model.dialers,), (model.aim.most.shape[1],)
        self._arrays: dict[str, NDArray[Any]] = {
            "campaign": np.zeros(PLACES, np.int64),
            "dial_lines": np.zeros((PLACES, *dialers), np.int64),
            "agent_lines": np.zeros((PLACES, *dialers), np.int64),
            "here": np.zeros(PLACES),
            "worth": np.zeros((PLACES, *dialers)),
            "used": np.zeros((PLACES, len(model.capacities))),
            "added": np.zeros(PLACES, np.int64),
            "handled": np.zeros(PLACES),
            "attempts": np.zeros(PLACES),
            "abandoned": np.zeros(PLACES),
            "answered": np.zeros(PLACES),
            "short": np.zeros((PLACES, *kinds), np.int64),
            "holds_own_limits": np.zeros(PLACES, np.bool_),
        }

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A figure of all columns, ``[column]`` or ``[column, ...]``."""
        return self._arrays[name][: len(self.columns)]

    def add(self, column: Column, here: float) -> None:
        """Put a column behind the others; ``here`` is what it earns on one dialer at the most."""
        place = len(self.columns)
        if place == len(self._arrays["here"]):
            for name, old in self._arrays.items():
                self._arrays[name] = np.concatenate([old, np.zeros_like(old)])
        self.columns.append(column)
        figures = vars(column) | {"here": here, "attempts": column.attempts.sum()}
        for name, array in self._arrays.items():
            array[place] = figures[name]

    def inside(self, box: Box) -> Bools:
        """Which columns lie in the ranges of a box."""
        c, dial, agent = self["campaign"], self["dial_lines"], self["agent_lines"]
        fits = (dial >= box.n_low[c]) & (dial <= box.n_high[c])
        fits &= (agent >= box.a_low[c]) & (agent <= box.a_high[c])
        found: Bools = np.logical_and.reduce(fits, axis=1)
        return found & (self["here"] <= box.dialer_high)
