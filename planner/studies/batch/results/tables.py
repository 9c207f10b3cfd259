"""Writes the tables of a batch from its results, and reads them back."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from planner.studies.batch.results.columns import COLUMNS, NUMBERS, SPARSE, TRUTHS, WHOLE
from planner.studies.batch.results.files import checksum, keep, write_file
from planner.studies.batch.results.rows import Cell, Rows
from planner.tables.sheets import plain_text
from planner.tables.writing import csv_lines

#: All rows of a table, problem by problem; called as often as they are needed.
Parts = Callable[[], Iterator[Rows]]
_AT_ONCE = 10_000
#: Problems whose lines are read together.
_PIECES = 100


def write_table(folder: Path, work: Path, table: str, ending: str, parts: Parts) -> str:
    """Write a table whole, and return its checksum.

    Parameters
    ----------
    folder, work : where it goes, and a folder on the same disk for what is not whole yet
    table : one of ``COLUMNS``
    ending : ``csv`` or ``parquet``
    parts : its rows
    """
    names = COLUMNS[table]
    if table in SPARSE:
        used = _used(parts(), len(names))
        places = [place for place in range(len(names)) if place in used] or [*range(len(names))]
    else:
        places = [*range(len(names))]
    header = [names[place] for place in places]
    rows = ([[row[place] for place in places] for row in part] for part in parts())
    path = folder / f"{table}.{ending}"
    if ending == "csv":
        return write_rows(path, header, rows)
    from planner.studies.batch.results.parquet import write_parquet

    temporary = work / path.name
    write_parquet(temporary, header, _joined(csv_lines(part, guarded=False) for part in rows))
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    keep(temporary, path)
    return checksum(path) or ""


def write_rows(path: Path, header: Sequence[str], parts: Iterable[Sequence[Sequence[Cell]]]) -> str:
    """Write rows as CSV, and return the checksum of the file."""
    lines = (csv_lines(part).encode() for part in parts)
    return write_file(
        path, (part for group in ([csv_lines([header]).encode()], lines) for part in group)
    )


def read_table(path: Path, table: str) -> Iterator[tuple[str, Rows]]:
    """Yield the rows of a table that was written, problem by problem, as wide as ``COLUMNS``.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    records = _parquet_records(path) if path.suffix == ".parquet" else _csv_records(path)
    names = COLUMNS[table]
    wide = ([record.get(name) for name in names] for record in records)
    for plan_id, rows in groupby(wide, key=lambda row: str(row[0] or "")):
        yield plan_id, list(rows)


def _joined(parts: Iterable[str]) -> Iterator[bytes]:
    """The same text in larger pieces, each of which takes a while to be read."""
    waiting: list[str] = []
    for part in parts:
        waiting.append(part)
        if len(waiting) == _PIECES:
            yield "".join(waiting).encode()
            waiting = []
    yield "".join(waiting).encode()


def _used(parts: Iterable[Rows], width: int) -> set[int]:
    """The places of the columns in which any row has a value."""
    used: set[int] = set()
    for part in parts:
        for row in part:
            used.update(place for place, cell in enumerate(row) if cell is not None)
        if len(used) == width:
            break
    return used


def _csv_records(path: Path) -> Iterator[Mapping[str, Cell]]:
    with path.open(encoding="utf-8", newline="") as file:
        for record in csv.DictReader(file):
            yield {name: _typed(name, cell) for name, cell in record.items()}


def _typed(name: str, cell: str) -> Cell:
    if not cell:
        return None
    if name in TRUTHS:
        return cell == "true"
    if name in WHOLE or name in NUMBERS:
        return int(cell) if cell.removeprefix("-").isdigit() else float(cell)
    return plain_text(cell)


def _parquet_records(path: Path) -> Iterator[Mapping[str, Any]]:
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(path).iter_batches(batch_size=_AT_ONCE):
        yield from batch.to_pylist()
