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

from planner.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

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
    min_agents: int


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


def capped_split(limits: Limits, prices: Prices, cap: float) -> Split | None:
    """Upper bound over splits in which no failure domain carries more than ``cap`` calls an hour.

    A domain of one dialer obeys its cap exactly. One of several is bounded, for each number of
    agent lines and used dialers, by the best Lagrangian bound over shares of a call's worth. The
    split returned attains the bound up to that relaxation. None when no split exists.
    """
    dial, agent = np.zeros_like(limits.room), np.zeros_like(limits.room)
    bound = _capped_split(limits, prices, cap, SHARES_OF_WORTH, dial, agent)
    return None if bound <= NEVER else Split(bound, dial, agent)


@compiled
def _dialer_profile(
    limits: Limits, prices: Prices, d: int, call: float, cap: float, values: Floats, choice: Ints
) -> None:
    """Best value over dial lines, and that number, for each agent count on one dialer."""
    table = limits.table
    line = prices.line[d]
    lowest = max(limits.a_low[d], limits.min_agents)
    for a in range(len(values)):
        values[a] = NEVER
        choice[a] = 0
        if a < lowest or a > limits.a_high[d]:
            continue
        agent_ports = limits.agent_cost[d] * a
        last = min(limits.n_high[d], limits.room[d] - agent_ports, table.shape[2] - 1)
        for n in range(max(a, limits.n_low[d], 1), last + 1):
            calls = table[0, a, n]
            if calls > cap:
                break
            worth = (
                call * calls
                - prices.abandoned * table[1, a, n]
                + prices.answered * table[2, a, n]
                - prices.attempt[d] * table[3, a, n]
                - prices.dial_line * n
                - line * (n + agent_ports)
            )
            if worth > values[a]:
                values[a] = worth
                choice[a] = n


@compiled
def _add_dialer(
    before: Floats, values: Floats, may_skip: bool, after: Floats, agents_here: Ints
) -> None:
    """One step of the programme: ``after[used, agents]`` with or without this dialer."""
    most_used, most_agents = before.shape[0] - 1, before.shape[1] - 1
    for used in range(most_used + 1):
        for agents in range(most_agents + 1):
            after[used, agents] = before[used, agents] if may_skip else NEVER
            agents_here[used, agents] = UNUSED
    for used in range(most_used + 1):
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
    for d in range(len(limits.room)):
        if group != ALL and limits.domain[d] != group:
            continue
        _dialer_profile(limits, prices, d, prices.call[d] - discount, cap, values, choice[d])
        may_skip = limits.n_low[d] == 0 and limits.a_low[d] == 0
        _add_dialer(best, values, may_skip, spare, here[d])
        best, spare = spare, best
    return best


@compiled
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
def _add_domain(before: Floats, profile: Floats, after: Floats, part: Ints) -> None:
    """One step of the programme over domains; ``part`` remembers (used here, before, agents)."""
    after[:] = NEVER
    most_used, most_agents = before.shape[0] - 1, before.shape[1] - 1
    for used in range(most_used + 1):
        for agents in range(most_agents + 1):
            start = before[used, agents]
            if start <= NEVER:
                continue
            for more in range(most_used + 1):
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
        _add_domain(best, profile, spare, part[g])
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
