"""XLSX workbooks as sheets of text cells, read without running anything in them."""

from __future__ import annotations

import io
import lzma
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from planner.contracts.faults import Fault, InputError
from planner.tables.sheets import MAX_BYTES, Row, Sheet, plain_text, sheet_of

#: Larger sheets are no planning tables; a small file can claim billions of blank cells.
MAX_CELLS = 10_000_000
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
    values become the text that the CSV tables use. Formulas and error values are faults: a plan
    must not depend on who calculated last.

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
            warnings.simplefilter("ignore")  # of drop-down lists and the like, which nobody needs
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        return {
            sheet.title: _read(f"{label}, sheet {sheet.title}", sheet)
            if wanted(sheet.title)
            else None
            for sheet in book.worksheets
        }
    except InputError:
        raise
    except _DAMAGED as error:
        expected = "an Excel workbook (.xlsx) that is not damaged or encrypted"
        raise InputError([Fault(label, None, None, None, expected)]) from error


def _read(label: str, worksheet: Any) -> Sheet | InputError:
    faults: list[Fault] = []
    try:
        return sheet_of(label, list(_rows(label, worksheet, faults)), faults=tuple(faults))
    except InputError as error:
        return error


def _rows(label: str, worksheet: Any, faults: list[Fault]) -> Iterator[Row]:
    worksheet.reset_dimensions()  # what the file claims about its size need not be so
    header: list[str] = []
    seen = 0
    for line, cells in enumerate(worksheet.iter_rows(), start=1):
        seen += 1 + len(cells)
        if seen > MAX_CELLS:
            raise InputError([Fault(label, line, None, None, f"at most {MAX_CELLS:,} cells")])
        texts = [_text(cell) for cell in cells]
        if not any(texts):
            continue
        header = header or texts
        for place, cell in enumerate(cells):
            if cell.data_type in ("f", "e"):
                column = header[place].strip().lower() if place < len(header) else None
                expected = "a plain value, no formula" if cell.data_type == "f" else "a value"
                faults.append(Fault(label, line, column, texts[place], expected))
        # A sheet stores no blank cells at the end of a row.
        yield Row(line, texts + [""] * (len(header) - len(texts)))


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
        case float() if value.is_integer() and abs(value) < 2**53:
            text = str(int(value))
        case datetime() if value.time() == time(0):
            text = value.date().isoformat()
        case time():
            text = value.isoformat("minutes" if value.second == 0 else "auto")
        case timedelta():  # 24:00 is stored as a length of time
            minutes = value // timedelta(minutes=1)
            text = f"{minutes // 60:02d}:{minutes % 60:02d}"
        case datetime() | date():
            text = value.isoformat()
        case _:
            text = str(value)
    return text
