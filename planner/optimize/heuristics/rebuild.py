"""Rebuilds plans on both cores, guided by the prices of the relaxation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.optimize.heuristics.agent_annealing import Placer
from planner.optimize.heuristics.cell_annealing import Annealer
from planner.optimize.heuristics.construction import Rebuilder
from planner.optimize.heuristics.parallel_annealing import TWINS, Best, cool_down
from planner.optimize.heuristics.plan_state import Guide
from planner.optimize.master.restricted_master import Duals, Master
from planner.optimize.model.columns import Column, make_column
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import Model
from planner.optimize.model.usage import Usage, least_columns, refill
from planner.optimize.pricing.abandonment import LimitedPricer
from planner.optimize.pricing.reduced_cost_fixing import nothing_kept
from planner.optimize.pricing.split_program import Limits, Prices, plain_split
from planner.optimize.pricing.survival.halves import compile_matching
from planner.optimize.pricing.survival.pricer import SurvivingPricer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Steps a twin makes before they are compared, and comparisons: by cell on small fleets, at most
#: so many, and more by campaign.
STEPS, FEWEST_CHUNKS, CHUNKS_PER_CELL, CHUNKS, CHUNKS_PER_CAMPAIGN = 25, 40, 1, 250, 0.3
#: A later round is shorter by this factor; any is where limits tie the dialers of campaigns
#: together, since changes of single cells then find more.
LATER, TIED = 0.5, 0.25
#: Fleets of so few cells, where no limit ties the dialers of campaigns together, are rebuilt by one
#: twin in so few chunks: more finds little more, and splitting boxes proves and mends the rest.
FEW_CELLS, FEW_CHUNKS = 50, 1
#: Temperature falls geometrically between these shares of the plan's value per campaign; with few
#: campaigns, where single ones weigh more, it starts higher: the sum of all at most so many shares.
HOTTEST, COLDEST, FEW_HOTTEST, SUM_HOTTEST = 3e-2, 1e-4, 0.3, 1.5
#: A later round starts colder by this factor.
REHEATED = 0.3
#: How fast the weights of the failures follow what each takes, and how far they may go.
FOLLOW, FURTHEST = 5.0, 4.0
#: A column with at least this share of its campaign in the relaxation is taken as it is.
WHOLE = 0.99
#: Of so many plans begun with a mix the best goes on. They take the chance for each whole column,
#: and how far the order of the other campaigns may be from that of their values, in turn.
STARTS, CHANCES, NOISES = 24, (0.9, 1.0, 0.7), (0.0, 1.0, 10.0)


def guide(master: Master, duals: Duals, failure: Floats | None = None) -> Guide:
    """What lines are worth and charged at the relaxation's prices."""
    model = master.model
    ports = np.array([k.is_ports for k in model.capacities], dtype=np.bool_)
    weights = duals.failure if failure is None else failure
    return Guide(
        call=1.0 - weights @ model.parts,
        port=(duals.capacity * ports) @ model.members,
        line=(duals.capacity * (model.counts_lines & ~ports)) @ model.members,
        attempt=(duals.capacity * ~model.counts_lines) @ model.members,
    )


def is_few(model: Model) -> bool:
    """Whether a fleet is so small that splitting boxes is the quickest way to a proof."""
    return model.campaigns * model.dialers <= FEW_CELLS and not model.tied


class Rebuilding:
    """Plans that are rebuilt side by side; :meth:`columns` is the best of them."""

    def __init__(self, master: Master, duals: Duals, seed: int) -> None:
        self._model = master.model
        self._master = master
        self._duals = duals
        self._seed = seed
        twins = 1 if is_few(self._model) else TWINS
        self._twins = [
            Rebuilder(self._model, guide(master, duals), TWINS * seed + i) for i in range(twins)
        ]
        self._best = Best(self._model, self._twins)

    def start(
        self,
        mix: Iterable[tuple[Column, float]] | None = None,
        columns: Sequence[Column] | None = None,
    ) -> bool:
        """Begin with a relaxation's mix, a plan, or nothing; False where no plan is found."""
        first = self._twins[0]
        begun = mix is not None and self._start_often(first, self._whole(mix))
        if not begun and (mix is None or columns):
            begun = first.start_from(*_arrays(self._model, columns or ()))
        if not begun:
            return False
        for twin in self._twins:
            twin.start_from(first.best_n, first.best_a)
        self._best.update()
        return True

    def _start_often(self, first: Rebuilder, whole: list[Column]) -> bool:
        """Begin with different parts of a plan, the whole of it last; whether any was completed."""
        drawn = np.random.default_rng(self._seed)
        begun = False
        for i in range(STARTS - 1):
            taken = drawn.random(len(whole)) < CHANCES[i % len(CHANCES)]
            columns = [column for column, is_taken in zip(whole, taken, strict=True) if is_taken]
            noise = NOISES[i // len(CHANCES) % len(NOISES)]
            begun |= first.start_from(*_arrays(self._model, columns), noise)
        return first.start_from(*_arrays(self._model, whole)) or begun

    def _whole(self, mix: Iterable[tuple[Column, float]]) -> list[Column]:
        """Columns that have almost all of their campaign, as many as the fleet has room for.

        Parts of almost one may fit where the whole columns do not.
        """
        usage, found = Usage(self._model), []
        for column, share in mix:
            if share > WHOLE and column.holds_own_limits:
                usage.add(column)
                if usage.fits():
                    found.append(column)
                else:
                    usage.add(column, -1.0)
        return found

    def columns(self) -> list[Column]:
        """The best plan as one column per campaign."""
        return self._best.columns()

    def begun(self) -> list[Column]:
        """What was put into a plan that could not be completed, and the least of all others."""
        state, box = self._twins[0].state, self._model.box
        dial = np.maximum(state.n, box.n_low)
        agent = np.maximum(state.a, box.a_low)
        return [
            make_column(self._model, c, dial[c], agent[c]) for c in range(self._model.campaigns)
        ]

    def run(
        self,
        *,
        first: bool,
        enough: Callable[[], float],
        interrupted: Callable[[], bool],
        on_better: Callable[[], None],
    ) -> None:
        """Rebuild at falling temperature until the plan is worth enough or the round is over."""
        by_cell = FEWEST_CHUNKS + CHUNKS_PER_CELL * self._model.campaigns * self._model.dialers
        chunks = min(by_cell, int(CHUNKS + CHUNKS_PER_CAMPAIGN * self._model.campaigns))
        chunks = int(chunks * (1.0 if first else LATER) * (TIED if self._model.tied else 1.0))
        if is_few(self._model):
            chunks = FEW_CHUNKS
        few = min(FEW_HOTTEST, SUM_HOTTEST / max(self._model.campaigns, 1))
        hottest = max(HOTTEST, few) * (1.0 if first else REHEATED)
        scale = abs(self._best.value) / max(self._model.campaigns, 1)
        cool_down(
            self._twins,
            self._best,
            steps=STEPS,
            chunks=chunks,
            scale=scale,
            heat=(hottest, COLDEST),
            enough=enough,
            interrupted=interrupted,
            on_better=on_better,
            after_chunk=self._follow_failures,
        )

    def _follow_failures(self) -> None:
        """Weigh the failures that take most more, so that rebuilding moves calls away from them."""
        weight = self._model.weight * self._model.at_once
        if weight == 0 or len(self._model.parts) < 2:
            return
        for twin in self._twins:
            lost = twin.lost()
            worst = max(float(lost.max()), 1e-12)
            failure = twin.failure * np.exp(FOLLOW * (lost / worst - 1.0))
            least = weight / len(lost) / FURTHEST
            failure = np.maximum(failure, np.where(lost > 0.5 * worst, 1e-3 * least, 0.0))
            failure *= weight / max(float(failure.sum()), 1e-12)
            mixed = 0.8 * failure + 0.2 * self._duals.failure
            twin.guide_by(guide(self._master, self._duals, mixed), mixed)


def _arrays(model: Model, columns: Iterable[Column]) -> tuple[Ints, Ints]:
    dial = np.zeros((model.campaigns, model.dialers), np.int64)
    agent = np.zeros_like(dial)
    for column in columns:
        dial[column.campaign], agent[column.campaign] = column.dial_lines, column.agent_lines
    return dial, agent


_compiled: set[tuple[bool, bool]] = set()


def compile_kernels(master: Master, small: bool) -> None:
    """Have the kernels compiled, once per installation and process, before a clock starts.

    ``small``: whether the fleet is one of those whose plans are refilled.
    """
    model = master.model
    survives = bool(np.any(model.survivable > 0))  # what that takes is a third of all
    if (small, survives) in _compiled:
        return
    _compiled.add((small, survives))
    columns = least_columns(model)
    if small:  # it looks at each pair of dialers: on a large fleet that takes minutes
        refill(model, columns)
    even = master.even_duals(0.0)
    master.compile_kernels()
    limits = master.pricer(0, model.box).limits
    prices = master.prices(0, even)
    plain_split(limits, prices)
    limited = LimitedPricer(limits, 0.0)
    limited.best(prices)
    if small:  # only their boxes are split, and narrowed before
        limited.keep(prices, 0.0, nothing_kept(limits))
    if survives:
        _compile_survival(model, limits, prices)
    Rebuilder(model, guide(master, even), 0).run(0, 1.0, 0.0)
    annealer = Annealer(model, 1.0, 0)
    annealer.start_from(*_arrays(model, columns))
    annealer.run(0, 1.0, 0.0)
    placer = Placer(model, 0, model.weight)
    placer.start_from(*_arrays(model, columns))
    placer.run(0, 1.0, 0.0)


def _compile_survival(model: Model, limits: Limits, prices: Prices) -> None:
    surviving = SurvivingPricer(model, fleet_arrays(model), 0, limits)
    surviving.likely(prices)
    surviving.proven(prices, np.inf)
    surviving.keep(prices, 0.0, nothing_kept(limits))
    compile_matching(limits, prices)
