"""The edited lines as files to take away."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import streamlit as st

from planner.app.editing.edited_lines import EditedLines
from planner.app.session.workspace import Workspace
from planner.contracts.problem import Problem
from planner.tables.folder_writing import write_assignments, write_folder

_LINES = "assignments.csv"


def show_downloads(workspace: Workspace, edited: EditedLines) -> None:
    """Buttons for the lines alone and for the whole planning folder.

    The files are made when they are asked for, from what the workspace has then: a click that
    follows an edit closely must not bring the lines before it.
    """

    def problem() -> Problem:
        return (workspace.edited or edited).problem

    st.download_button(
        "Download plan",
        data=lambda: _lines(problem()),
        file_name=_LINES,
        mime="text/csv",
        key="download-lines",
        icon=":material/download:",
        on_click="ignore",
        help="The lines of the grid as assignments.csv",
    )
    st.download_button(
        "All files",
        data=lambda: _zip(problem()),
        file_name="planning-folder.zip",
        mime="application/zip",
        key="download-folder",
        icon=":material/folder_zip:",
        on_click="ignore",
        help="The planning folder with these lines, as a zip: open it here again or with the "
        "command line",
    )


def _lines(problem: Problem) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / _LINES
        write_assignments(file, problem.assignments)
        return file.read_bytes()


def _zip(problem: Problem) -> bytes:
    buffer = io.BytesIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        write_folder(problem, folder)
        for path in sorted(Path(folder).iterdir()):
            archive.write(path, path.name)
    return buffer.getvalue()
