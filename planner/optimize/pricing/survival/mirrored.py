"""Balanced splits of the same lines on a dialer of either domain, found at once; compiled.

They seldom are the best balanced splits, and mostly near: what is worth less than they are need not
be listed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import compiled, lean
from planner.optimize.model.model import ABANDONED, ANSWERED, HANDLED
from planner.optimize.pricing.split_program import NEVER, Limits, Prices, lines_worth
from planner.optimize.pricing.survival.half_lists import (
    UNUSED,
    first_agents,
    first_lines,
    last_agents,
    last_lines,
    may_skip,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
