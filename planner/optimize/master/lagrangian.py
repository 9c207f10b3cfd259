"""The Lagrangian bound at given duals: every campaign priced, and what the rows allow.

Whatever the duals, the bound is valid: it does not depend on how well the master is solved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.optimize.cores import side_by_side
from planner.optimize.model.box import Box
from planner.optimize.model.columns import Column, line_room
from planner.optimize.model.duals import Duals
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import Model
from planner.optimize.model.needs import NEED_KINDS, needs
from planner.optimize.model.repair import hold_abandonment
from planner.optimize.pricing.all_campaigns import (
    FleetPrices,
    Ranges,
    Splits,
    best_splits,
    own_prices,
)
from planner.optimize.pricing.pricer import (
    Pricer,
    PricingEffort,
    least_used,
    may_be_empty,
    prices_of_nothing,
)
from planner.optimize.pricing.prices import NEVER, Prices, Split
from planner.optimize.pricing.split_list import SplitList, listed

Floats = NDArray[np.float64]


class Priced(NamedTuple):
    """Lagrangian bound at some duals, each campaign's part of it and best split."""

    bound: float
    by_campaign: Floats
    splits: Splits


class Lagrangian:
    """Prices the campaigns of a model inside boxes, at any duals."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.fleet = fleet_arrays(model)
        self._splits = self._listed()
        with_list = np.array([c in self._splits for c in range(model.campaigns)], np.bool_)
        plain = (model.survivable == 0) & np.isinf(model.abandon_limit) & ~with_list
        self._plain, self._tied = np.flatnonzero(plain), np.flatnonzero(~plain)
        #: Campaigns whose splits are listed, which pricing therefore knows exactly.
        self.with_list = with_list
        self.needs = needs(model.requirements, with_list)
        #: Value per hour by which a campaign's bound may exceed its best split's worth, where it
        #: must survive a failure: closer bounds take long.
        self.slack = 0.0
        #: Whether some campaigns must survive a failure, and are not listed.
        self.survives = bool(np.any((model.survivable > 0) & ~with_list))
        limited = np.isfinite(model.abandon_limit)
        #: Abandonment limit by campaign; 0 where there is none, which has no price.
        self.priced_abandon_limit = np.where(limited, model.abandon_limit, 0.0)
        self._pricers: dict[tuple[int | bytes | float, ...], Pricer] = {}
        #: Those asked for last: both halves of a box are priced at its duals.
        self._known_prices: tuple[Duals, bool, FleetPrices] | None = None
        self._room = line_room(model)
        self._least_used = np.array([least_used(model, c) for c in range(model.campaigns)])
        empty = np.array([may_be_empty(model, c) for c in range(model.campaigns)], np.bool_)
        self._may_be_empty = empty

    @property
    def exact(self) -> bool:
        """Whether every campaign is priced exactly: listed, or with dialers that nothing ties."""
        return bool(np.all(self.with_list[self._tied])) and not self.needs

    def _listed(self) -> dict[int, SplitList]:
        """The splits of the campaigns whose dialers are tied together, where they are few."""
        model, asked = self.model, self.model.requirements
        found = {}
        for c in range(model.campaigns):
            tied = model.survivable[c] > 0 or np.isfinite(model.abandon_limit[c])
            if tied or asked.calls[c] > 0 or asked.attempts[c] > 0 or asked.floors[c]:
                splits = listed(model, c)
                if splits is not None:
                    found[c] = splits
        return found

    def compile_kernels(self) -> None:
        """Have the pricing compiled, by pricing nobody."""
        nobody = np.zeros(0, dtype=np.int64)
        prices = self.fleet_prices(self.even_duals(0.0, np.zeros(len(self.model.parts))), False)
        best_splits(self.fleet, self._ranges(self.model.box), prices, nobody)

    def _ranges(self, box: Box) -> Ranges:
        lows, highs = (box.n_low, box.n_high), (box.a_low, box.a_high)
        locked = box.n_low.any(axis=1) | box.a_low.any(axis=1)
        model = self.model
        return Ranges(
            *lows, *highs, self._room, model.concave, model.most_calls(box),
            self._least_used, self._may_be_empty & ~locked,
        )  # fmt: skip

    def pricer(self, campaign: int, box: Box) -> Pricer:
        """Pricer of one campaign's ranges; most boxes share most of them."""
        ranges = box.ranges.values()
        key = (campaign, *(r[campaign].tobytes() for r in ranges), box.dialer_high)
        if key not in self._pricers:
            whole = self.model.box
            wider = None if box is whole else self.pricer(campaign, whole)
            splits = self._splits.get(campaign)
            self._pricers[key] = Pricer(self.model, self.fleet, campaign, box, splits, wider)
        return self._pricers[key]

    def bucket_evaluations(self) -> int:
        """The work done so far in pricing survival, in buckets of calls looked at."""
        if not self.survives:
            return 0
        return sum(pricer.bucket_evaluations for pricer in self._pricers.values())

    def even_duals(self, port: float, failure: Floats) -> Duals:
        """The same price for every port, the failures' prices as given, the rest free."""
        model = self.model
        ports = np.array([k.is_ports for k in model.capacities], dtype=np.bool_)
        return Duals(
            capacity=np.where(ports, port, 0.0),
            failure=failure,
            dial_lines=np.zeros(model.campaigns),
            abandon=np.zeros(model.campaigns),
            need=np.zeros(len(self.needs)),
            short=np.zeros(len(model.aim.sums)),
        )

    def short_prices(self, duals: Duals, feasibility: bool = False) -> Floats:
        """Price of a shortfall ``[campaign, kind]``, also of needs that are rows."""
        model = self.model
        found = np.zeros(model.aim.most.shape)
        if model.aim.counted is not None and not feasibility:
            found += model.aim.counted
        for price, (which, _) in zip(duals.short.tolist(), model.aim.sums, strict=True):
            found += price * which
        return found

    def told(self, campaign: int) -> Floats:
        """1 for the kinds of shortfall that a campaign's columns tell, 0 for rows of the master."""
        kinds = np.ones(self.model.aim.most.shape[1])
        if not self.with_list[campaign]:
            kinds[list(NEED_KINDS)] = 0.0
        return kinds

    def line_prices(self, duals: Duals) -> Floats:
        """Price of a port on each dialer, of what all campaigns share."""
        model = self.model
        found: Floats = (duals.capacity * model.counts_lines) @ model.members
        return found

    def prices(self, campaign: int, duals: Duals, feasibility: bool = False) -> Prices:
        """What one campaign's pricing problem is paid and charged at the given duals."""
        return own_prices(self.fleet_prices(duals, feasibility), campaign)

    def fleet_prices(self, duals: Duals, feasibility: bool = False) -> FleetPrices:
        """What the pricing problems of all campaigns are paid and charged at the given duals."""
        known = self._known_prices
        if known is None or known[0] is not duals or known[1] is not feasibility:
            found = self._fleet_prices(duals, feasibility)
            self._known_prices = known = duals, feasibility, found
        return known[2]

    def _fleet_prices(self, duals: Duals, feasibility: bool) -> FleetPrices:
        model = self.model
        shape = (model.campaigns, model.dialers)
        call, attempt = np.zeros(shape), np.zeros(shape)
        if model.aim.is_value and not feasibility:
            share = self.call_share(duals)
            call += share * model.call_value
            attempt += share * model.attempt_cost
        dial, agent = np.zeros(shape), np.zeros(shape)
        dial += duals.dial_lines[:, None]
        for price, row in zip(duals.capacity.tolist(), model.capacities, strict=True):
            if price == 0:
                continue
            here = row.members if row.pairs is None else row.pairs
            dial += price * row.dial * here
            agent += price * row.agent * here
            attempt += price * row.attempt * here
        for price, need in zip(duals.need.tolist(), self.needs, strict=True):
            c = need.campaign
            call[c] += price * need.call
            attempt[c] -= price * need.attempt
            dial[c] -= price * need.dial
            agent[c] -= price * need.agent
        short = self.short_prices(duals, feasibility)
        credit = duals.abandon * self.priced_abandon_limit
        move = model.move_cost if model.aim.is_value and not feasibility else 0.0
        return FleetPrices(
            call,
            dial,
            agent,
            attempt,
            duals.abandon,
            credit,
            short,
            prices_of_nothing(model, short),
            float(move),
        )

    def call_share(self, duals: Duals) -> Floats:
        """Share of a handled call's value that counts, by dialer."""
        share: Floats = 1.0 - duals.failure @ self.model.parts
        return share

    def _price_tied(
        self, box: Box, prices: FleetPrices, effort: PricingEffort, found: Splits
    ) -> bool:
        """Fill in the splits of campaigns whose dialers are tied; False where one has none."""
        campaigns = self._tied.tolist()
        splits: dict[int, Split | None] = {}

        def price(c: int) -> None:
            own = own_prices(prices, c)
            splits[c] = self.pricer(c, box).best(own, prices.short[c], effort, self.slack)

        with side_by_side(0 if self.with_list.all() else len(campaigns)) as each:
            each(price, campaigns)
        for c in campaigns:
            split = splits[c]
            if split is None:
                return False
            found.bound[c] = split.bound
            found.dial_lines[c], found.agent_lines[c] = split.dial_lines, split.agent_lines
            if self.model.survivable[c] == 0 and not self.with_list[c]:
                hold_abandonment(self.fleet, c, found.dial_lines[c], found.agent_lines[c])
        return True

    def campaign_bound(self, box: Box, duals: Duals, campaign: int) -> float | None:
        """Bound on the value of a campaign's splits at the duals; None where it has none."""
        prices = self.fleet_prices(duals, False)
        found = self.pricer(campaign, box).best(
            own_prices(prices, campaign), prices.short[campaign], PricingEffort.EXACT, self.slack
        )
        return None if found is None or found.bound <= NEVER else found.bound

    def price(
        self,
        box: Box,
        duals: Duals,
        effort: PricingEffort = PricingEffort.EXACT,
        feasibility: bool = False,
    ) -> Priced | None:
        """Lagrangian bound at the duals, and the best split of each campaign; None if empty.

        The effort :attr:`PricingEffort.HEURISTIC` gives good splits, and no bound.
        """
        prices = self.fleet_prices(duals, feasibility)
        found = best_splits(self.fleet, self._ranges(box), prices, self._plain)
        if np.any(found.bound[self._plain] <= NEVER):
            return None
        if not self._price_tied(box, prices, effort, found):
            return None
        # In the feasibility problem a campaign may also be left out, at a cost of one.
        by_campaign = np.maximum(found.bound, -1.0) if feasibility else found.bound
        if feasibility:  # which costs nothing there
            box = replace(box, loss_low=0.0)
        return Priced(self.bound(box, duals, by_campaign, feasibility), by_campaign, found)

    def bound(
        self, box: Box, duals: Duals, by_campaign: Floats, feasibility: bool = False
    ) -> float:
        """Bound on the plans of a box from bounds on the splits of each campaign at the duals.

        ``pi L + delta N + sigma S - theta full + sum_c r_c``, and what is not paid to failures.
        """
        model = self.model
        found = duals.capacity @ model.limits + duals.dial_lines @ model.max_dial_lines
        found += by_campaign.sum() - self.unpaid(duals.failure) * box.loss_low
        found += self._allowed(duals)
        if self.needs:
            short = self.short_prices(duals, feasibility)
            for price, need in zip(duals.need.tolist(), self.needs, strict=True):
                c, k = need.campaign, need.kind
                most = min(float(model.aim.most[c, k]), need.full)
                found += max(price - short[c, k], 0.0) * most - price * need.full
        return float(found)

    def _allowed(self, duals: Duals) -> float:
        """What the sums of shortfalls found before are charged in all."""
        sums = zip(duals.short.tolist(), self.model.aim.sums, strict=True)
        return float(sum(price * most for price, (_, most) in sums))

    def unpaid(self, failure: Floats) -> float:
        """The part of the weight w that the failures' prices do not give to the worst failure."""
        weight = self.model.weight if self.model.aim.is_value else 0.0
        return max(weight - self.given(failure), 0.0)

    def given(self, failure: Floats) -> float:
        """What parts are charged in all is no more than so many times what the worst takes."""
        return max(float(failure.sum()) / self.model.at_once, float(failure.max(initial=0.0)))

    def slope(
        self, duals: Duals, other: Duals, columns: Sequence[Column], loss_low: float
    ) -> float:
        """How the bound begins to change from some duals towards others.

        ``columns`` are the best splits at the first duals.
        """
        model = self.model
        pairs = zip(vars(other).values(), vars(duals).values(), strict=True)
        change = Duals(*(towards - here for towards, here in pairs))
        slope = float(change.capacity @ model.limits + change.dial_lines @ model.max_dial_lines)
        slope += float(change.failure.sum() / model.at_once * loss_low)
        slope += self._allowed(change)
        lost = change.failure @ model.parts
        for k in columns:
            c = k.campaign
            slope -= float(change.capacity @ k.used) + float(lost @ k.worth)
            slope -= float(change.dial_lines[c]) * float(k.dial_lines.sum())
            over = k.abandoned - self.priced_abandon_limit[c] * k.answered
            slope -= float(change.abandon[c]) * float(over)
            for price, (which, _) in zip(change.short.tolist(), model.aim.sums, strict=True):
                slope -= price * float(k.short[which[c]].sum())
        for price, need in zip(change.need.tolist(), self.needs, strict=True):
            slope += price * (need.amount(columns[need.campaign]) - need.full)
        return float(slope)
