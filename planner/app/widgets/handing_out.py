"""A hand-out to look at and to take away: the page to print, and the table beside it."""

from __future__ import annotations

import re

import streamlit as st

from planner.report.handout import Handout, handout_csv
from planner.report.html.handout import STYLE, handout_body, handout_page


def show_handout(handout: Handout, key: str) -> None:
    """Two downloads and the hand-out itself."""
    name = re.sub(r"[^\w-]+", "-", handout.fleet).strip("-") or "fleet"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Page to print",
            data=lambda: handout_page(handout).encode(),
            file_name=f"hand-out-{name}.html",
            mime="text/html",
            key=f"{key}-page",
            icon=":material/print:",
            type="primary",
            on_click="ignore",
            help="Opens in any browser, which prints it or saves it as PDF",
        )
        st.download_button(
            "Table (CSV)",
            data=lambda: handout_csv(handout).encode(),
            file_name=f"hand-out-{name}.csv",
            mime="text/csv",
            key=f"{key}-table",
            icon=":material/download:",
            on_click="ignore",
        )
    rules = STYLE[: STYLE.index("@media print")]
    st.html(f"<style>{rules}</style>{handout_body(handout)}")
