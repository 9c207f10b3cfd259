"""The grid of line assignments: lines and locks to edit, status and figures in the same row."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from planner.app.editing.assessment import AssessedPair, Assessment
from planner.app.editing.edited_lines import EDITABLE, PairKey
from planner.app.session.workspace import Workspace
from planner.contracts.problem import LineAssignment
from planner.contracts.result import AssignmentFigures, Status
from planner.report.charts.figure import STATUS_COLOURS
from planner.report.words import duration

GRID_NAME = "Line assignments"
_ROW_PIXELS, _MOST_ROWS = 35, 12

#: Room for *Running and Dialing*; always the same, so that no cell moves while one types [pixels].
_STATUS = 168


def show_grid(workspace: Workspace, view: Assessment) -> None:
    """The list of the workspace's rows; what is typed is taken in on the next run of the page."""
    frame = _frame(workspace, view)
    st.data_editor(
        frame,
        key=workspace.grid_key,
        num_rows="fixed",
        hide_index=True,
        disabled=[name for name in frame.columns if name not in EDITABLE],
        column_config=_columns(view),
        height=_ROW_PIXELS * (min(len(frame), _MOST_ROWS) + 1) + 3,
        placeholder="",
        alt=GRID_NAME,
    )


def _frame(workspace: Workspace, view: Assessment) -> pd.DataFrame:
    """Editable columns as of the grid's revision, everything else as of now.

    What is typed lies over the former in the browser; line counts are text there, because a
    column of numbers drops a pasted word without telling anyone.
    """
    start = {(a.campaign_id, a.dialer_id): a for a in workspace.grid_lines}
    rows = [_record(key, start.get(key), view.pairs[key], workspace) for key in workspace.grid_rows]
    index = pd.Index([f"{campaign} | {dialer}" for campaign, dialer in workspace.grid_rows])
    return pd.DataFrame(rows, index=index)


def _record(
    key: PairKey, start: LineAssignment | None, row: AssessedPair, workspace: Workspace
) -> dict[str, Any]:
    refused = [m.message for m in workspace.messages if (m.campaign_id, m.dialer_id) == key]
    return {
        "campaign": key[0],
        "dialer": key[1],
        "dial_lines": str(start.dial_lines if start else 0),
        "agent_lines": str(start.agent_lines if start else 0),
        "locked": bool(start and start.locked),
        "check": _check(row, refused),
        "status": [str(row.status)],
        **_figures(row.figures),
        "why": " ".join(text for text in (*refused, *row.breaches, row.reason, row.advice) if text),
    }


def _check(row: AssessedPair, refused: list[str]) -> str:
    if refused:
        return "⚠ edit"
    if row.breaches:
        return "⚠ limit"
    return "✓" if row.figures is not None else ""


def _figures(figures: AssignmentFigures | None) -> dict[str, Any]:
    """Figures with the digits that matter: what is shown is also what is copied and read out."""
    if figures is None:
        names = ("all_busy", "transfers", "messages", "abandons", "pauses", "pause")
        return {**dict.fromkeys(names, float("nan")), "until": ""}
    until = figures.seconds_to_all_busy_mean
    is_broadcast = figures.transfers_per_hour is None
    return {
        "all_busy": _per_cent(figures.all_busy_share),
        "transfers": _rounded(figures.transfers_per_hour),
        "messages": _rounded(figures.live_answers_per_hour) if is_broadcast else float("nan"),
        "abandons": _rounded(figures.abandons_per_hour),
        "pauses": _rounded(figures.pauses_per_hour),
        "pause": _rounded(figures.mean_pause_seconds),
        "until": "" if until is None else duration(until),
    }


def _rounded(value: float | None) -> float:
    return float("nan") if value is None else round(value, 1)


def _per_cent(value: float | None) -> float:
    """With two digits, as shares are told."""
    return float("nan") if value is None else float(f"{100 * value:.2g}")


def _columns(view: Assessment) -> dict[str, Any]:
    column = st.column_config
    return {
        "campaign": column.TextColumn("Campaign", pinned=True),
        "dialer": column.TextColumn("Dialer", pinned=True),
        "dial_lines": column.TextColumn(
            "Dial lines", alignment="right", width=95, help="Simultaneous outbound calls"
        ),
        "agent_lines": column.TextColumn(
            "Agent lines", alignment="right", width=105, help="Lines to agents, on this dialer only"
        ),
        "locked": column.CheckboxColumn(
            "Lock", width=70, help="A locked row keeps its lines when you optimise"
        ),
        "check": column.TextColumn(
            "Check",
            width=70,
            help="⚠ edit: what was typed cannot be used. ⚠ limit: a limit is broken here. The "
            "words are above the grid and at the end of the row.",
        ),
        "status": column.MultiselectColumn(
            "Status now",
            options=[str(status) for status in Status],
            color=[STATUS_COLOURS[status] for status in Status],
            width=_STATUS,
        ),
        **_figure_columns(view),
        "why": column.TextColumn(
            "Why", width=100, help="What to check in this row, and why it has this status"
        ),
    }


def _figure_columns(view: Assessment) -> dict[str, Any]:
    column = st.column_config
    number = column.NumberColumn
    return {
        "all_busy": number(
            "Time paused %",
            format="%g",
            width=102,
            help="Share of time, while running, in which every agent line here is busy and "
            "dialing pauses",
        ),
        "transfers": number(
            "Transfers an hour", format="%.1f", width=118, help="Callees an hour who reach an agent"
        ),
        "messages": number(
            "Messages an hour",
            format="%.0f",
            width=118,
            help="Live callees an hour who hear the message",
        )
        if view.headline.messages_per_hour is not None
        else None,
        "abandons": number(
            "Abandoned an hour",
            format="%.1f",
            width=128,
            help="Callees an hour who ask for an agent and get none",
        ),
        "pauses": number(
            "Pauses an hour", format="%.1f", width=106, help="How often dialing pauses in an hour"
        ),
        "pause": number("Mean pause s", format="%.0f", width=90, help="Mean length of a pause"),
        "until": column.TextColumn(
            "Until all busy",
            alignment="right",
            width=90,
            help="Mean time until all agent lines are busy, from the busy lines now if they are "
            "known, else from none",
        ),
    }
