"""The best plan so far, and the moves that improve a plan one campaign at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.model.columns import Column
from planner.optimize.model.model import Model

Floats = NDArray[np.float64]


class Usage:
    """What a set of columns uses of the capacities, and what survives of it in each failure."""

    def __init__(self, model: Model, columns: Iterable[Column] = ()) -> None:
        self._model = model
        self.capacity = np.zeros(len(model.capacities))
        self.surviving = np.zeros(len(model.lost))
        self.throughput = 0.0
        self.added = 0
        for column in columns:
            self.add(column)

    def add(self, column: Column, sign: float = 1.0) -> None:
        """Count a column in, or out with ``sign`` -1."""
        model = self._model
        value = model.value[column.campaign]
        lines, attempts = model.members @ column.lines, model.members @ column.attempts
        self.capacity += sign * np.where(model.counts_lines, lines, attempts)
        self.surviving += sign * value * (column.handled - column.lost)
        self.throughput += sign * float(value * column.handled)
        self.added += int(sign) * column.added

    def fits(self) -> bool:
        """Whether no capacity is exceeded by more than rounding."""
        limits = self._model.limits
        return bool(np.all(self.capacity <= limits + SEARCH_ROUNDING * (1.0 + np.abs(limits))))

    def value(self) -> float:
        """Objective of the columns, one per campaign [value per hour]."""
        model = self._model
        worst = float(self.surviving.min(initial=self.throughput))
        value = (1 - model.weight) * self.throughput + model.weight * worst
        return value - model.move_cost * self.added

    def room(self) -> Room:
        """What is left of the capacities."""
        return Room(self._model.limits - self.capacity, self.surviving.copy(), self.throughput)


def plan_value(model: Model, columns: Iterable[Column]) -> float:
    """Objective of a plan given as one column per campaign [value per hour]."""
    return Usage(model, columns).value()


class Room(NamedTuple):
    """What the other campaigns leave of the capacities, and what survives of them."""

    capacity: Floats
    surviving: Floats  # [failure]
    total: float
