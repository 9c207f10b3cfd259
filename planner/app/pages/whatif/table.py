"""Scenarios beside things as they are, as a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from planner.contracts.comparison import Comparison
from planner.report.studies.whatif import TITLES, side_by_side


def show_worlds(found: Comparison) -> None:
    """Each outcome in a row, before first."""
    titles = [title.removeprefix(">") for title in TITLES]
    frame = pd.DataFrame(side_by_side(found), columns=titles)
    right = {
        title: st.column_config.TextColumn(title, alignment="right")
        for given, title in zip(TITLES, titles, strict=True)
        if given.startswith(">")
    }
    wide = {titles[0]: st.column_config.TextColumn(titles[0], width=190)}
    st.dataframe(frame, hide_index=True, column_config=wide | right, alt="Scenarios side by side")
