"""Projections and charts that all who look at the same hours share."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from planner.app.widgets import kept_projection
from planner.app.widgets.kept_projection import charts_of, quick_projection
from planner.contracts.problem import Problem
from planner.pipeline.pipeline import project
from planner.tables.folder import read_folder
from tests.support.program import ROOT

NINE = datetime(2026, 3, 2, 14, tzinfo=UTC)
HOURS = 4.0


@pytest.fixture(scope="module")
def regional() -> Problem:
    return read_folder(ROOT / "data" / "regional")


def test_the_same_hours_of_the_same_fleet_are_worked_out_once(regional: Problem) -> None:
    first = quick_projection(regional, NINE, HOURS)
    assert first == project(regional, at=NINE, hours=HOURS, engine="markov")
    # Another session has read the folder for itself.
    assert quick_projection(read_folder(ROOT / "data" / "regional"), NINE, HOURS) is first
    assert charts_of(first.model_copy()) is charts_of(first)


def test_other_lines_another_moment_and_another_clock_are_others(regional: Problem) -> None:
    first = quick_projection(regional, NINE, HOURS)
    fewer = regional.model_copy(update={"assignments": regional.assignments[1:]})
    assert len(quick_projection(fewer, NINE, HOURS).assignments) == len(first.assignments) - 1
    assert quick_projection(regional, NINE.replace(hour=15), HOURS).at.hour == 15
    there = quick_projection(regional, NINE.astimezone(ZoneInfo("America/New_York")), HOURS)
    assert there.at == first.at
    assert there.at.hour == 9
    assert charts_of(there) is not charts_of(first)


def test_only_the_latest_charts_are_kept(
    regional: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_projection, "_MOST_KEPT", 2)
    looks = [quick_projection(regional, NINE.replace(minute=m), 0.5) for m in (1, 2, 3)]
    made = [charts_of(look) for look in looks]
    assert charts_of(looks[2]) is made[2]
    assert charts_of(looks[1]) is made[1]
    again = charts_of(looks[0])
    assert again is not made[0]
    assert again == made[0]


def test_drawing_a_chart_leaves_it_as_it_was(regional: Problem) -> None:
    from streamlit.testing.v1 import AppTest

    charts = charts_of(quick_projection(regional, NINE, HOURS))
    before = copy.deepcopy([drawing.spec for _, drawing in charts])
    assert before

    def page() -> None:
        from datetime import UTC, datetime

        from planner.app.widgets.charts import show_figure
        from planner.app.widgets.kept_projection import charts_of, quick_projection
        from planner.tables.folder import read_folder
        from tests.support.program import ROOT

        problem = read_folder(ROOT / "data" / "regional")
        at = datetime(2026, 3, 2, 14, tzinfo=UTC)
        for _, drawing in charts_of(quick_projection(problem, at, 4.0)):
            show_figure(drawing)

    assert not AppTest.from_function(page).run().exception
    assert [drawing.spec for _, drawing in charts] == before
