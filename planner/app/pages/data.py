"""The data page: files of one's own, examples, templates, and the tables to edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from planner.app.editing.edited_lines import EditedLines
from planner.app.pages.call_logs import show_call_logs
from planner.app.session.persistence import show_store_fault
from planner.app.session.sources import (
    EXAMPLES,
    example_buttons,
    example_folder,
    show_faults,
    show_upload,
)
from planner.app.session.text import plain
from planner.app.session.workspace import Workspace, workspace
from planner.contracts.problem import Problem
from planner.contracts.values.fields import Contract
from planner.tables.cells import columns, fields_of_type
from planner.tables.folder import TABLES, read_folder, read_uploads
from planner.tables.labels import FIRST, TOPICS, label, told
from planner.tables.templates import csv_zip, tables_of, workbook
from planner.tables.writing import csv_text

_TITLES = {
    "dialers": "Dialers",
    "campaigns": "Campaigns",
    "trunk_groups": "Trunk groups",
    "intervals": "Hours that differ",
    "outages": "Outages",
    "agents": "Agent pools",
    "limits": "Limits on lines",
}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show() -> None:
    """Draw the page."""
    here = workspace()
    show_store_fault()
    st.title("Data")
    if here.said:
        st.success(plain(here.said), icon=":material/check:")
        here.said = ""
    upload, examples, templates = st.columns(3, gap="large")
    with upload:
        st.subheader("Your files")
        show_upload(here)
    with examples:
        st.subheader("Examples")
        example_buttons(here)
    with templates:
        st.subheader("Templates")
        _show_templates()
    show_faults(here)
    if here.edited is not None:
        st.divider()
        _show_tables(here, here.edited)
        st.divider()
        show_call_logs(here, here.edited)


def _show_templates() -> None:
    st.caption(
        "Every table with the rows of an example to overwrite. In the workbook each title tells "
        "what its column says, and what is one of a few is picked from a list."
    )
    example = read_folder(example_folder(next(iter(EXAMPLES))))
    st.download_button(
        "Excel workbook",
        data=lambda: workbook(example),
        file_name="planning-template.xlsx",
        mime=_XLSX,
        key="template-xlsx",
        icon=":material/table_view:",
        on_click="ignore",
        width="stretch",
    )
    st.download_button(
        "CSV files",
        data=lambda: csv_zip(example),
        file_name="planning-template.zip",
        mime="application/zip",
        key="template-csv",
        icon=":material/folder_zip:",
        on_click="ignore",
        width="stretch",
    )


def _show_tables(here: Workspace, edited: EditedLines) -> None:
    st.subheader(f"Tables of {plain(here.source)}")
    st.caption(
        "Type or paste, add rows at the end, then apply: everything is checked first. A blank cell "
        "takes the default. Resting on a title tells what it says and its name in the files. The "
        "lines are edited on the Plan page."
    )
    tables = tables_of(edited.baseline)
    frames: dict[str, pd.DataFrame] = {}
    for tab, (table, title) in zip(st.tabs(list(_TITLES.values())), _TITLES.items(), strict=True):
        with tab:
            frames[table] = _show_table(here, table, title, *tables[table])
    with st.container(horizontal=True):
        if st.button("Apply", key="apply", type="primary", icon=":material/check:"):
            _apply(here, edited, frames)
        st.button(
            "Take back", key="take-back", icon=":material/undo:", on_click=_reset, args=(here,)
        )


def _show_table(
    here: Workspace, table: str, title: str, header: list[str], rows: list[list[object]]
) -> pd.DataFrame:
    topics = _pick_topics(here, table)
    frame = _base(here, table, topics, header, rows)
    numbers = _number_columns(table)
    contract = TABLES[table].contract
    text = {
        name: st.column_config.TextColumn(
            label(table, name).title,
            alignment="right" if name in numbers else None,
            help=f"`{name}` in the files. {plain(told(table, contract, name))}",
        )
        for name in header
    }
    typed = st.data_editor(
        frame,
        key="-".join([f"table-{table}-{here.data_revision}", *topics]),
        num_rows="dynamic",
        hide_index=True,
        column_order=_in_view(table, topics, header),
        column_config=text,
        placeholder="",
        alt=title,
    )
    st.session_state[_kept(here, table)] = topics, frame, typed
    return typed


def _pick_topics(here: Workspace, table: str) -> tuple[str, ...]:
    """Which of the columns that are not always needed are in view."""
    known = TOPICS.get(table)
    if known is None or here.edited is None:
        return ()
    rows = getattr(here.edited.baseline, TABLES[table].field)
    picked = st.pills(
        "More columns",
        list(known),
        selection_mode="multi",
        key=f"topics-{table}",
        format_func=lambda topic: _topic_words(topic, _in_use(rows, table, known[topic])),
    )
    return tuple(picked)


def _topic_words(topic: str, in_use: int) -> str:
    return f"{topic} ({in_use} in use)" if in_use else topic


def _in_use(rows: Sequence[Contract], table: str, names: Sequence[str]) -> int:
    """How many of some columns say something else than their default somewhere."""
    contract = TABLES[table].contract
    fields = columns(contract)
    return sum(
        any(getattr(row, fields[n]) != contract.model_fields[fields[n]].default for row in rows)
        for n in names
    )


def _in_view(table: str, topics: Sequence[str], header: list[str]) -> list[str]:
    if table not in TOPICS:
        return header
    return [*FIRST[table], *(name for topic in topics for name in TOPICS[table][topic])]


def _kept(here: Workspace, table: str) -> str:
    return f"typed-{table}-{here.data_revision}"


def _base(
    here: Workspace,
    table: str,
    topics: tuple[str, ...],
    header: list[str],
    rows: list[list[object]],
) -> pd.DataFrame:
    """What the grid starts from: other columns mean another grid, from what was typed so far."""
    kept = st.session_state.get(_kept(here, table))
    if kept is not None:
        before, base, typed = kept
        found: pd.DataFrame = base if before == topics else typed.reset_index(drop=True)
        return found
    return pd.DataFrame([[_cell(v) for v in row] for row in rows], columns=header, dtype="object")


def _number_columns(table: str) -> set[str]:
    """The columns of a table that hold numbers; in the grid they are text, as everything is."""
    contract = TABLES[table].contract
    fields = (*fields_of_type(contract, "integer"), *fields_of_type(contract, "number"))
    return {column for column, name in columns(contract).items() if name in fields}


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _apply(here: Workspace, edited: EditedLines, frames: dict[str, pd.DataFrame]) -> None:
    """Read the grids as if they were uploaded files; the lines come along."""
    files = {f"{table}.csv": _csv(frame) for table, frame in frames.items()}
    header, rows = tables_of(edited.problem)["assignments"]
    files["assignments.csv"] = csv_text(header, rows)
    source = here.source
    here.open(lambda: _read(files), source, ask=False)
    if not here.faults:
        here.data_revision += 1
        here.said = "Your tables are applied."
    st.rerun()


def _read(files: dict[str, str]) -> Problem:
    return read_uploads({name: text.encode() for name, text in files.items()})


def _csv(frame: pd.DataFrame) -> str:
    """Rows with something in them; a row somebody added and left blank says nothing."""
    rows: list[list[Any]] = [
        ["" if pd.isna(v) else str(v) for v in row] for row in frame.itertuples(index=False)
    ]
    return csv_text([str(name) for name in frame.columns], [row for row in rows if any(row)])


def _reset(here: Workspace) -> None:
    here.data_revision += 1
    here.faults = ()
