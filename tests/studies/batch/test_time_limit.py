"""The time limit of a problem of a batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, PlanResult
from planner.pipeline import pipeline
from planner.studies.batch.workers.time_limit import within_limit
from tests.support.batches import batch, folders


@pytest.mark.parametrize("limit", [60.0, 20.0, 10.0])
def test_search_check_and_figures_together_keep_the_limit(limit: float) -> None:
    search = within_limit(PlanOptions(time_limit=limit)).time_limit
    # A bound is checked for up to a quarter of what its search took, figures take two seconds.
    assert search + search / 4 + 2 == pytest.approx(limit)


def test_a_short_limit_leaves_half_to_the_search() -> None:
    assert within_limit(PlanOptions(time_limit=2)).time_limit == 1


def test_problems_are_searched_with_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    plan = pipeline.plan

    def noted(problem: Problem, options: PlanOptions, **more: bool) -> PlanResult:
        asked.append(options.time_limit)
        return plan(problem, options, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "plan", noted)
    source = folders(tmp_path / "in", ["a"])
    assert batch(source, "--out", tmp_path / "out", "--time-limit", "22") == 0
    assert asked == [pytest.approx(16)]
