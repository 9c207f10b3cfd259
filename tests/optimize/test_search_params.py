"""Parts of the search switched off: plans may be worse, what is proven is not."""

from __future__ import annotations

import dataclasses

import pytest

from planner.contracts.result import PlanOptions
from planner.optimize.search import optimize
from planner.optimize.search_params import SearchParams
from tests.benchmarks.fleets import FAMILIES, OPERATORS, fleet
from tests.benchmarks.operators import operator_fleet

PARTS = [f.name for f in dataclasses.fields(SearchParams) if f.default is True]


@pytest.mark.parametrize("part", PARTS)
def test_without_a_part_the_bound_still_holds(part: str) -> None:
    """No plan of the whole search is above the bound of the search without one of its parts."""
    problem = fleet(4, 6, FAMILIES[0], 1)
    options = PlanOptions(gap=0.001, time_limit=20.0)
    whole = optimize(problem, options)
    less = optimize(problem, options, params=SearchParams(**{part: False}))
    assert whole.value is not None
    assert whole.bound is not None
    assert less.value is not None
    assert less.bound is not None
    assert whole.value <= less.bound * (1 + 1e-9)
    assert less.value <= whole.bound * (1 + 1e-9)


def test_with_no_boxes_the_root_is_all_that_is_proven() -> None:
    problem = fleet(4, 6, FAMILIES[0], 1)
    options = PlanOptions(gap=0.0, time_limit=20.0)
    root = optimize(problem, options, params=SearchParams(most_boxes=0, loss_splits_per_round=0))
    whole = optimize(problem, options)
    assert root.bound is not None
    assert whole.bound is not None
    assert whole.value is not None
    assert root.bound >= whole.bound - 1e-9 * whole.bound
    assert root.bound >= whole.value - 1e-9 * whole.value


def test_with_two_failures_a_plan_comes_before_the_relaxation() -> None:
    # Relaxed first, this fleet's columns stayed at 61 % of the bound, and its first plan at 87 %.
    family = next(kind for kind in OPERATORS if kind.name == "two failures")
    options = PlanOptions(redundancy=family.redundancy, failures=2, time_limit=60)
    found = optimize(operator_fleet(family, 7), options, params=SearchParams(most_boxes=0))
    assert found.value is not None
    assert found.bound is not None
    assert found.value > 0.95 * found.bound
