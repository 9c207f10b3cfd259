"""Narrows the ranges of a box to the lines that a plan better than the best one may have.

At the prices of a box's relaxation each campaign's splits have a bound. Where the best split with
so many lines on a dialer, together with the bounds of the other campaigns, is worth no more than
what is known already, no better plan has them: they are cut off, for whatever prices come later.
Fixing variables by reduced cost: G. L. Nemhauser, L. A. Wolsey, Integer and Combinatorial
Optimization, Wiley 1988, II.5.2.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import compiled, inlined
from planner.optimize.pricing.split_program import (
    NEVER,
    Limits,
    Prices,
    add_dialer,
    dialer_profile,
    earnings,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Kept(NamedTuple):
    """The ranges of one campaign's lines that are kept, arrays by dialer."""

    n_low: Ints
    n_high: Ints
    a_low: Ints
    a_high: Ints


def nothing_kept(limits: Limits) -> Kept:
    """Empty ranges, to be widened."""
    dialers = len(limits.room)
    most = np.full(dialers, np.iinfo(np.int64).max)
    return Kept(most, np.full(dialers, -1), most.copy(), np.full(dialers, -1))


@inlined
def keep(kept: Kept, d: int, n: int, a: int) -> None:
    """Widen the ranges on a dialer until they hold so many lines."""
    kept.n_low[d] = min(kept.n_low[d], n)
    kept.n_high[d] = max(kept.n_high[d], n)
    kept.a_low[d] = min(kept.a_low[d], a)
    kept.a_high[d] = max(kept.a_high[d], a)


@compiled
def _rest(before: Floats, after: Floats, exactly: bool) -> Floats:
    """Best value ``[used, agents]`` of the other dialers, with at most so many agent lines.

    On at least so many of them, or ``exactly``.
    """
    most_used, most_agents = before.shape[0] - 1, before.shape[1] - 1
    rest = np.full_like(before, NEVER)
    for used in range(most_used + 1):
        for agents in range(most_agents + 1):
            start = before[used, agents]
            if start <= NEVER:
                continue
            for more in range(most_used + 1):
                total = used + more
                if total > most_used:
                    if exactly:
                        break
                    total = most_used
                for a in range(most_agents - agents + 1):
                    gain = after[more, a]
                    if gain > NEVER and start + gain > rest[total, agents + a]:
                        rest[total, agents + a] = start + gain
    for used in range(most_used + 1):
        for agents in range(1, most_agents + 1):
            rest[used, agents] = max(rest[used, agents], rest[used, agents - 1])
    if not exactly:
        for used in range(most_used - 1, -1, -1):
            rest[used] = np.maximum(rest[used], rest[used + 1])
    return rest


@compiled
def widen(limits: Limits, prices: Prices, cap: float, least: float, kept: Kept) -> None:
    """Widen ranges of lines until they hold every split worth more than ``least``.

    No dialer handles more than ``cap`` calls an hour.
    """
    dialers, most_agents = len(limits.room), limits.agents
    states = (dialers + 1, limits.min_used + 1, most_agents + 1)
    before, after = np.full(states, NEVER), np.full(states, NEVER)
    before[0, 0, 0] = 0.0
    after[dialers, 0, 0] = 0.0
    values = np.empty((dialers, limits.table.shape[1]))
    choice = np.empty(limits.table.shape[1], np.int64)
    here = np.empty((limits.min_used + 1, most_agents + 1), np.int64)
    for d in range(dialers):
        earned = earnings(limits, prices, prices.call[d], prices.attempt[d])
        dialer_profile(limits, prices, d, earned, cap, values[d], choice)
        may_skip = limits.n_low[d] == 0 and limits.a_low[d] == 0
        add_dialer(before[d], values[d], may_skip, limits.exactly, before[d + 1], here)
    for d in range(dialers - 1, -1, -1):
        may_skip = limits.n_low[d] == 0 and limits.a_low[d] == 0
        add_dialer(after[d + 1], values[d], may_skip, limits.exactly, after[d], here)
    for d in range(dialers):
        rest = _rest(before[d], after[d + 1], limits.exactly)
        may_skip = limits.n_low[d] == 0 and limits.a_low[d] == 0
        if may_skip and rest[limits.min_used, most_agents] > least:
            keep(kept, d, 0, 0)
        if limits.exactly and limits.min_used == 0:
            continue
        others = rest[max(limits.min_used - 1, 0)]
        earned = earnings(limits, prices, prices.call[d], prices.attempt[d])
        line = prices.line[d] + prices.dial_line
        for a in range(min(limits.table.shape[1], most_agents + 1)):
            needed = least - others[most_agents - a]
            if values[d, a] <= NEVER or values[d, a] <= needed:
                continue
            first = max(a, limits.n_low[d], 1)
            last = min(
                limits.n_high[d],
                limits.room[d] - limits.agent_cost[d] * a,
                limits.table.shape[2] - 1,
            )
            fixed = prices.line[d] * limits.agent_cost[d] * a
            fixed += limits.move_cost * max(0, a - limits.now_a[d])
            for n in range(first, last + 1):
                if limits.table[0, a, n] > min(cap, limits.most_calls):
                    break
                worth = earned.worth * earned.calls[a, n] - line * n - fixed
                worth -= limits.move_cost * max(0, n - limits.now_n[d])
                if worth > needed:
                    keep(kept, d, n, a)
