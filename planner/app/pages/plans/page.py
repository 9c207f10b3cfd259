"""The plans page: saved plans, the history of each, a comparison of any two, unsaved work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from planner.app.editing.assessment import assess
from planner.app.editing.edited_lines import EditedLines
from planner.app.editing.fleets import fleet_difference
from planner.app.pages.plans.saved_list import pick_entry
from planner.app.pages.plans.saved_scenarios import show_scenarios
from planner.app.pages.plans.upkeep import show_deleted, show_plan_upkeep
from planner.app.session.drafts import by_fleet, look_for_drafts
from planner.app.session.links import plan_link
from planner.app.session.persistence import from_store, show_store_fault
from planner.app.session.saved_plans import open_version
from planner.app.session.text import moment_words, plain
from planner.app.session.user import person
from planner.app.session.workspace import Workspace, workspace
from planner.app.store import DraftEntry, PlanEntry, SaveConflict, VersionEntry
from planner.app.widgets.drafts import draft_buttons, draft_words
from planner.app.widgets.headline import show_headline
from planner.app.widgets.saving import show_conflict, show_save
from planner.evaluation.differences import line_differences

_MINE = "What is open now"


def show() -> None:
    """Draw the page."""
    here = workspace()
    st.title("Saved plans")
    if here.said:
        st.success(plain(here.said), icon=":material/check:")
        here.said = ""
    show_conflict(here)
    look_for_drafts(here)
    plans = from_store(lambda store: store.plans())
    show_store_fault()
    if plans == ():
        _show_first(here)
    elif plans:
        st.caption("Click a row to open the plan, or to see its history.")
        picked = pick_entry(plans, "Plan")
        if picked is not None:
            _show_plan(here, picked)
        st.divider()
        _show_comparison(here, plans)
    show_scenarios(here)
    show_deleted(here)
    if here.offers:
        st.divider()
        _show_drafts(here)
    show_store_fault()


def _show_first(here: Workspace) -> None:
    """What to do while nothing is saved."""
    if here.edited is None:
        st.info(
            "No plan is saved yet. Open a fleet on the Plan page, and press Save there: it is "
            "kept here with its history.",
            icon=":material/lightbulb:",
        )
        return
    st.info(
        f"No plan is saved yet. Save the lines of {plain(here.source)} as they are now: they are "
        "kept here with every later version, and two versions can be compared. A changed dialer "
        "or campaign is kept with them.",
        icon=":material/lightbulb:",
    )
    show_save(here)


def _show_plan(here: Workspace, plan: PlanEntry) -> None:
    history = from_store(lambda store: store.history(plan.plan_id)) or ()
    st.subheader(plain(plan.name))
    version = st.selectbox(
        "Version",
        history,
        format_func=_version_words,
        key=f"version-{plan.plan_id}",
        width=520,
    )
    if version is None:
        return
    with st.container(horizontal=True):
        if st.button(
            "Open this version", key="open-version", type="primary", icon=":material/folder_open:"
        ):
            open_version(here, plan.plan_id, version.version)
            st.switch_page(st.session_state["pages"]["Plan"])
        is_newest = version.version == history[0].version
        st.button(
            "Restore this version",
            key="restore",
            icon=":material/restore:",
            disabled=is_newest,
            help="Saves it again as the newest version; the others stay in the history.",
            on_click=_restore,
            args=(here, plan, version, history[0].version),
        )
        st.button(
            "Copy",
            key="copy",
            icon=":material/content_copy:",
            on_click=_copy,
            args=(here, plan, version),
        )
        show_plan_upkeep(here, plan)
    st.caption("This link opens the plan:")
    st.code(plan_link(plan.plan_id), language=None)


def _version_words(version: VersionEntry) -> str:
    note = f": {version.note}" if version.note else ""
    return f"{version.version}, {version.author}, {moment_words(version.saved_at)}{note}"


def _restore(here: Workspace, plan: PlanEntry, version: VersionEntry, newest: int) -> None:
    saved = from_store(lambda store: store.read(plan.plan_id, version.version))
    if saved is not None:
        note = f"Version {version.version} restored"
        try:
            entry = from_store(
                lambda store: store.save(plan.plan_id, newest, saved.edited, person(), note)
            )
        except SaveConflict as conflict:
            by, number = conflict.newest.author, conflict.newest.version
            here.said = f"Not restored: {by} saved version {number} meanwhile. Look at it first."
            return
        except KeyError:
            here.said = (
                f"Not restored: {plan.name} is not there any more. Copy the version instead."
            )
            return
        if entry is not None:
            here.said = f"{note} as version {entry.version} of {plan.name}."


def _copy(here: Workspace, plan: PlanEntry, version: VersionEntry) -> None:
    saved = from_store(lambda store: store.read(plan.plan_id, version.version))
    if saved is not None:
        name, note = f"{plan.name} (copy)", f"Copy of version {version.version}"
        if from_store(lambda store: store.create(name, saved.edited, person(), note)):
            here.said = f"Copied to {name}."


def _show_comparison(here: Workspace, plans: Sequence[PlanEntry]) -> None:
    st.subheader("Compare two")
    left, right = st.columns(2)
    with left:
        before = _pick(here, plans, "left", 0)
    with right:
        after = _pick(here, plans, "right", 0 if here.edited is not None else 1)
    if before is None or after is None:
        return
    apart = fleet_difference(before, after)
    if apart:
        st.info(
            f"These are plans of different fleets, which are not compared: {plain(apart)}.",
            icon=":material/difference:",
        )
        return
    at = datetime.now(UTC)
    views = assess(before, at), assess(after, at)
    show_headline(views[1].headline, views[0].headline, "the left one")
    changed = line_differences(before.lines, after.lines)
    if not changed:
        st.success("Both have the same lines.", icon=":material/check:")
        return
    frame = pd.DataFrame(
        {
            "Campaign": [c.campaign_id for c in changed],
            "Dialer": [c.dialer_id for c in changed],
            "Dial lines": [f"{c.dial_lines_from} → {c.dial_lines_to}" for c in changed],
            "Agent lines": [f"{c.agent_lines_from} → {c.agent_lines_to}" for c in changed],
        }
    )
    st.dataframe(frame, hide_index=True, alt="Lines that differ")


def _pick(here: Workspace, plans: Sequence[PlanEntry], side: str, place: int) -> EditedLines | None:
    """A version of any plan, or what is open."""
    choices: list[PlanEntry | str] = [*plans]
    if here.edited is not None:
        choices = [*plans, _MINE] if side == "left" else [_MINE, *plans]
    wanted = st.session_state.pop("compare-with", None) if side == "left" else None
    if wanted is not None:
        place = next((i for i, p in enumerate(plans) if p.plan_id == wanted[0]), 0)
        st.session_state.pop("compare-left", None)
    plan = st.selectbox(
        "This" if side == "left" else "with this",
        choices,
        index=min(place, len(choices) - 1),
        format_func=lambda c: c if isinstance(c, str) else f"{c.name}, by {c.author}",
        key=f"compare-{side}",
    )
    if plan is None or isinstance(plan, str):
        return here.edited
    version = st.number_input(
        "Version", 1, plan.version, plan.version, key=f"compare-{side}-{plan.plan_id}"
    )
    saved = from_store(lambda store: store.read(plan.plan_id, int(version)))
    return saved.edited if saved is not None else None


def _show_drafts(here: Workspace) -> None:
    st.subheader("Unsaved work")
    for newest, *earlier in by_fleet(here.offers):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(draft_words(newest))
            st.space("stretch")
            draft_buttons(here, newest, "list")
            if earlier:
                _show_earlier(here, earlier)


def _show_earlier(here: Workspace, earlier: Sequence[DraftEntry]) -> None:
    """Older work on the same fleet, out of the way."""
    with st.popover(f"{len(earlier)} earlier"):
        for draft in earlier:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(draft_words(draft))
                draft_buttons(here, draft, "list")
