"""What happens in every run of any page, before it is drawn."""

from __future__ import annotations

import streamlit as st

from planner.ui.desk import Desk
from planner.ui.keeping import keep_draft, look_for_drafts, open_version
from planner.ui.sources import open_named_folder

#: In a link: the id of a saved plan.
_LINK = "saved"


def begin_run(desk: Desk) -> None:
    """Open what the link or the server names, take in edits, keep them as a draft."""
    if not desk.greeted:
        look_for_drafts(desk)
        saved = st.query_params.get(_LINK)
        if saved:
            open_version(desk, saved)
            desk.greeted = True
    open_named_folder(desk)
    desk.absorb_edits()
    keep_draft(desk)
