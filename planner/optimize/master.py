"""The master problem: which columns to mix under the fleet's limits, and what its prices are.

Column generation on the linear relaxation, solved with GLOP. Whatever the prices, the Lagrangian
bound they give is valid, so that the bound does not depend on how well the relaxation is solved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from planner.optimize.columns import Column, Pricer, make_column
from planner.optimize.model import Box, Model
from planner.optimize.pricing import Prices

Floats = NDArray[np.float64]

MOST_ROUNDS = 400
#: Weight of the best prices so far against the latest ones (Wentges smoothing).
SMOOTHING = 0.5
#: The relaxation is solved when its value and the bound differ by less, relatively.
TOLERANCE = 1e-9
#: GLOP's primal simplex now and then ends ABNORMAL; these then found the optimum.
OTHER_ALGORITHMS = ("use_dual_simplex:true", "use_preprocessing:false")
#: Columns with less of a campaign's split are rounding.
SMALLEST_SHARE = 1e-7


@dataclass(frozen=True)
class Duals:
    """Prices of the master rows, all >= 0; of the domains they sum to the weight w."""

    capacity: Floats  # [capacity] per line or attempt per hour
    domain: Floats  # [domain]
    dial_lines: Floats  # [campaign]
    abandon: Floats  # [campaign]
    survive: Floats  # [campaign, domain]

    def mixed(self, other: Duals, share: float) -> Duals:
        """``share`` of these prices and the rest of the other ones."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Duals(*(share * a + (1 - share) * b for a, b in pairs))


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
    columns: list[Column]


class Master:
    """The linear master problem over a growing pool of columns."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.pool: dict[tuple[int, bytes, bytes], Column] = {}
        self._pricers: dict[tuple[int | bytes, ...], Pricer] = {}
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._objective = self._solver.Objective()
        self._objective.SetMaximization()
        self._variables: list[tuple[Column, pywraplp.Variable]] = []
        self._build_rows()

    def _build_rows(self) -> None:
        solver, model = self._solver, self.model
        infinity = solver.infinity()
        self._capacity = [solver.Constraint(-infinity, k.limit) for k in model.capacities]
        self._convex = [solver.Constraint(1.0, 1.0) for _ in range(model.campaigns)]
        self._missing = [solver.NumVar(0.0, 1.0, "") for _ in range(model.campaigns)]
        for row, missing in zip(self._convex, self._missing, strict=True):
            row.SetCoefficient(missing, 1.0)
        self._domain = []
        self._surviving = solver.NumVar(-infinity, infinity, "")
        if model.weight > 0:
            self._domain = [solver.Constraint(-infinity, 0.0) for _ in range(model.domains)]
            for row in self._domain:
                row.SetCoefficient(self._surviving, 1.0)
        total = int(model.ports.sum())
        self._dial = {
            c: solver.Constraint(-infinity, float(most))
            for c, most in enumerate(model.max_dial_lines)
            if most < total
        }
        self._abandon = {
            c: solver.Constraint(-infinity, 0.0)
            for c in range(model.campaigns)
            if np.isfinite(model.abandon_limit[c])
        }
        self._survive = {
            (c, g): solver.Constraint(-infinity, 0.0)
            for c in range(model.campaigns)
            if model.survivable[c] > 0
            for g in range(model.domains)
        }

    def add(self, column: Column) -> bool:
        """Put a column into the pool and the relaxation; False if it is there already."""
        if column.key in self.pool:
            return False
        self.pool[column.key] = column
        model, c = self.model, column.campaign
        variable = self._solver.NumVar(0.0, 1.0, "")
        self._variables.append((column, variable))
        self._convex[c].SetCoefficient(variable, 1.0)
        for row, capacity in zip(self._capacity, model.capacities, strict=True):
            used = column.lines if capacity.counts_lines else column.attempts
            amount = float(used[capacity.members].sum())
            if amount:
                row.SetCoefficient(variable, amount)
        for g, row in enumerate(self._domain):
            left = model.value[c] * (column.handled - column.by_domain[g])
            row.SetCoefficient(variable, -float(left))
        if c in self._dial:
            self._dial[c].SetCoefficient(variable, float(column.dial_lines.sum()))
        if c in self._abandon:
            over = column.abandoned - model.abandon_limit[c] * column.answered
            self._abandon[c].SetCoefficient(variable, float(over))
        if model.survivable[c] > 0:
            over_by_domain = column.by_domain - (1 - model.survivable[c]) * column.handled
            for g in range(model.domains):
                self._survive[c, g].SetCoefficient(variable, float(over_by_domain[g]))
        return True

    def relax(
        self,
        box: Box,
        *,
        target: float = -np.inf,
        stop: Callable[[], bool] = lambda: False,
        on_bound: Callable[[float], None] = lambda _: None,
    ) -> Relaxation | None:
        """Solve the relaxation of a box by column generation; None when it holds no plan.

        It ends early when the bound falls to ``target`` or ``stop`` says so; the bound holds
        all the same.
        """
        if box.is_empty():
            return None
        pricers = [self.pricer(c, box) for c in range(self.model.campaigns)]
        self._keep_only(box)
        feasible = self._generate(pricers, feasibility=True, target=-np.inf, stop=stop)
        if feasible is None:
            return None
        if feasible.bound < 0:
            return self._unpriced(pricers, feasible.mix)
        return self._generate(
            pricers, feasibility=False, target=target, stop=stop, on_bound=on_bound
        )

    def pricer(self, campaign: int, box: Box) -> Pricer:
        """Pricer of one campaign's ranges; most boxes share most of them."""
        ranges = (box.n_low, box.n_high, box.a_low, box.a_high)
        key = (campaign, *(r[campaign].tobytes() for r in ranges))
        if key not in self._pricers:
            self._pricers[key] = Pricer(self.model, campaign, box)
        return self._pricers[key]

    def _unpriced(
        self, pricers: list[Pricer], mix: tuple[tuple[Column, float], ...]
    ) -> Relaxation | None:
        """Bound of a box that neither holds a mix of known columns nor is proven empty.

        Pricing bounds survival by relaxations, so that the feasibility problem may end between
        the two; the box must then be split further.
        """
        model = self.model
        free = Duals(
            capacity=np.zeros(len(model.capacities)),
            domain=np.full(model.domains, model.weight / max(model.domains, 1)),
            dial_lines=np.zeros(model.campaigns),
            abandon=np.zeros(model.campaigns),
            survive=np.zeros((model.campaigns, model.domains)),
        )
        priced = self._price(pricers, free, feasibility=False)
        return None if priced is None else Relaxation(priced.bound, mix, free, priced.by_campaign)

    def _keep_only(self, box: Box) -> None:
        """Bar the columns outside a box."""
        for column, variable in self._variables:
            c = column.campaign
            inside = box.contains(c, column.dial_lines, column.agent_lines)
            variable.SetUb(1.0 if inside else 0.0)

    def _set_objective(self, feasibility: bool) -> None:
        model = self.model
        for missing in self._missing:
            missing.SetUb(1.0 if feasibility else 0.0)
            self._objective.SetCoefficient(missing, -1.0 if feasibility else 0.0)
        for column, variable in self._variables:
            worth = 0.0 if feasibility else self._worth(column)
            self._objective.SetCoefficient(variable, worth)
        self._objective.SetCoefficient(self._surviving, 0.0 if feasibility else model.weight)
        if model.weight > 0:
            # Without its reward the surviving value would be unbounded below: pin it.
            bound = 0.0 if feasibility else self._solver.infinity()
            self._surviving.SetBounds(-bound, bound)

    def _worth(self, column: Column) -> float:
        return float((1 - self.model.weight) * self.model.value[column.campaign] * column.handled)

    def _generate(
        self,
        pricers: list[Pricer],
        *,
        feasibility: bool,
        target: float,
        stop: Callable[[], bool],
        on_bound: Callable[[float], None] = lambda _: None,
    ) -> Relaxation | None:
        """Column generation for the value, or first for the number of campaigns with a split.

        The bound of a feasibility problem is minus the number of campaigns left out: 0 when the
        box holds a mix of columns, None when it is proven to hold none.
        """
        self._set_objective(feasibility)
        best: Relaxation | None = None
        value, shares = -1.0, list[tuple[Column, float]]()
        smoothing = SMOOTHING
        for _ in range(MOST_ROUNDS):
            solved = self._solve()
            if solved is None:
                break
            value, latest = solved
            shares = [(k, v.solution_value()) for k, v in self._variables]
            if feasibility and value > -TOLERANCE:
                return Relaxation(0.0, (), latest, np.zeros(self.model.campaigns))
            duals = latest if best is None else best.duals.mixed(latest, smoothing)
            priced = self._price(pricers, duals, feasibility)
            if priced is None or (feasibility and priced.bound < -SMALLEST_SHARE):
                return None
            if best is None or priced.bound < best.bound:
                best = Relaxation(priced.bound, (), duals, priced.by_campaign)
                on_bound(best.bound)
            added = sum([self._include(column, feasibility) for column in priced.columns])
            closed = best.bound <= value + TOLERANCE * (1 + abs(value))
            if closed or best.bound <= target or stop():
                break
            if added:
                smoothing = SMOOTHING
            elif smoothing > 0:
                smoothing = 0.0  # the smoothed prices missed: take the latest as they are
            else:
                break
        if best is None:
            return self._unpriced(pricers, ())
        mix = tuple((k, share) for k, share in shares if share > SMALLEST_SHARE)
        return replace(best, bound=value if feasibility else best.bound, mix=mix)

    def _include(self, column: Column, feasibility: bool) -> bool:
        if not self.add(column):
            return False
        worth = 0.0 if feasibility else self._worth(column)
        self._objective.SetCoefficient(self._variables[-1][1], worth)
        return True

    def _solved(self) -> bool:
        """Run GLOP; other algorithms from scratch where it ends without an answer."""
        if self._solver.Solve() == pywraplp.Solver.OPTIMAL:
            return True
        cold = pywraplp.MPSolverParameters()
        cold.SetIntegerParam(cold.INCREMENTALITY, cold.INCREMENTALITY_OFF)
        for settings in OTHER_ALGORITHMS:
            self._solver.SetSolverSpecificParametersAsString(settings)
            status = self._solver.Solve(cold)
            self._solver.SetSolverSpecificParametersAsString("")
            if status == pywraplp.Solver.OPTIMAL:
                return True
        return False

    def _solve(self) -> tuple[float, Duals] | None:
        """Value and prices of the relaxation over the pool, None where GLOP has no answer."""
        if not self._solved():
            return None
        model = self.model
        dial, abandon = np.zeros(model.campaigns), np.zeros(model.campaigns)
        survive = np.zeros((model.campaigns, model.domains))
        for c, row in self._dial.items():
            dial[c] = row.dual_value()
        for c, row in self._abandon.items():
            abandon[c] = row.dual_value()
        for place, row in self._survive.items():
            survive[place] = row.dual_value()
        domain = np.maximum([row.dual_value() for row in self._domain], 0.0)
        if model.weight > 0 and len(domain):
            total = domain.sum()
            even = np.full(len(domain), 1.0 / len(domain))
            domain = model.weight * (domain / total if total > 0 else even)
        else:
            domain = np.zeros(model.domains)
        return self._objective.Value(), Duals(
            capacity=np.maximum([row.dual_value() for row in self._capacity], 0.0),
            domain=domain,
            dial_lines=np.maximum(dial, 0.0),
            abandon=np.maximum(abandon, 0.0),
            survive=np.maximum(survive, 0.0),
        )

    def prices(self, campaign: int, duals: Duals, feasibility: bool = False) -> Prices:
        """What one campaign's pricing problem is paid and charged at the given prices."""
        model, c = self.model, campaign
        line, attempt = np.zeros(model.dialers), np.zeros(model.dialers)
        for price, capacity in zip(duals.capacity, model.capacities, strict=True):
            (line if capacity.counts_lines else attempt)[capacity.members] += price
        call = np.zeros(model.dialers) if feasibility else self.call_values(c, duals)
        survive = duals.survive[c]
        call += (1 - model.survivable[c]) * survive.sum() - survive[model.domain]
        answered = duals.abandon[c]
        if np.isfinite(model.abandon_limit[c]):
            answered *= model.abandon_limit[c]
        return Prices(call, line, attempt, duals.abandon[c], float(answered), duals.dial_lines[c])

    def call_values(self, campaign: int, duals: Duals) -> Floats:
        """What a handled call on each dialer adds to the objective."""
        spared = duals.domain.sum() - duals.domain[self.model.domain]
        worth: Floats = self.model.value[campaign] * (1 - self.model.weight + spared)
        return worth

    def _price(self, pricers: Iterable[Pricer], duals: Duals, feasibility: bool) -> _Priced | None:
        """Lagrangian bound at the prices, and the best split of each campaign."""
        model = self.model
        bound = float(duals.capacity @ model.limits) + float(
            duals.dial_lines @ model.max_dial_lines
        )
        columns, by_campaign = [], np.zeros(model.campaigns)
        for c, pricer in enumerate(pricers):
            split = pricer.best(self.prices(c, duals, feasibility))
            if split is None:
                return None
            columns.append(make_column(model, c, split.dial_lines, split.agent_lines))
            # In the feasibility problem a campaign may also be left out, at a cost of one.
            by_campaign[c] = max(split.bound, -1.0) if feasibility else split.bound
        return _Priced(bound + float(by_campaign.sum()), by_campaign, columns)
