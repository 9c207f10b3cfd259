"""Placing least blocks of lines: what it calls impossible has no plan, what it places is one."""

from __future__ import annotations

import math

import pytest

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.limits.check import check
from planner.optimize.infeasible.feasibility import FeasibilityTests
from planner.optimize.infeasible.least_lines import Blocks
from planner.optimize.infeasible.placement_model import Placed, place_blocks
from tests.support.comparison import problem_of, reference
from tests.support.draw import draw

SEEDS = range(30)
DRAWN = [
    (kind, seed) for kind in ("too_much", "two_failures", "two_sites_halves") for seed in SEEDS
]


def tried(kind: str, seed: int) -> tuple[Problem, bool, Placed, int]:
    """A problem with its locks alone, whether it has a plan, its placement, failures at once."""
    drawn = draw(kind, seed)
    problem = problem_of(drawn)
    locks = tuple(a for a in problem.assignments if a.locked)
    problem = problem.model_copy(update={"assignments": locks})
    found = place_blocks(problem, Blocks(), cautious=False, failures=drawn.failures)
    return problem, reference(drawn).plan is not None, found, drawn.failures


@pytest.mark.parametrize(("kind", "seed"), DRAWN)
def test_what_cannot_be_placed_has_no_plan(kind: str, seed: int) -> None:
    problem, has_plan, found, failures = tried(kind, seed)
    if found.impossible:
        assert not has_plan
    careful = place_blocks(problem, Blocks(), cautious=True, failures=failures)
    if careful.plan is not None and not check(problem, careful.plan, failures=failures):
        assert has_plan


@pytest.mark.parametrize(("kind", "seed"), DRAWN)
def test_whether_there_is_a_plan_is_told_as_by_enumeration(kind: str, seed: int) -> None:
    problem, has_plan, _, failures = tried(kind, seed)
    tests = FeasibilityTests(PlanOptions(failures=failures), end=math.inf)
    assert tests.is_infeasible(problem) in (None, not has_plan)


def test_counting_alone_decides_many_either_way() -> None:
    found = [tried(kind, seed)[1:3] for kind, seed in DRAWN]
    assert sum(placed.impossible for _, placed in found) >= 5
    assert sum(placed.plan is not None for has_plan, placed in found if has_plan) >= 20
