"""The trade-off page without a browser: plans to choose from."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from planner.cli.main import _parser
from planner.cli.studies.commands import _options
from planner.studies.frontier import frontier
from planner.tables.folder import read_folder
from tests.support.pages import ROOT, finished, go_to, lines, text


def test_before_anything_is_found_the_lines_stand_on_the_chart(app: AppTest) -> None:
    go_to(app, "trade-off")
    assert not app.exception
    # Engset for 95 + 5 lines: 79.260393 an hour on each of two dialers.
    now = "The lines as they are: 158.5 transfers an hour, 79.3 left if D1 fails"
    assert now in text(app)
    (chart,) = app.get("vega_lite_chart")
    assert chart.proto.alt.startswith(now)


def test_the_trade_off_offers_plans_and_takes_one(app: AppTest) -> None:
    go_to(app, "trade-off")
    app.selectbox(key="frontier-size").set_value("Coarse: 3 weights").run()
    app.button(key="find").click().run()
    finished(app, "frontier")
    assert not app.exception
    found = app.session_state["workspace"].studies["frontier"].job.result
    assert found.points
    app.session_state["frontier-rows"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    app.button(key="take-point").click().run()
    assert not app.exception
    expected = {
        (a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines) for a in found.points[0].lines
    }
    assert lines(app) == expected


def test_what_was_picked_last_counts_ticked_or_clicked(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_to(app, "trade-off")
    app.selectbox(key="frontier-size").set_value("Coarse: 3 weights").run()
    app.button(key="find").click().run()
    finished(app, "frontier")
    study = app.session_state["workspace"].studies["frontier"].job
    (first, *_) = study.result.points
    study.result = study.result.model_copy(
        update={"points": (first, first.model_copy(update={"number": 2}))}
    )
    clicked: list[dict[str, int]] = []
    monkeypatch.setattr(
        "planner.app.pages.tradeoff.show_clickable",
        lambda *_, **__: {"selection": {"plan": clicked}},  # no test without a browser can click
    )

    def tick(*rows: int) -> None:
        app.session_state["frontier-rows"] = {
            "selection": {"rows": [*rows], "columns": [], "cells": []}
        }
        app.run()

    tick(0)
    assert "**Plan 1**" in text(app)
    clicked.append({"Plan": 2})
    tick(0)  # the row is ticked still
    assert "**Plan 2**" in text(app)
    tick()
    assert "**Plan" not in text(app)


def test_the_page_finds_the_plans_of_the_command_with_as_many_weights(app: AppTest) -> None:
    go_to(app, "trade-off")
    app.selectbox(key="frontier-size").set_value("Coarse: 3 weights").run()
    app.button(key="find").click().run()
    finished(app, "frontier")
    found = app.session_state["workspace"].studies["frontier"].job.result
    arguments = _parser().parse_args(["frontier", "data/quickstart", "--points", "3"])
    # What the command plans with, as it reads its own defaults.
    expected = frontier(
        read_folder(ROOT / "data" / "quickstart"),
        _options(arguments, 0.0),
        points=arguments.points,
        levels=arguments.levels,
    )
    assert [p.lines for p in found.points] == [p.lines for p in expected.points]
    assert len(found.sweep) == len(expected.sweep)


def test_plans_are_told_against_the_lines_now(app: AppTest) -> None:
    go_to(app, "trade-off")
    app.selectbox(key="frontier-size").set_value("Coarse: 3 weights").run()
    app.button(key="find").click().run()
    finished(app, "frontier")
    # Engset for 95 + 5 lines: 79.260393 an hour on each of two dialers.
    assert "The lines as they are: 158.5 transfers an hour, 79.3 left if D1 fails" in text(app)
    (frame,) = [d.value for d in app.dataframe if "Proven within" in d.value]
    assert frame["Transfers an hour"][0] == "158.5 (0 %)"
    app.session_state["frontier-rows"] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    app.run()
    assert "Against the lines now" in text(app)
    assert "costs" in text(app).lower()
