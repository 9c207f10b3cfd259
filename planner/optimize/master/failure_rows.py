"""The rows of the master problem that price what the worst failure takes from a plan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from planner.optimize.master.lagrangian import Lagrangian
from planner.optimize.model.box import Box
from planner.optimize.model.columns import Column
from planner.optimize.model.model import Model

Floats = NDArray[np.float64]


class FailureRows:
    """What is lost with each part of the fleet is no more than the worst failure takes.

    Two parts at once take no more than twice a level and what each part is above it.
    W. Ogryczak, A. Tamir, Minimizing the sum of the k largest functions in linear time,
    Information Processing Letters 85, 2003. Without redundancy there are no rows.
    """

    def __init__(self, model: Model, solver: pywraplp.Solver, lagrangian: Lagrangian) -> None:
        self._model, self._lagrangian = model, lagrangian
        infinity = solver.infinity()
        # Where calls cost more than they bring, a failure may take less than nothing.
        self._least = -infinity if model.has_costs else 0.0
        self._worst = solver.NumVar(self._least, infinity, "")
        counts = model.weight > 0 and model.aim.is_value
        parts = model.parts if counts else ()
        if not counts:
            self._worst.SetBounds(0.0, 0.0)
        self._rows = [solver.Constraint(-infinity, 0.0) for _ in parts]
        if not model.any_two:
            for row in self._rows:
                row.SetCoefficient(self._worst, -1.0)
        elif self._rows:
            level, both = (
                solver.NumVar(self._least, infinity, ""),
                solver.Constraint(-infinity, 0.0),
            )
            both.SetCoefficient(self._worst, -1.0)
            both.SetCoefficient(level, 2.0)
            for row in self._rows:
                above = solver.NumVar(0.0, infinity, "")
                both.SetCoefficient(above, 1.0)
                row.SetCoefficient(above, -1.0)
                row.SetCoefficient(level, -1.0)

    def add(self, column: Column, variable: pywraplp.Variable) -> None:
        """Count what a column may lose."""
        if not self._rows:
            return
        lost = self._model.parts @ column.worth
        for k in np.flatnonzero(lost).tolist():
            self._rows[k].SetCoefficient(variable, float(lost[k]))

    def charge(self, objective: pywraplp.Objective, weight: float) -> None:
        """Charge so much for what the worst failure takes."""
        objective.SetCoefficient(self._worst, -weight)

    def keep_only(self, box: Box) -> None:
        """Let the worst failure take no less than in a box."""
        if self._rows:
            self._worst.SetLb(box.loss_low if box.loss_low > 0 else self._least)

    def loss_low(self) -> float:
        """What the worst failure takes at the least."""
        return max(float(self._worst.lb()), 0.0) if self._rows else 0.0

    def even_prices(self) -> Floats:
        """The same price of every part, so that all of the weight is given."""
        model = self._model
        parts = len(model.parts)
        weight = model.weight if model.aim.is_value else 0.0
        return np.full(parts, weight * model.at_once / max(parts, 1))

    def prices(self) -> Floats:
        """Prices of the parts that give the weight w, or less in a box where the worst takes more.

        They may miss it by rounding, and none may cost anything: any such give a valid bound.
        """
        weight = self._model.weight
        if not self._rows:
            return np.zeros(len(self._model.parts))
        found = np.maximum([row.dual_value() for row in self._rows], 0.0)
        given = self._lagrangian.given(found)
        if self.loss_low() > 0 and given <= weight:
            return found
        return weight / given * found if given > 0 else self.even_prices()
