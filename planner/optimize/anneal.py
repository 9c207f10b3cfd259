"""Simulated annealing of whole plans cell by cell: the fine changes that rebuilding cannot make.

Plans on the way may break limits at a price, so that lines can change places between campaigns
whose limits tie their dialers together (survival, abandonment, dial lines); the best plan that
holds every limit is kept. Kirkpatrick, Gelatt, Vecchi, Optimization by simulated annealing,
Science 220, 1983. Random numbers come from a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import compiled, inlined
from planner.optimize.columns import Column
from planner.optimize.fleet import NO_CAPACITY, ROUNDING, Fleet, entry, fleet_arrays
from planner.optimize.lists import forget
from planner.optimize.model import ABANDONED, ANSWERED, ATTEMPTS, HANDLED, Model
from planner.optimize.randomness import RandomState, draw, random_state
from planner.optimize.twins import TWINS, Best, cool_down

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: A dialer too few is priced like so many lines.
LINES_PER_DIALER = 30.0
#: A line over a capacity costs so many times what a line earns on average; a call over a limit of
#: its campaign so many times its value; the whole of a limit on calls per second so many lines.
LINE_PRICE, CALL_PRICE, ABANDONED_PRICE, LINES_PER_ATTEMPTS = 4.0, 3.0, 10.0, 50.0
#: Mean of the dial lines that change hands at once.
MEAN_LINES = 4.0
MOST_CELLS = 4
#: Steps a twin makes before they are compared, fewer on small fleets, and comparisons: so many,
#: and more by campaign.
STEPS, STEPS_PER_CELL, CHUNKS, CHUNKS_PER_CAMPAIGN = 10_000, 150, 50, 0.7
#: Temperature falls geometrically between these shares of the plan's value per campaign.
HOTTEST, COLDEST = 1.5e-3, 1e-4


class Cells(NamedTuple):
    """A plan and everything that sums over it."""

    n: Ints  # [campaign, dialer]
    a: Ints
    ids: Ints  # [dialer, place] campaigns with lines there
    cells: Ints  # [dialer]
    places: Ints  # [campaign, place] dialers with its lines
    dialers: Ints  # [campaign]
    handled: Floats  # [campaign]
    figures: Floats  # [campaign, (abandoned, live answered)]
    by_failure: Floats  # [campaign, failure] handled calls that go down with it
    counts: Ints  # [campaign, (dial lines, agent lines)]
    free: Ints  # [dialer] ports
    used: Floats  # [capacity]
    lost: Floats  # [failure] value that goes down with it
    excess: Floats  # [2] lines over the capacities; value of all calls
    added: Ints  # [1] lines added against the current ones
    own: Floats  # [campaign] price of its broken limits
    failures_of: Ints  # [dialer, k] failures it goes down with, NO_CAPACITY where fewer
    random: RandomState  # [1]


class Worth(NamedTuple):
    """What broken limits are priced by."""

    line: float
    call: float


class Annealing:
    """Plans annealed side by side; :meth:`columns` is the best of them."""

    def __init__(self, model: Model, ceiling: float, seed: int) -> None:
        self._model, self._ceiling = model, ceiling
        self._twins = [Annealer(model, ceiling, TWINS * seed + i) for i in range(TWINS)]
        self._best = Best(model, self._twins)

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
        campaigns = self._model.campaigns
        found = self._best.start_from(columns)
        scale = abs(self._best.value if found else self._ceiling) / max(campaigns, 1)
        cool_down(
            self._twins,
            self._best,
            steps=min(STEPS, STEPS_PER_CELL * campaigns * self._model.dialers),
            chunks=int(CHUNKS + CHUNKS_PER_CAMPAIGN * campaigns),
            scale=scale,
            heat=(HOTTEST, COLDEST),
            enough=enough,
            interrupted=interrupted,
            on_better=on_better,
        )


class Annealer:
    """A plan that is changed cell by cell; keeps the best one that holds every limit."""

    def __init__(self, model: Model, ceiling: float, seed: int) -> None:
        self._fleet = fleet_arrays(model)
        self._cells = _no_cells(self._fleet, seed)
        lines = max(1.0, float(self._fleet.room.sum()))
        value = max(ceiling, 1e-9)
        self._worth = Worth(LINE_PRICE * value / lines, value / lines)
        self.best_n = self._cells.n.copy()
        self.best_a = self._cells.a.copy()
        self.best = -np.inf

    def start_from(self, dial_lines: Ints, agent_lines: Ints) -> bool:
        """Begin with a plan; it may break limits."""
        value = _start(self._fleet, self._cells, self._worth, dial_lines, agent_lines)
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


def _no_cells(f: Fleet, seed: int) -> Cells:
    campaigns, dialers = f.n_low.shape
    failures = [np.flatnonzero(f.lost[:, d]) for d in range(dialers)]
    most = max((len(k) for k in failures), default=0)
    failures_of = np.full((dialers, max(most, 1)), NO_CAPACITY, np.int64)
    for d, mine in enumerate(failures):
        failures_of[d, : len(mine)] = mine
    return Cells(
        n=np.zeros((campaigns, dialers), np.int64),
        a=np.zeros((campaigns, dialers), np.int64),
        ids=np.zeros((dialers, campaigns), np.int64),
        cells=np.zeros(dialers, np.int64),
        places=np.zeros((campaigns, dialers), np.int64),
        dialers=np.zeros(campaigns, np.int64),
        handled=np.zeros(campaigns),
        figures=np.zeros((campaigns, 2)),
        by_failure=np.zeros((campaigns, len(f.lost))),
        counts=np.zeros((campaigns, 2), np.int64),
        free=f.room.copy(),
        used=np.zeros(len(f.limit)),
        lost=np.zeros(len(f.lost)),
        excess=np.zeros(2),
        added=np.zeros(1, np.int64),
        own=np.zeros(campaigns),
        failures_of=failures_of,
        random=random_state(seed),
    )


@inlined
def _over(f: Fleet, k: int, used: float) -> float:
    """What a capacity is exceeded by [lines; of calls per second so many for the whole]."""
    over = used - f.limit[k]
    if over <= ROUNDING * (1.0 + f.limit[k]):
        return 0.0
    return float(over if f.counts_lines[k] else LINES_PER_ATTEMPTS * over / (1.0 + f.limit[k]))


@compiled
def _put(f: Fleet, s: Cells, c: int, d: int, n: int, a: int) -> None:
    """Set one cell and everything that sums over it."""
    old_n, old_a = s.n[c, d], s.a[c, d]
    calls = entry(f, HANDLED, c, a, n) - entry(f, HANDLED, c, old_a, old_n)
    attempts = entry(f, ATTEMPTS, c, a, n) - entry(f, ATTEMPTS, c, old_a, old_n)
    ports = n - old_n + f.agent_cost[d] * (a - old_a)
    s.handled[c] += calls
    s.excess[1] += f.value[c] * calls
    for j in range(s.failures_of.shape[1]):
        k = s.failures_of[d, j]
        if k == NO_CAPACITY:
            break
        s.by_failure[c, k] += calls
        s.lost[k] += f.value[c] * calls
    s.figures[c, 0] += entry(f, ABANDONED, c, a, n) - entry(f, ABANDONED, c, old_a, old_n)
    s.figures[c, 1] += entry(f, ANSWERED, c, a, n) - entry(f, ANSWERED, c, old_a, old_n)
    s.counts[c, 0] += n - old_n
    s.counts[c, 1] += a - old_a
    s.excess[0] += max(0, ports - s.free[d]) - max(0, -s.free[d])
    s.free[d] -= ports
    s.added[0] += max(0, n - f.now_n[c, d]) - max(0, old_n - f.now_n[c, d])
    s.added[0] += max(0, a - f.now_a[c, d]) - max(0, old_a - f.now_a[c, d])
    for j in range(f.capacities_of.shape[1]):
        k = f.capacities_of[d, j]
        if k == NO_CAPACITY:
            break
        more = ports if f.counts_lines[k] else attempts
        s.excess[0] += _over(f, k, s.used[k] + more) - _over(f, k, s.used[k])
        s.used[k] += more
    if old_n == 0 and n > 0:
        s.ids[d, s.cells[d]] = c
        s.cells[d] += 1
        s.places[c, s.dialers[c]] = d
        s.dialers[c] += 1
    elif old_n > 0 and n == 0:
        forget(s.ids[d], s.cells[d], c)
        s.cells[d] -= 1
        forget(s.places[c], s.dialers[c], d)
        s.dialers[c] -= 1
    s.n[c, d] = n
    s.a[c, d] = a


@compiled
def _own_excess(f: Fleet, s: Cells, c: int, worth: Worth) -> float:
    """Price of what a campaign exceeds its own limits by [value per hour]."""
    call = max(f.value[c], worth.call)
    lines, agents = s.counts[c]
    line = worth.line + call * s.handled[c] / (1.0 + lines)
    many, missing = agents - f.agents[c], f.min_used[c] - s.dialers[c]
    excess: float = CALL_PRICE * line * (max(0, lines - f.max_lines[c]) + 3 * max(0, many))
    excess += LINES_PER_DIALER * worth.line * max(0, missing)
    limit = f.abandon_limit[c]
    over = s.figures[c, 0] - limit * s.figures[c, 1] if limit < np.inf else 0.0
    if over > ROUNDING * (1.0 + s.figures[c, 1]):
        excess += ABANDONED_PRICE * call * over
    if f.survivable[c] > 0:
        most = (1.0 - f.survivable[c]) * s.handled[c]
        for k in range(len(f.lost)):
            over = s.by_failure[c, k] - most
            if over > ROUNDING * (1.0 + s.handled[c]):
                excess += CALL_PRICE * call * over
    return excess


@inlined
def _objective(f: Fleet, s: Cells) -> float:
    """(1 - w) * value + w * value surviving, less the cost of moves."""
    total: float = s.excess[1]
    if f.weight > 0:
        total -= f.weight * s.lost.max()
    total -= f.move_cost * s.added[0]
    return total


@compiled
def _holds(f: Fleet, s: Cells) -> bool:
    """Whether the plan holds every limit, looked at anew."""
    if s.free.min() < 0 or s.own.max() > 0:
        return False
    for k in range(len(f.limit)):  # noqa: SIM110 (no generators in compiled code)
        if _over(f, k, s.used[k]) > 0:
            return False
    return True


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


@compiled
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


@compiled
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


@compiled
def _swap(s: Cells, c: int, o: int, d: int, e: int, cells: Ints) -> int:
    """One campaign's lines on d and another's on e change places."""
    if o == c:
        return 0
    _set(cells, 0, c, d, 0, 0)
    _set(cells, 1, c, e, s.n[c, e] + s.n[c, d], s.a[c, e] + s.a[c, d])
    _set(cells, 2, o, e, 0, 0)
    _set(cells, 3, o, d, s.n[o, d] + s.n[o, e], s.a[o, d] + s.a[o, e])
    return 4


@compiled
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


@compiled
def _apply(f: Fleet, s: Cells, cells: Ints, count: int, undo: Ints) -> None:
    """Set the cells, remembering in ``undo`` what they were, last first."""
    for i in range(count):
        c, d = cells[i, 0], cells[i, 1]
        _set(undo, count - 1 - i, c, d, s.n[c, d], s.a[c, d])
        _put(f, s, c, d, cells[i, 2], cells[i, 3])


@inlined
def _first(cells: Ints, i: int) -> bool:
    """Whether no cell before the i-th is of the same campaign."""
    first = True
    for j in range(i):
        if cells[j, 0] == cells[i, 0]:
            first = False
    return first


@compiled
def _start(f: Fleet, s: Cells, worth: Worth, n: Ints, a: Ints) -> float:
    """Take a plan; its value, or none where it breaks limits."""
    for c in range(n.shape[0]):
        for d in range(n.shape[1]):
            if s.n[c, d] != n[c, d] or s.a[c, d] != a[c, d]:
                _put(f, s, c, d, n[c, d], a[c, d])
    for c in range(n.shape[0]):
        s.own[c] = _own_excess(f, s, c, worth)
    return float(_objective(f, s)) if _holds(f, s) else -np.inf


@compiled
def _run(
    f: Fleet, s: Cells, worth: Worth, steps: int, heat: float, target: float,
    best: float, best_n: Ints, best_a: Ints,
) -> float:  # fmt: skip
    cells = np.empty((MOST_CELLS, 4), np.int64)
    undo = np.empty((MOST_CELLS, 4), np.int64)
    own = np.empty(MOST_CELLS)
    objective = _objective(f, s)
    for _ in range(steps):
        count = _propose(f, s, cells)
        fits = count > 0
        for i in range(count):
            fits = fits and _fits(f, cells, i)
        if not fits:
            continue
        before = s.excess[0]
        _apply(f, s, cells, count, undo)
        new = _objective(f, s)
        change = new - objective - worth.line * (s.excess[0] - before)
        for i in range(count):
            if _first(cells, i):
                own[i] = _own_excess(f, s, cells[i, 0], worth)
                change -= own[i] - s.own[cells[i, 0]]
        if change < 0 and draw(s.random) >= np.exp(change / heat):
            _apply(f, s, undo, count, cells)
            continue
        for i in range(count):
            if _first(cells, i):
                s.own[cells[i, 0]] = own[i]
        objective = new
        if objective > best and _holds(f, s):
            best = objective
            best_n[:] = s.n
            best_a[:] = s.a
            if best >= target:
                break
    return best
