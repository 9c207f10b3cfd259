"""The best splits of a whole fleet at once, each against all splits of its campaign."""

from __future__ import annotations

import numpy as np
import pytest

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.optimize.model.columns import line_room
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import build_model
from planner.optimize.model.requirements import KINDS
from planner.optimize.pricing.all_campaigns import BLOCK, FleetPrices, Ranges, best_splits
from planner.optimize.pricing.pricer import least_used, may_be_empty
from tests.optimize.pricing.test_pricing_bounds import NO_PRICE, ROUNDING, drawn_prices
from tests.support.all_splits import AllSplits, one_campaign

#: More than one thread takes at a time.
CAMPAIGNS = BLOCK + 5


@pytest.mark.parametrize("seed", range(5))
def test_each_campaign_gets_the_best_of_all_its_splits(seed: int) -> None:
    draw = np.random.default_rng(seed)
    ones = [
        one_campaign(0.0, None, int(draw.integers(1, 6)), ("A", "B", "C"), int(draw.integers(4)))
        for _ in range(CAMPAIGNS)
    ]
    named = [
        one.campaigns[0].model_copy(update={"campaign_id": f"C{c}"}) for c, one in enumerate(ones)
    ]
    fleet = Problem(dialers=ones[0].dialers, campaigns=tuple(named))
    model = build_model(fleet, PlanOptions())
    ids = np.arange(CAMPAIGNS)
    box = model.box
    ranges = Ranges(
        box.n_low, box.n_high, box.a_low, box.a_high, line_room(model), model.concave,
        model.most_calls(box), np.array([least_used(model, c) for c in ids]),
        np.array([may_be_empty(model, c) for c in ids]),
    )  # fmt: skip
    own = [drawn_prices(draw, model) for _ in ids]
    prices = FleetPrices(
        np.array([p.call for p in own]), np.array([p.dial for p in own]),
        np.array([p.agent for p in own]), np.array([p.attempt for p in own]),
        np.zeros(CAMPAIGNS), np.zeros(CAMPAIGNS), np.zeros((CAMPAIGNS, len(KINDS))),
        np.array([p.nothing for p in own]), 0.0,
    )  # fmt: skip
    asked = ids[draw.permutation(CAMPAIGNS)]
    found = best_splits(fleet_arrays(model), ranges, prices, asked)
    for c in ids:
        splits = AllSplits(ones[c])
        if not len(splits.cells):
            continue
        worth = splits.worth(own[c], NO_PRICE)
        assert found.bound[c] == pytest.approx(worth.max(), abs=ROUNDING)
        assert splits.holds(found.dial_lines[c], found.agent_lines[c])
        lines = np.column_stack([found.dial_lines[c], found.agent_lines[c]])
        chosen = np.all(splits.cells == lines, axis=(1, 2))
        assert worth[chosen].max() == pytest.approx(worth.max(), abs=ROUNDING)
