"""What calls cost is taken off wherever a value is told.

95 + 5 lines make 79.260393 transfers and 10,050.336778 attempts an hour (MODEL.md 3), and talk for
three minutes each. With 0.002 for an attempt and 0.1 for a minute they bring
79.260393 x (1 - 0.3) - 0.002 x 10,050.336778 = 35.381602 an hour.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import evaluate
from planner.evaluation.marginal import OneMore
from planner.studies.through_hours import through_hours, total
from planner.studies.whatif import whatif
from tests.support.batches import batch, folders, rows, write
from tests.support.builders import solar

NET = 35.381602
SHARED = {"start": "2026-01-01", "schedule": "Mon-Sun 00:00-24:00"}


def fleet() -> Problem:
    return Problem(
        dialers=[
            Dialer(dialer_id=f"D{n}", ports=100, cost_per_attempt=0.002, cost_per_talk_minute=0.1)
            for n in (1, 2)
        ],
        campaigns=[solar(**SHARED)],
        assignments=[
            LineAssignment(campaign_id="Solar", dialer_id=f"D{n}", dial_lines=95, agent_lines=5)
            for n in (1, 2)
        ],
    )


def test_what_if_tells_net_values_as_a_plan_does() -> None:
    found = whatif(fleet(), {"down": ["dialer.D1.in_service=false"]}, tornado=True)
    base, down = found.base.kept, found.worlds[0].kept
    assert base.value_per_hour == pytest.approx(2 * NET, abs=1e-5)
    assert base.surviving_value_per_hour == pytest.approx(NET, abs=1e-5)
    assert base.campaigns[0].value_per_hour == pytest.approx(2 * NET, abs=1e-5)
    assert down.value_per_hour == pytest.approx(NET, abs=1e-5)
    assert found.tornado is not None
    assert found.tornado.base_aim == pytest.approx(2 * NET, abs=1e-5)
    named = {row.input: row for row in found.tornado.rows}
    dearer = named["dialer.D1.cost_per_attempt"].high_aim
    assert dearer == pytest.approx(2 * NET - 0.0002 * 10050.336778, abs=1e-5)


def test_the_hours_ahead_bring_net_values() -> None:
    found = through_hours(fleet(), datetime(2026, 6, 1, 9, tzinfo=UTC), 4)
    assert total(found) == pytest.approx(8 * NET, abs=1e-4)


def test_totals_of_campaigns_add_up_to_the_value_of_the_plan() -> None:
    problem = fleet()
    found = evaluate(problem, LinePlan(assignments=problem.assignments), 0.0)
    assert found.value.value_per_hour == pytest.approx(2 * NET, abs=1e-5)
    assert [c.value_per_hour for c in found.campaigns] == [pytest.approx(2 * NET, abs=1e-5)]


@pytest.mark.parametrize("weight", [0.0, 0.4, 1.0])
def test_one_more_line_gains_what_it_brings_less_what_it_costs(weight: float) -> None:
    # Against the two plans, of which evaluation is held to enumeration.
    problem = fleet()
    before, after = (
        LinePlan(
            assignments=(
                problem.assignments[0].model_copy(update={"dial_lines": dial}),
                problem.assignments[1],
            )
        )
        for dial in (95, 96)
    )
    step = OneMore(problem, before, PlanOptions(redundancy=weight)).more_dial_lines(0, 0)
    dialers = tuple(d.model_copy(update={"ports": 101}) for d in problem.dialers)
    roomy = problem.model_copy(update={"dialers": dialers})
    values = [evaluate(roomy, plan, weight).value.value_per_hour for plan in (before, after)]
    assert step.gain == pytest.approx(values[1] - values[0], rel=1e-9, abs=1e-9)


def test_scenarios_of_a_batch_lose_net_values(tmp_path: Path) -> None:
    # 7 + 1 lines make 60.48 transfers, of 50 s each, and 460.8 attempts an hour.
    source = folders(tmp_path / "in", ["a"])
    columns = ["dialer_id", "ports", "cost_per_attempt", "cost_per_talk_minute"]
    write(source / "a" / "dialers.csv", columns, [["D1", 8, 0.01, 0.3], ["D2", 8, 0.01, 0.3]])
    lines = ["campaign_id", "dialer_id", "dial_lines", "agent_lines"]
    write(source / "a" / "assignments.csv", lines, [["Solar", "D1", 7, 1]])
    table = tmp_path / "scenarios.csv"
    write(table, ["plan_id", "set"], [("D1 down", "dialer.D1.in_service=false")])
    assert batch(source, "--scenarios", table, "--out", tmp_path / "out") == 0
    found = rows(tmp_path / "out" / "scenarios.csv")[-1]
    net = 60.48 * (1 - 0.3 * 50 / 60) - 0.01 * 460.8
    assert float(found["before"]) == pytest.approx(net)
    assert float(found["planned_anew"]) == pytest.approx(net)
