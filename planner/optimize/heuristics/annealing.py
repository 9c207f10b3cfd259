"""Simulated annealing of whole plans, move by move.

There are two kinds of moves: agents change dialers, and the dial lines of these are shared out anew
(``agent_moves.py``); or single pairs change (``cell_moves.py``), which may break limits at a
penalty: the fine changes that the others cannot make. The best plan that holds every limit is kept.
Kirkpatrick, Gelatt, Vecchi, Optimization by simulated annealing, Science 220, 1983. Random numbers
come from a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled, inlined, lean
from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.heuristics import agent_moves, cell_moves
from planner.optimize.heuristics.broken_limits import (
    LINE_PENALTY,
    Worth,
    count_short,
    holds,
    own_excess,
    reached,
    smallest_gain,
    start,
    worth_of,
)
from planner.optimize.heuristics.cell_moves import MOST_CELLS
from planner.optimize.heuristics.kernel_tools import copy_lines, draw
from planner.optimize.heuristics.line_allocation import Sharing, new_sharing, share_out
from planner.optimize.heuristics.parallel_annealing import PARALLEL_RUNS, Best, cool_down
from planner.optimize.heuristics.penalised_plan import Cells, change, no_cells, set_cell
from planner.optimize.heuristics.worst_failure import SOFTNESS
from planner.optimize.model.columns import Column
from planner.optimize.model.fleet import NONE, Fleet, fleet_arrays
from planner.optimize.model.model import Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Pace(NamedTuple):
    """How long an annealing takes, and how freely it changes plans."""

    by_agents: bool  # whether agents change dialers, else single pairs
    steps: int  # of a run, before the runs are compared; of agents for each campaign
    chunks: int  # comparisons
    hottest: float  # temperature to begin with, as a share of the plan's value per campaign
    coldest: float  # temperature at the end
    stricter: float = 1.0  # what two failures at once take costs so many times as much meanwhile


#: How agents change dialers: enough on most fleets; where it is not, what is slower and begins
#: hotter mostly is. Steps count for each campaign.
QUICK = Pace(True, 40, 80, 1e-2, 3e-4, 2.0)
THOROUGH = Pace(True, 160, 80, 5e-2, 3e-4, 1.5)
TIED = Pace(True, 320, 80, 1e-1, 3e-3)
#: Steps of single pairs, fewer on small fleets, and comparisons: so many, and more by campaign.
STEPS, STEPS_PER_CELL, CHUNKS, CHUNKS_PER_CAMPAIGN = 80_000, 150, 50, 0.7
#: Their temperatures.
HOTTEST, COLDEST = 1.5e-3, 1e-4


def cell_pace(
    model: Model, warmth: float = 1.0, longer: int = 1, most_chunks: float = np.inf
) -> Pace:
    """How single pairs are changed.

    With more ``warmth`` it begins so many times as hot: it gets further away from where it began,
    and may cool so many times ``longer``. With fewer ``most_chunks`` it ends sooner.
    """
    steps = min(STEPS, longer * STEPS_PER_CELL * model.campaigns * model.dialers)
    chunks = int(min(CHUNKS + CHUNKS_PER_CAMPAIGN * model.campaigns, most_chunks))
    return Pace(False, steps, chunks, warmth * HOTTEST, COLDEST)


class Annealing:
    """Plans annealed side by side; :meth:`columns` is the best of them."""

    def __init__(self, model: Model, pace: Pace, ceiling: float, seed: int) -> None:
        self._model, self._pace, self._ceiling = model, pace, ceiling
        # Charged as they are, two large dialers are often what is left; charged more meanwhile,
        # their campaigns come apart: a third less of the gap is left at 20 x 50.
        weight = min(model.weight * (pace.stricter if model.any_two else 1.0), 1.0)
        fleet = fleet_arrays(model)._replace(weight=weight)
        seeds = range(PARALLEL_RUNS * seed, PARALLEL_RUNS * (seed + 1))
        self._runs = [AnnealingRun(fleet, pace.by_agents, ceiling, own) for own in seeds]
        self._best = Best(model, self._runs)

    @property
    def value(self) -> float:
        """What the best plan that holds every limit is worth [value per hour]."""
        return self._best.value

    def columns(self) -> list[Column]:
        """The best plan as one column per campaign."""
        return self._best.columns()

    def run(
        self,
        columns: Sequence[Column],
        *,
        enough: Callable[[], float],
        interrupted: Callable[[], bool],
        on_better: Callable[[], None],
    ) -> None:
        """Anneal from a plan, which may break limits, until one is worth enough, or to the end.

        Only the plans found that hold every limit count.
        """
        found = self._best.start_from(columns)
        values = found and self._model.aim.is_value
        value = abs(self._best.value if values else self._ceiling)
        campaigns = max(self._model.campaigns, 1)
        cool_down(
            self._runs,
            self._best,
            steps=self._pace.steps * (campaigns if self._pace.by_agents else 1),
            chunks=self._pace.chunks,
            scale=value / campaigns,
            heat=(self._pace.hottest, self._pace.coldest),
            enough=enough,
            interrupted=interrupted,
            on_better=on_better,
        )


class AnnealingRun:
    """A plan that is changed move by move; keeps the best one that holds every limit."""

    def __init__(self, fleet: Fleet, by_agents: bool, ceiling: float, seed: int) -> None:
        self._fleet, self._by_agents = fleet, by_agents
        self._cells = no_cells(fleet, seed)
        self._sharing = new_sharing(fleet, self._cells)
        self._log = _no_log(len(fleet.n_low))
        lines = max(1.0, float(fleet.room.sum()))
        value = max(ceiling, 1e-9)
        self._worth = Worth(LINE_PENALTY * value / lines, value / lines, 1.0 / value)
        self.best_n = self._cells.n.copy()
        self.best_a = self._cells.a.copy()
        self.best = -np.inf

    def start_from(self, dial_lines: Ints, agent_lines: Ints) -> bool:
        """Begin with a plan; it may break limits."""
        value = start(
            self._fleet, self._cells, self._worth, self._log.cells, dial_lines, agent_lines
        )
        self._sharing = new_sharing(self._fleet, self._cells)
        if value > self.best:
            self.best = value
            self.best_n[:] = dial_lines
            self.best_a[:] = agent_lines
        return True

    def run(self, steps: int, heat: float, target: float) -> float:
        """Some steps at a temperature [value], until the target; the best value so far."""
        kept = Kept(np.array([self.best]), self.best_n, self.best_a)
        work = self._fleet, self._cells, self._sharing, self._worth, self._log, kept
        _run(*work, self._by_agents, steps, heat, target)
        self.best = float(kept.value[0])
        return self.best


class Log(NamedTuple):
    """What a move changes, to be taken back where it is not accepted."""

    cells: Ints  # [k, (campaign, dialer, dial lines, agent lines)] before it
    size: Ints  # [1] how many of these there are
    changed: Ints  # [campaign] number of the last move that changed it
    own: Floats  # [campaign] penalty for its broken limits before that


class Kept(NamedTuple):
    """The best plan that holds every limit."""

    value: Floats  # [1] per hour
    n: Ints  # [campaign, dialer]
    a: Ints


def _no_log(campaigns: int) -> Log:
    return Log(
        cells=np.zeros((MOST_CELLS + 2 * (campaigns + 2), 4), np.int64),
        size=np.zeros(1, np.int64),
        changed=np.zeros(campaigns, np.int64),
        own=np.zeros(campaigns),
    )


@lean
def _share(f: Fleet, s: Cells, w: Sharing, log: Log, d: int, e: int) -> bool:
    """Share out the lines of two dialers, or of one twice named; False where there are too few."""
    for k in range(2 if e != d else 1):
        t, skip = (e, NONE) if k > 0 or e == d else (d, e)
        if not share_out(f, s, w, t, skip):
            return False
        begin = end = log.size[0]
        for i in range(s.cells[t]):
            c = s.ids[t, i]
            if w.trial[i] != s.n[c, t]:
                set_cell(log.cells, end, c, t, w.trial[i], s.a[c, t])
                end += 1
        change(f, s, log.cells, begin, end, 1)
        log.size[0] = end
    return True


@inlined
def _move(f: Fleet, s: Cells, w: Sharing, log: Log, by_agents: bool) -> bool:
    """Draw a move and make it; False where it may not be made."""
    d = e = 0
    if by_agents:
        count, d, e = agent_moves.propose(f, s, w, log.cells)
    else:
        count = cell_moves.propose(f, s, log.cells)
    change(f, s, log.cells, 0, count, 1)
    log.size[0] = count
    made = count > 0
    if by_agents and made:
        made = _share(f, s, w, log, d, e)
    return made


@inlined
def _penalise_own(f: Fleet, s: Cells, worth: Worth, log: Log, number: int) -> float:
    """Penalise anew what the campaigns of a move break by themselves; how much more that is."""
    more = 0.0
    for i in range(log.size[0]):
        c = log.cells[i, 0]
        if log.changed[c] != number:
            log.changed[c], log.own[c] = number, s.own[c]
            s.own[c] = own_excess(f, s, c, worth)
            more += s.own[c] - log.own[c]
            count_short(f, s, c)
    return more


@inlined
def _take_back(f: Fleet, s: Cells, log: Log, number: int) -> None:
    change(f, s, log.cells, log.size[0] - 1, -1, -1)
    for i in range(log.size[0]):
        c = log.cells[i, 0]
        if log.changed[c] == number:
            s.own[c] = log.own[c]
            count_short(f, s, c)


@compiled
def _run(
    f: Fleet, s: Cells, w: Sharing, worth: Worth, log: Log, kept: Kept,
    by_agents: bool, steps: int, heat: float, target: float,
) -> None:  # fmt: skip
    log.changed[:] = -1
    _steps(f, s, w, worth, log, kept, by_agents, steps, heat, target)


@lean
def _steps(
    f: Fleet, s: Cells, w: Sharing, worth: Worth, log: Log, kept: Kept,
    by_agents: bool, steps: int, heat: float, target: float,
) -> None:  # fmt: skip
    width = SOFTNESS * heat
    now = worth_of(f, s, width)
    for number in range(steps):
        before = s.excess[0]
        gain = -np.inf
        if _move(f, s, w, log, by_agents):
            new = worth_of(f, s, width)
            broken = _penalise_own(f, s, worth, log, number)
            broken += worth.line * (s.excess[0] - before)
            # Agents move in plans that hold the limits, which are not broken then.
            if not by_agents or broken <= SEARCH_ROUNDING * worth.line:
                gain = new - now - broken
        if gain < 0 and draw(s.random) >= np.exp(gain / heat):
            _take_back(f, s, log, number)
            continue
        now = new
        value = reached(f, s, worth)
        if value - kept.value[0] > smallest_gain(f, value) and holds(f, s):
            kept.value[0] = value
            copy_lines(s.n, kept.n)
            copy_lines(s.a, kept.a)
            if value >= target:
                break
