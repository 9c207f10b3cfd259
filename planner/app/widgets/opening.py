"""Asks what becomes of unsaved changes before something else is opened."""

from __future__ import annotations

import streamlit as st

from planner.app.session.text import plain
from planner.app.session.workspace import Workspace
from planner.app.widgets.saving import save, save_new


def ask_about_changes(workspace: Workspace) -> None:
    """In front of any page, while something else is wished for and changes are unsaved."""
    if workspace.wish is not None:
        st.dialog("Unsaved changes", width="medium", on_dismiss=lambda: stay(workspace))(_settle)(
            workspace
        )


def stay(workspace: Workspace) -> None:
    """Keep what is open."""
    workspace.wish = None


def _settle(workspace: Workspace) -> None:
    wish = workspace.wish
    if wish is None:  # settled just now: the whole page is to follow
        st.rerun()
        return
    st.markdown(
        f"**{plain(workspace.source)}** has changes that are not saved. What is to become of them "
        f"before **{plain(wish.source)}** opens?"
    )
    known = workspace.open_plan
    name = known.name if known else workspace.source
    words = f"Save as version {known.version + 1}" if known else f"Save as {plain(name)}"
    with st.container(horizontal=True):
        st.button(
            f"{words}, then open",
            key="wish-save",
            type="primary",
            icon=":material/save:",
            on_click=_save_and_open,
            args=(workspace, name),
        )
        st.button(
            "Open, keep them as unsaved work",
            key="wish-open",
            icon=":material/folder_open:",
            help="They stay on the Plans page, to go on with or to discard.",
            on_click=workspace.grant,
            args=(wish,),
        )
        st.button("Stay here", key="wish-stay", on_click=stay, args=(workspace,))


def _save_and_open(workspace: Workspace, name: str) -> None:
    """Open only what does not leave unsaved changes behind: saving may have met a conflict."""
    wish = workspace.wish
    if workspace.open_plan is not None:
        save(workspace, "")
    else:
        save_new(workspace, name, "")
    workspace.wish = None
    if wish is not None and not workspace.is_changed:
        saved = workspace.said
        workspace.grant(wish)
        workspace.said = " ".join(filter(None, (saved, wish.said)))
