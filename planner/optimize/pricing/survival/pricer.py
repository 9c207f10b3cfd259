"""The best split of a campaign that must survive a failure, at given prices, with a bound.

Survival ties all dialers of a campaign together. Its splits are told apart by F, their calls per
hour, in buckets, which are tightened and split where they decide, and kept for the next prices.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.optimize.model.fleet import Fleet
from planner.optimize.model.model import Model
from planner.optimize.model.tables import ABANDONED, ATTEMPTS, HANDLED
from planner.optimize.pricing.prices import NEVER, Limits, Prices, Split
from planner.optimize.pricing.survival.bucket_search import (
    MOST_SPLITS,
    Case,
    Found,
    likely_split,
    proven_split,
    quick_split,
)
from planner.optimize.pricing.survival.buckets import whole, with_room
from planner.optimize.pricing.survival.known_buckets import known_buckets
from planner.optimize.pricing.survival.known_splits import SplitPool

Ints = NDArray[np.int64]

#: Buckets are told apart by the dialers used up to so many more than the least.
MORE_DIALERS = 2
#: A bound is close where it exceeds a split's worth by this share of what the campaign may earn.
SLACK = 1e-5


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
        self._most_used = min(limits.min_used + MORE_DIALERS, model.dialers)
        self._known = SplitPool(limits)
        self.bucket_evaluations = 0  # how often a bucket was looked at
        if wider is None:
            self._buckets = known_buckets(model, campaign, limits)
            self._pieces = whole(self._buckets)
            self._place = -1  # of the bucket that was best last
        else:
            self._buckets, self._place = wider._buckets, wider._place
            self._pieces = with_room(wider._pieces, 0)
            self._known.take(wider._known)

    def quick(self, prices: Prices) -> Split | None:
        """A split, and a bound on all that may be far from the best one; None if there is none."""
        dial, agent = self._empty(), self._empty()
        bound = quick_split(self._case(prices), dial, agent)
        self.bucket_evaluations += 1
        return None if bound <= NEVER else Split(bound, dial, agent)

    def likely(self, prices: Prices) -> Split | None:
        """A good split and its worth: of the best bucket around the one that was best last."""
        dial, agent = self._empty(), self._empty()
        case = self._case(prices)
        found = likely_split(case, *self._known.lines(), self._place, dial, agent)
        if found.mended:
            self._known.add(dial, agent)
        return self._learnt(found, dial, agent)

    def proven(self, prices: Prices, slack: float) -> Split | None:
        """Best split and a bound on all, within ``slack`` of a split's worth where it is quick."""
        self._pieces = with_room(self._pieces, MOST_SPLITS)
        paid = max(float(prices.call.max(initial=0.0)), 0.0)
        slack = max(slack, SLACK * paid * float(self._buckets.high.max(initial=0.0)))
        dial, agent = self._empty(), self._empty()
        mended = np.zeros((MOST_SPLITS + 1, 2, len(dial)), np.int64)
        case, least = self._case(prices), self._least_worth(prices)
        known = self._known.lines()
        bounded = proven_split(case, *known, slack, least, dial, agent, mended)
        for lines in mended[: bounded.mended]:
            self._known.add(lines[0].copy(), lines[1].copy())
        return self._learnt(bounded, dial, agent)

    def _case(self, prices: Prices) -> Case:
        return Case(
            self._limits,
            prices,
            self._fleet,
            self._campaign,
            self._buckets,
            self._pieces,
            self._most_used,
        )

    def _empty(self) -> Ints:
        return np.zeros_like(self._limits.room)

    def _learnt(self, found: Found, dial: Ints, agent: Ints) -> Split | None:
        self.bucket_evaluations += found.bucket_evaluations
        if found.bound <= NEVER:
            return None
        self._place = found.place
        return Split(found.bound, dial, agent)

    def _least_worth(self, prices: Prices) -> float:
        """What any split is worth at the least: all ports, and the most of all that is charged."""
        limits = self._limits
        most = limits.table.max(axis=(1, 2), initial=0.0)
        lines = np.maximum(prices.dial, prices.agent) + 2 * prices.move
        charged = float(np.maximum(lines, 0.0) @ limits.room)
        charged += most[ATTEMPTS] * np.maximum(prices.attempt, 0.0).sum()
        charged += most[HANDLED] * np.maximum(-prices.call, 0.0).sum()
        charged += prices.abandoned * most[ABANDONED] * len(limits.room)
        charged += 100 * prices.surviving + limits.asked * prices.missing
        free_agents = limits.agents * (2 * prices.move + max(float(prices.agent.max()), 0.0))
        return -float(charged + free_agents) * (1 + SLACK) - SLACK
