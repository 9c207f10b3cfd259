"""Columns of one time, many at once, are what the checks and sums of whole plans say one by one."""

from __future__ import annotations

import numpy as np
import pytest

from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.fleet.dialer import Dialer, TrunkGroup
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import evaluate
from planner.evaluation.limits.check import check
from planner.pipeline.pipeline import plan
from planner.studies.week.times import Ints, Node, Time
from tests.support import one_agent

REDUNDANCY = 0.3


def fleet() -> Problem:
    """Two sites and a carrier; every kind of limit, and a lock."""
    dialers = (
        Dialer(dialer_id="A1", ports=14, failure_domain="A", trunk_group="T"),
        Dialer(dialer_id="A2", ports=12, failure_domain="A", cps=0.35),
        Dialer(dialer_id="B1", ports=14, failure_domain="B", trunk_group="T"),
        Dialer(dialer_id="B2", ports=12, in_service=False),
    )
    campaigns = (
        one_agent.campaign("X", agent_lines=4, survivable_share=0.3, min_dialers=2),
        one_agent.campaign("Y", agent_lines=3, max_abandon_rate=0.25, value=1.4),
        one_agent.campaign("Z", agent_lines=3, max_dial_lines=12, min_agent_lines=2),
    )
    return Problem(
        dialers=dialers,
        campaigns=campaigns,
        trunk_groups=(TrunkGroup(trunk_group="T", channels=24),),
        limits=(LimitRow(limit="L", campaign_id="X", dialer_ids=("A1",), max_dial_lines=7),),
        pools=(PoolRow(pool="P", agent_lines=6, campaigns=("X", "Y")),),
        assignments=(one_agent.item("A1", 3, 1, name="Y").model_copy(update={"locked": True}),),
    )


def as_plan(problem: Problem, lines: Ints) -> LinePlan:
    return LinePlan(
        assignments=tuple(
            LineAssignment(
                campaign_id=campaign.campaign_id,
                dialer_id=dialer.dialer_id,
                dial_lines=int(lines[c, 0, d]),
                agent_lines=int(lines[c, 1, d]),
            )
            for c, campaign in enumerate(problem.campaigns)
            for d, dialer in enumerate(problem.dialers)
            if lines[c, :, d].any()
        )
    )


@pytest.mark.parametrize("name", ["X", "Y", "Z"])
def test_columns_hold_and_bring_what_whole_plans_with_them_do(name: str) -> None:
    problem = fleet()
    options = PlanOptions(redundancy=REDUNDANCY)
    best = plan(problem, options, explained=False).plan
    assert best is not None
    node = Node(Time(problem, 1.0, best), REDUNDANCY, 1)
    random = np.random.default_rng(3)
    steps = random.integers(-2, 3, (1500, 2, 4)) * (random.random((1500, 2, 4)) < 0.4)
    columns = np.maximum(node.column(name) + steps, 0)
    found = node.measured(name, columns)
    fits, aims = node.fits(name, found), node.aims(name, found)
    right = []
    for k, column in enumerate(columns):
        lines = node.lines.copy()
        lines[node.index[name]] = column
        whole = as_plan(problem, lines)
        right.append(not check(problem, whole))
        assert bool(fits[k]) == right[-1], column
        one = node.aim_with({name: found.at(k)})
        assert (one is not None) == right[-1]
        if right[-1]:
            value = evaluate(problem, whole, REDUNDANCY).value.value_per_hour
            assert aims[k] == pytest.approx(value, rel=1e-12)
            assert one == pytest.approx(value, rel=1e-12)
    assert 20 < sum(right) < len(right) - 20


def test_columns_taken_are_the_plan_and_what_it_brings() -> None:
    problem = fleet()
    best = plan(problem, PlanOptions(redundancy=REDUNDANCY), explained=False).plan
    assert best is not None
    node = Node(Time(problem, 1.0, best), REDUNDANCY, 1)
    assert node.plan().lines() == best.lines()
    found = node.measured("Z", node.grown("Z"))
    fits = node.fits("Z", found) & (found.lines != node.column("Z")).any(axis=(1, 2))
    assert fits.any()
    node.take({"Z": found.at(int(fits.argmax()))})
    after = node.plan()
    assert after.lines() != best.lines()
    assert not check(problem, after)
    value = evaluate(problem, after, REDUNDANCY).value.value_per_hour
    assert node.aim() == pytest.approx(value, rel=1e-12)


def test_lines_of_another_time_are_fitted_without_dialers_that_are_out_now() -> None:
    # Z has 6 + 2 lines on A1 and, while it was in service, 5 + 2 on B2; here 3 are on shift.
    given = fleet().model_copy(update={"assignments": (), "pools": (), "limits": ()})
    start = LinePlan(
        assignments=tuple(
            one_agent.item(dialer, dial, agents, name=name)
            for name, dialer, dial, agents in (
                ("X", "A1", 3, 1), ("X", "B1", 3, 1), ("Y", "A1", 3, 1), ("Z", "B1", 4, 2)
            )
        )
    )  # fmt: skip
    node = Node(Time(given, 1.0, start), 0.0, 1)
    there = np.array([[6, 0, 0, 5], [2, 0, 0, 2]])
    fitted = node.fitted("Z", there)
    assert fitted is not None
    assert fitted.lines[0].tolist() == [[6, 0, 0, 0], [2, 0, 0, 0]]
