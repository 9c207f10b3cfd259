"""How the cells of a column spell moments: the layout of nearly all, or what is in doubt."""

from __future__ import annotations

import re
from calendar import month_name
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from planner.calibration.readers.month_names import ManyMeanings
from planner.calibration.readers.time_layouts import AmbiguousTimes, TimeLayout, found_layout

#: Cells tried one by one where not all have the same layout.
_TRIED = 20
_OFFSET = r"(Z|UTC|GMT|:\d{2}([.,]\d+)?\s*[+-]\d{2}|[+-]\d{2}:?\d{2})\s*$"


def is_local(cells: Sequence[str]) -> bool:
    """Whether none of these moments has an offset, or is seconds since 1970."""
    return not any(re.search(_OFFSET, c) or re.fullmatch(r"\d+(\.\d+)?", c) for c in cells[:100])


def is_naive(cells: Sequence[str]) -> bool:
    """Whether any of these moments has no offset."""
    return not all(re.search(_OFFSET, c) or re.fullmatch(r"\d+(\.\d+)?", c) for c in cells[:100])


def counted(column: pa.Array) -> Counter[str]:
    """How often each cell stands there, blank ones left out."""
    counts = pc.value_counts(pc.utf8_trim_whitespace(column.drop_null())).to_pylist()
    return Counter({item["values"]: item["counts"] for item in counts if item["values"]})


def days_of(column: pa.Array) -> pa.Array:
    """Moments with one and the same clock: as many different ones as there are days."""
    return pc.replace_substring_regex(column, r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?", "10:00")


def unlike(doubt: ManyMeanings) -> str:
    """What would tell the language of names that are months of several."""
    months = " or ".join(f"{month_name[m.number]} ({m.language})" for m in doubt.meanings)
    line = f"language,{doubt.meanings[-1].language}"
    return (
        f"months that tell their language: one of them is {months}; say which it is by a line of a "
        f"mapping (--map) such as {line}"
    )


def nearly_all(seen: Counter[str], tolerated: float) -> TimeLayout | None:
    """The layout of nearly all cells; the few that differ are told when they are read.

    Raises
    ------
    AmbiguousTimes
        If the day may be the month.
    """
    cells = list(seen)
    if not cells:
        return None
    layout = found_layout(cells)
    for cell in cells[:_TRIED]:
        if layout is not None:
            break
        try:
            tried = found_layout([cell])
        except AmbiguousTimes:
            continue
        if tried is not None:
            wrong = sum(n for c, n in seen.items() if not re.fullmatch(tried.pattern, c))
            layout = tried if wrong <= tolerated * seen.total() else None
    return layout
