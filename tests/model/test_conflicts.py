"""Conflicts: infeasible alone, feasible without any one member, and their least changes.

Feasibility is told here by looking at every split of tiny problems, not by the planner.
"""

from __future__ import annotations

from typing import Any

import pytest

from planner.optimize.conflicts import core_problem, find_conflicts
from planner.optimize.requirements import demands_of, limits_of, locked_only, room_for
from planner.plan import Conflict, PlanOptions
from planner.problem import Problem
from tests.builders import tiny_problem
from tests.reference import best_value_by_enumeration, has_plan_by_enumeration

#: Two dialers each, so that all splits can be looked at with limits lifted.
SEEDS = [seed for seed in range(100) if len(tiny_problem(seed).dialers) == 2]


def requirements(problem: Problem, conflict: Conflict) -> list[Any]:
    """The planner's requirements that a conflict is about, of the campaigns that it names."""
    base = locked_only(problem, keep_current=False)
    every = [*demands_of(base), *limits_of(base, room_for(base))]
    words = set(conflict.requirements)
    return [r for r in every if r.words in words]


def test_the_two_enumerations_agree() -> None:
    for seed in SEEDS[:20]:
        problem = tiny_problem(seed)
        assert has_plan_by_enumeration(problem) == (
            best_value_by_enumeration(problem, 0.0) is not None
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_conflict_is_infeasible_alone_and_feasible_without_any_member(seed: int) -> None:
    problem = tiny_problem(seed)
    found = find_conflicts(problem, PlanOptions())
    assert bool(found) != has_plan_by_enumeration(problem)
    for conflict in found:
        assert conflict.smallest
        core = requirements(problem, conflict)
        assert len(core) == len(conflict.requirements)
        assert not has_plan_by_enumeration(core_problem(problem, core))
        for member in core:
            rest = [r for r in core if r is not member]
            assert has_plan_by_enumeration(core_problem(problem, rest)), member.words
