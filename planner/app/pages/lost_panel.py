"""What to do when a dialer is lost: the first moves of the nearest plan."""

from __future__ import annotations

from functools import partial

import streamlit as st

from planner.app.editing.edited_lines import EditedLines
from planner.app.editing.live.lost_dialers import lost_dialers
from planner.app.session.text import plain
from planner.app.session.workspace import Workspace
from planner.app.widgets import running
from planner.app.widgets.given_up import show_given_up
from planner.contracts.comparison import Comparison
from planner.contracts.line_plan import LinePlan
from planner.contracts.result import PlanFigures, PlanOptions
from planner.report.plans.moves import move_sentences
from planner.report.studies.whatif import MOST_FIRST_MOVES, first_move_sentences, unasked_sentences
from planner.studies.whatif import whatif

_STUDY = "lost"
#: A first answer, while people wait for it: time of the search [s], and its gap.
_TIME_LIMIT, _GAP = 2.0, 0.005


def show_lost(workspace: Workspace, edited: EditedLines) -> None:
    """Plan at once for the dialers that are left, and tell the first moves."""
    lost = lost_dialers(edited.problem, workspace.live)
    if not lost:
        workspace.drop_study(_STUDY)
        return
    if not any(item.dialer_id in lost for item in edited.lines):
        workspace.drop_study(_STUDY)
        _show_taken(lost)
        return
    key = (edited.problem, lost)
    if running.is_out_of_date(workspace, _STUDY, key) or _STUDY not in workspace.studies:
        changes = [f"dialer.{dialer}.in_service=false" for dialer in lost]
        options = PlanOptions(time_limit=_TIME_LIMIT, gap=_GAP, figures=PlanFigures.FORMULAS)
        study = partial(
            whatif,
            edited.problem,
            {"without them": changes},
            options,
            replan=True,
            engine="markov",
            first=True,
        )
        running.start(workspace, _STUDY, key, study)
    st.error(f"**Lost: {plain(', '.join(lost))}.**", icon=":material/power_off:")
    running.show_running(workspace, _STUDY, "Planning for what is left", stop=None)
    found: Comparison | None = running.result(workspace, _STUDY)
    if found is not None:
        _show_moves(workspace, found)


def _show_taken(lost: tuple[str, ...]) -> None:
    """What is left to do once the plan does without them."""
    names = plain(", ".join(lost))
    st.error(
        f"**Lost: {names}.** The plan has no lines there any more. What to set on the other "
        "dialers, to print and tick off, is on the page *Hand-out*; *Undo* brings the lines back.",
        icon=":material/power_off:",
    )
    st.page_link(
        st.session_state["pages"]["Hand-out"],
        label="What to set on the other dialers",
        icon=":material/print:",
    )
    st.caption(f"*Optimise* plans without {names} for as long as the live state tells that.")


def _show_moves(workspace: Workspace, found: Comparison) -> None:
    again = found.worlds[0].replanned
    if again is None or again.outcome is None:
        st.warning("No lines were found for the dialers that are left.", icon=":material/block:")
        return
    show_given_up(again.given_up, again.left_out, again.limits_broken)
    told = first_move_sentences(again) or move_sentences(again.moves)[:MOST_FIRST_MOVES]
    if not told:
        st.markdown("No line has to move.")
        return
    st.markdown("First moves:\n\n" + "\n".join(f"1. {plain(text)}" for text in told))
    for text in unasked_sentences(again):
        st.caption(plain(text))
    st.caption(
        "Once it is back: Undo brings the lines as they were. The moves back, and what it would "
        "take to keep everything: in *What if*."
    )
    rest = len(again.moves) - len(told)
    if rest > 0:
        st.caption(f"{rest} more, in *What if* or once these lines are taken.")
    st.button(
        "Take these lines",
        key="take-lost",
        type="primary",
        icon=":material/done_all:",
        on_click=workspace.take,
        args=(LinePlan(assignments=again.outcome.lines), None),
        help="Puts them in the plan as one edit, which can be undone.",
    )
