"""The best split of one campaign at given prices, with a bound, whatever its own limits are."""

from __future__ import annotations

from copy import copy
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from planner.optimize.model.box import Box
from planner.optimize.model.columns import line_room
from planner.optimize.model.fleet import Fleet
from planner.optimize.model.model import Model
from planner.optimize.model.requirements import RUNS, USED
from planner.optimize.pricing.abandonment import LimitedPricer
from planner.optimize.pricing.prices import Limits, Prices, Split
from planner.optimize.pricing.split_list import ListPricer, SplitList
from planner.optimize.pricing.split_program import plain_split
from planner.optimize.pricing.survival.pricer import SurvivingPricer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


#: Steps of the programme over agent lines beyond which those of pools are not counted.
MOST_COUNTED = 200_000


class PricingEffort(Enum):
    """How well a campaign that must survive is priced; the others are always priced exactly."""

    LOOSE = "loose"  #: a bound, far from the best one
    HEURISTIC = (
        "heuristic"  #: a good split where the best one was last; what it is worth is no bound
    )
    EXACT = "exact"  #: a close bound and a split about worth it


def least_used(model: Model, campaign: int) -> int:
    """Dialers that a split with lines uses at the least."""
    asked = int(model.min_dialers[campaign])
    least = max(asked - int(model.aim.most[campaign, USED]), min(asked, 1))
    return max(least, int(model.least_to_survive[campaign]))


def may_be_empty(model: Model, campaign: int) -> bool:
    """Whether a campaign may have no lines at all, whatever that falls short."""
    short, most = model.requirements.of_nothing[campaign], model.aim.most[campaign]
    return bool(np.all(short <= most))


def uncounted(model: Model, campaign: int) -> bool:
    """Whether the agents of a campaign in pools are left to the rows of the pools.

    Where counting them takes long: the programme's work grows with their square.
    """
    c = campaign
    if not (model.pooled[c] and model.survivable[c] == 0):
        return False
    work = model.agents[c] * model.box.a_high[c].sum()
    return bool(work > MOST_COUNTED)


class Pricer:
    """Finds the best split of one campaign inside a box at any prices.

    ``splits`` lists them all, where they are few. ``wider`` is the pricer of a box around it, whose
    findings are taken over.
    """

    def __init__(
        self,
        model: Model,
        fleet: Fleet,
        campaign: int,
        box: Box,
        splits: SplitList | None = None,
        wider: Pricer | None = None,
    ) -> None:
        c = campaign
        self._model, self._fleet, self._campaign, self._splits = model, fleet, campaign, splits
        locked = bool(box.n_low[c].any() or box.a_low[c].any())
        limits = Limits(
            model.tables[c],
            box.n_low[c],
            box.n_high[c],
            box.a_low[c],
            box.a_high[c],
            line_room(model),
            model.agent_cost,
            model.block,
            model.order,
            int(model.agents[c]),
            uncounted(model, c),
            max(int(model.min_dialers[c]), least_used(model, c)),
            least_used(model, c),
            int(model.min_dialers[c]),
            may_be_empty(model, c) and not locked,
            False,
            int(model.min_agent_lines[c]),
            bool(model.concave[c]),
            model.now_dial_lines[c],
            model.now_agent_lines[c],
            float(model.most_calls(box)[c]),
        )
        self._price_in(limits, wider)

    def within(self, room: Ints) -> Pricer:
        """A pricer of the splits with at most so many lines on each dialer, beside locked ones."""
        x = self.limits
        room = np.minimum(np.maximum(room, x.n_low + x.agent_cost * x.a_low), x.room)
        n_high = np.maximum(np.minimum(x.n_high, room), x.n_low)
        a_high = np.maximum(np.minimum(x.a_high, room), x.a_low)
        found = copy(self)
        found._price_in(x._replace(n_high=n_high, a_high=a_high, room=room), self)
        return found

    def _price_in(self, limits: Limits, wider: Pricer | None) -> None:
        model, fleet, c = self._model, self._fleet, self._campaign
        self.limits = limits
        self._listed = None if self._splits is None else ListPricer(self._splits, limits)
        self._surviving: SurvivingPricer | None = None
        self._limited: LimitedPricer | None = None
        limit = float(model.abandon_limit[c])
        if self._listed is not None:
            return
        if model.survivable[c] > 0:
            inherited = None if wider is None else wider._surviving
            self._surviving = SurvivingPricer(model, fleet, c, limits, inherited)
        elif np.isfinite(limit):
            self._limited = LimitedPricer(limits, limit)

    @property
    def bucket_evaluations(self) -> int:
        """How often a bucket of calls was looked at: the work of pricing survival."""
        return 0 if self._surviving is None else self._surviving.bucket_evaluations

    def best(
        self,
        prices: Prices,
        short: Floats,
        effort: PricingEffort = PricingEffort.EXACT,
        slack: float = 0.0,
    ) -> Split | None:
        """Best split and what it is worth, with most efforts an upper bound on all.

        ``short`` is the price of what a split falls short, by kind. Where the campaign must
        survive, the bound need not be closer than ``slack``, in value per hour. None when no split
        exists.
        """
        if self._listed is not None:
            return self._listed.best(prices, short)
        if self._surviving is not None:
            match effort:
                case PricingEffort.LOOSE:
                    found = self._surviving.quick(prices)
                case PricingEffort.HEURISTIC:
                    found = self._surviving.likely(prices)
                case _:
                    found = self._surviving.proven(prices, slack)
            return self._or_nothing(found, prices)
        if self._limited is not None:
            return self._or_nothing(self._limited.best(prices), prices)
        return plain_split(self.limits, prices)

    def _or_nothing(self, found: Split | None, prices: Prices) -> Split | None:
        """A split, or none at all where that costs less."""
        if not self.limits.may_be_empty or self.limits.least_used == 0:
            return found
        if found is not None and found.bound >= -prices.nothing:
            return found
        none = np.zeros_like(self.limits.room)
        return Split(-prices.nothing, none, none.copy())


def prices_of_nothing(model: Model, short: Floats) -> Floats:
    """What it costs each campaign to have no lines; needs that are rows are charged there.

    ``short`` is the price of what falls short ``[campaign, kind]``.
    """
    missing = model.requirements.of_nothing
    found: Floats = (short * missing)[:, [RUNS, USED]].sum(axis=1)
    return found
