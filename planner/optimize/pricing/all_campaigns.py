"""Best splits of all campaigns at once at given prices, on both cores."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled
from planner.optimize.cores import side_by_side
from planner.optimize.model.fleet import Fleet
from planner.optimize.model.requirements import SURVIVES, USED
from planner.optimize.pricing.prices import Limits, Prices
from planner.optimize.pricing.split_program import _plain_split

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Campaigns that a thread takes at a time.
BLOCK = 25


class FleetPrices(NamedTuple):
    """Prices of all campaigns; see :class:`planner.optimize.pricing.split_program.Prices`."""

    call: Floats  # [campaign, dialer], as the next three
    dial: Floats
    agent: Floats
    attempt: Floats
    abandoned: Floats  # [campaign], as the next
    answered: Floats
    short: Floats  # [campaign, kind] of shortfalls
    nothing: Floats  # [campaign] what it costs to have no lines
    move: float  # of each line added


class Ranges(NamedTuple):
    """Lines that each cell may have, and whether its campaign's calls are concave."""

    n_low: Ints
    n_high: Ints
    a_low: Ints
    a_high: Ints
    room: Ints  # [dialer]
    concave: Bools  # [campaign]
    most_calls: Floats  # [campaign] on one dialer
    least_used: Ints  # [campaign] dialers that a split with lines uses at the least
    may_be_empty: Bools  # [campaign]


class Splits(NamedTuple):
    """Best split of each campaign and an upper bound on its value; NEVER where there is none."""

    bound: Floats  # [campaign]
    dial_lines: Ints  # [campaign, dialer]
    agent_lines: Ints


def best_splits(f: Fleet, ranges: Ranges, prices: FleetPrices, campaigns: Ints) -> Splits:
    """Best splits of the named campaigns, whose survival is not looked at."""
    found = Splits(np.zeros(len(f.value)), np.zeros_like(ranges.n_low), np.zeros_like(ranges.n_low))
    blocks = [campaigns[i : i + BLOCK] for i in range(0, len(campaigns), BLOCK)]
    if len(blocks) <= 1:
        _price(f, ranges, prices, campaigns, found)
        return found
    with side_by_side(len(blocks)) as each:
        each(lambda block: _price(f, ranges, prices, block, found), blocks)
    return found


@compiled
def limits_of(f: Fleet, ranges: Ranges, c: int) -> Limits:
    """One campaign's table and ranges."""
    size = 4 * f.rows[c] * f.width[c]
    table = f.flat[f.base[c] : f.base[c] + size].reshape((4, f.rows[c], f.width[c]))
    return Limits(
        table,
        ranges.n_low[c],
        ranges.n_high[c],
        ranges.a_low[c],
        ranges.a_high[c],
        ranges.room,
        f.agent_cost,
        f.block,
        f.order,
        f.agents[c],
        False,
        f.min_used[c],
        ranges.least_used[c],
        f.min_used[c],
        ranges.may_be_empty[c],
        False,
        f.min_agents[c],
        ranges.concave[c],
        f.now_n[c],
        f.now_a[c],
        ranges.most_calls[c],
    )


@compiled
def own_prices(prices: FleetPrices, c: int) -> Prices:
    """What one campaign is paid and charged."""
    return Prices(
        prices.call[c],
        prices.dial[c],
        prices.agent[c],
        prices.attempt[c],
        prices.abandoned[c],
        prices.answered[c],
        prices.short[c, USED],
        prices.short[c, SURVIVES],
        prices.nothing[c],
        prices.move,
    )


@compiled
def _price(f: Fleet, ranges: Ranges, prices: FleetPrices, campaigns: Ints, found: Splits) -> None:
    for c in campaigns:
        limits = limits_of(f, ranges, c)
        own = own_prices(prices, c)
        found.dial_lines[c] = 0
        found.agent_lines[c] = 0
        found.bound[c] = _plain_split(limits, own, found.dial_lines[c], found.agent_lines[c])
