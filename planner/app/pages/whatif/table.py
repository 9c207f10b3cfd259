"""Scenarios beside things as they are, as a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from planner.contracts.comparison import Comparison
from planner.report.studies.whatif import titled_columns


def show_worlds(found: Comparison) -> None:
    """Each outcome in a row, before first."""
    given, rows = titled_columns(found)
    titles = [title.removeprefix(">") for title in given]
    frame = pd.DataFrame(rows, columns=titles)
    right = {
        title: st.column_config.TextColumn(title, alignment="right")
        for marked, title in zip(given, titles, strict=True)
        if marked.startswith(">")
    }
    wide = {titles[0]: st.column_config.TextColumn(titles[0], width=190)}
    st.dataframe(frame, hide_index=True, column_config=wide | right, alt="Scenarios side by side")
