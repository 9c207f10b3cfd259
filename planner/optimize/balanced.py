"""Splits over two failure domains of which each must carry exactly half of a campaign's calls.

With a surviving share of one half and two domains no other splits survive. Few splits of one
domain have a counterpart of the same calls in the other, so that bounds which let the domains
differ by ever so little are far from the best split. Here the splits of both domains that may
belong to a better one are listed, sorted by calls, and matched (meet in the middle: E. Horowitz,
S. Sahni, Computing partitions with applications to the knapsack problem, Journal of the ACM 21,
1974).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import compiled, lean
from planner.optimize.columns import ROUNDING
from planner.optimize.model import ABANDONED, ANSWERED, ATTEMPTS, HANDLED, Model
from planner.optimize.narrowing import Kept, keep, nothing_kept
from planner.optimize.pricing import NEVER, Limits, Prices, paid_more

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Splits of a domain listed and looked at, at most; of more dialers than so many none are.
MOST_LISTED, MOST_SEEN, MOST_DIALERS = 200_000, 10_000_000, 2
#: Calls are told apart in so many bins to begin with.
BINS = 4096
#: Abandoned calls beyond the limit by this share of the calls are rounding.
OVER = 1e-7
#: Prices of a call that moves from one domain to the other are narrowed down so often, by the
#: golden ratio.
PRICES, GOLDEN = 16, 0.6180339887498949


class Halves(NamedTuple):
    """The dialers of both domains, ``UNUSED`` where a domain has one, and the abandonment limit."""

    first: Ints
    second: Ints
    abandon_limit: float


#: In place of a second dialer of a domain that has one only.
UNUSED = -1


class _Listed(NamedTuple):
    """Splits of one domain, or lines on one dialer, arrays by split."""

    calls: Floats
    worth: Floats
    over: Floats  # abandoned calls beyond the limit
    agents: Ints
    used: Ints  # dialers
    lines: Ints  # [split, (dial, agent lines) of the first and of the second dialer]


def halves(model: Model, campaign: int, limits: Limits) -> Halves | None:
    """The two domains, where a campaign can only survive by halves; None for other campaigns."""
    if abs(2 * (1 - float(model.survivable[campaign])) - 1) > ROUNDING:
        return None
    dialers = np.flatnonzero(limits.n_high > 0)
    domains = np.unique(limits.domain[dialers])
    if len(domains) != 2 or len(model.lost) != 2:
        return None
    of_domain = [dialers[limits.domain[dialers] == g] for g in domains]
    if max(len(mine) for mine in of_domain) > MOST_DIALERS:
        return None
    padded = [np.append(mine, UNUSED)[:MOST_DIALERS].astype(np.int64) for mine in of_domain]
    return Halves(padded[0], padded[1], float(model.abandon_limit[campaign]))


def compile_matching(limits: Limits, prices: Prices) -> None:
    """Have the kernels compiled: a campaign on the first dialer alone, of which nothing is kept."""
    two = Halves(np.array([0, UNUSED]), np.array([0, UNUSED]), np.inf)
    none = np.zeros_like(limits.room)
    best_match(limits, prices, two, np.inf, none, none.copy())
    keep_matches(limits, prices, two, np.inf, nothing_kept(limits))


@compiled
def best_match(
    limits: Limits, prices: Prices, two: Halves, least: float, dial: Ints, agent: Ints
) -> tuple[float, bool]:
    """The most a balanced split is worth above ``least``, and the split; ``least`` if none is.

    Also whether all could be listed: nothing is known otherwise.
    """
    first, second, complete = _lists(limits, prices, two, least)
    if not complete:
        return least, False
    i, j, best = _match(limits, first, second, least)
    if i >= 0:
        dial[:] = 0
        agent[:] = 0
        _put(two.first, first.lines[i], dial, agent)
        _put(two.second, second.lines[j], dial, agent)
    return best, True


@compiled
def keep_matches(limits: Limits, prices: Prices, two: Halves, least: float, kept: Kept) -> bool:
    """Widen ranges of lines until they hold every balanced split worth more than ``least``.

    False where there are too many to be listed; then nothing is done.
    """
    first, second, complete = _lists(limits, prices, two, least)
    if complete:
        _keep_pairs(limits, two, first, second, least, kept)
    return complete


@compiled
def _lists(
    limits: Limits, prices: Prices, two: Halves, least: float
) -> tuple[_Listed, _Listed, bool]:
    """The splits of both domains that may be part of one worth more than ``least``, by calls.

    Also whether they are all there. Since both carry as many calls, a call may be paid so much
    more in one domain as it is paid less in the other: the price that leaves fewest is looked for.
    What splits of about as many calls are worth in the other domain rules out most of the rest.
    """
    most = 0.0
    for paid in prices.call:
        most = max(most, abs(paid))
    low, high = -most, most
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = _most(limits, prices, two, left), _most(limits, prices, two, right)
    for _ in range(PRICES):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = _most(limits, prices, two, left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = _most(limits, prices, two, right)
    tilt = left if at_left < at_right else right
    if abs(tilt) < 1e-3 * most:
        tilt = 0.0
    first = _domain(limits, paid_more(prices, tilt), two.first, two.abandon_limit)
    second = _domain(limits, paid_more(prices, -tilt), two.second, two.abandon_limit)
    span = max(limits.table[HANDLED].max(), 1.0) * MOST_DIALERS * (1 + ROUNDING)
    anything = np.full((1, limits.agents + 1), -NEVER)
    found, nothing = np.full((BINS, limits.agents + 1), NEVER), _nothing(0)
    seen = _pair(limits, second, first.best, anything, least, span, found, nothing)
    if seen > MOST_SEEN:
        return nothing, nothing, False
    mine, complete = _list(limits, first, second.best, _near(found), least, span, found)
    if not complete:
        return nothing, nothing, False
    other, complete = _list(limits, second, first.best, _near(found), least, span, found)
    return _by_calls(mine), _by_calls(other), complete


@compiled
def _most(limits: Limits, prices: Prices, two: Halves, tilt: float) -> float:
    """Bound on all splits where a call is paid so much more in one domain and less in the other."""
    mine = _best_by_agents(limits, paid_more(prices, tilt), two.first)
    other = _best_by_agents(limits, paid_more(prices, -tilt), two.second)
    return float(_together(mine, other)[-1])


@lean
def _worth(limits: Limits, prices: Prices, d: int, n: int, a: int) -> float:
    """What so many lines on one dialer are worth."""
    worth = prices.call[d] * limits.table[HANDLED, a, n]
    worth -= prices.attempt[d] * limits.table[ATTEMPTS, a, n]
    worth += prices.answered * limits.table[ANSWERED, a, n]
    worth -= prices.abandoned * limits.table[ABANDONED, a, n]
    worth -= prices.line[d] * (n + limits.agent_cost[d] * a) + prices.dial_line * n
    added = max(n - limits.now_n[d], 0) + max(a - limits.now_a[d], 0)
    return float(worth - limits.move_cost * added)


@lean
def _first_lines(limits: Limits, d: int, a: int) -> int:
    return int(max(a, limits.n_low[d], 1))


@lean
def _last_lines(limits: Limits, d: int, a: int) -> int:
    most = min(limits.n_high[d], limits.room[d] - limits.agent_cost[d] * a)
    return int(min(most, limits.table.shape[2] - 1))


@lean
def _first_agents(limits: Limits, d: int) -> int:
    return int(max(limits.a_low[d], limits.min_agents))


@lean
def _last_agents(limits: Limits, d: int) -> int:
    return int(min(limits.a_high[d], limits.agents, limits.table.shape[1] - 1))


@lean
def _may_skip(limits: Limits, d: int) -> bool:
    return bool(limits.n_low[d] == 0 and limits.a_low[d] == 0)


@compiled
def _dialer_best(limits: Limits, prices: Prices, d: int) -> Floats:
    """Best worth of one dialer by agent lines there."""
    best = np.full(limits.agents + 1, NEVER)
    if d == UNUSED or _may_skip(limits, d):
        best[0] = 0.0
    if d != UNUSED:
        _fill_best(limits, prices, d, best)
    return best


@lean
def _fill_best(limits: Limits, prices: Prices, d: int, best: Floats) -> None:
    for a in range(_first_agents(limits, d), _last_agents(limits, d) + 1):
        for n in range(_first_lines(limits, d, a), _last_lines(limits, d, a) + 1):
            best[a] = max(best[a], _worth(limits, prices, d, n, a))


@compiled
def _best_by_agents(limits: Limits, prices: Prices, dialers: Ints) -> Floats:
    """Best worth of a domain by agent lines, at most so many."""
    one = _dialer_best(limits, prices, dialers[0])
    return _together(one, _dialer_best(limits, prices, dialers[1]))


@compiled
def _together(one: Floats, other: Floats) -> Floats:
    """Best sum of both by agent lines, at most so many in all."""
    best = np.full(len(one), NEVER)
    for a in range(len(one)):
        for b in range(len(one) - a):
            if one[a] > NEVER and other[b] > NEVER:
                best[a + b] = max(best[a + b], one[a] + other[b])
    for a in range(1, len(best)):
        best[a] = max(best[a], best[a - 1])
    return best


class _Domain(NamedTuple):
    """Lines on the dialers of one domain, sorted by agents, of the same the most valuable first."""

    first: _Listed
    second: _Listed
    starts: Ints  # [agents] where those of the second dialer begin
    second_best: Floats  # [agents] most that the second dialer may add with just so many
    best: Floats  # [agents] most that both may add with at most so many


@compiled
def _domain(limits: Limits, prices: Prices, dialers: Ints, abandon_limit: float) -> _Domain:
    first = _by_agents(_cells(limits, prices, dialers[0], abandon_limit))
    second = _by_agents(_cells(limits, prices, dialers[1], abandon_limit))
    return _Domain(
        first,
        second,
        np.searchsorted(second.agents, np.arange(limits.agents + 2)),
        _dialer_best(limits, prices, dialers[1]),
        _best_by_agents(limits, prices, dialers),
    )


@compiled
def _list(
    limits: Limits, mine: _Domain, partner: Floats, near: Floats, least: float, span: float,
    found: Floats,
) -> tuple[_Listed, bool]:  # fmt: skip
    """Splits of a domain worth more than ``least`` with what the other may add at as many calls.

    Also whether they are all there. ``found`` gets what they are worth by calls and agents.
    """
    found[:] = NEVER
    count = _pair(limits, mine, partner, near, least, span, found, _nothing(0))
    if count > MOST_LISTED:
        return _nothing(0), False
    listed = _nothing(count)
    _pair(limits, mine, partner, near, least, span, found, listed)
    return listed, True


@compiled
def _near(found: Floats) -> Floats:
    """The most in a bin or the ones beside it, with at most so many agents."""
    near = found.copy()
    near[1:] = np.maximum(near[1:], found[:-1])
    near[:-1] = np.maximum(near[:-1], found[1:])
    for agents in range(1, near.shape[1]):
        near[:, agents] = np.maximum(near[:, agents], near[:, agents - 1])
    return near


@lean
def _pair(
    limits: Limits, mine: _Domain, partner: Floats, near: Floats, least: float, span: float,
    found: Floats, listed: _Listed,
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
def _nothing(count: int) -> _Listed:
    """Room for so many splits."""
    return _Listed(
        np.zeros(count),
        np.zeros(count),
        np.zeros(count),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros((count, 4), np.int64),
    )


@compiled
def _cells(limits: Limits, prices: Prices, d: int, abandon_limit: float) -> _Listed:
    """All lines that one dialer may have, and none."""
    count = 0
    if d != UNUSED:
        for a in range(_first_agents(limits, d), _last_agents(limits, d) + 1):
            count += max(_last_lines(limits, d, a) - _first_lines(limits, d, a) + 1, 0)
    if d == UNUSED or _may_skip(limits, d):
        count += 1
    cells = _nothing(count)
    if d != UNUSED:
        _fill_cells(limits, prices, d, abandon_limit, cells)
    return cells


@lean
def _fill_cells(
    limits: Limits, prices: Prices, d: int, abandon_limit: float, cells: _Listed
) -> None:
    k = 0
    for a in range(_first_agents(limits, d), _last_agents(limits, d) + 1):
        for n in range(_first_lines(limits, d, a), _last_lines(limits, d, a) + 1):
            cells.calls[k] = limits.table[HANDLED, a, n]
            cells.worth[k] = _worth(limits, prices, d, n, a)
            if abandon_limit < np.inf:
                allowed = abandon_limit * limits.table[ANSWERED, a, n]
                cells.over[k] = limits.table[ABANDONED, a, n] - allowed
            cells.agents[k] = a
            cells.used[k] = 1
            cells.lines[k, 0] = n
            cells.lines[k, 1] = a
            k += 1


@compiled
def _by_agents(listed: _Listed) -> _Listed:
    """Sorted by agent lines, of the same the most valuable first."""
    by_worth = _taken(listed, np.argsort(-listed.worth, kind="mergesort"))
    return _taken(by_worth, np.argsort(by_worth.agents, kind="mergesort"))


@compiled
def _taken(listed: _Listed, which: Ints) -> _Listed:
    return _Listed(
        listed.calls[which],
        listed.worth[which],
        listed.over[which],
        listed.agents[which],
        listed.used[which],
        listed.lines[which],
    )


@compiled
def _by_calls(listed: _Listed) -> _Listed:
    return _taken(listed, np.argsort(listed.calls))


@lean
def _slack(calls: float) -> float:
    """By how much the calls of two halves may differ."""
    return 4 * ROUNDING * (1 + 2 * calls)


@lean
def _fit(limits: Limits, first: _Listed, second: _Listed, i: int, j: int) -> bool:
    """Whether two halves hold the campaign's other limits together."""
    if first.agents[i] + second.agents[j] > limits.agents:
        return False
    if first.used[i] + second.used[j] < limits.min_used:
        return False
    return bool(first.over[i] + second.over[j] <= OVER * (1 + first.calls[i]))


@lean
def _match(limits: Limits, first: _Listed, second: _Listed, least: float) -> tuple[int, int, float]:
    """The best pair of halves worth more than ``least`` and what it is worth; -1 where none is."""
    best_i, best_j, best = -1, -1, least
    start = 0
    for i in range(len(first.calls)):
        start, end = _as_many_calls(first, second, i, start)
        for j in range(start, end):
            worth = first.worth[i] + second.worth[j]
            if worth > best and _fit(limits, first, second, i, j):
                best_i, best_j, best = i, j, worth
    return best_i, best_j, best


@lean
def _as_many_calls(first: _Listed, second: _Listed, i: int, start: int) -> tuple[int, int]:
    """From where to where the second halves have the calls of a first one; not before ``start``."""
    slack = _slack(first.calls[i])
    while start < len(second.calls) and second.calls[start] < first.calls[i] - slack:
        start += 1
    end = start
    while end < len(second.calls) and second.calls[end] <= first.calls[i] + slack:
        end += 1
    return start, end


@lean
def _keep_pairs(
    limits: Limits, two: Halves, first: _Listed, second: _Listed, least: float, kept: Kept
) -> None:
    start = 0
    for i in range(len(first.calls)):
        start, end = _as_many_calls(first, second, i, start)
        for j in range(start, end):
            worth = first.worth[i] + second.worth[j]
            if worth > least and _fit(limits, first, second, i, j):
                _keep_half(two.first, first.lines[i], kept)
                _keep_half(two.second, second.lines[j], kept)


@lean
def _keep_half(dialers: Ints, lines: Ints, kept: Kept) -> None:
    for k in range(MOST_DIALERS):
        if dialers[k] != UNUSED:
            keep(kept, dialers[k], lines[2 * k], lines[2 * k + 1])


@lean
def _put(dialers: Ints, lines: Ints, dial: Ints, agent: Ints) -> None:
    for k in range(MOST_DIALERS):
        if dialers[k] != UNUSED:
            dial[dialers[k]] = lines[2 * k]
            agent[dialers[k]] = lines[2 * k + 1]
