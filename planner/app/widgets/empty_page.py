"""What a page shows while no fleet is open."""

from __future__ import annotations

import streamlit as st

from planner.app.session.persistence import show_store_fault
from planner.app.session.sources import example_buttons
from planner.app.session.workspace import Workspace


def show_nothing_open(workspace: Workspace, title: str, purpose: str) -> bool:
    """Say what the page is for and what to do first; whether that was needed."""
    show_store_fault()
    if workspace.edited is not None:
        return False
    st.title(title)
    st.info(
        f"{purpose} First open a fleet: your own files on the Data page, or an example:",
        icon=":material/lightbulb:",
    )
    with st.container(width=420):
        example_buttons(workspace)
    return True


def show_no_lines(workspace: Workspace) -> bool:
    """Say what to do while there are no lines; whether that was needed."""
    if workspace.edited is not None and workspace.edited.line_plan.assignments:
        return False
    st.info(
        "There are no lines yet. Type some on the Plan page, or press Optimise there.",
        icon=":material/lightbulb:",
    )
    return True
