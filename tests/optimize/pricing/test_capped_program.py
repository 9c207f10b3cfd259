"""The best split under a cap on what one failure domain carries, against all splits."""

from __future__ import annotations

import numpy as np
import pytest

from planner.contracts.result import PlanOptions
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import build_model
from planner.optimize.pricing.pricer import Pricer
from planner.optimize.pricing.survival.capped_program import capped_split
from tests.optimize.pricing.test_pricing_bounds import NO_PRICE, ROUNDING, drawn_prices
from tests.support.all_splits import AllSplits, one_campaign


@pytest.mark.parametrize(
    ("domains", "least"),
    [(("A", "B", "C"), 0), (("A", "B", "C"), 2), (("A", "A", "B"), 0), (("A", "A", "B", "B"), 3)],
)
@pytest.mark.parametrize("agents", [3, 5])
def test_no_split_under_the_cap_is_worth_more_and_single_dialers_are_exact(
    domains: tuple[str, ...], least: int, agents: int
) -> None:
    problem = one_campaign(0.0, None, agents, domains, least)
    model = build_model(problem, PlanOptions())
    limits = Pricer(model, fleet_arrays(model), 0, model.box, None, None).limits
    splits = AllSplits(problem)
    most = splits.most_in_a_domain(model.domain)
    draw = np.random.default_rng(len(domains) + least)
    single = len(set(domains)) == len(domains)
    for _ in range(40):
        prices = drawn_prices(draw, model)
        cap = float(draw.uniform(0.1, 1.1) * most.max())
        worth = splits.worth(prices, NO_PRICE)[most <= cap + ROUNDING]
        found = capped_split(limits, prices, cap)
        if not len(worth):
            assert found is None or not single  # several of a domain are bounded, not shown empty
            continue
        assert found is not None
        assert found.bound >= worth.max() - ROUNDING
        if single:
            assert found.bound == pytest.approx(worth.max(), abs=ROUNDING)
