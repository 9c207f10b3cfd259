"""What a search leaves is only a beginning: bounds hold in the problem that goes on from it."""

from __future__ import annotations

import numpy as np
import pytest

from planner.contracts.result import PlanOptions
from planner.optimize.model.requirements import ANY, KINDS, Aim
from planner.optimize.nearest import nearest_plan
from planner.optimize.search import optimize
from tests.benchmarks.fleets import FAMILIES, OPERATORS, fleet
from tests.support.one_agent import campaign, dialer, handled, problem

EXACT = PlanOptions(gap=0.0)


def test_what_may_fall_short_is_not_bounded_by_what_may_not() -> None:
    # On E a call of 50 s costs 5/3 and brings 1. Two dialers are asked for: 7 + 1 lines on D and
    # 1 + 1 on E. Who may fall short of that keeps D alone.
    given = problem(
        dialer("D"),
        dialer("E", cost_per_talk_minute=2.0),
        campaigns=[campaign(min_dialers=2, agent_lines=2)],
    )
    kept = optimize(given, EXACT)
    assert kept.value == pytest.approx(handled(7) - (2 / 3) * handled(1))
    anything = Aim(np.full((1, len(KINDS)), ANY))
    alone = optimize(given, EXACT, aim=anything)
    after = optimize(given, EXACT, aim=anything, start=kept.plan, warm=kept.warm)
    assert alone.value is not None
    assert alone.value >= handled(7)
    assert after.value == pytest.approx(alone.value)
    assert after.bound == pytest.approx(alone.value)


@pytest.mark.parametrize(
    ("size", "family"), [((4, 8), "scarce ports"), ((6, 12), "scarce ports"), ((4, 8), "two sites")]
)
def test_no_answer_is_worth_less_than_the_lines_that_are_there(
    size: tuple[int, int], family: str
) -> None:
    families = {known.name: known for known in (*FAMILIES, *OPERATORS)}
    problem = fleet(*size, families[family], 1)
    good = optimize(problem, PlanOptions(gap=0.01, time_limit=5.0))
    assert good.plan is not None
    assert good.value is not None
    there = problem.model_copy(update={"assignments": good.plan.assignments})
    # No time for anything: neither with a price of moves, nor for the nearest plan.
    hurried = PlanOptions(time_limit=1e-3, move_cost=0.5)
    found = optimize(there, hurried)
    assert found.value is not None
    assert found.value >= good.value * (1 - 1e-9)
    nearest = nearest_plan(there, hurried)
    assert not nearest.gives_up
    assert nearest.outcome.value is not None
    assert nearest.outcome.value >= good.value * (1 - 1e-9)
