"""The dial lines of a dialer shared out best among the campaigns that have agents there.

Given which campaigns have how many agents on a dialer, its ports are shared out best where the
last line of each earns the same: a separable concave allocation (B. Fox, Discrete optimization via
marginal analysis, Management Science 13, 1966).

Lines that a limit ties to others (survival), and locked ones, stay as they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import inlined, lean
from planner.evaluation.tolerances import SEARCH_ROUNDING
from planner.optimize.heuristics.penalised_plan import Cells
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
#: A limit used up to this share binds: its dialers keep the number of lines they have.
BINDS = 0.98


class Sharing(NamedTuple):
    """What sharing out needs to know beside the plan, and where it works."""

    fixed: Bools  # [campaign, dialer] lines that stay as they are
    movable: Ints  # campaigns with others
    room: Ints  # [dialer] ports to be shared out
    worth: Floats  # [dialer] of its last line, about
    trial: Ints  # [place] dial lines tried on a dialer
    few: Ints  # [place] fewest of them
    many: Ints  # [place] most of them


def new_sharing(f: Fleet, s: Cells) -> Sharing:
    """As a plan asks for it."""
    campaigns, dialers = f.n_low.shape
    fixed = f.frozen[:, None] | (f.n_low > 0)
    blocks = (f.survivable > 0)[:, None] & (f.n_low == 0)
    used = (s.n + f.agent_cost * s.a).sum(axis=0)
    free = np.array([_is_free(f, s, d) for d in range(dialers)], np.bool_)
    return Sharing(
        fixed=fixed,
        movable=np.flatnonzero(((s.n > 0) & (~fixed | blocks)).any(axis=1)),
        room=np.where(free, f.room, used),
        worth=np.full(dialers, max(float(s.excess[1]), NO_PRICE) / max(int(used.sum()), 1)),
        trial=np.zeros(campaigns + 2, np.int64),
        few=np.zeros(campaigns + 2, np.int64),
        many=np.zeros(campaigns + 2, np.int64),
    )


def _is_free(f: Fleet, s: Cells, d: int) -> bool:
    """Whether no limit that several dialers share binds on a dialer."""
    mine, sums = f.capacities_of[d], f.sums_of[d]
    mine, sums = mine[mine != NONE], sums[sums != NONE]
    sums = sums[f.sum_dial[sums] > 0]
    return bool(
        np.all(s.used[mine] <= BINDS * f.limit[mine])
        and np.all(s.sums[sums] <= BINDS * f.sum_limit[sums])
    )


@lean
def _most(f: Fleet, s: Cells, c: int, d: int, skip: int) -> int:
    """Most dial lines of a campaign on a dialer; those on ``skip`` come after."""
    most: int = min(f.n_high[c, d], f.most_lines[c, s.a[c, d]])
    elsewhere = s.counts[c, 0] - s.n[c, d]
    if skip != NONE:
        elsewhere -= s.n[c, skip]
    most = min(most, f.max_lines[c] - elsewhere)
    for j in range(f.sums_of.shape[1]):
        k = f.sums_of[d, j]
        if k == NONE:
            break
        if f.sum_dial[k] > 0 and f.sum_pairs[k, c, d]:
            left = (f.sum_limit[k] - s.sums[k]) / f.sum_dial[k]
            most = min(most, s.n[c, d] + int(np.floor(left + SEARCH_ROUNDING)))
    return most


@inlined
def _gain(f: Fleet, c: int, d: int, a: int, n: int) -> float:
    """What the last of so many dial lines earns, net of what its calls cost."""
    more = f.call_value[c, d] * (entry(f, HANDLED, c, a, n) - entry(f, HANDLED, c, a, n - 1))
    if f.attempt_cost[d] > 0:
        attempts = entry(f, ATTEMPTS, c, a, n) - entry(f, ATTEMPTS, c, a, n - 1)
        more -= f.attempt_cost[d] * attempts
    return float(more)


@lean
def _lines_at(
    f: Fleet, c: int, d: int, a: int, low: int, high: int, guess: int, price: float
) -> int:
    """Most dial lines up to which each earns at least a price, looked for around a guess."""
    guess = min(max(guess, low), high)
    step = 1
    if guess > low and _gain(f, c, d, a, guess) < price:
        high = guess - 1
        while low < high and high - step > low:
            if _gain(f, c, d, a, high - step) >= price:
                low = high - step
                break
            high -= step + 1
            step *= 2
    else:
        low = guess
        while low < high and low + step < high:
            if _gain(f, c, d, a, low + step) < price:
                high = low + step - 1
                break
            low += step
            step *= 2
    while low < high:
        middle = (low + high + 1) // 2
        if _gain(f, c, d, a, middle) >= price:
            low = middle
        else:
            high = middle - 1
    return low


@inlined
def _copy(source: Ints, target: Ints, count: int) -> None:
    for i in range(count):
        target[i] = source[i]


@inlined
def share_out(f: Fleet, s: Cells, w: Sharing, d: int, skip: int) -> bool:
    """Dial lines of a dialer's campaigns that earn most, into ``w.trial``; whether there are any.

    Lines on dialer ``skip`` do not count towards a campaign's most dial lines: it comes after.
    """
    room = w.room[d]
    least = most = 0
    for i in range(s.cells[d]):
        c = s.ids[d, i]
        a = s.a[c, d]
        if w.fixed[c, d]:
            w.few[i] = w.many[i] = s.n[c, d]
        else:
            w.few[i], w.many[i] = max(a, 1), _most(f, s, c, d, skip)
        if w.many[i] < w.few[i]:
            return False
        room -= f.agent_cost[d] * a
        least += w.few[i]
        most += w.many[i]
    if least > room:
        return False
    if most <= room and f.attempt_cost[d] == 0:
        _copy(w.many, w.trial, s.cells[d])
    else:
        _meet(f, s, w, d, room)
    return True


@inlined
def _meet(f: Fleet, s: Cells, w: Sharing, d: int, room: int) -> None:
    """Lines up to the room: bisect the price of a line, then go on line by line.

    ``w.few`` and ``w.many`` are the fewest and the most lines of each campaign; they close in on
    those at the two ends of the price's interval.
    """
    few, many, trial = w.few, w.many, w.trial
    count = s.cells[d]
    for i in range(count):
        trial[i] = s.n[s.ids[d, i], d]
    high = w.worth[d]
    total = _total(f, s, w, d, high)
    if total > room:
        while total > room:
            _copy(trial, many, count)
            low = high
            high *= WIDTH
            total = _total(f, s, w, d, high)
        _copy(trial, few, count)
        left = room - total
    else:
        _copy(trial, few, count)
        left = room - total
        low = high / WIDTH
        while low > NO_PRICE:
            total = _total(f, s, w, d, low)
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
        total = _total(f, s, w, d, middle)
        if total > room:
            low = middle
            _copy(trial, many, count)
        else:
            high = middle
            _copy(trial, few, count)
            left = room - total
    w.worth[d] = high
    _copy(few, trial, count)
    _add_lines(f, s, w, d, left)


@inlined
def _add_lines(f: Fleet, s: Cells, w: Sharing, d: int, left: int) -> None:
    """Add lines to ``w.trial``, one by one to the campaign that earns most."""
    while left > 0:
        best, most = -1, 0.0
        for i in range(s.cells[d]):
            if w.trial[i] < w.many[i]:
                c = s.ids[d, i]
                gain = _gain(f, c, d, s.a[c, d], w.trial[i] + 1)
                if gain > most:
                    best, most = i, gain
        if best < 0:
            break
        w.trial[best] += 1
        left -= 1


@lean
def _total(f: Fleet, s: Cells, w: Sharing, d: int, price: float) -> int:
    """All lines that earn at least a price, looked for around those in ``w.trial``, into it."""
    total = 0
    for i in range(s.cells[d]):
        c = s.ids[d, i]
        guess = w.trial[i]
        w.trial[i] = _lines_at(f, c, d, s.a[c, d], w.few[i], w.many[i], guess, price)
        total += w.trial[i]
    return total
