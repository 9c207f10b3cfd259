"""Scenarios of the what-if page kept in the store, and opened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from planner.app.editing.worlds.levers import without_unknown
from planner.app.pages.whatif.levers import put
from planner.app.session.persistence import from_store, store
from planner.app.session.text import moment_words, plain
from planner.app.session.user import person
from planner.app.session.workspace import Setting, Workspace
from planner.app.store import MAX_NOTE, ScenarioConflict, ScenarioEntry, StoreUnavailable
from planner.contracts.problem import Problem

#: Scenarios beside the base on the What if page.
MOST_WORLDS = 4


def show_keep(
    workspace: Workspace, problem: Problem, place: int, saved: Sequence[ScenarioEntry]
) -> None:
    """Save this scenario, or open a saved one in its place."""
    with st.popover("Save or open", icon=":material/bookmark:", width="stretch"):
        setting = workspace.worlds[place]
        st.text_input(
            "Note",
            key=f"scenario-note-{place}",
            placeholder="What it is about",
            max_chars=MAX_NOTE,
        )
        known = setting.saved
        if known is not None:
            st.button(
                f"Save as version {known.version + 1}",
                key=f"scenario-save-{place}",
                type="primary",
                width="stretch",
                on_click=_save,
                args=(workspace, place, known),
            )
        st.button(
            "Save as a new scenario",
            key=f"scenario-new-{place}",
            type="secondary" if known else "primary",
            width="stretch",
            on_click=_save,
            args=(workspace, place, None),
        )
        st.caption(f"Saved under your name, {plain(person())}. Everyone here can open it.")
        _show_open(workspace, problem, place, saved)


def _show_open(
    workspace: Workspace, problem: Problem, place: int, saved: Sequence[ScenarioEntry]
) -> None:
    if not saved:
        return
    st.divider()
    entry = st.selectbox(
        "Saved scenarios", saved, format_func=scenario_words, key=f"scenario-pick-{place}"
    )
    st.button(
        "Open it here",
        key=f"scenario-open-{place}",
        width="stretch",
        on_click=open_scenario,
        args=(workspace, problem, place, entry),
    )
    st.caption("To compare several, or for a link, see the Plans page.")


def scenario_words(entry: ScenarioEntry) -> str:
    """A saved scenario in a line."""
    note = f": {entry.note}" if entry.note else ""
    return f"{entry.name}, version {entry.version}, {entry.author}, " + (
        f"{moment_words(entry.saved_at)}{note}"
    )


def open_side_by_side(
    workspace: Workspace, problem: Problem, entries: Sequence[ScenarioEntry]
) -> None:
    """Make these the scenarios of the What if page."""
    workspace.worlds.clear()
    for place, entry in enumerate(entries[:MOST_WORLDS], start=1):
        open_scenario(workspace, problem, place, entry)
    st.session_state["worlds"] = max(len(workspace.worlds), 1)
    if len(workspace.worlds) > 1:
        workspace.said = f"{len(workspace.worlds)} scenarios are open side by side."


def open_linked(workspace: Workspace, problem: Problem) -> None:
    """Open the scenarios that a link named, now that there is a fleet; before they are drawn."""
    saved = from_store(lambda found: found.scenarios.newest())
    if saved is None:  # tried again in the next run
        return
    wanted, workspace.wanted_scenarios = workspace.wanted_scenarios, ()
    known = {entry.scenario_id: entry for entry in saved}
    found = [known[scenario_id] for scenario_id in wanted if scenario_id in known]
    if found:
        open_side_by_side(workspace, problem, found)
    if len(found) < len(wanted):
        workspace.said = "There is no saved scenario at this link, or not all of them are there."


def open_scenario(workspace: Workspace, problem: Problem, place: int, entry: ScenarioEntry) -> None:
    """Set the controls of a place as saved, as far as this fleet has what is named."""
    levers = from_store(lambda found: found.scenarios.read(entry.scenario_id, entry.version))
    if levers is None:
        workspace.said = f"{entry.name} cannot be read at the moment."
        return
    known, gone = without_unknown(levers, problem)
    before = workspace.worlds.get(place)
    revision = before.revision if before is not None else 0
    workspace.worlds[place] = Setting(entry.name, known, entry, revision=revision)
    put(place, workspace.worlds[place])
    workspace.said = f"{entry.name} is open."
    if gone:
        workspace.said = (
            f"{entry.name} is open without what this fleet does not have: {', '.join(gone)}."
        )


def _save(workspace: Workspace, place: int, known: ScenarioEntry | None) -> None:
    # What is in the fields by now: it may have been typed just before the click.
    note = st.session_state[f"scenario-note-{place}"]
    typed = st.session_state[f"world-name-{place}"].strip()
    setting = workspace.worlds[place] = replace(
        workspace.worlds[place], name=typed or workspace.worlds[place].name
    )
    try:
        shelf = store().scenarios
        if known is None:
            entry = shelf.create(setting.name, setting.levers, person(), note)
        else:
            entry = shelf.save(
                known.scenario_id, known.version, setting.name, setting.levers, person(), note
            )
    except ScenarioConflict as conflict:
        newest = conflict.newest
        workspace.said = (
            f"Not saved: {newest.author} saved version {newest.version} of {newest.name} on "
            f"{moment_words(newest.saved_at)} meanwhile. Save yours as a new scenario, or open "
            "theirs beside it."
        )
        return
    except KeyError:
        workspace.said = (
            f"Not saved: {setting.name} is not there any more. Save it as a new scenario."
        )
        setting.saved = None
        return
    except StoreUnavailable as error:
        workspace.said = f"Not saved: {error}"
        return
    setting.saved = entry
    workspace.said = f"Saved as version {entry.version} of the scenario {entry.name}."
