"""What one more port, agent line or call per second brings: by hand, and never above the truth.

One agent line handles h(N) = 54 N / (1 + 0.75 N) calls an hour (derived in one_agent.py).
"""

from __future__ import annotations

from typing import Any

import pytest

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.marginal import OneMore, agent_line_value, call_per_second_value, port_value
from planner.evaluation.reasons import explain
from planner.optimize.search import optimize
from tests.support.builders import tiny_problem
from tests.support.one_agent import campaign, dialer, handled, lines, problem
from tests.support.reference import hourly_rates


def tried(given: Problem, *cells: tuple[str, str, int, int], **options: Any) -> OneMore:
    return OneMore(given, lines(*cells), PlanOptions(**options))


def test_one_more_port_takes_one_more_dial_line() -> None:
    found = tried(problem(), ("C", "D", 7, 1))
    assert port_value(found, 0) == pytest.approx(handled(8) - handled(7))


def test_a_port_of_a_dialer_out_of_service_has_no_value() -> None:
    given = problem(dialer("D"), dialer("E", in_service=False))
    assert port_value(tried(given, ("C", "D", 7, 1)), 1) is None


def test_a_port_is_worth_nothing_where_dial_lines_are_capped() -> None:
    given = problem(campaigns=[campaign(max_dial_lines=3)])
    assert port_value(tried(given, ("C", "D", 3, 1)), 0) == 0.0


def test_one_more_agent_line_takes_the_port_of_a_dial_line() -> None:
    # All ports are in use: 6 + 2 lines instead of 7 + 1. A second agent on E would bring h(1).
    given = problem(dialer("D"), dialer("E"))
    two = hourly_rates(campaign(), 6, 2)[0]
    found = tried(given, ("C", "D", 7, 1))
    assert agent_line_value(found, 0) == pytest.approx(two - handled(7))
    assert two - handled(7) > handled(1)


def test_a_broadcast_has_no_agent_line_to_value() -> None:
    news = campaign(kind="broadcast", agent_lines=0)
    assert agent_line_value(tried(problem(campaigns=[news]), ("C", "D", 8, 0)), 0) is None


def test_one_more_call_per_second_lets_all_ports_dial() -> None:
    # 1 + 1 lines make 0.02857 calls a second; 7 + 1 lines 460.8 an hour: 0.128.
    given = problem(dialer(cps=0.0286))
    found = tried(given, ("C", "D", 1, 1))
    assert call_per_second_value(found, 0) == pytest.approx(handled(7) - handled(1))
    assert call_per_second_value(tried(problem(), ("C", "D", 1, 1)), 0) is None


def test_what_survives_counts_by_its_weight() -> None:
    # Redundancy 1: the aim is what is left when D fails. One more port on E brings a line there.
    given = problem(dialer("D"), dialer("E", 4), campaigns=[campaign(agent_lines=2)])
    found = tried(given, ("C", "D", 7, 1), ("C", "E", 3, 1), redundancy=1.0)
    assert port_value(found, 0) == pytest.approx(0.0)
    assert port_value(found, 1) == pytest.approx(handled(4) - handled(3))


@pytest.mark.parametrize("seed", [4, 8, 11, 31])
def test_solved_again_with_one_more_the_gain_is_at_least_as_large(seed: int) -> None:
    given = tiny_problem(seed)
    exact = PlanOptions(gap=0.0)
    before = optimize(given, exact)
    assert before.plan is not None
    assert before.value is not None
    found = explain(given, before.plan, exact)
    for d, gain in enumerate(found.one_more_port):
        if gain is not None:
            more = {"ports": given.dialers[d].ports + 1}
            assert gain <= _gain(given, "dialers", d, more, before.value) + 1e-7
    for c, gain in enumerate(found.one_more_agent_line):
        if gain is not None:
            more = {"agent_lines": given.campaigns[c].agent_lines + 1}
            assert gain <= _gain(given, "campaigns", c, more, before.value) + 1e-7


def _gain(given: Problem, table: str, place: int, change: dict[str, int], before: float) -> float:
    """By how much the optimum grows with one row changed."""
    rows = list(getattr(given, table))
    rows[place] = rows[place].model_copy(update=change)
    after = optimize(given.model_copy(update={table: tuple(rows)}), PlanOptions(gap=0.0))
    assert after.value is not None
    return after.value - before
