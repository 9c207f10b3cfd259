"""Why these lines: what one more would bring in a row, and which limit stops it.

In a window of its own, opened from beside the figures: worked out only when asked for, because on
a large fleet it takes a good part of a second.
"""

from __future__ import annotations

import streamlit as st

from planner.app.editing.edited_lines import EditedLines
from planner.app.session.text import plain
from planner.evaluation.notes import counted_calls
from planner.pipeline.pipeline import reasons
from planner.report.words import value_title

TITLE = "Why these lines, and what one more would bring"


@st.dialog(TITLE, width="large")
def _show(edited: EditedLines) -> None:
    found = reasons(edited.problem, edited.line_plan)
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
    title = value_title(counted_calls(edited.problem))
    st.caption(
        f"{title} by the planning tables, all other lines as they are, and as if there were room "
        "and agents for one more. What the best plans with one more bring is told by *Tell what "
        "would help most*, once *Optimise* is done."
    )


def offer_why(edited: EditedLines) -> None:
    """The button that opens it, where there are lines to ask about.

    It is drawn at every edit, so it has no words to rest on: these cost a browser as much again.
    """
    if edited.line_plan.assignments and st.button(
        "Why these lines?", key="why", type="tertiary", icon=":material/help_center:"
    ):
        _show(edited)
