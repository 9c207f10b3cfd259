"""A plan under change: its cells dialer by dialer, and dial lines kept where they earn most.

With the agent lines of a dialer fixed, its ports go line by line to the campaign that earns most
with one more; handled calls are concave in dial lines, so that this is the best use of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled, inlined, lean
from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.heuristics.kernel_tools import RandomState, random_state
from planner.optimize.model.fleet import NONE, Fleet, entry
from planner.optimize.model.tables import ATTEMPTS, HANDLED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER = -1e300


class DualGuide(NamedTuple):
    """What lines are worth and charged while a plan is changed."""

    call: Floats  # [dialer] share of a call's value that counts
    port: Floats  # [dialer] price of a free port to a campaign that is put in
    line: Floats  # [dialer] price of a line beside its port: channels
    attempt: Floats  # [dialer] price of an attempt per hour


class State(NamedTuple):
    """A plan, what it uses, and how it looked before the change that is tried."""

    n: Ints  # [campaign, dialer]
    a: Ints
    ids: Ints  # [dialer, place] campaigns with lines there
    cells: Ints  # [dialer] campaigns with lines there
    free: Ints  # [dialer] ports
    used: Floats  # [capacity]
    lines: Ints  # [campaign] dial lines over all dialers
    value: Floats  # [dialer] value of its calls
    added: Ints  # [dialer] lines added against the current ones
    curve: Floats  # [dialer, ports] what taking so many ports from its campaigns costs
    reach: Ints  # [dialer] most ports that can be taken
    stale: Bools  # [dialer] whether its curve has to be made anew
    touched: Bools  # [dialer] changed since the last mark
    old_ids: Ints
    old_n: Ints  # [dialer, place]
    old_a: Ints
    old_count: Ints
    random: RandomState  # [1] state of the random numbers


def empty_state(f: Fleet, seed: int) -> State:
    """State without any lines."""
    campaigns, dialers = f.n_low.shape
    places = (dialers, campaigns)
    return State(
        n=np.zeros((campaigns, dialers), np.int64),
        a=np.zeros((campaigns, dialers), np.int64),
        ids=np.zeros(places, np.int64),
        cells=np.zeros(dialers, np.int64),
        free=f.room.copy(),
        used=np.zeros(len(f.limit)),
        lines=np.zeros(campaigns, np.int64),
        value=np.zeros(dialers),
        added=np.zeros(dialers, np.int64),
        curve=np.zeros((dialers, int(f.room.max(initial=0)) + 1)),
        reach=np.zeros(dialers, np.int64),
        stale=np.ones(dialers, np.bool_),
        touched=np.zeros(dialers, np.bool_),
        old_ids=np.zeros(places, np.int64),
        old_n=np.zeros(places, np.int64),
        old_a=np.zeros(places, np.int64),
        old_count=np.zeros(dialers, np.int64),
        random=random_state(seed),
    )


@lean
def _touch(s: State, d: int) -> None:
    """Remember a dialer's cells before its first change."""
    s.stale[d] = True
    if s.touched[d]:
        return
    s.touched[d] = True
    s.old_count[d] = s.cells[d]
    for i in range(s.cells[d]):
        c = s.ids[d, i]
        s.old_ids[d, i] = c
        s.old_n[d, i] = s.n[c, d]
        s.old_a[d, i] = s.a[c, d]


@lean
def put(f: Fleet, s: State, c: int, d: int, n: int, a: int) -> None:
    """Set one cell and everything that sums over it."""
    _touch(s, d)
    old_n, old_a = s.n[c, d], s.a[c, d]
    s.value[d] += f.value[c] * (entry(f, HANDLED, c, a, n) - entry(f, HANDLED, c, old_a, old_n))
    ports = n - old_n + f.agent_cost[d] * (a - old_a)
    s.free[d] -= ports
    s.lines[c] += n - old_n
    s.added[d] += max(0, n - f.now_n[c, d]) - max(0, old_n - f.now_n[c, d])
    s.added[d] += max(0, a - f.now_a[c, d]) - max(0, old_a - f.now_a[c, d])
    for j in range(f.capacities_of.shape[1]):
        k = f.capacities_of[d, j]
        if k == NONE:
            break
        if f.counts_lines[k]:
            s.used[k] += ports
        else:
            s.used[k] += entry(f, ATTEMPTS, c, a, n) - entry(f, ATTEMPTS, c, old_a, old_n)
    if old_n == 0 and n > 0:
        s.ids[d, s.cells[d]] = c
        s.cells[d] += 1
    elif old_n > 0 and n == 0:
        for i in range(s.cells[d]):
            if s.ids[d, i] == c:
                s.ids[d, i] = s.ids[d, s.cells[d] - 1]
                s.cells[d] -= 1
                break
    s.n[c, d] = n
    s.a[c, d] = a


@lean
def mark(s: State) -> None:
    """Take the plan as it is as the one that :func:`restore` goes back to."""
    s.touched[:] = False


@lean
def restore(f: Fleet, s: State) -> None:
    """Undo every change since the last mark."""
    for d in range(len(s.touched)):
        if not s.touched[d]:
            continue
        while s.cells[d] > 0:
            put(f, s, s.ids[d, 0], d, 0, 0)
        for i in range(s.old_count[d]):
            put(f, s, s.old_ids[d, i], d, s.old_n[d, i], s.old_a[d, i])
    s.touched[:] = False


@inlined
def least_lines(f: Fleet, s: State, c: int, d: int) -> int:
    """Fewest dial lines a cell may be cut to; lines on which limits depend stay."""
    if f.frozen[c]:
        return int(s.n[c, d])
    return int(max(s.a[c, d], 1, f.n_low[c, d]))


@inlined
def line_gain(f: Fleet, g: DualGuide, c: int, d: int, a: int, n: int) -> float:
    """What the n-th dial line of a cell earns, prices taken off."""
    gain: float = (
        f.value[c] * g.call[d] * (entry(f, HANDLED, c, a, n) - entry(f, HANDLED, c, a, n - 1))
        - g.line[d]
    )
    if g.attempt[d] > 0:
        gain -= g.attempt[d] * (entry(f, ATTEMPTS, c, a, n) - entry(f, ATTEMPTS, c, a, n - 1))
    if f.move_cost > 0 and n > f.now_n[c, d]:
        gain -= f.move_cost
    return gain


@lean
def _next_gain(f: Fleet, g: DualGuide, s: State, c: int, d: int, n: int) -> float:
    """What one more dial line of a cell with n would earn; NEVER where it may have none."""
    a = s.a[c, d]
    if f.frozen[c] or n >= min(f.n_high[c, d], f.most_lines[c, a]):
        return NEVER
    if s.lines[c] + n - s.n[c, d] >= f.max_lines[c]:
        return NEVER
    return line_gain(f, g, c, d, a, n + 1)


@lean
def _take_slack(f: Fleet, s: State, c: int, d: int, n: int, slack: Floats) -> bool:
    """Take what one more dial line of a cell uses of its dialer's capacities; False if too much."""
    for sign in (0, 1):
        for j in range(f.capacities_of.shape[1]):
            k = f.capacities_of[d, j]
            if k == NONE:
                break
            more = 1.0
            if not f.counts_lines[k]:
                a = s.a[c, d]
                more = entry(f, ATTEMPTS, c, a, n + 1) - entry(f, ATTEMPTS, c, a, n)
            if sign == 0 and more > slack[j]:
                return False
            slack[j] -= sign * more
    return True


@compiled
def grow(f: Fleet, g: DualGuide, s: State, d: int) -> None:
    """Give the free ports of a dialer to the lines that earn most."""
    cells, free = s.cells[d], s.free[d]
    if cells == 0 or free <= 0:
        return
    n, gain = np.empty(cells, np.int64), np.empty(cells)
    for i in range(cells):
        n[i] = s.n[s.ids[d, i], d]
        gain[i] = _next_gain(f, g, s, s.ids[d, i], d, n[i])
    slack = np.empty(f.capacities_of.shape[1])
    for j in range(len(slack)):
        k = f.capacities_of[d, j]
        slack[j] = f.limit[k] - s.used[k] if k != NONE else 0.0
    while free > 0:
        best, most = -1, SEARCH_ROUNDING
        for i in range(cells):
            if gain[i] > most:
                best, most = i, gain[i]
        if best < 0:
            break
        c = s.ids[d, best]
        if not _take_slack(f, s, c, d, n[best], slack):
            gain[best] = NEVER
            continue
        n[best] += 1
        free -= 1
        gain[best] = _next_gain(f, g, s, c, d, n[best])
    for i in range(cells):
        c = s.ids[d, i]
        if n[i] != s.n[c, d]:
            put(f, s, c, d, n[i], s.a[c, d])


@compiled
def cut(f: Fleet, g: DualGuide, s: State, d: int, ports: int, n: Ints, cost: Floats) -> int:
    """Cut up to so many of a dialer's lines, those that earn least first; how many.

    ``n`` gets what is left of its cells' lines, ``cost`` what the first lines cut earned.
    """
    cells = s.cells[d]
    gain = np.empty(cells)
    changed, taken = -1, 0
    cost[0] = 0.0
    while taken < ports:
        worst, least = -1, np.inf
        for i in range(cells):
            if changed < 0:
                n[i] = s.n[s.ids[d, i], d]
            if changed < 0 or changed == i:
                c = s.ids[d, i]
                gain[i] = np.inf
                if n[i] > least_lines(f, s, c, d):
                    gain[i] = line_gain(f, g, c, d, s.a[c, d], n[i])
            if gain[i] < least:
                worst, least = i, gain[i]
        if worst < 0:
            break
        changed = worst
        n[worst] -= 1
        taken += 1
        cost[taken] = cost[taken - 1] + least
    return taken


@compiled
def shrink(f: Fleet, g: DualGuide, s: State, d: int) -> bool:
    """Cut the lines that earn least until a dialer's ports suffice; whether they do."""
    missing = -s.free[d]
    if missing <= 0:
        return True
    cells = s.cells[d]
    n, cost = np.empty(cells, np.int64), np.empty(missing + 1)
    if cut(f, g, s, d, missing, n, cost) < missing:
        return False
    for i in range(cells):
        c = s.ids[d, i]
        if n[i] != s.n[c, d]:
            put(f, s, c, d, n[i], s.a[c, d])
    return True


@compiled
def make_curve(f: Fleet, g: DualGuide, s: State, d: int) -> None:
    """What it costs to take ports from a dialer's campaigns, least-earning lines first."""
    if s.stale[d]:
        s.stale[d] = False
        n = np.empty(s.cells[d], np.int64)
        s.reach[d] = cut(f, g, s, d, f.room[d], n, s.curve[d])


@lean
def trim(f: Fleet, g: DualGuide, s: State) -> bool:
    """Cut lines until the capacities beside the ports hold; whether they do."""
    for k in range(len(f.limit)):
        while s.used[k] > f.limit[k] * (1 + SEARCH_ROUNDING):
            best_d, best_c, least = -1, -1, np.inf
            for d in range(len(s.cells)):
                if not _uses(f, d, k):
                    continue
                for i in range(s.cells[d]):
                    c = s.ids[d, i]
                    a, n = s.a[c, d], s.n[c, d]
                    if n <= least_lines(f, s, c, d):
                        continue
                    relief = 1.0
                    if not f.counts_lines[k]:
                        relief = entry(f, ATTEMPTS, c, a, n) - entry(f, ATTEMPTS, c, a, n - 1)
                    if relief <= 0:
                        continue
                    cost = line_gain(f, g, c, d, a, n) / relief
                    if cost < least:
                        best_d, best_c, least = d, c, cost
            if best_d < 0:
                return False
            put(f, s, best_c, best_d, s.n[best_c, best_d] - 1, s.a[best_c, best_d])
    return True


@inlined
def _uses(f: Fleet, d: int, k: int) -> bool:
    for j in range(f.capacities_of.shape[1]):  # noqa: SIM110 (no generators in compiled code)
        if f.capacities_of[d, j] == k:
            return True
    return False
