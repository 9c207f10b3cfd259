"""Saved what-if scenarios on the plans page: list, history, open, restore, copy."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from planner.app.editing.worlds.lever_words import change_words, lever_cells
from planner.app.editing.worlds.levers import Levers, without_unknown
from planner.app.editing.worlds.world_cache import WorldCache
from planner.app.pages.plans.saved_list import pick_entry
from planner.app.pages.whatif.saved import (
    MOST_WORLDS,
    open_scenario,
    open_side_by_side,
    scenario_words,
)
from planner.app.pages.whatif.table import show_worlds
from planner.app.session.links import scenarios_link
from planner.app.session.persistence import from_store
from planner.app.session.text import plain
from planner.app.session.user import person
from planner.app.session.workspace import Workspace
from planner.app.store import ScenarioConflict, ScenarioEntry
from planner.contracts.faults import InputError


def show_scenarios(workspace: Workspace) -> None:
    """All saved scenarios; nothing where there are none."""
    saved = from_store(lambda store: store.scenarios.newest()) or ()
    if not saved:
        return
    st.divider()
    st.subheader("Scenarios of the What if page")
    picked = pick_entry(saved, "Scenario")
    if picked is not None:
        _show_scenario(workspace, picked)
    _show_comparison(workspace)


def _show_scenario(workspace: Workspace, newest: ScenarioEntry) -> None:
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
    levers = _read(entry)
    if levers is None:
        return
    st.caption(f"It says: {plain('; '.join(change_words(levers)) or 'nothing changes')}.")
    with st.container(horizontal=True):
        if st.button(
            "Open on the What if page",
            key="scenario-open",
            type="primary",
            icon=":material/alt_route:",
            disabled=workspace.edited is None,
            help="In the first place there; first open a fleet that it is about.",
        ):
            assert workspace.edited is not None
            open_scenario(workspace, workspace.edited.problem, 1, entry)
            st.switch_page(st.session_state["pages"]["What if"])
        st.button(
            "Restore this version",
            key="scenario-restore",
            icon=":material/restore:",
            disabled=entry.version == newest.version,
            on_click=_restore,
            args=(workspace, newest, entry, levers),
        )
        st.button(
            "Copy",
            key="scenario-copy",
            icon=":material/content_copy:",
            on_click=_copy,
            args=(workspace, entry, levers),
        )
    st.caption("This link opens its newest version:")
    st.code(_link(workspace, [entry]), language=None)


def _show_comparison(workspace: Workspace) -> None:
    """Up to four versions of any scenarios: what each says, and what comes of it."""
    every = from_store(lambda store: store.scenarios.versions()) or ()
    picked = st.multiselect(
        "Compare scenarios side by side",
        every,
        format_func=scenario_words,
        key="scenarios-compared",
        max_selections=MOST_WORLDS,
        placeholder="Choose two to four, or two versions of one",
    )
    levers = {entry: _read(entry) for entry in picked}
    known = {_name(entry, picked): found for entry, found in levers.items() if found is not None}
    if len(known) < 2:
        return
    cells = {name: lever_cells(found) for name, found in known.items()}
    frame = pd.DataFrame(cells)
    frame.index.name = "What it changes"
    st.dataframe(frame[(frame != "").any(axis=1)], alt="What the scenarios change")
    if workspace.edited is None:
        st.caption("Open a fleet to see what comes of them.")
        return
    problem = workspace.edited.problem
    here = {name: without_unknown(found, problem)[0] for name, found in known.items()}
    try:
        show_worlds(WorldCache(workspace.edited, here).comparison(here))
    except InputError as error:
        st.caption(plain(f"They cannot be compared on this fleet: {error}"))
    if st.button(
        "Open them on the What if page", key="scenarios-open", icon=":material/alt_route:"
    ):
        open_side_by_side(workspace, problem, picked)
        st.switch_page(st.session_state["pages"]["What if"])
    if len({entry.scenario_id for entry in picked}) == len(picked):
        st.caption("This link opens their newest versions side by side:")
        st.code(_link(workspace, picked), language=None)


def _read(entry: ScenarioEntry) -> Levers | None:
    return from_store(lambda store: store.scenarios.read(entry.scenario_id, entry.version))


def _name(entry: ScenarioEntry, among: Sequence[ScenarioEntry]) -> str:
    """The name, with as much more as tells it from the others."""
    same = [other for other in among if other.name == entry.name]
    if len(same) == 1:
        return entry.name
    name = f"{entry.name}, version {entry.version}"
    twins = [other for other in same if other.version == entry.version]
    return name if len(twins) == 1 else f"{name} ({twins.index(entry) + 1})"


def _link(workspace: Workspace, entries: Sequence[ScenarioEntry]) -> str:
    plan_id = workspace.open_plan.plan_id if workspace.open_plan is not None else None
    return scenarios_link([entry.scenario_id for entry in entries], plan_id)


def _restore(
    workspace: Workspace, newest: ScenarioEntry, entry: ScenarioEntry, levers: Levers
) -> None:
    note = f"Version {entry.version} restored"
    try:
        made = from_store(
            lambda store: store.scenarios.save(
                entry.scenario_id, newest.version, entry.name, levers, person(), note
            )
        )
    except ScenarioConflict as conflict:
        by = conflict.newest.author
        workspace.said = f"Not restored: {by} saved version {conflict.newest.version} meanwhile."
        return
    except KeyError:
        workspace.said = (
            f"Not restored: {entry.name} is not there any more. Copy the version instead."
        )
        return
    if made is not None:
        workspace.said = f"{note} as version {made.version} of {entry.name}."


def _copy(workspace: Workspace, entry: ScenarioEntry, levers: Levers) -> None:
    name, note = f"{entry.name} (copy)", f"Copy of version {entry.version}"
    if from_store(lambda store: store.scenarios.create(name, levers, person(), note)):
        workspace.said = f"Copied to {name}."
