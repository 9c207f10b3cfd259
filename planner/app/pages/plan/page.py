"""The plan page: open a fleet, edit its lines with live figures, optimise, download."""

from __future__ import annotations

from datetime import datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from planner.app.editing.assessment import Assessment, assess
from planner.app.editing.assessment_charts import statuses_by_dialer, transfers_by_dialer
from planner.app.editing.edited_lines import EditedLines
from planner.app.pages.live_panel import take_live
from planner.app.pages.plan.downloads import show_downloads
from planner.app.pages.plan.lines import is_blank, show_lines
from planner.app.pages.plan.optimise import show_optimise, show_proposal, start_job
from planner.app.session.links import name_open_plan
from planner.app.session.persistence import show_store_fault, store
from planner.app.session.saved_plans import LINK_FAULT
from planner.app.session.sources import show_change, show_start
from planner.app.session.text import plain
from planner.app.session.workspace import Workspace, workspace
from planner.app.store import StoreUnavailable
from planner.app.widgets.charts import show_figure
from planner.app.widgets.drafts import show_offer
from planner.app.widgets.moments import chosen_moment, pick_moment
from planner.app.widgets.saving import ask_conflict, show_save
from planner.app.widgets.site_notes import show_site_notes
from planner.report.charts.figure import Drawing

#: Before it draws a first chart or a calendar, a browser has to load and run a megabyte of script,
#: which would keep it from drawing the board and the figures meanwhile [s].
_REST_AFTER_SECONDS = 1.2
_LINK_AGAIN_SECONDS = 5.0
_ABOUT_MOMENT = (
    "Who runs, waits or is stopped is told as of this moment. All other figures hold while the "
    "campaigns run, whatever the time."
)


def show() -> None:
    """Draw the page."""
    here = workspace()
    show_store_fault()
    if fault := st.session_state.pop(LINK_FAULT, None):
        st.warning(plain(fault), icon=":material/link_off:")
    if here.wanted_plan is not None:
        _await_plan(here)
    else:
        name_open_plan(here.open_plan.plan_id if here.open_plan else None)
    show_offer(here)
    if here.edited is None:
        show_start(here)
        return
    with st.container(gap="xsmall"):
        _show_title(here, here.edited)
        if not here.edited.pairs:
            st.info("No campaign may use any dialer in service, so there are no lines to plan.")
            return
        above, below = st.container(gap="xsmall"), st.container()
    at = chosen_moment()
    if here.settled:
        with below.container(horizontal=True, vertical_alignment="bottom"):
            with st.container(width=300):
                at = pick_moment("Status as of", "at")
            st.caption(_ABOUT_MOMENT)
    with above:
        _show_plan(here, here.edited, below, at)


def _show_plan(here: Workspace, edited: EditedLines, below: DeltaGenerator, at: datetime) -> None:
    take_live(here, edited)
    view = here.view = assess(edited, at, here.view)
    opened = here.loaded_assessment(edited, at)
    _show_actions(here, view)
    ask_conflict(here)
    if here.said:
        st.toast(plain(here.said))
        here.said = ""
    show_lines(here)
    with below:
        show_site_notes(edited.problem)
        show_proposal(here, view, at)
        if is_blank(edited):
            return
        if here.settled:
            _show_charts(transfers_by_dialer(view, opened), statuses_by_dialer(view))
        else:
            _await_rest(here)


def _show_title(here: Workspace, edited: EditedLines) -> None:
    """Name what is open, and what can be done with it as a whole."""
    title, buttons = st.columns([2, 5], vertical_alignment="center")
    title.title(f"Line plan: {plain(here.source)}")
    with buttons.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="xsmall"
    ):
        st.button(
            "Undo",
            key="undo",
            icon=":material/undo:",
            shortcut="Ctrl+Z",
            disabled=not (edited.past or here.messages),
            on_click=here.undo,
        )
        st.button(
            "Redo",
            key="redo",
            icon=":material/redo:",
            shortcut="Ctrl+Y",
            disabled=not edited.future,
            on_click=here.redo,
        )
        show_save(here)
        show_downloads(here, edited)
        # Once something is asked for it is another one, which is closed.
        with st.popover(
            "Open another", icon=":material/folder_open:", key=f"open-another-{here.openings}"
        ):
            show_change(here)


def _show_actions(here: Workspace, view: Assessment) -> None:
    """Optimise, and to its right how far it is and what it came to."""
    left, right = st.columns([4, 9], vertical_alignment="center")
    with left.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            "Optimise",
            key="optimise",
            type="primary",
            icon=":material/auto_awesome:",
            help="Finds the best lines for every row that is not locked, with a proof of how good "
            "they are. Nothing changes until you take the result.",
            disabled=here.job is not None and not here.job.done,
            on_click=start_job,
            args=(here,),
        )
        st.slider(
            "Weight on surviving a failure",
            0,
            100,
            0,
            5,
            format="%d %%",
            key="redundancy",
            width="stretch",
            help="0 %: as much value an hour as possible. 100 %: as much as possible of what is "
            "left after the worst single failure.",
        )
    with right:
        show_optimise(here, view)


@st.fragment(run_every=_REST_AFTER_SECONDS)
def _await_rest(here: Workspace) -> None:
    """Nothing at first; run for a second time, or after an edit, the page gets what lies below."""
    if here.settled:
        st.rerun()
    here.settled = True


@st.fragment(run_every=_LINK_AGAIN_SECONDS)
def _await_plan(here: Workspace) -> None:
    """Try the plan of a link again, for as long as the database does not answer."""
    st.caption("It opens as soon as the database answers.")
    try:
        store().history(str(here.wanted_plan))
    except StoreUnavailable:
        return
    st.rerun()


def _show_charts(transfers: Drawing, statuses: Drawing) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Transfers an hour by dialer")
        st.caption("Bar: these lines. Tick: the lines as opened.")
        show_figure(transfers)
    with right:
        st.subheader("What dial lines do, by dialer")
        st.caption("Share of time in each status, mean over the dialer's lines in use.")
        show_figure(statuses)
