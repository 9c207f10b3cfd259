"""The optimiser against enumeration of every plan of tiny problems."""

import random

import pytest

from planner.optimize.search import optimize
from planner.plan import PlanOptions
from planner.verify import check, evaluate
from tests.builders import tiny_problem
from tests.reference import best_value_by_enumeration

SEEDS = range(60)


@pytest.mark.parametrize("seed", SEEDS)
def test_optimum_equals_enumeration(seed: int) -> None:
    problem = tiny_problem(seed)
    weight = random.Random(seed).choice([0.0, 0.0, 0.3, 1.0])
    best = best_value_by_enumeration(problem, weight)
    outcome = optimize(problem, PlanOptions(redundancy=weight, gap=0.0))
    assert outcome.infeasible == (best is None)
    if best is None:
        assert outcome.plan is None
        return
    assert check(problem, outcome.plan) == ()
    value = evaluate(problem, outcome.plan, weight).value.value_per_hour
    assert value == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert outcome.bound == pytest.approx(best, rel=1e-8, abs=1e-8)


def test_the_seeds_cover_feasible_and_infeasible_problems_and_every_limit() -> None:
    problems = [tiny_problem(seed) for seed in SEEDS]
    campaigns = [c for p in problems for c in p.campaigns]
    assert sum(best_value_by_enumeration(p, 0.0) is not None for p in problems) >= 20
    assert any(c.survivable_share > 0 for c in campaigns)
    assert any(c.max_abandon_rate is not None for c in campaigns)
    assert any(c.max_dial_lines is not None for c in campaigns)
    assert any(c.allowed_dialers is not None for c in campaigns)
    assert any(c.min_dialers > 1 for c in campaigns)
    assert any(c.min_agent_lines > 1 for c in campaigns)
    assert any(not c.is_live_transfer for c in campaigns)
    assert any(a.locked for p in problems for a in p.assignments)
    assert any(d.cps is not None for p in problems for d in p.dialers)
    assert any(not d.in_service for p in problems for d in p.dialers)
