"""Branch and price: a plan and a proven bound on the best there is."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.optimize.anneal import HOTTEST, WARM, anneal
from planner.optimize.branching import split_box
from planner.optimize.columns import Column, make_column, placements
from planner.optimize.incumbent import (
    Usage,
    first_columns,
    plan_value,
    refill,
    rounded_columns,
)
from planner.optimize.integer import choose_columns
from planner.optimize.master import Master, Relaxation
from planner.optimize.model import HANDLED, Box, Model, build_model, to_line_plan
from planner.optimize.pricing import Prices, capped_split, plain_split
from planner.optimize.refill import improve_split
from planner.plan import LinePlan, PlanOptions, Progress, relative_gap
from planner.problem import Problem
from planner.verify import NO_CORRECTIONS, Corrections

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Work limit: boxes relaxed. Decides before the clock does, so that results repeat.
MOST_BOXES = 4000
#: Columns offered to the integer master, by least reduced cost.
MOST_COLUMNS = 3000
#: Columns repaired before it.
MOST_REPAIRS = 1000
#: Prices of a line, as shares of the relaxation's, at which columns are added.
PRICE_FACTORS = (0.6, 0.8, 0.9, 0.95, 1.05, 1.1, 1.2, 1.4, 1.8)
#: Shapes of a campaign's split placed on other dialers, and choices of dialers for each.
MOST_SHAPES, MOST_PLACEMENTS = 8, 400
#: Rounds of recombination and annealing in a row that may find nothing, boxes split between them.
MOST_STALE, BOXES_PER_ROUND = 3, 10
#: Better by less than this, relatively, is nothing.
SMALLEST_GAIN = 1e-6


@dataclass(frozen=True)
class Outcome:
    """What the search found: plan (None if none), proven bound (None if infeasible)."""

    plan: LinePlan | None
    value: float | None
    bound: float | None
    infeasible: bool
    stopped_early: bool


def optimize(
    problem: Problem,
    options: PlanOptions,
    on_progress: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    corrections: Corrections = NO_CORRECTIONS,
) -> Outcome:
    """Best plan of a problem within the requested gap, or the best found until stopped."""
    model = build_model(problem, options, corrections)
    if model.campaigns == 0:
        return Outcome(LinePlan(assignments=()), 0.0, 0.0, False, False)
    return _Search(model, options, on_progress, stop).run()


class _Search:
    """State of one search: pool and relaxation, best plan, open boxes."""

    def __init__(
        self,
        model: Model,
        options: PlanOptions,
        on_progress: Callable[[Progress], None],
        stop: Callable[[], bool],
    ) -> None:
        self._model = model
        self._options = options
        self._on_progress = on_progress
        self._stop = stop
        self._start = time.monotonic()
        self._master = Master(model)
        self._columns: list[Column] | None = None
        self._value = -np.inf
        self._bound = np.inf
        self._closed = -np.inf  # highest bound among boxes put aside within the gap
        self._annealings = 0
        self._open: list[tuple[float, int, Box, Relaxation]] = []
        self._order = itertools.count()

    def run(self) -> Outcome:
        self._compile()
        self._first_plan()
        root = self._master.relax(
            self._model.box,
            target=self._target(),
            stop=self._interrupted,
            on_bound=lambda bound: self._report("bound", bound),
        )
        if root is None:
            return Outcome(None, None, None, True, False)
        self._bound = root.bound
        self._offer(rounded_columns(self._model, root.mix), root)
        self._push(self._model.box, root)
        self._update_bound()
        self._enrich_pool(root)
        boxes = stale = 0
        while not self._finished() and boxes < MOST_BOXES:
            if stale < MOST_STALE:
                stale = 0 if self._improve(root) else stale + 1
            for _ in range(BOXES_PER_ROUND):
                if self._finished():
                    break
                boxes += 1
                self._branch()
        return self._outcome()

    def _compile(self) -> None:
        """Have the kernels compiled, once per installation, before the clock starts."""
        model, least = self._model, first_columns(self._model)
        refill(model, least)
        free = np.zeros(model.dialers)
        limits = self._master.pricer(0, model.box).limits
        prices = Prices(free, free, free, 0.0, 0.0, 0.0)
        plain_split(limits, prices)
        capped_split(limits, prices, 0.0)
        lines = np.array([k.dial_lines for k in least]), np.array([k.agent_lines for k in least])
        anneal(model, *lines, seed=0, ceiling=0.0, effort=0.0)
        self._start = time.monotonic()

    def _first_plan(self) -> None:
        """A plan, if a quick search finds one, so that stopping early leaves something."""
        self._offer(first_columns(self._model), None)
        self._anneal(first_columns(self._model), 0, HOTTEST, self._ceiling())

    def _ceiling(self) -> float:
        """What all campaigns would earn if each had the whole fleet to itself."""
        handled = [table[HANDLED].max(initial=0.0) for table in self._model.tables]
        return float(self._model.value @ np.array(handled))

    def _interrupted(self) -> bool:
        return self._stop() or time.monotonic() - self._start > self._options.time_limit

    def _target(self) -> float:
        """Bound at which the requested gap is proven."""
        if self._columns is None:
            return -np.inf
        return self._value + self._options.gap * abs(self._value) * (1 - 1e-9)

    def _done(self) -> bool:
        return self._columns is not None and (
            relative_gap(self._value, self._bound) <= max(self._options.gap, 1e-9)
        )

    def _outcome(self) -> Outcome:
        if self._columns is None:
            empty = not self._open
            return Outcome(None, None, None if empty else self._bound, empty, not empty)
        dial = np.array([k.dial_lines for k in self._columns])
        agent = np.array([k.agent_lines for k in self._columns])
        early = not self._done() and bool(self._open)
        line_plan = to_line_plan(self._model, dial, agent)
        return Outcome(line_plan, self._value, max(self._bound, self._value), False, early)

    def _report(self, phase: str, bound: float | None = None) -> None:
        best = self._bound if bound is None else min(bound, self._bound)
        self._on_progress(
            Progress(
                value_per_hour=None if self._columns is None else self._value,
                bound_per_hour=best if np.isfinite(best) else None,
                seconds=time.monotonic() - self._start,
                phase=phase,
            )
        )

    def _offer(self, columns: Iterable[Column], relaxation: Relaxation | None) -> None:
        """Refill a plan, with and without the ports' prices; keep it when it is the best."""
        prices: list[Floats | None] = [None]
        if relaxation is not None:
            prices.append(self._line_prices(relaxation))
        start = list(columns)
        for line_prices in prices:
            found, holds = refill(self._model, start, line_prices)
            if not holds:
                continue
            for column in found:
                self._master.add(column)
            value = plan_value(self._model, found)
            if value > self._value:
                self._columns, self._value = found, value
                self._report("plan")

    def _line_prices(self, relaxation: Relaxation) -> Floats:
        return self._master.prices(0, relaxation.duals).line

    def _finished(self) -> bool:
        return not self._open or self._done() or self._interrupted()

    def _enrich_pool(self, relaxation: Relaxation) -> None:
        """Columns the relaxation has no use for, but the integer master has."""
        if not self._finished():
            self._vary_prices(relaxation)
            self._repair_columns(relaxation)
            self._place_elsewhere(relaxation)

    def _improve(self, relaxation: Relaxation) -> bool:
        """Recombine the pool's columns and anneal; whether that found a better plan."""
        before = self._value
        self._choose_from_pool(relaxation)
        for hottest in (HOTTEST, WARM):
            if self._finished():
                break
            self._annealings += 1
            start = self._columns or rounded_columns(self._model, relaxation.mix)
            self._anneal(start, self._annealings, hottest, relaxation.bound)
        return self._value > before + SMALLEST_GAIN * abs(before)

    def _anneal(self, start: Sequence[Column], number: int, hottest: float, ceiling: float) -> None:
        """Anneal from a plan, the best or one that may break limits."""
        found = anneal(
            self._model,
            np.array([k.dial_lines for k in start]),
            np.array([k.agent_lines for k in start]),
            seed=self._options.seed + number,
            ceiling=ceiling,
            hottest=hottest,
        )
        if found is not None:
            columns = [
                make_column(self._model, c, dial, agent)
                for c, (dial, agent) in enumerate(zip(*found, strict=True))
            ]
            self._offer(columns, None)

    def _choose_from_pool(self, relaxation: Relaxation) -> None:
        """Integer master over the most promising columns, then refilling."""
        hint = {k.campaign: k for k in self._columns or ()}
        left = self._options.time_limit - (time.monotonic() - self._start)
        chosen = choose_columns(
            self._model,
            self._promising(relaxation),
            hint,
            seed=self._options.seed,
            seconds=left,
            stop=self._stop,
        )
        if chosen is not None:
            self._offer(chosen, relaxation)

    def _repair_columns(self, relaxation: Relaxation) -> None:
        """Add the nearest split that holds its campaign's limits beside each that does not."""
        room = Usage(self._model).room()
        prices = self._line_prices(relaxation)
        broken = [k for k in self._master.pool.values() if not k.holds_own_limits]
        for column in sorted(broken, key=lambda k: -self._reduced_value(k, relaxation))[
            :MOST_REPAIRS
        ]:
            dial, agent = column.dial_lines.copy(), column.agent_lines.copy()
            improve_split(self._model, column.campaign, dial, agent, room, prices)
            self._master.add(make_column(self._model, column.campaign, dial, agent))

    def _vary_prices(self, relaxation: Relaxation) -> None:
        """Add each campaign's best splits at other prices of a line: shorter and longer blocks."""
        for c in range(self._model.campaigns):
            prices = self._master.prices(c, relaxation.duals)
            for factor in PRICE_FACTORS:
                split = self._master.pricer(c, self._model.box).best(
                    prices._replace(line=prices.line * factor)
                )
                if split is not None:
                    self._master.add(
                        make_column(self._model, c, split.dial_lines, split.agent_lines)
                    )

    def _place_elsewhere(self, relaxation: Relaxation) -> None:
        """Add the blocks of lines of the most promising splits on other dialers.

        The relaxation has use for few of the many equal placements; the integer master needs
        them to fit the blocks of all campaigns together.
        """
        for c in range(self._model.campaigns):
            mine = [k for k in self._promising(relaxation) if k.campaign == c]
            shapes: dict[tuple[tuple[int, int], ...], None] = {}
            for column in mine:
                if len(shapes) == MOST_SHAPES:
                    break
                blocks = zip(column.dial_lines.tolist(), column.agent_lines.tolist(), strict=True)
                shapes[tuple(sorted(block for block in blocks if block[0]))] = None
            for shape in shapes:
                for column in placements(self._model, c, shape, MOST_PLACEMENTS):
                    self._master.add(column)

    def _promising(self, relaxation: Relaxation) -> list[Column]:
        """Columns that hold their own limits, by reduced cost; the best plan's always."""
        fit = [k for k in self._master.pool.values() if k.holds_own_limits]
        ranked = sorted(fit, key=lambda k: -self._reduced_value(k, relaxation))
        kept = {k.key: k for k in [*(self._columns or ()), *ranked[:MOST_COLUMNS]]}
        return list(kept.values())

    def _reduced_value(self, column: Column, relaxation: Relaxation) -> float:
        """Value of a column at the relaxation's prices, less the bound on its campaign's."""
        prices = self._master.prices(column.campaign, relaxation.duals)
        entries = self._model.tables[column.campaign][
            HANDLED, column.agent_lines, column.dial_lines
        ]
        worth = entries @ self._master.call_values(column.campaign, relaxation.duals)
        worth -= prices.line @ column.lines + prices.attempt @ column.attempts
        return float(worth - relaxation.campaign_bounds[column.campaign])

    def _push(self, box: Box, relaxation: Relaxation) -> None:
        """Keep a box open unless the best plan is within the gap of its bound."""
        if relaxation.bound <= self._target():
            self._closed = max(self._closed, relaxation.bound)
        else:
            heapq.heappush(self._open, (-relaxation.bound, next(self._order), box, relaxation))

    def _update_bound(self) -> None:
        """Take the highest bound of all boxes; only while every plan lies in one of them."""
        highest = -self._open[0][0] if self._open else -np.inf
        self._bound = min(self._bound, max(highest, self._closed, self._value))

    def _branch(self) -> None:
        """Split the box of the highest bound in two."""
        _, _, box, relaxation = heapq.heappop(self._open)
        if relaxation.bound <= self._target():
            self._closed = max(self._closed, relaxation.bound)
            self._update_bound()
            return
        parts = split_box(self._model, box, relaxation, self._losses(box, relaxation))
        if parts is None:  # a single plan: its value is its bound
            self._offer_point(box)
        for part in parts or ():
            child = self._master.relax(part, target=self._target(), stop=self._interrupted)
            if child is None:
                continue
            child = replace(child, bound=min(child.bound, relaxation.bound))
            if len(child.mix) == self._model.campaigns:  # nothing is mixed
                self._offer(rounded_columns(self._model, child.mix), None)
            self._push(part, child)
        self._update_bound()
        self._report("proof")

    def _losses(self, box: Box, relaxation: Relaxation) -> Floats:
        """By how much the bound on each campaign exceeds its best known column inside the box.

        Where it is large, the relaxation mixes splits that break the campaign's own limits.
        """
        loss = np.full(self._model.campaigns, np.inf)
        for column in self._master.pool.values():
            if column.holds_own_limits and box.contains(
                column.campaign, column.dial_lines, column.agent_lines
            ):
                c = column.campaign
                loss[c] = min(loss[c], -self._reduced_value(column, relaxation))
        return loss

    def _offer_point(self, box: Box) -> None:
        columns = [
            make_column(self._model, c, box.n_low[c], box.a_low[c])
            for c in range(self._model.campaigns)
        ]
        self._offer(columns, None)
