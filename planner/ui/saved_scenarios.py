"""Saved what-if scenarios on the plans page: list, history, open, restore, copy."""

from __future__ import annotations

import streamlit as st

from planner.levers import Levers
from planner.store import ScenarioConflict, ScenarioEntry
from planner.ui.desk import Desk
from planner.ui.keeping import from_store
from planner.ui.people import person
from planner.ui.saved_list import pick_entry
from planner.ui.text import plain
from planner.ui.whatif_saved import open_scenario, scenario_words


def show_scenarios(desk: Desk) -> None:
    """All saved scenarios; nothing where there are none."""
    saved = from_store(lambda store: store.scenarios.newest()) or ()
    if not saved:
        return
    st.divider()
    st.subheader("Scenarios of the What if page")
    picked = pick_entry(saved, "Scenario")
    if picked is not None:
        _show_scenario(desk, picked)


def _show_scenario(desk: Desk, newest: ScenarioEntry) -> None:
    history = from_store(lambda store: store.scenarios.history(newest.scenario_id)) or ()
    entry = st.selectbox(
        "Version of the scenario",
        history,
        format_func=scenario_words,
        key=f"scenario-version-{newest.scenario_id}",
        width=520,
    )
    if entry is None:
        return
    levers = from_store(lambda store: store.scenarios.read(entry.scenario_id, entry.version))
    if levers is None:
        return
    changes = levers.expressions or ("nothing changes",)
    since = f", down from {levers.down_from:%H:%M}" if levers.down_from else ""
    st.caption(f"It says: {plain(', '.join(changes) + since)}.")
    with st.container(horizontal=True):
        if st.button(
            "Open on the What if page",
            key="scenario-open",
            type="primary",
            icon=":material/alt_route:",
            disabled=desk.scenario is None,
            help="In the first place there; first open a fleet that it is about.",
        ):
            assert desk.scenario is not None
            open_scenario(desk, desk.scenario.problem, 1, entry)
            st.switch_page(st.session_state["pages"]["What if"])
        st.button(
            "Restore this version",
            key="scenario-restore",
            icon=":material/restore:",
            disabled=entry.version == newest.version,
            on_click=_restore,
            args=(desk, newest, entry, levers),
        )
        st.button(
            "Copy",
            key="scenario-copy",
            icon=":material/content_copy:",
            on_click=_copy,
            args=(desk, entry, levers),
        )


def _restore(desk: Desk, newest: ScenarioEntry, entry: ScenarioEntry, levers: Levers) -> None:
    note = f"Version {entry.version} restored"
    try:
        made = from_store(
            lambda store: store.scenarios.save(
                entry.scenario_id, newest.version, entry.name, levers, person(), note
            )
        )
    except ScenarioConflict as conflict:
        by = conflict.newest.author
        desk.said = f"Not restored: {by} saved version {conflict.newest.version} meanwhile."
        return
    if made is not None:
        desk.said = f"{note} as version {made.version} of {entry.name}."


def _copy(desk: Desk, entry: ScenarioEntry, levers: Levers) -> None:
    name, note = f"{entry.name} (copy)", f"Copy of version {entry.version}"
    if from_store(lambda store: store.scenarios.create(name, levers, person(), note)):
        desk.said = f"Copied to {name}."
