"""Every page with every data folder, with none, with an empty and with a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.contracts.problem import Problem
from planner.tables.folder import read_folder
from planner.tables.folder_writing import write_folder
from tests.support.pages import FOLDERS, PAGES, ROOT, go_to, losses, new_session


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_page_shows_every_example(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_FOLDER", str(ROOT / "data" / folder))
    app = new_session().run()
    for page in PAGES:
        go_to(app, page)
        assert not app.exception, page
        assert not app.error, page
        assert app.title, page


def test_every_page_says_what_to_do_first() -> None:
    app = new_session().run()
    for page in PAGES:
        go_to(app, page)
        assert not app.exception, page
        if page != "plans":
            assert app.button(key="open-quickstart"), page


def test_every_page_bears_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_FOLDER", str(tmp_path))
    app = new_session().run()
    assert "cannot be opened" in app.error[0].value
    for page in PAGES:
        go_to(app, page)
        assert not app.exception, page


def test_every_page_bears_a_broken_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dialers.csv").write_text("dialer_id,ports\nD1,lots\n")
    (tmp_path / "campaigns.csv").write_bytes(b"\xff\xfe\x00garbage")
    monkeypatch.setenv("PLANNER_FOLDER", str(tmp_path))
    app = new_session().run()
    assert "cannot be opened" in app.error[0].value
    for page in PAGES:
        go_to(app, page)
        assert not app.exception, page


def test_every_page_bears_a_fleet_without_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dialers.csv", "campaigns.csv"):
        text = (ROOT / "data" / "quickstart" / name).read_text()
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("PLANNER_FOLDER", str(tmp_path))
    app = new_session().run()
    for page in PAGES:
        go_to(app, page)
        assert not app.exception, page
        assert not app.error, page


def test_ids_are_text_on_every_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "<b id='planted'>x</b> **bold** :red[y] $z$"
    (tmp_path / "dialers.csv").write_text(f'dialer_id,ports\n"{hostile}",10\nD2,50\n')
    (tmp_path / "campaigns.csv").write_text(
        "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds\n"
        f'"{hostile}",5,25,0.1,0.1,180\n'
    )
    (tmp_path / "assignments.csv").write_text(
        "campaign_id,dialer_id,dial_lines,agent_lines\n"
        f'"{hostile}","{hostile}",20,3\n"{hostile}",D2,20,2\n'
    )
    monkeypatch.setenv("PLANNER_FOLDER", str(tmp_path))
    app = new_session().run()
    for page in PAGES:
        go_to(app, page)
        if page == "what-if":
            app.multiselect(key="down-1").set_value([hostile]).run()
        assert not app.exception, page
        shown = [*app.markdown, *app.caption, *app.warning, *app.error, *app.info, *app.success]
        told = [item.value for item in shown] + [button.label for button in app.button]
        told += [expander.label for expander in app.expander]
        for text in told:
            # Markdown reads an escaped character as itself.
            assert "<b" not in text.replace("\\<", ""), page
            assert "**bold" not in text, page
            assert ":red[" not in text, page


@pytest.mark.parametrize(
    "name", ["North\u00a01", "\u0639\u0631\u0628\u064a\u200f", "base", "N" * 150, "<b>*_$x$_* .="]
)
def test_every_page_bears_whatever_a_dialer_or_a_campaign_may_be_called(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = read_folder(ROOT / "data" / "quickstart")
    renamed = Problem(
        dialers=tuple(
            d.model_copy(update={"dialer_id": name}) if d.dialer_id == "D1" else d
            for d in fleet.dialers
        ),
        campaigns=tuple(c.model_copy(update={"campaign_id": name}) for c in fleet.campaigns),
        assignments=tuple(
            a.model_copy(
                update={"campaign_id": name} | ({"dialer_id": name} if a.dialer_id == "D1" else {})
            )
            for a in fleet.assignments
        ),
    )
    write_folder(renamed, tmp_path)
    monkeypatch.setenv("PLANNER_FOLDER", str(tmp_path))
    app = new_session().run()
    for page in PAGES:
        go_to(app, page)
        assert not app.exception, page
        assert not app.error, page
    # What if it fails? 79.260393 an hour are left of 95 + 5 lines on each of two dialers (Engset).
    go_to(app, "what-if")
    app.multiselect(key="down-1").set_value([name]).run()
    assert not app.exception
    assert losses(app)["Transfers an hour"]["If nobody reacts"] == "79.3"
