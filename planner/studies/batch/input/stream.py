"""Long tables as streams of text rows: CSV in any common spelling, and Parquet."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TextIO

from planner.contracts.faults import Fault, InputError
from planner.tables.files import require_plain_file
from planner.tables.sheets import SEPARATORS, Row, Sheet, has_content, plain_text, sheet_of

#: A longer line is no table, and would only exhaust memory.
_LONGEST_LINE = 1_000_000
_BLOCK = 1 << 20
_PARQUET_ROWS = 10_000


@contextmanager
def table_stream(path: Path) -> Iterator[tuple[Sheet, Iterator[Row]]]:
    """Open a long table: its header as a sheet without rows, and its rows one by one.

    Raises
    ------
    InputError
        If the file cannot be read, now or at a row further down.
    """
    try:
        require_plain_file(path)
        if path.suffix.lower() == ".parquet":
            yield _parquet(path)
        else:
            encoding = _encoding(path)
            with path.open(encoding=encoding, newline="") as file:
                yield _csv(path.name, file)
    except OSError as error:
        wanted = f"something that can be read ({error.strerror or error})"
        raise InputError([Fault(path.name, None, None, None, wanted)]) from error


def _encoding(path: Path) -> str:
    """UTF-8, UTF-16 with its byte order mark, or else Windows-1252."""
    with path.open("rb") as file:
        start = file.read(3)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _csv(name: str, file: TextIO) -> tuple[Sheet, Iterator[Row]]:
    separator, skipped = _separator(file)
    rows = _csv_rows(name, file, separator, skipped)
    header = next(rows, None)
    sheet = sheet_of(name, [] if header is None else [header], decimal_comma=separator != ",")
    return sheet, rows


def _separator(file: TextIO) -> tuple[str, int]:
    """Find the separator and leave the stream at the header; also how many lines were skipped."""
    try:
        header = first = file.readline(_LONGEST_LINE)
        match = re.fullmatch(r'"?sep=(.)"?\s*', first)
        if match and match[1] in SEPARATORS:
            return match[1], 1
        while header and not header.strip():
            header = file.readline(_LONGEST_LINE)
    except UnicodeDecodeError:
        header = ""  # told when the rows are read
    file.seek(0)
    return max(SEPARATORS, key=header.count), 0


def _csv_rows(name: str, file: TextIO, separator: str, skipped: int) -> Iterator[Row]:
    reader = csv.reader(
        _lines(name, file, skipped), delimiter=separator, skipinitialspace=True, strict=True
    )
    line = 1 + skipped
    try:
        for cells in reader:
            if has_content(cells):
                yield Row(line, [plain_text(cell) for cell in cells])
            line = reader.line_num + skipped + 1
    except csv.Error as error:
        raise InputError([Fault(name, line, None, None, f"CSV: {error}")]) from error
    except UnicodeDecodeError as error:
        raise InputError([Fault(name, line, None, None, "text; save it as CSV UTF-8")]) from error


def _lines(name: str, file: TextIO, skipped: int) -> Iterator[str]:
    number = skipped
    while text := file.readline(_LONGEST_LINE):
        number += 1
        if "\0" in text:
            wanted = "text without NUL characters; save it as CSV UTF-8"
            raise InputError([Fault(name, number, None, None, wanted)])
        if len(text) == _LONGEST_LINE and not text.endswith("\n"):
            wanted = f"lines of at most {_LONGEST_LINE:,} characters"
            raise InputError([Fault(name, number, None, None, wanted)])
        yield text


def _parquet(path: Path) -> tuple[Sheet, Iterator[Row]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except pa.ArrowException as error:
        wanted = "a Parquet file that is not damaged"
        raise InputError([Fault(path.name, None, None, None, wanted)]) from error
    return sheet_of(path.name, [Row(1, list(file.schema_arrow.names))]), _parquet_rows(path, file)


def _parquet_rows(path: Path, file: Any) -> Iterator[Row]:
    """Yield rows as text; lines count as they would in a CSV file, the header being line 1."""
    import pyarrow as pa

    line = 1
    try:
        for batch in file.iter_batches(batch_size=_PARQUET_ROWS):
            columns = [[_spelt(value) for value in column.to_pylist()] for column in batch.columns]
            for cells in zip(*columns, strict=True):
                line += 1
                yield Row(line, list(cells))
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        wanted = "a Parquet file that is not damaged"
        raise InputError([Fault(path.name, line + 1, None, None, wanted)]) from error


def _spelt(value: Any) -> str:
    """A typed value as the CSV tables spell it."""
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 2**53:
            text = str(int(value))
        case datetime() | date():
            text = value.isoformat()
        case time():
            text = value.isoformat("minutes")
        case _:
            text = str(value)
    return text
