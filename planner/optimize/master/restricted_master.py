"""The master problem: which columns to mix under the fleet's limits, and what its prices are.

Its linear relaxation over the known columns is solved with GLOP. Whatever the prices, the
Lagrangian bound they give is valid: it does not depend on how well the relaxation is solved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from planner.optimize.cores import side_by_side
from planner.optimize.master.column_index import Shelf
from planner.optimize.master.failure_rows import FailureRows
from planner.optimize.model.box import Box
from planner.optimize.model.columns import Column, line_room, make_column
from planner.optimize.model.duals import Duals
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import Model
from planner.optimize.model.repair import hold_abandonment
from planner.optimize.pricing.all_campaigns import FleetPrices, Ranges, Splits, best_splits
from planner.optimize.pricing.pricer import Effort, Pricer
from planner.optimize.pricing.split_program import NEVER, Prices, Split

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

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


#: Value and prices of the relaxation over the known columns.
Solved = tuple[float, Duals]


class Priced(NamedTuple):
    """Lagrangian bound at some prices, each campaign's part of it and best split."""

    bound: float
    by_campaign: Floats
    splits: Splits


class Master:
    """The linear master problem over a growing pool of columns.

    ``warm`` has each solve go on from the one before.
    """

    def __init__(self, model: Model, warm: bool = False) -> None:
        self.model = model
        self._algorithm = WARM if warm else AFRESH
        self.pool: dict[tuple[int, bytes, bytes], Column] = {}
        self._fleet = fleet_arrays(model)
        plain = (model.survivable == 0) & np.isinf(model.abandon_limit)
        self._plain, self._tied = np.flatnonzero(plain), np.flatnonzero(~plain)
        #: Value per hour by which a campaign's bound may exceed its best split's worth, where it
        #: must survive a failure: closer bounds take long.
        self.slack = 0.0
        #: Whether some campaigns must survive a failure.
        self.survives = bool(np.any(model.survivable > 0))
        limited = np.isfinite(model.abandon_limit)
        #: Abandonment limit by campaign; 0 where there is none, which has no price.
        self.priced_abandon_limit = np.where(limited, model.abandon_limit, 0.0)
        self._pricers: dict[tuple[int | bytes | float, ...], Pricer] = {}
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._objective = self._solver.Objective()
        self._objective.SetMaximization()
        self._variables: list[tuple[Column, pywraplp.Variable]] = []
        self._shelf = Shelf(model.dialers)
        self._open: list[bool] = []  # whether each column may be in the mix
        self._worths: list[float] = []  # of each column
        self._feasibility: bool | None = None  # what the objective asks for
        self._room = line_room(model)
        self._rows_of = [
            [k for k, capacity in enumerate(model.capacities) if capacity.members[d]]
            for d in range(model.dialers)
        ]
        self._build_rows()

    def _build_rows(self) -> None:
        solver, model = self._solver, self.model
        infinity = solver.infinity()
        self._capacity = [solver.Constraint(-infinity, k.limit) for k in model.capacities]
        self._convex = [solver.Constraint(1.0, 1.0) for _ in range(model.campaigns)]
        self._missing = [solver.NumVar(0.0, 1.0, "") for _ in range(model.campaigns)]
        for row, missing in zip(self._convex, self._missing, strict=True):
            row.SetCoefficient(missing, 1.0)
        self._failures = FailureRows(model, solver)
        total = int(model.ports.sum())
        self._dial = {
            c: solver.Constraint(-infinity, float(most))
            for c, most in enumerate(model.max_dial_lines)
            if most < total
        }
        self.abandon_rows = {
            c: solver.Constraint(-infinity, 0.0)
            for c in range(model.campaigns)
            if np.isfinite(model.abandon_limit[c]) and model.survivable[c] > 0
        }

    def add(self, column: Column) -> bool:
        """Put a column into the pool and the relaxation; False if it is there already.

        Nor are columns taken that pricing bounds more closely than their mixes would.
        """
        if column.key in self.pool or not column.mixable:
            return False
        self.pool[column.key] = column
        model, c = self.model, column.campaign
        variable = self._solver.NumVar(0.0, 1.0, "")
        self._variables.append((column, variable))
        self._shelf.add(column, self._here(column))
        self._open.append(True)
        worth = float(model.value[c] * column.handled - model.move_cost * column.added)
        self._worths.append(worth)
        if not self._feasibility:
            self._objective.SetCoefficient(variable, worth)
        self._convex[c].SetCoefficient(variable, 1.0)
        amounts: dict[int, float] = {}
        for d in np.flatnonzero(column.dial_lines):
            for k in self._rows_of[d]:
                used = column.lines if model.capacities[k].counts_lines else column.attempts
                amounts[k] = amounts.get(k, 0.0) + float(used[d])
        for k, amount in amounts.items():
            self._capacity[k].SetCoefficient(variable, amount)
        self._failures.add(column, variable)
        if c in self._dial:
            self._dial[c].SetCoefficient(variable, float(column.dial_lines.sum()))
        if c in self.abandon_rows:
            over = column.abandoned - model.abandon_limit[c] * column.answered
            self.abandon_rows[c].SetCoefficient(variable, float(over))
        return True

    def compile_kernels(self) -> None:
        """Have the pricing compiled, by pricing nobody."""
        box = self.model.box
        nobody = np.zeros(0, dtype=np.int64)
        prices = self._fleet_prices(self.even_duals(0.0), False)
        best_splits(self._fleet, self._ranges(box), prices, nobody)

    def _ranges(self, box: Box) -> Ranges:
        most_calls = self.model.most_calls(box)
        lows, highs = (box.n_low, box.n_high), (box.a_low, box.a_high)
        return Ranges(*lows, *highs, self._room, self.model.concave, most_calls)

    def pricer(self, campaign: int, box: Box) -> Pricer:
        """Pricer of one campaign's ranges; most boxes share most of them."""
        ranges = box.ranges.values()
        key = (campaign, *(r[campaign].tobytes() for r in ranges), box.most_here)
        if key not in self._pricers:
            whole = self.model.box
            wider = None if box is whole else self.pricer(campaign, whole)
            self._pricers[key] = Pricer(self.model, self._fleet, campaign, box, wider)
        return self._pricers[key]

    def looks(self) -> int:
        """The work done so far in pricing survival, in buckets of calls looked at."""
        return sum(pricer.looks for pricer in self._pricers.values())

    def even_duals(self, port: float) -> Duals:
        """The same price for every port, even weights of the failures, the rest free."""
        model = self.model
        ports = np.array([k.is_ports for k in model.capacities], dtype=np.bool_)
        return Duals(
            capacity=np.where(ports, port, 0.0),
            failure=self._failures.even_prices(),
            dial_lines=np.zeros(model.campaigns),
            abandon=np.zeros(model.campaigns),
        )

    def keep_only(self, box: Box) -> None:
        """Bar what lies outside a box; a new column may be in the mix."""
        self._failures.keep_only(box)
        inside = self.inside(box)
        for i in np.flatnonzero(inside != np.array(self._open, dtype=np.bool_)).tolist():
            self._variables[i][1].SetUb(1.0 if inside[i] else 0.0)
        self._open = inside.tolist()

    def _here(self, column: Column) -> float:
        """What a column earns on one dialer at the most [value per hour]."""
        return float(self.model.value[column.campaign] * column.calls.max(initial=0.0))

    def holds(self, box: Box, column: Column) -> bool:
        """Whether a column lies in a box."""
        inside = box.contains(column.campaign, column.dial_lines, column.agent_lines)
        return inside and self._here(column) <= box.most_here

    def inside(self, box: Box) -> NDArray[np.bool_]:
        """Which columns of the pool, in its order, lie in a box."""
        return self._shelf.inside(box)

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
        for worth, (_, variable) in zip(self._worths, self._variables, strict=True):
            self._objective.SetCoefficient(variable, 0.0 if feasibility else worth)
        self._failures.charge(self._objective, 0.0 if feasibility else self.model.weight)

    def mix(self, solve_again: bool) -> tuple[tuple[Column, float], ...]:
        """Columns that the relaxation uses, and the share of each."""
        if solve_again and not self._solved():
            return ()
        shares = (
            (column, variable.solution_value())
            for (column, variable), usable in zip(self._variables, self._open, strict=True)
            if usable
        )
        return tuple((k, share) for k, share in shares if share > SMALLEST_SHARE)

    def include(self, box: Box, columns: Iterable[Column]) -> int:
        """Put columns into the pool and, where they lie in the box, the mix; how many are new."""
        return sum([self._include(box, k) for k in columns])

    def slope(self, duals: Duals, other: Duals, columns: Sequence[Column]) -> float:
        """How the Lagrangian bound begins to change from some prices towards others.

        ``columns`` are the best splits at the first prices.
        """
        model = self.model
        pairs = zip(vars(other).values(), vars(duals).values(), strict=True)
        change = Duals(*(towards - here for towards, here in pairs))
        line, attempt = self.line_prices(change)
        lost = change.failure @ model.parts
        slope = float(change.capacity @ model.limits + change.dial_lines @ model.max_dial_lines)
        slope += float(change.failure.sum() / model.at_once * self._failures.least_taken())
        for k in columns:
            slope -= float(line @ k.lines + attempt @ k.attempts)
            slope -= float(model.value[k.campaign] * (lost @ k.calls))
        if self._dial:
            slope -= sum(float(change.dial_lines[k.campaign] * k.dial_lines.sum()) for k in columns)
        for c in self.abandon_rows:
            k = columns[c]
            slope -= float(change.abandon[c]) * (
                k.abandoned - self.priced_abandon_limit[c] * k.answered
            )
        return slope

    def _include(self, box: Box, column: Column) -> bool:
        if not self.add(column):
            return False
        inside = self.holds(box, column)
        self._variables[-1][1].SetUb(1.0 if inside else 0.0)
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
        """Value and prices of the relaxation over the pool, None where GLOP has no answer."""
        if not self._solved():
            return None
        model = self.model
        dial, abandon = np.zeros(model.campaigns), np.zeros(model.campaigns)
        for c, row in self._dial.items():
            dial[c] = row.dual_value()
        for c, row in self.abandon_rows.items():
            abandon[c] = row.dual_value()
        return self._objective.Value(), Duals(
            capacity=np.maximum([row.dual_value() for row in self._capacity], 0.0),
            failure=self._failures.prices(),
            dial_lines=np.maximum(dial, 0.0),
            abandon=np.maximum(abandon, 0.0),
        )

    def line_prices(self, duals: Duals) -> tuple[Floats, Floats]:
        """Price of a port and of an attempt per hour on each dialer."""
        model = self.model
        priced = duals.capacity * model.counts_lines
        return priced @ model.members, (duals.capacity - priced) @ model.members

    def prices(self, campaign: int, duals: Duals, feasibility: bool = False) -> Prices:
        """What one campaign's pricing problem is paid and charged at the given prices."""
        return _own_prices(self._fleet_prices(duals, feasibility), campaign)

    def _fleet_prices(self, duals: Duals, feasibility: bool) -> FleetPrices:
        model = self.model
        line, attempt = self.line_prices(duals)
        call = np.zeros((model.campaigns, model.dialers))
        if not feasibility:
            call += model.value[:, None] * self.call_share(duals)[None, :]
        credit = duals.abandon * self.priced_abandon_limit
        return FleetPrices(call, line, attempt, duals.abandon, credit, duals.dial_lines)

    def call_share(self, duals: Duals) -> Floats:
        """Share of a handled call's value that counts, by dialer."""
        share: Floats = 1.0 - duals.failure @ self.model.parts
        return share

    def _price_tied(self, box: Box, prices: FleetPrices, effort: Effort, found: Splits) -> bool:
        """Fill in the splits of campaigns whose dialers are tied; False where one has none."""
        campaigns = self._tied.tolist()
        splits: dict[int, Split | None] = {}

        def price(c: int) -> None:
            splits[c] = self.pricer(c, box).best(_own_prices(prices, c), effort, self.slack)

        with side_by_side(len(campaigns)) as each:
            each(price, campaigns)
        for c in campaigns:
            split = splits[c]
            if split is None:
                return False
            found.bound[c] = split.bound
            found.dial_lines[c], found.agent_lines[c] = split.dial_lines, split.agent_lines
            if self.model.survivable[c] == 0:
                hold_abandonment(self._fleet, c, found.dial_lines[c], found.agent_lines[c])
        return True

    def campaign_bound(self, box: Box, duals: Duals, campaign: int) -> float | None:
        """Bound on the value of a campaign's splits at the prices; None where it has none."""
        found = self.pricer(campaign, box).best(
            self.prices(campaign, duals), Effort.PROVEN, self.slack
        )
        return None if found is None or found.bound <= NEVER else found.bound

    def price(
        self,
        box: Box,
        duals: Duals,
        effort: Effort = Effort.PROVEN,
        feasibility: bool = False,
    ) -> Priced | None:
        """Lagrangian bound at the prices, and the best split of each campaign; None if empty.

        The effort :attr:`Effort.LIKELY` gives good splits, and no bound.
        """
        prices = self._fleet_prices(duals, feasibility)
        fleet = self._fleet
        if feasibility:
            fleet = fleet._replace(move_cost=0.0)
        found = best_splits(fleet, self._ranges(box), prices, self._plain)
        if np.any(found.bound[self._plain] <= NEVER):
            return None
        if not self._price_tied(box, prices, effort, found):
            return None
        # In the feasibility problem a campaign may also be left out, at a cost of one.
        by_campaign = np.maximum(found.bound, -1.0) if feasibility else found.bound
        if feasibility:  # which costs nothing there
            box = replace(box, least_taken=0.0)
        return Priced(self.lagrangian(box, duals, by_campaign), by_campaign, found)

    def lagrangian(self, box: Box, duals: Duals, by_campaign: Floats) -> float:
        """Bound on the plans of a box from bounds on the splits of each campaign at the prices."""
        limits = duals.capacity @ self.model.limits + duals.dial_lines @ self.model.max_dial_lines
        unpaid = self._failures.unpaid(duals.failure)
        return float(limits + by_campaign.sum() - unpaid * box.least_taken)


def _own_prices(prices: FleetPrices, campaign: int) -> Prices:
    c = campaign
    return Prices(
        prices.call[c],
        prices.line,
        prices.attempt,
        float(prices.abandoned[c]),
        float(prices.answered[c]),
        float(prices.dial_line[c]),
    )
