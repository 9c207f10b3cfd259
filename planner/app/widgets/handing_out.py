"""A hand-out to look at and to take away: the page to print, and the table beside it."""

from __future__ import annotations

import re

import streamlit as st

from planner.report.html.handout import STYLE, handout_body, handout_page
from planner.report.plans.handout import Handout, handout_csv


def show_handout(handout: Handout, key: str) -> None:
    """Two downloads and the hand-out itself."""
    with st.container(horizontal=True, vertical_alignment="center"):
        show_downloads(handout, key)
    rules = STYLE[: STYLE.index("@media print")]
    st.html(f"<style>{rules}</style>{handout_body(handout)}")


def show_downloads(handout: Handout, key: str, *, is_first: bool = True) -> None:
    """The page to print, and the table; ``is_first``: nothing on the page is as important."""
    name = re.sub(r"[^\w-]+", "-", handout.fleet).strip("-") or "fleet"
    st.download_button(
        "Page to print",
        data=lambda: handout_page(handout).encode(),
        file_name=f"hand-out-{name}.html",
        mime="text/html",
        key=f"{key}-page",
        icon=":material/print:",
        type="primary" if is_first else "secondary",
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
