"""The live state of the dialers: read from a source, or typed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from planner.app.editing.edited_lines import EditedLines
from planner.app.editing.live.live import (
    live_of,
    newest,
    oldest,
    other_lines,
    typed_busy,
    untold,
    with_typed,
)
from planner.app.editing.live.live_rows import SNAPSHOT, Snapshot, read_apart, read_snapshot
from planner.app.editing.live.live_source import LiveSource, Reading
from planner.app.jobs.worker_process import WorkFailed, apart
from planner.app.session.text import moment_words, plain
from planner.app.session.workspace import Workspace
from planner.contracts.faults import Fault, InputError
from planner.report.words import duration

#: Environment variables with the file or address of a live snapshot, and how often to read it.
SOURCE_VARIABLE, SECONDS_VARIABLE = "PLANNER_LIVE", "PLANNER_LIVE_SECONDS"
_DEFAULT_SECONDS = 10.0
#: Data so many intervals old is warned of, and shows no status after so many; but not sooner than
#: in so many seconds, which a reading may take.
_WARNED, _HIDDEN = 3, 10
_SOONEST_WARNED, _SOONEST_HIDDEN = 5.0, 30.0
#: Up to so many bytes are read in no time; more in a process of its own, which leaves pages alone.
_READ_HERE = 100_000
#: So many rows are named.
_MOST_NAMED = 5


@st.cache_resource(show_spinner=False)
def _source(source: str, seconds: float) -> LiveSource:
    """The source that all sessions of this server follow."""
    return LiveSource(source, seconds, _read)


def _read(content: bytes, written: datetime) -> Snapshot:
    if len(content) <= _READ_HERE:
        return read_snapshot(content, written)
    work = partial(read_apart, content, written)
    try:
        found: Snapshot = apart(work, lambda *_: None, lambda: False)
    except WorkFailed as error:
        raise InputError([Fault(SNAPSHOT, None, None, None, f"rows: {error}")]) from error
    return found


def show_live(workspace: Workspace, edited: EditedLines) -> None:
    """Follow the source that the server was started with, if any."""
    name = os.environ.get(SOURCE_VARIABLE)
    if name:
        source = _source(name, _seconds())
        st.fragment(_follow, run_every=_seconds())(workspace, edited, source)


def take_live(workspace: Workspace, edited: EditedLines) -> None:
    """Take in what the source holds by now, where there is one; nothing is shown of it."""
    if name := os.environ.get(SOURCE_VARIABLE):
        reading = _source(name, _seconds()).latest()
        if reading is not None:
            _take_snapshot(workspace, edited, reading)


def _seconds() -> float:
    return float(os.environ.get(SECONDS_VARIABLE) or _DEFAULT_SECONDS)


def show_busy(workspace: Workspace, edited: EditedLines) -> None:
    """Busy lines can be typed."""
    with st.expander("Busy agent lines right now", icon=":material/support_agent:"):
        _show_busy(workspace, edited)


def _follow(workspace: Workspace, edited: EditedLines, source: LiveSource) -> None:
    """Take in what the source holds; with faults the last good state stays, and its age is told."""
    reading = source.latest()
    if reading is None:
        st.caption(":material/sensors: Live: waiting for the first snapshot.")
        return
    before = workspace.live_revision
    faults = _take_snapshot(workspace, edited, reading)
    if not faults:
        source.good = reading
    elif workspace.live_read is None and source.good is not None:
        _take_snapshot(workspace, edited, source.good)  # what others saw before this session began
    if workspace.live_revision != before:
        st.rerun()
    if faults:
        st.markdown(f":material/sync_problem: {_fault_words(workspace, faults)}")
    else:
        changed = (
            f", last change {moment_words(workspace.live_changed)}"
            if workspace.live_changed
            else ""
        )
        st.markdown(
            f":material/sensors: Live: read {_age(reading.at)}{_data_age(workspace)}{changed}."
        )
    _show_doubts(workspace, edited, source.seconds)


def _show_doubts(workspace: Workspace, edited: EditedLines, seconds: float) -> None:
    """What is old, what is not told, and where the dialers have other lines than the plan."""
    if workspace.live_read is None:
        return
    now = datetime.now(UTC)
    longest = timedelta(seconds=max(_HIDDEN * seconds, _SOONEST_HIDDEN))
    missing, old = untold(edited.problem, workspace.live, now, longest)
    hidden = tuple(dict.fromkeys([*missing, *old]))
    if hidden != workspace.live_hidden:
        workspace.live_hidden = hidden
        st.rerun()
    warned = timedelta(seconds=max(_WARNED * seconds, _SOONEST_WARNED))
    _show_doubtful_age(workspace, now, warned, old)
    if missing:
        st.warning(
            f"The live data does not tell of {_named(missing)}: no status is shown there.",
            icon=":material/visibility_off:",
        )
    others = other_lines(edited.problem, workspace.live)
    if others:
        more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
        st.markdown(
            f":material/difference: Other lines than in the plan, used for the status: "
            f"{plain('; '.join(others[:_MOST_NAMED]))}{more}."
        )


def _show_doubtful_age(
    workspace: Workspace, now: datetime, warned: timedelta, hidden: list[tuple[str, str]]
) -> None:
    """Where the data is old, or says that it is of later than now."""
    first, last = oldest(workspace.live), newest(workspace.live)
    gone = f" Nothing is shown of {_named(hidden)}." if hidden else ""
    if last is not None and last - now > warned:
        ahead = duration((last - now).total_seconds())
        st.warning(
            f"**A clock is wrong**: the live data says what will be in {ahead}, so that how old it "
            f"is cannot be known.{gone} Check the clock of what writes it, and of this machine.",
            icon=":material/schedule:",
        )
    elif first is not None and now - first > warned:
        st.warning(
            f"**The live data is old**: written {_age(first)}.{gone} Is what writes it running?",
            icon=":material/schedule:",
        )


def _named(pairs: list[tuple[str, str]]) -> str:
    names = ", ".join(f"{campaign} on {dialer}" for campaign, dialer in pairs[:_MOST_NAMED])
    more = f" and {len(pairs) - _MOST_NAMED} more" if len(pairs) > _MOST_NAMED else ""
    return f"{plain(names)}{more}"


def _take_snapshot(
    workspace: Workspace, edited: EditedLines, reading: Reading
) -> tuple[Fault, ...]:
    """Lay a reading over the lines; the result is why it cannot be used."""
    if reading.faults or reading.snapshot is None:
        return reading.faults
    try:
        told = live_of(reading.snapshot, edited.problem)
    except InputError as error:
        return tuple(error.faults)
    workspace.live_read = reading.at
    found, words, replaced = with_typed(told, workspace.live_typed)
    for pair in replaced:
        del workspace.live_typed[pair]
    if words:
        workspace.live_messages = tuple(words)
    if found != workspace.live:
        same = {pair: state._replace(at=None) for pair, state in found.items()} == {
            pair: state._replace(at=None) for pair, state in workspace.live.items()
        }
        workspace.live = dict(found)
        if same and not words:  # only written anew
            return ()
        workspace.live_revision += 1
        workspace.live_changed = reading.at
    return ()


def _fault_words(workspace: Workspace, faults: tuple[Fault, ...]) -> str:
    shown = "the lines are shown without it"
    if workspace.live_read is not None:
        shown = f"what was read {_age(workspace.live_read)} is shown"
    more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"**The live snapshot cannot be used**, so {shown}. {plain(str(faults[0]))}{more}."


def _data_age(workspace: Workspace) -> str:
    """When the data was written, where that is not when it was read."""
    since = oldest(workspace.live)
    if since is None or since > datetime.now(UTC):  # a clock is wrong
        return ""
    return f", written {_age(since)}"


def _age(moment: datetime) -> str:
    seconds = (datetime.now(UTC) - moment).total_seconds()
    return "just now" if seconds < 1 else f"{duration(seconds)} ago"


def _show_busy(workspace: Workspace, edited: EditedLines) -> None:
    st.caption(
        "How many agent lines are taken now. With it, the time until all are busy counts from "
        "there; blank counts from no call."
    )
    rows = [a for a in edited.lines if a.agent_lines]
    known = workspace.live
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
    key = f"busy-{workspace.live_revision}-{hash(edited.lines)}"
    st.data_editor(
        frame,
        key=key,
        hide_index=True,
        num_rows="fixed",
        disabled=["Dialer", "Campaign", "Agent lines"],
        column_config={"Busy now": st.column_config.TextColumn("Busy now", alignment="right")},
        on_change=_take_typed,
        args=(workspace, edited, key),
        alt="Busy agent lines",
    )
    for message in workspace.live_messages:
        st.error(plain(message), icon=":material/edit_off:")


def _take_typed(workspace: Workspace, edited: EditedLines, key: str) -> None:
    state: Any = st.session_state[key]
    rows = [a for a in edited.lines if a.agent_lines]
    typed = {
        (rows[int(place)].campaign_id, rows[int(place)].dialer_id): cells["Busy now"]
        for place, cells in state["edited_rows"].items()
        if "Busy now" in cells
    }
    # The grid stays, with what was typed: whoever fills a column goes on in the next row.
    live, workspace.live_messages = typed_busy(edited.problem, typed, workspace.live)
    workspace.live = dict(live)
    if workspace.live_read is not None:  # a source is followed: it may say otherwise later
        workspace.live_typed |= {
            pair: live[pair].busy_agent_lines for pair in typed if pair in live
        }
