"""What happens in every run of any page, before it is drawn and after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from planner.app.session.admission import is_admitted
from planner.app.session.drafts import keep_draft, look_for_drafts, register
from planner.app.session.links import linked_plan, linked_scenarios
from planner.app.session.persistence import (
    begin_asking,
    end_asking,
    has_store_fault,
    show_store_fault,
)
from planner.app.session.saved_plans import open_wanted_plan
from planner.app.session.sources import open_named_folder
from planner.app.session.workspace import Workspace


def begin_run(workspace: Workspace) -> None:
    """Open what the link or the server names, take in edits, and keep them as a draft.

    Before anything is drawn: what a user sees taken in is kept, also if the page is left at once.
    """
    begin_asking()
    register(workspace)
    if not workspace.looked_for_drafts:
        look_for_drafts(workspace)
    if not workspace.greeted:
        workspace.wanted_scenarios, workspace.wanted_plan = linked_scenarios(), linked_plan()
        workspace.greeted = workspace.wanted_plan is not None
    open_wanted_plan(workspace)
    open_named_folder(workspace)
    workspace.absorb_edits()
    keep_draft(workspace)


def is_part() -> bool:
    """Whether this run draws a part of a page only: what begins every run has not happened."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


@contextmanager
def taking_in(workspace: Workspace) -> Iterator[bool]:
    """The same around a part of a page that takes edits in; the draft is written once it is drawn.

    Writing takes longer than all of this part, and only this part is in between.

    Yields
    ------
    Whether it may go on; else the whole page is to be run, which says why not.
    """
    if not is_part():
        yield True
        return
    if not is_admitted():
        yield False
        return
    begin_asking()
    workspace.absorb_edits()
    try:
        yield True
    finally:
        keep_draft(workspace)
    if has_store_fault():
        st.rerun()


def end_run(workspace: Workspace, notices: DeltaGenerator) -> None:
    """Keep what changed while the page was drawn, and say on top where that cannot be done.

    What was told in this run is not told again.
    """
    try:
        keep_draft(workspace)
        with notices:
            show_store_fault()
    finally:
        end_asking()
