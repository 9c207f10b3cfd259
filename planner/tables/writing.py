"""Files written whole or not at all, and CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

from planner.tables.sheets import safe_text


def write_text(path: str | Path, text: str) -> None:
    """Write a UTF-8 file so that nobody ever sees half of it.

    Parameters
    ----------
    path : the file; its folder must exist
    text : the whole content, its line ends written as they are

    Raises
    ------
    OSError
        If the file cannot be written; what was there before is then untouched.
    """
    path = Path(path)
    temporary = path.with_name(f".{uuid4().hex}.tmp")
    try:
        with temporary.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Spell rows as CSV; floats read back to the last bit, text to the last character.

    Parameters
    ----------
    columns : the header
    rows : cells of text, numbers, truth values, dates or None (blank)
    """
    return csv_lines([columns, *rows])


def csv_lines(rows: Iterable[Sequence[object]], *, guarded: bool = True) -> str:
    """Spell rows as lines of CSV.

    Parameters
    ----------
    rows : as in :func:`csv_text`
    guarded : text that a spreadsheet would run gets an apostrophe before it
    """
    spell = safe_text if guarded else str
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([_cell(value, spell) for value in row] for row in rows)
    return buffer.getvalue()


def write_csv(path: str | Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write :func:`csv_text` with :func:`write_text`."""
    write_text(path, csv_text(columns, rows))


def _cell(value: object, spell: Callable[[str], str]) -> str:
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case int():  # numbers are no formulas, whatever their sign
            text = str(value)
        case float():
            text = repr(float(value))  # not that of a subclass
        case datetime() | date():
            text = value.isoformat()
        case _:
            text = spell(str(value))
    return text
