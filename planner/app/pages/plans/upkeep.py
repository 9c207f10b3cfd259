"""Saved plans renamed, deleted, and brought back."""

from __future__ import annotations

import streamlit as st

from planner.app.session.persistence import from_store
from planner.app.session.text import moment_words, plain
from planner.app.session.workspace import OpenPlan, Workspace
from planner.app.store import DeletedPlan, PlanEntry


def show_plan_upkeep(here: Workspace, plan: PlanEntry) -> None:
    """Rename a plan, or delete it."""
    with st.popover("Rename", icon=":material/edit:", key=f"rename-{plan.plan_id}-{plan.name}"):
        st.text_input("New name", value=plan.name, key=_key(plan), max_chars=200)
        st.button("Rename", key="rename", type="primary", on_click=_rename, args=(here, plan))
    st.button(
        "Delete",
        key="delete",
        icon=":material/delete:",
        help="It can be brought back for 30 days, with its history.",
        on_click=_delete,
        args=(here, plan),
    )


def show_deleted(here: Workspace) -> None:
    """Plans that can still be brought back; nothing where there are none."""
    gone = from_store(lambda store: store.upkeep.deleted()) or ()
    if not gone:
        return
    count = "1 deleted plan" if len(gone) == 1 else f"{len(gone)} deleted plans"
    with st.expander(f"{count}, kept for 30 days"):
        for plan in gone:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{plain(plan.name)}, deleted {plain(moment_words(plan.deleted_at))}")
                st.space("stretch")
                st.button(
                    "Bring back",
                    key=f"bring-back-{plan.plan_id}",
                    icon=":material/restore_from_trash:",
                    on_click=_bring_back,
                    args=(here, plan),
                )


def _key(plan: PlanEntry) -> str:
    return f"new-name-{plan.plan_id}"


def _rename(here: Workspace, plan: PlanEntry) -> None:
    name = st.session_state[_key(plan)].strip()
    if not name or name == plan.name:
        return
    if from_store(lambda store: store.upkeep.rename(plan.plan_id, name)):
        here.said = f"{plan.name} is called {name} now."
        known = here.open_plan
        if known is not None and known.plan_id == plan.plan_id:
            here.open_plan = OpenPlan(known.plan_id, name, known.version)
            here.source = name


def _delete(here: Workspace, plan: PlanEntry) -> None:
    if not from_store(lambda store: store.upkeep.delete(plan.plan_id)):
        return
    here.said = f"{plan.name} is deleted. It can be brought back below for 30 days."
    known = here.open_plan
    if known is not None and known.plan_id == plan.plan_id and here.edited is not None:
        # What is open stays open, as nobody's version.
        here.open_plan, here.clean_lines = None, here.edited.baseline.assignments


def _bring_back(here: Workspace, plan: DeletedPlan) -> None:
    if from_store(lambda store: store.upkeep.bring_back(plan.plan_id)):
        here.said = f"{plan.name} is back."
