"""Empty planning tables to fill in, with one example row where a row is needed."""

from __future__ import annotations

import io
import zipfile

from planner.contracts.problem import Problem
from planner.tables.cells import columns, spelt
from planner.tables.folder import TABLES
from planner.tables.template_help import add_help
from planner.tables.writing import csv_text


def tables_of(problem: Problem) -> dict[str, tuple[list[str], list[list[object]]]]:
    """Header and rows of every table as the files hold them, also of empty ones."""
    return {
        table: (
            list(columns(contract)),
            [
                [spelt(item, name) for name in columns(contract).values()]
                for item in getattr(problem, field)
            ],
        )
        for table, (contract, _, field) in TABLES.items()
    }


def csv_files(problem: Problem) -> dict[str, str]:
    """Every table as CSV by file name, also empty ones with their header."""
    return {
        f"{table}.csv": csv_text(header, rows)
        for table, (header, rows) in tables_of(problem).items()
    }


def csv_zip(problem: Problem) -> bytes:
    """:func:`csv_files` in one zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in csv_files(problem).items():
            archive.writestr(name, text)
    return buffer.getvalue()


def workbook(problem: Problem) -> bytes:
    """The same tables as sheets of one workbook; text stays text, whatever it begins with.

    Each title tells in a comment what its column says; what is one of a few has a list to pick
    from.
    """
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for table, (header, rows) in tables_of(problem).items():
        sheet = book.create_sheet(table)
        sheet.append(header)
        for row in rows:
            sheet.append([str(v) if hasattr(v, "isoformat") else v for v in row])
        for cell in (cell for line in sheet.iter_rows(min_row=2) for cell in line):
            if isinstance(cell.value, str):
                cell.data_type = "s"
        sheet.freeze_panes = "B2"
        add_help(sheet, table, header)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
