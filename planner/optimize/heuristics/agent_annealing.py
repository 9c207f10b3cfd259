"""Simulated annealing of where agents sit; the dial lines of a dialer then follow by themselves.

A step moves agents between two dialers, shares out the ports of both anew
(``line_allocation.py``), and looks at the exact value. Campaigns that must survive a failure move
with all lines they have on a dialer, to where they survive as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled, inlined, lean
from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.heuristics.kernel_tools import copy_lines, draw
from planner.optimize.heuristics.line_allocation import (
    AgentState,
    count_used,
    fill,
    new_agent_state,
    seat,
    start,
    within,
    worth_of,
)
from planner.optimize.heuristics.parallel_annealing import PARALLEL_RUNS, Best, cool_down
from planner.optimize.heuristics.worst_failure import SOFTNESS, lose
from planner.optimize.model.columns import Column
from planner.optimize.model.fleet import Fleet, entry, fleet_arrays
from planner.optimize.model.model import Model
from planner.optimize.model.tables import HANDLED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Schedule(NamedTuple):
    """How long agents are moved, and how freely at first."""

    steps: int  # of a run for each campaign, before the runs are compared
    hottest: float  # temperature to begin with, as a share of the plan's value per campaign
    stricter: float  # what two failures at once take costs so many times as much meanwhile


#: Enough on most fleets; where it is not, what is slower and begins hotter mostly is.
QUICK, THOROUGH = Schedule(40, 1e-2, 2.0), Schedule(160, 5e-2, 1.5)
#: Comparisons of the runs, and the last temperature.
CHUNKS, COLDEST = 80, 3e-4
#: Cells that a step changes beside the dial lines of two dialers.
MOST_MOVED = 4


class AgentAnnealing:
    """Plans whose agents are moved side by side; :meth:`columns` is the best of them."""

    def __init__(self, model: Model, seed: int, stricter: float = 1.0) -> None:
        self._model = model
        # Charged as they are, two large dialers are often what is left; charged more meanwhile,
        # their campaigns come apart: a third less of the gap is left at 20 x 50.
        weight = min(model.weight * (stricter if model.any_two else 1.0), 1.0)
        seeds = range(PARALLEL_RUNS * seed, PARALLEL_RUNS * (seed + 1))
        self._runs = [AgentRun(model, own, weight) for own in seeds]
        self._best = Best(model, self._runs)

    def columns(self) -> list[Column]:
        """The best plan as one column per campaign."""
        return self._best.columns()

    def run(
        self,
        columns: Sequence[Column],
        pace: Schedule,
        *,
        enough: Callable[[], float],
        interrupted: Callable[[], bool],
        on_better: Callable[[], None],
    ) -> None:
        """Anneal from a plan that holds every limit until one is worth enough, or to the end."""
        self._best.start_from(columns)
        campaigns = max(self._model.campaigns, 1)
        cool_down(
            self._runs,
            self._best,
            steps=pace.steps * campaigns,
            chunks=CHUNKS,
            scale=abs(self._best.value) / campaigns,
            heat=(pace.hottest, COLDEST),
            enough=enough,
            interrupted=interrupted,
            on_better=on_better,
        )


class AgentRun:
    """A plan whose agents are moved; keeps the best one that holds every limit."""

    def __init__(self, model: Model, seed: int, weight: float) -> None:
        self._fleet = fleet_arrays(model)._replace(weight=weight)
        self._seats = new_agent_state(self._fleet, seed)
        self.best_n = self._seats.n.copy()
        self.best_a = self._seats.a.copy()
        self.best = -np.inf

    def start_from(self, dial_lines: Ints, agent_lines: Ints) -> bool:
        """Begin with a plan that holds every limit."""
        f = self._fleet
        fixed = f.frozen[:, None] | (f.n_low > 0)
        blocks = (f.survivable > 0)[:, None] & (f.n_low == 0)
        movable = np.flatnonzero(((dial_lines > 0) & (~fixed | blocks)).any(axis=1))
        self._seats = self._seats._replace(fixed=fixed, movable=movable)
        value = start(self._fleet, self._seats, dial_lines, agent_lines)
        if value > self.best:
            self.best = value
            self.best_n[:] = dial_lines
            self.best_a[:] = agent_lines
        return True

    def run(self, steps: int, heat: float, target: float) -> float:
        """Some steps at a temperature [value], until the target; the best value so far."""
        self.best = _run(
            self._fleet, self._seats, steps, heat, target, self.best, self.best_n, self.best_a
        )
        return self.best


@inlined
def _pick(s: AgentState, count: int) -> int:
    return int(draw(s.random) * count)


@lean
def _may_sit(f: Fleet, s: AgentState, c: int, d: int, a: int) -> bool:
    """Whether a campaign may have so many agents on a dialer."""
    if s.fixed[c, d] or a > f.a_high[c, d] or f.n_high[c, d] < max(a, 1):
        return False
    return bool(a >= f.min_agents[c])


@lean
def _propose(f: Fleet, s: AgentState, moves: Ints) -> tuple[int, int, int]:
    """Draw a step: how many cells are in ``moves``, and the two dialers.

    A cell is (campaign, dialer, agent lines, whether it is there, dial lines to begin with).
    """
    c = s.movable[_pick(s, len(s.movable))]
    if s.dialers[c] == 0:
        return 0, 0, 0
    d, e = s.places[c, _pick(s, s.dialers[c])], _pick(s, len(s.cells))
    if s.dialers[c] > 1 and draw(s.random) < 0.3:
        e = s.places[c, _pick(s, s.dialers[c])]
    if s.fixed[c, d]:
        return (_move_block(f, s, c, d, e, moves) if e != d else 0), d, e
    if f.min_agents[c] > 0 and draw(s.random) < 0.2:
        return _change_agents(f, s, c, d, moves), d, d
    return (_move_agents(f, s, c, d, e, moves) if e != d else 0), d, e


@lean
def _move_agents(f: Fleet, s: AgentState, c: int, d: int, e: int, moves: Ints) -> int:
    """Cells after agents of a campaign go from d to e, and maybe some of another's come back."""
    part = s.a[c, d]
    if part > 1 and draw(s.random) < 0.4:
        part = max(1, min(part, int(-3.0 * np.log(1.0 - draw(s.random)))))
    count = _carry(f, s, c, d, e, part, moves, 0)
    if count == 0 or s.cells[e] == 0 or draw(s.random) < 0.3:
        return count
    return _move_back(f, s, c, part, d, e, moves)


@lean
def _move_block(f: Fleet, s: AgentState, c: int, d: int, e: int, moves: Ints) -> int:
    """Cells after all lines of a campaign go from d to e, and maybe some of another's come back."""
    count = _carry_block(f, s, c, d, e, moves, 0)
    if count == 0 or s.cells[e] == 0 or draw(s.random) < 0.3:
        return count
    return _move_back(f, s, c, s.a[c, d], d, e, moves)


@lean
def _move_back(f: Fleet, s: AgentState, c: int, part: int, d: int, e: int, moves: Ints) -> int:
    """Cells after about as many agents of another campaign come back from e to d."""
    o = s.ids[e, _pick(s, s.cells[e])]
    if o == c:
        return 0
    if s.fixed[o, e]:
        more = _carry_block(f, s, o, e, d, moves, 2)
    else:
        back = s.a[o, e]
        if back > 1 and draw(s.random) < 0.5:
            back = max(1, min(back, part + int(5.0 * draw(s.random)) - 2))
        more = _carry(f, s, o, e, d, back, moves, 2)
    return 2 + more if more > 0 else 0


@lean
def _carry_block(f: Fleet, s: AgentState, c: int, d: int, e: int, moves: Ints, at: int) -> int:
    """Cells after all lines of a campaign go from d to e; how many, 0 where they may not.

    Its calls stay what they are, so that it only must still survive each failure.
    """
    n, a = s.n[c, d], s.a[c, d]
    may = f.survivable[c] > 0 and f.n_low[c, d] == 0 and s.n[c, e] == 0
    if not may or n > f.n_high[c, e] or a > f.a_high[c, e]:
        return 0
    if not _survives(f, s, c, d, e):
        return 0
    _set(moves, at, c, d, 0, 0, 0)
    _set(moves, at + 1, c, e, a, 1, n)
    return 2


@lean
def _survives(f: Fleet, s: AgentState, c: int, d: int, e: int) -> bool:
    """Whether a campaign survives each failure with its lines on d on e instead."""
    total = 0.0
    for i in range(s.dialers[c]):
        t = s.places[c, i]
        total += entry(f, HANDLED, c, s.a[c, t], s.n[c, t])
    most = (1.0 - f.survivable[c]) * total + SEARCH_ROUNDING * (1.0 + total)
    for g in range(len(f.lost)):
        if not f.lost[g, e] or f.lost[g, d]:
            continue
        lost = 0.0
        for i in range(s.dialers[c]):
            t = s.places[c, i]
            if f.lost[g, e if t == d else t]:
                lost += entry(f, HANDLED, c, s.a[c, t], s.n[c, t])
        if lost > most:
            return False
    return True


@lean
def _change_agents(f: Fleet, s: AgentState, c: int, d: int, moves: Ints) -> int:
    """Cells after a campaign has a few agents more or less, and another maybe the reverse."""
    change = 1 + int(-1.5 * np.log(1.0 - draw(s.random)))
    if draw(s.random) < 0.4:
        change = -change
    change = min(change, f.agents[c] - s.agents[c])
    if change == 0 or not _may_sit(f, s, c, d, s.a[c, d] + change):
        return 0
    _set(moves, 0, c, d, s.a[c, d] + change, 1, s.n[c, d])
    o = s.ids[d, _pick(s, s.cells[d])]
    if o == c or f.min_agents[o] == 0 or draw(s.random) < 0.4:
        return 1
    if s.agents[o] - change > f.agents[o] or not _may_sit(f, s, o, d, s.a[o, d] - change):
        return 0
    _set(moves, 1, o, d, s.a[o, d] - change, 1, s.n[o, d])
    return 2


@lean
def _carry(f: Fleet, s: AgentState, c: int, d: int, e: int, part: int, moves: Ints, at: int) -> int:
    """Cells after agents of a campaign go from d to e; how many, 0 where they may not."""
    left = s.a[c, d] - part
    there = s.n[c, e] > 0
    stays = left > 0
    if not _may_sit(f, s, c, e, s.a[c, e] + part) or (stays and left < f.min_agents[c]):
        return 0
    if not stays and there and s.dialers[c] - 1 < f.min_used[c]:
        return 0
    _set(moves, at, c, d, left, 1 if stays else 0, s.n[c, d] if stays else 0)
    _set(moves, at + 1, c, e, s.a[c, e] + part, 1, s.n[c, e])
    return 2


@inlined
def _set(moves: Ints, i: int, c: int, d: int, a: int, here: int, n: int) -> None:
    moves[i, 0] = c
    moves[i, 1] = d
    moves[i, 2] = a
    moves[i, 3] = here
    moves[i, 4] = n


@lean
def _step(
    f: Fleet, s: AgentState, count: int, d: int, e: int, moves: Ints, undo: Ints, old: Ints
) -> bool:
    """Make a step and share out the lines of both dialers; whether all limits hold.

    ``undo`` and ``old`` remember the agents and dial lines before.
    """
    count_used(f, s, d, -1.0)
    _remember(s, d, old[:, 0])
    if e != d:
        count_used(f, s, e, -1.0)
        _remember(s, e, old[:, 1])
    for i in range(count):
        c, t = moves[i, 0], moves[i, 1]
        _set(undo, i, c, t, s.a[c, t], 1 if s.n[c, t] > 0 else 0, s.n[c, t])
        old[c, 0 if t == d else 1] = s.n[c, t]
        seat(s, c, t, moves[i, 2], moves[i, 3] == 1)
        s.lines[c] += moves[i, 4] - s.n[c, t]
        s.n[c, t] = moves[i, 4]
    holds = fill(f, s, d, e if e != d else -1)
    if e != d:
        holds = holds and fill(f, s, e, -1)
        count_used(f, s, e, 1.0)
    count_used(f, s, d, 1.0)
    return holds and within(f, s, d) and within(f, s, e)


@lean
def _remember(s: AgentState, d: int, old: Ints) -> None:
    for i in range(s.cells[d]):
        old[s.ids[d, i]] = s.n[s.ids[d, i], d]


@lean
def _put_back(s: AgentState, d: int, old: Ints) -> None:
    for i in range(s.cells[d]):
        c = s.ids[d, i]
        s.lines[c] += old[c] - s.n[c, d]
        s.n[c, d] = old[c]


@lean
def _undo(f: Fleet, s: AgentState, count: int, d: int, e: int, undo: Ints, old: Ints) -> None:
    """Take a step back."""
    count_used(f, s, d, -1.0)
    _put_back(s, d, old[:, 0])
    if e != d:
        count_used(f, s, e, -1.0)
        _put_back(s, e, old[:, 1])
    for i in range(count):
        c, t = undo[i, 0], undo[i, 1]
        seat(s, c, t, undo[i, 2], undo[i, 3] == 1)
        before = old[c, 0 if t == d else 1]
        s.lines[c] += before - s.n[c, t]
        s.n[c, t] = before
    count_used(f, s, d, 1.0)
    if e != d:
        count_used(f, s, e, 1.0)


@inlined
def _lose_more(f: Fleet, s: AgentState, d: int, e: int, on_d: float, on_e: float) -> None:
    lose(f, s.lost, d, on_d)
    if e != d:
        lose(f, s.lost, e, on_e)


@compiled
def _run(
    f: Fleet, s: AgentState, steps: int, heat: float, target: float,
    best: float, best_n: Ints, best_a: Ints,
) -> float:  # fmt: skip
    moves = np.empty((MOST_MOVED, 5), np.int64)
    undo = np.empty((MOST_MOVED, 5), np.int64)
    old = np.empty((len(s.lines), 2), np.int64)
    return _steps(f, s, steps, heat, target, best, best_n, best_a, moves, undo, old)


@lean
def _steps(
    f: Fleet, s: AgentState, steps: int, heat: float, target: float,
    best: float, best_n: Ints, best_a: Ints, moves: Ints, undo: Ints, old: Ints,
) -> float:  # fmt: skip
    width = SOFTNESS * heat
    now = worth_of(f, s, width)
    for _ in range(steps if len(s.movable) > 0 else 0):
        count, d, e = _propose(f, s, moves)
        if count == 0:
            continue
        value_d, value_e = s.value[d], s.value[e]
        holds = _step(f, s, count, d, e, moves, undo, old)
        _lose_more(f, s, d, e, s.value[d] - value_d, s.value[e] - value_e)
        new = worth_of(f, s, width)
        if not holds or (new < now and draw(s.random) >= np.exp((new - now) / heat)):
            _lose_more(f, s, d, e, value_d - s.value[d], value_e - s.value[e])
            _undo(f, s, count, d, e, undo, old)
            s.value[d], s.value[e] = value_d, value_e
            continue
        now = new
        value = worth_of(f, s, 0.0)
        if value > best + SEARCH_ROUNDING * abs(best):
            best = value
            copy_lines(s.n, best_n)
            copy_lines(s.a, best_a)
            if best >= target:
                break
    return best
