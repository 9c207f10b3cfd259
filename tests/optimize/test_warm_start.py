"""What a search leaves is only a beginning: bounds hold in the problem that goes on from it."""

from __future__ import annotations

import numpy as np
import pytest

from planner.contracts.result import PlanOptions
from planner.optimize.model.requirements import ANY, KINDS, Aim
from planner.optimize.search import optimize
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
