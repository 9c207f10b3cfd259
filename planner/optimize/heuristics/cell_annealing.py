"""Simulated annealing of whole plans cell by cell: the fine changes that rebuilding cannot make.

Plans on the way may break limits at a price, so that lines can change places between campaigns
whose limits tie their dialers together (survival, abandonment, dial lines); the best plan that
holds every limit is kept. Kirkpatrick, Gelatt, Vecchi, Optimization by simulated annealing,
Science 220, 1983. Random numbers come from a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled, inlined, lean
from planner.optimize.heuristics.kernel_tools import copy_lines, draw
from planner.optimize.heuristics.parallel_annealing import PARALLEL_RUNS, Best, cool_down
from planner.optimize.heuristics.penalised_plan import (
    LINE_PRICE,
    Cells,
    Worth,
    holds,
    no_cells,
    own_excess,
    put,
    start,
    worth_of,
)
from planner.optimize.heuristics.worst_failure import SOFTNESS
from planner.optimize.model.columns import Column
from planner.optimize.model.fleet import Fleet, fleet_arrays
from planner.optimize.model.model import Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Mean of the dial lines that change hands at once.
MEAN_LINES = 4.0
MOST_CELLS = 4
#: Steps a run makes before they are compared, fewer on small fleets, and comparisons: so many,
#: and more by campaign.
STEPS, STEPS_PER_CELL, CHUNKS, CHUNKS_PER_CAMPAIGN = 80_000, 150, 50, 0.7
#: Temperature falls geometrically between these shares of the plan's value per campaign.
HOTTEST, COLDEST = 1.5e-3, 1e-4
#: Where agents are pooled, the share of moves that hand agent lines from campaign to campaign: on
#: the same dialer, to a campaign that is there already, all that the first has; else so many.
HANDED, ON_SAME, TO_KNOWN, ALL_OF_THEM, MEAN_AGENTS = 0.4, 0.6, 0.6, 0.25, 3.0


class CellAnnealing:
    """Plans annealed side by side; :meth:`columns` is the best of them."""

    def __init__(self, model: Model, ceiling: float, seed: int) -> None:
        self._model, self._ceiling = model, ceiling
        seeds = range(PARALLEL_RUNS * seed, PARALLEL_RUNS * (seed + 1))
        self._runs = [CellRun(model, ceiling, own) for own in seeds]
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
        warmth: float = 1.0,
        longer: int = 1,
        most_chunks: float = np.inf,
    ) -> None:
        """Anneal from a plan, which may break limits, until one is worth enough, or to the end.

        Only the plans found that hold every limit count. With more ``warmth`` it begins so many
        times as hot: it gets further away from where it began, and may cool so many times
        ``longer``. With fewer ``most_chunks`` it ends sooner.
        """
        campaigns = self._model.campaigns
        found = self._best.start_from(columns)
        scale = abs(self._best.value if found else self._ceiling) / max(campaigns, 1)
        cool_down(
            self._runs,
            self._best,
            steps=min(STEPS, longer * STEPS_PER_CELL * campaigns * self._model.dialers),
            chunks=int(min(CHUNKS + CHUNKS_PER_CAMPAIGN * campaigns, most_chunks)),
            scale=scale,
            heat=(warmth * HOTTEST, COLDEST),
            enough=enough,
            interrupted=interrupted,
            on_better=on_better,
        )


class CellRun:
    """A plan that is changed cell by cell; keeps the best one that holds every limit."""

    def __init__(self, model: Model, ceiling: float, seed: int) -> None:
        self._fleet = fleet_arrays(model)
        self._cells = no_cells(self._fleet, seed)
        lines = max(1.0, float(self._fleet.room.sum()))
        value = max(ceiling, 1e-9)
        self._worth = Worth(LINE_PRICE * value / lines, value / lines)
        self.best_n = self._cells.n.copy()
        self.best_a = self._cells.a.copy()
        self.best = -np.inf

    def start_from(self, dial_lines: Ints, agent_lines: Ints) -> bool:
        """Begin with a plan; it may break limits."""
        value = start(self._fleet, self._cells, self._worth, dial_lines, agent_lines)
        if value > self.best:
            self.best = value
            self.best_n[:] = dial_lines
            self.best_a[:] = agent_lines
        return True

    def run(self, steps: int, heat: float, target: float) -> float:
        """Some steps at a temperature [value], until the target; the best value so far."""
        self.best = _run(
            self._fleet, self._cells, self._worth, steps, heat, target,
            self.best, self.best_n, self.best_a,
        )  # fmt: skip
        return self.best


@inlined
def _fits(f: Fleet, cells: Ints, i: int) -> bool:
    """Whether a cell (c, d, n, a) lies in its range and is unused, or as the kind wants."""
    c, d, n, a = cells[i, 0], cells[i, 1], cells[i, 2], cells[i, 3]
    if n < f.n_low[c, d] or n > f.n_high[c, d] or a < f.a_low[c, d] or a > f.a_high[c, d]:
        return False
    return bool(a == 0 if n == 0 else n >= a >= f.min_agents[c])


@inlined
def _pick(s: Cells, count: int) -> int:
    return int(draw(s.random) * count)


@inlined
def _set(cells: Ints, i: int, c: int, d: int, n: int, a: int) -> None:
    cells[i, 0] = c
    cells[i, 1] = d
    cells[i, 2] = n
    cells[i, 3] = a


@lean
def _propose(f: Fleet, s: Cells, cells: Ints) -> int:
    """Draw a move as up to four new cells; their number, 0 where it has no use."""
    campaigns, dialers = s.n.shape
    c, d, e = _pick(s, campaigns), _pick(s, dialers), _pick(s, dialers)
    if s.dialers[c] > 0 and draw(s.random) < 0.9:
        d = s.places[c, _pick(s, s.dialers[c])]
    if s.dialers[c] > 1 and draw(s.random) < 0.5:
        e = s.places[c, _pick(s, s.dialers[c])]
    kind = _pick(s, 10)
    step = 1 + int(-MEAN_LINES * np.log(1.0 - draw(s.random)))
    if kind <= 2:
        return _change_cell(f, s, c, d, kind, step, cells)
    o = _pick(s, campaigns)
    if f.pooled and draw(s.random) < HANDED:
        return _hand_over(s, c, o, d, e, cells)
    if kind <= 5:  # dial lines from one campaign to another
        if s.cells[d] > 1:
            o = s.ids[d, _pick(s, s.cells[d])]
        if o == c:
            return 0
        _set(cells, 0, c, d, s.n[c, d] - step, s.a[c, d])
        _set(cells, 1, o, d, s.n[o, d] + step, s.a[o, d])
        return 2
    if e == d or s.n[c, d] == 0:
        return 0
    if s.cells[e] > 0:
        o = s.ids[e, _pick(s, s.cells[e])]
    return _swap(s, c, o, d, e, cells) if kind == 9 else _carry(s, c, o, d, e, kind, step, cells)


@lean
def _change_cell(f: Fleet, s: Cells, c: int, d: int, kind: int, step: int, cells: Ints) -> int:
    """Change one cell: dial lines, open or close, or an agent line."""
    n, a = s.n[c, d], s.a[c, d]
    up = 1 if draw(s.random) < 0.6 else -1
    if kind == 0:
        _set(cells, 0, c, d, n + up * step, a)
    elif kind == 2:
        _set(cells, 0, c, d, n - _pick(s, 2) * up, a + up)
    elif n == 0:
        _set(cells, 0, c, d, max(1, f.min_agents[c]) + step, f.min_agents[c])
    else:
        _set(cells, 0, c, d, 0, 0)
    return 1


@lean
def _hand_over(s: Cells, c: int, o: int, d: int, e: int, cells: Ints) -> int:
    """Agent lines with their dial lines from c on d to another campaign, on d or on e."""
    n, a = s.n[c, d], s.a[c, d]
    if draw(s.random) < ON_SAME:
        e = d
    if s.cells[e] > 0 and draw(s.random) < TO_KNOWN:
        o = s.ids[e, _pick(s, s.cells[e])]
    if o == c or a == 0:
        return 0
    count = a
    if draw(s.random) > ALL_OF_THEM:
        count = min(a, 1 + int(-MEAN_AGENTS * np.log(1.0 - draw(s.random))))
    lines = n * count // a
    _set(cells, 0, c, d, n - lines, a - count)
    _set(cells, 1, o, e, s.n[o, e] + lines, s.a[o, e] + count)
    return 2


@lean
def _swap(s: Cells, c: int, o: int, d: int, e: int, cells: Ints) -> int:
    """One campaign's lines on d and another's on e change places."""
    if o == c:
        return 0
    _set(cells, 0, c, d, 0, 0)
    _set(cells, 1, c, e, s.n[c, e] + s.n[c, d], s.a[c, e] + s.a[c, d])
    _set(cells, 2, o, e, 0, 0)
    _set(cells, 3, o, d, s.n[o, d] + s.n[o, e], s.a[o, d] + s.a[o, e])
    return 4


@lean
def _carry(s: Cells, c: int, o: int, d: int, e: int, kind: int, step: int, cells: Ints) -> int:
    """Lines with or without agent lines from d to e; another campaign may make room."""
    n, a = s.n[c, d], s.a[c, d]
    count = a
    if a > 1 and kind != 8:  # kind 8 carries all of them
        count = max(1, min(a, int(-2.0 * np.log(1.0 - draw(s.random)))))
    lines = n * count // a if a > 0 else min(step, n)
    if kind == 6:
        lines = min(lines, step)
        if draw(s.random) < 0.5:
            count, lines = 0, min(step, n)
    _set(cells, 0, c, d, n - lines, a - count)
    _set(cells, 1, c, e, s.n[c, e] + lines, s.a[c, e] + count)
    if o == c:
        return 2
    back = lines + count
    _set(cells, 2, o, e, s.n[o, e] - back, s.a[o, e])
    _set(cells, 3, o, d, s.n[o, d] + back, s.a[o, d])
    return MOST_CELLS


@lean
def _apply(f: Fleet, s: Cells, cells: Ints, count: int, undo: Ints) -> None:
    """Set the cells, remembering in ``undo`` what they were, last first."""
    for i in range(count):
        c, d = cells[i, 0], cells[i, 1]
        _set(undo, count - 1 - i, c, d, s.n[c, d], s.a[c, d])
        put(f, s, c, d, cells[i, 2], cells[i, 3])


@inlined
def _first(cells: Ints, i: int) -> bool:
    """Whether no cell before the i-th is of the same campaign."""
    first = True
    for j in range(i):
        if cells[j, 0] == cells[i, 0]:
            first = False
    return first


@compiled
def _run(
    f: Fleet, s: Cells, worth: Worth, steps: int, heat: float, target: float,
    best: float, best_n: Ints, best_a: Ints,
) -> float:  # fmt: skip
    cells = np.empty((MOST_CELLS, 4), np.int64)
    undo = np.empty((MOST_CELLS, 4), np.int64)
    own = np.empty(MOST_CELLS)
    return _steps(f, s, worth, steps, heat, target, best, best_n, best_a, cells, undo, own)


@lean
def _steps(
    f: Fleet, s: Cells, worth: Worth, steps: int, heat: float, target: float,
    best: float, best_n: Ints, best_a: Ints, cells: Ints, undo: Ints, own: Floats,
) -> float:  # fmt: skip
    width = SOFTNESS * heat
    now = worth_of(f, s, width)
    for _ in range(steps):
        count = _propose(f, s, cells)
        fits = count > 0
        for i in range(count):
            fits = fits and _fits(f, cells, i)
        if not fits:
            continue
        before = s.excess[0]
        _apply(f, s, cells, count, undo)
        new = worth_of(f, s, width)
        change = new - now - worth.line * (s.excess[0] - before)
        for i in range(count):
            if _first(cells, i):
                own[i] = own_excess(f, s, cells[i, 0], worth)
                change -= own[i] - s.own[cells[i, 0]]
        if change < 0 and draw(s.random) >= np.exp(change / heat):
            _apply(f, s, undo, count, cells)
            continue
        for i in range(count):
            if _first(cells, i):
                s.own[cells[i, 0]] = own[i]
        now = new
        value = worth_of(f, s, 0.0)
        if value > best and holds(f, s):
            best = value
            copy_lines(s.n, best_n)
            copy_lines(s.a, best_a)
            if best >= target:
                break
    return best
