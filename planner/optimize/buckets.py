"""Bounds on the splits of a campaign that must survive, told apart by its calls per hour.

In a bucket each failure domain may carry so many calls at most, and the bucket's floor is priced.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.optimize.columns import ROUNDING
from planner.optimize.model import ABANDONED, ANSWERED, HANDLED, Model
from planner.optimize.narrowing import Kept, widen
from planner.optimize.pricing import (
    NEVER,
    SHARES_OF_WORTH,
    Limits,
    Prices,
    Split,
    capped_split,
    plain_split,
)

Floats = NDArray[np.float64]

#: Share by which consecutive buckets of a campaign's calls differ, and how many there are.
BUCKET_RATIO, BUCKETS = 0.97, 64
#: On more dialers a domain is bounded dialer by dialer, and no bucket is looked at beforehand.
FEW_DIALERS = 12
#: Prices of a bucket's floor tried at one set of prices.
FLOOR_TRIALS = 6
#: Share of a bucket's worth that a floor's price first aims to save where no split is known.
FIRST_AIM = 0.05
#: Prices of an abandoned call tried, from the first one on, in handled calls.
PRICE_TRIALS, FIRST_PRICE = 14, 0.25


@dataclass(eq=False)
class Bucket:
    """Splits with ``low`` to ``high`` calls per hour, at most ``cap`` of them in each domain.

    They are on ``used`` dialers, or more of them where not ``exactly``.
    """

    low: float
    high: float
    cap: float
    used: int
    exactly: bool = False
    floor_price: float = 0.0  # of the calls above the floor; any price gives a valid bound
    last: float = np.inf  # bound when it was last looked at, at other prices


class BucketBounds:
    """Bounds what the splits of one campaign in a bucket are worth."""

    def __init__(self, model: Model, campaign: int, limits: Limits) -> None:
        self._limits = limits
        self._keep = 1 - float(model.survivable[campaign])
        self._abandon_limit = float(model.abandon_limit[campaign])
        self._few = model.dialers <= FEW_DIALERS
        several = self._few and model.domains < model.dialers
        self._shares = SHARES_OF_WORTH if several else SHARES_OF_WORTH[:1]
        self.looks = 0  # how often a bucket was looked at

    def at(self, prices: Prices, bucket: Bucket, floor_price: float) -> Split:
        """Best split under the bucket's cap, and a bound with its floor on the calls priced."""
        limits = self._limits._replace(min_used=bucket.used, exactly=bucket.exactly)
        charged = prices._replace(call=prices.call + floor_price)
        split = capped_split(limits, charged, bucket.cap, self._shares)
        self.looks += 1
        if split is None:
            return Split(NEVER, limits.n_low, limits.a_low)
        return split._replace(bound=split.bound - floor_price * bucket.low)

    def keep(self, prices: Prices, bucket: Bucket, least: float, kept: Kept) -> None:
        """Widen ranges of lines until they hold every split of a bucket worth above ``least``."""
        limits = self._limits._replace(min_used=bucket.used, exactly=bucket.exactly)
        price = bucket.floor_price
        charged = prices._replace(call=prices.call + price)
        widen(limits, charged, bucket.cap, least + price * bucket.low, kept)

    def tightened(
        self, prices: Prices, bucket: Bucket, split: Split, enough: float, known: float
    ) -> Split:
        """The least bound over some prices of the floor, or one below ``enough``.

        ``split`` is that at the bucket's own price; the best one is kept as the next start. The
        price follows the slope of the bound, as far as would bring it down to what a split is
        ``known`` to be worth (B. T. Polyak, Minimization of unsmooth functionals, USSR
        Computational Mathematics and Mathematical Physics 9, 1969).
        """
        best, price, step = split, bucket.floor_price, 1.0
        for _ in range(FLOOR_TRIALS):
            if best.bound < enough:
                break
            short = bucket.low - self.calls(split)
            if short == 0 or (short < 0 and price == 0):
                break
            over = split.bound - known
            if known <= NEVER:
                earned = float(prices.call.max(initial=0.0)) * bucket.high
                over = FIRST_AIM * max(abs(split.bound), earned)
            price = max(price + step * max(over, 0.0) / short, 0.0)
            split = self.at(prices, bucket, price)
            if split.bound < best.bound:
                best, bucket.floor_price = split, price
            else:
                step /= 2
        bucket.last = best.bound
        return best

    def calls(self, split: Split) -> float:
        """Handled calls per hour of a split."""
        return float(self._limits.table[HANDLED, split.agent_lines, split.dial_lines].sum())

    def live(self) -> list[Bucket]:
        """Buckets of F, the campaign's calls, that some split may reach.

        Bucket k holds F in (t_{k+1}, t_k]; it is empty when no split under its cap that holds
        the campaign's other limits reaches t_{k+1}.
        """
        high = self._most_calls(np.inf)
        buckets: list[Bucket] = []
        used = self._limits.min_used
        for k in range(BUCKETS if high > NEVER else 0):
            low = high * BUCKET_RATIO if k < BUCKETS - 1 else 0.0
            most = self._most_calls(self._cap(high), low) if self._few else high
            if most >= low * (1 - ROUNDING):
                top = min(high, most)
                buckets.append(Bucket(low, top, self._cap(top), used))
            high = low
        return buckets

    def _cap(self, calls: float) -> float:
        """Most calls of a domain that a split of so many may have."""
        return self._keep * calls * (1 + ROUNDING) + ROUNDING

    def _most_calls(self, cap: float, enough: float = 0.0) -> float:
        """Upper bound on the handled calls of a split under a cap per domain; NEVER if none.

        The abandonment limit enters by its price, doubled while the split breaks the limit and
        bisected after that; every price gives a bound, the least counts. The search ends once a
        bound is below ``enough``.
        """
        limit = self._abandon_limit
        least = np.inf
        low, high, price = 0.0, np.inf, 0.0
        free = np.zeros(len(self._limits.room))
        for _ in range(1 if np.isinf(limit) else PRICE_TRIALS):
            credit = price * limit if price > 0 else 0.0
            prices = Prices(free + 1.0, free, free, price, credit, 0.0)
            split = (
                plain_split(self._limits, prices)
                if np.isinf(cap)
                else capped_split(self._limits, prices, cap, self._shares)
            )
            if split is None:
                return NEVER
            least = min(least, split.bound)
            if np.isinf(limit) or least < enough:
                break
            figures = self._limits.table[:, split.agent_lines, split.dial_lines]
            if figures[ABANDONED].sum() > limit * figures[ANSWERED].sum():
                low = price
            elif price == 0:
                break
            else:
                high = price
            price = max(2 * low, FIRST_PRICE) if np.isinf(high) else (low + high) / 2
        return least
