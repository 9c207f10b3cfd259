"""The master problem: which columns to mix under the fleet's limits, and what its prices are.

Column generation on the linear relaxation, solved with GLOP. Whatever the prices, the Lagrangian
bound they give is valid, so that the bound does not depend on how well the relaxation is solved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from planner.optimize.columns import Column, line_room, make_column
from planner.optimize.cores import side_by_side
from planner.optimize.fleet import fleet_arrays, hold_abandonment, secure_survival
from planner.optimize.fleet_pricing import FleetPrices, Ranges, Splits, best_splits
from planner.optimize.model import Box, Model
from planner.optimize.pricer import Pricer
from planner.optimize.pricing import NEVER, Prices, Split
from planner.optimize.shelf import Shelf

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_ROUNDS = 400
#: Weight of the best prices so far against the latest ones (Wentges smoothing).
SMOOTHING = 0.9
#: The relaxation is solved when its value and the bound differ by less, relatively.
TOLERANCE = 1e-9
#: A bound is near when it is this close to what the known columns are worth, relatively.
NEAR = 5e-3
#: GLOP's primal simplex now and then ends ABNORMAL; these then found the optimum.
OTHER_ALGORITHMS = ("use_dual_simplex:true", "use_preprocessing:false")
#: Prices tried to begin with; the highest of an abandoned call, in handled ones.
EVEN_TRIALS, ABANDON_WORTH = 12, 8.0
#: Columns with less of a campaign's split are rounding.
SMALLEST_SHARE = 1e-7


@dataclass(frozen=True)
class Duals:
    """Prices of the master rows, all >= 0."""

    capacity: Floats  # [capacity] per line or attempt per hour
    failure: Floats  # [failure]; they sum to the weight w where there is one
    dial_lines: Floats  # [campaign]
    abandon: Floats  # [campaign]

    def mixed(self, other: Duals, share: float) -> Duals:
        """``share`` of these prices and the rest of the other ones."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Duals(*(share * a + (1 - share) * b for a, b in pairs))


#: Value and prices of the relaxation over the known columns.
_Solved = tuple[float, Duals]


@dataclass(frozen=True)
class Relaxation:
    """Solved relaxation of one box: bound, the mix of columns ``(column, share)``, prices."""

    bound: float
    mix: tuple[tuple[Column, float], ...]
    duals: Duals
    campaign_bounds: Floats  # [campaign] on the value of its splits at the prices


class _Priced(NamedTuple):
    """Lagrangian bound at some prices, each campaign's part of it and best split."""

    bound: float
    by_campaign: Floats
    splits: Splits


class Master:
    """The linear master problem over a growing pool of columns."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.pool: dict[tuple[int, bytes, bytes], Column] = {}
        self._fleet = fleet_arrays(model)
        plain = (model.survivable == 0) & np.isinf(model.abandon_limit)
        self._plain, self._tied = np.flatnonzero(plain), np.flatnonzero(~plain)
        limited = np.isfinite(model.abandon_limit)
        self._abandon_limit = np.where(limited, model.abandon_limit, 0.0)  # unlimited: not priced
        self._pricers: dict[tuple[int | bytes, ...], Pricer] = {}
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._objective = self._solver.Objective()
        self._objective.SetMaximization()
        self._variables: list[tuple[Column, pywraplp.Variable]] = []
        self._shelf = Shelf(model.dialers)
        self._open: list[bool] = []  # whether each column may be in the mix
        self._worths: list[tuple[float, float]] = []  # of each column: its own, now paid
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
        # What the worst failure takes; each failure takes at most as much.
        self._worst = solver.NumVar(0.0, infinity, "")
        self._failure = []
        if model.weight > 0:
            self._failure = [solver.Constraint(-infinity, 0.0) for _ in model.lost]
            for row in self._failure:
                row.SetCoefficient(self._worst, -1.0)
        total = int(model.ports.sum())
        self._dial = {
            c: solver.Constraint(-infinity, float(most))
            for c, most in enumerate(model.max_dial_lines)
            if most < total
        }
        self._abandon = {
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
        self._shelf.add(column)
        self._open.append(True)
        worth = float(model.value[c] * column.handled - model.move_cost * column.added)
        self._worths.append((worth, 0.0))
        self._convex[c].SetCoefficient(variable, 1.0)
        amounts: dict[int, float] = {}
        for d in np.flatnonzero(column.dial_lines):
            for k in self._rows_of[d]:
                used = column.lines if model.capacities[k].counts_lines else column.attempts
                amounts[k] = amounts.get(k, 0.0) + float(used[d])
        for k, amount in amounts.items():
            self._capacity[k].SetCoefficient(variable, amount)
        if self._failure:
            for g in np.flatnonzero(column.lost).tolist():
                self._failure[g].SetCoefficient(variable, float(model.value[c] * column.lost[g]))
        if c in self._dial:
            self._dial[c].SetCoefficient(variable, float(column.dial_lines.sum()))
        if c in self._abandon:
            over = column.abandoned - model.abandon_limit[c] * column.answered
            self._abandon[c].SetCoefficient(variable, float(over))
        return True

    def relax(
        self,
        box: Box,
        *,
        target: float = -np.inf,
        stop: Callable[[], bool] = lambda: False,
        on_bound: Callable[[float], None] = lambda _: None,
        start: Relaxation | None = None,
        precision: float = TOLERANCE,
        patience: int = MOST_ROUNDS,
    ) -> Relaxation | None:
        """Solve the relaxation of a box by column generation; None when it holds no plan.

        It ends early when the bound falls to ``target`` or within ``precision`` of what the
        columns are worth, relatively, or ``stop`` says so; the bound holds all the same. It also
        ends after ``patience`` rounds in a row that did not lower a bound that is near already.
        ``start`` is a bound of the box with its prices, to begin with.
        """
        if box.is_empty():
            return None
        if start is not None and start.bound <= target:
            return start
        self._keep_only(box)
        self._set_objective(feasibility=False)
        solved = self._solve()
        if solved is None:  # the known columns alone do not show that the box holds a mix
            self._set_objective(feasibility=True)
            feasible = self._generate(
                box, feasibility=True, target=-np.inf, stop=stop, solved=self._solve()
            )
            if feasible is None:
                return None
            if feasible.bound < 0:
                return self._unpriced(box, feasible.mix)
            self._set_objective(feasibility=False)
            solved = self._solve()
        return self._generate(
            box, feasibility=False, target=target, stop=stop, on_bound=on_bound, start=start,
            precision=precision, patience=patience, solved=solved,
        )  # fmt: skip

    def compile_kernels(self) -> None:
        """Have the pricing compiled, by pricing nobody."""
        box = self.model.box
        nobody = np.zeros(0, dtype=np.int64)
        prices = self._fleet_prices(self.even_duals(0.0), False)
        best_splits(self._fleet, self._ranges(box), prices, nobody)

    def _ranges(self, box: Box) -> Ranges:
        return Ranges(box.n_low, box.n_high, box.a_low, box.a_high, self._room, self.model.concave)

    def pricer(self, campaign: int, box: Box) -> Pricer:
        """Pricer of one campaign's ranges; most boxes share most of them."""
        ranges = (box.n_low, box.n_high, box.a_low, box.a_high)
        key = (campaign, *(r[campaign].tobytes() for r in ranges))
        if key not in self._pricers:
            self._pricers[key] = Pricer(self.model, campaign, box)
        return self._pricers[key]

    def _unpriced(self, box: Box, mix: tuple[tuple[Column, float], ...]) -> Relaxation | None:
        """Bound of a box that neither holds a mix of known columns nor is proven empty.

        Pricing bounds survival by relaxations, so that the feasibility problem may end between
        the two; the box must then be split further.
        """
        free = self.even_duals(0.0)
        priced = self._price(box, free, feasibility=False)
        return None if priced is None else Relaxation(priced.bound, mix, free, priced.by_campaign)

    def even_duals(self, port: float) -> Duals:
        """The same price for every port, even weights of the failures, the rest free."""
        model = self.model
        ports = np.array([k.is_ports for k in model.capacities], dtype=np.bool_)
        failures = len(model.lost)
        return Duals(
            capacity=np.where(ports, port, 0.0),
            failure=np.full(failures, model.weight / max(failures, 1)),
            dial_lines=np.zeros(model.campaigns),
            abandon=np.zeros(model.campaigns),
        )

    def _keep_only(self, box: Box) -> None:
        """Bar the columns outside a box; a new column may be in the mix."""
        inside = self.inside(box)
        for i in np.flatnonzero(inside != np.array(self._open, dtype=np.bool_)).tolist():
            self._variables[i][1].SetUb(1.0 if inside[i] else 0.0)
        self._open = inside.tolist()

    def inside(self, box: Box) -> NDArray[np.bool_]:
        """Which columns of the pool, in its order, lie in a box."""
        return self._shelf.inside(box)

    def at_prices(self, box: Box, duals: Duals) -> Relaxation | None:
        """Bound of a box at given prices, without a mix; None when it is proven to hold no plan."""
        priced = None if box.is_empty() else self._price(box, duals, feasibility=False)
        return None if priced is None else Relaxation(priced.bound, (), duals, priced.by_campaign)

    def _columns(self, splits: Splits) -> list[Column]:
        """The columns of splits by campaign, those of the pool where they are there."""
        found = []
        for c, (dial, agent) in enumerate(zip(splits.dial_lines, splits.agent_lines, strict=True)):
            known = self.pool.get((c, dial.tobytes(), agent.tobytes()))
            found.append(known or make_column(self.model, c, dial, agent))
        return found

    def _set_objective(self, feasibility: bool) -> None:
        for missing in self._missing:
            missing.SetUb(1.0 if feasibility else 0.0)
            self._objective.SetCoefficient(missing, -1.0 if feasibility else 0.0)
        for i, (own, paid) in enumerate(self._worths):
            worth = 0.0 if feasibility else own
            if worth != paid:
                self._worths[i] = own, worth
                self._objective.SetCoefficient(self._variables[i][1], worth)
        self._objective.SetCoefficient(self._worst, 0.0 if feasibility else -self.model.weight)

    def _generate(
        self,
        box: Box,
        *,
        feasibility: bool,
        target: float,
        stop: Callable[[], bool],
        on_bound: Callable[[float], None] = lambda _: None,
        start: Relaxation | None = None,
        precision: float = TOLERANCE,
        patience: int = MOST_ROUNDS,
        solved: _Solved | None,
    ) -> Relaxation | None:
        """Column generation for the value, or first for the number of campaigns with a split.

        ``solved`` is the solution over the columns known so far, with the objective set.

        The bound of a feasibility problem is minus the number of campaigns left out: 0 when the
        box holds a mix of columns, None when it is proven to hold none.
        """
        best = start
        value = -1.0
        smoothing = SMOOTHING
        stalled = added = 0
        for _ in range(MOST_ROUNDS):
            if solved is None:
                break
            value, latest = solved
            if feasibility and value > -TOLERANCE:
                return Relaxation(0.0, (), latest, np.zeros(self.model.campaigns))
            duals = latest if best is None else best.duals.mixed(latest, smoothing)
            priced = self._price(box, duals, feasibility)
            if priced is None or (feasibility and priced.bound < -SMALLEST_SHARE):
                return None
            stalled += 1
            if best is None or priced.bound < best.bound:
                best = Relaxation(priced.bound, (), duals, priced.by_campaign)
                stalled = 0
                on_bound(best.bound)
            columns = self._columns(priced.splits)
            added = sum([self._include(box, column, feasibility) for column in columns])
            closed = best.bound <= value + precision * abs(value) + TOLERANCE
            closed |= stalled >= patience and best.bound <= value + NEAR * abs(value)
            if closed or best.bound <= target or stop():
                break
            if added:
                smoothing = SMOOTHING
            elif smoothing > 0:
                smoothing = 0.0  # the smoothed prices missed: take the latest as they are
            else:
                break
            solved = self._solve()
        if best is None:
            return self._unpriced(box, ())
        mix = () if best.bound <= target else self._mix(solve_again=added > 0 or solved is None)
        return replace(best, bound=value if feasibility else best.bound, mix=mix)

    def _mix(self, solve_again: bool) -> tuple[tuple[Column, float], ...]:
        """Columns that the relaxation uses, and the share of each."""
        if solve_again and not self._solved():
            return ()
        shares = (
            (column, variable.solution_value())
            for (column, variable), usable in zip(self._variables, self._open, strict=True)
            if usable
        )
        return tuple((k, share) for k, share in shares if share > SMALLEST_SHARE)

    def first_prices(self, box: Box) -> Relaxation | None:
        """Bound at good even prices, found by bisection, with columns on the way; None if empty.

        All ports cost alike; then each campaign that must survive and hold an abandonment limit is
        charged just enough for that, and the price of ports is found once more.
        """
        best = self._search_even(box, self.even_duals(0.0), None, EVEN_TRIALS)
        if best is not None and self._abandon:
            best = self._search_abandon(box, best)
            if best is not None:
                best = self._search_even(box, best.duals, best, EVEN_TRIALS // 2)
        return best

    def _search_even(
        self, box: Box, duals: Duals, best: Relaxation | None, trials: int
    ) -> Relaxation | None:
        """Bisect the price of all ports until the best splits use about all of them."""
        ports = np.array([k.is_ports for k in self.model.capacities], dtype=np.bool_)
        room = float(self.model.limits[ports].sum())
        low, high = 0.0, float(self.model.value.max(initial=0.0))
        price = float(duals.capacity.max(initial=0.0))
        for _ in range(trials):
            duals = replace(duals, capacity=np.where(ports, price, 0.0))
            best, priced = self._better(box, duals, best)
            if priced is None:
                return None
            splits = priced.splits
            if (splits.dial_lines + self.model.agent_cost * splits.agent_lines).sum() > room:
                low, high = price, max(high, 2 * price)
            elif price == 0:
                break
            else:
                high = price
            price = (low + high) / 2
        return best

    def _search_abandon(self, box: Box, best: Relaxation) -> Relaxation | None:
        """Bisect each campaign's price of abandoned calls until its best split is at its limit."""
        model = self.model
        limited = np.isfinite(model.abandon_limit) & (model.survivable > 0)
        low, high = np.zeros(model.campaigns), np.where(limited, ABANDON_WORTH * model.value, 0.0)
        price = np.zeros(model.campaigns)
        most = np.where(limited, model.abandon_limit, 0.0)
        found: Relaxation | None = best
        for _ in range(EVEN_TRIALS):
            found, priced = self._better(box, replace(best.duals, abandon=price), found)
            if priced is None:
                return None
            columns = self._columns(priced.splits)
            over = np.array([k.abandoned for k in columns]) > most * np.array(
                [k.answered for k in columns]
            )
            over &= limited
            low, high = np.where(over, price, low), np.where(over, high, price)
            price = np.where(limited, (low + high) / 2, 0.0)
        return found

    def _better(
        self, box: Box, duals: Duals, best: Relaxation | None
    ) -> tuple[Relaxation | None, _Priced | None]:
        """The lower of a bound and the one at these prices, whose columns join the pool."""
        priced = self._price(box, duals, feasibility=False)
        if priced is None:
            return best, None
        for column in self._columns(priced.splits):
            self.add(column)
        if best is None or priced.bound < best.bound:
            best = Relaxation(priced.bound, (), duals, priced.by_campaign)
        return best, priced

    def _include(self, box: Box, column: Column, feasibility: bool) -> bool:
        if not self.add(column):
            return False
        inside = box.contains(column.campaign, column.dial_lines, column.agent_lines)
        self._variables[-1][1].SetUb(1.0 if inside else 0.0)
        self._open[-1] = inside
        if not feasibility:
            worth = self._worths[-1][0]
            self._worths[-1] = worth, worth
            self._objective.SetCoefficient(self._variables[-1][1], worth)
        return True

    def _solved(self) -> bool:
        """Run GLOP; other algorithms from scratch where it ends without an answer."""
        status = self._solver.Solve()
        if status in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.INFEASIBLE):
            return bool(status == pywraplp.Solver.OPTIMAL)
        cold = pywraplp.MPSolverParameters()
        cold.SetIntegerParam(cold.INCREMENTALITY, cold.INCREMENTALITY_OFF)
        for settings in OTHER_ALGORITHMS:
            self._solver.SetSolverSpecificParametersAsString(settings)
            status = self._solver.Solve(cold)
            self._solver.SetSolverSpecificParametersAsString("")
            if status == pywraplp.Solver.OPTIMAL:
                return True
        return False

    def _solve(self) -> _Solved | None:
        """Value and prices of the relaxation over the pool, None where GLOP has no answer."""
        if not self._solved():
            return None
        model = self.model
        dial, abandon = np.zeros(model.campaigns), np.zeros(model.campaigns)
        for c, row in self._dial.items():
            dial[c] = row.dual_value()
        for c, row in self._abandon.items():
            abandon[c] = row.dual_value()
        failure = np.zeros(len(model.lost))
        if self._failure:
            failure = np.maximum([row.dual_value() for row in self._failure], 0.0)
            total = failure.sum()
            even = np.full(len(failure), 1.0 / len(failure))
            # A dual price may miss the weight by rounding; any such weights give a valid bound.
            failure = model.weight * (failure / total if total > 0 else even)
        return self._objective.Value(), Duals(
            capacity=np.maximum([row.dual_value() for row in self._capacity], 0.0),
            failure=failure,
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
        credit = duals.abandon * self._abandon_limit
        return FleetPrices(call, line, attempt, duals.abandon, credit, duals.dial_lines)

    def call_share(self, duals: Duals) -> Floats:
        """Share of a handled call's value that counts, by dialer."""
        share: Floats = 1.0 - duals.failure @ self.model.lost
        return share

    def _price_tied(self, box: Box, prices: FleetPrices, precise: bool, found: Splits) -> bool:
        """Fill in the splits of campaigns whose dialers are tied; False where one has none."""
        campaigns = self._tied.tolist()
        splits: dict[int, Split | None] = {}

        def price(c: int) -> None:
            splits[c] = self.pricer(c, box).best(_own_prices(prices, c), precise)

        with side_by_side(len(campaigns)) as each:
            each(price, campaigns)
        for c in campaigns:
            split = splits[c]
            if split is None:
                return False
            found.bound[c] = split.bound
            found.dial_lines[c], found.agent_lines[c] = split.dial_lines, split.agent_lines
            mend = secure_survival if self.model.survivable[c] > 0 else hold_abandonment
            mend(self._fleet, c, found.dial_lines[c], found.agent_lines[c])
        return True

    def _price(self, box: Box, duals: Duals, feasibility: bool) -> _Priced | None:
        """Lagrangian bound at the prices, and the best split of each campaign."""
        model = self.model
        prices = self._fleet_prices(duals, feasibility)
        fleet = self._fleet
        if feasibility:
            fleet = fleet._replace(move_cost=0.0)
        found = best_splits(fleet, self._ranges(box), prices, self._plain)
        if np.any(found.bound[self._plain] <= NEVER):
            return None
        if not self._price_tied(box, prices, not feasibility, found):
            return None
        bound = float(duals.capacity @ model.limits) + float(
            duals.dial_lines @ model.max_dial_lines
        )
        # In the feasibility problem a campaign may also be left out, at a cost of one.
        by_campaign = np.maximum(found.bound, -1.0) if feasibility else found.bound
        return _Priced(bound + float(by_campaign.sum()), by_campaign, found)


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
