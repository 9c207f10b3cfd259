"""Save what is open: under a new name, as the next version, or out of a conflict."""

from __future__ import annotations

import streamlit as st

from planner.app.session.drafts import forget_draft
from planner.app.session.persistence import store
from planner.app.session.text import moment_words, plain
from planner.app.session.user import person
from planner.app.session.workspace import OpenPlan, Workspace
from planner.app.store import MAX_NOTE, SaveConflict, StoreUnavailable, VersionEntry

_NOTE = "save-note"


def show_save(workspace: Workspace) -> None:
    """The button with its small form."""
    with st.popover(
        "Save",
        icon=":material/save:",
        help="Keep these lines under a name",
        key=f"save-popover-{workspace.saves}",  # once saved it is another one, which is closed
    ):
        known = workspace.open_plan
        name = st.text_input(
            "Name", value=known.name if known else workspace.source, key=_key(workspace)
        )
        st.text_input("Note", key=_NOTE, placeholder="What is special about it", max_chars=MAX_NOTE)
        if known is not None:
            st.button(
                f"Save as version {known.version + 1}",
                key="save",
                type="primary",
                width="stretch",
                on_click=_save_with_note,
                args=(workspace,),
            )
        st.button(
            "Save as a new plan",
            key="save-new",
            type="secondary" if known else "primary",
            width="stretch",
            disabled=not name.strip(),
            on_click=_save_as_named,
            args=(workspace,),
        )
        st.caption(f"Saved under your name, {plain(person())}. Everyone here can open it.")


def _key(workspace: Workspace) -> str:
    # Another plan is another field, so that its own name stands in it.
    return f"save-name-{workspace.open_plan.plan_id if workspace.open_plan else workspace.source}"


def _save_as_named(workspace: Workspace) -> None:
    """Save under what is in the fields by now: it may have been typed just before the click."""
    name = st.session_state[_key(workspace)].strip()
    if name:
        save_new(workspace, name, st.session_state[_NOTE])


def save_new(workspace: Workspace, name: str, note: str) -> None:
    """Save as version 1 of a new plan, which is then the open one."""
    workspace.absorb_edits()
    if workspace.edited is None:
        return
    edited = workspace.edited
    try:
        _saved(workspace, name, store().create(name, edited, person(), note))
    except StoreUnavailable as error:
        workspace.said = f"Not saved: {error}"


def _save_with_note(workspace: Workspace) -> None:
    save(workspace, st.session_state[_NOTE])


def save(workspace: Workspace, note: str, based_on: int | None = None) -> None:
    """Save as the next version of the open plan; a conflict is kept to be shown."""
    workspace.absorb_edits()
    known = workspace.open_plan
    if workspace.edited is None or known is None:
        return
    edited, version = workspace.edited, based_on or known.version
    try:
        entry = store().save(known.plan_id, version, edited, person(), note)
    except SaveConflict as conflict:
        workspace.conflict = conflict.newest
    except KeyError:
        _lose(workspace)
    except StoreUnavailable as error:
        workspace.said = f"Not saved: {error}"
    else:
        _saved(workspace, known.name, entry)


def _lose(workspace: Workspace) -> None:
    """The open plan was deleted, or its database restored: what is open is nobody's version."""
    assert workspace.edited is not None
    workspace.open_plan, workspace.conflict, workspace.is_plan_gone = None, None, True
    workspace.clean_lines = workspace.edited.baseline.assignments


def _saved(workspace: Workspace, name: str, entry: VersionEntry) -> None:
    assert workspace.edited is not None
    workspace.open_plan = OpenPlan(entry.plan_id, name, entry.version)
    workspace.source, workspace.conflict, workspace.is_plan_gone = name, None, False
    workspace.clean_lines = workspace.edited.lines
    workspace.saves += 1
    workspace.said = f"Saved as version {entry.version} of {name}."
    forget_draft(workspace)


def show_conflict(workspace: Workspace) -> None:
    """Somebody saved the plan meanwhile: three ways on, none of which loses anything."""
    newest, known = workspace.conflict, workspace.open_plan
    if newest is None or known is None:
        return
    st.error(
        f"Not saved: {plain(newest.author)} saved version {newest.version} of {plain(known.name)} "
        f"on {plain(moment_words(newest.saved_at))} {_meanwhile(known, newest)}. "
        "Your lines are still here.",
        icon=":material/call_merge:",
    )
    with st.container(horizontal=True):
        if st.button("Compare with theirs", key="conflict-compare", icon=":material/difference:"):
            st.session_state["compare-with"] = (newest.plan_id, newest.version)
            st.switch_page(st.session_state["pages"]["Plans"])
        st.button(
            "Save mine as a copy",
            key="conflict-copy",
            icon=":material/content_copy:",
            on_click=save_new,
            args=(workspace, f"{known.name} (copy)", ""),
        )
        st.button(
            "Overwrite",
            key="conflict-overwrite",
            icon=":material/save_as:",
            help=f"Yours becomes version {newest.version + 1}; theirs stays in the history.",
            on_click=save,
            args=(workspace, "", newest.version),
        )
        st.button("Decide later", key="conflict-close", on_click=_close, args=(workspace,))


def _meanwhile(known: OpenPlan, newest: VersionEntry) -> str:
    if newest.version < known.version:
        return f"and it is the newest now: version {known.version} went with a restored database"
    return f"while you edited version {known.version}"


def show_gone(workspace: Workspace) -> None:
    """The open plan is not in the database any more: its lines can still be kept."""
    if not workspace.is_plan_gone:
        return
    st.error(
        f"Not saved: {plain(workspace.source)} is not there any more. It was deleted, or an "
        "earlier state of the database was restored. Your lines are still here.",
        icon=":material/link_off:",
    )
    with st.container(horizontal=True):
        st.button(
            "Save as a new plan",
            key="gone-save",
            type="primary",
            icon=":material/save:",
            on_click=save_new,
            args=(workspace, workspace.source, ""),
        )
        st.button("Decide later", key="gone-close", on_click=_close, args=(workspace,))


def ask_conflict(workspace: Workspace) -> None:
    """The same in front of the page, which stays where it is."""
    if workspace.is_plan_gone:
        show_gone(workspace)
    if workspace.conflict is not None:
        st.dialog(
            "Somebody else saved this plan", width="medium", on_dismiss=lambda: _close(workspace)
        )(_settle)(workspace)


def _settle(workspace: Workspace) -> None:
    if workspace.conflict is None:  # settled just now: the whole page is to follow
        st.rerun()
    show_conflict(workspace)


def _close(workspace: Workspace) -> None:
    workspace.conflict, workspace.is_plan_gone = None, False
