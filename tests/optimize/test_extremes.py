"""The optimiser at the ends of what may be asked of it, with optima derived by hand.

One agent line handles h(N) = 54 N / (1 + 0.75 N) calls an hour (derived in one_agent.py). A
broadcast line of 20 s makes 180 attempts an hour, of which half are answered.
"""

from __future__ import annotations

from typing import Any

import pytest

import planner
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, PlanStatus
from planner.evaluation.limits.check import check
from planner.optimize.search import optimize
from planner.optimize.search_result import SearchResult
from tests.support.one_agent import campaign, dialer, handled, problem


def solved(given: Problem, **options: Any) -> SearchResult:
    outcome = optimize(given, PlanOptions(**({"gap": 0.0} | options)))
    assert outcome.plan is not None
    assert check(given, outcome.plan) == ()
    assert outcome.value is not None
    assert outcome.bound is not None
    assert outcome.value <= outcome.bound * (1 + 1e-9)
    return outcome


def news(**changes: Any) -> Any:
    return campaign("News", kind="broadcast", agent_lines=0, **changes)


def test_no_campaigns_on_no_dialers() -> None:
    empty = Problem(dialers=(), campaigns=())
    assert solved(empty).value == 0.0


def test_no_dialer_for_a_campaign_is_infeasible() -> None:
    result = planner.plan(Problem(dialers=(), campaigns=(campaign(),)))
    assert result.status is PlanStatus.INFEASIBLE
    assert result.conflicts


@pytest.mark.parametrize("redundancy", [0.0, 0.5, 1.0])
def test_one_dialer_leaves_nothing_when_it_fails(redundancy: float) -> None:
    outcome = solved(problem(), redundancy=redundancy)
    assert outcome.value == pytest.approx((1 - redundancy) * handled(7))


def test_zero_ports_carry_only_those_that_need_no_dialer() -> None:
    assert solved(problem(dialer(ports=0), campaigns=[campaign(min_dialers=0)])).value == 0.0
    assert optimize(problem(dialer(ports=0)), PlanOptions()).infeasible


def test_a_thousand_dialers_of_one_port() -> None:
    thousand = tuple(dialer(f"D{d}", 1) for d in range(1000))
    found = solved(problem(*thousand, campaigns=[news()]), gap=0.001)
    assert found.value == pytest.approx(1000 * 90.0, rel=1e-3)
    # A line and its agent need two ports: nobody can carry live transfer there.
    assert optimize(problem(*thousand), PlanOptions()).infeasible


def test_a_campaign_that_nobody_can_carry_is_named_and_not_the_others() -> None:
    given = problem(campaigns=[campaign("Fine"), campaign("Big", agent_lines=9, min_agent_lines=9)])
    result = planner.plan(given)
    assert result.status is PlanStatus.INFEASIBLE
    (conflict,) = result.conflicts
    assert {m.key.get("campaign_id") for m in conflict.members if m.table == "campaigns.csv"} == {
        "Big"
    }


def test_calls_without_value_cost_nothing_and_bring_nothing() -> None:
    outcome = solved(problem(campaigns=[campaign(value=0.0)]))
    assert (outcome.value, outcome.bound) == (0.0, pytest.approx(0.0, abs=1e-9))


@pytest.mark.parametrize("value", [1e-9, 1e9])
def test_values_of_any_size_scale_the_optimum(value: float) -> None:
    outcome = solved(problem(campaigns=[campaign(value=value)]))
    assert outcome.value == pytest.approx(value * handled(7), rel=1e-9)


def test_values_far_apart_give_all_but_the_least_to_the_dearer() -> None:
    # 8 ports: B has to run, with 1 + 1 lines; A gets the other 6.
    given = problem(campaigns=[campaign("A", value=1e9), campaign("B", value=1e-6)])
    assert solved(given).value == pytest.approx(1e9 * handled(5), rel=1e-9)


def test_rates_of_zero_and_one_are_planned() -> None:
    silent = campaign("Silent", answer_rate=0.0)
    sure = campaign("Sure", answer_rate=1.0, transfer_rate=1.0)
    outcome = solved(problem(dialer(ports=20), campaigns=[silent, sure]))
    # Every attempt asks for the agent: beta = 50/20 = 2.5. 17 lines and one agent, for Silent has
    # to run with 1 + 1 lines: 72 * 2.5 * 17 / (1 + 2.5 * 17).
    assert outcome.value == pytest.approx(72 * 42.5 / 43.5)
