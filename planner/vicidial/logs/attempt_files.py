"""Attempts as a table on disk, CSV or Parquet, written whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from uuid import uuid4

from planner.calibration.attempts import COLUMNS
from planner.contracts.faults import Fault, InputError
from planner.tables.sheets import safe_text
from planner.vicidial.logs.one_call import Attempt

CSV_SUFFIX, PARQUET_SUFFIX = ".csv", ".parquet"
_AT_A_TIME = 50_000


def require_suffix(path: Path) -> None:
    """Refuse a file that is neither CSV nor Parquet.

    Raises
    ------
    InputError
        If it is neither.
    """
    if path.suffix.lower() not in {CSV_SUFFIX, PARQUET_SUFFIX}:
        wanted = f"a file that ends in {CSV_SUFFIX} or {PARQUET_SUFFIX}"
        raise InputError([Fault("--out", None, None, str(path), wanted)])


def write_attempts(path: Path, attempts: Iterable[Attempt]) -> None:
    """Write all attempts; half a table is never seen under the name.

    Raises
    ------
    InputError
        If the file is neither CSV nor Parquet.
    OSError
        If it cannot be written.
    """
    require_suffix(path)
    temporary = path.with_name(f".{uuid4().hex}.tmp")
    try:
        if path.suffix.lower() == CSV_SUFFIX:
            _write_csv(temporary, attempts)
        else:
            _write_parquet(temporary, attempts)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _write_csv(path: Path, attempts: Iterable[Attempt]) -> None:
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for attempt in attempts:
            writer.writerow(
                safe_text(cell) if isinstance(cell, str) else cell for cell in attempt.cells()
            )


def _write_parquet(path: Path, attempts: Iterable[Attempt]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = dict.fromkeys(COLUMNS, pa.string()) | {"human": pa.int8()}
    schema = pa.schema(list(kinds.items()))
    rows = iter(attempts)
    with pq.ParquetWriter(path, schema) as writer:
        while part := list(islice(rows, _AT_A_TIME)):
            columns = zip(*(attempt.cells() for attempt in part), strict=True)
            arrays = [
                pa.array(
                    [cell if cell is None or name == "human" else str(cell) for cell in column],
                    type=kinds[name],
                )
                for name, column in zip(COLUMNS, columns, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
