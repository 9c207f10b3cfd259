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
        self.short = np.zeros_like(model.aim.most)
        for column in columns:
            self.add(column)

    def add(self, column: Column, sign: float = 1.0) -> None:
        """Count a column in, or out with ``sign`` -1."""
        worth = float(column.worth.sum())
        self.capacity += sign * column.used
        self.surviving += sign * (worth - self._model.lost @ column.worth)
        self.throughput += sign * worth
        self.added += int(sign) * column.added
        self.short[column.campaign] += int(sign) * column.short

    def fits(self) -> bool:
        """Whether no capacity is exceeded by more than rounding, nor a sum of shortfalls."""
        sums = all(self.short[which].sum() <= most for which, most in self._model.aim.sums)
        return sums and not self.over().any()

    def over(self) -> NDArray[np.bool_]:
        """Which capacities are exceeded by more than rounding."""
        limits = self._model.limits
        found: NDArray[np.bool_] = self.capacity > limits + SEARCH_ROUNDING * (1.0 + np.abs(limits))
        return found

    def value(self) -> float:
        """What is maximised, of the columns, one per campaign: value per hour, or shortfalls."""
        model = self._model
        if model.aim.counted is not None:
            return -float(self.short[model.aim.counted].sum())
        worst = float(self.surviving.min(initial=np.inf))
        worst = self.throughput if np.isinf(worst) else worst
        if not model.has_costs:
            worst = min(worst, self.throughput)
        value = (1 - model.weight) * self.throughput + model.weight * worst
        return value - model.move_cost * self.added

    def room(self) -> FreeCapacity:
        """What is left of the capacities."""
        left = self._model.limits - self.capacity
        return FreeCapacity(left, self.surviving.copy(), self.throughput)


def plan_value(model: Model, columns: Iterable[Column]) -> float:
    """Objective of a plan given as one column per campaign [value per hour]."""
    return Usage(model, columns).value()


class FreeCapacity(NamedTuple):
    """What the other campaigns leave of the capacities, and what survives of them."""

    capacity: Floats
    surviving: Floats  # [failure]
    total: float
