"""The restricted master: the linear programme over the known columns, solved with GLOP."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from planner.optimize.master.failure_rows import FailureRows
from planner.optimize.master.lagrangian import Lagrangian
from planner.optimize.master.requirement_rows import RequirementRows
from planner.optimize.model.box import Box
from planner.optimize.model.column_arrays import ColumnArrays
from planner.optimize.model.columns import Column, make_column
from planner.optimize.model.duals import Duals
from planner.optimize.model.model import Model
from planner.optimize.pricing.all_campaigns import Splits

Floats = NDArray[np.float64]

#: Without preprocessing GLOP goes on from the basis it ended with, which columns and bounds that
#: change spoil little: half the time of a solve where boxes are many. With it, the mixes of larger
#: fleets lead to better plans.
WARM, AFRESH = "use_preprocessing:false", ""
#: Its primal simplex now and then ends ABNORMAL, or goes on for ever; these then found the optimum.
OTHER_ALGORITHMS = ("use_dual_simplex:true", WARM, AFRESH)
#: Simplex iterations after which it is taken to go on for ever, and more of them for each row.
MOST_ITERATIONS, ITERATIONS_PER_ROW = 5_000, 50
#: Columns with less of a campaign's split are rounding.
SMALLEST_SHARE = 1e-7

#: Value and duals of the relaxation over the known columns.
Solved = tuple[float, Duals]


class RestrictedMaster:
    """The linear master problem over a growing pool of columns.

    ``warm`` has each solve go on from the one before.
    """

    def __init__(self, model: Model, warm: bool = False) -> None:
        self.model = model
        self.lagrangian = Lagrangian(model)
        self._algorithm = WARM if warm else AFRESH
        self.pool: dict[tuple[int, bytes, bytes], Column] = {}
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._objective = self._solver.Objective()
        self._objective.SetMaximization()
        self._variables: list[pywraplp.Variable] = []
        self.arrays = ColumnArrays(model)
        self._open: list[bool] = []  # whether each column may be in the mix
        self._worths: list[float] = []  # of each column
        self._feasibility: bool | None = None  # what the objective asks for
        #: Duals that showed the last box to hold no plan; None: a campaign has no split in it.
        self.empty_duals: Duals | None = None
        self._build_rows()

    def _build_rows(self) -> None:
        solver, model = self._solver, self.model
        infinity = solver.infinity()
        self._capacity = [solver.Constraint(-infinity, k.limit) for k in model.capacities]
        self._convex = [solver.Constraint(1.0, 1.0) for _ in range(model.campaigns)]
        self._missing = [solver.NumVar(0.0, 1.0, "") for _ in range(model.campaigns)]
        for row, missing in zip(self._convex, self._missing, strict=True):
            row.SetCoefficient(missing, 1.0)
        self._failures = FailureRows(model, solver, self.lagrangian)
        self._required = RequirementRows(model, solver, self.lagrangian)
        total = int(model.ports.sum())
        self._dial = {
            c: solver.Constraint(-infinity, float(most))
            for c, most in enumerate(model.max_dial_lines)
            if most < total
        }
        #: Rows of the abandonment limits of campaigns that must survive and are not listed.
        self.abandon_rows = {
            c: solver.Constraint(-infinity, 0.0)
            for c in range(model.campaigns)
            if np.isfinite(model.abandon_limit[c])
            and model.survivable[c] > 0
            and not self.lagrangian.with_list[c]
        }

    def add(self, column: Column) -> bool:
        """Put a column into the pool and the relaxation; False if it is there already.

        Nor are columns taken that pricing bounds more closely than their mixes would.
        """
        c = column.campaign
        mixable = column.holds_own_limits if self.lagrangian.with_list[c] else column.mixable
        if column.key in self.pool or not mixable:
            return False
        self.pool[column.key] = column
        variable = self._solver.NumVar(0.0, 1.0, "")
        self._variables.append(variable)
        self.arrays.add(column, self._here(column))
        self._open.append(True)
        worth = self._worth(column)
        self._worths.append(worth)
        if not self._feasibility:
            self._objective.SetCoefficient(variable, worth)
        self._convex[c].SetCoefficient(variable, 1.0)
        for k in np.flatnonzero(column.used).tolist():
            self._capacity[k].SetCoefficient(variable, float(column.used[k]))
        self._failures.add(column, variable)
        self._required.add(column, variable)
        if c in self._dial:
            self._dial[c].SetCoefficient(variable, float(column.dial_lines.sum()))
        if c in self.abandon_rows:
            over = column.abandoned - self.model.abandon_limit[c] * column.answered
            self.abandon_rows[c].SetCoefficient(variable, float(over))
        return True

    def _worth(self, column: Column) -> float:
        """What a column adds to what is maximised."""
        model = self.model
        if model.aim.counted is None:
            return float(column.worth.sum() - model.move_cost * column.added)
        return -float(column.short[self._required.told(column.campaign, model.aim.counted)].sum())

    def even_duals(self, port: float) -> Duals:
        """The same price for every port, even weights of the failures, the rest free."""
        return self.lagrangian.even_duals(port, self._failures.even_prices())

    def of_its_rows(self, duals: Duals) -> Duals:
        """Duals of another problem without those of campaigns that have no such row here.

        What has no limit must not be charged: the bound would not hold.
        """
        abandon, dial = np.zeros(self.model.campaigns), np.zeros(self.model.campaigns)
        for prices, rows, known in (
            (abandon, self.abandon_rows, duals.abandon),
            (dial, self._dial, duals.dial_lines),
        ):
            prices[list(rows)] = known[list(rows)]
        return replace(duals, abandon=abandon, dial_lines=dial)

    def keep_only(self, box: Box) -> None:
        """Bar what lies outside a box; a new column may be in the mix."""
        self._failures.keep_only(box)
        inside = self.arrays.inside(box)
        for i in np.flatnonzero(inside != np.array(self._open, dtype=np.bool_)).tolist():
            self._variables[i].SetUb(1.0 if inside[i] else 0.0)
        self._open = inside.tolist()

    def loss_low(self) -> float:
        """What the worst failure takes at the least in the box that is kept to."""
        return self._failures.loss_low()

    def _here(self, column: Column) -> float:
        """What a column earns on one dialer at the most [value per hour]."""
        return float(self.model.value[column.campaign] * column.calls.max(initial=0.0))

    def holds(self, box: Box, column: Column) -> bool:
        """Whether a column lies in a box."""
        inside = box.contains(column.campaign, column.dial_lines, column.agent_lines)
        return inside and self._here(column) <= box.dialer_high

    def columns(self, splits: Splits) -> list[Column]:
        """The columns of splits by campaign, those of the pool where they are there."""
        found = []
        for c, (dial, agent) in enumerate(zip(splits.dial_lines, splits.agent_lines, strict=True)):
            known = self.pool.get((c, dial.tobytes(), agent.tobytes()))
            found.append(known or make_column(self.model, c, dial, agent))
        return found

    def set_objective(self, feasibility: bool) -> None:
        """Ask for the most value, or first for the most campaigns with a split."""
        if feasibility == self._feasibility:
            return
        self._feasibility = feasibility
        for missing in self._missing:
            missing.SetUb(1.0 if feasibility else 0.0)
            self._objective.SetCoefficient(missing, -1.0 if feasibility else 0.0)
        for worth, variable in zip(self._worths, self._variables, strict=True):
            self._objective.SetCoefficient(variable, 0.0 if feasibility else worth)
        self._failures.charge(self._objective, 0.0 if feasibility else self.model.weight)
        self._required.charge(self._objective, feasibility)

    def mix(self, solve_again: bool) -> tuple[tuple[Column, float], ...]:
        """Columns that the relaxation uses, and the share of each."""
        if solve_again and not self._solved():
            return ()
        columns = zip(self.arrays.columns, self._variables, strict=True)
        usable = itertools.compress(columns, self._open)
        shares = [(column, variable.solution_value()) for column, variable in usable]
        return tuple(item for item in shares if item[1] > SMALLEST_SHARE)

    def include(self, box: Box, columns: Iterable[Column]) -> int:
        """Put columns into the pool and, where they lie in the box, the mix; how many are new."""
        return sum([self._include(box, k) for k in columns])

    def _include(self, box: Box, column: Column) -> bool:
        if not self.add(column):
            return False
        inside = self.holds(box, column)
        self._variables[-1].SetUb(1.0 if inside else 0.0)
        self._open[-1] = inside
        return True

    def _solved(self) -> bool:
        """Run GLOP; other algorithms from scratch where it ends without an answer."""
        most = MOST_ITERATIONS + ITERATIONS_PER_ROW * self._solver.NumConstraints()
        limit = f"max_number_of_iterations:{most} "
        self._solver.SetSolverSpecificParametersAsString(limit + self._algorithm)
        status = self._solver.Solve()
        if status in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.INFEASIBLE):
            return bool(status == pywraplp.Solver.OPTIMAL)
        cold = pywraplp.MPSolverParameters()
        cold.SetIntegerParam(cold.INCREMENTALITY, cold.INCREMENTALITY_OFF)
        for settings in OTHER_ALGORITHMS:
            self._solver.SetSolverSpecificParametersAsString(limit + settings)
            status = self._solver.Solve(cold)
            if status == pywraplp.Solver.OPTIMAL:
                return True
        return False

    def solve(self) -> Solved | None:
        """Value and duals of the relaxation over the pool, None where GLOP has no answer."""
        if not self._solved():
            return None
        model = self.model
        dial, abandon = np.zeros(model.campaigns), np.zeros(model.campaigns)
        for c, row in self._dial.items():
            dial[c] = row.dual_value()
        for c, row in self.abandon_rows.items():
            abandon[c] = row.dual_value()
        need, short = self._required.prices()
        return self._objective.Value(), Duals(
            capacity=np.maximum([row.dual_value() for row in self._capacity], 0.0),
            failure=self._failures.prices(),
            dial_lines=np.maximum(dial, 0.0),
            abandon=np.maximum(abandon, 0.0),
            need=need,
            short=short,
        )
