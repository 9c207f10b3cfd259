"""Simulated annealing over whole plans, compiled: finds what one campaign at a time cannot.

States may break limits at a price, so that blocks of lines can change places between campaigns;
the best state that holds every limit is kept. Random numbers come from a seed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.optimize.model import Model
from planner.optimize.refill import ROUNDING, capacity_arrays

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
    members, counts_lines = capacity_arrays(model)
    flat = [table.reshape(4, -1) for table in model.tables]
    sizes = np.array([table.shape[1] for table in flat], dtype=np.int64)
    return Fleet(
        tables=np.ascontiguousarray(np.concatenate(flat, axis=1)),
        offset=np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64),
        width=np.array([table.shape[2] for table in model.tables], dtype=np.int64),
        members=members,
        counts_lines=counts_lines,
        limit=np.array([k.limit for k in model.capacities], dtype=np.float64),
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
        weight=model.weight,
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
        fleet_arrays(model), dial_lines.copy(), agent_lines.copy(), best_n, best_a, moves, seed,
        ceiling, hottest,
    )  # fmt: skip
    return (best_n, best_a) if found else None


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _put(
    f: Fleet, n: Ints, a: Ints, c: int, d: int, new_n: int, new_a: int,
    handled: Floats, figures: Floats, by_domain: Floats, counts: Ints, used: Floats, lost: Floats,
) -> None:  # fmt: skip
    """Set one cell and everything that sums over it."""
    before = f.offset[c] + a[c, d] * f.width[c] + n[c, d]
    after = f.offset[c] + new_a * f.width[c] + new_n
    calls = f.tables[0, after] - f.tables[0, before]
    attempts = f.tables[3, after] - f.tables[3, before]
    ports = new_n - n[c, d] + f.agent_cost[d] * (new_a - a[c, d])
    g = f.domain[d]
    handled[c] += calls
    by_domain[c, g] += calls
    lost[g] += f.value[c] * calls
    figures[c, 0] += f.tables[1, after] - f.tables[1, before]
    figures[c, 1] += f.tables[2, after] - f.tables[2, before]
    counts[c, 0] += new_n - n[c, d]
    counts[c, 1] += new_a - a[c, d]
    counts[c, 2] += (new_n > 0) - (n[c, d] > 0)
    for k in range(len(f.limit)):
        if f.members[k, d] > 0:
            used[k] += ports if f.counts_lines[k] else attempts
    n[c, d] = new_n
    a[c, d] = new_a


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _own_excess(
    f: Fleet, c: int, handled: Floats, figures: Floats, by_domain: Floats, counts: Ints,
    line_worth: float, call_worth: float,
) -> float:  # fmt: skip
    """Price of what a campaign exceeds its own limits by [value per hour]."""
    worth = max(f.value[c], call_worth)
    per_line = line_worth + worth * handled[c] / (1.0 + counts[c, 0])
    count = max(0, counts[c, 0] - f.max_lines[c]) + 3 * max(0, counts[c, 1] - f.agents[c])
    excess = 3.0 * per_line * count
    excess += LINES_PER_DIALER * line_worth * max(0, f.min_used[c] - counts[c, 2])
    limit = f.abandon_limit[c]
    if limit < np.inf:
        over = figures[c, 0] - limit * figures[c, 1]
        if over > ROUNDING * (1.0 + figures[c, 1]):
            excess += 5.0 * worth * over
    if f.survivable[c] > 0:
        for g in range(f.domains):
            over = by_domain[c, g] - (1.0 - f.survivable[c]) * handled[c]
            if over > ROUNDING * (1.0 + handled[c]):
                excess += 3.0 * worth * over
    return excess


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _fleet_excess(f: Fleet, used: Floats) -> float:
    """Sum of what the capacities are exceeded by, as shares of a line's or limit's worth."""
    excess = 0.0
    for k in range(len(f.limit)):
        over = used[k] - f.limit[k]
        if over > ROUNDING * (1.0 + abs(f.limit[k])):
            excess += over if f.counts_lines[k] else 50.0 * over / (1.0 + f.limit[k])
    return excess


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _objective(f: Fleet, lost: Floats) -> float:
    """(1 - w) * throughput + w * value surviving the worst failure."""
    total = lost.sum()
    if f.weight == 0.0:
        return total
    return (1.0 - f.weight) * total + f.weight * (total - lost.max())


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _fits(f: Fleet, c: int, d: int, n: int, a: int) -> bool:
    """Whether a cell lies in its range and is unused, or in use as the kind wants."""
    if n < f.n_low[c, d] or n > f.n_high[c, d] or a < f.a_low[c, d] or a > f.a_high[c, d]:
        return False
    if n == 0:
        return a == 0
    return n >= a >= f.min_agents[c]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _propose(f: Fleet, n: Ints, a: Ints, cells: Ints) -> int:
    """Draw a move as up to four new cells (c, d, n, a) on three campaigns; their number."""
    campaigns, dialers = n.shape
    c, d = np.random.randint(campaigns), np.random.randint(dialers)
    kind = np.random.randint(10)
    step = 1 + int(np.random.exponential(4.0))
    if kind == 0:  # more or fewer dial lines
        sign = 1 if np.random.random() < 0.6 else -1
        cells[0] = (c, d, n[c, d] + sign * step, a[c, d])
        return 1
    if kind == 1:  # open with the fewest agent lines, or close
        if n[c, d] == 0:
            least = max(1, f.min_agents[c])
            cells[0] = (c, d, least + step, f.min_agents[c])
        else:
            cells[0] = (c, d, 0, 0)
        return 1
    if kind == 2:  # one agent line more or fewer
        change = 1 if np.random.random() < 0.6 else -1
        cells[0] = (c, d, n[c, d] - np.random.randint(2) * change, a[c, d] + change)
        return 1
    o = np.random.randint(campaigns)
    if kind <= 5:  # dial lines from one campaign to another
        if o == c:
            return 0
        cells[0] = (c, d, n[c, d] - step, a[c, d])
        cells[1] = (o, d, n[o, d] + step, a[o, d])
        return 2
    e = np.random.randint(dialers)
    if e == d or n[c, d] == 0:
        return 0
    if kind == 9:  # two campaigns change places
        if o == c:
            return 0
        cells[0] = (c, d, 0, 0)
        cells[1] = (c, e, n[c, e] + n[c, d], a[c, e] + a[c, d])
        cells[2] = (o, e, 0, 0)
        cells[3] = (o, d, n[o, d] + n[o, e], a[o, d] + a[o, e])
        return 4
    # Agent lines to another dialer with their share of dial lines; another campaign may return
    # as many lines.
    count = a[c, d]
    if count > 1 and kind != 8:
        count = max(1, min(count, int(np.random.exponential(2.0))))
    lines = n[c, d] * count // a[c, d] if a[c, d] > 0 else min(step, n[c, d])
    if kind == 6:
        lines = min(lines, step)
    cells[0] = (c, d, n[c, d] - lines, a[c, d] - count)
    cells[1] = (c, e, n[c, e] + lines, a[c, e] + count)
    if o == c:
        return 2
    back = lines + count
    cells[2] = (o, e, n[o, e] - back, a[o, e])
    cells[3] = (o, d, n[o, d] + back, a[o, d])
    return 4


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _anneal(
    f: Fleet, n: Ints, a: Ints, best_n: Ints, best_a: Ints, moves: int, seed: int,
    ceiling: float, hottest: float,
) -> bool:  # fmt: skip
    """Run the annealing; ``best_n`` and ``best_a`` get the best plan that holds every limit."""
    np.random.seed(seed)
    campaigns, dialers = n.shape
    handled, figures = np.zeros(campaigns), np.zeros((campaigns, 2))
    by_domain, counts = np.zeros((campaigns, f.domains)), np.zeros((campaigns, 3), np.int64)
    used, lost = np.zeros(len(f.limit)), np.zeros(f.domains)
    start_n, start_a = n.copy(), a.copy()
    n[:] = 0
    a[:] = 0
    for c in range(campaigns):
        for d in range(dialers):
            _put(f, n, a, c, d, start_n[c, d], start_a[c, d],
                 handled, figures, by_domain, counts, used, lost)  # fmt: skip
    objective = _objective(f, lost)
    fleet = _fleet_excess(f, used)
    scale = max(objective, ceiling, 1e-9)
    lines = max(1.0, f.limit[f.counts_lines].sum())
    line_worth = 4.0 * scale / lines
    call_worth = scale / (1.0 + handled.sum() + lines)
    own = np.zeros(campaigns)
    for c in range(campaigns):
        own[c] = _own_excess(f, c, handled, figures, by_domain, counts, line_worth, call_worth)
    priced = own.sum() + line_worth * fleet
    found = own.sum() == 0 and fleet == 0
    best = objective if found else -np.inf
    cells, old = np.empty((4, 4), np.int64), np.empty((4, 4), np.int64)
    new_own = np.empty(4)
    for move in range(moves):
        count = _propose(f, n, a, cells)
        fits = count > 0
        for i in range(count):
            if not _fits(f, cells[i, 0], cells[i, 1], cells[i, 2], cells[i, 3]):
                fits = False
                break
        if not fits:
            continue
        for i in range(count):
            c, d = cells[i, 0], cells[i, 1]
            old[i] = (c, d, n[c, d], a[c, d])
            _put(f, n, a, c, d, cells[i, 2], cells[i, 3],
                 handled, figures, by_domain, counts, used, lost)  # fmt: skip
        new_objective = _objective(f, lost)
        new_fleet = _fleet_excess(f, used)
        change = 0.0
        for i in range(count):
            c = cells[i, 0]
            new_own[i] = own[c]
            seen = False
            for j in range(i):
                seen |= cells[j, 0] == c
            if not seen:
                new_own[i] = _own_excess(
                    f, c, handled, figures, by_domain, counts, line_worth, call_worth
                )
                change += new_own[i] - own[c]
        new_priced = priced + change + line_worth * (new_fleet - fleet)
        gain = (new_objective - new_priced) - (objective - priced)
        heat = scale * hottest * (COLDEST / hottest) ** (move / moves)
        if gain >= 0 or np.random.random() < np.exp(gain / heat):
            for i in range(count):
                seen = False
                for j in range(i):
                    seen |= cells[j, 0] == cells[i, 0]
                if not seen:
                    own[cells[i, 0]] = new_own[i]
            objective, fleet, priced = new_objective, new_fleet, new_priced
            if objective > best and fleet == 0.0 and own.sum() == 0.0:
                best = objective
                best_n[:] = n
                best_a[:] = a
                found = True
        else:
            for i in range(count - 1, -1, -1):
                _put(f, n, a, old[i, 0], old[i, 1], old[i, 2], old[i, 3],
                     handled, figures, by_domain, counts, used, lost)  # fmt: skip
    return found
