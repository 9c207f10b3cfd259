"""What Python callers pass: paths, one expression as a text, options that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
