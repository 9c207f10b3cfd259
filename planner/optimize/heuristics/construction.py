"""Ruin and recreate: takes some campaigns out of a plan and puts them back better, again and again.

Large-neighbourhood search (Schrimpf et al., Record breaking optimization results using the ruin
and recreate principle, J. Comput. Phys. 159, 2000), accepted as in simulated annealing. Every plan
on the way holds every limit. Random numbers come from a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.compiled import compiled, lean
from planner.optimize.heuristics.insertion import Scratch, insert, scratch
from planner.optimize.heuristics.kernel_tools import draw
from planner.optimize.heuristics.parallel_annealing import TWINS, Best, cool_down
from planner.optimize.heuristics.plan_state import (
    Guide,
    State,
    empty_state,
    grow,
    mark,
    put,
    restore,
    trim,
)
from planner.optimize.heuristics.worst_failure import objective
from planner.optimize.master.restricted_master import Master
from planner.optimize.model.columns import Column, make_column
from planner.optimize.model.duals import Duals
from planner.optimize.model.fleet import Fleet, fleet_arrays
from planner.optimize.model.model import Model
from planner.optimize.model.usage import Usage

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Most campaigns taken out at once.
MOST_OUT = 8
#: Tries to find a campaign its first place; each looks at other dialers and caps.
TRIES = 20
#: Chance that tries after the first overlook a dialer whose carrier is full.
SHY = 0.7


class Rebuilder:
    """A plan that is taken apart and rebuilt step by step; keeps the best one."""

    def __init__(self, model: Model, guide: Guide, seed: int) -> None:
        self.fleet = fleet_arrays(model)
        self.guide = guide
        parts = len(model.parts)
        self.failure = np.full(parts, model.weight * model.at_once / max(parts, 1))
        self.state = empty_state(self.fleet, seed)
        self._scratch = scratch(self.fleet)
        self.best_n = self.state.n.copy()
        self.best_a = self.state.a.copy()
        self.best = -np.inf

    def start_from(self, dial_lines: Ints, agent_lines: Ints, noise: float = 0.0) -> bool:
        """Begin with the plan given, campaigns without lines put in; False where one has no place.

        The lines given must hold the limits. With ``noise`` a campaign takes its turn as if it
        were worth more, by up to so many times its value.
        """
        _take(self.fleet, self.state, dial_lines, agent_lines)
        if not _complete(self.fleet, self.guide, self.state, self._scratch, noise):
            return False
        value = _worth(self.fleet, self.state)
        if value > self.best:
            self.best = value
            self.best_n[:] = self.state.n
            self.best_a[:] = self.state.a
        return True

    def lost(self) -> Floats:
        """Value of the plan as it is that is lost with each part."""
        taken: Floats = self.fleet.parts @ self.state.value
        return taken

    def guide_by(self, guide: Guide, failure: Floats) -> None:
        """Change what lines are worth."""
        self.guide, self.failure = guide, failure
        self.state.stale[:] = True

    def run(self, steps: int, heat: float, target: float) -> float:
        """Some steps at a temperature [value], until the target; the best value so far."""
        self.best = _run(
            self.fleet, self.guide, self.state, self._scratch, steps, heat, target,
            self.best, self.best_n, self.best_a,
        )  # fmt: skip
        return self.best


@compiled
def _worth(f: Fleet, s: State) -> float:
    """Objective of the plan: (1 - w) * value + w * value surviving, less the cost of moves."""
    return float(objective(f, s.value) - f.move_cost * s.added.sum())


@compiled
def _take(f: Fleet, s: State, n: Ints, a: Ints) -> None:
    for d in range(len(s.cells)):
        while s.cells[d] > 0:
            put(f, s, s.ids[d, 0], d, 0, 0)
    for c in range(n.shape[0]):
        for d in range(n.shape[1]):
            if n[c, d] > 0:
                put(f, s, c, d, n[c, d], a[c, d])
    mark(s)


@compiled
def _complete(f: Fleet, g: Guide, s: State, w: Scratch, noise: float) -> bool:
    """Put in the campaigns without lines, those hard to place and then the most valuable first."""
    campaigns = len(f.value)
    key = np.empty(campaigns)
    for c in range(campaigns):
        locked = f.n_low[c].max() if f.n_low.shape[1] else 0
        worth = f.value[c] * (1.0 + noise * draw(s.random))
        key[c] = -worth - 1e13 * (locked > 0) - 1e12 * (f.survivable[c] > 0)
    for c in np.argsort(key):
        tries = 0
        while s.lines[c] == 0:
            mark(s)
            if insert(f, g, s, w, c, SHY if tries > 0 else 0.0) and trim(f, g, s):
                break
            restore(f, s)
            tries += 1
            if tries == TRIES:
                return False
    for d in range(len(f.room)):
        grow(f, g, s, d)
    mark(s)
    return True


@lean
def _remove(f: Fleet, s: State, c: int) -> None:
    for d in range(s.n.shape[1]):
        if s.n[c, d] > 0:
            put(f, s, c, d, 0, 0)


@lean
def _pick(s: State, out: Ints) -> int:
    """Campaigns to take out: some of two dialers, or any; how many."""
    campaigns, dialers = s.n.shape
    want = min(1 + int(draw(s.random) * MOST_OUT), campaigns)
    count = 0
    if draw(s.random) < 0.75:
        for _ in range(1 + int(draw(s.random) * 3)):
            d = int(draw(s.random) * dialers)
            cells = s.cells[d]
            if cells == 0:
                continue
            shift = int(draw(s.random) * cells)
            share = 0.3 + 0.7 * draw(s.random)
            for i in range(cells):
                c = s.ids[d, (i + shift) % cells]
                if count < want and draw(s.random) < share and not _among(out, count, c):
                    out[count] = c
                    count += 1
    if count == 0:
        for _ in range(want):
            c = int(draw(s.random) * campaigns)
            if not _among(out, count, c):
                out[count] = c
                count += 1
    return count


@lean
def _among(out: Ints, count: int, c: int) -> bool:
    for i in range(count):  # noqa: SIM110 (no generators in compiled code)
        if out[i] == c:
            return True
    return False


@compiled
def _shuffle(f: Fleet, s: State, out: Ints, count: int) -> None:
    """Order of putting back: random, or most agents first."""
    for i in range(count - 1, 0, -1):
        j = int(draw(s.random) * (i + 1))
        out[i], out[j] = out[j], out[i]
    if draw(s.random) < 0.4:
        order = np.argsort(-f.agents[out[:count]])
        out[:count] = out[:count][order]


@compiled
def _step(f: Fleet, g: Guide, s: State, w: Scratch, out: Ints) -> bool:
    """One try: take out, put back, fill; whether the plan holds all limits."""
    count = _pick(s, out)
    for i in range(count):
        _remove(f, s, out[i])
    _shuffle(f, s, out, count)
    for i in range(count):
        if not insert(f, g, s, w, out[i], 0.0):
            return False
    if not trim(f, g, s):
        return False
    for d in range(len(s.touched)):
        if s.touched[d]:
            grow(f, g, s, d)
    return True


@compiled
def _run(
    f: Fleet, g: Guide, s: State, w: Scratch, steps: int, heat: float,
    target: float, best: float, best_n: Ints, best_a: Ints,
) -> float:  # fmt: skip
    out = np.empty(MOST_OUT, np.int64)
    current = _worth(f, s)
    for _ in range(steps):
        if best >= target:
            break
        mark(s)
        if not _step(f, g, s, w, out):
            restore(f, s)
            continue
        new = _worth(f, s)
        if new < current + heat * np.log(max(draw(s.random), 1e-300)):
            restore(f, s)
            continue
        current = new
        if current > best:
            best = current
            best_n[:] = s.n
            best_a[:] = s.a
    return best


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
