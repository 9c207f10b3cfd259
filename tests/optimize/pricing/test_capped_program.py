"""The best split under a cap on what one failure domain carries, against all splits."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.contracts.result import PlanOptions
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import build_model
from planner.optimize.pricing.pricer import Pricer
from planner.optimize.pricing.survival.capped_program import Caps, capped_split
from tests.optimize.pricing.test_pricing_bounds import NO_PRICE, ROUNDING, drawn_prices
from tests.support.all_splits import AllSplits, Floats, one_campaign


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
    most = splits.in_domains(model.domain).max(axis=1)
    draw = np.random.default_rng(len(domains) + least)
    single = len(set(domains)) == len(domains)
    for _ in range(40):
        prices = drawn_prices(draw, model)
        cap = float(draw.uniform(0.1, 1.1) * most.max())
        worth = splits.worth(prices, NO_PRICE)[most <= cap + ROUNDING]
        found = capped_split(limits, prices, Caps(cap, cap, 0.0, 0.0, False))
        if not len(worth):
            assert found is None or not single  # several of a domain are bounded, not shown empty
            continue
        assert found is not None
        assert found.bound >= worth.max() - ROUNDING
        if single:
            assert found.bound == pytest.approx(worth.max(), abs=ROUNDING)


def test_one_domain_may_carry_more_than_the_others_and_each_carries_at_least_what_it_must() -> None:
    """Bounds against all splits; of domains of one dialer each, or used one by one, exact."""
    draw = np.random.default_rng(5)
    close = []
    for domains in (("A", "B", "C"), ("A", "A", "B"), ("A", "A", "B", "B")):
        problem = one_campaign(0.0, None, 4, domains, 2)
        model = build_model(problem, PlanOptions())
        limits = Pricer(model, fleet_arrays(model), 0, model.box, None, None).limits
        splits = AllSplits(problem)
        calls = splits.in_domains(model.domain)
        for _ in range(60):
            prices, caps = drawn_prices(draw, model), _drawn(draw, calls.max())
            worth = splits.worth(prices, NO_PRICE)[_hold(calls, caps)]
            found = capped_split(limits, prices, caps)
            if not len(worth):
                continue
            assert found is not None
            assert found.bound >= worth.max() - ROUNDING
            close.append(found.bound <= worth.max() + 0.02 * abs(worth.max()) + ROUNDING)
    assert np.mean(close) > 0.8


def _drawn(draw: np.random.Generator, most: float) -> Caps:
    first = float(draw.uniform(0.3, 1.0) * most)
    second = float(draw.choice([first, draw.uniform(0.3, 1.0) * first]))
    least_second = float(draw.choice([0.0, 0.6]) * draw.uniform(0.0, 1.0) * second)
    least_first = float(draw.uniform(least_second, max(least_second, 0.9 * first)))
    every = bool(draw.choice([True, False]))
    return Caps(
        first, second, least_second if second == first else least_first, least_second, every
    )


def _hold(calls: Floats, caps: Caps) -> NDArray[np.bool_]:
    """Which splits have one domain of the first kind, the others of the second."""
    as_second = (calls <= caps.second + ROUNDING) & (calls >= caps.least_second - ROUNDING)
    if not caps.every:
        as_second |= calls == 0
    as_first = (calls <= caps.first + ROUNDING) & (calls >= caps.least_first - ROUNDING)
    if caps.second == caps.first:
        return np.asarray(as_second.all(axis=1))
    others = as_second.sum(axis=1, keepdims=True) - as_second
    return np.asarray((as_first & (others == calls.shape[1] - 1)).any(axis=1))
