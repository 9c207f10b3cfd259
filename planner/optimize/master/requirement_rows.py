"""The rows of the master problem for what campaigns must reach, and for sums of shortfalls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from planner.optimize.master.lagrangian import Lagrangian
from planner.optimize.model.columns import Column
from planner.optimize.model.model import Model
from planner.optimize.model.needs import NEED_KINDS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class RequirementRows:
    """A row for each need, with what is missing of it, and for each sum found before."""

    def __init__(self, model: Model, solver: pywraplp.Solver, lagrangian: Lagrangian) -> None:
        self._model = model
        self._needs = lagrangian.needs
        self._with_list = lagrangian.with_list
        infinity = solver.infinity()
        self._sums = [solver.Constraint(-infinity, float(most)) for _, most in model.aim.sums]
        self._rows = []
        self._missing = []
        for need in self._needs:
            most = min(float(model.aim.most[need.campaign, need.kind]), need.full)
            row, missing = solver.Constraint(need.full, infinity), solver.NumVar(0.0, most, "")
            row.SetCoefficient(missing, 1.0)
            for (which, _), sum_row in zip(model.aim.sums, self._sums, strict=True):
                if which[need.campaign, need.kind]:
                    sum_row.SetCoefficient(missing, 1.0)
            self._rows.append(row)
            self._missing.append(missing)

    def told(self, campaign: int, which: Bools) -> Bools:
        """The kinds of shortfall among those of a campaign that its columns tell themselves."""
        kinds: Bools = which[campaign].copy()
        if not self._with_list[campaign]:
            kinds[list(NEED_KINDS)] = False
        return kinds

    def add(self, column: Column, variable: pywraplp.Variable) -> None:
        """Count what a column has and misses."""
        c = column.campaign
        for need, row in zip(self._needs, self._rows, strict=True):
            if need.campaign == c:
                row.SetCoefficient(variable, need.amount(column))
        for (which, _), row in zip(self._model.aim.sums, self._sums, strict=True):
            missing = float(column.short[self.told(c, which)].sum())
            if missing:
                row.SetCoefficient(variable, missing)

    def charge(self, objective: pywraplp.Objective, feasibility: bool) -> None:
        """Charge what is missing where that is what counts."""
        counted = self._model.aim.counted
        for need, missing in zip(self._needs, self._missing, strict=True):
            counts = counted is not None and bool(counted[need.campaign, need.kind])
            objective.SetCoefficient(missing, -1.0 if counts and not feasibility else 0.0)

    def prices(self) -> tuple[Floats, Floats]:
        """Duals of the needs and of the sums."""
        need = np.maximum([-row.dual_value() for row in self._rows], 0.0)
        short = np.maximum([row.dual_value() for row in self._sums], 0.0)
        return np.array(need, np.float64), np.array(short, np.float64)
