"""Opens saved plans, also those that a link names."""

from __future__ import annotations

import streamlit as st

from planner.app.session.persistence import from_store
from planner.app.session.workspace import OpenPlan, Wish, Workspace

LINK_FAULT = "link-fault"


def open_version(workspace: Workspace, plan_id: str, version: int | None = None) -> bool:
    """Open a saved plan, its newest version unless told which one; whether the store answered."""
    history = from_store(lambda found: found.history(plan_id))
    if history is None:
        st.session_state[LINK_FAULT] = (
            "The saved plan cannot be read at the moment: the database does not answer. Nothing is "
            "known to be lost."
        )
        return False
    if not history:
        workspace.refused = ""
        st.session_state[LINK_FAULT] = "There is no saved plan at this link."
        return True
    wanted = version or history[0].version
    saved = from_store(lambda found: found.read(plan_id, wanted))
    if saved is None:
        st.session_state[LINK_FAULT] = f"Version {wanted} of this plan cannot be read."
        return True
    # Whatever version is open: saving it makes it the next one after the newest.
    said = ""
    if wanted != history[0].version:
        said = f"Version {wanted} of {saved.name} is open; the newest is {history[0].version}."
    workspace.open_or_ask(
        Wish(saved.edited, saved.name, OpenPlan(plan_id, saved.name, wanted), said)
    )
    return True


def open_wanted_plan(workspace: Workspace) -> None:
    """Open the plan that a link named; tried again until the store answers."""
    if workspace.wanted_plan is None:
        return
    # Whoever opened something else meanwhile keeps that.
    if workspace.edited is not None or open_version(workspace, workspace.wanted_plan):
        workspace.wanted_plan = None
