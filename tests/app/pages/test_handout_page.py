"""The hand-out page without a browser."""

from __future__ import annotations

from datetime import datetime

from streamlit.testing.v1 import AppTest

from tests.support.pages import edit, finished, go_to


def shown(app: AppTest) -> str:
    return " ".join(item.proto.body for item in app.get("html"))


def test_lines_that_nobody_changed_are_listed_whole(app: AppTest) -> None:
    go_to(app, "hand-out")
    assert not app.exception
    assert "2 rows. All lines of each dialer" in shown(app)
    row = '<td>Solar</td><td class="number">95</td><td class="number">5</td>'
    assert shown(app).count(row) == 2
    assert "what is to be set is picked under" in app.caption[0].value


def test_without_lines_the_page_says_what_to_do_first(app: AppTest) -> None:
    for row in (0, 1):
        edit(app, {row: {"dial_lines": 0, "agent_lines": 0}})
    go_to(app, "hand-out")
    app.selectbox(key="handout-of").set_value("All lines on the Plan page, as they are").run()
    assert not app.exception
    assert "There are no lines yet" in app.info[0].value


def test_edited_lines_are_handed_out_against_those_as_opened(app: AppTest) -> None:
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
    app.selectbox(key="handout-of").set_value("The moves of Scenario 1").run()
    assert not app.exception
    assert "D2: set these lines" in shown(app)
    assert '<td class="number">95</td><td class="number new">90</td>' in shown(app)
