"""Quick edits, repairs, single rows of a proposal and why these lines, without a browser."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from planner.app.pages.plan.optimise import rows_key
from planner.contracts.answers import Loss
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment
from tests.support.pages import edit, lines, new_session
from tests.support.results import plan_result


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
    assert "One limit is broken." in told(app)
    assert "D1: 125 ports used, 100 exist." in told(app)
    app.button(key="fix-0").click().run()
    assert not app.exception
    assert "These lines keep every limit." in told(app)
    assert lines(app)["Solar", "D2"] == (95, 5)
    app.button(key="undo").click().run()
    assert lines(app)["Solar", "D1"] == (120, 5)


def test_limits_that_are_not_in_view_are_counted(app: AppTest) -> None:
    app.button(key="open-regional").click().run()
    assert "3 limits are broken." in told(app)
    assert "more below" not in " ".join(item.value for item in app.caption)
    app.button(key="open-sites").click().run()
    assert "4 limits are broken." in told(app)  # three have room
    assert "1 more below" in " ".join(item.value for item in app.caption)


def test_all_broken_limits_are_repaired_by_one_click(app: AppTest) -> None:
    edit(app, {0: {"dial_lines": "120"}, 1: {"dial_lines": "3", "agent_lines": "8"}})
    assert "3 limits are broken." in told(app)
    app.button(key="fix-all").click().run()
    assert not app.exception
    assert "These lines keep every limit." in told(app)
    app.button(key="undo").click().run()
    assert lines(app) == {("Solar", "D1"): (120, 5), ("Solar", "D2"): (3, 8)}


def test_many_broken_limits_are_turned_over_like_pages(app: AppTest) -> None:
    app.button(key="open-regional").click().run()
    rows = len(app.session_state["workspace"].edited.pairs)
    edit(app, {row: {"dial_lines": "1", "agent_lines": "2"} for row in range(rows)})
    count = int(re.search(r"(\d+) limits are broken", told(app)).group(1))  # type: ignore[union-attr]
    assert count > 20
    first = set(fix_places(app))
    app.selectbox(key="breaches-in-view").set_value(10).run()
    assert not app.exception
    assert max(fix_places(app)) < 20
    assert not first & set(fix_places(app))
    # What the second page offers is repaired, not what the first one does.
    number = fix_places(app)[0]
    repaired = app.session_state["workspace"].view.breaches[number].message
    app.button(key=f"fix-{number}").click().run()
    assert repaired not in [b.message for b in app.session_state["workspace"].view.breaches]


def told(app: AppTest) -> str:
    return " ".join(item.value for item in app.markdown).replace("\\", "")


def fix_places(app: AppTest) -> list[int]:
    keys = [button.key.removeprefix("fix-") for button in app.button if button.key]
    return [int(key) for key in keys if key.isdigit()]


def test_single_rows_of_a_proposal_are_taken(app: AppTest) -> None:
    edit(app, {0: {"dial_lines": "40"}, 1: {"dial_lines": "30"}})
    app.button(key="optimise").click().run()
    job = app.session_state["workspace"].job
    job.wait(300)  # a first run compiles
    app.run()
    assert app.button(key="take-rows").disabled
    proposed = job.result.plan.lines()
    key = rows_key(app.session_state["workspace"].edited, job.result.plan)
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


def test_what_a_plan_takes_away_is_said_beside_the_button_that_takes_it(app: AppTest) -> None:
    app.button(key="optimise").click().run()
    job = app.session_state["workspace"].job
    job.wait(300)
    other = LineAssignment(campaign_id="Solar", dialer_id="D1", dial_lines=90, agent_lines=10)
    for names, words in (
        ((), "now 158.5. More below"),
        (("Solar",), "now 158.5; **1 campaign loses over a tenth**. More below"),
        (("Solar", "Tax"), "now 158.5; **2 campaigns lose over a tenth**. More below"),
    ):
        losses = tuple(
            Loss(campaign_id=name, calls="transfers", before_per_hour=90.0, after_per_hour=9.0)
            for name in names
        )
        job.result = plan_result(plan=LinePlan(assignments=(other,)), losses=losses)
        app.run()
        assert not app.exception
        assert words in told(app)


def test_a_button_beside_the_figures_tells_why_and_what_one_more_line_would_bring(
    app: AppTest,
) -> None:
    assert "one more dial line" not in told(app)  # it is worked out when asked for
    app.button(key="why").click().run()
    assert not app.exception
    assert "one more dial line" in told(app)
    assert "100 ports are in use" in told(app)
