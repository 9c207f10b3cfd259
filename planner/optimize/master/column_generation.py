"""The relaxation of a box: column generation until its bound is about worth its columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.tolerances import MASTER_ROUNDING
from planner.optimize.master.lagrangian import Priced
from planner.optimize.master.restricted_master import SMALLEST_SHARE, RestrictedMaster, Solved
from planner.optimize.model.box import Box
from planner.optimize.model.columns import Column
from planner.optimize.model.duals import Duals
from planner.optimize.pricing.pricer import PricingEffort

Floats = NDArray[np.float64]

MOST_ROUNDS = 400
#: Weight of the best prices so far against the latest ones, to begin with and at most; its steps.
SMOOTHING, MOST_SMOOTHING, STEP = 0.7, 0.99, 0.1
#: A bound is near when it is this close to what the known columns are worth, relatively.
NEAR = 5e-3


@dataclass(frozen=True)
class Relaxation:
    """Solved relaxation of one box: bound, mix of the columns ``(column, share)``, prices."""

    bound: float
    mix: tuple[tuple[Column, float], ...]
    duals: Duals
    campaign_bounds: Floats  # [campaign] on the value of its splits at the prices
    proof_duals: Duals | None = None  # from which the bound follows, where not from these
    proof_bounds: Floats | None = None  # [campaign] at those
    solved: bool = True  # False: more columns, those of plans say, could lower the bound a lot

    def proven_by(self) -> tuple[Duals, Floats | None]:
        """The duals from which the bound follows, and the bounds of the campaigns there."""
        if self.proof_duals is not None:
            return self.proof_duals, self.proof_bounds
        return self.duals, self.campaign_bounds


def at_prices(master: RestrictedMaster, box: Box, duals: Duals) -> Relaxation | None:
    """Bound of a box at given prices, without a mix; None when it is proven to hold no plan."""
    priced = None if box.is_empty() else master.lagrangian.price(box, duals)
    return None if priced is None else relaxation_at(duals, priced)


def part_at_prices(
    master: RestrictedMaster, box: Box, part: Box, relaxation: Relaxation
) -> Relaxation | None:
    """Bound of a part of a box at its prices; None where the part is proven to hold no plan.

    Only campaigns whose ranges differ are priced.
    """
    pairs = zip(part.ranges.values(), box.ranges.values(), strict=True)
    differs = np.any([np.any(mine != whole, axis=1) for mine, whole in pairs], axis=0)
    differs |= part.dialer_high < box.dialer_high
    bounds = relaxation.campaign_bounds.copy()
    for c in np.flatnonzero(differs).tolist():
        bound = master.lagrangian.campaign_bound(part, relaxation.duals, c)
        if bound is None:
            return None
        bounds[c] = min(bound, bounds[c])
    bound = master.lagrangian.bound(part, relaxation.duals, bounds)
    if bound <= relaxation.bound:
        return Relaxation(bound, (), relaxation.duals, bounds)
    return Relaxation(relaxation.bound, (), relaxation.duals, bounds, *relaxation.proven_by())


def generate_columns(
    master: RestrictedMaster,
    box: Box,
    *,
    target: float = -np.inf,
    stop: Callable[[], bool] = lambda: False,
    on_bound: Callable[[float], None] = lambda _: None,
    start: Relaxation | None = None,
    precision: float = MASTER_ROUNDING,
    patience: int = MOST_ROUNDS,
    proven: bool = True,
) -> Relaxation | None:
    """Solve the relaxation of a box by column generation; None when it holds no plan.

    It ends early when the bound falls to ``target`` or within ``precision`` of what the columns
    are worth, relatively, or ``stop`` says so; the bound holds all the same. It also ends after
    ``patience`` rounds in a row that lowered a bound that is near already by less. ``start`` is a
    bound of the box with its prices, to begin with. With ``proven`` False the bound may be too
    low, where campaigns must survive: it only tells about where the mix leads.
    """
    master.empty_duals = None
    if box.is_empty():
        return None
    if start is not None and start.bound <= target:
        return start
    master.keep_only(box)
    master.set_objective(feasibility=False)
    solved = master.solve()
    if solved is None:  # the known columns alone do not show that the box holds a mix
        master.set_objective(feasibility=True)
        mixed = _mixed(master, box, stop)
        if mixed is None:
            return None
        if not mixed:
            return _unproven(master, box, start)
        master.set_objective(feasibility=False)
        solved = master.solve()
        if solved is None:
            return _unproven(master, box, start)
    generation = ColumnGeneration(master, box, target, stop, on_bound, precision, patience, proven)
    return generation.run(start, solved)


def relaxation_at(duals: Duals, priced: Priced) -> Relaxation:
    """Bound at some prices, without a mix."""
    return Relaxation(priced.bound, (), duals, priced.by_campaign)


class DualSmoothing:
    """Weight of the best prices so far when the latest of the master are mixed with them.

    P. Wentges, Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming,
    International Transactions in Operational Research 4, 1997; how the weight follows the slope of
    the bound: A. Pessoa, R. Sadykov, E. Uchoa, F. Vanderbeck, Automation and combination of
    linear-programming based stabilization techniques in column generation, INFORMS Journal on
    Computing 30, 2018.
    """

    def __init__(self) -> None:
        self._weight = SMOOTHING
        self._misses = 0

    @property
    def now(self) -> float:
        """The weight; each price in a row that gave no new column takes it closer to none."""
        return max(0.0, 1.0 - (1 + self._misses) * (1.0 - self._weight))

    def learn(self, added: bool, onwards: bool) -> bool:
        """Take in whether columns were new, and whether the bound falls on towards the latest.

        False where the latest prices themselves gave no new column.
        """
        if not added:
            missed = self.now == 0.0
            self._misses += 1
            return not missed
        if self._misses == 0:
            less, more = self._weight - STEP, self._weight + STEP * (1.0 - self._weight)
            self._weight = max(less, 0.0) if onwards else min(more, MOST_SMOOTHING)
        self._misses = 0
        return True


class StallCounter:
    """Counts the rounds since a bound came closer by more than ``precision``, relatively."""

    def __init__(self, precision: float) -> None:
        self._precision = precision
        self._noted, self._worth = np.inf, -np.inf
        self.rounds = 0

    def note(self, bound: float, worth: float) -> None:
        """Take in the best bound so far, and what the known columns are worth."""
        least = self._precision * abs(bound)
        if bound < self._noted - least or worth > self._worth + least:
            self._noted, self._worth, self.rounds = bound, worth, 0


def _mixed(master: RestrictedMaster, box: Box, stop: Callable[[], bool]) -> bool | None:
    """Find columns until some mix of them gives every campaign a split.

    False where that was not to be decided, since pricing bounds survival by relaxations; None
    where the box is proven to hold no plan.
    """
    center: tuple[float, Duals] | None = None
    smoothing = DualSmoothing()
    effort = PricingEffort.LOOSE
    for _ in range(MOST_ROUNDS):
        solved = master.solve()
        if solved is None or stop():
            return False
        value, latest = solved  # minus the campaigns left out
        if value > -MASTER_ROUNDING:
            return True
        duals = latest if center is None else center[1].mixed(latest, smoothing.now)
        priced = master.lagrangian.price(box, duals, effort, feasibility=True)
        bounds = effort is not PricingEffort.HEURISTIC
        if priced is None or (bounds and priced.bound < -SMALLEST_SHARE):
            master.empty_duals = None if priced is None else duals
            return None
        if center is None or priced.bound < center[0]:
            center = priced.bound, duals
        added = master.include(box, master.columns(priced.splits))
        if not smoothing.learn(added > 0, onwards=False):
            if effort is PricingEffort.EXACT or not master.lagrangian.survives:
                return False
            # Quick splits that had to be mended are no help any more, then likely ones.
            loose = effort is PricingEffort.LOOSE
            effort = PricingEffort.HEURISTIC if loose else PricingEffort.EXACT
            smoothing = DualSmoothing()
    return False


def _unproven(master: RestrictedMaster, box: Box, start: Relaxation | None) -> Relaxation | None:
    """Bound of a box that neither holds a mix of known columns nor is proven empty.

    The box must then be split further.
    """
    mix = master.mix(solve_again=True)
    bound = start or at_prices(master, box, master.even_duals(0.0))
    return None if bound is None else replace(bound, mix=mix, solved=False)


@dataclass(frozen=True)
class ColumnGeneration:
    """Column generation for the value of a box that holds a mix of known columns.

    Campaigns that must survive are slow to bound. While their likely splits still help, no more
    is asked for; what the prices found in this way prove is asked at the end.
    """

    master: RestrictedMaster
    box: Box
    target: float
    stop: Callable[[], bool]
    on_bound: Callable[[float], None]
    precision: float
    patience: int
    proven: bool

    def run(self, start: Relaxation | None, solved: Solved | None) -> Relaxation | None:
        """Go on from a bound and the solution over the columns known so far."""
        master = self.master
        best = center = start
        effort = PricingEffort.HEURISTIC if master.lagrangian.survives else PricingEffort.EXACT
        smoothing = DualSmoothing()
        added = 0
        waiting = StallCounter(self.precision)
        for _ in range(MOST_ROUNDS):
            if solved is None:
                break
            value, latest = solved
            duals = latest if center is None else center.duals.mixed(latest, smoothing.now)
            priced = master.lagrangian.price(self.box, duals, effort)
            if priced is None:
                master.empty_duals = None
                return None
            columns = master.columns(priced.splits)
            added = master.include(self.box, columns)
            waiting.rounds += 1
            onwards = (
                center is None
                or master.lagrangian.slope(duals, latest, columns, master.loss_low()) < 0
            )
            missed = not smoothing.learn(added > 0, onwards)
            if center is None or priced.bound < center.bound:
                center = relaxation_at(duals, priced)
            ends = self._closed(center.bound, value, waiting) or missed
            if not self.proven:
                best = center
            elif ends and effort is PricingEffort.HEURISTIC and not self.stop():
                priced = master.lagrangian.price(self.box, center.duals)
                if priced is None:
                    master.empty_duals = None
                    return None
                added += master.include(self.box, master.columns(priced.splits))
                center = relaxation_at(center.duals, priced)
                best = self._lower(best, center)
                waiting.note(best.bound, value)
                ends = self._closed(center.bound, value, waiting)
                effort = PricingEffort.HEURISTIC if added else PricingEffort.EXACT
            elif effort is PricingEffort.EXACT:
                best = self._lower(best, center)
            if best is not None:
                waiting.note(best.bound, value)
            if ends or self.stop():
                break
            solved = master.solve()
        if best is None:
            return _unproven(master, self.box, None)
        if best.bound <= self.target:
            return best
        near = solved is not None and best.bound <= solved[0] + NEAR * abs(solved[0])
        mix = master.mix(solve_again=added > 0 or solved is None)
        return replace(best, mix=mix, solved=near)

    def _closed(self, bound: float, value: float, waiting: StallCounter) -> bool:
        """Whether a bound is as close to what the known columns are worth as asked for."""
        if bound <= max(self.target, value + self.precision * abs(value) + MASTER_ROUNDING):
            return True
        return waiting.rounds >= self.patience and bound <= value + NEAR * abs(value)

    def _lower(self, best: Relaxation | None, found: Relaxation) -> Relaxation:
        if best is not None and best.bound <= found.bound:
            return best
        self.on_bound(found.bound)
        return found
