"""Nothing is lost and nothing surprises: opening, saving, reloading, renaming, deleting."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner.app.editing.edited_lines import apply_edits, open_lines
from planner.app.editing.fleets import fleet_difference
from planner.tables.folder import read_folder
from tests.support.pages import ROOT, edit, go_to, lines, new_session


def workspace(app: AppTest):  # type: ignore[no-untyped-def]
    return app.session_state["workspace"]


def saved(app: AppTest, name: str, dial_lines: str) -> AppTest:
    edit(app, {0: {"dial_lines": dial_lines}})
    next(item for item in app.text_input if item.label == "Name").set_value(name)
    return app.button(key="save-new").click().run()


def test_another_fleet_opens_at_once_where_nothing_was_changed(app: AppTest) -> None:
    app.button(key="open-regional").click().run()
    assert app.title[0].value == "Line plan: regional"


def test_unsaved_changes_are_asked_about_before_another_fleet_opens(app: AppTest) -> None:
    edit(app, {0: {"dial_lines": "60"}})
    app.button(key="open-regional").click().run()
    assert not app.exception
    assert app.title[0].value == "Line plan: quickstart"
    app.button(key="wish-stay").click().run()
    assert not [b for b in app.button if b.key == "wish-stay"]
    assert lines(app)["Solar", "D1"] == (60, 5)

    app.button(key="open-regional").click().run()
    app.button(key="wish-open").click().run()
    assert app.title[0].value == "Line plan: regional"
    go_to(app, "plans")
    assert "quickstart: Solar on D1 changed" in told(app)


def test_changes_are_saved_before_another_fleet_opens(app: AppTest) -> None:
    edit(app, {0: {"dial_lines": "60"}})
    app.button(key="open-regional").click().run()
    app.button(key="wish-save").click().run()
    assert not app.exception
    assert app.title[0].value == "Line plan: regional"
    go_to(app, "plans")
    assert list(app.dataframe[0].value["Plan"]) == ["quickstart"]
    assert not workspace(app).offers


def test_applying_tables_does_not_ask(app: AppTest) -> None:
    edit(app, {0: {"dial_lines": "60"}})
    go_to(app, "data")
    app.button(key="apply").click().run()
    assert workspace(app).wish is None
    assert lines(app)["Solar", "D1"] == (60, 5)


def test_after_saving_the_address_opens_what_was_saved(app: AppTest) -> None:
    saved(app, "Monday", "60")
    address = app.query_params["saved"]
    assert address == workspace(app).open_plan.plan_id
    again = new_session()
    again.query_params["saved"] = address
    again.run()
    assert again.title[0].value == "Line plan: Monday"
    assert lines(again)["Solar", "D1"] == (60, 5)
    again.button(key="open-regional").click().run()
    assert "saved" not in again.query_params


def test_a_plan_is_renamed_deleted_and_brought_back(app: AppTest) -> None:
    saved(app, "Monday", "60")
    picked(go_to(app, "plans"))
    next(item for item in app.text_input if item.label == "New name").set_value("Tuesday")
    app.button(key="rename").click().run()
    assert not app.exception
    assert list(app.dataframe[0].value["Plan"]) == ["Tuesday"]
    assert workspace(app).open_plan.name == "Tuesday"
    picked(app)
    app.button(key="delete").click().run()
    assert not app.exception
    assert "No plan is saved yet" in app.info[0].value
    # What is open stays open and counts as unsaved.
    assert workspace(app).open_plan is None
    assert workspace(app).is_changed
    key = next(b.key for b in app.button if (b.key or "").startswith("bring-back-"))
    app.button(key=key).click().run()
    assert list(app.dataframe[0].value["Plan"]) == ["Tuesday"]


def picked(app: AppTest) -> AppTest:
    app.session_state["plans"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    return app.run()


def test_unsaved_work_has_one_row_for_each_fleet(app: AppTest) -> None:
    for dial in ("60", "70"):
        session = new_session().run()
        session.button(key="open-quickstart").click().run()
        edit(session, {0: {"dial_lines": dial}})
    session = new_session().run()
    session.button(key="open-regional").click().run()
    edit(session, {0: {"dial_lines": "30"}})
    session = go_to(new_session().run(), "plans")
    rows = [m.value.replace("\\", "") for m in session.markdown if "changed" in m.value]
    assert [row.split(":")[0] for row in rows] == ["regional", "quickstart", "quickstart"]
    # The older one on the same fleet lies in a popover of its own.
    buttons = [b.key for b in session.button if (b.key or "").startswith("list-continue")]
    assert len(buttons) == 3
    assert rows[0].startswith("regional: Medicare on ATL-1 changed")


def test_only_plans_of_the_same_fleet_are_compared(app: AppTest) -> None:
    saved(app, "Monday", "60")
    app.button(key="open-regional").click().run()
    go_to(app, "plans")
    assert not app.exception
    assert "different fleets" in app.info[0].value.replace("\\", "")
    assert "campaigns of the left one alone: Solar" in app.info[0].value.replace("\\", "")
    assert not app.metric


@pytest.mark.parametrize(("folder", "same"), [("quickstart", True), ("regional", False)])
def test_fleets_differ_by_their_campaigns_and_dialers_not_by_their_lines(
    folder: str, same: bool
) -> None:
    one = open_lines(read_folder(ROOT / "data" / "quickstart"))
    other = open_lines(read_folder(Path(ROOT / "data" / folder)))
    changed, _ = apply_edits(other, {other.pairs[0]: {"dial_lines": "7"}})
    assert (fleet_difference(one, changed) == "") is same


def told(app: AppTest) -> str:
    return " ".join(item.value for item in app.markdown).replace("\\", "")
