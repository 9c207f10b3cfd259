"""Pages whose database is full, away, locked or restored: nothing lost, nothing untrue said."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from planner.app.session.drafts import is_connected
from planner.app.store import Store, StoreUnavailable
from planner.app.throttle import drawing, waiting
from planner.app.widgets import style
from tests.support.pages import edit, go_to, lines, new_session

SOON = 10.0  # seconds; far more than a thread needs


def saved(app: AppTest, name: str, dial_lines: str) -> AppTest:
    """Edit the first row and save the plan under a new name."""
    edit(app, {0: {"dial_lines": dial_lines}})
    next(item for item in app.text_input if item.label == "Name").set_value(name)
    return app.button(key="save-new").click().run()


def warned(app: AppTest, words: str) -> bool:
    return any(words in item.value for item in app.warning)


def test_a_draft_that_could_not_be_written_is_tried_again_in_every_run(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreUnavailable("its disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "save_draft", full)
        edit(app, {0: {"dial_lines": "71"}})
        assert warned(app, "cannot be saved at the moment")
        app.run()
        assert warned(app, "cannot be saved at the moment"), "it still is not kept"
        go_to(app, "status")
        assert warned(app, "cannot be saved at the moment")
    app.run()
    assert not warned(app, "cannot be saved")
    assert len(new_session().run().session_state["workspace"].offers) == 1


def test_a_draft_that_could_not_be_dropped_is_dropped_later(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise StoreUnavailable("away")

    edit(app, {0: {"dial_lines": "71"}})
    with monkeypatch.context() as patch:
        patch.setattr(Store, "drop_draft", down)
        app.button(key="undo").click().run()
    app.run()
    assert new_session().run().session_state["workspace"].offers == ()


def test_a_database_that_is_away_is_not_called_empty(app: AppTest, own_store: Path) -> None:
    saved(app, "Monday", "60")
    plan_id = app.session_state["workspace"].open_plan.plan_id
    edit(app, {0: {"dial_lines": "61"}})
    away = own_store.rename(own_store.with_name("away.db"))

    go_to(app, "plans")
    assert not app.exception
    assert not [item for item in app.info if "No plan is saved" in item.value]
    assert warned(app, "cannot be saved at the moment")

    other = new_session()
    other.query_params["saved"] = plan_id
    other.run()
    assert not other.exception
    assert warned(other, "cannot be read at the moment")
    assert not warned(other, "no saved plan at this link")
    assert not own_store.exists()

    away.rename(own_store)
    other.run()
    assert lines(other)["Solar", "D1"] == (60, 5), "the link is tried again"
    assert len(other.session_state["workspace"].offers) == 1, "and so is the look for drafts"
    assert not other.warning
    app.run()
    assert list(app.dataframe[0].value["Plan"]) == ["Monday"]


def test_a_link_does_not_take_the_place_of_what_was_opened_meanwhile(
    app: AppTest, own_store: Path
) -> None:
    saved(app, "Monday", "60")
    other = new_session()
    other.query_params["saved"] = app.session_state["workspace"].open_plan.plan_id
    away = own_store.rename(own_store.with_name("away.db"))
    other.run().button(key="open-quickstart").click().run()
    away.rename(own_store)
    other.run()
    assert lines(other)["Solar", "D1"] == (95, 5)


def test_saving_a_plan_that_was_deleted_meanwhile_offers_a_new_one(
    app: AppTest, own_store: Path
) -> None:
    saved(app, "Monday", "60")
    gone = app.session_state["workspace"].open_plan.plan_id
    database = sqlite3.connect(own_store)
    database.execute("DELETE FROM versions")
    database.execute("DELETE FROM plans")
    database.commit()
    edit(app, {0: {"dial_lines": "70"}})
    app.button(key="save").click().run()
    assert not app.exception
    assert "Monday is not there any more" in app.error[0].value
    app.button(key="gone-save").click().run()
    assert not app.error
    kept = app.session_state["workspace"].open_plan
    assert (kept.name, kept.version) == ("Monday", 1)
    assert kept.plan_id != gone
    other = new_session()
    other.query_params["saved"] = kept.plan_id
    assert lines(other.run())["Solar", "D1"] == (70, 5)


def test_a_restored_database_with_fewer_versions_is_told_as_that(
    app: AppTest, own_store: Path
) -> None:
    saved(app, "Monday", "60")
    backup = own_store.read_bytes()
    edit(app, {0: {"dial_lines": "70"}})
    app.button(key="save").click().run()
    own_store.write_bytes(backup)
    edit(app, {0: {"dial_lines": "80"}})
    app.button(key="save").click().run()
    assert "version 2 went with a restored database" in app.error[0].value
    app.button(key="conflict-overwrite").click().run()
    assert app.session_state["workspace"].open_plan.version == 2
    assert not app.error


def test_a_locked_database_is_told_and_the_draft_kept_once_it_is_free(
    app: AppTest, own_store: Path
) -> None:
    backup_tool = sqlite3.connect(own_store)
    backup_tool.execute("BEGIN EXCLUSIVE")
    start = time.monotonic()
    edit(app, {0: {"dial_lines": "71"}})
    assert time.monotonic() - start < 3
    assert warned(app, "another program holds it")
    backup_tool.rollback()
    app.run()
    assert not app.warning
    assert len(new_session().run().session_state["workspace"].offers) == 1


def test_whoever_waits_for_the_database_lets_other_pages_be_drawn() -> None:
    waits, may_end = threading.Semaphore(0), threading.Event()

    def draw() -> None:
        with drawing(), waiting():
            waits.release()
            assert may_end.wait(SOON)

    pages = [threading.Thread(target=draw) for _ in range(3)]
    for page in pages:
        page.start()
    assert all(waits.acquire(timeout=SOON) for _ in pages)
    drawn = threading.Event()

    def draw_other() -> None:
        with drawing():
            drawn.set()

    threading.Thread(target=draw_other).start()
    assert drawn.wait(SOON), "three waiting pages held all places"
    may_end.set()
    for page in pages:
        page.join(SOON)
    with drawing(), drawing(), drawing():
        pass  # every place was given back


def test_a_draft_that_another_open_window_edits_is_not_offered_nor_discarded(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(app, {0: {"dial_lines": "71"}})
    late = new_session().run()  # offered while the first one was not connected
    (draft,) = late.session_state["workspace"].offers
    monkeypatch.setattr("planner.app.session.drafts.is_connected", lambda _: True)
    assert new_session().run().session_state["workspace"].offers == ()
    late.button(key=f"offer-discard-{draft.draft_id}").click().run()
    assert not late.exception
    assert late.session_state["workspace"].offers == ()
    monkeypatch.setattr("planner.app.session.drafts.is_connected", lambda _: False)
    (still,) = new_session().run().session_state["workspace"].offers
    assert still.draft_id == draft.draft_id


def test_no_browser_shows_a_session_that_the_server_does_not_know() -> None:
    assert not is_connected("gone")


def test_the_tables_own_download_is_not_offered() -> None:
    # Streamlit writes names that begin with = as they are; the rule goes by its button's name.
    static = Path(streamlit.__file__).parent / "static" / "static" / "js"
    assert any("`Download as CSV`" in path.read_text() for path in static.glob("DataFrame*.js"))
    assert 'aria-label^="Download as CSV"' in style._RULES


def test_notes_cannot_be_typed_at_any_length(app: AppTest) -> None:
    assert app.text_input(key="save-note").max_chars == 500
