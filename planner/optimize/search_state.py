"""Where a search stands: the best plan so far, the proven bound, and when that is enough."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from planner.contracts.fleet.pools import pools_at
from planner.contracts.result import PlanOptions, Progress, relative_gap
from planner.evaluation.tolerances import SUM_ROUNDING
from planner.optimize.heuristics.local_search import refill
from planner.optimize.master.column_generation import Relaxation
from planner.optimize.master.restricted_master import RestrictedMaster
from planner.optimize.model.columns import Column
from planner.optimize.model.model import Model
from planner.optimize.model.rows import pool_pairs
from planner.optimize.model.tables import HANDLED
from planner.optimize.model.usage import Usage, plan_value
from planner.optimize.search_params import SearchParams

Floats = NDArray[np.float64]

#: What is nothing beside all that the campaigns could earn; how close to whole a whole number is.
ZERO_ROUNDING, WHOLE_ROUNDING = 1e-11, 1e-6


def most_worth(model: Model) -> float:
    """What the campaigns could earn at the most, each with all it may have [value per hour]."""
    most = [table[HANDLED].max(initial=0.0) for table in model.tables]
    return float(np.abs(model.call_value).max(axis=1, initial=0.0) @ np.array(most))


def worth_of_people(model: Model) -> float:
    """What all agents could earn, each where one earns most; broadcasts with all lines.

    Pools share agents, so that what the campaigns could earn each for itself says little there.
    """
    calls = np.abs(model.call_value).max(axis=1, initial=0.0)
    each = np.zeros(model.campaigns)  # what an agent line earns at the most
    total = 0.0
    for c, table in enumerate(model.tables):
        handled = table[HANDLED].max(axis=1, initial=0.0)
        each[c] = calls[c] * (handled[1:] / np.arange(1, len(handled))).max(initial=0.0)
        if model.agents[c] == 0:
            total += calls[c] * handled.max(initial=0.0)
        elif not model.pooled[c]:
            total += each[c] * model.agents[c]
    pools = pools_at(model.problem, None)
    for pool, fills in zip(pools, pool_pairs(model.problem, pools), strict=True):
        total += pool.agent_lines * each[fills.any(axis=1)].max(initial=0.0)
    return float(total)


class SearchState:
    """The best plan of a search as one column per campaign, its value, and the bound."""

    def __init__(
        self,
        model: Model,
        options: PlanOptions,
        params: SearchParams,
        on_progress: Callable[[Progress], None],
        stop: Callable[[], bool],
    ) -> None:
        self.model = model
        self.options = options
        self.params = params
        cells = model.campaigns * model.dialers
        self.small, self.large = cells <= params.small, cells > params.large
        self.master = RestrictedMaster(model, warm=self.small)
        # Plans come before a close bound where that takes longest. Two failures are dear to price,
        # and without the splits of a good plan the duals lead nowhere for hundreds of rounds.
        two = model.failures > 1 and self.master.lagrangian.survives
        self.huge = cells > params.huge or two
        few = cells <= params.few_cells and self.master.lagrangian.exact
        #: Whether plans begin by splitting boxes and choosing columns: where that is quickest, and
        #: where there is what building plans by compiled heuristics does not know.
        self.by_boxes = few or model.special
        #: Whether cells are annealed.
        self.anneals = not self.by_boxes or (model.special and not few)
        self.columns: list[Column] | None = None
        #: A plan to begin with, which may break limits.
        self.begun: list[Column] | None = None
        self.value = -np.inf
        self.bound = np.inf
        self._rounding = ZERO_ROUNDING * most_worth(model)
        self._on_progress = on_progress
        self.stop = stop
        self._start = time.monotonic()

    def start_clock(self) -> None:
        """Count the time limit from now on."""
        self._start = time.monotonic()

    def seconds_left(self) -> float:
        """What is left of the time limit."""
        return self.options.time_limit - (time.monotonic() - self._start)

    def interrupted(self) -> bool:
        """Whether the search is to end, by the user or by the clock."""
        return self.stop() or time.monotonic() - self._start > self.options.time_limit

    def begin(self, bound: float) -> None:
        """Take a first bound."""
        self.bound = bound
        self._rounding = max(self._rounding, SUM_ROUNDING * abs(bound))

    def settle(self) -> None:
        """Lower a bound that differs from the plan's value by no more than rounding."""
        if self.bound <= self.value + self._rounding:
            self.bound = self.value

    def target(self) -> float:
        """Bound at which the requested gap is proven."""
        if self.columns is None:
            return -np.inf
        if not self.model.aim.is_value:  # shortfalls are whole numbers
            return self.value + 1.0 - WHOLE_ROUNDING
        return self.value + self.options.gap * abs(self.value) * (1 - 1e-9) + self._rounding

    def enough(self) -> float:
        """Value at which the requested gap is proven."""
        if not self.model.aim.is_value:
            return float(np.floor(self.bound + WHOLE_ROUNDING))
        return self.bound - self.options.gap * abs(self.bound) * (1 - 1e-9)

    def done(self) -> bool:
        """Whether the requested gap is proven."""
        if self.columns is None:
            return False
        close = self.bound <= self.value + self._rounding
        if not self.model.aim.is_value:
            return close or self.bound <= self.value + 1.0 - WHOLE_ROUNDING
        return close or relative_gap(self.value, self.bound) <= max(self.options.gap, 1e-9)

    def near(self, share: float) -> bool:
        """Whether the requested gap is proven but for this share of it."""
        return relative_gap(self.value, self.bound) <= (1 + share) * self.options.gap

    def precision(self, share: float | None = None) -> float:
        """How closely relaxations are solved, relatively; None: as closely as the root."""
        share = self.params.root_precision if share is None else share
        return max(share * self.options.gap, 1e-9)

    def report(self, phase: str, bound: float | None = None) -> None:
        """Tell where the search stands, or that a bound was found."""
        best = self.bound if bound is None else min(bound, self.bound)
        self._on_progress(
            Progress(
                value_per_hour=None if self.columns is None else self.value,
                bound_per_hour=best if np.isfinite(best) else None,
                seconds=time.monotonic() - self._start,
                phase=phase,
            )
        )

    def keep(self, columns: list[Column]) -> None:
        """Put the columns of a plan that holds the fleet's limits into the pool; it may be best."""
        if not all(k.holds_own_limits for k in columns):
            return
        for column in columns:
            self.master.add(column)
        value = plan_value(self.model, columns)
        if value > self.value:
            self.columns, self.value = columns, value
            self.master.lagrangian.slack = self.precision() * abs(value) / self.model.campaigns
            self.report("plan")

    def offer(self, columns: Iterable[Column], relaxation: Relaxation | None) -> None:
        """Improve a plan campaign by campaign, with and without prices; keep it if the best."""
        start = list(columns)
        if Usage(self.model, start).fits():
            self.keep(start)
        if not self.small or self.model.aim.most.any() or not self.model.aim.is_value:
            return
        prices: list[Floats | None] = [None]
        if relaxation is not None:
            prices.append(self.master.lagrangian.line_prices(relaxation.duals))
        for line_prices in prices:
            found, holds = refill(self.model, start, line_prices)
            if holds:
                self.keep(found)
