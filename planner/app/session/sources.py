"""Where a plan starts: an example, or files of one's own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from planner.app.session.text import plain
from planner.app.session.workspace import Workspace
from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Problem
from planner.shipped import shipped
from planner.tables.folder import TABLES, read_folder, read_uploads

#: Environment variable with the planning folder that is open from the start.
FOLDER_VARIABLE = "PLANNER_FOLDER"
#: What a fleet is called whose files have no name of their own.
UPLOADED = "Uploaded fleet"
_DATA = shipped() / "data"
EXAMPLES = {
    "quickstart": "One campaign, ten agent lines, two dialers of 100 ports",
    "regional": "Ten campaigns on six dialers in three sites, with limits that bind",
    "sites": "The same, with agents who sit in two cities and a carrier's limit",
}


def show_start(workspace: Workspace) -> None:
    """The page before anything is open: what to do first."""
    st.title("Line planner")
    st.write(
        "Plan how many dial and agent lines each campaign gets on each dialer, "
        "and see what every dialer will do."
    )
    examples, own = st.columns(2, gap="large")
    with examples:
        st.subheader("Start with an example")
        example_buttons(workspace)
    with own:
        st.subheader("Or with your own files")
        show_upload(workspace)
        st.caption("None yet? The Data page has templates, with an example to write over.")
    show_faults(workspace)


def show_change(workspace: Workspace) -> None:
    """Open something else in place of what is open."""
    example_buttons(workspace)
    st.divider()
    show_upload(workspace)
    show_faults(workspace)


def open_named_folder(workspace: Workspace) -> None:
    """On the first run of a session open the folder that the server was started with, if any."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder and not workspace.greeted:
        open_folder(workspace, Path(folder))
    workspace.greeted = True


def open_folder(workspace: Workspace, folder: Path) -> None:
    """Open a planning folder; what is wrong with it is listed on the page."""
    workspace.open(lambda: read_folder(folder), folder.name)


def example_folder(name: str) -> Path:
    """The planning folder of an example."""
    return _DATA / name


def example_buttons(workspace: Workspace) -> None:
    """Buttons that open the examples."""
    for name, words in EXAMPLES.items():
        st.button(
            f"Open {name}",
            key=f"open-{name}",
            icon=":material/folder_open:",
            width="stretch",
            on_click=open_folder,
            args=(workspace, example_folder(name)),
        )
        st.caption(words)


def show_upload(workspace: Workspace) -> None:
    """A place to drop files; what is wrong with them is for :func:`show_faults`."""
    files = st.file_uploader(
        "The CSV files of a planning folder, or one Excel workbook",
        type=["csv", "xlsx"],
        accept_multiple_files=True,
        key="uploads",
        help="dialers.csv and campaigns.csv are needed; assignments.csv, trunk_groups.csv, "
        "agents.csv, limits.csv, intervals.csv and outages.csv are read if they are there. A "
        "workbook has them as sheets.",
    )
    ids = tuple(file.file_id for file in files)
    if ids != workspace.uploads_read:
        workspace.uploads_read, workspace.refused, workspace.faults = ids, "", ()
        if files:
            workspace.open(lambda: _read(files), _name([file.name for file in files]))
            if not workspace.faults:
                _say_loaded(workspace)
                st.rerun()


def _name(files: Sequence[str]) -> str:
    """What an uploaded fleet is called: a workbook has a name, tables have only their own."""
    stems = [Path(name).stem for name in files]
    return stems[0] if len(stems) == 1 and stems[0] not in TABLES else UPLOADED


def _say_loaded(workspace: Workspace) -> None:
    """Say what was read, now or once it is opened."""
    if workspace.wish is not None:
        said = loaded_words(workspace.wish.edited.baseline)
        workspace.wish = replace(workspace.wish, said=said)
    elif workspace.edited is not None:
        workspace.said = loaded_words(workspace.edited.baseline)


def loaded_words(problem: Problem) -> str:
    """What was read: ``Loaded 3 dialers, 4 campaigns and 12 rows of lines``."""
    counts = [(len(problem.dialers), "dialer"), (len(problem.campaigns), "campaign")]
    told = ", ".join(f"{n:,} {what}{'' if n == 1 else 's'}" for n, what in counts)
    rows = len(problem.assignments)
    lines = (
        "no lines yet" if not rows else "1 row of lines" if rows == 1 else f"{rows:,} rows of lines"
    )
    return f"Loaded {told} and {lines}."


def _read(files: Sequence[UploadedFile]) -> Problem:
    names = [file.name for file in files]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError([Fault(name, None, None, None, "one file of this name") for name in twice])
    return read_uploads({file.name: file.getvalue() for file in files})


def show_faults(workspace: Workspace) -> None:
    """Every fault of what was refused, with its place; it wants the width of the page."""
    faults = workspace.faults
    if not faults:
        return
    count = f"{len(faults)} things are wrong" if len(faults) > 1 else "one thing is wrong"
    kept = " What was open stays as it was." if workspace.edited is not None else ""
    st.error(
        f"{plain(workspace.refused)} cannot be opened: {count}.{kept}",
        icon=":material/error:",
    )
    frame = pd.DataFrame(
        {
            "File": [fault.file for fault in faults],
            "Line": ["" if fault.line is None else str(fault.line) for fault in faults],
            "Column": [fault.column or "" for fault in faults],
            "Value": [fault.value or "" for fault in faults],
            "Expected": [fault.expected for fault in faults],
        }
    )
    st.dataframe(frame, hide_index=True, alt="What is wrong with the files")
