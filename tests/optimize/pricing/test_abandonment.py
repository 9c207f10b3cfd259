"""A campaign with an abandonment limit: exact on one dialer, a bound on several, of all splits."""

from __future__ import annotations

import numpy as np
import pytest

from planner.contracts.result import PlanOptions
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import Model, build_model
from planner.optimize.model.requirements import ANY, KINDS, RUNS, USED, Aim
from planner.optimize.pricing.abandonment import LimitedPricer
from planner.optimize.pricing.pricer import Pricer, prices_of_nothing
from planner.optimize.pricing.prices import Prices
from tests.support.all_splits import AllSplits, one_campaign

LIMITS = [0.01, 0.03, 0.1, 0.3]


def prices(model: Model, draws: np.random.Generator, short: np.ndarray) -> Prices:
    line = 10 ** draws.uniform(-1.0, 1.5) * draws.uniform(0.8, 1.2, model.dialers)
    return Prices(
        call=draws.uniform(0.2, 1.0, model.dialers),
        dial=line,
        agent=line + draws.choice([0.0, 5.0], model.dialers),
        attempt=np.full(model.dialers, draws.choice([0.0, 0.01])),
        abandoned=0.0,
        answered=0.0,
        missing=float(short[USED]),
        surviving=0.0,
        nothing=float(prices_of_nothing(model, short[None])[0]),
        move=0.0,
    )


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("agents", [2, 4])
def test_on_one_dialer_the_limit_is_held_line_by_line(limit: float, agents: int) -> None:
    problem = one_campaign(0.0, limit, agents, ("A",), 1)
    model = build_model(problem, PlanOptions())
    pricing = LimitedPricer(Pricer(model, fleet_arrays(model), 0, model.box).limits, limit)
    splits = AllSplits(problem)
    draws, none = np.random.default_rng(2), np.zeros(len(KINDS))
    for _ in range(40):
        at = prices(model, draws, none)
        found = pricing.best(at)
        if len(splits.cells) == 0:
            assert found is None
            continue
        assert found is not None
        assert found.bound == pytest.approx(splits.best(at, none), abs=1e-6)
        assert splits.holds(found.dial_lines, found.agent_lines)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("least", [0, 1, 2, 3])
@pytest.mark.parametrize("soft", [False, True])
def test_no_split_over_several_dialers_is_above_the_bound(
    limit: float, least: int, soft: bool
) -> None:
    problem = one_campaign(0.0, limit, 4, ("A", "B", "C"), least)
    aim = Aim(np.full((1, len(KINDS)), ANY if soft else 0))
    model = build_model(problem, PlanOptions(), aim=aim)
    pricing = Pricer(model, fleet_arrays(model), 0, model.box)
    splits = AllSplits(problem, soft=soft)
    draws, short = np.random.default_rng(5), np.zeros(len(KINDS))
    for _ in range(30):
        if soft:
            short[[RUNS, USED]] = draws.choice([0.0, 2.0, 40.0], 2)
        at = prices(model, draws, short)
        found = pricing.best(at, short)
        if len(splits.cells) == 0:
            continue
        assert found is not None
        assert found.bound >= splits.best(at, short) - 1e-6
