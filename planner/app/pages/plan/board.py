"""The board of the plan page: sent to the browser, and what is typed there taken in.

Streamlit's own grid cannot show it: it colours no cell that may be edited, pins columns to the left
only and no rows at all, and lets a column be edited whole or not at all. So the board is a table of
ours (``browser/board.js``), served by Streamlit as a component.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from planner.app.editing.assessment import Assessment
from planner.app.editing.board.parts import Board, Cell, Measure, Note
from planner.app.editing.board.table import draw_board
from planner.app.editing.edited_lines import PairKey
from planner.app.session.workspace import BOARD_KEY, Workspace
from planner.version import __version__

BOARD_NAME = "Board of lines"
_PACKAGE, _NAME = "planner", "board"
_FOLDER = Path(__file__).with_name("browser")


def show_board(
    workspace: Workspace,
    view: Assessment,
    opened: Assessment,
    measure: Measure,
    pairs: Sequence[PairKey],
    *,
    is_stale: bool,
) -> None:
    """Draw the board; what is typed is taken in on the next run of the page.

    Parameters
    ----------
    is_stale : whether the rest of the page is to follow, once nobody types
    """
    board = draw_board(view, opened, measure, pairs, workspace.messages)
    sent = _sent(board) | {
        "name": BOARD_NAME,
        "measure": "paused" if measure is Measure.PAUSED else "calls",
        "applied": workspace.board_applied,
        "stale": is_stale,
    }
    _component()(
        key=BOARD_KEY,
        data={"board": json.dumps(sent, separators=(",", ":"))},
        on_typed_change=_ignore,
        on_rested_change=_ignore,
    )


def _ignore() -> None:
    """What is typed is read before any page is drawn."""


def _component() -> Any:
    """The component, made known to the server that runs this page (a test has one of its own)."""
    manager = get_bidi_component_manager()
    name = f"{_PACKAGE}.{_NAME}"
    if manager.get_component_asset_root(name) is None:
        config = ComponentConfig(name=_NAME, asset_dir=_FOLDER.name)
        manifest = ComponentManifest(name=_PACKAGE, version=__version__, components=[config])
        manager.register_from_manifest(manifest, _FOLDER.parent)
    return st.components.v2.component(name, js="board.js", css="board.css", isolate_styles=False)


def _sent(board: Board) -> dict[str, object]:
    """As short as it can be: of a large fleet thousands of cells are sent at every edit."""
    return {
        "column": board.column,
        "dialers": [
            [*_note(dialer), domain]
            for dialer, domain in zip(board.dialers, board.domains, strict=True)
        ],
        "ends": [_note(end) for end in board.ends],
        "rows": [
            {
                "head": _note(row.head),
                "cells": [_cell(cell) for cell in row.cells],
                "closed": row.closed,
                "ends": [_note(end) for end in row.ends],
            }
            for row in board.rows
        ],
        "feet": [
            {
                "label": foot.label,
                "told": foot.told,
                "cells": [_note(note) for note in foot.cells],
                "total": foot.total.text,
            }
            for foot in board.feet
        ],
    }


def _note(note: Note) -> list[str]:
    return [note.text, note.change, note.broken, note.told]


def _cell(cell: Cell) -> list[object]:
    marks = ("l" if cell.is_locked else "") + ("c" if cell.is_changed else "")
    return [cell.dialer, cell.text, round(cell.level, 3), cell.broken, cell.told, marks]
