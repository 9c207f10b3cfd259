"""Quick edits, repairs, single rows of a proposal and the why panel, without a browser."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from planner.ui.optimise import rows_key
from tests.interface.pages import edit, lines, new_session


@pytest.fixture
def app() -> AppTest:
    return new_session().run().button(key="open-quickstart").click().run()


def test_quick_edits_are_one_step_each(app: AppTest) -> None:
    edit(app, {0: {"dial_lines": "60", "agent_lines": "3"}})
    app.button(key="quick-even_out").click().run()
    assert lines(app) == {("Solar", "D1"): (78, 4), ("Solar", "D2"): (77, 4)}
    app.button(key="quick-match_agents").click().run()
    assert lines(app) == {("Solar", "D1"): (78, 5), ("Solar", "D2"): (77, 5)}
    app.button(key="quick-clear").click().run()
    assert not app.exception
    assert lines(app) == {}
    for _ in range(3):
        app.button(key="undo").click().run()
    assert lines(app) == {("Solar", "D1"): (60, 3), ("Solar", "D2"): (95, 5)}


def test_a_broken_limit_is_repaired_by_one_click(app: AppTest) -> None:
    edit(app, {0: {"dial_lines": "120"}})
    assert "D1: 125 ports used, 100 exist." in app.warning[0].value.replace("\\", "")
    app.button(key="fix-0").click().run()
    assert not app.exception
    assert not app.warning
    assert lines(app)["Solar", "D2"] == (95, 5)
    app.button(key="undo").click().run()
    assert lines(app)["Solar", "D1"] == (120, 5)


def test_single_rows_of_a_proposal_are_taken(app: AppTest) -> None:
    edit(app, {0: {"dial_lines": "40"}, 1: {"dial_lines": "30"}})
    app.button(key="optimise").click().run()
    job = app.session_state["desk"].job
    job.wait(300)  # a first run compiles
    app.run()
    assert app.button(key="take-rows").disabled
    proposed = job.result.plan.lines()
    key = rows_key(app.session_state["desk"].scenario, job.result.plan)
    app.session_state[key] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    app.run()
    app.button(key="take-rows").click().run()
    assert not app.exception
    assert lines(app) == {
        ("Solar", "D1"): (40, 5),
        ("Solar", "D2"): proposed["Solar", "D2"],
    }
    app.button(key="take").click().run()
    assert lines(app) == proposed


def test_the_why_panel_says_what_one_more_line_would_bring(app: AppTest) -> None:
    app.toggle(key="why").set_value(True).run()
    assert not app.exception
    told = " ".join(item.value for item in app.markdown)
    assert "one more dial line" in told
    assert "100 ports are in use" in told.replace("\\", "")
