"""What Python callers pass: paths, one expression as a text, options that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import planner
from planner.contracts.faults import InputError
from planner.contracts.problem import Problem
from planner.studies.batch.run import BatchOptions
from planner.studies.changes import changed_problem
from planner.studies.whatif import whatif
from planner.tables.folder import as_problem, read_folder

DATA = Path(__file__).parents[2] / "data"
CHAINED = Path(__file__).parents[1] / "data" / "cases" / "reports" / "chained-rounding" / "folder"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"workers": 0}, "workers is '0': expected a whole number from 1"),
        ({"workers": -2}, "workers"),
        ({"workers": 1.5}, "workers"),
        ({"format": "xlsx"}, "format is 'xlsx': expected csv or parquet"),
        ({"plan": "fast"}, "plan"),
    ],
)
def test_batch_options_that_cannot_be(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        BatchOptions(**options)


def test_names_to_plan_may_be_one_text_or_a_list() -> None:
    assert BatchOptions(only="north").only == ("north",)  # type: ignore[arg-type]
    assert BatchOptions(only=["a", "b"]).only == ("a", "b")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="names of problems, or failed"):
        BatchOptions(only=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"redundancy": 3}, "column redundancy is '3': expected a number from 0 to 1"),
        ({"time_limit": 0}, "column time_limit is '0': expected a number above 0, at most"),
        ({"failures": "two"}, "column failures is 'two': expected a whole number from 1 to"),
        ({"abandon_days": 1}, "abandon_days is '1': expected a number above 0, below 1, or None"),
        ({"redundncy": 0.3}, "'redundncy': expected one of redundancy, gap"),
    ],
)
def test_plan_options_that_cannot_be(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        planner.PlanOptions(**options)


QUICKSTART = DATA / "quickstart"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: planner.plan(QUICKSTART, {"redundancy": 0.3}), "expected a PlanOptions"),
        (lambda: planner.plan(QUICKSTART, at="Monday"), "at is 'Monday': expected a datetime"),
        (lambda: planner.plan(QUICKSTART, at=datetime(2026, 11, 30)), "with a UTC offset"),
        (lambda: planner.project(QUICKSTART, at="Monday"), "expected a datetime"),
        (lambda: planner.project(QUICKSTART, hours="x"), "hours is 'x': expected a number above 0"),
        (lambda: planner.project(QUICKSTART, hours=float("nan")), "expected a number above 0"),
        (lambda: planner.project(QUICKSTART, engine="fast"), "engine is 'fast': expected one of"),
        (lambda: planner.simulate(QUICKSTART, seed=-1), "seed is '-1': expected a whole number"),
        (lambda: planner.simulate(QUICKSTART, replications=0), "replications is '0'"),
        (lambda: planner.frontier(QUICKSTART, points="3"), "points is '3': expected a whole"),
        (lambda: planner.frontier(QUICKSTART, {}), "expected a PlanOptions"),
        (lambda: planner.whatif(QUICKSTART, {}, engine="fast"), "expected one of"),
        (lambda: planner.whatif(QUICKSTART, {}, at="now"), "expected a datetime"),
        (lambda: planner.plan_week(QUICKSTART, week="Monday"), "expected a date"),
        (lambda: planner.plan_week(QUICKSTART, least_share=2), "expected a number from 0 to 1"),
        (lambda: planner.calibrate(None), "expected paths of call logs"),
        (lambda: planner.calibrate([]), "expected paths of call logs"),
        (lambda: planner.read_folder(None), "expected the path of a planning folder"),
    ],
)
def test_arguments_that_cannot_be_are_refused_in_a_sentence(
    call: Callable[[], object], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        call()


def test_whole_numbers_of_numpy_are_whole_numbers() -> None:
    found = planner.project(
        QUICKSTART, hours=np.float64(1), seed=np.int64(0), replications=np.int32(1)
    )
    assert found.assignments


def test_a_path_is_taken_wherever_a_problem_is() -> None:
    folder = DATA / "quickstart"
    problem = read_folder(folder)
    assert as_problem(folder) == as_problem(str(folder)) == problem
    assert as_problem(problem) is problem
    for call in (planner.plan, planner.project, planner.simulate, planner.frontier,
                 planner.plan_week):  # fmt: skip
        with pytest.raises(InputError, match="there is nothing at this path"):
            call("no such folder")
        with pytest.raises(InputError, match="a Problem, or the path"):
            call(7)  # type: ignore[arg-type]


def test_a_text_alone_is_one_expression() -> None:
    found = whatif(str(DATA / "quickstart"), {"D1 down": "dialer.D1.in_service=false"},
                   engine="markov")  # fmt: skip
    assert found.worlds[0].expressions == ("dialer.D1.in_service=false",)
    with pytest.raises(InputError, match="by the name of a world"):
        whatif(DATA / "quickstart", ["dialer.D1.in_service=false"])  # type: ignore[arg-type]


def test_dir_shows_what_there_is() -> None:
    assert {"plan", "read_folder", "BatchOptions"} <= set(dir(planner))


@pytest.mark.parametrize("order", [(0.85, 0.9), (0.9, 0.85)])
def test_factors_in_a_row_are_rounded_once(order: tuple[float, float]) -> None:
    # 50 x 0.85 x 0.9 = 38.25.
    problem: Problem = read_folder(CHAINED)
    changed = changed_problem(problem, [f"campaign.*.agent_lines*={factor}" for factor in order])
    before = [campaign.agent_lines for campaign in problem.campaigns]
    assert before.count(50) > 0
    assert [c.agent_lines for c, b in zip(changed.campaigns, before, strict=True) if b == 50] == [
        38
    ] * before.count(50)
