"""Planning folders and workbooks to and from the contracts; every fault with its file and line."""

from __future__ import annotations

import difflib
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from planner.contracts.faults import Fault, InputError
from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.fleet.line_assignment import LineAssignment
from planner.contracts.fleet.references import Earlier, reference_faults
from planner.contracts.problem import Campaign, Dialer, Problem, TrunkGroup
from planner.contracts.table_size import extent_faults
from planner.contracts.values.fields import Contract
from planner.contracts.values.times import Interval, Outage
from planner.tables.cells import columns
from planner.tables.files import content_of, csv_files_in, what_instead, what_is_there
from planner.tables.rows import Rows, read_rows
from planner.tables.sheets import Sheet, csv_sheet
from planner.tables.workbook import workbook_sheets


class Table(NamedTuple):
    """What a table's rows are, whether a problem needs the table, and its field there."""

    contract: type[Contract]
    required: bool
    field: str


TABLES = {
    "dialers": Table(Dialer, True, "dialers"),
    "trunk_groups": Table(TrunkGroup, False, "trunk_groups"),
    "campaigns": Table(Campaign, True, "campaigns"),
    "assignments": Table(LineAssignment, False, "assignments"),
    "intervals": Table(Interval, False, "intervals"),
    "outages": Table(Outage, False, "outages"),
    "agents": Table(PoolRow, False, "pools"),
    "limits": Table(LimitRow, False, "limits"),
}
#: The table in which the keys of a column are defined, and the column there.
_KEY_TABLES = {
    "dialer_id": ("dialers", "dialer_id"),
    "campaign_id": ("campaigns", "campaign_id"),
    "trunk_group": ("trunk_groups", "trunk_group"),
    "allowed_dialers": ("dialers", "dialer_id"),
    "campaigns": ("campaigns", "campaign_id"),
    "dialers": ("dialers", "dialer_id"),
    "failure_domain": ("dialers", "dialer_id"),
    "pools": ("agents", "pool"),
}
EXCEL_SUFFIX = ".xlsx"


class Reading(NamedTuple):
    """A problem, and what was read as what on the way to it: a sentence each."""

    problem: Problem
    notes: tuple[str, ...]


def read_folder(path: str | Path, *, to_plan: bool = True) -> Problem:
    """Read a planning folder of CSV tables, or one ``.xlsx`` with the same tables as sheets.

    Parameters
    ----------
    path : the folder or the workbook
    to_plan : refuse campaigns whose planning tables would exhaust memory; a projection has none

    Raises
    ------
    InputError
        With every fault of every table.
    """
    if not isinstance(path, str | os.PathLike):
        wanted = "the path of a planning folder or of an .xlsx workbook"
        raise InputError([Fault("path", None, None, repr(path), wanted)])
    return read_with_notes(path, to_plan=to_plan).problem


#: A problem, or the path of the folder or workbook in which it lies.
ProblemSource = Problem | str | os.PathLike[str]


def as_problem(given: ProblemSource) -> Problem:
    """The problem itself, or that of a folder or workbook whose path is given.

    Raises
    ------
    InputError
        If it is neither, or with every fault of what lies at the path.
    """
    if isinstance(given, Problem):
        return given
    if isinstance(given, str | os.PathLike):
        return read_folder(Path(given))
    wanted = "a Problem, or the path of a planning folder or of an .xlsx workbook"
    raise InputError([Fault("problem", None, None, repr(given), wanted)])


def read_with_notes(path: str | Path, *, to_plan: bool = True) -> Reading:
    """Read as :func:`read_folder` does, and tell what was read as what.

    Raises
    ------
    InputError
        With every fault of every table.
    """
    path = Path(path)
    if os.path.isdir(path):  # false, too, where a folder above cannot be entered
        files = {item.name: item for item in csv_files_in(path)}
        sheets = _csv_sheets(files)
        return reading_of_sheets(
            sheets,
            set(files),
            "{}.csv",
            "" if sheets else what_is_there(path),
            to_plan=to_plan,
        )
    if path.suffix.lower() == EXCEL_SUFFIX:
        return _workbook_reading(path.name, content_of(path), to_plan=to_plan)
    raise InputError([Fault(str(path), None, None, None, what_instead(path))])


def read_uploads(files: Mapping[str, bytes]) -> Problem:
    """Read uploaded tables: CSV files by name, or one ``.xlsx`` alone.

    Parameters
    ----------
    files : content by file name

    Raises
    ------
    InputError
        With every fault of every table, and for files that are no tables of ours.
    """
    if len(files) == 1:
        name, content = next(iter(files.items()))
        if name.lower().endswith(EXCEL_SUFFIX):
            return _workbook_reading(name, content).problem
    tables = ", ".join(f"{table}.csv" for table in TABLES)
    strangers = [
        Fault(name, None, None, None, f"one of {tables}, or one .xlsx workbook alone")
        for name in files
        if _table_name(name) not in TABLES
    ]
    if strangers:
        raise InputError(strangers)
    return problem_of_sheets(_csv_sheets(files), set(files), "{}.csv")


def folder_content(path: Path) -> dict[str, bytes]:
    """The tables of a planning folder, or a workbook alone, as they stand: bytes by file name.

    Files that are no tables of ours are named, for their names may be misspelt, and left empty.

    Raises
    ------
    InputError
        If the folder or a file cannot be read, or is too large.
    """
    if path.suffix.lower() == EXCEL_SUFFIX and not os.path.isdir(path):
        return {path.name: content_of(path)}
    return {
        item.name: content_of(item) if _table_name(item.name) in TABLES else b""
        for item in csv_files_in(path)
    }


def read_content(files: Mapping[str, bytes]) -> Problem:
    """The problem in what :func:`folder_content` found.

    Raises
    ------
    InputError
        With every fault of every table.
    """
    if len(files) == 1 and next(iter(files)).lower().endswith(EXCEL_SUFFIX):
        return _workbook_reading(*next(iter(files.items()))).problem
    return problem_of_sheets(_csv_sheets(files), set(files), "{}.csv")


def _table_name(file_name: str) -> str:
    name = file_name.strip().lower()
    return name.removesuffix(".csv")


def _csv_sheets(files: Mapping[str, Path | bytes]) -> dict[str, Sheet | InputError]:
    sheets: dict[str, Sheet | InputError] = {}
    for name, source in files.items():
        table = _table_name(name)
        if table not in TABLES:
            continue
        try:
            if table in sheets:
                raise InputError([Fault(name, None, None, None, f"only one table {table}")])
            content = source if isinstance(source, bytes) else content_of(source)
            sheets[table] = csv_sheet(name, content)
        except InputError as error:
            sheets[table] = error
    return sheets


def _workbook_reading(name: str, content: bytes, *, to_plan: bool = True) -> Reading:
    found = workbook_sheets(name, content, lambda title: _table_name(title) in TABLES)
    sheets = {_table_name(title): sheet for title, sheet in found.items() if sheet is not None}
    return reading_of_sheets(sheets, set(found), f"{name}, sheet {{}}", to_plan=to_plan)


def problem_of_sheets(
    sheets: Mapping[str, Sheet | InputError],
    names: Collection[str],
    label: str,
    *,
    to_plan: bool = True,
) -> Problem:
    """The problem of :func:`reading_of_sheets`.

    Raises
    ------
    InputError
        With every fault of every table.
    """
    return reading_of_sheets(sheets, names, label, to_plan=to_plan).problem


def reading_of_sheets(
    sheets: Mapping[str, Sheet | InputError],
    names: Collection[str],
    label: str,
    found: str = "",
    *,
    to_plan: bool = True,
) -> Reading:
    """Build the problem from its sheets.

    Parameters
    ----------
    sheets : by table; an InputError where a table cannot be read
    names : of all files or sheets, for some may be misspelt
    label : makes the name of an absent table in faults, such as ``{}.csv``
    found : said of what there is where a table is missing

    Raises
    ------
    InputError
        With every fault of every table.
    """
    faults = list(_misspelt(names, set(sheets), label))
    tables: dict[str, Rows] = {}
    for table, (contract, required, _) in TABLES.items():
        sheet = sheets.get(table)
        if isinstance(sheet, InputError):
            faults += sheet.faults
        elif sheet is not None:
            tables[table] = read_rows(sheet, contract, with_pools="agents" in sheets)
            faults += tables[table].faults
            if required and not sheet.rows:
                faults.append(Fault(sheet.label, None, None, None, "at least one row"))
        elif required:
            wanted = f"this table: every problem needs it{found}"
            faults.append(Fault(label.format(table), None, None, None, wanted))
        else:
            tables[table] = Rows(label.format(table), columns=frozenset(columns(contract)))
    faults += _reference_faults(tables, {(f.file, f.line, f.column) for f in faults})
    if faults:
        order = {file: place for place, file in enumerate(dict.fromkeys(f.file for f in faults))}
        faults.sort(key=lambda fault: (order[fault.file], fault.line or 0))
        raise InputError(faults)
    problem = Problem(**{TABLES[table].field: tuple(r.items) for table, r in tables.items()})
    campaigns = tables["campaigns"]
    faults = [
        Fault(campaigns.label, campaigns.lines[row], "agent_lines", value, wanted)
        for row, value, wanted in (extent_faults(problem) if to_plan else ())
    ]
    if faults:
        raise InputError(faults)
    return Reading(problem, tuple(note for rows in tables.values() for note in rows.notes))


def _reference_faults(
    tables: Mapping[str, Rows], known: Collection[tuple[str, int | None, str | None]]
) -> Iterator[Fault]:
    """Yield faults between tables, but no second one for a cell that has one already."""
    rows = {
        field: tables[table].items if table in tables else []
        for table, (_, _, field) in TABLES.items()
    }
    # What a table that could not be read defines, nobody knows.
    unknown = {
        column
        for column, (table, key) in _KEY_TABLES.items()
        if table not in tables or key not in tables[table].columns
    }
    if "agents" not in tables:
        unknown.add("agent_lines")
    absent: set[tuple[str, str]] = set()
    by_field = {field: table for table, (_, _, field) in TABLES.items()}
    for field, row, column, value, expected in reference_faults(**rows):
        source = tables[by_field[field]]
        wanted = _with_line(expected, source)
        place = (source.label, source.lines[row], column)
        if place in known or column in unknown:
            continue
        if column in source.columns:
            yield Fault(*place, source.cell(row, column, value), wanted)
        elif (field, column) not in absent:  # one fault for the column, not one in each row
            absent.add((field, column))
            words = f"this column: {wanted}"
            yield Fault(source.label, source.header_line, column, None, words)


def _with_line(expected: str, source: Rows) -> str:
    """What was expected, with the line of an earlier row that says otherwise."""
    if not isinstance(expected, Earlier):
        return expected
    return f"{expected}; line {source.lines[expected.row]} has it already"


def _misspelt(names: Collection[str], present: Collection[str], label: str) -> Iterator[Fault]:
    """Yield names that look like an absent table: read as absent, it would go unnoticed."""
    absent = [table for table in TABLES if table not in present]
    for name in sorted(names):
        table = _table_name(name)
        close = [] if table in present else difflib.get_close_matches(table, absent, cutoff=0.85)
        if close:
            yield Fault(name, None, None, None, f"the name {label.format(close[0])}")
