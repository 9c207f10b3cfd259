"""Columns: whole splits of one campaign, and the search for the best one at given prices."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.optimize.model import (
    ABANDONED,
    ANSWERED,
    ATTEMPTS,
    HANDLED,
    Box,
    Model,
)
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
Ints = NDArray[np.int64]
#: Relative rounding allowed when a column is tested against its campaign's own limits.
ROUNDING = 1e-9
#: Share by which consecutive buckets of a campaign's calls differ, and how many there are.
BUCKET_RATIO, BUCKETS = 0.97, 64
#: On more dialers a domain is bounded dialer by dialer, and no bucket is looked at beforehand.
FEW_DIALERS = 12
#: A bucket is split in two up to so often at a time, until its ends are so close.
MOST_SPLITS, NARROW = 4, 0.9995
#: What comes next for a bucket.
_SEEN, _TIGHTENED, _SPLIT = range(3)
#: Prices of an abandoned call tried, from the first one on, in handled calls.
PRICE_TRIALS, FIRST_PRICE = 14, 0.25
#: Prices of a bucket's floor tried at one set of prices; the first, as a share of a call's worth.
FLOOR_TRIALS, FLOOR_STEP = 6, 0.05


@dataclass(frozen=True)
class Column:
    """One split of one campaign, with what it earns and uses."""

    campaign: int
    dial_lines: Ints
    agent_lines: Ints
    handled: float
    calls: Floats  # [dialer] handled calls per hour
    lost: Floats  # [failure] handled calls per hour that go down with it
    lines: Floats  # [dialer] ports
    attempts: Floats  # [dialer] per hour
    abandoned: float
    answered: float
    added: int  # lines more than the campaign has now, over the dialers that get more
    holds_own_limits: bool

    @property
    def key(self) -> tuple[int, bytes, bytes]:
        """What tells two columns apart."""
        return self.campaign, self.dial_lines.tobytes(), self.agent_lines.tobytes()


def make_column(model: Model, campaign: int, dial_lines: Ints, agent_lines: Ints) -> Column:
    """Column of a split, its figures read from the table."""
    entries = model.tables[campaign][:, agent_lines, dial_lines]
    lost = model.lost @ entries[HANDLED]
    handled = float(entries[HANDLED].sum())
    abandoned, answered = float(entries[ABANDONED].sum()), float(entries[ANSWERED].sum())
    lines = (dial_lines + model.agent_cost * agent_lines).astype(np.float64)
    most = (1 - model.survivable[campaign]) * handled
    holds = (
        int(agent_lines.sum()) <= model.agents[campaign]
        and int(dial_lines.sum()) <= model.max_dial_lines[campaign]
        and int((dial_lines > 0).sum()) >= model.min_dialers[campaign]
        and (
            model.survivable[campaign] == 0 or bool(np.all(lost <= most + ROUNDING * (1 + handled)))
        )
        and (
            np.isinf(model.abandon_limit[campaign])
            or abandoned <= model.abandon_limit[campaign] * answered + ROUNDING * (1 + answered)
        )
    )
    return Column(
        campaign=campaign,
        dial_lines=dial_lines.copy(),
        agent_lines=agent_lines.copy(),
        handled=handled,
        calls=entries[HANDLED],
        lost=lost,
        lines=lines,
        attempts=entries[ATTEMPTS].copy(),
        abandoned=abandoned,
        answered=answered,
        added=_added_lines(model, campaign, dial_lines, agent_lines),
        holds_own_limits=bool(holds),
    )


def _added_lines(model: Model, campaign: int, dial_lines: Ints, agent_lines: Ints) -> int:
    """Lines that dialers get in addition to the campaign's current ones there."""
    more_dial = np.maximum(dial_lines - model.now_dial_lines[campaign], 0)
    more_agent = np.maximum(agent_lines - model.now_agent_lines[campaign], 0)
    return int(more_dial.sum() + more_agent.sum())


def line_room(model: Model) -> Ints:
    """Most lines on each dialer: its ports, or its trunk group's channels where fewer."""
    room = np.full(model.dialers, np.iinfo(np.int64).max)
    for capacity in model.capacities:
        if capacity.counts_lines:
            room[capacity.members] = np.minimum(room[capacity.members], int(capacity.limit))
    return room


def placements(
    model: Model, campaign: int, blocks: Sequence[tuple[int, int]], most: int
) -> Iterator[Column]:
    """Columns with the given blocks (dial lines, agent lines) on every choice of dialers.

    Only placements inside the ranges and ports, that hold the campaign's own limits; at most
    ``most`` choices are looked at.
    """
    c, box = campaign, model.box
    room = line_room(model)
    for dialers in itertools.islice(
        itertools.permutations(range(model.dialers), len(blocks)), most
    ):
        dial, agent = np.zeros(model.dialers, np.int64), np.zeros(model.dialers, np.int64)
        for d, (lines, agents) in zip(dialers, blocks, strict=True):
            dial[d], agent[d] = lines, agents
        fits = np.all(dial + model.agent_cost * agent <= room)
        if fits and box.contains(c, dial, agent):
            column = make_column(model, c, dial, agent)
            if column.holds_own_limits:
                yield column


@dataclass(eq=False)
class _Bucket:
    """Splits with ``low`` to ``high`` calls per hour, at most ``cap`` of them in each domain."""

    low: float
    high: float
    cap: float
    floor_price: float = 0.0  # of the calls above the floor; any price gives a valid bound


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
            int(model.min_agent_lines[c]),
            bool(model.concave[c]),
            model.now_dial_lines[c],
            model.now_agent_lines[c],
            model.move_cost,
        )
        few = model.dialers <= FEW_DIALERS and model.domains < model.dialers
        self._shares = SHARES_OF_WORTH if few else SHARES_OF_WORTH[:1]
        self._buckets = self._live_buckets() if model.survivable[campaign] > 0 else None

    def best(self, prices: Prices) -> Split | None:
        """Best split and a proven upper bound on its value; None when no split exists."""
        if self._buckets is None:
            return plain_split(self.limits, prices)
        if not self._buckets:
            return None
        # Buckets by their best known bound; of the first it is none, of the others that of the
        # one before. Each is looked at, then tightened, then split in two as far as it matters.
        order = itertools.count()
        none = Split(NEVER, self.limits.n_low, self.limits.a_low)
        heap = [(-np.inf, next(order), _SEEN, self._buckets[0], none)]
        after = dict(itertools.pairwise(self._buckets))
        splits = 0
        while True:
            bound, _, stage, bucket, split = heapq.heappop(heap)
            bound = -bound
            if stage == _SEEN:
                split = self._in_bucket(prices, bucket, bucket.floor_price)
                found = min(bound, split.bound)
                following = after.pop(bucket, None)
                if following is not None:
                    # A smaller cap gives no more; the floor is lower by so many priced calls.
                    lower = split.bound + bucket.floor_price * (bucket.low - following.low)
                    heapq.heappush(heap, (-lower, next(order), _SEEN, following, none))
                heapq.heappush(heap, (-found, next(order), _TIGHTENED, bucket, split))
                continue
            enough = -heap[0][0] if heap else NEVER
            if stage == _TIGHTENED:
                split = self._tightened(prices, bucket, split, enough)
                found = min(bound, split.bound)
                stage = _TIGHTENED if found < enough else _SPLIT
                heapq.heappush(heap, (-found, next(order), stage, bucket, split))
                continue
            if bound <= NEVER:
                return None
            narrow = bucket.low >= NARROW * bucket.high or splits == MOST_SPLITS
            if narrow or self._survives(split):
                return split._replace(bound=bound)
            splits += 1
            for part in self._halves(bucket):
                heapq.heappush(heap, (-bound, next(order), _SEEN, part, none))

    def _halves(self, bucket: _Bucket) -> tuple[_Bucket, _Bucket]:
        """Split a bucket in two for good."""
        assert self._buckets is not None
        middle = max(np.sqrt(bucket.low * bucket.high), bucket.high / 2)
        share = bucket.cap / bucket.high
        parts = (
            _Bucket(middle, bucket.high, bucket.cap, bucket.floor_price),
            _Bucket(bucket.low, middle, middle * share, bucket.floor_price),
        )
        place = self._buckets.index(bucket)
        self._buckets[place : place + 1] = parts
        return parts

    def _survives(self, split: Split) -> bool:
        """Whether enough of a split's calls survives each failure."""
        calls = self._model.tables[self._campaign][HANDLED, split.agent_lines, split.dial_lines]
        total = float(calls.sum())
        most = (1 - float(self._model.survivable[self._campaign])) * total
        lost = self._model.lost @ calls
        return bool(np.all(lost <= most + ROUNDING * (1 + total)))

    def _in_bucket(self, prices: Prices, bucket: _Bucket, floor_price: float) -> Split:
        """Best split under the bucket's cap, and a bound with its floor on the calls priced."""
        split = capped_split(
            self.limits, prices._replace(call=prices.call + floor_price), bucket.cap, self._shares
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
        for k in range(BUCKETS):
            low = high * BUCKET_RATIO if k < BUCKETS - 1 else 0.0
            cap = share * high * (1 + ROUNDING) + ROUNDING
            if self._model.dialers > FEW_DIALERS:
                buckets.append(_Bucket(low, high, cap))
            else:
                most = self._most_calls(cap, low)
                if most is not None and most >= low * (1 - ROUNDING):
                    top = min(high, most)
                    buckets.append(_Bucket(low, top, share * top * (1 + ROUNDING) + ROUNDING))
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
