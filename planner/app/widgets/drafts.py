"""Offers unsaved work of an earlier session."""

from __future__ import annotations

import streamlit as st

from planner.app.session.drafts import continue_draft, discard_draft, what_changed
from planner.app.session.text import moment_words, plain
from planner.app.session.workspace import Workspace
from planner.app.store import DraftEntry

_MOST_NAMED = 2


def show_offer(workspace: Workspace) -> None:
    """The newest draft, to go on with or to discard, until somebody decides.

    It does not vanish by itself, for what lies below it would move under the hand that types.
    """
    if not workspace.offers or workspace.offer_put_off:
        return
    draft = workspace.offers[0]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/history: **Unsaved work:** {draft_words(draft)}")
        st.space("stretch")
        draft_buttons(workspace, draft, "offer")
        st.button(
            "Later",
            key="offer-later",
            help="It stays on the Plans page.",
            on_click=_put_off,
            args=(workspace,),
        )


def _put_off(workspace: Workspace) -> None:
    workspace.offer_put_off = True


def draft_words(draft: DraftEntry) -> str:
    """A draft in a sentence: the fleet, what changed, and when last."""
    when = plain(moment_words(draft.saved_at))
    return f"{plain(draft.source)}: {plain(changed_words(draft))}, last on {when}."


def changed_words(draft: DraftEntry) -> str:
    """``Medicare on ATL-1, Medicare on DAL-1 and 3 more changed``."""
    pairs = what_changed(draft)
    if not pairs:
        return "1 row changed" if draft.rows_changed == 1 else f"{draft.rows_changed} rows changed"
    named = ", ".join(f"{campaign} on {dialer}" for campaign, dialer in pairs[:_MOST_NAMED])
    rest = len(pairs) - _MOST_NAMED
    return f"{named} and {rest} more changed" if rest > 0 else f"{named} changed"


def draft_buttons(workspace: Workspace, draft: DraftEntry, place: str) -> None:
    """Go on with it, or discard it."""
    st.button(
        "Continue",
        key=f"{place}-continue-{draft.draft_id}",
        type="primary",
        on_click=continue_draft,
        args=(workspace, draft),
    )
    st.button(
        "Discard",
        key=f"{place}-discard-{draft.draft_id}",
        on_click=discard_draft,
        args=(workspace, draft),
    )
