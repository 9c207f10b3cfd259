"""Bounds on the splits of a campaign that must survive, told apart by its calls per hour.

In a bucket each block may carry so many calls at most, and the bucket's floor is priced.
Buckets are split into pieces where they decide, for good.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled, inlined, lean
from planner.evaluation.tolerances import LIMIT_ROUNDING
from planner.optimize.model.copies import copy_split
from planner.optimize.model.model import Model
from planner.optimize.model.requirements import SURVIVES
from planner.optimize.model.tables import ABANDONED, ANSWERED, HANDLED
from planner.optimize.pricing.prices import NEVER, Limits, Prices, paid_more
from planner.optimize.pricing.split_program import plain_split
from planner.optimize.pricing.survival.capped_program import (
    SHARES_OF_WORTH,
    Caps,
    capped_split,
    fill_capped_split,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Share by which consecutive buckets of a campaign's calls differ, and how many there are.
BUCKET_RATIO, BUCKETS = 0.97, 64
#: On more dialers a block is bounded dialer by dialer, and no bucket is looked at beforehand.
FEW_DIALERS = 12
#: Prices of a bucket's floor tried at one set of prices.
FLOOR_TRIALS = 6
#: Share of a bucket's worth that a floor's price first aims to save where no split is known.
FIRST_AIM = 0.05
#: Prices of an abandoned call tried, from the first one on, in handled calls.
PRICE_TRIALS, FIRST_PRICE = 14, 0.25


class Buckets(NamedTuple):
    """Splits with ``low`` to ``high`` calls per hour, at most ``cap`` of them in each block.

    Arrays by bucket, those of most calls first.
    """

    low: Floats
    high: Floats
    cap: Floats
    used: int  # dialers, at the least
    keep: float  # share of the calls that a block may carry where nothing is missing
    most_missing: int  # per cents that may be missing of what survives, at the most
    any_two: bool  # whether any two blocks may fail
    shares: Floats  # of a call's worth, tried as the price of a block's cap


class BucketPieces(NamedTuple):
    """Pieces of buckets, arrays by piece; of which ``filled[0]`` are there, the others are room.

    Their splits are on ``used`` dialers, or more of them where not ``exactly``; of the share that
    must survive ``fewest`` to ``most`` per cents are missing; where any two blocks may fail, the
    one that carries most carries more than ``above``.
    """

    bucket: Ints
    alive: Bools  # whether there is any split in it
    low: Floats
    high: Floats
    cap: Floats
    above: Floats
    used: Ints
    exactly: Bools
    fewest: Ints
    most: Ints
    price: Floats  # of the calls above the floor; any price gives a valid bound
    last: Floats  # bound when it was last looked at, at other prices
    filled: Ints


def whole(buckets: Buckets) -> BucketPieces:
    """Each bucket as its only piece."""
    count = len(buckets.low)
    return BucketPieces(
        np.arange(count),
        np.full(count, True),
        buckets.low.copy(),
        buckets.high.copy(),
        buckets.cap.copy(),
        np.zeros(count),
        np.full(count, buckets.used),
        np.full(count, False),
        np.zeros(count, np.int64),
        np.full(count, buckets.most_missing),
        np.zeros(count),
        np.full(count, np.inf),
        np.array([count]),
    )


def with_room(pieces: BucketPieces, more: int) -> BucketPieces:
    """Those pieces that are alive, with room for so many more."""
    alive = np.flatnonzero(pieces.alive[: pieces.filled[0]])
    room = {
        name: np.concatenate([values[alive], np.zeros(more, values.dtype)])
        for name, values in pieces._asdict().items()
        if name != "filled"
    }
    return BucketPieces(**room, filled=np.array([len(alive)]))


@compiled
def best_in_bucket(
    limits: Limits, prices: Prices, buckets: Buckets, bucket: int, dial: Ints, agent: Ints
) -> float:
    """Bound on the splits under a bucket's cap, whatever their calls; fills one that attains it."""
    cap = buckets.cap[bucket]
    caps = Caps(cap, cap / 2 if buckets.any_two else cap, 0.0, 0.0, False)
    return _best_under(limits, prices, caps, buckets.used, False, buckets.shares, dial, agent)


@compiled
def best_in_piece(
    limits: Limits, prices: Prices, buckets: Buckets, pieces: BucketPieces, p: int, price: float,
    dial: Ints, agent: Ints,
) -> float:  # fmt: skip
    """Bound on the splits in a piece with its floor at a price; fills the split as above."""
    used, exactly = pieces.used[p], pieces.exactly[p]
    charged, caps = paid_more(prices, price), _caps(limits, buckets, pieces, p)
    bound = _best_under(limits, charged, caps, used, exactly, buckets.shares, dial, agent)
    if bound <= NEVER:
        return bound
    bound -= price * pieces.low[p] + prices.surviving * pieces.fewest[p]
    if exactly:
        bound -= prices.missing * max(limits.asked - used, 0)
    return float(bound)


@compiled
def tighten_piece(
    limits: Limits, prices: Prices, buckets: Buckets, pieces: BucketPieces, p: int, bound: float,
    dial: Ints, agent: Ints, enough: float, known: float,
) -> tuple[float, int]:  # fmt: skip
    """The least bound over some prices of the floor, or one below ``enough``; and the evaluations.

    ``bound`` and the split are those at the piece's own price; the best ones replace them, and
    their price is kept as the next start. The price follows the slope of the bound, as far as
    would bring it down to what a split is ``known`` to be worth (B. T. Polyak, Minimization of
    unsmooth functionals, USSR Computational Mathematics and Mathematical Physics 9, 1969).
    """
    price, step, now, evaluations = pieces.price[p], 1.0, bound, 0
    now_dial, now_agent = dial.copy(), agent.copy()
    for _ in range(FLOOR_TRIALS):
        if bound < enough:
            break
        short = pieces.low[p] - calls_of(limits, now_dial, now_agent)
        if short == 0 or (short < 0 and price == 0):
            break
        over = now - known
        if known <= NEVER:
            earned = most_paid(prices) * pieces.high[p]
            over = FIRST_AIM * max(abs(now), earned)
        price = max(price + step * max(over, 0.0) / short, 0.0)
        now = best_in_piece(limits, prices, buckets, pieces, p, price, now_dial, now_agent)
        evaluations += 1
        if now < bound:
            bound = now
            pieces.price[p] = price
            copy_split(now_dial, now_agent, dial, agent)
        else:
            step /= 2
    pieces.last[p] = bound
    return bound, evaluations


@lean
def calls_of(limits: Limits, dial: Ints, agent: Ints) -> float:
    """Handled calls per hour of a split."""
    total = 0.0
    for d in range(len(dial)):
        total += limits.table[HANDLED, agent[d], dial[d]]
    return total


@lean
def most_paid(prices: Prices) -> float:
    """What a call is paid on the best dialer, at least nothing."""
    most = 0.0
    for paid in prices.call:
        most = max(most, paid)
    return most


@compiled
def _on_dialers(limits: Limits, used: int, exactly: bool) -> Limits:
    return Limits(
        limits.table,
        limits.n_low,
        limits.n_high,
        limits.a_low,
        limits.a_high,
        limits.room,
        limits.agent_cost,
        limits.block,
        limits.order,
        limits.agents,
        False,
        used,
        used,
        0,
        False,
        exactly,
        limits.min_agents,
        limits.concave,
        limits.now_n,
        limits.now_a,
        limits.most_calls,
    )


@compiled
def _best_under(
    limits: Limits, prices: Prices, caps: Caps, used: int, exactly: bool, shares: Floats,
    dial: Ints, agent: Ints,
) -> float:  # fmt: skip
    mine = _on_dialers(limits, used, exactly)
    bound = fill_capped_split(mine, prices, caps, shares, dial, agent)
    if bound <= NEVER:
        copy_split(limits.n_low, limits.a_low, dial, agent)
    return bound


def live_buckets(model: Model, campaign: int, limits: Limits) -> Buckets:
    """Buckets of F, the campaign's calls, that some split may reach.

    Bucket k holds F in (t_{k+1}, t_k]; it is empty when no split under its cap that holds the
    campaign's other limits reaches t_{k+1}.
    """
    few = model.dialers <= FEW_DIALERS
    several = few and model.blocks < model.dialers
    shares = SHARES_OF_WORTH if several else SHARES_OF_WORTH[:1]
    abandon_limit = float(model.abandon_limit[campaign])
    keep = 1 - float(model.survivable[campaign])
    most_missing = min(int(model.aim.most[campaign, SURVIVES]), 100)
    loosest = min(keep + most_missing / 100.0, 1.0)
    any_two = model.failures > 1 and model.blocks > 1
    high = _most_calls(limits, abandon_limit, shares)
    found: list[tuple[float, float, float]] = []
    for k in range(BUCKETS if high > NEVER else 0):
        low = high * BUCKET_RATIO if k < BUCKETS - 1 else 0.0
        most = high
        if few:
            cap = block_cap(loosest, high)
            under = Caps(cap, cap / 2 if any_two else cap, 0.0, 0.0, False)
            most = _most_calls(limits, abandon_limit, shares, under, low, high)
        if most >= low * (1 - LIMIT_ROUNDING):
            top = min(high, most)
            found.append((low, top, block_cap(loosest, top)))
        high = low
    lows, highs, caps = np.array(found, dtype=np.float64).reshape(-1, 3).T.copy()
    return Buckets(lows, highs, caps, limits.least_used, keep, most_missing, any_two, shares)


@lean
def pair_cap(buckets: Buckets, pieces: BucketPieces, p: int) -> float:
    """Most calls that a failure may take of a split in a piece."""
    return float(block_cap(min(buckets.keep + pieces.most[p] / 100.0, 1.0), pieces.high[p]))


@lean
def _caps(limits: Limits, buckets: Buckets, pieces: BucketPieces, p: int) -> Caps:
    """What blocks of a split in a piece may carry.

    A block carries at least what its piece's splits have and the others may not. Where any two
    may fail, one carries half of what they may or less.
    """
    first, low, usable = pieces.cap[p], pieces.low[p], _usable_blocks(limits)
    used = min(usable, pieces.used[p]) if pieces.exactly[p] else usable
    second, both = first, 2 * first
    if buckets.any_two:
        both = pair_cap(buckets, pieces, p)
        second = max(min(both / 2, both - pieces.above[p]), 0.0)
    every = low > _most_of_others(first, second, both, usable - 1)
    least = low - _most_of_others(first, second, both, used - 1)
    return Caps(first, second, max(pieces.above[p], low - (used - 1) * second), least, every)


@inlined
def _most_of_others(first: float, second: float, both: float, others: int) -> float:
    """What so many blocks carry at the most, of which one may be the first."""
    most = min(first, second)
    found = first + (others - 1) * most if others > 0 else 0.0
    if others > 1:  # the first and one more are two
        found = min(found, both + (others - 2) * most)
    return found


@lean
def _usable_blocks(limits: Limits) -> int:
    """How many blocks may carry calls."""
    found = 0
    for d in range(len(limits.block)):
        fresh = limits.n_high[d] > 0
        for earlier in range(d):
            if limits.n_high[earlier] > 0 and limits.block[earlier] == limits.block[d]:
                fresh = False
        found += fresh
    return found


@inlined
def block_cap(keep: float, calls: float) -> float:
    """Most calls of a block that a split of so many may have."""
    return keep * calls * (1 + LIMIT_ROUNDING) + LIMIT_ROUNDING


def _most_calls(
    limits: Limits,
    abandon_limit: float,
    shares: Floats,
    caps: Caps | None = None,
    enough: float = 0.0,
    reached: float = np.inf,
) -> float:
    """Upper bound on the handled calls of a split under a cap per block; NEVER if none.

    The abandonment limit enters by its price, doubled while the split breaks the limit and
    bisected after that; every price gives a bound, the least counts. The search ends once a
    bound is below ``enough``, or a split that holds the limit has ``reached`` calls: no bound is
    below those.
    """
    least = np.inf
    low, high, price = 0.0, np.inf, 0.0
    free = np.zeros(len(limits.room))
    for _ in range(1 if np.isinf(abandon_limit) else PRICE_TRIALS):
        credit = price * abandon_limit if price > 0 else 0.0
        prices = Prices(free + 1.0, free, free, free, price, credit, 0.0, 0.0, 0.0, 0.0)
        split = (
            plain_split(limits, prices)
            if caps is None
            else capped_split(limits, prices, caps, shares)
        )
        if split is None:
            return NEVER
        least = min(least, split.bound)
        if np.isinf(abandon_limit) or least < enough:
            break
        figures = limits.table[:, split.agent_lines, split.dial_lines]
        if figures[ABANDONED].sum() > abandon_limit * figures[ANSWERED].sum():
            low = price
        elif price == 0 or figures[HANDLED].sum() >= reached:
            break
        else:
            high = price
        price = max(2 * low, FIRST_PRICE) if np.isinf(high) else (low + high) / 2
    return least
