"""Branch and price: a plan and a proven bound on the best there is."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from planner.optimize.anneal import Annealing
from planner.optimize.branching import split_box
from planner.optimize.columns import Column, make_column
from planner.optimize.dive import dive
from planner.optimize.first_prices import first_prices
from planner.optimize.incumbent import least_columns, plan_value, refill, rounded_columns
from planner.optimize.integer import choose_columns
from planner.optimize.master import Master
from planner.optimize.model import Box, Model, build_model, to_line_plan
from planner.optimize.placing import QUICK, THOROUGH, Pace, Placing
from planner.optimize.pool import enrich, promising, reduced_values
from planner.optimize.rebuild import Rebuilding, compile_kernels, is_few
from planner.optimize.relaxation import MOST_ROUNDS, Relaxation, part_at_prices, relax
from planner.optimize.second_stage import second_stages
from planner.plan import LinePlan, PlanOptions, Progress, Stage, relative_gap
from planner.problem import Campaign, Dialer, Problem
from planner.verify import NO_CORRECTIONS, Corrections

Floats = NDArray[np.float64]

#: Work limits, which decide before the clock does, so that results repeat: boxes relaxed, and
#: rounds of rebuilding in a row that may find nothing.
MOST_BOXES, MOST_STALE = 4000, 5
#: Boxes split between two such rounds, more after rounds that found nothing; they end earlier once
#: so many buckets of calls were looked at on the way.
BOXES_PER_ROUND, LOOKS_PER_ROUND = 60, 10_000
#: Fleets of up to so many cells (campaign and dialer) are also improved and proven by methods
#: that look at each pair of dialers and at every column.
SMALL = 400
#: Relaxations need not be solved closer than this share of the gap asked for; larger fleets begin
#: to look for plans sooner.
ROOT_SHARE, FIRST_SHARE = 0.05, 0.3
#: Rounds in a row without a lower bound after which a near one will do on larger fleets.
PATIENCE = 10
#: Steps of a twin between comparisons, at most, where limits tie the dialers of campaigns.
TIED_STEPS = 16_000
#: Fleets of up to so many cells are dived into; in about so many steps.
MOST_DIVED, STEPS = 2500, 25
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
    stages: tuple[Stage, ...] = ()


def optimize(
    problem: Problem,
    options: PlanOptions,
    on_progress: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    corrections: Corrections = NO_CORRECTIONS,
) -> Outcome:
    """Best plan of a problem within the requested gap, or the best found until stopped."""
    model = build_model(problem, options, corrections)
    if model.campaigns == 0 or model.dialers == 0:
        if np.any(model.min_dialers > 0):
            return Outcome(None, None, None, True, False)
        return Outcome(LinePlan(assignments=()), 0.0, 0.0, False, False)
    return _Search(model, options, on_progress, stop).run()


@cache
def compile_search() -> None:
    """Have the kernels compiled, once per installation, so that no time limit counts that."""
    dialer = Dialer(dialer_id="D", ports=2)
    campaign = Campaign(
        campaign_id="C",
        agent_lines=1,
        attempt_seconds=1.0,
        answer_rate=1.0,
        transfer_rate=1.0,
        talk_seconds=1.0,
    )
    optimize(Problem(dialers=(dialer,), campaigns=(campaign,)), PlanOptions(time_limit=1.0))


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
        self._small = model.campaigns * model.dialers <= SMALL
        self._columns: list[Column] | None = None
        self._value = -np.inf
        self._bound = np.inf
        self._closed = -np.inf  # highest bound among boxes put aside within the gap
        self._rounds = 0
        self._enriched = False
        self._open: list[tuple[float, int, Box, Relaxation]] = []
        self._order = itertools.count()

    def run(self) -> Outcome:
        """Search until the gap is proven, nothing is left to try, or a limit is reached."""
        if not self._model.box.is_empty():
            compile_kernels(self._master, self._small)
        self._start = time.monotonic()
        root = self._root()
        if root is None:
            return Outcome(None, None, None, True, False)
        self._bound = min(self._bound, root.bound)
        self._push(self._model.box, root)
        self._update_bound()
        self._offer(rounded_columns(self._model, root.mix), root)
        boxes = stale = 0
        while not self._finished() and boxes < MOST_BOXES:
            if stale < MOST_STALE:
                afresh = self._small and stale > 0
                better = self._improve(self._open[0][3] if afresh else root, afresh)
                stale = 0 if better else stale + 1
                if self._rounds == 1 and not self._small and not self._finished():
                    root = self._tightened(root)
            elif not self._small:
                break
            if self._small:
                boxes += self._prove(1 + 2 * stale)
        return self._outcome()

    def _prove(self, rounds: int) -> int:
        """Split boxes, as many as so many rounds do, while that is quick; how many were split."""
        most = self._master.looks() + LOOKS_PER_ROUND
        for boxes in range(rounds * BOXES_PER_ROUND):
            if self._finished() or self._master.looks() > most:
                return boxes
            self._branch()
        return rounds * BOXES_PER_ROUND

    def _root(self) -> Relaxation | None:
        """Relaxation of the whole problem; on the way a first plan, if one is found quickly."""
        if self._model.box.is_empty():
            return None
        first = first_prices(self._master, self._model.box, self._interrupted)
        if first is None:
            return None
        self._bound = first.bound
        rebuilding = Rebuilding(self._master, first.duals, self._options.seed)
        if rebuilding.start():
            self._take(rebuilding)
        else:
            self._offer(least_columns(self._model), None)
        if self._small:
            return self._relax(first)
        return self._relax(first, PATIENCE, FIRST_SHARE)

    def _relax(
        self, start: Relaxation, patience: int = MOST_ROUNDS, share: float = ROOT_SHARE
    ) -> Relaxation | None:
        """Relaxation of the whole problem, going on from a bound."""
        return relax(
            self._master,
            self._model.box,
            target=self._target(),
            stop=self._interrupted,
            on_bound=lambda bound: self._report("bound", bound),
            start=start,
            precision=self._precision(share),
            patience=patience,
        )

    def _tightened(self, root: Relaxation) -> Relaxation:
        """The root's relaxation to the end: at first plans wait for no more than a near bound."""
        tighter = self._relax(root)
        if tighter is None:
            return root
        self._open = []
        self._push(self._model.box, tighter)
        self._update_bound()
        return tighter

    def _precision(self, share: float = ROOT_SHARE) -> float:
        """How closely relaxations are solved, relatively."""
        return max(share * self._options.gap, 1e-9)

    def _interrupted(self) -> bool:
        return self._stop() or time.monotonic() - self._start > self._options.time_limit

    def _target(self) -> float:
        """Bound at which the requested gap is proven."""
        if self._columns is None:
            return -np.inf
        return self._value + self._options.gap * abs(self._value) * (1 - 1e-9)

    def _enough(self) -> float:
        """Value at which the requested gap is proven."""
        return self._bound - self._options.gap * abs(self._bound) * (1 - 1e-9)

    def _done(self) -> bool:
        return self._columns is not None and (
            relative_gap(self._value, self._bound) <= max(self._options.gap, 1e-9)
        )

    def _outcome(self) -> Outcome:
        if self._columns is None:
            empty = not self._open
            return Outcome(None, None, None if empty else self._bound, empty, not empty)
        early = not self._done() and self._interrupted()
        first = self._value
        bound = max(self._bound, first)
        polished = second_stages(self._model, self._columns, min(self._enough(), first), self._stop)
        dial = np.array([k.dial_lines for k in polished.columns])
        agent = np.array([k.agent_lines for k in polished.columns])
        value = plan_value(self._model, polished.columns)
        stages = (
            Stage(name="value", unit="per hour", before=first, after=value),
            Stage(
                name="all-busy spread",
                unit="share of time",
                before=polished.spread_before,
                after=polished.spread_after,
            ),
            Stage(
                name="lines added",
                unit="lines",
                before=polished.added_before,
                after=polished.added_after,
            ),
        )
        line_plan = to_line_plan(self._model, dial, agent)
        return Outcome(line_plan, value, bound, False, early, stages)

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
        """Improve a plan campaign by campaign, with and without prices; keep it if the best."""
        if not self._small:
            return
        prices: list[Floats | None] = [None]
        if relaxation is not None:
            prices.append(self._master.line_prices(relaxation.duals)[0])
        start = list(columns)
        for line_prices in prices:
            found, holds = refill(self._model, start, line_prices)
            if holds:
                self._keep(found)

    def _keep(self, columns: list[Column]) -> None:
        """Put the columns of a plan that holds the fleet's limits into the pool; it may be best."""
        if not all(k.holds_own_limits for k in columns):
            return
        for column in columns:
            self._master.add(column)
        value = plan_value(self._model, columns)
        if value > self._value:
            self._columns, self._value = columns, value
            self._master.slack = self._precision() * abs(value) / self._model.campaigns
            self._report("plan")

    def _take(self, rebuilding: Rebuilding) -> None:
        """The best plan of a rebuilding, improved further where that is quick."""
        columns = rebuilding.columns()
        self._keep(columns)
        self._offer(columns, None)

    def _finished(self) -> bool:
        return not self._open or self._done() or self._interrupted()

    def _improve(self, relaxation: Relaxation, afresh: bool) -> bool:
        """Look for a better plan by every way that suits the fleet; whether one was found.

        It begins with the best plan, or afresh with the relaxation's mix.
        """
        before = self._value
        self._rounds += 1
        first = self._rounds == 1
        seed = self._options.seed + 2 * self._rounds
        rebuilding = Rebuilding(self._master, relaxation.duals, seed)
        place, few = self._may_place(), is_few(self._model)
        plan = self._begin(rebuilding, relaxation, afresh)
        for pace in self._paces(first) if plan and place else ():
            if plan and not self._finished():
                plan = self._place(plan, pace)
        late = place and not self._small  # fine changes first: they find more on large fleets
        if plan and not late and (self._model.tied or not place) and not self._finished():
            if place:
                rebuilding.start(None, plan)
            plan = self._rebuild(rebuilding, first and not place)
        plan = plan or self._columns or (rebuilding.begun() if first else None)
        if first and few and self._columns is not None:
            return True  # boxes first: the plan is the best already, mostly
        if plan and (not few or self._columns is None) and not self._finished():
            self._anneal(plan)
        again = late and self._model.tied and not self._finished()
        if again and rebuilding.start(None, self._columns):
            self._rebuild(rebuilding, False)
        if self._small and not self._finished():
            self._choose_from_pool(relaxation)
        return self._value > before + SMALLEST_GAIN * abs(before)

    def _begin(
        self, rebuilding: Rebuilding, relaxation: Relaxation, afresh: bool
    ) -> list[Column] | None:
        """The plan that a round begins with, completed by the rebuilding; None where that fails."""
        first, known = self._rounds == 1, self._columns
        dives = first and self._may_dive()
        mix: Iterable[tuple[Column, float]] | None = None
        if dives:
            mix = self._dived(relaxation)
        elif first or afresh or not known:
            mix = relaxation.mix
        if not rebuilding.start(mix, known):
            return None
        self._take(rebuilding)
        return rebuilding.columns() if dives or afresh or not known else self._columns

    def _may_dive(self) -> bool:
        cells = self._model.campaigns * self._model.dialers
        return self._model.tied and SMALL < cells <= MOST_DIVED

    def _dived(self, relaxation: Relaxation) -> list[tuple[Column, float]]:
        """The heaviest columns at the end of a dive."""
        last = dive(
            self._master,
            relaxation,
            steps=STEPS,
            target=self._target,
            stop=self._interrupted,
            precision=self._precision(FIRST_SHARE),
        )
        return [(column, 1.0) for column in rounded_columns(self._model, last.mix)]

    def _rebuild(self, rebuilding: Rebuilding, first: bool) -> list[Column]:
        rebuilding.run(
            first=first,
            enough=self._enough,
            interrupted=self._interrupted,
            on_better=lambda: self._take(rebuilding),
        )
        self._take(rebuilding)
        return rebuilding.columns()

    def _may_place(self) -> bool:
        """Whether agents are moved by steps that share out dial lines exactly."""
        return not is_few(self._model) and self._model.move_cost == 0

    def _paces(self, first: bool) -> tuple[Pace, ...]:
        """How agents are moved in a round, one after the other.

        Being thorough does not pay at first where carriers limit dialers, whose number of lines
        stays. Where limits tie the dialers of campaigns together, it is dear.
        """
        carriers = not all(k.is_ports for k in self._model.capacities)
        if first and (carriers or (self._model.tied and not self._small)):
            return (QUICK,)
        if self._model.tied:
            steps = min(THOROUGH.steps, TIED_STEPS // max(self._model.campaigns, 1))
            return (THOROUGH._replace(steps=steps),)
        return (QUICK, THOROUGH) if first else (THOROUGH,)

    def _place(self, columns: list[Column], pace: Pace) -> list[Column]:
        """Move agents between dialers in a plan that holds every limit."""
        placing = Placing(self._model, self._options.seed + self._rounds)
        placing.run(
            columns,
            pace,
            enough=self._enough,
            interrupted=self._interrupted,
            on_better=lambda: self._keep(placing.columns()),
        )
        return placing.columns()

    def _anneal(self, columns: Sequence[Column] | None) -> None:
        """Make fine changes to a plan, which may break limits, until it is good."""
        if columns is None:
            return
        annealing = Annealing(self._model, self._bound, self._options.seed + self._rounds)
        annealing.run(
            columns,
            enough=self._enough,
            interrupted=self._interrupted,
            on_better=lambda: self._keep(annealing.columns()),
        )

    def _choose_from_pool(self, relaxation: Relaxation) -> None:
        """Integer master over the most promising columns, then refilling."""
        if self._small and not self._enriched:
            self._enriched = True
            enrich(self._master, relaxation)
        hint = {k.campaign: k for k in self._columns or ()}
        left = self._options.time_limit - (time.monotonic() - self._start)
        chosen = choose_columns(
            self._model,
            promising(self._master, relaxation, self._columns or ()),
            hint,
            seed=self._options.seed,
            seconds=left,
            stop=self._stop,
        )
        if chosen is not None:
            self._keep(chosen)
            self._offer(chosen, relaxation)

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
            start = part_at_prices(self._master, box, part, relaxation)
            if start is None:
                continue
            child = relax(
                self._master,
                part,
                target=self._target(),
                stop=self._interrupted,
                start=start,
                precision=self._precision(),
            )
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
        columns = zip(self._master.pool.values(), self._master.inside(box).tolist(), strict=True)
        inside = [k for k, fits in columns if fits and k.holds_own_limits]
        loss = np.full(self._model.campaigns, np.inf)
        campaigns = np.array([k.campaign for k in inside], dtype=np.int64)
        np.minimum.at(loss, campaigns, -reduced_values(self._master, inside, relaxation))
        return loss

    def _offer_point(self, box: Box) -> None:
        columns = [
            make_column(self._model, c, box.n_low[c], box.a_low[c])
            for c in range(self._model.campaigns)
        ]
        self._offer(columns, None)
