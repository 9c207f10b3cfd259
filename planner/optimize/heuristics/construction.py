"""Ruin and recreate: takes some campaigns out of a plan and puts them back better, again and again.

Large-neighbourhood search (Schrimpf et al., Record breaking optimization results using the ruin
and recreate principle, J. Comput. Phys. 159, 2000), accepted as in simulated annealing. Every plan
on the way holds every limit. Random numbers come from a seed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.compiled import compiled, lean
from planner.optimize.heuristics.insertion import Scratch, insert, scratch
from planner.optimize.heuristics.kernel_tools import draw
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
from planner.optimize.model.fleet import Fleet, fleet_arrays, objective
from planner.optimize.model.model import Model

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
