"""What a part of a page does before it is drawn and after, when it runs by itself."""

from __future__ import annotations

import pytest
import streamlit as st

from planner.app.editing.edited_lines import open_lines
from planner.app.session import begin
from planner.app.session.begin import is_part, taking_in
from planner.app.session.workspace import BOARD_KEY, Workspace
from planner.tables.folder import read_folder
from tests.support.program import ROOT

TYPED = {
    "mount": "one",
    "batches": [{"id": 1, "column": "dial_lines", "cells": [["Medicare", "ATL-1", "7"]]}],
}


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A fleet that is open, and a cell that was typed into."""
    monkeypatch.setattr(st, "session_state", {BOARD_KEY: {"typed": TYPED}})
    monkeypatch.setattr(begin, "is_part", lambda: True)
    found = Workspace()
    found.open_lines(open_lines(read_folder(ROOT / "data" / "regional")), "regional")
    return found


def lines(workspace: Workspace) -> int:
    assert workspace.edited is not None
    return workspace.edited.by_pair()["Medicare", "ATL-1"].dial_lines


def test_a_run_that_nobody_asked_for_is_of_a_whole_page() -> None:
    assert not is_part()


def test_whoever_was_signed_out_changes_nothing_through_a_part_of_a_page(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, kept = lines(workspace), []
    monkeypatch.setattr(begin, "is_admitted", lambda: False)
    monkeypatch.setattr(begin, "keep_draft", kept.append)
    with taking_in(workspace) as may_go_on:
        assert not may_go_on
    assert lines(workspace) == before != 7
    assert not kept


def test_what_is_typed_is_drawn_and_then_kept_also_if_drawing_fails(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[int] = []
    monkeypatch.setattr(begin, "is_admitted", lambda: True)
    monkeypatch.setattr(begin, "keep_draft", lambda found: kept.append(lines(found)))
    drawn: list[int] = []

    def draw() -> None:
        with taking_in(workspace) as may_go_on:
            assert may_go_on
            assert not kept
            drawn.append(lines(workspace))
            raise LookupError

    with pytest.raises(LookupError):
        draw()
    assert drawn == kept == [7]
