"""The list of what is saved, plans or scenarios, from which one is picked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import pandas as pd
import streamlit as st

from planner.app.session.text import moment_words
from planner.app.store import PlanEntry, ScenarioEntry

Entry = TypeVar("Entry", PlanEntry, ScenarioEntry)


def pick_entry(entries: Sequence[Entry], kind: str) -> Entry | None:
    """Show entries of a kind ("Plan"), newest versions; the one whose row is clicked."""
    frame = pd.DataFrame(
        {
            kind: [entry.name for entry in entries],
            "Note": [entry.note for entry in entries],
            "Saved by": [entry.author for entry in entries],
            "Saved on": [moment_words(entry.saved_at) for entry in entries],
            "Version": [entry.version for entry in entries],
        }
    )
    found = st.dataframe(
        frame,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"{kind.lower()}s",
        alt=f"Saved {kind.lower()}s",
    )
    rows = found["selection"]["rows"]
    return entries[rows[0]] if rows and rows[0] < len(entries) else None
