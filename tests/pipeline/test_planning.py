"""The steps of a planning run share its time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, Progress
from planner.optimize import nearest, search
from planner.optimize.search_result import SearchResult
from planner.pipeline.planning import Clock, find_plan
from tests.support.results import two_dialers


@pytest.mark.parametrize("finds", [False, True], ids=["without a plan", "with one"])
def test_a_search_without_any_plan_leaves_half_of_its_time_to_the_nearest(
    finds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = 0.6
    clock, ended, given = Clock(), [], []

    def searching(
        problem: Problem,
        options: PlanOptions,
        on_progress: Callable[[Progress], None],
        stop: Callable[[], bool],
    ) -> SearchResult:
        value = 1.0 if finds else None
        told = Progress(value_per_hour=value, bound_per_hour=None, seconds=0.0, phase="plan")
        on_progress(told)
        while not stop() and clock.spent < options.time_limit:
            pass
        ended.append(clock.spent < 0.99 * options.time_limit)
        return SearchResult(None, None, None, False, True)

    def looked_for(problem: Problem, options: PlanOptions, *how: Any) -> nearest.Nearest:
        given.append(options.time_limit)
        return nearest.Nearest(SearchResult(None, None, None, False, True), ())

    monkeypatch.setattr(search, "optimize", searching)
    monkeypatch.setattr(nearest, "nearest_plan", looked_for)
    find_plan(two_dialers(), PlanOptions(time_limit=limit), clock, lambda _: None, lambda: False)
    assert (ended, len(given)) == ([not finds], 1)
