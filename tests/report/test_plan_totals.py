"""What a plan tells beside its value: stopped campaigns, pools, and what calls cost."""

from __future__ import annotations

import pytest

from planner.contracts.fleet.agents import PoolRow
from planner.contracts.problem import Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.pipeline.pipeline import plan
from planner.report.plans.helps import help_lines
from planner.report.plans.plan import plan_text
from planner.report.plans.plan_document import plan_document
from tests.support import one_agent
from tests.support.builders import solar
from tests.support.results import plan_result

EXACT = PlanOptions(gap=0.0)


def words(problem: Problem) -> str:
    return " ".join(plan_text(plan(problem, EXACT), problem).split())


def test_what_comes_only_when_a_stopped_campaign_runs_is_told_apart() -> None:
    # A dialer for each: 7 dial lines and 1 agent line carry 60.48 transfers an hour.
    problem = Problem(
        dialers=(one_agent.dialer("D1"), one_agent.dialer("D2")),
        campaigns=(
            one_agent.campaign("Solar", allowed_dialers=("D1",)),
            one_agent.campaign("Tax", allowed_dialers=("D2",), status="stopped"),
        ),
    )
    document = plan_document(plan(problem, EXACT), problem)
    assert document["value_per_hour"] == pytest.approx(120.96)
    assert document["stopped_value_per_hour"] == pytest.approx(60.48)
    told = words(problem)
    assert "121.0 if all run; 60.5 of it Tax, which its user has stopped (each" in told
    _, _, helps = told.partition("What would help most")
    assert "counts Tax as if it ran; what-if plans for now" in helps


def test_helps_by_the_tables_say_what_the_simulation_makes_of_these_lines() -> None:
    # An eighth port would bring a dial line more. As if these seven brought 60.48 / 1.02 simulated.
    problem = Problem(dialers=(one_agent.dialer("D", ports=7),), campaigns=(one_agent.campaign(),))
    found = plan(problem, EXACT)
    assert found.helps
    assert found.value is not None
    assert "what-if simulates" not in " ".join(help_lines(found))
    less = found.value.throughput_value_per_hour / 1.02
    told = help_lines(found.model_copy(update={"simulated_value_per_hour": less}))
    assert "what-if simulates, which gives these lines 2.0 % less" in " ".join(
        " ".join(told).split()
    )


def test_pools_tell_who_is_idle_and_rows_who_sits_there() -> None:
    problem = Problem(
        dialers=(one_agent.dialer("D"),),
        campaigns=(one_agent.campaign(),),
        pools=(PoolRow(pool="Dallas", agent_lines=3),),
    )
    document = plan_document(plan(problem, EXACT), problem)
    # Two are idle: a fourth agent would be too.
    nothing = "value_of_one_more_agent_line"
    assert document["pools"] == [
        {"pool": "Dallas", "agent_lines": 3, "used": 1, "idle": 2}
        | {nothing: 0.0, f"{nothing}_low": 0.0, f"{nothing}_high": 0.0}
    ]
    assert [row["pools"] for row in document["assignments"]] == ["Dallas:1"]
    assert "Dallas 1 of 3 2" in words(problem)


def test_what_calls_cost_stands_beside_the_value() -> None:
    # 60.48 transfers of 50 s at 0.06 a minute cost 3.024 an hour.
    problem = Problem(
        dialers=(one_agent.dialer("D", cost_per_talk_minute=0.06),),
        campaigns=(one_agent.campaign(),),
    )
    document = plan_document(plan(problem, EXACT), problem)
    assert document["cost_per_hour"] == pytest.approx(3.024)
    assert document["value_per_hour"] == pytest.approx(60.48 - 3.024)
    assert "Cost an hour 3.0: 60.5 of value before what calls cost" in words(problem)


@pytest.mark.parametrize(
    ("simulated", "told"),
    [(150.0, "5.7 % less than"), (160.0, "0.92 % more than"), (158.53, "as the tables say")],
)
def test_the_simulated_value_tells_how_far_the_tables_are_off(simulated: float, told: str) -> None:
    # The tables say 158.520786.
    ends = {"simulated_value_per_hour_low": simulated, "simulated_value_per_hour_high": simulated}
    result = plan_result(simulated_value_per_hour=simulated, **ends)
    dialers = tuple(Dialer(dialer_id=name, ports=100) for name in ("D1", "D2"))
    problem = Problem(dialers=dialers, campaigns=(solar(),))
    text = " ".join(plan_text(result, problem).split())
    assert told in text
