"""The best split of one campaign at given prices, with a bound: also where it must survive.

Survival ties all dialers of a campaign together. Its splits are told apart by F, their calls per
hour: in a bucket of F each failure domain may carry so many calls at most, and F's floor is priced.
Buckets are tightened and split where they decide, and kept for the next prices.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from planner.optimize.columns import ROUNDING, line_room
from planner.optimize.limited import LimitedPricer
from planner.optimize.model import ABANDONED, ANSWERED, HANDLED, Box, Model
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
#: A bucket is split in two up to so often at a time, until its ends are so close.
MOST_SPLITS, NARROW = 64, 0.999999
#: Buckets are told apart by the dialers used up to so many more than the least.
MORE_DIALERS = 2
#: A split attains its bound where the priced floor adds no more than this share of its worth.
SLACK = 1e-5
#: What comes next for a bucket or a part of one.
_BUCKET, _SEEN, _TIGHTENED, _SPLIT = range(4)
#: Prices of an abandoned call tried, from the first one on, in handled calls.
PRICE_TRIALS, FIRST_PRICE = 14, 0.25
#: Prices of a bucket's floor tried at one set of prices; the first, as a share of a call's worth.
FLOOR_TRIALS, FLOOR_STEP = 6, 0.05


class Effort(Enum):
    """How well a campaign that must survive is priced; the others are always priced exactly."""

    QUICK = "quick"  #: a bound, far from the best one
    LIKELY = "likely"  #: a good split where the best one was last; what it is worth is no bound
    PROVEN = "proven"  #: a close bound and a split about worth it


@dataclass(eq=False)
class _Bucket:
    """Splits with ``low`` to ``high`` calls per hour, at most ``cap`` of them in each domain.

    They are on ``used`` dialers, or more of them where not ``exactly``.
    """

    low: float
    high: float
    cap: float
    used: int
    exactly: bool = False
    floor_price: float = 0.0  # of the calls above the floor; any price gives a valid bound


class _Queue:
    """Buckets and their parts by bound, highest first; equals in the order they came."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, int, int, _Bucket, Split]] = []
        self._order = itertools.count()

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, bound: float, stage: int, place: int, bucket: _Bucket, split: Split) -> None:
        heapq.heappush(self._heap, (-bound, next(self._order), stage, place, bucket, split))

    def pop(self) -> tuple[float, int, int, _Bucket, Split]:
        bound, _, stage, place, bucket, split = heapq.heappop(self._heap)
        return -bound, stage, place, bucket, split

    def highest(self) -> float:
        return -self._heap[0][0] if self._heap else NEVER


class Pricer:
    """Finds the best split of one campaign inside a box at any prices."""

    def __init__(self, model: Model, campaign: int, box: Box) -> None:
        self._model = model
        self._campaign = campaign
        c = campaign
        self.limits = Limits(
            model.tables[c],
            box.n_low[c],
            box.n_high[c],
            box.a_low[c],
            box.a_high[c],
            line_room(model),
            model.agent_cost,
            model.domain,
            int(model.agents[c]),
            int(model.min_dialers[c]),
            False,
            int(model.min_agent_lines[c]),
            bool(model.concave[c]),
            model.now_dial_lines[c],
            model.now_agent_lines[c],
            model.move_cost,
        )
        few = model.dialers <= FEW_DIALERS and model.domains < model.dialers
        self._shares = SHARES_OF_WORTH if few else SHARES_OF_WORTH[:1]
        self._most_used = min(int(model.min_dialers[c]) + MORE_DIALERS, model.dialers)
        self._buckets = self._live_buckets() if model.survivable[campaign] > 0 else None
        self._parts = [[bucket] for bucket in self._buckets or ()]
        self._place = -1  # of the bucket that was best last
        limit = float(model.abandon_limit[c])
        self._limited = None if np.isinf(limit) else LimitedPricer(self.limits, limit)

    def best(self, prices: Prices, effort: Effort = Effort.PROVEN) -> Split | None:
        """Best split and what it is worth, with most efforts an upper bound on all.

        None when no split exists.
        """
        if self._buckets is None:
            return self._limited.best(prices) if self._limited else plain_split(self.limits, prices)
        if not self._buckets:
            return None
        if effort is Effort.PROVEN:
            return self._best_surviving(prices)
        quick = self._in_bucket(prices, self._buckets[0], 0.0)
        if quick.bound <= NEVER:
            return None
        return quick if effort is Effort.QUICK else self._likely(prices, quick)

    def _likely(self, prices: Prices, quick: Split) -> Split:
        """The best of a bucket, climbing from the one that was best last to its neighbours."""
        assert self._buckets is not None
        last = len(self._buckets) - 1
        place = self._place
        if place < 0:
            calls = self._calls(quick)
            place = next((k for k, b in enumerate(self._buckets) if b.low < calls), last)
        best = self._near(prices, place, NEVER)
        for step in (-1, 1):
            while 0 <= place + step <= last:
                found = self._near(prices, place + step, best.bound)
                if found.bound <= best.bound:
                    break
                best, place = found, place + step
        self._place = place
        return best if best.bound > NEVER else quick

    def _near(self, prices: Prices, place: int, enough: float) -> Split:
        """Best split of the parts of a bucket at tightened floors, as far as above ``enough``."""
        best = Split(NEVER, self.limits.n_low, self.limits.a_low)
        for part in self._parts[place]:
            split = self._in_bucket(prices, part, part.floor_price)
            split = self._tightened(prices, part, split, max(enough, best.bound))
            best = max(best, split, key=lambda found: found.bound)
        return best

    def _best_surviving(self, prices: Prices) -> Split | None:
        """The best of all buckets, by their best known bound.

        Buckets not looked at yet have the bound of the one before, since a smaller cap gives no
        more. Parts of buckets are looked at, then tightened, then split as far as it matters.
        """
        assert self._buckets is not None
        queue = _Queue()
        none = Split(NEVER, self.limits.n_low, self.limits.a_low)
        queue.push(np.inf, _BUCKET, 0, self._buckets[0], none)
        splits = 0
        while queue:
            bound, stage, place, bucket, split = queue.pop()
            if bound <= NEVER:
                break
            if stage == _BUCKET:
                bound = min(bound, self._in_bucket(prices, bucket, 0.0).bound)
                for part in self._parts[place]:
                    queue.push(bound, _SEEN, place, part, none)
                for following in self._buckets[place + 1 : place + 2]:
                    queue.push(bound, _BUCKET, place + 1, following, none)
            elif stage == _SEEN:
                split = self._in_bucket(prices, bucket, bucket.floor_price)
                queue.push(min(bound, split.bound), _TIGHTENED, place, bucket, split)
            elif stage == _TIGHTENED:
                enough = queue.highest()
                split = self._tightened(prices, bucket, split, enough)
                bound = min(bound, split.bound)
                # One that is not the best any more is tightened further when it is again.
                following_stage = _SPLIT if bound >= enough else _TIGHTENED
                queue.push(bound, following_stage, place, bucket, split)
            elif splits == MOST_SPLITS or self._attains(prices, bucket, split):
                self._place = place
                return split._replace(bound=bound)
            else:
                splits += 1
                for part in self._split(place, bucket):
                    queue.push(bound, _SEEN, place, part, none)
        return None

    def _split(self, place: int, part: _Bucket) -> tuple[_Bucket, _Bucket]:
        """Split a part of a bucket in two for good.

        First by the dialers used, since floors of their own tell splits on few dialers from those
        on more, then in the middle.
        """
        if not part.exactly and part.used < self._most_used:
            parts = replace(part, exactly=True), replace(part, used=part.used + 1)
        else:
            middle = max(np.sqrt(part.low * part.high), part.high / 2)
            cap = middle * part.cap / part.high
            parts = replace(part, low=middle), replace(part, high=middle, cap=cap)
        where = self._parts[place].index(part)
        self._parts[place][where : where + 1] = parts
        return parts

    def _attains(self, prices: Prices, bucket: _Bucket, split: Split) -> bool:
        """Whether a bucket's split survives each failure and is worth about its bound.

        A bucket too narrow to be split counts as well.
        """
        if bucket.low >= NARROW * bucket.high:
            return True
        calls = self._model.tables[self._campaign][HANDLED, split.agent_lines, split.dial_lines]
        total = float(calls.sum())
        most = (1 - float(self._model.survivable[self._campaign])) * total
        lost = self._model.lost @ calls
        slack = bucket.floor_price * (total - bucket.low)
        about = SLACK * float(prices.call.max(initial=0.0)) * total
        return slack <= about and bool(np.all(lost <= most + ROUNDING * (1 + total)))

    def _in_bucket(self, prices: Prices, bucket: _Bucket, floor_price: float) -> Split:
        """Best split under the bucket's cap, and a bound with its floor on the calls priced."""
        limits = self.limits._replace(min_used=bucket.used, exactly=bucket.exactly)
        split = capped_split(
            limits, prices._replace(call=prices.call + floor_price), bucket.cap, self._shares
        )
        if split is None:
            return Split(NEVER, self.limits.n_low, self.limits.a_low)
        return split._replace(bound=split.bound - floor_price * bucket.low)

    def _tightened(self, prices: Prices, bucket: _Bucket, split: Split, enough: float) -> Split:
        """The least bound over some prices of the floor, or one below ``enough``.

        ``split`` is that at the bucket's own price. The price is raised while the split lies below
        the floor, lowered while above, then bisected; the best
        price is kept as the next start.
        """
        best, price = split, bucket.floor_price
        low, high = 0.0, np.inf
        first = FLOOR_STEP * float(prices.call.max(initial=0.0)) + ROUNDING
        for _ in range(FLOOR_TRIALS):
            if best.bound < enough:
                break
            if self._calls(split) < bucket.low:
                low = price
            elif price == 0:
                break
            else:
                high = price
            price = max(2 * low, first) if np.isinf(high) else (low + high) / 2
            split = self._in_bucket(prices, bucket, price)
            if split.bound < best.bound:
                best = split
                bucket.floor_price = price
        return best

    def _calls(self, split: Split) -> float:
        table = self._model.tables[self._campaign][HANDLED]
        return float(table[split.agent_lines, split.dial_lines].sum())

    def _live_buckets(self) -> list[_Bucket]:
        """Buckets of F, the campaign's calls, that some split may reach.

        Bucket k holds F in (t_{k+1}, t_k]; it is empty when no split under its cap that holds
        the campaign's other limits reaches t_{k+1}.
        """
        high = self._most_calls(np.inf)
        if high is None:
            return []
        share = 1 - float(self._model.survivable[self._campaign])
        buckets: list[_Bucket] = []
        used = self.limits.min_used
        for k in range(BUCKETS):
            low = high * BUCKET_RATIO if k < BUCKETS - 1 else 0.0
            cap = share * high * (1 + ROUNDING) + ROUNDING
            if self._model.dialers > FEW_DIALERS:
                buckets.append(_Bucket(low, high, cap, used))
            else:
                most = self._most_calls(cap, low)
                if most is not None and most >= low * (1 - ROUNDING):
                    top = min(high, most)
                    cap = share * top * (1 + ROUNDING) + ROUNDING
                    buckets.append(_Bucket(low, top, cap, used))
            high = low
        return buckets

    def _most_calls(self, cap: float, enough: float = 0.0) -> float | None:
        """Upper bound on the handled calls of a split under a cap per domain.

        The abandonment limit enters by its price, doubled while the split breaks the limit and
        bisected after that; every price gives a bound, the least counts. The search ends once a
        bound is below ``enough``.
        """
        limit = float(self._model.abandon_limit[self._campaign])
        least: float | None = None
        low, high, price = 0.0, np.inf, 0.0
        for _ in range(1 if np.isinf(limit) else PRICE_TRIALS):
            free = np.zeros(self._model.dialers)
            credit = price * limit if price > 0 else 0.0
            prices = Prices(free + 1.0, free, free, price, credit, 0.0)
            split = (
                plain_split(self.limits, prices)
                if np.isinf(cap)
                else capped_split(self.limits, prices, cap, self._shares)
            )
            if split is None:
                return None
            least = split.bound if least is None else min(least, split.bound)
            if np.isinf(limit) or least < enough:
                break
            figures = self._model.tables[self._campaign][:, split.agent_lines, split.dial_lines]
            if figures[ABANDONED].sum() > limit * figures[ANSWERED].sum():
                low = price
            elif price == 0:
                break
            else:
                high = price
            price = max(2 * low, FIRST_PRICE) if np.isinf(high) else (low + high) / 2
        return least
