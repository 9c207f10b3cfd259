"""The best plan so far, and the moves that improve a plan one campaign at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.optimize.heuristics.local_search import ROUNDING, Room, improve_split
from planner.optimize.model.columns import Column, make_column
from planner.optimize.model.model import Model

Floats = NDArray[np.float64]

MOST_SWEEPS = 20


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
        return bool(np.all(self.capacity <= limits + ROUNDING * (1.0 + np.abs(limits))))

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


def refill(
    model: Model, columns: Sequence[Column], line_prices: Floats | None = None
) -> tuple[list[Column], bool]:
    """Re-optimise one campaign after the other into the lines it frees, until nothing improves.

    With ``line_prices`` a first sweep charges them, so that a campaign leaves lines to others
    who earn more with them; the sweeps after it charge nothing and fill what is left.

    Returns
    -------
    The columns by campaign, and whether they hold every limit.
    """
    current = {k.campaign: k for k in columns}
    usage = Usage(model, current.values())
    free = np.zeros(model.dialers)
    total_excess = 0.0
    for sweep in range(MOST_SWEEPS):
        charged = line_prices is not None and sweep == 0
        changed, total_excess = False, 0.0
        for c in range(model.campaigns):
            old = current[c]
            usage.add(old, -1.0)
            dial, agent = old.dial_lines.copy(), old.agent_lines.copy()
            prices = line_prices if charged and line_prices is not None else free
            excess, _ = improve_split(model, c, dial, agent, usage.room(), prices)
            new = make_column(model, c, dial, agent)
            changed |= new.key != old.key
            total_excess += excess
            current[c] = new
            usage.add(new)
        if not changed and not charged:
            break
    return [current[c] for c in range(model.campaigns)], total_excess == 0.0


def least_columns(model: Model) -> list[Column]:
    """The least each campaign may have: its locks and lower ranges, to be refilled."""
    return [
        make_column(model, c, model.box.n_low[c], model.box.a_low[c])
        for c in range(model.campaigns)
    ]


def rounded_columns(model: Model, mix: Iterable[tuple[Column, float]]) -> list[Column]:
    """The heaviest column of each campaign in a mix of the relaxation, else its least lines."""
    heaviest = {k.campaign: (0.0, k) for k in least_columns(model)}
    for column, share in mix:
        if share > heaviest[column.campaign][0]:
            heaviest[column.campaign] = share, column
    return [heaviest[c][1] for c in range(model.campaigns)]
