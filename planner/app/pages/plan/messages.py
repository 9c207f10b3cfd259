"""Everything about the lines that wants attention, in words, with a step that repairs it."""

from __future__ import annotations

import streamlit as st

from planner.app.editing.assessment import Assessment
from planner.app.editing.board.nearest_limit import nearest_sentence
from planner.app.editing.board.slack import slack_sentences
from planner.app.editing.edited_lines import EditedLines
from planner.app.editing.repairs import Fix, find_fixes, fix_all, fix_one
from planner.app.pages.plan.why import offer_why
from planner.app.session.text import plain
from planner.app.session.workspace import Workspace
from planner.evaluation.limits.check import Breach

#: So many broken limits are read at a time; more are turned over like pages. Steps are looked for
#: only for those in view: of a large fleet, hundreds may be broken at once.
_IN_VIEW = 10
#: Room for a headline and three limits, of which each takes a line.
_PIXELS, _LINES = 104, 4


def show_messages(workspace: Workspace, view: Assessment) -> None:
    """Bad cells, broken limits and what the figures leave out, in a place of its own height.

    That height never changes: the board below stays where it is whatever is mended. Where few
    limits are broken, what is left over and what comes next fill it.
    """
    edited, breaches = workspace.edited, view.breaches
    with st.container(height=_PIXELS, border=False, gap=None, key="limits"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            start = _show_count(workspace, breaches)
            _show_hidden(len(workspace.messages) + min(len(breaches) - start, _IN_VIEW))
            if edited is not None:
                offer_why(edited)
        for message in workspace.messages:
            name = f"{message.campaign_id} on {message.dialer_id}"
            st.markdown(
                f":material/edit_off: **Not taken.** {plain(name)}: {plain(message.message)}"
            )
        if edited is not None:
            _show_breaches(workspace, edited, breaches, start)
        taken = 1 + len(workspace.messages) + len(breaches) + len(view.notes)
        for sentence in _quiet_sentences(view, _LINES - taken):
            st.markdown(plain(sentence))
        for note in view.notes:
            st.caption(plain(note))


def _quiet_sentences(view: Assessment, room: int) -> tuple[str, ...]:
    """What is left over, and what is next to its limit; all of it where no limit is broken."""
    if view.breaches and room <= 0:
        return ()
    slack, nearest = slack_sentences(view), nearest_sentence(view)
    if view.breaches:
        return (*slack, nearest)[:room]
    if len(slack) < room:
        return (*slack, nearest)
    # Side by side, where notes need lines too.
    return (" ".join(slack), nearest) if room > 1 else (" ".join((*slack, nearest)),)


def _show_breaches(
    workspace: Workspace, edited: EditedLines, breaches: tuple[Breach, ...], start: int
) -> None:
    end = min(start + _IN_VIEW, len(breaches))
    fixes = find_fixes(edited, breaches, range(start, end))
    for number, breach, fix in zip(range(start, end), breaches[start:end], fixes, strict=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(plain(breach.message), width="content")
            _show_fix(workspace, number, breach, fix)


def _show_count(workspace: Workspace, breaches: tuple[Breach, ...]) -> int:
    """How many limits are broken, and a button for all; the result is the first in view."""
    count = len(breaches)
    if not count:
        st.markdown(":material/check_circle: These lines keep every limit.", width="content")
        return 0
    words = "One limit is" if count == 1 else f"{count:,} limits are"
    st.markdown(f":material/warning: **{words} broken.**", width="content")
    if count > 1:
        st.button(
            "Fix all",
            key="fix-all",
            type="tertiary",
            icon=":material/build:",
            help="One step after the other, for every limit that a step repairs without "
            "breaking another. Locked rows stay as they are. Undo takes all of it back.",
            on_click=workspace.change,
            args=(fix_all,),
        )
    if count <= _IN_VIEW:
        return 0
    start: int = st.selectbox(
        "Limits in view",
        range(0, count, _IN_VIEW),
        key="breaches-in-view",
        format_func=lambda s: f"{s + 1}-{min(s + _IN_VIEW, count)} of {count:,}",
        label_visibility="collapsed",
        width=200,
    )
    return start


def _show_hidden(lines: int) -> None:
    """That there is more to be read than is in view: nobody expects so small a place to scroll."""
    hidden = lines - (_LINES - 1)
    if hidden > 0:
        st.caption(f":material/arrow_downward: {hidden} more below", width="content")


def _show_fix(workspace: Workspace, number: int, breach: Breach, fix: Fix | None) -> None:
    if fix is None:
        st.caption("No single step repairs this.", width="content")
        return
    st.button(
        f"Fix it: {plain(fix.words)}",
        key=f"fix-{number}",
        type="tertiary",
        icon=":material/build:",
        on_click=_take,
        args=(workspace, breach),
    )


def _take(workspace: Workspace, breach: Breach) -> None:
    """Repair the lines as they are by now: an edit may have come with the click."""
    workspace.change(lambda edited: fix_one(edited, breach))
