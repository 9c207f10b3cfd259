"""Lists the splits of one failure domain that may be half of a campaign's best split; compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import compiled, lean
from planner.optimize.model.model import ABANDONED, ANSWERED, HANDLED
from planner.optimize.pricing.split_program import NEVER, Limits, Prices, lines_worth

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Splits of a domain listed and looked at, at most.
MOST_LISTED, MOST_SEEN = 200_000, 10_000_000
#: In place of a second dialer of a domain that has one only.
UNUSED = -1


class Listed(NamedTuple):
    """Splits of one domain, or lines on one dialer, arrays by split."""

    calls: Floats
    worth: Floats
    over: Floats  # abandoned calls beyond the limit
    agents: Ints
    used: Ints  # dialers
    lines: Ints  # [split, (dial, agent lines) of the first and of the second dialer]


@lean
def first_lines(limits: Limits, d: int, a: int) -> int:
    """Fewest dial lines that a dialer with some agent lines may have."""
    return int(max(a, limits.n_low[d], 1))


@lean
def last_lines(limits: Limits, d: int, a: int) -> int:
    """Most dial lines that a dialer with some agent lines may have."""
    most = min(limits.n_high[d], limits.room[d] - limits.agent_cost[d] * a)
    return int(min(most, limits.table.shape[2] - 1))


@lean
def first_agents(limits: Limits, d: int) -> int:
    """Fewest agent lines of a dialer that is used."""
    return int(max(limits.a_low[d], limits.min_agents))


@lean
def last_agents(limits: Limits, d: int) -> int:
    """Most agent lines of a dialer."""
    return int(min(limits.a_high[d], limits.agents, limits.table.shape[1] - 1))


@lean
def may_skip(limits: Limits, d: int) -> bool:
    """Whether a dialer may have no lines."""
    return bool(limits.n_low[d] == 0 and limits.a_low[d] == 0)


@compiled
def _dialer_best(limits: Limits, prices: Prices, d: int) -> Floats:
    """Best worth of one dialer by agent lines there."""
    best = np.full(limits.agents + 1, NEVER)
    if d == UNUSED or may_skip(limits, d):
        best[0] = 0.0
    if d != UNUSED:
        _fill_best(limits, prices, d, best)
    return best


@lean
def _fill_best(limits: Limits, prices: Prices, d: int, best: Floats) -> None:
    for a in range(first_agents(limits, d), last_agents(limits, d) + 1):
        for n in range(first_lines(limits, d, a), last_lines(limits, d, a) + 1):
            best[a] = max(best[a], lines_worth(limits, prices, d, n, a))


@compiled
def best_by_agents(limits: Limits, prices: Prices, dialers: Ints) -> Floats:
    """Best worth of a domain by agent lines, at most so many."""
    one = _dialer_best(limits, prices, dialers[0])
    return together(one, _dialer_best(limits, prices, dialers[1]))


@compiled
def together(one: Floats, other: Floats) -> Floats:
    """Best sum of both by agent lines, at most so many in all."""
    best = np.full(len(one), NEVER)
    for a in range(len(one)):
        for b in range(len(one) - a):
            if one[a] > NEVER and other[b] > NEVER:
                best[a + b] = max(best[a + b], one[a] + other[b])
    for a in range(1, len(best)):
        best[a] = max(best[a], best[a - 1])
    return best


class Lines(NamedTuple):
    """Lines on the dialers of one domain, sorted by agents, of the same the most valuable first."""

    first: Listed
    second: Listed
    starts: Ints  # [agents] where those of the second dialer begin
    second_best: Floats  # [agents] most that the second dialer may add with just so many
    best: Floats  # [agents] most that both may add with at most so many


@compiled
def lines_of_domain(limits: Limits, prices: Prices, dialers: Ints, abandon_limit: float) -> Lines:
    """All lines on the dialers of a domain and what they may add to others."""
    first = _by_agents(_cells(limits, prices, dialers[0], abandon_limit))
    second = _by_agents(_cells(limits, prices, dialers[1], abandon_limit))
    return Lines(
        first,
        second,
        np.searchsorted(second.agents, np.arange(limits.agents + 2)),
        _dialer_best(limits, prices, dialers[1]),
        best_by_agents(limits, prices, dialers),
    )


@compiled
def list_halves(
    limits: Limits, mine: Lines, partner: Floats, near: Floats, least: float, span: float,
    found: Floats,
) -> tuple[Listed, bool]:  # fmt: skip
    """Splits of a domain worth more than ``least`` with what the other may add at as many calls.

    Also whether they are all there. ``found`` gets what they are worth by calls and agents.
    """
    found[:] = NEVER
    count = pair_lines(limits, mine, partner, near, least, span, found, no_halves(0))
    if count > MOST_LISTED:
        return no_halves(0), False
    listed = no_halves(count)
    pair_lines(limits, mine, partner, near, least, span, found, listed)
    return listed, True


@compiled
def near_calls(found: Floats) -> Floats:
    """The most in a bin or the ones beside it, with at most so many agents."""
    near = found.copy()
    near[1:] = np.maximum(near[1:], found[:-1])
    near[:-1] = np.maximum(near[:-1], found[1:])
    for agents in range(1, near.shape[1]):
        near[:, agents] = np.maximum(near[:, agents], near[:, agents - 1])
    return near


@lean
def pair_lines(
    limits: Limits, mine: Lines, partner: Floats, near: Floats, least: float, span: float,
    found: Floats, listed: Listed,
) -> int:  # fmt: skip
    """How many splits of a domain may be part of a better one; lists them if there is room.

    ``partner`` is what the other domain may add by agents, ``near`` by calls, up to ``span``, and
    agents. What the splits are worth is noted in ``found``, by calls and agents.
    """
    first, second = mine.first, mine.second
    count, room = 0, len(listed.calls)
    for i in range(len(first.calls)):
        left = limits.agents - first.agents[i]
        for more in range(left + 1):
            most = partner[left - more]
            if most <= NEVER or mine.second_best[more] <= NEVER:
                continue
            needed = least - most - first.worth[i]
            for j in range(mine.starts[more], mine.starts[more + 1]):
                if second.worth[j] <= needed:
                    break
                calls, worth = first.calls[i] + second.calls[j], first.worth[i] + second.worth[j]
                most = near[int(calls / span * len(near)), left - more]
                if most <= NEVER or worth + most <= least:
                    continue
                agents = first.agents[i] + more
                place = int(calls / span * len(found))
                found[place, agents] = max(found[place, agents], worth)
                if count < room:
                    listed.calls[count] = calls
                    listed.worth[count] = worth
                    listed.over[count] = first.over[i] + second.over[j]
                    listed.agents[count] = agents
                    listed.used[count] = first.used[i] + second.used[j]
                    listed.lines[count, 0] = first.lines[i, 0]
                    listed.lines[count, 1] = first.lines[i, 1]
                    listed.lines[count, 2] = second.lines[j, 0]
                    listed.lines[count, 3] = second.lines[j, 1]
                count += 1
                if count > MOST_SEEN:
                    return count
    return count


@compiled
def no_halves(count: int) -> Listed:
    """Room for so many splits."""
    return Listed(
        np.zeros(count),
        np.zeros(count),
        np.zeros(count),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros((count, 4), np.int64),
    )


@compiled
def _cells(limits: Limits, prices: Prices, d: int, abandon_limit: float) -> Listed:
    """All lines that one dialer may have, and none."""
    count = 0
    if d != UNUSED:
        for a in range(first_agents(limits, d), last_agents(limits, d) + 1):
            count += max(last_lines(limits, d, a) - first_lines(limits, d, a) + 1, 0)
    if d == UNUSED or may_skip(limits, d):
        count += 1
    cells = no_halves(count)
    if d != UNUSED:
        _fill_cells(limits, prices, d, abandon_limit, cells)
    return cells


@lean
def _fill_cells(
    limits: Limits, prices: Prices, d: int, abandon_limit: float, cells: Listed
) -> None:
    k = 0
    for a in range(first_agents(limits, d), last_agents(limits, d) + 1):
        for n in range(first_lines(limits, d, a), last_lines(limits, d, a) + 1):
            cells.calls[k] = limits.table[HANDLED, a, n]
            cells.worth[k] = lines_worth(limits, prices, d, n, a)
            if abandon_limit < np.inf:
                allowed = abandon_limit * limits.table[ANSWERED, a, n]
                cells.over[k] = limits.table[ABANDONED, a, n] - allowed
            cells.agents[k] = a
            cells.used[k] = 1
            cells.lines[k, 0] = n
            cells.lines[k, 1] = a
            k += 1


@compiled
def _by_agents(listed: Listed) -> Listed:
    """Sorted by agent lines, of the same the most valuable first."""
    by_worth = _taken(listed, np.argsort(-listed.worth, kind="mergesort"))
    return _taken(by_worth, np.argsort(by_worth.agents, kind="mergesort"))


@compiled
def _taken(listed: Listed, which: Ints) -> Listed:
    return Listed(
        listed.calls[which],
        listed.worth[which],
        listed.over[which],
        listed.agents[which],
        listed.used[which],
        listed.lines[which],
    )


@compiled
def by_calls(listed: Listed) -> Listed:
    """Sorted by calls, the fewest first."""
    return _taken(listed, np.argsort(listed.calls))


class Twins(NamedTuple):
    """The best equal lines on two dialers, by the agent lines of each; none at 0 where allowed."""

    worth: Floats
    dial_lines: Ints


@compiled
def best_mirrored(
    limits: Limits, prices: Prices, first: Ints, second: Ints, abandon_limit: float,
    dial: Ints, agent: Ints,
) -> float:  # fmt: skip
    """The most a split is worth of which each dialer has a twin in the other domain; the split.

    ``first`` and ``second`` are the two dialers of each domain. NEVER where there is none. Each
    dialer holds the abandonment limit by itself.
    """
    best = NEVER
    for crossed in range(2):
        one = _twins(limits, prices, first[0], second[crossed], abandon_limit)
        other = _twins(limits, prices, first[1], second[1 - crossed], abandon_limit)
        for a in range(len(one.worth)):
            for b in range(len(one.worth) - a):
                used = 2 * (one.dial_lines[a] > 0) + 2 * (other.dial_lines[b] > 0)
                worth = one.worth[a] + other.worth[b]
                if used < max(limits.min_used, 1) or worth <= best:
                    continue
                best = worth
                dial[:], agent[:] = 0, 0
                _put(first[0], second[crossed], one.dial_lines[a], a, dial, agent)
                _put(first[1], second[1 - crossed], other.dial_lines[b], b, dial, agent)
    return best


@compiled
def _twins(limits: Limits, prices: Prices, d: int, e: int, abandon_limit: float) -> Twins:
    worth = np.full(limits.agents // 2 + 1, NEVER)
    dial_lines = np.zeros(len(worth), np.int64)
    if (d == UNUSED or may_skip(limits, d)) and (e == UNUSED or may_skip(limits, e)):
        worth[0] = 0.0
    if UNUSED not in (d, e):
        _fill_twins(limits, prices, d, e, abandon_limit, worth, dial_lines)
    return Twins(worth, dial_lines)


@lean
def _fill_twins(
    limits: Limits, prices: Prices, d: int, e: int, abandon_limit: float,
    worth: Floats, dial_lines: Ints,
) -> None:  # fmt: skip
    least = max(first_agents(limits, d), first_agents(limits, e))
    most = min(last_agents(limits, d), last_agents(limits, e), len(worth) - 1)
    for a in range(least, most + 1):
        low = max(first_lines(limits, d, a), first_lines(limits, e, a))
        high = min(last_lines(limits, d, a), last_lines(limits, e, a))
        for n in range(low, high + 1):
            if limits.table[HANDLED, a, n] > limits.most_calls:
                continue
            if limits.table[ABANDONED, a, n] > abandon_limit * limits.table[ANSWERED, a, n]:
                continue
            found = lines_worth(limits, prices, d, n, a) + lines_worth(limits, prices, e, n, a)
            if found > worth[a]:
                worth[a], dial_lines[a] = found, n


@lean
def _put(d: int, e: int, lines: int, agents: int, dial: Ints, agent: Ints) -> None:
    if lines > 0:
        dial[d] = dial[e] = lines
        agent[d] = agent[e] = agents
