"""A first answer is a plan that holds every limit, below a bound that holds."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from planner.compiling.compilation import COMPILATION
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import PlanOptions, Progress
from planner.evaluation.limits.check import check
from planner.evaluation.proof.record import Proof
from planner.optimize.search import optimize
from planner.optimize.search_result import SearchResult
from planner.pipeline import first_answer
from tests.benchmarks.fleets import FAMILIES, fleet

FAMILY = next(f for f in FAMILIES if f.name == "survivable shares")


@pytest.mark.parametrize("far", [-1.0, 1.0], ids=["by way of free moves", "directly"])
def test_a_first_answer_is_a_plan_below_a_bound_that_holds(
    far: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_answer, "FAR", far)
    problem = fleet(4, 6, FAMILY, 0)
    lines = tuple(
        LineAssignment(campaign_id=c.campaign_id, dialer_id="D0", dial_lines=20, agent_lines=2)
        for c in problem.campaigns
    )
    problem = problem.model_copy(update={"assignments": lines})
    options = PlanOptions(move_cost=0.3, gap=0.005, time_limit=20.0)
    told: list[Progress] = []
    found = first_answer.first_answer(problem, options, told.append)
    assert found.plan is not None
    assert found.value is not None
    assert found.bound is not None
    assert not check(problem, found.plan)

    closely = optimize(problem, options.model_copy(update={"gap": 2e-3}))
    assert closely.value is not None
    assert closely.bound is not None
    assert found.value <= closely.bound + 1e-6
    assert found.bound >= closely.value - 1e-6
    # Nearly as good as the best by its own gap, and what it tells on the way counts the moves.
    assert found.value >= 0.98 * closely.value
    assert max(item.value_per_hour or 0.0 for item in told) <= closely.bound + 1e-6


def test_where_nothing_holds_a_first_answer_says_so() -> None:
    problem = fleet(4, 6, FAMILY, 0)
    campaigns = tuple(c.model_copy(update={"min_dialers": 5}) for c in problem.campaigns)
    asked = problem.model_copy(update={"campaigns": campaigns})
    found = first_answer.first_answer(asked, PlanOptions(move_cost=0.3, time_limit=20.0))
    assert found.infeasible
    assert found.plan is None


@pytest.mark.parametrize("bounds", [(100.0, 105.0), (105.0, 100.0)])
def test_the_bound_that_is_told_is_the_one_that_its_proof_claims(
    bounds: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lower of two bounds, whichever search had the better plan."""
    problem = fleet(4, 6, FAMILY, 0)
    plan = LinePlan(assignments=())
    results = [
        SearchResult(plan, value, bound, False, False, proof=Proof(0.0, 1, 0.3, False, bound, []))
        for value, bound in ((50.0, bounds[0]), (90.0, 90.0), (95.0, bounds[1]))
    ]
    left = iter(results)
    monkeypatch.setattr(first_answer, "optimize", lambda *_, **__: next(left))
    found = first_answer.first_answer(problem, PlanOptions(move_cost=0.3, time_limit=20.0))
    assert found.value == 95.0
    assert found.bound == min(bounds)
    assert found.proof is not None
    assert found.proof.bound == found.bound


def test_what_compiling_takes_does_not_end_a_first_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[bool] = []

    def compiled_first(
        problem: Problem, options: PlanOptions, note: Callable[[Progress], None],
        stop: Callable[[], bool], **_: object,
    ) -> SearchResult:  # fmt: skip
        note(Progress(seconds=1.0, phase="plan", value_per_hour=90.0, bound_per_hour=91.0))
        for waited, compiling in ((100.0, 100.0), (200.0, 100.0)):
            moment, compiled = time.monotonic() + waited, COMPILATION.seconds
            with monkeypatch.context() as later:
                later.setattr(time, "monotonic", lambda moment=moment: moment)
                later.setattr(type(COMPILATION), "seconds", compiled + compiling)
                ends.append(stop())
        return SearchResult(LinePlan(assignments=()), 90.0, 91.0, False, False)

    monkeypatch.setattr(first_answer, "optimize", compiled_first)
    first_answer.first_answer(fleet(4, 6, FAMILY, 0), PlanOptions(move_cost=0.3, time_limit=20.0))
    assert ends == [False, True]
