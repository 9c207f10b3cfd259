"""The best split of one campaign at given prices, with a bound, whatever its own limits are."""

from __future__ import annotations

from enum import Enum

import numpy as np

from planner.optimize.model.box import Box
from planner.optimize.model.columns import line_room
from planner.optimize.model.fleet import Fleet
from planner.optimize.model.model import Model
from planner.optimize.pricing.abandonment import LimitedPricer
from planner.optimize.pricing.split_program import Limits, Prices, Split, plain_split
from planner.optimize.pricing.survival.pricer import SurvivingPricer


class Effort(Enum):
    """How well a campaign that must survive is priced; the others are always priced exactly."""

    QUICK = "quick"  #: a bound, far from the best one
    LIKELY = "likely"  #: a good split where the best one was last; what it is worth is no bound
    PROVEN = "proven"  #: a close bound and a split about worth it


class Pricer:
    """Finds the best split of one campaign inside a box at any prices.

    ``wider`` is the pricer of a box around it, whose findings are taken over.
    """

    def __init__(
        self, model: Model, fleet: Fleet, campaign: int, box: Box, wider: Pricer | None = None
    ) -> None:
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
            float(model.most_calls(box)[c]),
        )
        self._surviving: SurvivingPricer | None = None
        self._limited: LimitedPricer | None = None
        limit = float(model.abandon_limit[c])
        if model.survivable[c] > 0:
            inherited = None if wider is None else wider._surviving
            self._surviving = SurvivingPricer(model, fleet, c, self.limits, inherited)
        elif np.isfinite(limit):
            self._limited = LimitedPricer(self.limits, limit)

    @property
    def looks(self) -> int:
        """How often a bucket of calls was looked at: the work of pricing survival."""
        return 0 if self._surviving is None else self._surviving.looks

    def best(
        self, prices: Prices, effort: Effort = Effort.PROVEN, slack: float = 0.0
    ) -> Split | None:
        """Best split and what it is worth, with most efforts an upper bound on all.

        Where the campaign must survive, the bound need not be closer than ``slack``, in value per
        hour. None when no split exists.
        """
        if self._surviving is not None:
            match effort:
                case Effort.QUICK:
                    return self._surviving.quick(prices)
                case Effort.LIKELY:
                    return self._surviving.likely(prices)
                case _:
                    return self._surviving.proven(prices, slack)
        if self._limited is not None:
            return self._limited.best(prices)
        return plain_split(self.limits, prices)
