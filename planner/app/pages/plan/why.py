"""The why panel: what one more line would bring in a row, and which limit stops it."""

from __future__ import annotations

import streamlit as st

from planner.app.editing.edited_lines import EditedLines
from planner.app.session.text import plain
from planner.pipeline.pipeline import reasons


def show_why(edited: EditedLines) -> None:
    """Why these lines, for a campaign on a dialer that one picks."""
    if not edited.line_plan.assignments:
        return
    # Asked for, not always there: on a large fleet it takes a good part of a second.
    if not st.toggle("Tell why these lines, and what one more would bring", key="why"):
        return
    found = reasons(edited.problem, edited.line_plan)
    with st.container(border=True):
        names = {f"{w.campaign_id} on {w.dialer_id}": w.words for w in found.why}
        picked = st.selectbox("Row", list(names), key="why-row", width=420)
        if picked is not None:
            st.markdown(plain(names[picked]))
        told = [
            *(f"- {plain(text)}" for text in found.binding),
            *(f"- {plain(item.words)}" for item in found.stranded),
        ]
        if told:
            st.markdown("What holds all lines together back:\n\n" + "\n".join(told))
        st.caption("Value an hour by the planning tables, all other lines as they are.")
