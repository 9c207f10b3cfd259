"""Moves of an annealing that change a few pairs: lines of one, or handed on between two.

Whatever they break has a penalty, so that lines can change places between campaigns whose limits
tie their dialers together (survival, abandonment, dial lines).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import inlined, lean
from planner.optimize.heuristics.kernel_tools import draw
from planner.optimize.heuristics.penalised_plan import Cells, pick, set_cell
from planner.optimize.model.fleet import Fleet

Ints = NDArray[np.int64]

#: Mean of the dial lines that change hands at once.
MEAN_LINES = 4.0
#: Pairs that a move changes at the most.
MOST_CELLS = 4
#: Where agents are pooled, the share of moves that hand agent lines from campaign to campaign: on
#: the same dialer, to a campaign that is there already, all that the first has; else so many.
HANDED, ON_SAME, TO_KNOWN, ALL_OF_THEM, MEAN_AGENTS = 0.4, 0.6, 0.6, 0.25, 3.0


@inlined
def _fits(f: Fleet, cells: Ints, i: int) -> bool:
    """Whether a cell (c, d, n, a) lies in its range and is unused, or as the kind wants."""
    c, d, n, a = cells[i, 0], cells[i, 1], cells[i, 2], cells[i, 3]
    if n < f.n_low[c, d] or n > f.n_high[c, d] or a < f.a_low[c, d] or a > f.a_high[c, d]:
        return False
    return bool(a == 0 if n == 0 else n >= a >= f.min_agents[c])


@lean
def propose(f: Fleet, s: Cells, cells: Ints) -> int:
    """Draw a move as up to four new cells; their number, 0 where it may not be made."""
    count = _draw(f, s, cells)
    for i in range(count):
        if not _fits(f, cells, i):
            return 0
    return count


@inlined
def _draw(f: Fleet, s: Cells, cells: Ints) -> int:
    """Up to four new cells, whatever their ranges; their number, 0 where there is no use."""
    campaigns, dialers = s.n.shape
    c, d, e = pick(s, campaigns), pick(s, dialers), pick(s, dialers)
    if s.dialers[c] > 0 and draw(s.random) < 0.9:
        d = s.places[c, pick(s, s.dialers[c])]
    if s.dialers[c] > 1 and draw(s.random) < 0.5:
        e = s.places[c, pick(s, s.dialers[c])]
    kind = pick(s, 10)
    step = 1 + int(-MEAN_LINES * np.log(1.0 - draw(s.random)))
    if kind <= 2:
        return _change_cell(f, s, c, d, kind, step, cells)
    o = pick(s, campaigns)
    if f.pooled and draw(s.random) < HANDED:
        return _hand_over(s, c, o, d, e, cells)
    if kind <= 5:  # dial lines from one campaign to another
        if s.cells[d] > 1:
            o = s.ids[d, pick(s, s.cells[d])]
        if o == c:
            return 0
        set_cell(cells, 0, c, d, s.n[c, d] - step, s.a[c, d])
        set_cell(cells, 1, o, d, s.n[o, d] + step, s.a[o, d])
        return 2
    if e == d or s.n[c, d] == 0:
        return 0
    if s.cells[e] > 0:
        o = s.ids[e, pick(s, s.cells[e])]
    return _swap(s, c, o, d, e, cells) if kind == 9 else _carry(s, c, o, d, e, kind, step, cells)


@lean
def _change_cell(f: Fleet, s: Cells, c: int, d: int, kind: int, step: int, cells: Ints) -> int:
    """Change one cell: dial lines, open or close, or an agent line."""
    n, a = s.n[c, d], s.a[c, d]
    up = 1 if draw(s.random) < 0.6 else -1
    if kind == 0:
        set_cell(cells, 0, c, d, n + up * step, a)
    elif kind == 2:
        set_cell(cells, 0, c, d, n - pick(s, 2) * up, a + up)
    elif n == 0:
        set_cell(cells, 0, c, d, max(1, f.min_agents[c]) + step, f.min_agents[c])
    else:
        set_cell(cells, 0, c, d, 0, 0)
    return 1


@lean
def _hand_over(s: Cells, c: int, o: int, d: int, e: int, cells: Ints) -> int:
    """Agent lines with their dial lines from c on d to another campaign, on d or on e."""
    n, a = s.n[c, d], s.a[c, d]
    if draw(s.random) < ON_SAME:
        e = d
    if s.cells[e] > 0 and draw(s.random) < TO_KNOWN:
        o = s.ids[e, pick(s, s.cells[e])]
    if o == c or a == 0:
        return 0
    count = a
    if draw(s.random) > ALL_OF_THEM:
        count = min(a, 1 + int(-MEAN_AGENTS * np.log(1.0 - draw(s.random))))
    lines = n * count // a
    set_cell(cells, 0, c, d, n - lines, a - count)
    set_cell(cells, 1, o, e, s.n[o, e] + lines, s.a[o, e] + count)
    return 2


@lean
def _swap(s: Cells, c: int, o: int, d: int, e: int, cells: Ints) -> int:
    """One campaign's lines on d and another's on e change places."""
    if o == c:
        return 0
    set_cell(cells, 0, c, d, 0, 0)
    set_cell(cells, 1, c, e, s.n[c, e] + s.n[c, d], s.a[c, e] + s.a[c, d])
    set_cell(cells, 2, o, e, 0, 0)
    set_cell(cells, 3, o, d, s.n[o, d] + s.n[o, e], s.a[o, d] + s.a[o, e])
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
    set_cell(cells, 0, c, d, n - lines, a - count)
    set_cell(cells, 1, c, e, s.n[c, e] + lines, s.a[c, e] + count)
    if o == c:
        return 2
    back = lines + count
    set_cell(cells, 2, o, e, s.n[o, e] - back, s.a[o, e])
    set_cell(cells, 3, o, d, s.n[o, d] + back, s.a[o, d])
    return MOST_CELLS
