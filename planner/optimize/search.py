"""Branch and price: a plan and a proven bound on the best there is."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.optimize.anneal import HOTTEST, WARM, anneal
from planner.optimize.columns import Column, make_column
from planner.optimize.incumbent import (
    Usage,
    first_columns,
    plan_value,
    refill,
    rounded_columns,
)
from planner.optimize.integer import choose_columns
from planner.optimize.master import Master, Relaxation
from planner.optimize.model import Box, Model, build_model, to_line_plan
from planner.optimize.refill import improve_split
from planner.plan import LinePlan, PlanOptions, Progress, relative_gap
from planner.problem import Problem

Ints = NDArray[np.int64]

#: Work limit: boxes relaxed. Decides before the clock does, so that results repeat.
MOST_BOXES = 4000
#: Columns offered to the integer master, by least reduced cost.
MOST_COLUMNS = 3000
#: Columns repaired before it.
MOST_REPAIRS = 1000
#: Rounds of annealing and recombination at the root, and how many in a row may find nothing.
MOST_IMPROVEMENTS, MOST_STALE = 12, 3


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
) -> Outcome:
    """Best plan of a problem within the requested gap, or the best found until stopped."""
    model = build_model(problem, options)
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
        self._open: list[tuple[float, int, Box, Relaxation]] = []
        self._order = itertools.count()

    def run(self) -> Outcome:
        self._offer(first_columns(self._model), None)
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
        self._improve(root)
        self._push(self._model.box, root)
        boxes = 1
        while self._open and not self._done() and not self._interrupted() and boxes < MOST_BOXES:
            boxes += 1
            self._branch()
        return self._outcome()

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
        prices = [None]
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

    def _line_prices(self, relaxation: Relaxation) -> NDArray[np.float64]:
        return self._master.prices(0, relaxation.duals).line

    def _improve(self, relaxation: Relaxation) -> None:
        """Anneal from several starts and recombine their columns, while that finds better."""
        stale = 0
        self._repair_columns(relaxation)
        for number in range(MOST_IMPROVEMENTS):
            before = self._value
            self._choose_from_pool(relaxation)
            for hottest in (HOTTEST, WARM):
                if self._done() or self._interrupted():
                    return
                self._anneal(relaxation, 2 * number + (hottest == WARM), hottest)
            stale = 0 if self._value > before + 1e-6 * abs(before) else stale + 1
            if stale >= MOST_STALE:
                return

    def _anneal(self, relaxation: Relaxation, number: int, hottest: float) -> None:
        """Anneal from the best plan, or from the relaxation's where there is none."""
        start = self._columns or rounded_columns(self._model, relaxation.mix)
        found = anneal(
            self._model,
            np.array([k.dial_lines for k in start]),
            np.array([k.agent_lines for k in start]),
            seed=self._options.seed + number,
            ceiling=relaxation.bound,
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

    def _promising(self, relaxation: Relaxation) -> list[Column]:
        """Columns that hold their own limits, by reduced cost; the best plan's always."""
        fit = [k for k in self._master.pool.values() if k.holds_own_limits]
        ranked = sorted(fit, key=lambda k: -self._reduced_value(k, relaxation))
        kept = {k.key: k for k in [*(self._columns or ()), *ranked[:MOST_COLUMNS]]}
        return list(kept.values())

    def _reduced_value(self, column: Column, relaxation: Relaxation) -> float:
        prices = self._master.prices(column.campaign, relaxation.duals)
        entries = self._model.tables[column.campaign][0, column.agent_lines, column.dial_lines]
        worth = entries @ prices.call - prices.line @ column.lines
        worth -= prices.attempt @ column.attempts
        return float(worth - self._best_of(column.campaign, relaxation))

    def _best_of(self, campaign: int, relaxation: Relaxation) -> float:
        """Value at the relaxation's prices of what it uses of the campaign."""
        mine = [(k, s) for k, s in relaxation.mix if k.campaign == campaign]
        prices = self._master.prices(campaign, relaxation.duals)
        table = self._model.tables[campaign][0]
        return sum(
            s
            * float(
                table[k.agent_lines, k.dial_lines] @ prices.call
                - prices.line @ k.lines
                - prices.attempt @ k.attempts
            )
            for k, s in mine
        )

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
        parts = split_box(self._model, box, relaxation)
        if parts is None:  # a single plan: its value is its bound
            self._offer_point(box)
        for part in parts or ():
            child = self._master.relax(part, target=self._target(), stop=self._interrupted)
            if child is None:
                continue
            child = Relaxation(min(child.bound, relaxation.bound), child.mix, child.duals)
            if len(child.mix) == self._model.campaigns:  # nothing is mixed
                self._offer(rounded_columns(self._model, child.mix), None)
            self._push(part, child)
        self._update_bound()
        self._report("proof")

    def _offer_point(self, box: Box) -> None:
        columns = [
            make_column(self._model, c, box.n_low[c], box.a_low[c])
            for c in range(self._model.campaigns)
        ]
        self._offer(columns, None)


def split_box(model: Model, box: Box, relaxation: Relaxation) -> tuple[Box, Box] | None:
    """Two boxes that share out a box's plans, split where the relaxation mixes most.

    Agent lines first, since they decide; then dial lines; where nothing is mixed, the widest
    range. None when the box holds a single plan.
    """
    for low, high, what in (("a_low", "a_high", "agent_lines"), ("n_low", "n_high", "dial_lines")):
        shape = (model.campaigns, model.dialers)
        mean, square = np.zeros(shape), np.zeros(shape)
        for column, share in relaxation.mix:
            lines = getattr(column, what)
            mean[column.campaign] += share * lines
            square[column.campaign] += share * lines**2
        spread = square - mean**2
        spread[getattr(box, low) == getattr(box, high)] = -1.0
        place = tuple(int(i) for i in np.unravel_index(int(np.argmax(spread)), shape))
        if spread[place] > 1e-6:
            middle = int(np.floor(mean[place] + 1e-9))
            middle = min(max(middle, getattr(box, low)[place]), getattr(box, high)[place] - 1)
            return box.with_range(high, place, middle), box.with_range(low, place, middle + 1)
    for low, high in (("a_low", "a_high"), ("n_low", "n_high")):
        width = getattr(box, high) - getattr(box, low)
        place = tuple(int(i) for i in np.unravel_index(int(np.argmax(width)), width.shape))
        if width[place] > 0:
            middle = int(getattr(box, low)[place] + width[place] // 2)
            return box.with_range(high, place, middle), box.with_range(low, place, middle + 1)
    return None
