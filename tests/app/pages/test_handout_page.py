"""The hand-out page without a browser."""

from __future__ import annotations

from datetime import datetime

from streamlit.testing.v1 import AppTest

from tests.support.pages import edit, finished, go_to


def shown(app: AppTest) -> str:
    return " ".join(item.proto.body for item in app.get("html"))


def test_edited_lines_are_handed_out_against_those_as_opened(app: AppTest) -> None:
    go_to(app, "hand-out")
    assert "Nothing is to be set" in shown(app)
    go_to(app, "plan")
    edit(app, {0: {"dial_lines": 80}})
    assert not app.exception
    go_to(app, "hand-out")
    assert not app.exception
    assert "D1: set these lines</h2>" in shown(app)
    assert '<td class="number">95</td><td class="number new">80</td>' in shown(app)


def test_the_moment_to_set_them_stands_above_each_dialer(app: AppTest) -> None:
    edit(app, {0: {"dial_lines": 80}})
    go_to(app, "hand-out")
    app.get("date_time_input")[0].set_value(datetime(2030, 3, 4, 9, 0)).run()
    assert not app.exception
    assert "D1: set these lines at Mon 4 Mar 2030 09:00 (UTC)" in shown(app)


def test_the_moves_of_a_scenario_can_be_handed_out(app: AppTest) -> None:
    go_to(app, "what-if")
    app.multiselect(key="down-1").set_value(["D1"]).run()
    app.button(key="replan").click().run()
    finished(app, "replan")
    go_to(app, "hand-out")
    app.selectbox(key="handout-of").set_value("The moves of the scenario Scenario 1").run()
    assert not app.exception
    assert "D2: set these lines" in shown(app)
    assert '<td class="number">95</td><td class="number new">90</td>' in shown(app)
