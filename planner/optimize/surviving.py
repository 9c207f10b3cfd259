"""The best split of a campaign that must survive a failure, at given prices, with a bound.

Survival ties all dialers of a campaign together. Its splits are told apart by F, their calls per
hour, in buckets, which are tightened and split where they decide, and kept for the next prices.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import replace

import numpy as np

from planner.optimize.buckets import Bucket, BucketBounds
from planner.optimize.fleet import Fleet, secure_survival
from planner.optimize.known import KnownSplits
from planner.optimize.model import ABANDONED, ATTEMPTS, Model
from planner.optimize.narrowing import Kept
from planner.optimize.pricing import NEVER, Limits, Prices, Split, splits_worth

#: A bucket is split in two up to so often at a time, until its ends are so close.
MOST_SPLITS, NARROW = 64, 0.999999
#: It is no use to go on where so many splits leave more than this share of what was unproven.
SPLITS_AT_A_TIME, STALLED = 8, 0.9
#: Parts of a bucket looked at for a likely split: those that were best last.
LIKELY_PARTS = 6
#: Buckets are told apart by the dialers used up to so many more than the least.
MORE_DIALERS = 2
#: A bound is close where it exceeds a split's worth by this share of what the campaign may earn.
SLACK = 1e-5
#: What comes next for a bucket or a part of one.
_BUCKET, _SEEN, _TIGHTENED, _SPLIT = range(4)


class _Queue:
    """Buckets and their parts by bound, highest first; equals in the order they came."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, int, int, Bucket, Split]] = []
        self._order = itertools.count()

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, bound: float, stage: int, place: int, bucket: Bucket, split: Split) -> None:
        heapq.heappush(self._heap, (-bound, next(self._order), stage, place, bucket, split))

    def pop(self) -> tuple[float, int, int, Bucket, Split]:
        bound, _, stage, place, bucket, split = heapq.heappop(self._heap)
        return -bound, stage, place, bucket, split

    def highest(self) -> float:
        return -self._heap[0][0] if self._heap else NEVER


class _Proof:
    """The best split known, and whether it is worth while to bound all splits more closely."""

    def __init__(self, known: Split, slack: float) -> None:
        self.known = known
        self._slack = slack
        self._splits = 0
        self._left = np.inf

    def is_close(self, bound: float) -> bool:
        """Whether a bound is about what the best known split is worth."""
        return bound <= self.known.bound + self._slack

    def ends(self, bound: float, found: Split | None) -> bool:
        """Take in a split found, if any; whether no bucket is to be split any more."""
        if found is not None and found.bound > self.known.bound:
            self.known = found
        ends = self.is_close(bound) or self._splits == MOST_SPLITS
        if self._splits % SPLITS_AT_A_TIME == 0:
            left = bound - self.known.bound
            ends = ends or left > STALLED * self._left
            self._left = left
        self._splits += 1
        return ends


class SurvivingPricer:
    """Finds the best split of one campaign that must survive, in its ranges, at any prices.

    One of wider ranges hands down what it has learnt.
    """

    def __init__(
        self,
        model: Model,
        fleet: Fleet,
        campaign: int,
        limits: Limits,
        wider: SurvivingPricer | None = None,
    ) -> None:
        self._fleet = fleet
        self._campaign = campaign
        self._limits = limits
        self._bounds = BucketBounds(model, campaign, limits)
        self._most_used = min(int(model.min_dialers[campaign]) + MORE_DIALERS, model.dialers)
        self._known = KnownSplits(limits)
        self._none = Split(NEVER, limits.n_low, limits.a_low)
        if wider is None:
            self._buckets = self._bounds.live()
            self._parts = [[bucket] for bucket in self._buckets]
            self._place = -1  # of the bucket that was best last
        else:
            self._buckets, self._place = wider._buckets, wider._place
            self._parts = [[replace(part) for part in parts] for parts in wider._parts]
            self._known.take(wider._known)

    @property
    def looks(self) -> int:
        """How often a bucket was looked at."""
        return self._bounds.looks

    def quick(self, prices: Prices) -> Split | None:
        """A split, and a bound on all that may be far from the best one; None if there is none."""
        if not self._buckets:
            return None
        quick = self._bounds.at(prices, self._buckets[0], 0.0)
        return None if quick.bound <= NEVER else quick

    def likely(self, prices: Prices) -> Split | None:
        """A good split and its worth: of the best bucket around the one that was best last."""
        quick = self.quick(prices)
        if quick is None:
            return None
        last = len(self._buckets) - 1
        place = self._place
        if place < 0:
            calls = self._bounds.calls(quick)
            place = next((k for k, b in enumerate(self._buckets) if b.low < calls), last)
        known = self._known.best(prices).bound
        best = self._near(prices, place, NEVER, known)
        for step in (-1, 1):
            while 0 <= place + step <= last:
                found = self._near(prices, place + step, best.bound, known)
                if found.bound <= best.bound:
                    break
                best, place = found, place + step
        self._place = place
        return self._mended(prices, best if best.bound > NEVER else quick) or quick

    def _near(self, prices: Prices, place: int, enough: float, known: float) -> Split:
        """Best split of the likely parts of a bucket, tightened as far as above ``enough``."""
        best = self._none
        parts = sorted(self._parts[place], key=lambda part: -part.last)
        for part in parts[:LIKELY_PARTS]:
            split = self._bounds.at(prices, part, part.floor_price)
            above = max(enough, best.bound)
            split = self._bounds.tightened(prices, part, split, above, known)
            best = max(best, split, key=lambda found: found.bound)
        return best

    def proven(self, prices: Prices, slack: float) -> Split | None:
        """Best split and a bound on all, within ``slack`` of a split's worth where it is quick.

        Buckets not looked at yet have the bound of the one before, since a smaller cap gives no
        more. Parts of buckets are looked at, then tightened, then split as far as it matters.
        """
        if not self._buckets:
            return None
        queue = _Queue()
        queue.push(np.inf, _BUCKET, 0, self._buckets[0], self._none)
        earned = float(prices.call.max(initial=0.0)) * self._buckets[0].high
        proof = _Proof(self._known.best(prices), max(slack, SLACK * earned))
        least = self._least_worth(prices)
        while queue.highest() > NEVER:
            bound, stage, place, bucket, split = queue.pop()
            if stage == _BUCKET:
                self._open_bucket(prices, queue, bound, place)
            elif stage == _SEEN:
                split = self._bounds.at(prices, bucket, bucket.floor_price)
                if split.bound > NEVER:
                    queue.push(min(bound, split.bound), _TIGHTENED, place, bucket, split)
                else:  # whatever the prices
                    self._parts[place].remove(bucket)
            elif stage == _TIGHTENED:
                enough = queue.highest()
                split = self._bounds.tightened(prices, bucket, split, enough, proof.known.bound)
                bound = min(bound, split.bound)
                if bound < least:  # no split is worth so little: there is none
                    self._parts[place].remove(bucket)
                    continue
                # One that is not the best any more is tightened further when it is again.
                following_stage = _SPLIT if bound >= enough else _TIGHTENED
                queue.push(bound, following_stage, place, bucket, split)
            else:
                mended = self._mended(prices, split)
                if proof.ends(bound, mended) or bucket.low >= NARROW * bucket.high:
                    self._place = place
                    best = proof.known if proof.is_close(bound) else mended or split
                    return best._replace(bound=bound)
                for part in self._split(place, bucket):
                    queue.push(bound, _SEEN, place, part, self._none)
        return None

    def _least_worth(self, prices: Prices) -> float:
        """What any split is worth at the least: all ports, and the most of all that is charged."""
        limits = self._limits
        most = limits.table.max(axis=(1, 2), initial=0.0)
        line = prices.line + prices.dial_line + 2 * limits.move_cost
        charged = line @ limits.room + most[ATTEMPTS] * prices.attempt.sum()
        charged += prices.abandoned * most[ABANDONED] * len(limits.room)
        free_agents = 2 * limits.move_cost * limits.agents
        return -float(charged + free_agents) * (1 + SLACK) - SLACK

    def keep(self, prices: Prices, least: float, kept: Kept) -> None:
        """Widen ranges of lines until they hold every split worth more than ``least``."""
        for bucket, parts in zip(self._buckets, self._parts, strict=True):
            if self._bounds.at(prices, bucket, 0.0).bound <= least:
                break  # nor is there one with a smaller cap
            for part in parts:
                if self._bounds.at(prices, part, part.floor_price).bound > least:
                    self._bounds.keep(prices, part, least, kept)

    def _open_bucket(self, prices: Prices, queue: _Queue, bound: float, place: int) -> None:
        """Have the parts of a bucket looked at, and the one after it."""
        bound = min(bound, self._bounds.at(prices, self._buckets[place], 0.0).bound)
        for part in self._parts[place]:
            queue.push(bound, _SEEN, place, part, self._none)
        for following in self._buckets[place + 1 : place + 2]:
            queue.push(bound, _BUCKET, place + 1, following, self._none)

    def _mended(self, prices: Prices, split: Split) -> Split | None:
        """A split with lines cut until it survives each failure, and its worth.

        It is remembered. None where cutting lines does not help.
        """
        dial, agent = split.dial_lines.copy(), split.agent_lines.copy()
        if not secure_survival(self._fleet, self._campaign, dial, agent):
            return None
        self._known.add(dial, agent)
        worth = splits_worth(self._limits, prices, dial[None], agent[None])
        return Split(float(worth[0]), dial, agent)

    def _split(self, place: int, part: Bucket) -> tuple[Bucket, Bucket]:
        """Split a part of a bucket in two for good.

        First by the dialers used, since floor prices of their own tell splits on few dialers from
        those on more, then in the middle.
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
