"""Best split of one campaign over the dialers at given prices: a dynamic programme, compiled.

The programme runs over (dialer, dialers used, agent lines used); its entries are maxima over the
dial lines of a table row. Limits that tie the dialers of a campaign together (abandonment, dial
lines, survival) enter by their prices; survival, whose plain Lagrangian relaxation is weak, also
by caps: with F in a bucket (low, high] no failure domain carries more than (1 - s) * high.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import compiled, inlined, lean

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER = -1e300  # value of what cannot be; far below any real value, and finite
UNUSED = -1
ALL = -1  # dialers of every failure domain

#: Prices of a failure domain's calls tried against its cap, as shares of their highest worth.
SHARES_OF_WORTH = np.array([0.0, 0.03, 0.07, 0.12, 0.2, 0.3, 0.42, 0.56, 0.72, 0.88, 1.0])


class Prices(NamedTuple):
    """What one campaign's split is paid and charged.

    ``call[d]`` value of a handled call, ``line[d]`` price of a port, ``attempt[d]`` price of an
    attempt per hour; ``abandoned``, ``answered``: price and credit per hour of the abandonment
    limit; ``dial_line``: price of the limit on the campaign's dial lines.
    """

    call: Floats
    line: Floats
    attempt: Floats
    abandoned: float
    answered: float
    dial_line: float


class Limits(NamedTuple):
    """One campaign's table and ranges, arrays by dialer."""

    table: Floats  # [4, agent lines, dial lines]
    n_low: Ints
    n_high: Ints
    a_low: Ints
    a_high: Ints
    room: Ints  # most ports on each dialer
    agent_cost: Ints  # ports that one agent line takes
    domain: Ints
    agents: int  # agent lines to split
    min_used: int
    exactly: bool  # so many dialers and no more
    min_agents: int
    concave: bool  # each dial line adds fewer handled calls than the one before
    now_n: Ints  # current dial lines
    now_a: Ints  # current agent lines
    move_cost: float  # per line added against the current ones


class Split(NamedTuple):
    """Lines per dialer and an upper bound on the value of any split at the prices asked."""

    bound: float
    dial_lines: Ints
    agent_lines: Ints


def plain_split(limits: Limits, prices: Prices) -> Split | None:
    """Best split at the prices, exactly; None when no split exists."""
    dial, agent = np.zeros_like(limits.room), np.zeros_like(limits.room)
    bound = _plain_split(limits, prices, dial, agent)
    return None if bound <= NEVER else Split(bound, dial, agent)


def capped_split(
    limits: Limits, prices: Prices, cap: float, shares: Floats = SHARES_OF_WORTH
) -> Split | None:
    """Upper bound over splits in which no failure domain carries more than ``cap`` calls an hour.

    A domain of one dialer obeys its cap exactly. One of several is bounded, for each number of
    agent lines and used dialers, by the best Lagrangian bound over ``shares`` of a call's worth;
    each of its dialers obeys the cap. The split returned attains the bound up to that relaxation.
    None when no split exists.
    """
    dial, agent = np.zeros_like(limits.room), np.zeros_like(limits.room)
    bound = _capped_split(limits, prices, cap, shares, dial, agent)
    return None if bound <= NEVER else Split(bound, dial, agent)


def splits_worth(limits: Limits, prices: Prices, dial_lines: Ints, agent_lines: Ints) -> Floats:
    """What splits are worth at the prices, ``[split]``, from their lines, ``[split, dialer]``."""
    handled, abandoned, answered, attempts = limits.table[:, agent_lines, dial_lines]
    added = np.maximum(dial_lines - limits.now_n, 0) + np.maximum(agent_lines - limits.now_a, 0)
    lines = dial_lines + limits.agent_cost * agent_lines
    worth: Floats = handled @ prices.call - attempts @ prices.attempt - lines @ prices.line
    worth += (prices.answered * answered - prices.abandoned * abandoned).sum(axis=1)
    worth -= (prices.dial_line * dial_lines + limits.move_cost * added).sum(axis=1)
    return worth


@inlined
def _lines_worth(calls: Floats, low: int, high: int, least: float) -> int:
    """Most lines from low to high of which each adds more than ``least`` calls; they fall."""
    while low < high:
        middle = (low + high + 1) // 2
        if calls[middle] - calls[middle - 1] > least:
            low = middle
        else:
            high = middle - 1
    return low


@inlined
def _lines_below(calls: Floats, low: int, high: int, cap: float) -> int:
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
    table = limits.table
    rows, width = table.shape[1:]
    falls = np.full(rows, limits.concave)
    if attempt == 0 and prices.abandoned == 0:
        return Earnings(table[0], call, falls)
    found = np.empty((rows, width))
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
    return Earnings(found, 1.0, falls)


@lean
def dialer_profile(
    limits: Limits, prices: Prices, d: int, earned: Earnings, cap: float, values: Floats,
    choice: Ints,
) -> None:  # fmt: skip
    """Best value over dial lines, and that number, for each agent count on one dialer."""
    lowest = max(limits.a_low[d], limits.min_agents)
    line = prices.line[d] + prices.dial_line
    for a in range(len(values)):
        values[a] = NEVER
        choice[a] = 0
        if a < lowest or a > limits.a_high[d]:
            continue
        agent_ports = limits.agent_cost[d] * a
        first = max(a, limits.n_low[d], 1)
        last = min(limits.n_high[d], limits.room[d] - agent_ports, limits.table.shape[2] - 1)
        if last < first:
            continue
        if cap < np.inf:
            last = _lines_below(limits.table[0, a], first, last, cap)
            if last < first:
                continue
        n = best_lines(limits, d, earned, a, line, first, last)
        added = max(0, n - limits.now_n[d]) + max(0, a - limits.now_a[d])
        values[a] = (
            earned.worth * earned.calls[a, n]
            - line * n
            - prices.line[d] * agent_ports
            - limits.move_cost * added
        )
        choice[a] = n


@inlined
def best_lines(
    limits: Limits, d: int, earned: Earnings, a: int, line: float, first: int, last: int
) -> int:
    """Dial lines that are worth most, by bisection where the earnings of each line fall."""
    best = first
    if earned.falls[a] and earned.worth > 0:
        now = max(first, min(limits.now_n[d], last))
        kept = last if limits.move_cost == 0 else now
        best = _lines_worth(earned.calls[a], first, kept, line / earned.worth)
        if limits.move_cost > 0 and best == now:
            price = (line + limits.move_cost) / earned.worth
            best = _lines_worth(earned.calls[a], now, last, price)
    else:
        most = NEVER
        for n in range(first, last + 1):
            moved = limits.move_cost * max(0, n - limits.now_n[d])
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


@compiled
def _programme(
    limits: Limits,
    prices: Prices,
    group: int,
    discount: float,
    cap: float,
    here: Ints,
    choice: Ints,
) -> Floats:
    """Best value by (dialers used, agent lines) over the dialers of a domain, or all (ALL).

    A call is paid ``discount`` less. ``here`` and ``choice`` are filled for :func:`_read_back`.
    """
    best = np.full((limits.min_used + 1, limits.agents + 1), NEVER)
    best[0, 0] = 0.0
    spare = np.empty_like(best)
    values = np.empty(limits.table.shape[1])
    fresh, last_call, last_attempt = True, 0.0, 0.0
    earned = Earnings(limits.table[0], 0.0, np.empty(0, np.bool_))
    for d in range(len(limits.room)):
        if group != ALL and limits.domain[d] != group:
            continue
        call = prices.call[d] - discount
        if fresh or call != last_call or prices.attempt[d] != last_attempt:
            fresh, last_call, last_attempt = False, call, prices.attempt[d]
            earned = earnings(limits, prices, call, last_attempt)
        dialer_profile(limits, prices, d, earned, cap, values, choice[d])
        may_skip = limits.n_low[d] == 0 and limits.a_low[d] == 0
        add_dialer(best, values, may_skip, limits.exactly, spare, here[d])
        best, spare = spare, best
    return best


@lean
def _read_back(
    limits: Limits, group: int, here: Ints, choice: Ints, used: int, agents: int,
    dial_lines: Ints, agent_lines: Ints,
) -> None:  # fmt: skip
    """Fill the split that gave the programme's value at (used, agents)."""
    for d in range(len(limits.room) - 1, -1, -1):
        if group != ALL and limits.domain[d] != group:
            continue
        code = here[d, used, agents]
        dial_lines[d] = 0
        agent_lines[d] = 0
        if code != UNUSED:
            a = code // (limits.min_used + 1)
            agent_lines[d] = a
            dial_lines[d] = choice[d, a]
            agents -= a
            used = code % (limits.min_used + 1)


@compiled
def _plain_split(limits: Limits, prices: Prices, dial_lines: Ints, agent_lines: Ints) -> float:
    """Programme over all dialers; fills the split, returns its value or NEVER."""
    dialers = len(limits.room)
    here = np.empty((dialers, limits.min_used + 1, limits.agents + 1), np.int64)
    choice = np.empty((dialers, limits.table.shape[1]), np.int64)
    best = _programme(limits, prices, ALL, 0.0, np.inf, here, choice)
    agents = int(np.argmax(best[limits.min_used]))  # agent lines may stay unused
    bound = best[limits.min_used, agents]
    if bound > NEVER:
        _read_back(limits, ALL, here, choice, limits.min_used, agents, dial_lines, agent_lines)
    return float(bound)


@compiled
def _domain_profile(
    limits: Limits, prices: Prices, group: int, cap: float, shares: Floats,
    here: Ints, choice: Ints, share_of: Ints,
) -> Floats:  # fmt: skip
    """Least bound over the shares, by (dialers used, agent lines), and the share it came from."""
    members = 0
    for d in range(len(limits.room)):
        members += limits.domain[d] == group
    worth = max(0.0, prices.call.max())
    profile = np.empty((limits.min_used + 1, limits.agents + 1))
    for k in range(len(shares) if members > 1 else 1):
        discount = shares[k] * worth
        bounds = _programme(limits, prices, group, discount, cap, here[k], choice[k])
        for used in range(profile.shape[0]):
            for a in range(profile.shape[1]):
                bound = bounds[used, a]
                if bound > NEVER:
                    bound += discount * cap
                if k == 0 or bound < profile[used, a]:
                    profile[used, a] = bound
                    share_of[used, a] = k
    return profile


@compiled
def _add_domain(before: Floats, profile: Floats, exactly: bool, after: Floats, part: Ints) -> None:
    """One step of the programme over domains; ``part`` remembers (used here, before, agents)."""
    after[:] = NEVER
    most_used, most_agents = before.shape[0] - 1, before.shape[1] - 1
    for used in range(most_used + 1):
        for agents in range(most_agents + 1):
            start = before[used, agents]
            if start <= NEVER:
                continue
            for more in range(most_used + 1 - used if exactly else most_used + 1):
                to = min(used + more, most_used)
                for a in range(most_agents - agents + 1):
                    gain = profile[more, a]
                    if gain > NEVER and start + gain > after[to, agents + a]:
                        after[to, agents + a] = start + gain
                        part[to, agents + a] = (more, used, a)


@compiled
def _capped_split(
    limits: Limits, prices: Prices, cap: float, shares: Floats, dial_lines: Ints, agent_lines: Ints
) -> float:
    """Programme over domains, each bounded under its cap; fills the split, returns the bound."""
    dialers, domains = len(limits.room), limits.domain.max() + 1
    shape = (limits.min_used + 1, limits.agents + 1)
    here = np.zeros((len(shares), dialers, *shape), np.int64)
    choice = np.zeros((len(shares), dialers, limits.table.shape[1]), np.int64)
    share_of = np.zeros((domains, *shape), np.int64)
    part = np.zeros((domains, *shape, 3), np.int64)
    best, spare = np.full(shape, NEVER), np.empty(shape)
    best[0, 0] = 0.0
    for g in range(domains):
        profile = _domain_profile(limits, prices, g, cap, shares, here, choice, share_of[g])
        _add_domain(best, profile, limits.exactly, spare, part[g])
        best, spare = spare, best
    used, agents = limits.min_used, int(np.argmax(best[limits.min_used]))
    bound = best[used, agents]
    if bound <= NEVER:
        return float(bound)
    for g in range(domains - 1, -1, -1):
        more, before, count = part[g, used, agents]
        k = share_of[g, more, count]
        _read_back(limits, g, here[k], choice[k], more, count, dial_lines, agent_lines)
        used, agents = before, agents - count
    return float(bound)
