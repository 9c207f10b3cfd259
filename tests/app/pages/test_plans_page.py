"""Saved plans, their history, conflicts and drafts, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.pages import edit, figures, go_to, lines, new_session


def saved(app: AppTest, name: str, dial_lines: str) -> AppTest:
    """Edit the first row and save the plan under a new name."""
    edit(app, {0: {"dial_lines": dial_lines}})
    field = next(item for item in app.text_input if item.label == "Name")
    field.set_value(name)  # and clicked at once: both reach the server together
    return app.button(key="save-new").click().run()


def test_the_first_plan_can_be_saved_where_it_will_be_listed(app: AppTest) -> None:
    go_to(app, "plans")
    app.button(key="save-new").click().run()
    assert not app.exception
    assert [d.value["Plan"].tolist() for d in app.dataframe][:1] == [["quickstart"]]


def test_without_plans_the_page_says_what_to_do(app: AppTest) -> None:
    go_to(app, "plans")
    assert not app.exception
    assert "No plan is saved yet" in app.info[0].value


def test_a_saved_plan_is_listed_and_opens_from_its_link(app: AppTest) -> None:
    saved(app, "Monday", "60")
    assert not app.exception
    go_to(app, "plans")
    assert not app.exception
    assert list(app.dataframe[0].value["Plan"]) == ["Monday"]
    assert list(app.dataframe[0].value["Version"]) == [1]

    other = new_session()
    other.query_params["saved"] = app.session_state["workspace"].open_plan.plan_id
    other.run()
    assert not other.exception
    assert lines(other) == {("Solar", "D1"): (60, 5), ("Solar", "D2"): (95, 5)}


def test_a_link_to_no_plan_is_told() -> None:
    app = new_session()
    app.query_params["saved"] = "nothing"
    app.run()
    assert not app.exception
    assert "no saved plan at this link" in app.warning[0].value
    assert app.button(key="open-quickstart")


def test_saving_again_makes_the_next_version(app: AppTest) -> None:
    saved(app, "Monday", "60")
    edit(app, {0: {"dial_lines": "70"}})
    app.button(key="save").click().run()
    assert app.session_state["workspace"].open_plan.version == 2
    assert not app.session_state["workspace"].is_changed


def test_two_who_edit_one_plan_are_told_and_neither_loses_anything(app: AppTest) -> None:
    saved(app, "Monday", "60")
    plan_id = app.session_state["workspace"].open_plan.plan_id
    other = new_session()
    other.query_params["saved"] = plan_id
    other.run()
    edit(other, {0: {"dial_lines": "80"}})
    other.button(key="save").click().run()

    edit(app, {0: {"dial_lines": "70"}})
    app.button(key="save").click().run()
    assert not app.exception
    assert "saved version 2 of Monday" in app.error[0].value
    assert lines(app)["Solar", "D1"] == (70, 5)

    app.button(key="conflict-overwrite").click().run()
    assert not app.error
    assert app.session_state["workspace"].open_plan.version == 3
    go_to(app, "plans")
    theirs = app.session_state["workspace"].open_plan.plan_id
    assert theirs == plan_id


def test_a_conflict_can_become_a_copy(app: AppTest) -> None:
    saved(app, "Monday", "60")
    other = new_session()
    other.query_params["saved"] = app.session_state["workspace"].open_plan.plan_id
    other.run()
    edit(other, {0: {"dial_lines": "80"}})
    other.button(key="save").click().run()
    edit(app, {0: {"dial_lines": "70"}})
    app.button(key="save").click().run()
    app.button(key="conflict-copy").click().run()
    assert app.session_state["workspace"].open_plan.name == "Monday (copy)"
    go_to(app, "plans")
    assert sorted(app.dataframe[0].value["Plan"]) == ["Monday", "Monday (copy)"]


def test_two_states_are_compared_row_by_row(app: AppTest) -> None:
    saved(app, "Monday", "60")
    go_to(app, "plans")
    app.selectbox(key="compare-right").set_value(app.selectbox(key="compare-right").value).run()
    assert "Both have the same lines." in [item.value for item in app.success]
    go_to(app, "plan")
    edit(app, {1: {"dial_lines": "50"}})
    go_to(app, "plans")
    changed = next(d.value for d in app.dataframe if "Dial lines" in d.value)
    assert list(changed["Dialer"]) == ["D2"]
    assert list(changed["Dial lines"]) == ["95 → 50"]


def test_work_that_was_not_saved_is_offered_again_after_a_crash(app: AppTest) -> None:
    edit(app, {0: {"dial_lines": "71"}})
    again = new_session().run()  # the first session is simply gone
    draft = again.session_state["workspace"].offers[0]
    again.button(key=f"offer-continue-{draft.draft_id}").click().run()
    assert not again.exception
    assert lines(again)["Solar", "D1"] == (71, 5)
    assert figures(again)["Ports used"] == "176 of 200"
    # It is this session's draft now: offered once, not twice.
    third = new_session().run()
    assert len(third.session_state["workspace"].offers) == 1
    third.button(
        key=f"offer-discard-{third.session_state['workspace'].offers[0].draft_id}"
    ).click().run()
    assert new_session().run().session_state["workspace"].offers == ()


def test_an_offer_stays_in_place_until_somebody_decides(app: AppTest) -> None:
    edit(app, {0: {"dial_lines": "71"}})
    again = new_session().run().button(key="open-quickstart").click().run()
    (draft,) = again.session_state["workspace"].offers
    edit(again, {1: {"dial_lines": "50"}})
    assert again.button(key=f"offer-continue-{draft.draft_id}"), "else all below it would move"
    again.button(key="offer-later").click().run()
    assert not [b for b in again.button if b.key and b.key.startswith("offer-")]
    go_to(again, "plans")
    again.button(key=f"list-continue-{draft.draft_id}").click().run()
    assert lines(again)["Solar", "D1"] == (71, 5)


def test_a_draft_of_a_saved_plan_goes_on_as_that_plan(app: AppTest) -> None:
    saved(app, "Monday", "60")
    assert new_session().run().session_state["workspace"].offers == (), "saved: nothing to offer"
    edit(app, {0: {"dial_lines": "61"}})
    again = new_session().run()
    draft = again.session_state["workspace"].offers[0]
    again.button(key=f"offer-continue-{draft.draft_id}").click().run()
    again.button(key="save").click().run()
    assert again.session_state["workspace"].open_plan.version == 2


def test_taking_everything_back_leaves_no_draft(app: AppTest) -> None:
    edit(app, {0: {"dial_lines": "71"}})
    app.button(key="undo").click().run()
    assert new_session().run().session_state["workspace"].offers == ()


def test_an_older_version_can_be_restored_and_a_plan_copied(app: AppTest) -> None:
    saved(app, "Monday", "60")
    edit(app, {0: {"dial_lines": "70"}})
    app.button(key="save").click().run()
    plan_id = app.session_state["workspace"].open_plan.plan_id
    go_to(app, "plans")
    app.session_state["plans"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    first = app.selectbox(key=f"version-{plan_id}").options[1]
    assert first.startswith("1, ")
    app.selectbox(key=f"version-{plan_id}").select_index(1).run()
    app.button(key="restore").click().run()
    assert not app.exception
    app.button(key="copy").click().run()
    other = new_session()
    other.query_params["saved"] = plan_id
    other.run()
    assert other.session_state["workspace"].open_plan.version == 3
    assert lines(other)["Solar", "D1"] == (60, 5)
    go_to(app, "plans")
    assert sorted(app.dataframe[0].value["Plan"]) == ["Monday", "Monday (copy)"]


def test_without_a_database_the_page_works_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PLANNER_DB", "sqlite:////proc/none/plans.db")
    app = new_session().run()
    app.button(key="open-quickstart").click().run()
    edit(app, {0: {"dial_lines": "60"}})
    assert not app.exception
    assert any("cannot be saved at the moment" in item.value for item in app.warning)
    assert lines(app)["Solar", "D1"] == (60, 5)
    go_to(app, "plans")
    assert not app.exception


def test_the_store_is_made_where_it_is_told(app: AppTest, own_store: Path) -> None:
    saved(app, "Monday", "60")
    assert own_store.exists()
