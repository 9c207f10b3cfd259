"""The relaxation: bounds of boxes and their parts, likely splits, and a solver that gives up."""

import numpy as np
import pytest

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.optimize.master import restricted_master
from planner.optimize.master.column_generation import at_prices, generate_columns, part_at_prices
from planner.optimize.master.initial_duals import first_prices
from planner.optimize.master.restricted_master import RestrictedMaster
from planner.optimize.model.model import build_model
from planner.optimize.pricing.pricer import PricingEffort
from planner.optimize.search import optimize
from tests.benchmarks.fleets import OPERATORS
from tests.benchmarks.operators import operator_fleet
from tests.support.builders import drawn_fleet


def fleet(seed: int) -> Problem:
    """Four dialers at two sites; most campaigns must survive a failure, some abandon little."""
    limits = [(0.0, None), (0.3, None), (0.4, None), (0.0, 0.1), (0.3, None)]
    return drawn_fleet(np.random.default_rng(seed), (15, 40), ["S0", "S1"] * 2, (3, 8), limits)


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_of_a_part_is_that_of_pricing_it_whole(seed: int) -> None:
    model = build_model(fleet(seed), PlanOptions())
    master = RestrictedMaster(model)
    duals = master.even_duals(0.4)
    whole = at_prices(master, model.box, duals)
    assert whole is not None
    draw, other = np.random.default_rng(seed), RestrictedMaster(model)
    for _ in range(10):
        place = (int(draw.integers(5)), int(draw.integers(4)))
        part = model.box.with_range("a_high", place, int(draw.integers(3)))
        found = part_at_prices(master, model.box, part, whole)
        expected = at_prices(other, part, duals)
        assert found is not None
        assert expected is not None
        # A part holds fewer plans, so that the bound of the whole is one of the part as well.
        assert found.bound <= whole.bound * (1 + 1e-12)
        assert found.bound == pytest.approx(min(expected.bound, whole.bound), rel=2e-3)


@pytest.mark.parametrize("seed", range(6))
def test_likely_splits_are_never_worth_more_than_is_proven(seed: int) -> None:
    model = build_model(fleet(seed), PlanOptions())
    master = RestrictedMaster(model)
    for port in (0.05, 0.2, 0.5, 1.0, 3.0):
        duals = master.even_duals(port)
        likely = master.lagrangian.price(model.box, duals, PricingEffort.HEURISTIC)
        proven = master.lagrangian.price(model.box, duals)
        quick = master.lagrangian.price(model.box, duals, PricingEffort.LOOSE)
        assert likely is not None
        assert proven is not None
        assert quick is not None
        slack = 1e-9 * (1 + np.abs(proven.by_campaign))
        assert np.all(likely.by_campaign <= proven.by_campaign + slack)
        assert np.all(proven.by_campaign <= quick.by_campaign + slack)


@pytest.mark.parametrize("seed", range(3))
def test_a_relaxation_is_proven_within_what_is_asked_for(seed: int) -> None:
    """With likely splits on the way; its mix is worth its bound, and keeps to the ports."""
    model = build_model(fleet(seed), PlanOptions())
    master = RestrictedMaster(model)
    first = first_prices(master, model.box)
    assert first is not None
    solved = generate_columns(master, model.box, start=first, precision=1e-6)
    assert solved is not None
    assert solved.bound <= first.bound
    worth = sum(share * model.value[k.campaign] * k.handled for k, share in solved.mix)
    ports = np.sum([share * k.lines for k, share in solved.mix], axis=0)
    assert np.all(ports <= [d.ports + 1e-6 for d in model.problem.dialers])
    # Sites of two dialers are bounded by relaxations: what they leave is not mixed away.
    assert worth <= solved.bound * (1 + 1e-9)
    assert worth >= solved.bound * (1 - 0.02)


def test_a_solver_that_goes_on_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    model = build_model(fleet(0), PlanOptions())
    master = RestrictedMaster(model)
    assert first_prices(master, model.box) is not None
    assert master.solve() is not None
    monkeypatch.setattr(restricted_master, "MOST_ITERATIONS", 0)
    monkeypatch.setattr(restricted_master, "ITERATIONS_PER_ROW", 0)
    fresh = RestrictedMaster(model)
    assert first_prices(fresh, model.box) is not None
    assert fresh.solve() is None  # no answer is better than half a one


def test_a_relaxation_far_above_its_columns_says_so_and_the_search_gets_below_it() -> None:
    family = next(one for one in OPERATORS if one.name == "two failures")
    problem = operator_fleet(family, 7)
    options = PlanOptions(redundancy=family.redundancy, failures=2, gap=0.03, time_limit=60)
    model = build_model(problem, options)
    master = RestrictedMaster(model)
    first = generate_columns(
        master, model.box, start=first_prices(master, model.box, lambda: False)
    )
    assert first is not None
    # Pricing bounds what survives two failures, and finds few of the splits that come near it.
    assert not first.solved
    found = optimize(problem, options)
    assert found.value is not None
    assert found.bound is not None
    assert found.value <= found.bound < first.bound
    assert found.bound <= 1.031 * found.value
