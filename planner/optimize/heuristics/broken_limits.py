"""What a plan under change is worth, and the penalties for limits it breaks and what it misses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import inlined, lean
from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.heuristics.penalised_plan import Cells, change, over_limit, over_sum, set_cell
from planner.optimize.heuristics.worst_failure import most_lost, worst
from planner.optimize.model.asked import NO_ROW
from planner.optimize.model.fleet import Fleet, entry
from planner.optimize.model.requirements import (
    ATTEMPTED,
    CALLS,
    FLOORS,
    PER_CENT_ROUNDING,
    RUNS,
    SURVIVES,
    USED,
)
from planner.optimize.model.tables import ATTEMPTS

Ints = NDArray[np.int64]

#: What shortfalls of earlier kinds cost beside those that are counted, and those of later ones;
#: what all that comes after weighs beside one of them, and what of that is worth keeping.
EARLIER, LATER, TIE, SMALLEST_TIE = 4.0, 0.2, 0.25, 1e-3
#: A line over a capacity costs so many times what a line earns on average; a call over a limit of
#: its campaign so many times its value.
LINE_PENALTY, CALL_PENALTY, ABANDONED_PENALTY = 4.0, 3.0, 10.0
#: What one more shortfall counts like [lines]: a campaign that does not run, a dialer or a line too
#: few, a per cent too little.
LINES_PER_RUN, LINES_PER_DIALER, LINES_PER_LINE, LINES_PER_CENT = 100.0, 30.0, 15.0, 2.0


class Worth(NamedTuple):
    """What broken limits are penalised by, and what value weighs beside shortfalls that count."""

    line: float
    call: float
    tie: float  # 1 / the most value


@lean
def _attempts(f: Fleet, s: Cells, c: int) -> float:
    total = 0.0
    for i in range(s.dialers[c]):
        d = s.places[c, i]
        total += entry(f, ATTEMPTS, c, s.a[c, d], s.n[c, d])
    return total


@lean
def _floor_lines(f: Fleet, s: Cells, c: int) -> int:
    """Lines that a campaign misses of the least in limits.csv."""
    missing = 0
    for k in range(len(f.asked.floor_of)):
        if f.asked.floor_of[k] == c:
            lines = 0
            for i in range(s.dialers[c]):
                d = s.places[c, i]
                if f.asked.floor_members[k, d]:
                    lines += s.n[c, d] if f.asked.floor_dial[k] else s.a[c, d]
            missing += max(0, f.asked.floor_lines[k] - lines)
    return missing


@lean
def rows_missed(f: Fleet, s: Cells, c: int) -> float:
    """Attempts and least lines that a campaign misses beyond what may be [dialers' worth]."""
    missed = 0.0
    least = f.asked.least[c, ATTEMPTED]
    if least > 0:
        missed += max(0.0, least - _attempts(f, s, c)) / least
    if f.asked.has_floors[c]:
        missed += 0.5 * max(0.0, _floor_lines(f, s, c) - f.asked.least[c, FLOORS])
    return missed


@inlined
def _missing_of(f: Fleet, s: Cells, c: int, kind: int) -> float:
    """A shortfall before it is rounded up."""
    full = f.asked.full[c, kind]
    missing = 0.0
    if kind == FLOORS:
        missing = float(_floor_lines(f, s, c))
    elif kind == RUNS:
        missing = full if s.dialers[c] == 0 else 0.0
    elif kind == USED:
        missing = full - s.dialers[c]
    elif kind == SURVIVES:
        if s.dialers[c] > 0 and s.handled[c] > 0:  # sums of nothing may be off by rounding
            missing = 100.0 * (full - 1.0 + most_lost(f, s.by_part[c]) / s.handled[c])
    elif full > 0:
        had = s.handled[c] if kind == CALLS else _attempts(f, s, c)
        missing = 100.0 * (1.0 - had / full)
    return max(0.0, missing)


@inlined
def _sum_penalty(f: Fleet, s: Cells, row: int) -> float:
    """What a sum of shortfalls counts like [lines]: all of it where it counts, else the rest."""
    kind = f.asked.row_kind[row]
    each = LINES_PER_CENT
    if kind == RUNS:
        each = LINES_PER_RUN
    elif kind == USED:
        each = LINES_PER_DIALER
    elif kind == FLOORS:
        each = LINES_PER_LINE
    missing = s.missing_sums[row]
    if f.asked.counted == NO_ROW or row < f.asked.counted:
        over = EARLIER * (1.0 + max(0.0, missing - f.asked.row_most[row]))
        missing = over if s.short_sums[row] > f.asked.row_most[row] else 0.0
    elif row > f.asked.counted:
        missing *= LATER
    return float(each * missing)


@lean
def count_short(f: Fleet, s: Cells, c: int) -> None:
    """Count a campaign's shortfalls anew in the sums they belong to."""
    if len(s.short_sums) == 0:
        return
    for kind in range(f.asked.row_of.shape[1]):
        row = f.asked.row_of[c, kind]
        if row == NO_ROW:
            continue
        missing = _missing_of(f, s, c, kind)
        short = int(np.ceil(missing - PER_CENT_ROUNDING))
        s.excess[0] -= _sum_penalty(f, s, row)
        s.short_sums[row] += short - s.short[c, kind]
        s.missing_sums[row] += missing - s.missing[c, kind]
        s.short[c, kind] = short
        s.missing[c, kind] = missing
        s.excess[0] += _sum_penalty(f, s, row)


@inlined
def own_excess(f: Fleet, s: Cells, c: int, worth: Worth) -> float:
    """Penalty for what a campaign exceeds its own limits by [value per hour]."""
    call = max(f.value[c], worth.call)
    lines, agents = s.counts[c, 0], s.counts[c, 1]
    line = worth.line + call * s.handled[c] / (1.0 + lines)
    many, missing = agents - f.agents[c], f.asked.least[c, USED] - s.dialers[c]
    excess: float = CALL_PENALTY * line * (max(0, lines - f.max_lines[c]) + 3 * max(0, many))
    excess += LINES_PER_DIALER * worth.line * max(0.0, missing)
    limit = f.abandon_limit[c]
    over = s.figures[c, 0] - limit * s.figures[c, 1] if limit < np.inf else 0.0
    if over > SEARCH_ROUNDING * (1.0 + s.figures[c, 1]):
        excess += ABANDONED_PENALTY * call * over
    short = f.asked.least[c, CALLS] - s.handled[c]
    if short > 0:
        excess += CALL_PENALTY * call * short
    if f.asked.least[c, ATTEMPTED] > 0 or f.asked.has_floors[c]:
        excess += LINES_PER_DIALER * worth.line * rows_missed(f, s, c)
    share = f.asked.least[c, SURVIVES]
    if share > 0:
        most = (1.0 - share) * s.handled[c]
        if f.any_two:
            over = most_lost(f, s.by_part[c]) - most
            if over > SEARCH_ROUNDING * (1.0 + s.handled[c]):
                excess += CALL_PENALTY * call * over
        else:
            for k in range(len(f.parts)):
                over = s.by_part[c, k] - most
                if over > SEARCH_ROUNDING * (1.0 + s.handled[c]):
                    excess += CALL_PENALTY * call * over
    return excess


@lean
def worth_of(f: Fleet, s: Cells, width: float) -> float:
    """(1 - w) * value + w * value surviving, less the cost of moves; softened by a width."""
    return float(s.excess[1] - worst(f, s.lost, width) - f.move_cost * s.added[0])


@inlined
def reached(f: Fleet, s: Cells, worth: Worth) -> float:
    """What is maximised: the value; or few shortfalls, then few of the next kinds, then value."""
    value, counted = worth_of(f, s, 0.0), f.asked.counted
    if counted == NO_ROW:
        return value
    later = 0.0
    for row in range(counted + 1, len(s.short_sums)):
        later += worth.tie * worth.line * _sum_penalty(f, s, row)
    # Both together weigh less than a shortfall of one.
    return float(TIE * (worth.tie * value - later / (1.0 + later)) - s.short_sums[counted])


@inlined
def smallest_gain(f: Fleet, value: float) -> float:
    """By how much more has to be reached to be kept."""
    return SEARCH_ROUNDING * abs(value) if f.asked.counted == NO_ROW else SMALLEST_TIE


@lean
def holds(f: Fleet, s: Cells) -> bool:
    """Whether the plan holds every limit, looked at anew."""
    held = True
    for d in range(len(s.free)):
        held &= s.free[d] >= 0
    for c in range(len(s.own)):
        held &= s.own[c] <= 0
    for k in range(len(f.limit)):
        held &= over_limit(f, k, s.used[k]) <= 0
    for k in range(len(f.sum_limit)):
        held &= over_sum(f, k, s.sums[k]) <= 0
    for k in range(len(f.asked.row_most)):
        later = f.asked.counted != NO_ROW and k >= f.asked.counted
        held &= later or s.short_sums[k] <= f.asked.row_most[k]
    for p in range(len(f.pool_agents)):
        held &= s.seated[p] <= f.pool_agents[p]
    return held


@lean
def start(f: Fleet, s: Cells, worth: Worth, cell: Ints, n: Ints, a: Ints) -> float:
    """Take a plan; its value, or none where it breaks limits. ``cell`` is room for one pair."""
    for c in range(n.shape[0]):
        for d in range(n.shape[1]):
            if s.n[c, d] != n[c, d] or s.a[c, d] != a[c, d]:
                set_cell(cell, 0, c, d, n[c, d], a[c, d])
                change(f, s, cell, 0, 1, 1)
    for c in range(n.shape[0]):
        s.own[c] = own_excess(f, s, c, worth)
        count_short(f, s, c)
    return float(reached(f, s, worth)) if holds(f, s) else -np.inf
