"""What the simulation of a plan should show, told before it is simulated."""

from __future__ import annotations

import planner
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import PlanArrays
from planner.evaluation.tables_error import expected_value, launch_factors
from planner.pipeline.planning import beside_simulation
from tests.benchmarks.told_error import limited_fleet
from tests.support.builders import solar


def one_pair(cps: float | None, **changes: object) -> tuple[Problem, LinePlan]:
    lines = LineAssignment(campaign_id="Solar", dialer_id="D", dial_lines=95, agent_lines=5)
    problem = Problem(
        dialers=(Dialer(dialer_id="D", ports=100, cps=cps),),
        campaigns=(solar(campaign_id="Solar", agent_lines=5, **changes),),
    )
    return problem, LinePlan(assignments=(lines,))


def test_where_the_tables_are_exact_nothing_else_is_expected() -> None:
    assert expected_value(*one_pair(None)) is None


def test_launches_that_queue_take_calls_away() -> None:
    problem, plan = one_pair(4.0)
    found = expected_value(problem, plan)
    tables = float(PlanArrays(problem, plan).net_values().sum())
    assert found is not None
    assert found.low < found.value < tables
    # By simulation, 75.9 of 79.3 transfers an hour are left where 4 calls a second may be launched.
    assert found.low <= tables * 75.877 / 79.260 <= found.high


def test_who_dials_beside_takes_launches_away() -> None:
    problem, plan = one_pair(4.0)
    other = solar(campaign_id="Other", agent_lines=5)
    both = problem.model_copy(update={"campaigns": (*problem.campaigns, other)})
    more = LineAssignment(campaign_id="Other", dialer_id="D", dial_lines=30, agent_lines=5)
    beside = LinePlan(assignments=(*plan.assignments, more))
    alone = launch_factors(problem, PlanArrays(problem, plan))[0, 0]
    assert launch_factors(both, PlanArrays(both, beside))[0, 0] < alone


def test_the_simulated_value_lies_in_what_was_told_of_a_drawn_fleet() -> None:
    # A fleet of the benchmark on which the tables are 2 % too high.
    problem = limited_fleet(7)
    options = PlanOptions(time_limit=5, figures="formulas")
    found = planner.plan(problem, options, explained=False, in_order=False)
    simulated = beside_simulation(problem, found, lambda: False).simulated_value_per_hour
    assert simulated is not None
    assert found.value is not None
    assert found.value.throughput_value_per_hour > 1.01 * simulated
    assert found.expected_value_per_hour_low is not None
    assert found.expected_value_per_hour_high is not None
    assert found.expected_value_per_hour_low <= simulated <= found.expected_value_per_hour_high
