"""Best split of one campaign over the dialers at given prices: a dynamic programme, compiled.

The programme runs over (dialer, dialers used, agent lines used); its entries are maxima over the
dial lines of a table row. Limits that tie the dialers of a campaign together (abandonment, dial
lines, survival) enter by their prices; survival, whose plain Lagrangian relaxation is weak, also
by caps: with F in a bucket (low, high] no failure domain carries more than (1 - s) * high.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEVER = -1e300  # value of what cannot be; far below any real value, and finite
UNUSED = -1

#: Share by which consecutive caps on a campaign's calls differ, and how many there are.
BUCKET_RATIO = 0.97
BUCKETS = 64
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


class Split(NamedTuple):
    """Lines per dialer and an upper bound on the value of any split at the prices asked."""

    bound: float
    dial_lines: Ints
    agent_lines: Ints


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _dialer_profile(
    table: Floats,
    call: float,
    line: float,
    attempt: float,
    abandoned: float,
    answered: float,
    dial_line: float,
    n_low: int,
    n_high: int,
    a_low: int,
    a_high: int,
    room: int,
    agent_cost: int,
    most_calls: float,
    values: Floats,
    choice: Ints,
) -> None:
    """Best value over dial lines, and that number, for each agent count on one dialer."""
    for a in range(values.shape[0]):
        values[a] = NEVER
        choice[a] = 0
        if a < a_low or a > a_high:
            continue
        first = max(a, n_low, 1)
        last = min(n_high, room - agent_cost * a, table.shape[2] - 1)
        charge = line * agent_cost * a
        for n in range(first, last + 1):
            calls = table[0, a, n]
            if calls > most_calls:
                break
            worth = (
                call * calls
                - abandoned * table[1, a, n]
                + answered * table[2, a, n]
                - attempt * table[3, a, n]
                - (line + dial_line) * n
                - charge
            )
            if worth > values[a]:
                values[a] = worth
                choice[a] = n


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
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
        for a in range(values.shape[0]):
            gain = values[a]
            if gain <= NEVER:
                continue
            for agents in range(a, most_agents + 1):
                start = before[used, agents - a]
                if start > NEVER and start + gain > after[to, agents]:
                    after[to, agents] = start + gain
                    # The dialers used before tell `used` apart where the count saturates.
                    agents_here[to, agents] = a * (most_used + 1) + used


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _plain_split(
    table: Floats,
    call: Floats,
    line: Floats,
    attempt: Floats,
    abandoned: float,
    answered: float,
    dial_line: float,
    n_low: Ints,
    n_high: Ints,
    a_low: Ints,
    a_high: Ints,
    room: Ints,
    agent_cost: Ints,
    agents: int,
    min_used: int,
    min_agents: int,
    most_calls: float,
    dial_lines: Ints,
    agent_lines: Ints,
) -> float:
    """Dynamic programme over all dialers; fills the split, returns its value or NEVER."""
    dialers = len(call)
    best = np.full((dialers + 1, min_used + 1, agents + 1), NEVER)
    best[0, 0, 0] = 0.0
    # Agent lines may stay unused: every start from 0 agents taken, read at the best count.
    here = np.empty((dialers, min_used + 1, agents + 1), np.int64)
    choice = np.empty((dialers, table.shape[1]), np.int64)
    values = np.empty(table.shape[1])
    for d in range(dialers):
        low = max(a_low[d], min_agents)
        _dialer_profile(
            table, call[d], line[d], attempt[d], abandoned, answered, dial_line,
            n_low[d], n_high[d], low, a_high[d], room[d], agent_cost[d], most_calls,
            values, choice[d],
        )  # fmt: skip
        may_skip = n_low[d] == 0 and a_low[d] == 0
        _add_dialer(best[d], values, may_skip, best[d + 1], here[d])
    state = 0
    for a in range(agents + 1):
        if best[dialers, min_used, a] > best[dialers, min_used, state]:
            state = a
    bound: float = best[dialers, min_used, state]
    if bound <= NEVER:
        return bound
    used = min_used
    for d in range(dialers - 1, -1, -1):
        code = here[d, used, state]
        dial_lines[d] = 0
        agent_lines[d] = 0
        if code != UNUSED:
            a = code // (min_used + 1)
            agent_lines[d] = a
            dial_lines[d] = choice[d, a]
            state -= a
            used = code % (min_used + 1)
    return bound


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _capped_split(
    table: Floats,
    call: Floats,
    line: Floats,
    attempt: Floats,
    abandoned: float,
    answered: float,
    dial_line: float,
    n_low: Ints,
    n_high: Ints,
    a_low: Ints,
    a_high: Ints,
    room: Ints,
    agent_cost: Ints,
    agents: int,
    min_used: int,
    min_agents: int,
    domain: Ints,
    cap: float,
    shares: Floats,
    dial_lines: Ints,
    agent_lines: Ints,
) -> float:
    """Upper bound on splits in which no failure domain carries more than ``cap`` calls an hour.

    A domain of one dialer obeys its cap exactly. One of several is bounded, for each number of
    agent lines and used dialers, by the best Lagrangian bound over ``shares`` of the worth of a
    call. Fills the split that attains the bound up to that relaxation.
    """
    dialers = len(call)
    domains = domain.max() + 1
    most_a = table.shape[1]
    size_u, size_a = min_used + 1, agents + 1
    values = np.empty(most_a)
    worth = max(0.0, call.max())
    choice = np.zeros((len(shares), dialers, most_a), np.int64)
    here = np.zeros((len(shares), dialers, size_u, size_a), np.int64)
    profile = np.empty((domains, size_u, size_a))
    share_of = np.zeros((domains, size_u, size_a), np.int64)
    work = np.empty((2, size_u, size_a))
    for g in range(domains):
        members = 0
        for d in range(dialers):
            members += domain[d] == g
        profile[g] = NEVER
        for k in range(len(shares) if members > 1 else 1):
            price = shares[k] * worth
            flip = 0
            work[0] = NEVER
            work[0, 0, 0] = 0.0
            for d in range(dialers):
                if domain[d] != g:
                    continue
                low = max(a_low[d], min_agents)
                _dialer_profile(
                    table, call[d] - price, line[d], attempt[d], abandoned, answered, dial_line,
                    n_low[d], n_high[d], low, a_high[d], room[d], agent_cost[d], cap,
                    values, choice[k, d],
                )  # fmt: skip
                may_skip = n_low[d] == 0 and a_low[d] == 0
                _add_dialer(work[flip], values, may_skip, work[1 - flip], here[k, d])
                flip = 1 - flip
            for used in range(size_u):
                for a in range(size_a):
                    bound = work[flip, used, a]
                    if bound > NEVER:
                        bound += price * cap
                    if k == 0 or bound < profile[g, used, a]:
                        profile[g, used, a] = bound
                        share_of[g, used, a] = k
    best = np.full((domains + 1, size_u, size_a), NEVER)
    best[0, 0, 0] = 0.0
    part = np.zeros((domains, size_u, size_a, 2), np.int64)
    for g in range(domains):
        for used in range(size_u):
            for a in range(size_a):
                start = best[g, used, a]
                if start <= NEVER:
                    continue
                for more in range(size_u):
                    to = min(used + more, min_used)
                    for b in range(size_a - a):
                        gain = profile[g, more, b]
                        if gain > NEVER and start + gain > best[g + 1, to, a + b]:
                            best[g + 1, to, a + b] = start + gain
                            part[g, to, a + b, 0] = more * size_u + used
                            part[g, to, a + b, 1] = b
    state = 0
    for a in range(size_a):
        if best[domains, min_used, a] > best[domains, min_used, state]:
            state = a
    total: float = best[domains, min_used, state]
    if total <= NEVER:
        return total
    used = min_used
    for g in range(domains - 1, -1, -1):
        more, before = part[g, used, state, 0] // size_u, part[g, used, state, 0] % size_u
        count = part[g, used, state, 1]
        k = share_of[g, more, count]
        left, inside = count, more
        for d in range(dialers - 1, -1, -1):
            if domain[d] != g:
                continue
            code = here[k, d, inside, left]
            dial_lines[d] = 0
            agent_lines[d] = 0
            if code != UNUSED:
                a = code // size_u
                agent_lines[d] = a
                dial_lines[d] = choice[k, d, a]
                left -= a
                inside = code % size_u
        state -= count
        used = before
    return total
