"""The best split of a campaign with an abandonment limit, its dialers not otherwise tied.

On one dialer the limit holds or not, line by line. On several the abandoned calls are charged at a
price that every split holding the limit pays at most back; the least bound over prices counts. Told
apart, the two are close to the truth; one price for both mixes splits that break the limit with
others that do not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.compiling.compiled import compiled
from planner.evaluation.tolerances import LIMIT_ROUNDING
from planner.optimize.model.tables import ABANDONED, ANSWERED, HANDLED
from planner.optimize.pricing.prices import NEVER, Limits, Prices, Split
from planner.optimize.pricing.split_program import (
    Earnings,
    best_lines,
    earnings,
    lines_below,
    plain_split,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Prices of an abandoned call tried at one set of prices; the first, in handled calls' value.
TRIALS, FIRST_PRICE = 6, 1.0
#: Where agents are not counted, since that takes long; the price found goes on at the next prices.
FEW_TRIALS = 2


class LimitedPricer:
    """Finds the best split of one campaign with an abandonment limit at any prices."""

    def __init__(self, limits: Limits, abandon_limit: float) -> None:
        self._limits = limits
        self._limit = abandon_limit
        self._most = _last_holding(limits.table, abandon_limit)
        self._price = 0.0  # of an abandoned call that was best last, on several dialers

    def best(self, prices: Prices) -> Split | None:
        """Best split and a proven upper bound on its value; None when no split exists."""
        prices = prices._replace(abandoned=0.0, answered=0.0)
        found = [split for split in (self._on_none(), self._on_one(prices)) if split]
        enough = max((split.bound for split in found), default=NEVER)
        several = self._on_several(prices, enough)
        return max([*found, *([several] if several else [])], key=lambda s: s.bound, default=None)

    def _on_none(self) -> Split | None:
        limits = self._limits
        if limits.asked > 0 or limits.n_low.any() or limits.a_low.any():
            return None
        return Split(0.0, np.zeros_like(limits.room), np.zeros_like(limits.room))

    def _on_one(self, prices: Prices) -> Split | None:
        if self._limits.least_used > 1:
            return None
        dial, agent = np.zeros_like(self._limits.room), np.zeros_like(self._limits.room)
        bound = _single_split(self._limits, prices, self._most, dial, agent)
        missing = prices.missing * max(self._limits.asked - 1, 0)
        return None if bound <= NEVER else Split(bound - missing, dial, agent)

    def _on_several(self, prices: Prices, enough: float) -> Split | None:
        """The least bound over some prices, or one not above ``enough``."""
        limits = self._limits._replace(
            min_used=max(self._limits.min_used, 2),
            least_used=max(self._limits.least_used, 2),
            may_be_empty=False,
        )
        best: Split | None = None
        price, low, high = self._price, 0.0, np.inf
        for _ in range(FEW_TRIALS if limits.uncounted else TRIALS):
            split = plain_split(
                limits, prices._replace(abandoned=price, answered=price * self._limit)
            )
            if split is None:
                return None
            if best is None or split.bound < best.bound:
                best, self._price = split, price
            if best.bound <= enough:
                break
            if self._over(split) > 0:
                low = price
            elif price == 0:
                break
            else:
                high = price
            first = FIRST_PRICE * max(float(prices.call.max(initial=0.0)), LIMIT_ROUNDING)
            price = max(2 * low, first) if np.isinf(high) else (low + high) / 2
        return best

    def _over(self, split: Split) -> float:
        """Abandoned calls of a split over its limit."""
        figures = self._limits.table[:, split.agent_lines, split.dial_lines]
        return float(figures[ABANDONED].sum() - self._limit * figures[ANSWERED].sum())


def _last_holding(table: Floats, limit: float) -> Ints:
    """Most dial lines, by agent lines, with which one dialer alone holds the limit; -1 if none."""
    over = table[ABANDONED] - limit * table[ANSWERED]
    holds = over <= LIMIT_ROUNDING * (1 + table[ANSWERED])
    last = table.shape[2] - 1 - np.argmax(holds[:, ::-1], axis=1)
    return np.where(holds.any(axis=1), last, -1).astype(np.int64)


@compiled
def _single_split(limits: Limits, prices: Prices, most: Ints, dial: Ints, agent: Ints) -> float:
    """Best lines on a single dialer; fills the split, returns its value or NEVER."""
    best, place = NEVER, -1
    locked = 0
    for d in range(len(limits.room)):
        locked += limits.n_low[d] > 0 or limits.a_low[d] > 0
    earned, last = Earnings(limits.table[0], 0.0, limits.n_high > 0), -1
    for d in limits.order:
        if locked > int(limits.n_low[d] > 0 or limits.a_low[d] > 0) or limits.n_high[d] == 0:
            continue
        same = last >= 0 and prices.call[d] == prices.call[last]
        if not same or prices.attempt[d] != prices.attempt[last]:
            earned, last = earnings(limits, prices, prices.call[d], prices.attempt[d]), d
        line = prices.dial[d]
        for a in range(
            max(limits.a_low[d], limits.min_agents),
            min(limits.a_high[d], limits.agents, limits.table.shape[1] - 1) + 1,
        ):
            first = max(a, limits.n_low[d], 1)
            end = min(limits.n_high[d], limits.room[d] - limits.agent_cost[d] * a, most[a])
            if limits.most_calls < np.inf:
                end = lines_below(limits.table[HANDLED, a], first, end, limits.most_calls)
            if end < first:
                continue
            n = best_lines(limits, prices, d, earned, a, line, first, end)
            added = max(0, n - limits.now_n[d]) + max(0, a - limits.now_a[d])
            value = earned.worth * earned.calls[a, n] - line * n - prices.move * added
            value -= prices.agent[d] * a
            if value > best:
                best, place = value, d
                dial[:] = 0
                agent[:] = 0
                dial[d] = n
                agent[d] = a
    return best if place >= 0 else NEVER
