"""A plan that may break limits at a penalty, changed cell by cell, and all that sums over it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import inlined, lean
from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.heuristics.kernel_tools import RandomState, draw, forget, random_state
from planner.optimize.model.fleet import NONE, Fleet, entry
from planner.optimize.model.tables import ABANDONED, ANSWERED, ATTEMPTS, HANDLED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: The whole of a limit on calls per second is penalised like so many lines.
LINES_PER_ATTEMPTS = 50.0
#: An agent line too many for a pool or a limit, which earns what its dial lines earn, so many.
LINES_PER_AGENT = 15.0


class Cells(NamedTuple):
    """A plan and everything that sums over it."""

    n: Ints  # [campaign, dialer]
    a: Ints
    ids: Ints  # [dialer, place] campaigns with lines there
    cells: Ints  # [dialer]
    places: Ints  # [campaign, place] dialers with its lines
    dialers: Ints  # [campaign]
    handled: Floats  # [campaign]
    figures: Floats  # [campaign, (abandoned, live answered)] where there is a limit
    by_part: Floats  # [campaign, part] handled calls that are lost with it
    counts: Ints  # [campaign, (dial lines, agent lines)]
    free: Ints  # [dialer] ports
    used: Floats  # [capacity]
    sums: Floats  # [sum] lines that count for it
    seats: Ints  # [campaign, dialer, k] agents of the k-th pool that fill its agent lines
    seated: Ints  # [pool]
    lost: Floats  # [part] value that is lost with it
    excess: Floats  # [2] lines over the capacities; net value of all calls
    added: Ints  # [1] lines added against the current ones
    own: Floats  # [campaign] penalty for its broken limits
    short: Ints  # [campaign, kind] shortfalls that count for sums
    missing: Floats  # the same before they are rounded up
    short_sums: Ints  # [sum]
    missing_sums: Floats  # [sum]
    random: RandomState  # [1]


def no_cells(f: Fleet, seed: int) -> Cells:
    """A plan without lines."""
    campaigns, dialers = f.n_low.shape
    return Cells(
        n=np.zeros((campaigns, dialers), np.int64),
        a=np.zeros((campaigns, dialers), np.int64),
        ids=np.zeros((dialers, campaigns), np.int64),
        cells=np.zeros(dialers, np.int64),
        places=np.zeros((campaigns, dialers), np.int64),
        dialers=np.zeros(campaigns, np.int64),
        handled=np.zeros(campaigns),
        figures=np.zeros((campaigns, 2)),
        by_part=np.zeros((campaigns, len(f.parts))),
        counts=np.zeros((campaigns, 2), np.int64),
        free=f.room.copy(),
        used=np.zeros(len(f.limit)),
        sums=np.zeros(len(f.sum_limit)),
        seats=np.zeros(f.pools_of.shape, np.int64),
        seated=np.zeros(len(f.pool_agents), np.int64),
        lost=np.zeros(len(f.parts)),
        excess=np.zeros(2),
        added=np.zeros(1, np.int64),
        own=np.zeros(campaigns),
        short=np.zeros(f.asked.row_of.shape, np.int64),
        missing=np.zeros(f.asked.row_of.shape),
        short_sums=np.zeros(len(f.asked.row_most), np.int64),
        missing_sums=np.zeros(len(f.asked.row_most)),
        random=random_state(seed),
    )


@inlined
def pick(s: Cells, count: int) -> int:
    """One of so many, at random."""
    return int(draw(s.random) * count)


@inlined
def set_cell(cells: Ints, i: int, c: int, d: int, n: int, a: int) -> None:
    """Note what a pair is to become, as the i-th of a move."""
    cells[i, 0] = c
    cells[i, 1] = d
    cells[i, 2] = n
    cells[i, 3] = a


@inlined
def over_limit(f: Fleet, k: int, used: float) -> float:
    """What a capacity is exceeded by [lines; of calls per second so many for the whole]."""
    over = used - f.limit[k]
    if over <= SEARCH_ROUNDING * (1.0 + f.limit[k]):
        return 0.0
    return float(over if f.counts_lines[k] else LINES_PER_ATTEMPTS * over / (1.0 + f.limit[k]))


@inlined
def over_sum(f: Fleet, k: int, lines: float) -> float:
    """What a row of pools or limits.csv is exceeded by [lines]."""
    over = max(0.0, lines - f.sum_limit[k])
    return float(over if f.sum_dial[k] > 0 else LINES_PER_AGENT * over)


@inlined
def _add_sums(f: Fleet, s: Cells, c: int, d: int, dial_lines: int, agent_lines: int) -> None:
    """Count more lines of a pair in the rows of pools and limits.csv."""
    for j in range(f.sums_of.shape[1]):
        k = f.sums_of[d, j]
        if k == NONE:
            break
        if f.sum_pairs[k, c, d]:
            lines = f.sum_dial[k] * dial_lines + f.sum_agent[k] * agent_lines
            s.excess[0] += over_sum(f, k, s.sums[k] + lines) - over_sum(f, k, s.sums[k])
            s.sums[k] += lines


@inlined
def _put(f: Fleet, s: Cells, c: int, d: int, n: int, a: int) -> None:
    """Set one cell and everything that sums over it."""
    old_n, old_a = s.n[c, d], s.a[c, d]
    calls = entry(f, HANDLED, c, a, n) - entry(f, HANDLED, c, old_a, old_n)
    attempts = 0.0
    if f.attempts_count:
        attempts = entry(f, ATTEMPTS, c, a, n) - entry(f, ATTEMPTS, c, old_a, old_n)
    ports = n - old_n + f.agent_cost[d] * (a - old_a)
    worth = f.call_value[c, d] * calls - f.attempt_cost[d] * attempts
    s.handled[c] += calls
    s.excess[1] += worth
    for j in range(f.parts_of.shape[1]):
        k = f.parts_of[d, j]
        if k == NONE:
            break
        s.by_part[c, k] += calls
        s.lost[k] += worth
    if f.abandon_limit[c] < np.inf:
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
        if k == NONE:
            break
        more = ports if f.counts_lines[k] else attempts
        s.excess[0] += over_limit(f, k, s.used[k] + more) - over_limit(f, k, s.used[k])
        s.used[k] += more
    _add_sums(f, s, c, d, n - old_n, a - old_a)
    if len(s.seated) > 0:
        s.excess[0] += LINES_PER_AGENT * _seat(f, s, c, d, a - old_a)
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


@lean
def change(f: Fleet, s: Cells, cells: Ints, first: int, stop: int, step: int) -> None:
    """Set pairs of a list ``(campaign, dialer, dial lines, agent lines)``, one after the other.

    What they were stands in their places afterwards: the same from behind sets them back.
    """
    for i in range(first, stop, step):
        c, d, n, a = cells[i, 0], cells[i, 1], cells[i, 2], cells[i, 3]
        cells[i, 2] = s.n[c, d]
        cells[i, 3] = s.a[c, d]
        _put(f, s, c, d, n, a)


@lean
def _seat(f: Fleet, s: Cells, c: int, d: int, more: int) -> int:
    """Agents sit down or get up at a pair; how many agents too many that takes of the pools.

    They come from the pool with most left, and go where least is; then those of a pool that has too
    few change with others here.
    """
    change = 0
    for _ in range(abs(more)):
        k = _pool_at(f, s, c, d, more > 0)
        if k == NONE:
            break
        change += _move_seat(f, s, c, d, k, 1 if more > 0 else -1)
    while True:
        few, many = _pool_at(f, s, c, d, False), _pool_at(f, s, c, d, True)
        if few == NONE or _left(f, s, c, d, few) >= 0 or _left(f, s, c, d, many) <= 0:
            return change
        change += _move_seat(f, s, c, d, few, -1) + _move_seat(f, s, c, d, many, 1)


@inlined
def _left(f: Fleet, s: Cells, c: int, d: int, k: int) -> int:
    p = f.pools_of[c, d, k]
    return int(f.pool_agents[p] - s.seated[p])


@lean
def _pool_at(f: Fleet, s: Cells, c: int, d: int, most: bool) -> int:
    """The pool of a pair with most agents left, or with fewest of those that sit there."""
    best = NONE
    for k in range(f.pools_of.shape[2]):
        if f.pools_of[c, d, k] == NONE:
            break
        if not most and s.seats[c, d, k] == 0:
            continue
        if best == NONE or most == (_left(f, s, c, d, k) > _left(f, s, c, d, best)):
            best = k
    return best


@lean
def _move_seat(f: Fleet, s: Cells, c: int, d: int, k: int, by: int) -> int:
    """One agent of a pool more or less at a pair; by how much its lines exceed its agents more."""
    p = f.pools_of[c, d, k]
    before = max(0, s.seated[p] - f.pool_agents[p])
    s.seats[c, d, k] += by
    s.seated[p] += by
    return int(max(0, s.seated[p] - f.pool_agents[p]) - before)
