"""XLSX workbooks as sheets of text cells, read without running anything in them."""

from __future__ import annotations

import io
import lzma
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple

from planner.contracts.faults import Fault, InputError
from planner.tables.sheets import (
    MAX_BYTES,
    Row,
    Sheet,
    column_name,
    has_content,
    is_ignored,
    plain_text,
    sheet_of,
)

#: Larger sheets are no planning tables; a small file can claim billions of blank cells.
MAX_CELLS = 10_000_000
#: So many bytes of a worksheet are looked through at a time, and so many again with the next.
_PIECE, _LONGEST_TAG = 1 << 20, 400
#: What Excel, which shows 15 digits, takes for the whole number.
_NOISE = 2e-15
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_CELL = rb"[$]?([A-Z]{1,3})[$]?([0-9]{1,7})"
_MERGED = re.compile(rb"mergeCell\s[^<>]*?ref=[\"']" + _CELL + b":" + _CELL)
#: What openpyxl and the zip library raise on damaged files; they have no common base.
_DAMAGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,  # XML that does not parse
    TypeError,
    ValueError,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
)


def workbook_sheets(
    label: str, content: bytes, wanted: Callable[[str], bool]
) -> dict[str, Sheet | InputError | None]:
    """Read the bytes of an XLSX file: each worksheet by its name, or what is wrong with it.

    Worksheets whose name is not ``wanted`` are None. Cells of numbers, dates, times and truth
    values become the text that the CSV tables use. Formulas are read by the value that was stored
    with them, which a note tells; error values are faults. A merged cell has its value in each of
    its rows; across columns it is a fault.

    Raises
    ------
    InputError
        If the file is no workbook, is damaged, or unpacks to more than ``MAX_BYTES``.
    """
    import openpyxl  # here, because most input is CSV and this takes 0.2 s

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > MAX_BYTES:
                raise InputError([Fault(label, None, None, None, f"at most {MAX_BYTES:,} bytes")])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of drop-down lists and the like
                load = partial(openpyxl.load_workbook, io.BytesIO(content), read_only=True)
                book = load(data_only=True)
                layouts = {
                    sheet.title: _layout(archive, sheet._worksheet_path)
                    for sheet in book.worksheets
                    if wanted(sheet.title)
                }
                # Only then: it takes as long again.
                with_formulas = any(layout.has_formulas for layout in layouts.values())
                formulas = load(data_only=False) if with_formulas else None
            return {
                sheet.title: _read(
                    f"{label}, sheet {sheet.title}",
                    sheet,
                    formulas and formulas[sheet.title],
                    layouts[sheet.title],
                )
                if sheet.title in layouts
                else None
                for sheet in book.worksheets
            }
    except InputError:
        raise
    except _DAMAGED as error:
        expected = "an Excel workbook (.xlsx) that is not damaged or encrypted"
        raise InputError([Fault(label, None, None, None, expected)]) from error


class _Merged(NamedTuple):
    """Cells that are one: columns and lines from the first to the last, counted from 1."""

    first_column: int
    first_line: int
    last_column: int
    last_line: int


@dataclass
class _Layout:
    """What the cells of a worksheet do not tell when they are read one by one."""

    has_formulas: bool = False
    merged: set[_Merged] = field(default_factory=set)


def _layout(archive: zipfile.ZipFile, part: str) -> _Layout:
    """Look through a worksheet's XML for formulas and merged cells, piece by piece."""
    found, before = _Layout(), b""
    with archive.open(part.lstrip("/")) as file:
        while piece := file.read(_PIECE):
            text = before + piece
            found.has_formulas = found.has_formulas or _FORMULA.search(text) is not None
            for first, first_line, last, last_line in _MERGED.findall(text):
                columns = (_column_number(name) for name in (first, last))
                (left, right), lines = columns, (int(first_line), int(last_line))
                found.merged.add(_Merged(left, lines[0], right, lines[1]))
            before = piece[-_LONGEST_TAG:]
    return found


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _read(label: str, worksheet: Any, formulas: Any, layout: _Layout) -> Sheet | InputError:
    faults: list[Fault] = []
    notes: list[str] = []
    try:
        blank: set[tuple[int, int]] = set()
        rows = list(_rows(label, worksheet, faults, blank))
        if formulas is not None and layout.has_formulas:
            notes += _formula_notes(label, formulas, rows, blank, faults)
        notes += _fill_merged(label, rows, layout.merged, faults)
        read = tuple(f for f in faults if not (f.column and is_ignored(f.column)))
        return sheet_of(label, rows, faults=read, notes=tuple(notes))
    except InputError as error:
        return error


def _rows(
    label: str, worksheet: Any, faults: list[Fault], blank: set[tuple[int, int]]
) -> Iterator[Row]:
    """Rows with content; ``blank`` takes line and place of cells that hold an empty text."""
    worksheet.reset_dimensions()  # what the file claims about its size need not be so
    header: list[str] = []
    seen = 0
    for line, cells in enumerate(worksheet.iter_rows(), start=1):
        seen += 1 + len(cells)
        if seen > MAX_CELLS:
            raise InputError([Fault(label, line, None, None, f"at most {MAX_CELLS:,} cells")])
        texts = [_text(cell) for cell in cells]
        if not has_content(texts):
            continue
        header = header or texts
        for place, cell in enumerate(cells):
            if cell.data_type == "e":
                column = column_name(header[place]) if place < len(header) else None
                faults.append(Fault(label, line, column, texts[place], "a value"))
            elif cell.data_type == "str" and cell.value is None:
                blank.add((line, place))
        # A sheet stores no blank cells at the end of a row.
        yield Row(line, texts + [""] * (len(header) - len(texts)))


def _formula_notes(
    label: str,
    worksheet: Any,
    rows: list[Row],
    blank: set[tuple[int, int]],
    faults: list[Fault],
) -> Iterator[str]:
    """Say that formulas were read by their stored values; those that have none are faults."""
    worksheet.reset_dimensions()
    values = {row.line: row.cells for row in rows}
    header = rows[0].cells if rows else []
    known = {(fault.line, fault.column) for fault in faults}
    first, count = "", 0
    for line, cells in enumerate(worksheet.iter_rows(), start=1):
        for place, cell in enumerate(cells):
            if cell.data_type != "f":
                continue
            column = column_name(header[place]) if place < len(header) else None
            here = values.get(line, [])
            if (place < len(here) and here[place]) or (line, place) in blank:
                first = first or f"line {line}, column {column or place + 1}"
                count += 1
            elif (line, column) not in known:
                wanted = "a plain value: nothing is stored with this formula; save it from Excel"
                faults.append(Fault(label, line, column, str(cell.value), wanted))
    if count:
        what = "A formula is" if count == 1 else f"{count} formulas are"
        which = "" if count == 1 else "the first "
        yield f"{label}: {what} read by the stored value ({which}in {first})."


def _fill_merged(
    label: str, rows: list[Row], merged: set[_Merged], faults: list[Fault]
) -> Iterator[str]:
    """Give a merged cell's value to each of its rows, and say so."""
    by_line = {row.line: row.cells for row in rows}
    header = rows[0].cells if rows else []
    for area in sorted(merged, key=lambda area: (area.first_line, area.first_column)):
        place = area.first_column - 1
        top = by_line.get(area.first_line, [])
        text = top[place] if place < len(top) else ""
        if not text.strip():
            continue
        column = column_name(header[place]) if place < len(header) else None
        if area.last_column > area.first_column:
            wanted = "no cell merged across columns: give each column its own"
            faults.append(Fault(label, area.first_line, column, text, wanted))
            continue
        lines = [n for n in by_line if area.first_line < n <= area.last_line]
        for line in lines:
            cells = by_line[line]
            cells += [""] * (place + 1 - len(cells))
            cells[place] = text
        if lines:
            yield (
                f"{label}, column {column or place + 1}: the merged cell {text!r} of line "
                f"{area.first_line} counts for each of its rows, to line {lines[-1]}."
            )


def _text(cell: Any) -> str:
    """Spell a typed cell as the CSV tables do."""
    value = cell.value
    match value:
        case None:
            text = ""
        case str():
            text = plain_text(value)
        case bool():
            text = "true" if value else "false"
        case float() if abs(value) < 2**53 and abs(value - round(value)) <= _NOISE * abs(value):
            text = str(round(value))  # formulas store 7 as 6.999999999999999
        case datetime() if value.time() == time(0):
            text = value.date().isoformat()
        case time():
            text = value.isoformat("auto" if value.second or _shows_seconds(cell) else "minutes")
        case timedelta():  # 24:00 is stored as a length of time
            minutes, rest = divmod(value, timedelta(minutes=1))
            text = f"{minutes // 60:02d}:{minutes % 60:02d}"
            if rest or _shows_seconds(cell):
                text += f":{rest.seconds:02d}"
        case datetime() | date():
            text = value.isoformat()
        case _:
            text = str(value)
    return text


def _shows_seconds(cell: Any) -> bool:
    """Whether 4:00 in the cell is four minutes, as 0:04:00, and not four hours."""
    return "s" in str(cell.number_format).lower()
