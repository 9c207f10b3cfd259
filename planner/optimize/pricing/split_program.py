"""Best split of one campaign over the dialers at given prices: a dynamic programme, compiled.

The programme runs over (dialer, dialers used, agent lines used); its entries are maxima over the
dial lines of a table row. Limits that tie the dialers of a campaign together (abandonment, dial
lines, survival) enter by their prices; survival, whose plain Lagrangian relaxation is weak, also
by caps (:mod:`planner.optimize.pricing.survival.capped_program`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled, inlined, lean
from planner.optimize.model.tables import ABANDONED, ANSWERED, ATTEMPTS, HANDLED
from planner.optimize.pricing.prices import NEVER, Limits, Prices, Split

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

UNUSED = -1
ALL = -1  # dialers of every block


def plain_split(limits: Limits, prices: Prices) -> Split | None:
    """Best split at the prices, exactly; None when no split exists."""
    dial, agent = np.zeros_like(limits.room), np.zeros_like(limits.room)
    bound = _plain_split(limits, prices, dial, agent)
    return None if bound <= NEVER else Split(bound, dial, agent)


@lean
def split_worth(limits: Limits, prices: Prices, dial_lines: Ints, agent_lines: Ints) -> float:
    """What a split is worth at the prices."""
    worth = 0.0
    for d in range(len(dial_lines)):
        worth += lines_worth(limits, prices, d, dial_lines[d], agent_lines[d])
    return worth


@lean
def lines_worth(limits: Limits, prices: Prices, d: int, n: int, a: int) -> float:
    """What ``n`` dial lines and ``a`` agent lines on one dialer are worth at the prices."""
    worth = prices.call[d] * limits.table[HANDLED, a, n]
    worth -= prices.attempt[d] * limits.table[ATTEMPTS, a, n]
    worth += prices.answered * limits.table[ANSWERED, a, n]
    worth -= prices.abandoned * limits.table[ABANDONED, a, n]
    worth -= prices.dial[d] * n + prices.agent[d] * a
    added = max(n - limits.now_n[d], 0) + max(a - limits.now_a[d], 0)
    return float(worth - prices.move * added)


@inlined
def _most_lines_worth(calls: Floats, low: int, high: int, least: float) -> int:
    """Most lines from low to high of which each adds more than ``least`` calls; they fall."""
    while low < high:
        middle = (low + high + 1) // 2
        if calls[middle] - calls[middle - 1] > least:
            low = middle
        else:
            high = middle - 1
    return low


@inlined
def lines_below(calls: Floats, low: int, high: int, cap: float) -> int:
    """Most lines from low to high with at most ``cap`` calls, which grow; low - 1 if none."""
    low -= 1
    while low < high:
        middle = (low + high + 1) // 2
        if calls[middle] <= cap:
            low = middle
        else:
            high = middle - 1
    return low


class Earnings(NamedTuple):
    """What so many lines earn on a dialer before its lines are charged: ``worth * calls``."""

    calls: Floats  # [agent lines, dial lines]
    worth: float
    falls: Bools  # [agent lines] whether each dial line earns less than the one before


@compiled
def earnings(limits: Limits, prices: Prices, call: float, attempt: float) -> Earnings:
    """Earnings with abandonment and attempts priced; the table itself where neither is."""
    rows, width = limits.table.shape[1:]
    found, falls = np.empty((rows, width)), np.empty(rows, np.bool_)
    if _fill_earnings(limits, prices, call, attempt, found, falls):
        return Earnings(found, 1.0, falls)
    return Earnings(limits.table[0], call, falls)


@lean
def _fill_earnings(
    limits: Limits, prices: Prices, call: float, attempt: float, found: Floats, falls: Bools
) -> bool:
    """Whether earnings are not the table itself; fills them, and by row whether they fall."""
    table = limits.table
    rows, width = table.shape[1:]
    falls[:] = limits.concave
    if attempt == 0 and prices.abandoned == 0:
        return False
    for a in range(rows):
        falls[a] = True
        for n in range(width):
            found[a, n] = (
                call * table[0, a, n]
                - prices.abandoned * table[1, a, n]
                + prices.answered * table[2, a, n]
                - attempt * table[3, a, n]
            )
            if n > a + 1:
                rise = (found[a, n] - found[a, n - 1]) - (found[a, n - 1] - found[a, n - 2])
                if rise > 0:
                    falls[a] = False
    return True


@lean
def dialer_profile(
    limits: Limits, prices: Prices, d: int, earned: Earnings, floor: float, cap: float,
    values: Floats, choice: Ints,
) -> None:  # fmt: skip
    """Best value over dial lines, and that number, for each agent count on one dialer.

    It handles ``floor`` calls at the least, and ``cap`` at the most.
    """
    lowest = max(limits.a_low[d], limits.min_agents)
    line = prices.dial[d]
    for a in range(len(values)):
        values[a] = NEVER
        choice[a] = 0
        if a < lowest or a > limits.a_high[d]:
            continue
        agent_ports = limits.agent_cost[d] * a
        first = max(a, limits.n_low[d], 1)
        last = min(limits.n_high[d], limits.room[d] - agent_ports, limits.table.shape[2] - 1)
        most = min(cap, limits.most_calls)
        if most < np.inf:
            last = lines_below(limits.table[0, a], first, last, most)
        if floor > 0:
            first = lines_below(limits.table[0, a], first, last, floor) + 1
        if last < first:
            continue
        n = best_lines(limits, prices, d, earned, a, line, first, last)
        added = max(0, n - limits.now_n[d]) + max(0, a - limits.now_a[d])
        values[a] = (
            earned.worth * earned.calls[a, n] - line * n - prices.agent[d] * a - prices.move * added
        )
        choice[a] = n


@inlined
def best_lines(
    limits: Limits, prices: Prices, d: int, earned: Earnings, a: int, line: float, first: int,
    last: int,
) -> int:  # fmt: skip
    """Dial lines that are worth most, by bisection where the earnings of each line fall."""
    best = first
    if earned.falls[a] and earned.worth > 0:
        now = max(first, min(limits.now_n[d], last))
        kept = last if prices.move == 0 else now
        best = _most_lines_worth(earned.calls[a], first, kept, line / earned.worth)
        if prices.move > 0 and best == now:
            price = (line + prices.move) / earned.worth
            best = _most_lines_worth(earned.calls[a], now, last, price)
    else:
        most = NEVER
        for n in range(first, last + 1):
            moved = prices.move * max(0, n - limits.now_n[d])
            worth = earned.worth * earned.calls[a, n] - line * n - moved
            if worth > most:
                best, most = n, worth
    return best


@lean
def add_dialer(
    before: Floats, values: Floats, may_skip: bool, exactly: bool, after: Floats, agents_here: Ints
) -> None:
    """One step of the programme: ``after[used, agents]`` with or without this dialer."""
    most_used, most_agents = before.shape[0] - 1, before.shape[1] - 1
    for used in range(most_used + 1):
        for agents in range(most_agents + 1):
            after[used, agents] = before[used, agents] if may_skip else NEVER
            agents_here[used, agents] = UNUSED
    for used in range(most_used if exactly else most_used + 1):
        to = min(used + 1, most_used)
        for a in range(len(values)):
            gain = values[a]
            if gain <= NEVER:
                continue
            for agents in range(a, most_agents + 1):
                start = before[used, agents - a]
                if start > NEVER and start + gain > after[to, agents]:
                    after[to, agents] = start + gain
                    # The count of used dialers saturates: remember where it came from.
                    agents_here[to, agents] = a * (most_used + 1) + used


class Work(NamedTuple):
    """Arrays of the dynamic programme, made by :func:`new_work`."""

    here: Ints  # [share, dialer, used, agents] for :func:`read_back`, as the next
    choice: Ints  # [share, dialer, agent lines]
    best: Floats  # [used, agents] over the dialers so far
    spare: Floats
    values: Floats  # [agent lines] of one dialer
    earned: Floats  # [agent lines, dial lines]
    falls: Bools  # [agent lines]
    pick: Ints  # [share, dialer] agent lines that are worth most, where none are counted


@compiled
def new_work(limits: Limits, shares: int) -> Work:
    """Arrays for programmes at so many shares."""
    dialers, (rows, width) = len(limits.room), limits.table.shape[1:]
    used, agents = limits.min_used + 1, 1 if limits.uncounted else limits.agents + 1
    return Work(
        np.empty((shares, dialers, used, agents), np.int64),
        np.empty((shares, dialers, rows), np.int64),
        np.empty((used, agents)),
        np.empty((used, agents)),
        np.empty(rows),
        np.empty((rows, width)),
        np.empty(rows, np.bool_),
        np.empty((shares, dialers), np.int64),
    )


@lean
def programme(
    limits: Limits, prices: Prices, group: int, discount: float, floor: float, cap: float, w: Work,
    k: int,
) -> None:  # fmt: skip
    """Best value by (dialers used, agent lines) over the dialers of a block, or all (ALL).

    It is left in ``w.best``. A call is paid ``discount`` less; each dialer that is used handles
    ``floor`` to ``cap`` calls. What :func:`read_back` needs is
    kept as that of share ``k``.
    """
    best, spare = w.best, w.spare
    best[:] = NEVER
    best[0, 0] = 0.0
    fresh, swapped, last_call, last_attempt = True, False, 0.0, 0.0
    earned = Earnings(w.earned, 0.0, w.falls)
    for d in limits.order:
        if (group != ALL and limits.block[d] != group) or limits.n_high[d] == 0:
            continue
        call = prices.call[d] - discount
        if fresh or call != last_call or prices.attempt[d] != last_attempt:
            fresh, last_call, last_attempt = False, call, prices.attempt[d]
            if _fill_earnings(limits, prices, call, last_attempt, w.earned, w.falls):
                earned = Earnings(w.earned, 1.0, w.falls)
            else:
                earned = Earnings(limits.table[0], call, w.falls)
        dialer_profile(limits, prices, d, earned, floor, cap, w.values, w.choice[k, d])
        if limits.uncounted:
            w.pick[k, d] = _keep_best(w.values)
        may_skip = limits.n_low[d] == 0 and limits.a_low[d] == 0
        add_dialer(best, w.values, may_skip, limits.exactly, spare, w.here[k, d])
        best, spare, swapped = spare, best, not swapped
    if swapped:
        for used in range(len(w.best)):
            for agents in range(w.best.shape[1]):
                w.best[used, agents] = w.spare[used, agents]


@lean
def _keep_best(values: Floats) -> int:
    """The largest value in the place of none, and nothing else; where it was."""
    best = argmax(values)
    worth = values[best]
    values[:] = NEVER
    values[0] = worth
    return best


@lean
def read_back(
    limits: Limits, group: int, w: Work, k: int, used: int, agents: int, dial_lines: Ints,
    agent_lines: Ints,
) -> None:  # fmt: skip
    """Fill the split that gave the programme's value at (used, agents), of share ``k``."""
    here, choice = w.here[k], w.choice[k]
    for d in limits.order[::-1]:
        if group != ALL and limits.block[d] != group:
            continue
        if limits.n_high[d] == 0:
            dial_lines[d] = 0
            agent_lines[d] = 0
            continue
        code = here[d, used, agents]
        dial_lines[d] = 0
        agent_lines[d] = 0
        if code != UNUSED:
            a = code // (limits.min_used + 1)
            agents -= a
            if limits.uncounted:
                a = w.pick[k, d]
            agent_lines[d] = a
            dial_lines[d] = choice[d, a]
            used = code % (limits.min_used + 1)


@compiled
def _plain_split(limits: Limits, prices: Prices, dial_lines: Ints, agent_lines: Ints) -> float:
    """Programme over all dialers; fills the split, returns its value or NEVER."""
    return _fill_plain_split(limits, prices, dial_lines, agent_lines, new_work(limits, 1))


@lean
def _fill_plain_split(
    limits: Limits, prices: Prices, dial_lines: Ints, agent_lines: Ints, w: Work
) -> float:
    programme(limits, prices, ALL, 0.0, 0.0, np.inf, w, 0)
    used, agents, bound = best_end(limits, prices, w.best)
    if bound > NEVER:
        read_back(limits, ALL, w, 0, used, agents, dial_lines, agent_lines)
    return bound


@lean
def best_end(limits: Limits, prices: Prices, best: Floats) -> tuple[int, int, float]:
    """Where a programme ends best: dialers used, agent lines, value; agents may stay unused.

    Dialers missing are charged; a split without lines is worth nothing less what that costs.
    """
    used, agents, bound = 0, 0, NEVER
    for u in range(limits.least_used, limits.min_used + 1):
        a = argmax(best[u])
        if best[u, a] > NEVER:
            worth = best[u, a] - prices.missing * max(limits.asked - u, 0)
            if worth > bound:
                used, agents, bound = u, a, worth
    if limits.may_be_empty and limits.least_used > 0 and -prices.nothing > bound:
        used, agents, bound = 0, 0, -prices.nothing
    return used, agents, bound


@inlined
def argmax(values: Floats) -> int:
    """Place of the first largest value."""
    best = 0
    for k in range(1, len(values)):
        if values[k] > values[best]:
            best = k
    return best
