"""A plan in which agents are moved, with the dial lines of each dialer shared out best.

Given which campaigns have how many agents on a dialer, its ports are shared out best where the
last line of each earns the same: a separable concave allocation (B. Fox, Discrete optimization via
marginal analysis, Management Science 13, 1966).

Cells whose lines a limit ties to others (survival), and locked ones, stay as they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import inlined, lean
from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.heuristics.kernel_tools import RandomState, forget, random_state
from planner.optimize.heuristics.worst_failure import lose, worst
from planner.optimize.model.fleet import NONE, Fleet, entry
from planner.optimize.model.tables import ATTEMPTS, HANDLED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Halvings of the interval in which the worth of a dialer's last line lies; what is left of its
#: ports then goes line by line to who earns most.
HALVINGS = 6
#: So few ports left are given out line by line at once.
FEW_LEFT = 2
#: No line is cheaper than this.
NO_PRICE = 1e-9
#: How far that worth may move in a step before the interval is widened.
WIDTH = 1.3
#: A capacity used up to this share binds: its dialers keep the number of lines they have.
BINDS = 0.98


class AgentState(NamedTuple):
    """A plan, and what is needed to move agents in it."""

    n: Ints  # [campaign, dialer]
    a: Ints
    ids: Ints  # [dialer, place] campaigns there
    cells: Ints  # [dialer] how many
    places: Ints  # [campaign, place] dialers with its lines
    dialers: Ints  # [campaign] how many
    lines: Ints  # [campaign] dial lines
    agents: Ints  # [campaign] agent lines
    fixed: Bools  # [campaign, dialer] cells that stay as they are
    movable: Ints  # campaigns with others
    room: Ints  # [dialer] lines to be shared out
    worth: Floats  # [dialer] of its last line, about
    value: Floats  # [dialer]
    lost: Floats  # [part] value that is lost with it
    used: Floats  # [capacity]
    trial: Ints  # [place] dial lines tried on a dialer
    few: Ints  # [place] fewest of them
    many: Ints  # [place] most of them
    random: RandomState


def new_agent_state(f: Fleet, seed: int) -> AgentState:
    """A plan without lines."""
    campaigns, dialers = f.n_low.shape
    return AgentState(
        n=np.zeros((campaigns, dialers), np.int64),
        a=np.zeros((campaigns, dialers), np.int64),
        ids=np.zeros((dialers, campaigns + 2), np.int64),
        cells=np.zeros(dialers, np.int64),
        places=np.zeros((campaigns, dialers), np.int64),
        dialers=np.zeros(campaigns, np.int64),
        lines=np.zeros(campaigns, np.int64),
        agents=np.zeros(campaigns, np.int64),
        fixed=np.zeros((campaigns, dialers), np.bool_),
        movable=np.zeros(0, np.int64),
        room=np.zeros(dialers, np.int64),
        worth=np.zeros(dialers),
        value=np.zeros(dialers),
        lost=np.zeros(len(f.parts)),
        used=np.zeros(len(f.limit)),
        trial=np.zeros(campaigns + 2, np.int64),
        few=np.zeros(campaigns + 2, np.int64),
        many=np.zeros(campaigns + 2, np.int64),
        random=random_state(seed),
    )


@lean
def seat(s: AgentState, c: int, d: int, a: int, here: bool) -> None:
    """Set a cell's agents, and whether its campaign is there at all."""
    was = False
    for i in range(s.dialers[c]):
        was = was or s.places[c, i] == d
    s.agents[c] += a - s.a[c, d]
    s.a[c, d] = a
    if here and not was:
        s.ids[d, s.cells[d]] = c
        s.cells[d] += 1
        s.places[c, s.dialers[c]] = d
        s.dialers[c] += 1
    elif was and not here:
        forget(s.ids[d], s.cells[d], c)
        s.cells[d] -= 1
        forget(s.places[c], s.dialers[c], d)
        s.dialers[c] -= 1


@lean
def start(f: Fleet, s: AgentState, n: Ints, a: Ints) -> float:
    """Take a plan; its value."""
    campaigns, dialers = n.shape
    s.cells[:] = 0
    s.dialers[:] = 0
    s.lines[:] = 0
    s.agents[:] = 0
    s.used[:] = 0.0
    s.lost[:] = 0.0
    s.a[:] = 0
    for d in range(dialers):
        s.value[d] = 0.0
        lines = 0
        for c in range(campaigns):
            s.n[c, d] = n[c, d]
            if n[c, d] > 0:
                seat(s, c, d, a[c, d], True)
                s.lines[c] += n[c, d]
                s.value[d] += f.value[c] * entry(f, HANDLED, c, a[c, d], n[c, d])
                lines += n[c, d] + f.agent_cost[d] * a[c, d]
                _use(f, s, c, d, 1.0)
        lose(f, s.lost, d, s.value[d])
        s.room[d] = lines
        s.worth[d] = max(s.value[d], 1e-9) / max(lines, 1)
    for d in range(dialers):
        free = True
        for j in range(f.capacities_of.shape[1]):
            k = f.capacities_of[d, j]
            if k != NONE and s.used[k] > BINDS * f.limit[k]:
                free = False
        if free:
            s.room[d] = f.room[d]
    return worth_of(f, s, 0.0)


@lean
def worth_of(f: Fleet, s: AgentState, width: float) -> float:
    """(1 - w) * value + w * value surviving, softened by a width."""
    value = -worst(f, s.lost, width)
    for d in range(len(s.value)):
        value += s.value[d]
    return value


@inlined
def _use(f: Fleet, s: AgentState, c: int, d: int, sign: float) -> None:
    """Count what a cell uses of the capacities beside ports."""
    for j in range(f.capacities_of.shape[1]):
        k = f.capacities_of[d, j]
        if k != NONE:
            if f.counts_lines[k]:
                s.used[k] += sign * (s.n[c, d] + f.agent_cost[d] * s.a[c, d])
            else:
                s.used[k] += sign * entry(f, ATTEMPTS, c, s.a[c, d], s.n[c, d])


@lean
def _most(f: Fleet, s: AgentState, c: int, d: int, elsewhere: int) -> int:
    """Most dial lines of a cell."""
    most: int = min(f.n_high[c, d], f.most_lines[c, s.a[c, d]], f.max_lines[c] - elsewhere)
    return most


@inlined
def _earns(f: Fleet, c: int, start: int, lines: int, price: float) -> bool:
    """Whether the last of so many dial lines earns at least a price."""
    return bool(f.value[c] * (f.flat[start + lines] - f.flat[start + lines - 1]) >= price)


@lean
def _lines_at(f: Fleet, c: int, a: int, low: int, high: int, guess: int, price: float) -> int:
    """Most dial lines up to which each earns at least a price, looked for around a guess."""
    start = f.base[c] + a * f.width[c]
    guess = min(max(guess, low), high)
    step = 1
    if guess > low and not _earns(f, c, start, guess, price):
        high = guess - 1
        while low < high and high - step > low:
            if _earns(f, c, start, high - step, price):
                low = high - step
                break
            high -= step + 1
            step *= 2
    else:
        low = guess
        while low < high and low + step < high:
            if not _earns(f, c, start, low + step, price):
                high = low + step - 1
                break
            low += step
            step *= 2
    while low < high:
        middle = (low + high + 1) // 2
        if _earns(f, c, start, middle, price):
            low = middle
        else:
            high = middle - 1
    return low


@inlined
def _copy(source: Ints, target: Ints, count: int) -> None:
    for i in range(count):
        target[i] = source[i]


@lean
def _share_out(f: Fleet, s: AgentState, d: int, skip: int, trial: Ints) -> float:
    """Dial lines of a dialer's cells that earn most, into ``trial``; what they earn, or -1.

    Lines on dialer ``skip`` do not count towards a campaign's most dial lines: it comes after.
    """
    count, room = s.cells[d], s.room[d]
    lows, highs = s.few, s.many
    least = most = 0
    for i in range(count):
        c = s.ids[d, i]
        a = s.a[c, d]
        if s.fixed[c, d]:
            lows[i] = highs[i] = s.n[c, d]
        else:
            elsewhere = s.lines[c] - s.n[c, d]
            if skip >= 0:
                elsewhere -= s.n[c, skip]
            lows[i] = max(a, 1)
            highs[i] = _most(f, s, c, d, elsewhere)
            if highs[i] < lows[i]:
                return -1.0
        room -= f.agent_cost[d] * a
        least += lows[i]
        most += highs[i]
    if least > room:
        return -1.0
    if most <= room:
        _copy(highs, trial, count)
    else:
        _meet(f, s, d, room, lows, highs, trial)
    earned = 0.0
    for i in range(count):
        c = s.ids[d, i]
        earned += f.value[c] * entry(f, HANDLED, c, s.a[c, d], trial[i])
    return earned


@lean
def _meet(f: Fleet, s: AgentState, d: int, room: int, few: Ints, many: Ints, trial: Ints) -> None:
    """Lines up to the room: bisect the price of a line, then go on line by line.

    ``few`` and ``many`` are the fewest and the most lines of each cell; they close in on those at
    the two ends of the price's interval.
    """
    count = s.cells[d]
    for i in range(count):
        trial[i] = s.n[s.ids[d, i], d]
    high = s.worth[d]
    total = _total(f, s, d, high, few, many, trial)
    if total > room:
        while total > room:
            _copy(trial, many, count)
            low = high
            high *= WIDTH
            total = _total(f, s, d, high, few, many, trial)
        _copy(trial, few, count)
        left = room - total
    else:
        _copy(trial, few, count)
        left = room - total
        low = high / WIDTH
        while low > NO_PRICE:
            total = _total(f, s, d, low, few, many, trial)
            if total > room:
                _copy(trial, many, count)
                break
            _copy(trial, few, count)
            left = room - total
            high = low
            low /= WIDTH
    for _ in range(HALVINGS):
        if left <= FEW_LEFT:
            break
        middle = 0.5 * (low + high)
        total = _total(f, s, d, middle, few, many, trial)
        if total > room:
            low = middle
            _copy(trial, many, count)
        else:
            high = middle
            _copy(trial, few, count)
            left = room - total
    s.worth[d] = high
    _copy(few, trial, count)
    _add_lines(f, s, d, left, many, trial)


@lean
def _add_lines(f: Fleet, s: AgentState, d: int, left: int, many: Ints, trial: Ints) -> None:
    """Add lines to ``trial``, one by one to the cell that earns most."""
    while left > 0:
        best, most = -1, 0.0
        for i in range(s.cells[d]):
            if trial[i] < many[i]:
                c = s.ids[d, i]
                start = f.base[c] + s.a[c, d] * f.width[c] + trial[i]
                gain = f.value[c] * (f.flat[start + 1] - f.flat[start])
                if gain > most:
                    best, most = i, gain
        if best < 0:
            break
        trial[best] += 1
        left -= 1


@lean
def _total(
    f: Fleet, s: AgentState, d: int, price: float, few: Ints, many: Ints, trial: Ints
) -> int:
    """All lines that earn at least a price, looked for around those in ``trial``, into it."""
    total = 0
    for i in range(s.cells[d]):
        c = s.ids[d, i]
        trial[i] = _lines_at(f, c, s.a[c, d], few[i], many[i], trial[i], price)
        total += trial[i]
    return total


@lean
def fill(f: Fleet, s: AgentState, d: int, skip: int) -> bool:
    """Share out a dialer's lines; False where there are too few."""
    earned = _share_out(f, s, d, skip, s.trial)
    if earned < 0:
        return False
    for i in range(s.cells[d]):
        c = s.ids[d, i]
        s.lines[c] += s.trial[i] - s.n[c, d]
        s.n[c, d] = s.trial[i]
    s.value[d] = earned
    return True


@lean
def count_used(f: Fleet, s: AgentState, d: int, sign: float) -> None:
    """Add what a dialer uses of the capacities beside ports, or take it away (sign -1)."""
    for i in range(s.cells[d]):
        _use(f, s, s.ids[d, i], d, sign)


@lean
def within(f: Fleet, s: AgentState, d: int) -> bool:
    """Whether the capacities of a dialer, beside its ports, hold."""
    for j in range(f.capacities_of.shape[1]):
        k = f.capacities_of[d, j]
        if k != NONE and s.used[k] > f.limit[k] * (1.0 + SEARCH_ROUNDING):
            return False
    return True
