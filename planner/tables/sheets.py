"""Files as sheets of text cells with their line numbers: CSV in any common spelling, and XLSX."""

from __future__ import annotations

import codecs
import csv
import gc
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from planner.contracts.faults import Fault, InputError

#: Larger files are no planning tables, and would only exhaust memory.
MAX_BYTES = 200_000_000
MAX_COLUMNS = 200
#: So many bytes of a file are looked through at a time.
_PIECE = 1 << 20
SEPARATORS = ",;\t"
#: A column in every table that nobody reads, and what the names of others begin with.
NOTES, IGNORED = "notes", "#"
#: A spreadsheet runs cells that start so; text that does is kept as text by apostrophes before it.
_KEPT_TEXT = re.compile(r"'+[=+\-@\t\r]")


class Row(NamedTuple):
    """The text cells of one row and the line in the file on which it starts."""

    line: int
    cells: list[str]


class Sheet(NamedTuple):
    """One table as text. ``label`` names it in faults.

    ``faults`` are those found so far, ``notes`` say what was read as what.
    """

    label: str
    header: Row
    rows: list[Row]
    decimal_comma: bool = False
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def csv_sheet(label: str, content: bytes) -> Sheet:
    """Read the bytes of a CSV file.

    Takes UTF-8, UTF-16 with its byte order mark, and Windows-1252, the separators comma,
    semicolon and tab, and a first line ``sep=;``. Where the comma does not separate cells it may
    be the decimal mark.

    Raises
    ------
    InputError
        If the bytes are no text, no CSV, or hold no header.
    """
    encoding = _encoding(label, content)
    # Not all of it at once as text: that takes up to four times the memory of the file.
    lines = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    separator, skipped = _separator(lines)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    rows: list[Row] = []
    line = 1 + skipped
    try:
        with growing():
            for cells in reader:
                if has_content(cells):
                    rows.append(Row(line, cells))
                line = reader.line_num + skipped + 1
    except csv.Error as error:
        raise InputError([Fault(label, line, None, None, f"CSV: {error}")]) from error
    if b"'" in content:
        rows = [Row(row.line, [plain_text(cell) for cell in row.cells]) for row in rows]
    return sheet_of(label, rows, decimal_comma=separator != ",")


@contextmanager
def growing() -> Iterator[None]:
    """Keep Python from looking for garbage while a table grows: in large ones half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def is_ignored(column: str) -> bool:
    """Whether nobody reads a column, by its name."""
    return column == NOTES or column.startswith(IGNORED)


def has_content(cells: Iterable[str]) -> bool:
    """Whether a row says anything; spaces, tabs and non-breaking blanks do not."""
    return any(map(str.strip, cells))


def sheet_of(
    label: str,
    rows: list[Row],
    *,
    decimal_comma: bool = False,
    faults: tuple[Fault, ...] = (),
    notes: tuple[str, ...] = (),
) -> Sheet:
    """Take the first row as the header, its names in lower case and with _ for blanks within.

    Raises
    ------
    InputError
        If there is no row, or the header has more than ``MAX_COLUMNS`` names.
    """
    if not rows:
        raise InputError([*faults, Fault(label, 1, None, "", "a header row with column names")])
    header = [column_name(cell) for cell in rows[0].cells]
    while header and not header[-1]:
        header.pop()
    if len(header) > MAX_COLUMNS:
        wanted = f"at most {MAX_COLUMNS} columns, not {len(header)}"
        raise InputError([*faults, Fault(label, rows[0].line, None, None, wanted)])
    return Sheet(label, Row(rows[0].line, header), rows[1:], decimal_comma, faults, notes)


def column_name(cell: str) -> str:
    """``Dialer ID`` as dialer_id."""
    return re.sub(r"[\s-]+", "_", cell.strip().lower())


def plain_text(cell: str) -> str:
    """Undo :func:`safe_text`."""
    return cell[1:] if cell.startswith("'") and _KEPT_TEXT.match(cell) else cell


def safe_text(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run, or that looks so guarded."""
    return "'" + text if _KEPT_TEXT.match("'" + text) else text


def _encoding(label: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise InputError([Fault(label, None, None, None, f"at most {MAX_BYTES:,} bytes")])
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            line = _line_of_nul(content, encoding)
        except UnicodeDecodeError:
            continue
        if line is not None:
            expected = "text without NUL characters; save it as CSV UTF-8"
            raise InputError([Fault(label, line, None, None, expected)])
        return encoding
    raise InputError([Fault(label, None, None, None, "text; save it as CSV UTF-8")])


def _line_of_nul(content: bytes, encoding: str) -> int | None:
    """The first line with a NUL character, if any; raises where the content is not so encoded."""
    pieces = (content[at : at + _PIECE] for at in range(0, len(content), _PIECE))
    line = 1
    for text in codecs.iterdecode(pieces, encoding):
        nul = text.find("\0")
        if nul >= 0:
            return line + text.count("\n", 0, nul)
        line += text.count("\n")
    return None


def _separator(lines: io.TextIOWrapper) -> tuple[str, int]:
    """Find the separator and leave the stream at the header; also how many lines were skipped."""
    first = lines.readline()
    match = re.fullmatch(r'"?sep=(.)"?\s*', first)
    if match and match[1] in SEPARATORS:
        return match[1], 1
    lines.seek(0)
    header = first
    while header and not header.strip():
        header = lines.readline()
    lines.seek(0)
    return max(SEPARATORS, key=header.count), 0
