"""Charts are made anew where something changed, and only there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.app.pages import tradeoff, week
from planner.app.pages.whatif import compared
from planner.app.pages.whatif import page as whatif_page
from tests.support.pages import edit, go_to, new_session


@pytest.fixture
def app() -> AppTest:
    return new_session().run().button(key="open-regional").click().run()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the charts that are made, in their order."""
    names: list[str] = []

    def counted(make: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*given: Any) -> Any:
            names.append(make.__name__)
            return make(*given)

        return counting

    for module, name in (
        (week, "week_chart"),
        (whatif_page, "tornado_chart"),
        (compared, "losses_chart"),
        (tradeoff, "frontier_chart"),
    ):
        monkeypatch.setattr(module, name, counted(getattr(module, name)))
    return names


def specs(app: AppTest) -> list[str]:
    return [chart.proto.spec for chart in app.get("vega_lite_chart")]


def test_a_week_is_drawn_once_until_another_week_is_asked_for(
    app: AppTest, made: list[str]
) -> None:
    go_to(app, "week")
    first = specs(app)
    app.run()
    assert made == ["week_chart"]
    assert specs(app) == first
    app.date_input(key="week-day").set_value(date(2026, 6, 3)).run()
    assert made == ["week_chart"] * 2
    assert specs(app) != first


def test_scenarios_are_drawn_anew_when_a_control_moves(app: AppTest, made: list[str]) -> None:
    go_to(app, "what-if")
    app.button(key="whatif-example-0").click().run()
    first = specs(app)
    app.run()
    assert sorted(made) == ["losses_chart", "tornado_chart"]
    assert specs(app) == first
    app.slider(key="answers-1").set_value(-40).run()
    assert sorted(made) == ["losses_chart", "losses_chart", "tornado_chart"]
    assert specs(app) != first


def test_the_lines_as_they_are_are_drawn_anew_when_they_change(
    app: AppTest, made: list[str]
) -> None:
    go_to(app, "trade-off")
    first = specs(app)
    app.run()
    assert made == ["frontier_chart"]
    go_to(app, "plan")
    edit(app, {0: {"dial_lines": "20"}})
    go_to(app, "trade-off")
    assert made == ["frontier_chart"] * 2
    assert specs(app) != first
