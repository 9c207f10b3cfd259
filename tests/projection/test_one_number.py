"""The same lines have the same figures wherever they are shown: by formula one, simulated one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.projected import Projection
from planner.contracts.result import (
    AssignmentFigures,
    Engine,
    PlanOptions,
    PlanResult,
    PlanStatus,
)
from planner.evaluation.arrays import evaluate
from planner.pipeline.pipeline import project
from planner.pipeline.planning import beside_simulation
from planner.projection.effort import EngineChoice
from planner.projection.planned import table_figures
from planner.projection.project import quick_figures
from planner.report.documents import assignment_row
from planner.studies.whatif import whatif
from planner.tables.folder import read_folder

DATA = Path(__file__).parents[2] / "data"
EXAMPLES = ("quickstart", "regional")
#: A Monday on which all campaigns of the examples dial, in an hour without figures of its own.
AT = datetime(2026, 11, 30, 20, tzinfo=UTC)
#: What a row tells of its lines in the long run.
FIGURES = (
    *("all_busy_share", "agent_occupancy", "transfers_per_hour", "abandons_per_hour"),
    *("abandon_rate", "transfer_loss", "attempts_per_hour", "live_answers_per_hour"),
    *("pauses_per_hour", "mean_pause_seconds"),
)
Key = tuple[str, str]


@cache
def problem(name: str) -> Problem:
    return read_folder(DATA / name)


@cache
def simulated_now(name: str) -> Projection:
    return project(problem(name), at=AT, hours=1)


def by_pair(rows: Iterable[AssignmentFigures]) -> dict[Key, AssignmentFigures]:
    return {(row.campaign_id, row.dialer_id): row for row in rows}


def assert_same(one: Iterable[AssignmentFigures], other: Iterable[AssignmentFigures]) -> None:
    first, second = by_pair(one), by_pair(other)
    assert first.keys() == second.keys()
    for key, row in first.items():
        for name in FIGURES:
            value, again = getattr(row, name), getattr(second[key], name)
            assert (again is None) == (value is None), (key, name)
            assert again is None or again == pytest.approx(value, rel=1e-9), (key, name)


def value_of(given: Problem, rows: Iterable[AssignmentFigures]) -> float:
    worth = {c.campaign_id: c.value for c in given.campaigns}
    return sum(
        worth[row.campaign_id]
        * (row.live_answers_per_hour if row.transfers_per_hour is None else row.transfers_per_hour)
        for row in rows
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_by_formula_there_is_one_number(name: str) -> None:
    given = problem(name)
    plan_rows = table_figures(given)
    status_page = quick_figures(given, AT).rows
    projection = project(given, at=AT, hours=1, engine="markov")
    base = whatif(given, {"x": ["campaign.*.value*=1"]}, engine=EngineChoice.MARKOV).base.kept
    for rows in (status_page, projection.assignments, base.figures):
        assert all(row.engine is Engine.MARKOV for row in rows)
        assert_same(plan_rows, rows)
    headline = evaluate(given, LinePlan(assignments=given.assignments), 0.0).value.value_per_hour
    assert headline == pytest.approx(value_of(given, plan_rows), rel=1e-9)
    assert base.value_per_hour == pytest.approx(headline, rel=1e-9)


@pytest.mark.parametrize("name", EXAMPLES)
def test_simulated_there_is_one_number(name: str) -> None:
    given = problem(name)
    plan = LinePlan(assignments=given.assignments)
    result = PlanResult(status=PlanStatus.FEASIBLE, options=PlanOptions(), plan=plan)
    beside = beside_simulation(given, result, lambda: False)
    projection = simulated_now(name)
    base = whatif(given, {"x": ["campaign.*.value*=1"]}).base.kept
    assert_same(projection.assignments, base.figures)
    if name == "quickstart":  # all is exact there: nothing stands beside the plan
        assert beside.simulated_value_per_hour is None
        assert_same(table_figures(given), projection.assignments)
        return
    assert_same(beside.simulated, projection.assignments)
    # Nobody reads first passages beside a plan, and they take most of a simulation.
    assert all(row.seconds_to_all_busy_mean is None for row in beside.simulated)
    assert any(row.seconds_to_all_busy_mean is not None for row in projection.assignments)
    value = value_of(given, projection.assignments)
    assert beside.simulated_value_per_hour == pytest.approx(value, rel=1e-9)
    assert base.value_per_hour == pytest.approx(value, rel=1e-9)
    # And the two numbers are told apart, by a word in each row.
    for row in projection.assignments:
        assert assignment_row(row)["engine"] == "simulate"
    for row in table_figures(given):
        assert assignment_row(row)["engine"] == "markov"


@pytest.mark.parametrize("name", EXAMPLES)
def test_by_formula_and_simulated_differ_by_what_the_formula_leaves_out(name: str) -> None:
    given = problem(name)
    formula = value_of(given, table_figures(given))
    simulated = value_of(given, simulated_now(name).assignments)
    # Calls per second that hold back and times that vary: within one per cent there.
    assert simulated == pytest.approx(formula, rel=0.01)
