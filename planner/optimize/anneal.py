"""Simulated annealing over whole plans, compiled: finds what one campaign at a time cannot.

States may break limits at a price, so that blocks of lines can change places between campaigns;
the best state that holds every limit is kept. Random numbers come from a seed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import compiled
from planner.optimize.model import Model
from planner.optimize.refill import ROUNDING

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOVES_PER_CELL = 12_000
MOST_MOVES = 3_000_000
#: Temperature falls geometrically between these shares of the plan's value.
HOTTEST, COLDEST = 3e-3, 1e-6
#: Start around a plan that is already good.
WARM = 3e-4
#: A dialer too few is priced like so many lines.
LINES_PER_DIALER = 30.0


class Fleet(NamedTuple):
    """The model as flat arrays for compiled code; tables are laid one behind the other."""

    tables: Floats  # [4, entries]
    offset: Ints  # [campaign] first entry of its table
    width: Ints  # [campaign] entries per agent count
    members: Floats  # [capacity, dialer]
    counts_lines: NDArray[np.bool_]
    limit: Floats  # [capacity]
    agent_cost: Ints
    domain: Ints
    domains: int
    value: Floats
    agents: Ints
    max_lines: Ints
    min_used: Ints
    min_agents: Ints
    survivable: Floats
    abandon_limit: Floats
    n_low: Ints
    n_high: Ints
    a_low: Ints
    a_high: Ints
    weight: float


def fleet_arrays(model: Model) -> Fleet:
    """The model for compiled code."""
    flat = [table.reshape(4, -1) for table in model.tables]
    sizes = np.array([table.shape[1] for table in flat], dtype=np.int64)
    return Fleet(
        tables=np.ascontiguousarray(np.concatenate(flat, axis=1)),
        offset=np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64),
        width=np.array([table.shape[2] for table in model.tables], dtype=np.int64),
        members=model.members,
        counts_lines=model.counts_lines,
        limit=model.limits,
        agent_cost=model.agent_cost,
        domain=model.domain,
        domains=model.domains,
        value=model.value,
        agents=model.agents,
        max_lines=model.max_dial_lines,
        min_used=model.min_dialers,
        min_agents=model.min_agent_lines,
        survivable=model.survivable,
        abandon_limit=model.abandon_limit,
        n_low=model.box.n_low,
        n_high=model.box.n_high,
        a_low=model.box.a_low,
        a_high=model.box.a_high,
        weight=float(model.weight),
    )


def anneal(
    model: Model,
    dial_lines: Ints,
    agent_lines: Ints,
    *,
    seed: int,
    ceiling: float,
    hottest: float = HOTTEST,
    effort: float = 1.0,
) -> tuple[Ints, Ints] | None:
    """Anneal from a plan; the best plan found that holds every limit, or None.

    Parameters
    ----------
    dial_lines, agent_lines : start ``[campaign, dialer]``; it may break limits
    ceiling : about what a good plan is worth, a bound will do [value per hour]
    hottest : temperature at the start, as a share of the plan's value
    effort : factor on the number of moves
    """
    moves = int(min(MOST_MOVES, MOVES_PER_CELL * dial_lines.size) * effort)
    best_n, best_a = dial_lines.copy(), agent_lines.copy()
    found = _anneal(
        fleet_arrays(model), dial_lines, agent_lines, moves, seed, float(ceiling), hottest,
        best_n, best_a,
    )  # fmt: skip
    return (best_n, best_a) if found else None


class State(NamedTuple):
    """A plan and everything that sums over it."""

    n: Ints  # [campaign, dialer]
    a: Ints
    handled: Floats  # [campaign]
    figures: Floats  # [campaign, (abandoned, live answered)]
    by_domain: Floats  # [campaign, domain]
    counts: Ints  # [campaign, (dial lines, agent lines, dialers used)]
    used: Floats  # [capacity]
    lost: Floats  # [domain] value handled there
    own: Floats  # [campaign] price of its broken limits


class Worth(NamedTuple):
    """What broken limits are priced by."""

    line: float
    call: float


@compiled
def _put(f: Fleet, s: State, c: int, d: int, n: int, a: int) -> None:
    """Set one cell and everything that sums over it."""
    before = f.offset[c] + s.a[c, d] * f.width[c] + s.n[c, d]
    after = f.offset[c] + a * f.width[c] + n
    calls = f.tables[0, after] - f.tables[0, before]
    attempts = f.tables[3, after] - f.tables[3, before]
    ports = n - s.n[c, d] + f.agent_cost[d] * (a - s.a[c, d])
    s.handled[c] += calls
    s.by_domain[c, f.domain[d]] += calls
    s.lost[f.domain[d]] += f.value[c] * calls
    s.figures[c, 0] += f.tables[1, after] - f.tables[1, before]
    s.figures[c, 1] += f.tables[2, after] - f.tables[2, before]
    s.counts[c, 0] += n - s.n[c, d]
    s.counts[c, 1] += a - s.a[c, d]
    s.counts[c, 2] += (n > 0) - (s.n[c, d] > 0)
    for k in range(len(f.limit)):
        if f.members[k, d] > 0:
            s.used[k] += ports if f.counts_lines[k] else attempts
    s.n[c, d] = n
    s.a[c, d] = a


@compiled
def _own_excess(f: Fleet, s: State, c: int, worth: Worth) -> float:
    """Price of what a campaign exceeds its own limits by [value per hour]."""
    call = max(f.value[c], worth.call)
    line = worth.line + call * s.handled[c] / (1.0 + s.counts[c, 0])
    lines, agents, dialers = s.counts[c]
    excess: float = 3.0 * line * (max(0, lines - f.max_lines[c]) + 3 * max(0, agents - f.agents[c]))
    excess += LINES_PER_DIALER * worth.line * max(0, f.min_used[c] - dialers)
    limit = f.abandon_limit[c]
    over = s.figures[c, 0] - limit * s.figures[c, 1] if limit < np.inf else 0.0
    if over > ROUNDING * (1.0 + s.figures[c, 1]):
        excess += 5.0 * call * over
    if f.survivable[c] > 0:
        for g in range(f.domains):
            over = s.by_domain[c, g] - (1.0 - f.survivable[c]) * s.handled[c]
            if over > ROUNDING * (1.0 + s.handled[c]):
                excess += 3.0 * call * over
    return excess


@compiled
def _fleet_excess(f: Fleet, s: State) -> float:
    """Sum of what the capacities are exceeded by [lines; of calls per second, its share x 50]."""
    excess = 0.0
    for k in range(len(f.limit)):
        over = s.used[k] - f.limit[k]
        if over > ROUNDING * (1.0 + abs(f.limit[k])):
            excess += over if f.counts_lines[k] else 50.0 * over / (1.0 + f.limit[k])
    return excess


@compiled
def _objective(f: Fleet, s: State) -> float:
    """(1 - w) * throughput + w * value surviving the worst failure."""
    total: float = s.lost.sum()
    worst: float = s.lost.max()
    return total - f.weight * worst


@compiled
def _fits(f: Fleet, cell: Ints) -> bool:
    """Whether a cell (c, d, n, a) lies in its range and is unused, or as the kind wants."""
    c, d, n, a = cell
    if not (f.n_low[c, d] <= n <= f.n_high[c, d] and f.a_low[c, d] <= a <= f.a_high[c, d]):
        return False
    return bool(a == 0 if n == 0 else n >= a >= f.min_agents[c])


@compiled
def _propose(f: Fleet, s: State, cells: Ints) -> int:
    """Draw a move as up to four new cells (c, d, n, a); their number, 0 where it has no use."""
    campaigns, dialers = s.n.shape
    c, o = np.random.randint(campaigns), np.random.randint(campaigns)
    d, e = np.random.randint(dialers), np.random.randint(dialers)
    kind = np.random.randint(10)
    step = 1 + int(np.random.exponential(4.0))
    if kind <= 2:
        return _change_cell(f, s, c, d, kind, step, cells)
    if kind <= 5:  # dial lines from one campaign to another
        if o == c:
            return 0
        cells[0] = (c, d, s.n[c, d] - step, s.a[c, d])
        cells[1] = (o, d, s.n[o, d] + step, s.a[o, d])
        return 2
    if e == d or s.n[c, d] == 0:
        return 0
    return _swap(s, c, o, d, e, cells) if kind == 9 else _carry(s, c, o, d, e, kind, step, cells)


@compiled
def _change_cell(f: Fleet, s: State, c: int, d: int, kind: int, step: int, cells: Ints) -> int:
    """Change one cell: dial lines, open or close, or an agent line."""
    n, a = s.n[c, d], s.a[c, d]
    up = 1 if np.random.random() < 0.6 else -1
    if kind == 0:
        cells[0] = (c, d, n + up * step, a)
    elif kind == 2:
        cells[0] = (c, d, n - np.random.randint(2) * up, a + up)
    elif n == 0:
        cells[0] = (c, d, max(1, f.min_agents[c]) + step, f.min_agents[c])
    else:
        cells[0] = (c, d, 0, 0)
    return 1


@compiled
def _swap(s: State, c: int, o: int, d: int, e: int, cells: Ints) -> int:
    """One campaign's lines on d and another's on e change places."""
    if o == c:
        return 0
    cells[0] = (c, d, 0, 0)
    cells[1] = (c, e, s.n[c, e] + s.n[c, d], s.a[c, e] + s.a[c, d])
    cells[2] = (o, e, 0, 0)
    cells[3] = (o, d, s.n[o, d] + s.n[o, e], s.a[o, d] + s.a[o, e])
    return 4


@compiled
def _carry(s: State, c: int, o: int, d: int, e: int, kind: int, step: int, cells: Ints) -> int:
    """Agent lines with their share of dial lines from d to e; another campaign may make room."""
    n, a = s.n[c, d], s.a[c, d]
    count = a
    if a > 1 and kind != 8:  # kind 8 carries all of them
        count = max(1, min(a, int(np.random.exponential(2.0))))
    lines = n * count // a if a > 0 else min(step, n)
    if kind == 6:
        lines = min(lines, step)
    cells[0] = (c, d, n - lines, a - count)
    cells[1] = (c, e, s.n[c, e] + lines, s.a[c, e] + count)
    if o == c:
        return 2
    back = lines + count
    cells[2] = (o, e, s.n[o, e] - back, s.a[o, e])
    cells[3] = (o, d, s.n[o, d] + back, s.a[o, d])
    return 4


@compiled
def _apply(f: Fleet, s: State, cells: Ints, count: int, undo: Ints) -> None:
    """Set the cells, remembering in ``undo`` what they were, last first."""
    for i in range(count):
        c, d = cells[i, 0], cells[i, 1]
        undo[count - 1 - i] = (c, d, s.n[c, d], s.a[c, d])
        _put(f, s, c, d, cells[i, 2], cells[i, 3])


@compiled
def _first(cells: Ints, i: int) -> bool:
    """Whether no cell before the i-th is of the same campaign."""
    for j in range(i):  # noqa: SIM110 (no generators in compiled code)
        if cells[j, 0] == cells[i, 0]:
            return False
    return True


@compiled
def _start(f: Fleet, n: Ints, a: Ints) -> State:
    """State of a plan."""
    campaigns, dialers = n.shape
    state = State(
        np.zeros_like(n),
        np.zeros_like(a),
        np.zeros(campaigns),
        np.zeros((campaigns, 2)),
        np.zeros((campaigns, f.domains)),
        np.zeros((campaigns, 3), np.int64),
        np.zeros(len(f.limit)),
        np.zeros(f.domains),
        np.zeros(campaigns),
    )
    for c in range(campaigns):
        for d in range(dialers):
            _put(f, state, c, d, n[c, d], a[c, d])
    return state


@compiled
def _anneal(
    f: Fleet, n: Ints, a: Ints, moves: int, seed: int, ceiling: float, hottest: float,
    best_n: Ints, best_a: Ints,
) -> bool:  # fmt: skip
    """Run the annealing; ``best_n`` and ``best_a`` get the best plan that holds every limit."""
    np.random.seed(seed)
    s = _start(f, n, a)
    objective = _objective(f, s)
    scale = max(objective, ceiling, 1e-9)
    lines = max(1.0, f.limit[f.counts_lines].sum())
    worth = Worth(4.0 * scale / lines, scale / (1.0 + s.handled.sum() + lines))
    for c in range(len(f.value)):
        s.own[c] = _own_excess(f, s, c, worth)
    fleet = _fleet_excess(f, s)
    best = objective if s.own.sum() == 0 and fleet == 0 else -np.inf
    cells, undo, own = np.empty((4, 4), np.int64), np.empty((4, 4), np.int64), np.empty(4)
    for move in range(moves):
        count = _propose(f, s, cells)
        fits = count > 0
        for i in range(count):
            fits = fits and _fits(f, cells[i])
        if not fits:
            continue
        _apply(f, s, cells, count, undo)
        new_objective, new_fleet = _objective(f, s), _fleet_excess(f, s)
        change = new_objective - objective - worth.line * (new_fleet - fleet)
        for i in range(count):
            if _first(cells, i):
                own[i] = _own_excess(f, s, cells[i, 0], worth)
                change -= own[i] - s.own[cells[i, 0]]
        heat = scale * hottest * (COLDEST / hottest) ** (move / moves)
        if change < 0 and np.random.random() >= np.exp(change / heat):
            _apply(f, s, undo, count, cells)
            continue
        for i in range(count):
            if _first(cells, i):
                s.own[cells[i, 0]] = own[i]
        objective, fleet = new_objective, new_fleet
        if objective > best and fleet == 0.0 and s.own.sum() == 0.0:
            best = objective
            best_n[:] = s.n
            best_a[:] = s.a
    return best > -np.inf
