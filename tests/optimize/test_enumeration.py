"""The optimiser against enumeration of every plan of tiny problems."""

import random

import pytest

from planner.contracts.problem import Campaign, Dialer, Problem, TrunkGroup
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import evaluate
from planner.evaluation.limits.check import check
from planner.optimize.search import optimize
from tests.support.builders import tiny_problem
from tests.support.reference import best_value_by_enumeration

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


def test_campaigns_with_the_same_figures_keep_their_own_limits() -> None:
    # Either may have all ten lines; only the second has to run.
    figures = {"kind": "broadcast", "attempt_seconds": 10.0, "answer_rate": 0.4, "value": 0.1}
    problem = Problem(
        dialers=(
            Dialer(dialer_id="D0", ports=5),
            Dialer(dialer_id="D1", ports=7, cps=0.5, trunk_group="T"),
        ),
        campaigns=(
            Campaign(campaign_id="C0", min_dialers=0, **figures),
            Campaign(campaign_id="C1", min_dialers=1, survivable_share=0.3, **figures),
        ),
        trunk_groups=(TrunkGroup(trunk_group="T", channels=8, cps=0.8),),
    )
    outcome = optimize(problem, PlanOptions(gap=0.0))
    assert check(problem, outcome.plan) == ()
    # 5 lines of 10 s each on D0, 5 on D1 for 0.5 calls a second: 10 * 360 * 0.4 * 0.1.
    assert outcome.value == pytest.approx(144.0)


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
