"""Moving agents in a plan, whose dial lines follow."""

import random

import numpy as np
import pytest

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import evaluate
from planner.evaluation.limits.check import check
from planner.optimize.heuristics.annealing import QUICK, Annealing
from planner.optimize.heuristics.local_search import refill
from planner.optimize.model.columns import Column, least_columns, make_column
from planner.optimize.model.model import Model, build_model, to_line_plan
from planner.optimize.model.usage import plan_value
from tests.support.builders import tiny_problem
from tests.support.one_agent import campaign, dialer, problem
from tests.support.reference import best_value_by_enumeration


def placed(given: Problem, columns: list[Column], options: PlanOptions) -> list[Column]:
    placing = Annealing(build_model(given, options), QUICK, 1.0, seed=0)
    placing.run(columns, enough=lambda: np.inf, interrupted=lambda: False, on_better=lambda: None)
    return placing.columns()


def test_agents_move_to_the_dialer_with_room() -> None:
    """Both campaigns begin on D, whose 11 ports are too few for two; E stands idle."""
    given = problem(
        dialer("D", ports=11), dialer("E", ports=11), campaigns=[campaign("A"), campaign("B")]
    )
    options = PlanOptions()
    model = build_model(given, options)
    begun = [make_column(model, c, np.array([2, 0]), np.array([1, 0])) for c in range(2)]
    plan = placed(given, begun, options)
    assert sorted(tuple(k.agent_lines) for k in plan) == [(0, 1), (1, 0)]
    assert all(k.dial_lines.sum() == 10 for k in plan)


@pytest.mark.parametrize(("site", "there"), [("X", [0, 1, 1]), ("Y", [1, 1, 0])])
def test_a_campaign_that_must_survive_moves_only_where_it_does(site: str, there: list[int]) -> None:
    """S has 3 dial lines and an agent line on D and on E; A may use D alone.

    On G, of the four ports that S needs, its lines on D make room for ten dial lines of A. At E's
    site they may not go there: with both at one site nothing would survive.
    """
    given = problem(
        dialer("D", ports=11, failure_domain="X"),
        dialer("E", ports=4, failure_domain="Y"),
        dialer("G", ports=4, failure_domain=site),
        campaigns=[
            campaign("S", agent_lines=2, survivable_share=0.5, min_dialers=2),
            campaign("A", allowed_dialers=("D",)),
        ],
    )
    options = PlanOptions()
    model = build_model(given, options)
    begun = [
        make_column(model, 0, np.array([3, 3, 0]), np.array([1, 1, 0])),
        make_column(model, 1, np.array([6, 0, 0]), np.array([1, 0, 0])),
    ]
    survivor, other = placed(given, begun, options)
    assert survivor.agent_lines.tolist() == there
    assert survivor.dial_lines.tolist() == [3 * agents for agents in there]
    assert other.dial_lines.tolist() == [10 if site == "X" else 6, 0, 0]


def first_plan(model: Model) -> list[Column] | None:
    """A plan that holds every limit, found campaign by campaign; None where that fails."""
    if model.box.is_empty():
        return None
    columns, holds = refill(model, least_columns(model))
    return columns if holds and all(k.holds_own_limits for k in columns) else None


def test_placing_keeps_every_limit_and_never_passes_the_optimum() -> None:
    tried = better = 0
    for seed in range(60):
        given = tiny_problem(seed)
        weight = random.Random(seed).choice([0.0, 0.3, 1.0])
        options = PlanOptions(redundancy=weight)
        model = build_model(given, options)
        best = best_value_by_enumeration(given, weight)
        begun = first_plan(model)
        if best is None or begun is None:
            continue
        plan = placed(given, begun, options)
        dial = np.array([k.dial_lines for k in plan])
        found = to_line_plan(model, dial, np.array([k.agent_lines for k in plan]))
        assert check(given, found) == ()
        value = evaluate(given, found, weight).value.value_per_hour
        before = plan_value(model, begun)
        assert before * (1 - 1e-9) <= value <= best * (1 + 1e-9)
        tried += 1
        better += value > before * (1 + 1e-9)
    assert tried >= 20
    assert better >= 3
