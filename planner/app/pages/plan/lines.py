"""What of the plan page follows every edit: the tiles, what wants attention, and the lines.

After an edit on the board only this part is run, drawn and sent: half of what a whole page is, for
the server and for the browser. What hangs on the lines elsewhere (whether there is something to
undo, charts, a proposal) follows as soon as nobody types, which the board says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import streamlit as st

from planner.app.editing.assessment import Assessment, assess
from planner.app.editing.board.over_limit import over_limit
from planner.app.editing.edited_lines import EditedLines, EditMessage
from planner.app.pages.plan.board import show_board
from planner.app.pages.plan.filters import choose_view
from planner.app.pages.plan.grid import show_grid
from planner.app.pages.plan.messages import show_messages
from planner.app.session.begin import is_part, taking_in
from planner.app.session.text import plain
from planner.app.session.workspace import BOARD_KEY, Workspace
from planner.app.throttle import drawing
from planner.app.widgets.headline import show_headline
from planner.app.widgets.moments import chosen_moment
from planner.evaluation.notes import value_note

_AS_OPENED = "opened"


def is_blank(edited: EditedLines) -> bool:
    """Whether there are no lines, nor were any: then figures would only be zeros."""
    return not edited.lines and not edited.baseline.assignments


class _Drawn(NamedTuple):
    """What the whole page was drawn from last."""

    edited: EditedLines | None
    messages: tuple[EditMessage, ...]
    puts: int


def show_lines(here: Workspace) -> None:
    """Draw this part of the page."""
    _follow(here, _Drawn(here.edited, here.messages, here.puts))


@st.fragment
def _follow(here: Workspace, drawn: _Drawn) -> None:
    with drawing(), taking_in(here) as may_go_on:
        if not may_go_on or (is_part() and _is_for_all(here, drawn)):
            st.rerun()
        with st.container(gap="xsmall"):
            _draw(here, is_stale=_is_stale(here, drawn))


def _is_stale(here: Workspace, drawn: _Drawn) -> bool:
    """Whether the rest of the page shows what was before."""
    return here.edited is not drawn.edited or here.messages != drawn.messages


def _is_for_all(here: Workspace, drawn: _Drawn) -> bool:
    """Whether the rest of the page is to follow now.

    Not while somebody types into the board; at once where a click put other lines in place, or
    where rows are typed into, which cannot tell when nobody does.
    """
    state: Any = st.session_state.get(BOARD_KEY)
    is_resting = not state or bool(state.get("rested"))
    return here.puts != drawn.puts or (is_resting and _is_stale(here, drawn))


def _draw(here: Workspace, is_stale: bool) -> None:
    edited = here.edited
    if edited is None:
        return
    at = chosen_moment()
    view = here.view = assess(edited, at, here.view)
    opened = here.loaded_assessment(edited, at)
    if is_blank(edited):
        view = replace(view, breaches=())  # that nothing runs yet needs no red
        _show_beginning(here, edited)
    else:
        before = opened.headline if edited.baseline.assignments else None
        show_headline(view.headline, before, _AS_OPENED, over=over_limit(view))
        show_messages(here, view)
    _show_rows(here, edited, view, opened, is_stale)


def _show_beginning(here: Workspace, edited: EditedLines) -> None:
    """What to do while there are no lines."""
    found = here.job.result if here.job is not None and here.job.done else None
    words = (
        "No lines yet: **Take all** puts the proposed plan into the board."
        if found is not None and found.plan is not None
        else "No lines yet: press **Optimise**, or type some into the board."
    )
    note = value_note(edited.problem)
    st.info(words + (f"\n\n{plain(note)}" if note else ""), icon=":material/lightbulb:")


def _show_rows(
    here: Workspace, edited: EditedLines, view: Assessment, opened: Assessment, is_stale: bool
) -> None:
    """The lines as a board, or as a list of rows: what is chosen, and what is in view."""
    chosen, pairs = choose_view(here, edited)
    if chosen is None:
        here.show_rows(pairs)
        show_grid(here, view)
    else:
        show_board(here, view, opened, chosen, pairs, is_stale=is_stale)
