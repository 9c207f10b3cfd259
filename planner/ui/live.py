"""The live state of the dialers: read from a source, or typed."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from planner.errors import InputError
from planner.live import fetch, read_snapshot, typed_busy
from planner.scenario import Scenario
from planner.ui.desk import Desk
from planner.ui.text import moment_words, plain

#: Environment variables with the file or address of a live snapshot, and how often to read it.
SOURCE_VARIABLE, SECONDS_VARIABLE = "PLANNER_LIVE", "PLANNER_LIVE_SECONDS"
_DEFAULT_SECONDS = 10.0


def show_live(desk: Desk, scenario: Scenario) -> None:
    """Follow the source that the server was started with, if any; busy lines can be typed."""
    source = os.environ.get(SOURCE_VARIABLE)
    if source:
        seconds = float(os.environ.get(SECONDS_VARIABLE) or _DEFAULT_SECONDS)
        st.fragment(_follow, run_every=seconds)(desk, scenario, source)
    with st.expander("Busy agent lines right now", icon=":material/support_agent:"):
        _show_busy(desk, scenario)


def _follow(desk: Desk, scenario: Scenario, source: str) -> None:
    try:
        found = read_snapshot("live snapshot", fetch(source), scenario.problem)
    except InputError as error:
        fault = error.faults[0]
        place = f"line {fault.line}, {fault.column}: " if fault.line else ""
        st.warning(
            "The live snapshot cannot be used, so the last state is shown. "
            f"{plain(place + str(fault.value or ''))} expected {plain(fault.expected)}.",
            icon=":material/sync_problem:",
        )
        return
    if found != desk.live:
        desk.live = dict(found)
        desk.live_revision += 1
        desk.live_read = datetime.now(UTC)
        st.rerun()
    if desk.live_read is not None:
        st.caption(f"Live: last change read {moment_words(desk.live_read)}.")


def _show_busy(desk: Desk, scenario: Scenario) -> None:
    st.caption(
        "How many agent lines are taken now. With it, the time until all are busy counts from "
        "there; blank counts from no call."
    )
    rows = [a for a in scenario.lines if a.agent_lines]
    known = desk.live
    states = [known.get((a.campaign_id, a.dialer_id)) for a in rows]
    busy = [
        a.busy_agent_lines if s is None else s.busy_agent_lines
        for a, s in zip(rows, states, strict=True)
    ]
    frame = pd.DataFrame(
        {
            "Dialer": [a.dialer_id for a in rows],
            "Campaign": [a.campaign_id for a in rows],
            "Agent lines": [a.agent_lines for a in rows],
            "Busy now": [
                "" if b is None else str(min(b, a.agent_lines))
                for a, b in zip(rows, busy, strict=True)
            ],
        }
    )
    key = f"busy-{desk.live_revision}-{hash(scenario.lines)}"
    st.data_editor(
        frame,
        key=key,
        hide_index=True,
        num_rows="fixed",
        disabled=["Dialer", "Campaign", "Agent lines"],
        column_config={"Busy now": st.column_config.TextColumn("Busy now", alignment="right")},
        on_change=_take_typed,
        args=(desk, scenario, key),
        alt="Busy agent lines",
    )
    for message in desk.live_messages:
        st.error(plain(message), icon=":material/edit_off:")


def _take_typed(desk: Desk, scenario: Scenario, key: str) -> None:
    state: Any = st.session_state[key]
    rows = [a for a in scenario.lines if a.agent_lines]
    typed = {
        (rows[int(place)].campaign_id, rows[int(place)].dialer_id): cells["Busy now"]
        for place, cells in state["edited_rows"].items()
        if "Busy now" in cells
    }
    # The grid stays, with what was typed: whoever fills a column goes on in the next row.
    live, desk.live_messages = typed_busy(scenario.problem, typed, desk.live)
    desk.live = dict(live)
