"""Good even prices to begin with, found by bisection, with columns on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planner.optimize.master.column_generation import Relaxation, at_prices, relaxation_at
from planner.optimize.master.lagrangian import Priced
from planner.optimize.master.restricted_master import RestrictedMaster
from planner.optimize.model.box import Box
from planner.optimize.model.duals import Duals
from planner.optimize.pricing.pricer import PricingEffort

#: Prices tried; the lowest and the highest of an abandoned call, in handled ones. At no price the
#: best splits may abandon more calls than any that is known, and then nothing is learnt of them.
EVEN_TRIALS, ABANDON_LITTLE, ABANDON_WORTH = 12, 0.05, 8.0
#: Where campaigns must survive, their likely splits tell the prices as well as the best ones.
EFFORT = PricingEffort.HEURISTIC


def first_prices(
    master: RestrictedMaster,
    box: Box,
    stop: Callable[[], bool] = lambda: False,
    precision: float = 0.0,
) -> Relaxation | None:
    """Bound at good even prices; None where the box is proven to hold no plan.

    All ports cost alike; then each campaign that must survive and hold an abandonment limit is
    charged just enough for that, and the price of ports is found once more. Fewer prices are tried
    where ``stop`` says so. The bound need not be closer than ``precision``, relatively.
    """
    trials = DualTrials(master, box, stop)
    if not trials.vary_ports(EVEN_TRIALS):
        return None
    if master.abandon_rows:
        if not trials.vary_abandonment():
            return None
        if trials.duals.abandon.any() and not trials.vary_ports(EVEN_TRIALS // 2):
            return None
    if trials.best is not None:
        slack = precision * abs(trials.best.bound) / max(master.model.campaigns, 1)
        master.lagrangian.slack = max(master.lagrangian.slack, slack)
    if (
        master.lagrangian.survives or trials.best is None
    ):  # what likely splits are worth is no bound
        return at_prices(master, box, trials.duals)
    return relaxation_at(trials.duals, trials.best)


class DualTrials:
    """Prices tried, whose columns join the pool; the best so far."""

    def __init__(self, master: RestrictedMaster, box: Box, stop: Callable[[], bool]) -> None:
        self._master = master
        self._box = box
        self._stop = stop
        self.duals = master.even_duals(0.0)
        self.best: Priced | None = None

    def _try(self, duals: Duals) -> Priced | None:
        priced = self._master.lagrangian.price(self._box, duals, EFFORT)
        if priced is not None:
            self._master.include(self._box, self._master.columns(priced.splits))
            if self.best is None or priced.bound < self.best.bound:
                self.best, self.duals = priced, duals
        return priced

    def vary_ports(self, trials: int) -> bool:
        """Bisect the price of all ports until the best splits use about all; False if empty."""
        model = self._master.model
        ports = np.array([k.is_ports for k in model.capacities], dtype=np.bool_)
        room = float(model.limits[ports].sum())
        low, high = 0.0, float(model.value.max(initial=0.0))
        start = self.duals
        price = float(start.capacity.max(initial=0.0))
        for _ in range(trials):
            if self._stop():
                break
            priced = self._try(replace(start, capacity=np.where(ports, price, 0.0)))
            if priced is None:
                return False
            splits = priced.splits
            if (splits.dial_lines + model.agent_cost * splits.agent_lines).sum() > room:
                low, high = price, max(high, 2 * price)
            elif price == 0:
                break
            else:
                high = price
            price = (low + high) / 2
        return True

    def vary_abandonment(self) -> bool:
        """Bisect each campaign's price of abandoned calls until its best split is at its limit.

        False where a campaign has no split.
        """
        model = self._master.model
        limited = np.zeros(model.campaigns, np.bool_)
        limited[list(self._master.abandon_rows)] = True
        low, high = np.zeros(model.campaigns), np.where(limited, ABANDON_WORTH * model.value, 0.0)
        price = np.where(limited, ABANDON_LITTLE * model.value, 0.0)
        most = np.where(limited, model.abandon_limit, 0.0)
        start = self.duals
        for _ in range(EVEN_TRIALS):
            if self._stop():
                break
            priced = self._try(replace(start, abandon=price))
            if priced is None:
                return False
            columns = self._master.columns(priced.splits)
            over = limited & (
                np.array([k.abandoned for k in columns])
                > most * np.array([k.answered for k in columns])
            )
            if not over.any() and not low.any():
                break
            low, high = np.where(over, price, low), np.where(over, high, price)
            price = np.where(limited, (low + high) / 2, 0.0)
        if low.any():  # what likely splits are worth at other prices is no bound to choose by
            self.duals = replace(start, abandon=price)
        return True
