"""Which rows of a large plan are in view."""

from __future__ import annotations

import streamlit as st

from planner.scenario import RowKey, Scenario

#: Fewer rows than this are seen at a glance.
_FILTER_FROM = 12


def chosen_rows(scenario: Scenario) -> tuple[RowKey, ...]:
    """The rows of the picked campaigns and dialers; nothing picked means all of them."""
    if len(scenario.rows) < _FILTER_FROM:
        return scenario.rows
    campaigns, dialers = st.columns(2)
    with campaigns:
        in_campaigns = _picked(scenario, 0, "campaigns")
    with dialers:
        on_dialers = _picked(scenario, 1, "dialers")
    return tuple(key for key in scenario.rows if key[0] in in_campaigns and key[1] in on_dialers)


def _picked(scenario: Scenario, place: int, name: str) -> set[str]:
    options = list(dict.fromkeys(key[place] for key in scenario.rows))
    picked = st.multiselect(
        f"Show {name}",
        options,
        key=f"show-{name}",
        placeholder=f"All {len(options)} {name}",
        label_visibility="collapsed",
    )
    return set(picked or options)
