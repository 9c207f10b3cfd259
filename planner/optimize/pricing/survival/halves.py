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
from planner.evaluation.tolerances import LIMIT_ROUNDING
from planner.optimize.model.model import HANDLED, Model
from planner.optimize.pricing.reduced_cost_fixing import Kept, keep, nothing_kept
from planner.optimize.pricing.split_program import NEVER, Limits, Prices, over_charged, paid_more
from planner.optimize.pricing.survival.half_lists import (
    MOST_SEEN,
    UNUSED,
    Listed,
    best_by_agents,
    best_mirrored,
    by_calls,
    lines_of_domain,
    list_halves,
    near_calls,
    no_halves,
    pair_lines,
    together,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Domains of more dialers than so many are not looked at.
MOST_DIALERS = 2
#: Calls are told apart in so many bins to begin with.
BINS = 4096
#: Abandoned calls beyond the limit by this share of the calls are rounding.
OVER = 1e-7
#: Prices of a call that moves from one domain to the other are narrowed down so often, by the
#: golden ratio.
PRICES, GOLDEN = 16, 0.6180339887498949
#: Most that is charged for a call over the abandonment limit, in most that a call is paid.
CHARGE = 8.0


class Halves(NamedTuple):
    """The dialers of both domains, ``UNUSED`` where a domain has one, and the abandonment limit."""

    first: Ints
    second: Ints
    abandon_limit: float


class Charged(NamedTuple):
    """Prices of the first and of the second domain; ``over``: charge for a call over the limit."""

    first: Prices
    second: Prices
    over: float


def halves(model: Model, campaign: int, limits: Limits) -> Halves | None:
    """The two domains, where a campaign can only survive by halves; None for other campaigns."""
    if abs(2 * (1 - float(model.survivable[campaign])) - 1) > LIMIT_ROUNDING:
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
    best_mirrored(limits, prices, *two, none.copy(), none.copy())
    best_match(limits, prices, two, np.inf, 0.0, none, none.copy())
    keep_matches(limits, prices, two, np.inf, nothing_kept(limits))


@compiled
def best_match(
    limits: Limits, prices: Prices, two: Halves, least: float, close: float, dial: Ints, agent: Ints
) -> tuple[float, float]:
    """The most a balanced split is worth above ``least``, and the split; ``least`` if none is.

    Also a bound on all: it is higher where that is within ``close`` of ``least``, or where there
    are too many to be listed.
    """
    charged, bound = _charged(limits, prices, two)
    if bound <= least + close:
        return least, max(bound, least)
    first, second, complete = _lists(limits, charged, two, least)
    if not complete:
        return least, bound
    i, j, best = _match(limits, first, second, charged.over, least)
    if i >= 0:
        dial[:] = 0
        agent[:] = 0
        _put(two.first, first.lines[i], dial, agent)
        _put(two.second, second.lines[j], dial, agent)
    return best, best


@compiled
def keep_matches(limits: Limits, prices: Prices, two: Halves, least: float, kept: Kept) -> bool:
    """Widen ranges of lines until they hold every balanced split worth more than ``least``.

    False where there are too many to be listed; then nothing is done.
    """
    charged, bound = _charged(limits, prices, two)
    if bound <= least:
        return True
    first, second, complete = _lists(limits, charged, two, least)
    if complete:
        _keep_pairs(limits, two, first, second, charged.over, least, kept)
    return complete


@compiled
def _charged(limits: Limits, prices: Prices, two: Halves) -> tuple[Charged, float]:
    """Prices of both domains that bound all balanced splits closely, and the bound.

    Both carry as many calls, so that a call may be paid so much more in one domain as less in the
    other; and both together hold the abandonment limit, so that what is over it may be charged.
    The lowest bound is looked for, first by the charge, then by what is paid more.
    """
    most = 0.0
    for paid in prices.call:
        most = max(most, abs(paid))
    over = 0.0
    if two.abandon_limit < np.inf:
        over = _lowest(limits, prices, two, 0.0, 0.0, CHARGE * most, True)
    tilt = _lowest(limits, prices, two, over, -most, most, False)
    if abs(tilt) < 1e-3 * most:
        tilt = 0.0
    plain = over_charged(prices, over, two.abandon_limit)
    span = limits.table[HANDLED].max() * MOST_DIALERS
    rounding = abs(tilt) * _slack(span) + over * OVER * (1 + span)
    charged = Charged(paid_more(plain, tilt), paid_more(plain, -tilt), over)
    return charged, _most(limits, prices, two, tilt, over) + rounding


@compiled
def _lowest(
    limits: Limits, prices: Prices, two: Halves, over: float, low: float, high: float,
    by_over: bool,
) -> float:  # fmt: skip
    """Where the bound is lowest from low to high, by the charge for what is over or by the tilt."""
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left = _at(limits, prices, two, over, left, by_over)
    at_right = _at(limits, prices, two, over, right, by_over)
    for _ in range(PRICES):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = _at(limits, prices, two, over, left, by_over)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = _at(limits, prices, two, over, right, by_over)
    return left if at_left < at_right else right


@compiled
def _at(
    limits: Limits, prices: Prices, two: Halves, over: float, at: float, by_over: bool
) -> float:
    if by_over:
        return _most(limits, prices, two, 0.0, at)
    return _most(limits, prices, two, at, over)


@compiled
def _lists(
    limits: Limits, charged: Charged, two: Halves, least: float
) -> tuple[Listed, Listed, bool]:
    """The splits of both domains that may be part of one worth more than ``least``, by calls.

    Also whether they are all there. What splits of about as many calls are worth in the other
    domain rules out most of the rest.
    """
    first = lines_of_domain(limits, charged.first, two.first, two.abandon_limit)
    second = lines_of_domain(limits, charged.second, two.second, two.abandon_limit)
    span = max(limits.table[HANDLED].max(), 1.0) * MOST_DIALERS * (1 + LIMIT_ROUNDING)
    anything = np.full((1, limits.agents + 1), -NEVER)
    found, nothing = np.full((BINS, limits.agents + 1), NEVER), no_halves(0)
    seen = pair_lines(limits, second, first.best, anything, least, span, found, nothing)
    if seen > MOST_SEEN:
        return nothing, nothing, False
    mine, complete = list_halves(limits, first, second.best, near_calls(found), least, span, found)
    if not complete:
        return nothing, nothing, False
    other, complete = list_halves(limits, second, first.best, near_calls(found), least, span, found)
    return by_calls(mine), by_calls(other), complete


@compiled
def _most(limits: Limits, prices: Prices, two: Halves, tilt: float, over: float) -> float:
    """Bound on all splits where a call is paid so much more in one domain and less in the other.

    ``over`` is charged for each abandoned call beyond the limit.
    """
    plain = over_charged(prices, over, two.abandon_limit)
    mine = best_by_agents(limits, paid_more(plain, tilt), two.first)
    other = best_by_agents(limits, paid_more(plain, -tilt), two.second)
    return float(together(mine, other)[-1])


@lean
def _slack(calls: float) -> float:
    """By how much the calls of two halves may differ."""
    return 4 * LIMIT_ROUNDING * (1 + 2 * calls)


@lean
def _fit(limits: Limits, first: Listed, second: Listed, i: int, j: int) -> bool:
    """Whether two halves hold the campaign's other limits together."""
    if first.agents[i] + second.agents[j] > limits.agents:
        return False
    if first.used[i] + second.used[j] < limits.min_used:
        return False
    return bool(first.over[i] + second.over[j] <= OVER * (1 + first.calls[i]))


@lean
def _match(
    limits: Limits, first: Listed, second: Listed, over: float, least: float
) -> tuple[int, int, float]:
    """The best pair of halves worth more than ``least`` and what it is worth; -1 where none is."""
    best_i, best_j, best = -1, -1, least
    start = 0
    for i in range(len(first.calls)):
        start, end = _as_many_calls(first, second, i, start)
        for j in range(start, end):
            worth = first.worth[i] + second.worth[j] + over * (first.over[i] + second.over[j])
            if worth > best and _fit(limits, first, second, i, j):
                best_i, best_j, best = i, j, worth
    return best_i, best_j, best


@lean
def _as_many_calls(first: Listed, second: Listed, i: int, start: int) -> tuple[int, int]:
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
    limits: Limits, two: Halves, first: Listed, second: Listed, over: float, least: float,
    kept: Kept,
) -> None:  # fmt: skip
    start = 0
    for i in range(len(first.calls)):
        start, end = _as_many_calls(first, second, i, start)
        for j in range(start, end):
            worth = first.worth[i] + second.worth[j] + over * (first.over[i] + second.over[j])
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
