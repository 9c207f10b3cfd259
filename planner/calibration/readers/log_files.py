"""Files of logs as streams of Arrow batches: CSV in any common spelling, XLSX, Parquet, JSON."""

from __future__ import annotations

import codecs
import csv
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from planner.contracts.faults import Fault, InputError
from planner.tables.files import require_plain_file
from planner.tables.sheets import SEPARATORS

#: So much of a CSV file is read at a time [bytes], or of another one [rows].
_BLOCK, _ROWS = 4 << 20, 1 << 16
_PEEK = 1 << 18
SUFFIXES = (".csv", ".txt", ".tsv", ".log", ".xlsx", ".parquet", ".json", ".jsonl", ".ndjson")
#: A file with more rows of another length than its header is no table.
_MOST_RAGGED = 0.01


@dataclass
class LogFile:
    """A file whose header was read: its names as they stand, and its rows in batches.

    ``first_row`` holds the cells of the header line where names are made up, for files that have
    no header. ``ragged`` counts rows left out for another number of cells.
    """

    label: str
    names: tuple[str, ...]
    batches: Callable[[Sequence[int], bool], Iterator[list[pa.Array]]]
    first_row: tuple[str, ...] = ()
    ragged: list[int] = field(default_factory=lambda: [0])


def plain_name(name: str) -> str:
    """A column's name without case, spaces, underscores, dots and brackets."""
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def open_log(path: Path) -> LogFile:
    """Read the header of a file.

    Raises
    ------
    InputError
        If it cannot be read, or is no table.
    """
    label = path.name
    try:
        require_plain_file(path)
        suffix = path.suffix.lower()
        if suffix == ".parquet":
            return _parquet(path)
        if suffix == ".xlsx":
            return _workbook(path)
        if suffix in {".json", ".jsonl", ".ndjson"}:
            return _json(path)
        return _csv(path)
    except OSError as error:
        wanted = f"a file that can be read ({error.strerror or 'damaged'})"
        raise InputError([Fault(label, None, None, None, wanted)]) from error


#: Expected of a file whose bytes are no text.
ONE_ENCODING = "text in one encoding; save it as CSV UTF-8"


def _csv(path: Path) -> LogFile:
    encoding = _encoding(path)
    try:
        with path.open(encoding=encoding, newline="") as file:
            text = file.read(_PEEK)
    except UnicodeError as error:
        raise _damaged(path.name, ONE_ENCODING) from error
    lines = text.splitlines()
    skipped = 0
    separator = None
    if lines and (match := re.fullmatch(r'"?sep=(.)"?\s*', lines[0])) and match[1] in SEPARATORS:
        separator, skipped = match[1], 1
    while skipped < len(lines) and not lines[skipped].strip():
        skipped += 1
    if skipped >= len(lines):
        raise InputError([Fault(path.name, 1, None, None, "a header row with column names")])
    header = lines[skipped]
    separator = separator or max(f"{SEPARATORS}|", key=header.count)
    try:
        names = tuple(next(csv.reader([header], delimiter=separator, skipinitialspace=True)))
    except csv.Error as error:
        raise InputError([Fault(path.name, skipped + 1, None, None, "rows of CSV")]) from error
    found = LogFile(path.name, tuple(name.strip() for name in names), lambda *_: iter(()), names)

    opened = path.stat()

    def batches(wanted: Sequence[int], headed: bool) -> Iterator[list[pa.Array]]:
        _require_same(path, opened)
        yield from _csv_batches(path, found, encoding, separator, skipped + headed, wanted)
        _require_same(path, opened)

    found.batches = batches
    return found


def _require_same(path: Path, opened: os.stat_result) -> None:
    """Refuse a file that was replaced or cut while it is read; it may grow."""
    now = path.stat() if path.exists() else None
    if now is None or now.st_ino != opened.st_ino or now.st_size < opened.st_size:
        wanted = "the same file until it is read; it was replaced, cut or taken away meanwhile"
        raise _damaged(path.name, wanted)


#: Letters of several bytes, which in Windows-1252 would be such as Ã¶.
_UTF8_LETTER = rb"[\xc3-\xc5\xce-\xd1][\x80-\xbf]"


def _encoding(path: Path) -> str:
    """UTF-8, UTF-16 with its byte order mark, or else Windows-1252, from the first block.

    Raises
    ------
    InputError
        If some of it is UTF-8 and some is not: ids would be others than they are.
    """
    with path.open("rb") as file:
        start = file.read(_PEEK)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError as error:
        if re.search(_UTF8_LETTER, start):
            raise _damaged(path.name, ONE_ENCODING) from error
        return "cp1252"
    return "utf-8-sig"


def _csv_batches(
    path: Path, found: LogFile, encoding: str, separator: str, skipped: int, wanted: Sequence[int]
) -> Iterator[list[pa.Array]]:
    columns = [f"c{place}" for place in range(len(found.names))]

    def ragged(_row: Any) -> str:
        found.ragged[0] += 1
        return "skip"

    rows = 0
    try:
        reader = pa_csv.open_csv(
            path,
            read_options=pa_csv.ReadOptions(
                block_size=_BLOCK,
                skip_rows=skipped,
                column_names=columns,
                encoding="utf8" if encoding.startswith("utf-8") else encoding,
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, invalid_row_handler=ragged
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                include_columns=[columns[place] for place in wanted],
            ),
        )
        for batch in reader:
            rows += len(batch)
            yield list(batch.columns)
    except pa.ArrowInvalid as error:
        if re.search("Empty CSV|Could not skip", str(error)):  # a header and no rows
            return
        raise _damaged(
            found.label, "a CSV file in one encoding, with the same cells in each row"
        ) from error
    except (UnicodeDecodeError, UnicodeError) as error:
        raise _damaged(found.label, ONE_ENCODING) from error
    except OSError as error:
        raise _damaged(found.label, "a file that can be read") from error
    if found.ragged[0] > max(_MOST_RAGGED * rows, 1):
        wanted_rows = (
            f"{len(found.names)} cells in each row as in the header; "
            f"{found.ragged[0]:,} of {rows + found.ragged[0]:,} rows have another number"
        )
        raise InputError([Fault(found.label, None, None, None, wanted_rows)])


def _damaged(label: str, wanted: str) -> InputError:
    return InputError([Fault(label, None, None, None, wanted)])


def _parquet(path: Path) -> LogFile:
    try:
        file = pq.ParquetFile(path)
        leaves = [file.schema.column(place).path for place in range(len(file.schema))]
    except pa.ArrowException as error:
        raise _damaged(path.name, "a Parquet file that is not damaged") from error

    def batches(wanted: Sequence[int], _headed: bool) -> Iterator[list[pa.Array]]:
        chosen = [leaves[place] for place in wanted]
        try:
            for batch in file.iter_batches(batch_size=_ROWS * 4, columns=chosen):
                table = _flat(pa.Table.from_batches([batch]))
                yield [_as_read(table.column(name).combine_chunks()) for name in chosen]
        except (pa.ArrowException, OSError, KeyError) as error:
            raise _damaged(path.name, "a Parquet file that is not damaged") from error

    return LogFile(path.name, tuple(leaves), batches)


def _as_read(column: pa.Array) -> pa.Array:
    """A column of a kind that is read: all text is a string, all numbers are of the machine's."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_read(column.cast(kind.value_type))
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    kinds = (pa.types.is_string_view, pa.types.is_binary, pa.types.is_large_binary)
    return column.cast(pa.string()) if any(is_kind(kind) for is_kind in kinds) else column


def _flat(table: pa.Table) -> pa.Table:
    while any(pa.types.is_struct(column.type) for column in table.columns):
        table = table.flatten()
    return table


def _json(path: Path) -> LogFile:
    import pyarrow.json as pa_json

    try:
        table = _flat(pa_json.read_json(path))
    except pa.ArrowException as error:
        raise _damaged(path.name, "one JSON object in each line") from error

    def batches(wanted: Sequence[int], _headed: bool) -> Iterator[list[pa.Array]]:
        for batch in table.select(list(wanted)).to_batches(max_chunksize=_ROWS):
            yield list(batch.columns)

    return LogFile(path.name, tuple(table.column_names), batches)


def _workbook(path: Path) -> LogFile:
    import openpyxl

    wanted = "an Excel workbook (.xlsx) that is not damaged or encrypted"
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = [row for row in sheet.iter_rows(values_only=True) if any(c is not None for c in row)]
        book.close()
    except Exception as error:  # openpyxl and the zip library have no common base of theirs
        raise _damaged(path.name, wanted) from error
    if not rows:
        raise InputError([Fault(path.name, 1, None, None, "a header row with column names")])
    names = tuple(_cell(cell) or "" for cell in rows[0])

    def batches(chosen: Sequence[int], headed: bool) -> Iterator[list[pa.Array]]:
        for start in range(int(headed), len(rows), _ROWS):
            yield _arrays(rows[start : start + _ROWS], chosen)

    return LogFile(path.name, names, batches, names)


def _arrays(rows: list[tuple[Any, ...]], chosen: Sequence[int]) -> list[pa.Array]:
    return [
        pa.array([_cell(row[place]) if place < len(row) else None for row in rows], pa.string())
        for place in chosen
    ]


def _cell(value: Any) -> str | None:
    """A typed cell as logs in CSV spell it."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case timedelta():
            return str(value.total_seconds())
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)
