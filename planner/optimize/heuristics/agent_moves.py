"""Moves of an annealing that hand agents on; the dial lines of both dialers then follow.

These are shared out anew (``line_allocation.py``). Campaigns that must survive a failure move with
all lines they have on a dialer: their calls stay what they are, and what they would not survive
breaks a limit, so that it is taken back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import lean
from planner.optimize.heuristics.cell_moves import (
    ALL_OF_THEM,
    HANDED,
    MEAN_AGENTS,
    ON_SAME,
    TO_KNOWN,
)
from planner.optimize.heuristics.kernel_tools import draw
from planner.optimize.heuristics.line_allocation import Sharing
from planner.optimize.heuristics.penalised_plan import Cells, pick, set_cell
from planner.optimize.model.fleet import Fleet

Ints = NDArray[np.int64]


@lean
def propose(f: Fleet, s: Cells, w: Sharing, cells: Ints) -> tuple[int, int, int]:
    """Draw a move as up to four new cells: how many, and the two dialers whose lines follow."""
    if len(w.movable) == 0:
        return 0, 0, 0
    c = w.movable[pick(s, len(w.movable))]
    if s.dialers[c] == 0:
        return 0, 0, 0
    d, e = s.places[c, pick(s, s.dialers[c])], pick(s, len(s.cells))
    if s.dialers[c] > 1 and draw(s.random) < 0.3:
        e = s.places[c, pick(s, s.dialers[c])]
    if w.fixed[c, d]:
        return (_move_block(f, s, w, c, d, e, cells) if e != d else 0), d, e
    if f.pooled and draw(s.random) < HANDED:
        e = d if draw(s.random) < ON_SAME else e
        return _hand_over(f, s, w, c, d, e, cells), d, e
    if (f.pooled or f.min_agents[c] > 0) and draw(s.random) < 0.2:
        return _change_agents(f, s, w, c, d, cells), d, d
    return (_move_agents(f, s, w, c, d, e, cells) if e != d else 0), d, e


@lean
def _may_sit(f: Fleet, w: Sharing, c: int, d: int, a: int) -> bool:
    """Whether a campaign may have so many agents on a dialer."""
    if w.fixed[c, d] or a > f.a_high[c, d] or f.n_high[c, d] < max(a, 1):
        return False
    return bool(a >= f.min_agents[c])


@lean
def _hand_over(f: Fleet, s: Cells, w: Sharing, c: int, d: int, e: int, cells: Ints) -> int:
    """Agents of a campaign on d work for another one, there or on e."""
    o = pick(s, len(s.dialers))
    if s.cells[e] > 0 and draw(s.random) < TO_KNOWN:
        o = s.ids[e, pick(s, s.cells[e])]
    part = s.a[c, d]
    if part > 1 and draw(s.random) > ALL_OF_THEM:
        part = min(part, 1 + int(-MEAN_AGENTS * np.log(1.0 - draw(s.random))))
    left = s.a[c, d] - part
    if o == c or part == 0 or not _may_sit(f, w, o, e, s.a[o, e] + part):
        return 0
    if 0 < left < f.min_agents[c]:
        return 0
    set_cell(cells, 0, c, d, s.n[c, d] if left > 0 else 0, left)
    set_cell(cells, 1, o, e, max(s.n[o, e], s.a[o, e] + part, 1), s.a[o, e] + part)
    return 2


@lean
def _move_agents(f: Fleet, s: Cells, w: Sharing, c: int, d: int, e: int, cells: Ints) -> int:
    """Agents of a campaign go from d to e, and maybe some of another's come back."""
    part = s.a[c, d]
    if part > 1 and draw(s.random) < 0.4:
        part = max(1, min(part, int(-3.0 * np.log(1.0 - draw(s.random)))))
    count = _carry(f, s, w, c, d, e, part, cells, 0)
    if count == 0 or s.cells[e] == 0 or draw(s.random) < 0.3:
        return count
    return _move_back(f, s, w, c, part, d, e, cells)


@lean
def _move_block(f: Fleet, s: Cells, w: Sharing, c: int, d: int, e: int, cells: Ints) -> int:
    """All lines of a campaign go from d to e, and maybe some of another's come back."""
    count = _carry_block(f, s, c, d, e, cells, 0)
    if count == 0 or s.cells[e] == 0 or draw(s.random) < 0.3:
        return count
    return _move_back(f, s, w, c, s.a[c, d], d, e, cells)


@lean
def _move_back(
    f: Fleet, s: Cells, w: Sharing, c: int, part: int, d: int, e: int, cells: Ints
) -> int:
    """About as many agents of another campaign come back from e to d."""
    o = s.ids[e, pick(s, s.cells[e])]
    if o == c:
        return 0
    if w.fixed[o, e]:
        more = _carry_block(f, s, o, e, d, cells, 2)
    else:
        back = s.a[o, e]
        if back > 1 and draw(s.random) < 0.5:
            back = max(1, min(back, part + int(5.0 * draw(s.random)) - 2))
        more = _carry(f, s, w, o, e, d, back, cells, 2)
    return 2 + more if more > 0 else 0


@lean
def _carry_block(f: Fleet, s: Cells, c: int, d: int, e: int, cells: Ints, at: int) -> int:
    """All lines of a campaign go from d to e; how many cells, 0 where they may not."""
    n, a = s.n[c, d], s.a[c, d]
    may = f.survivable[c] > 0 and f.n_low[c, d] == 0 and s.n[c, e] == 0
    if not may or n > f.n_high[c, e] or a > f.a_high[c, e]:
        return 0
    set_cell(cells, at, c, d, 0, 0)
    set_cell(cells, at + 1, c, e, n, a)
    return 2


@lean
def _change_agents(f: Fleet, s: Cells, w: Sharing, c: int, d: int, cells: Ints) -> int:
    """A campaign has a few agents more or less, and another maybe the reverse."""
    change = 1 + int(-1.5 * np.log(1.0 - draw(s.random)))
    if draw(s.random) < 0.4:
        change = -change
    change = min(change, f.agents[c] - s.counts[c, 1])
    if change == 0 or not _may_sit(f, w, c, d, s.a[c, d] + change):
        return 0
    set_cell(cells, 0, c, d, s.n[c, d], s.a[c, d] + change)
    o = s.ids[d, pick(s, s.cells[d])]
    if o == c or f.min_agents[o] == 0 or draw(s.random) < 0.4:
        return 1
    if s.counts[o, 1] - change > f.agents[o] or not _may_sit(f, w, o, d, s.a[o, d] - change):
        return 0
    set_cell(cells, 1, o, d, s.n[o, d], s.a[o, d] - change)
    return 2


@lean
def _carry(
    f: Fleet, s: Cells, w: Sharing, c: int, d: int, e: int, part: int, cells: Ints, at: int
) -> int:
    """Agents of a campaign go from d to e; how many cells, 0 where they may not."""
    left = s.a[c, d] - part
    there = s.n[c, e] > 0
    stays = left > 0
    if not _may_sit(f, w, c, e, s.a[c, e] + part) or (stays and left < f.min_agents[c]):
        return 0
    if not stays and there and s.dialers[c] - 1 < f.min_used[c]:
        return 0
    set_cell(cells, at, c, d, s.n[c, d] if stays else 0, left)
    # On a dialer new to it as few lines as it may have, until they are shared out.
    set_cell(cells, at + 1, c, e, max(s.n[c, e], s.a[c, e] + part, 1), s.a[c, e] + part)
    return 2
