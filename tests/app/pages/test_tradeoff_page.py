"""The trade-off page without a browser: plans to choose from."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.pages import finished, go_to, lines, text


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
        "planner.app.pages.tradeoff.st.altair_chart",
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
