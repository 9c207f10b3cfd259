"""Second stages: even all-busy shares, then few moves, and never below the value allowed.

One agent line handles h(N) = 54 N / (1 + 0.75 N) calls an hour (derived in one_agent.py), and
is busy for a share of 0.75 N / (1 + 0.75 N) of the time.
"""

from __future__ import annotations

import numpy as np
import pytest

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.optimize.model.columns import make_column
from planner.optimize.model.model import build_model
from planner.optimize.polish import Stages, second_stages
from planner.optimize.search import optimize
from tests.support.builders import tiny_problem
from tests.support.one_agent import campaign, dialer, handled, item, problem


def staged(given: Problem, cells: list[list[tuple[int, int]]], least: float) -> Stages:
    """What the stages make of lines ``[campaign][dialer]``, worth at least so much after."""
    model = build_model(given, PlanOptions())
    columns = [
        make_column(model, c, *(np.array(kind, dtype=np.int64) for kind in zip(*row, strict=True)))
        for c, row in enumerate(cells)
    ]
    return second_stages(model, columns, least)


def lines_of(stages: Stages) -> list[list[tuple[int, int]]]:
    return [
        list(zip(k.dial_lines.tolist(), k.agent_lines.tolist(), strict=True))
        for k in stages.columns
    ]


def test_busy_shares_are_evened_out_over_the_dialers_of_a_campaign() -> None:
    given = problem(dialer("D"), dialer("E"), campaigns=[campaign(agent_lines=2, max_dial_lines=8)])
    found = staged(given, [[(6, 1), (2, 1)]], handled(6) + handled(2))
    assert lines_of(found) == [[(4, 1), (4, 1)]]
    assert found.spread_before == pytest.approx(4.5 / 5.5 - 1.5 / 2.5)
    assert found.spread_after == 0.0


def test_two_campaigns_exchange_lines_where_the_dialers_are_full() -> None:
    # Eight ports each, all in use: A gives 2 lines of D to B for 2 of E.
    two = [campaign("A", agent_lines=2), campaign("B", agent_lines=2)]
    given = problem(dialer("D"), dialer("E"), campaigns=two)
    found = staged(given, [[(5, 1), (1, 1)], [(1, 1), (5, 1)]], 0.0)
    assert lines_of(found) == [[(3, 1), (3, 1)], [(3, 1), (3, 1)]]


def test_no_evening_out_costs_more_than_allowed() -> None:
    # Three agents and 5 lines: even or not, no other split is worth as much as the best.
    given = problem(dialer("D"), dialer("E"), campaigns=[campaign(agent_lines=3, max_dial_lines=5)])
    optimum = optimize(given, PlanOptions(gap=0.0))
    assert optimum.plan is not None
    assert optimum.value is not None
    spots = {a.dialer_id: (a.dial_lines, a.agent_lines) for a in optimum.plan.assignments}
    row = [spots.get("D", (0, 0)), spots.get("E", (0, 0))]
    found = staged(given, [row], optimum.value * (1 - 1e-12))
    assert found.columns[0].handled == pytest.approx(optimum.value)


@pytest.mark.parametrize(("kept", "least"), [(6, 58.9), (7, 59.0)])
def test_current_lines_come_back_where_it_costs_less_than_allowed(kept: int, least: float) -> None:
    # h(6) = 58.909.
    given = problem(assignments=(item("D", 6, 1),))
    found = staged(given, [[(7, 1)]], least)
    assert lines_of(found) == [[(kept, 1)]]
    assert (found.added_before, found.added_after) == (1, kept - 6)


def test_all_current_lines_come_back_at_once_where_one_by_one_none_fits() -> None:
    # A and B have changed places on a full fleet: neither fits back while the other is there.
    two = [campaign("A"), campaign("B")]
    given = problem(
        dialer("D", 6),
        dialer("E", 4),
        campaigns=two,
        assignments=(item("D", 5, 1, "A"), item("E", 3, 1, "B")),
    )
    found = staged(given, [[(0, 0), (3, 1)], [(5, 1), (0, 0)]], handled(5) + handled(3))
    assert lines_of(found) == [[(5, 1), (0, 0)], [(0, 0), (3, 1)]]
    assert found.added_after == 0


@pytest.mark.parametrize("seed", range(200, 212))
def test_stages_say_what_they_reached_and_keep_the_gap(seed: int) -> None:
    given = tiny_problem(seed)
    outcome = optimize(given, PlanOptions(gap=0.05))
    if outcome.plan is None:
        return
    value, spread, added = outcome.stages
    assert value.after == pytest.approx(outcome.value)
    assert outcome.bound is not None
    assert value.after >= min(value.before, outcome.bound * 0.95 - 1e-9)
    assert spread.after <= spread.before + 1e-12
    assert added.after <= added.before
