"""Saved scenarios in the pages: versions, comparison and links."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.support.pages import go_to, new_session, text


def save_scenario(app: AppTest, name: str, agents: int) -> None:
    """As a new one, from the first place of the page."""
    app.slider(key="agents-1").set_value(agents).run()
    app.text_input(key="world-name-1").set_value(name)
    app.button(key="scenario-new-1").click().run()
    assert not app.exception


def test_a_scenario_is_saved_and_opened_by_somebody_else(app: AppTest) -> None:
    go_to(app, "what-if")
    app.text_input(key="world-name-1").set_value("D1 fails").run()
    app.multiselect(key="down-1").set_value(["D1"]).run()
    app.slider(key="agents-1").set_value(-20).run()
    # Typed and clicked in one breath: both reach the server together.
    app.text_input(key="scenario-note-1").set_value("as in May")
    app.button(key="scenario-new-1").click().run()
    assert "Saved as version 1 of the scenario D1 fails" in app.toast[0].value

    other = new_session().run().button(key="open-quickstart").click().run()
    go_to(other, "what-if")
    other.button(key="scenario-open-1").click().run()
    assert not other.exception
    assert other.multiselect(key="down-1").value == ["D1"]
    assert other.slider(key="agents-1").value == -20
    assert "**D1 fails**" in text(other)
    other.slider(key="agents-1").set_value(-30).run()
    other.button(key="scenario-save-1").click().run()
    # The first one has version 1 still.
    app.slider(key="agents-1").set_value(-10).run()
    app.button(key="scenario-save-1").click().run()
    told = " ".join(t.value for t in app.toast).replace("\\", "")
    assert "Not saved:" in told
    assert "saved version 2 of D1 fails" in told
    assert app.slider(key="agents-1").value == -10

    go_to(other, "plans")
    other.session_state["scenarios"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    other.run()
    assert not other.exception
    assert "D1 is out of service; 30 % fewer agents on shift" in text(other)
    (history,) = [box for box in other.selectbox if box.label == "Version of the scenario"]
    history.select_index(1).run()
    other.button(key="scenario-restore").click().run()
    assert not other.exception
    assert "Version 1 restored as version 3 of D1 fails." in other.success[0].value.replace(
        "\\", ""
    )


def test_saved_scenarios_are_compared_and_opened_side_by_side(app: AppTest) -> None:
    go_to(app, "what-if")
    app.multiselect(key="down-1").set_value(["D1"]).run()
    save_scenario(app, "Bad day", -20)
    save_scenario(app, "Worse day", -60)
    go_to(app, "plans")
    compared = app.multiselect(key="scenarios-compared")
    compared.set_value(list(reversed(compared.options))).run()
    assert not app.exception
    said, worlds = (frame.value for frame in app.dataframe[-2:])
    assert list(said.columns) == ["Bad day", "Worse day"]
    assert list(said.loc["Agents on shift"]) == ["-20 %", "-60 %"]
    assert "Talk time" not in said.index, "nobody changes it"
    transfers = dict(zip(worlds["Scenario"], worlds["Transfers an hour"], strict=True))
    # D1 is lost in both. D2 has 5 agent lines: 8 agents on shift are enough for them, 4 are not.
    assert transfers["Bad day"] == "79.3"
    assert float(transfers["Worse day"]) < 79.3
    app.button(key="scenarios-open").click().run()
    go_to(app, "what-if")
    assert not app.exception
    assert app.selectbox(key="worlds").value == 2
    assert [app.slider(key=f"agents-{place}").value for place in (1, 2)] == [-20, -60]


def test_a_link_opens_scenarios_once_a_fleet_is_open(app: AppTest) -> None:
    go_to(app, "what-if")
    save_scenario(app, "Few agents", -45)
    go_to(app, "plans")
    app.session_state["scenarios"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    (link,) = [code.value for code in app.code if "scenario=" in code.value]
    other = new_session()
    other.query_params["scenario"] = link.partition("scenario=")[2]
    go_to(other.run(), "what-if")
    assert "A link to a scenario waits" in other.info[0].value
    other.button(key="open-quickstart").click().run()
    assert not other.exception
    assert other.text_input(key="world-name-1").value == "Few agents"
    assert other.slider(key="agents-1").value == -45


def test_a_link_to_no_scenario_says_so(app: AppTest) -> None:
    other = new_session()
    other.query_params["scenario"] = "nothing"
    other.run().button(key="open-quickstart").click().run()
    go_to(other, "what-if")
    assert not other.exception
    assert "no saved scenario at this link" in other.toast[0].value
