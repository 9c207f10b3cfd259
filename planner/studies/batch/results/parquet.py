"""Lines of CSV as Parquet, with the types of the columns and rows in groups of a fixed size."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from planner.studies.batch.results.columns import NUMBERS, TRUTHS, WHOLE

#: Rows of a group: fixed, so that the bytes do not depend on how results came in.
GROUP = 50_000


def write_parquet(path: Path, names: Sequence[str], parts: Iterable[bytes]) -> None:
    """Write unguarded lines of CSV as a Parquet file; blank cells are null.

    Parameters
    ----------
    path : the file, which is not flushed to disk
    names : the columns
    parts : lines of CSV without a header
    """
    import pyarrow as pa
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    schema = pa.schema([(name, _type(name)) for name in names])
    reading = {
        "read_options": pc.ReadOptions(column_names=list(names), use_threads=False),
        "parse_options": pc.ParseOptions(newlines_in_values=True),
        "convert_options": pc.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            true_values=["true"],
            false_values=["false"],
        ),
    }
    waiting: list[Any] = []
    with pq.ParquetWriter(path, schema) as writer:
        for part in parts:
            if part:
                waiting.append(pc.read_csv(io.BytesIO(part), **reading))
            if sum(found.num_rows for found in waiting) >= GROUP:
                whole = pa.concat_tables(waiting)
                while whole.num_rows >= GROUP:
                    writer.write_table(whole.slice(0, GROUP))
                    whole = whole.slice(GROUP)
                waiting = [whole]
        writer.write_table(pa.concat_tables([schema.empty_table(), *waiting]))


def _type(name: str) -> Any:
    import pyarrow as pa

    if name in WHOLE:
        return pa.int64()
    if name in TRUTHS:
        return pa.bool_()
    return pa.float64() if name in NUMBERS else pa.string()
