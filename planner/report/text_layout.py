"""Plain text for a terminal: aligned tables, sections and wrapped lists within 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 100
#: A cell for what does not apply.
NOTHING = "-"
_INDENT = "  "
_GAP = "  "
#: Ids may be 200 characters long; in a table the start tells them apart.
_CELL_WIDTH = 24
#: Space that a table keeps for its last, wrapped column, and the least for the others.
_LAST_WIDTH, _LEAST_WIDTH = 30, 6

#: A title line inside a table, or a row of cells.
Row = str | Sequence[str]


def table(columns: Sequence[str], rows: Iterable[Row]) -> list[str]:
    """Lines of a table; a column whose title starts with ``>`` is aligned to the right.

    Text past the width of the page wraps in the last column; a row that is a mere string is a
    title across all columns. A column in which nothing applies is left out.
    """
    body = [row if isinstance(row, str) else [clean(cell) for cell in row] for row in rows]
    full = [row for row in body if not isinstance(row, str)]
    kept = [c for c in range(len(columns)) if not full or any(row[c] != NOTHING for row in full)]
    body = [row if isinstance(row, str) else [row[c] for c in kept] for row in body]
    columns = [columns[c] for c in kept]
    titles = [column.removeprefix(">") for column in columns]
    cells = [titles, *(row for row in body if not isinstance(row, str))]
    needed = [max(len(row[c]) for row in cells) for c in range(len(columns))]
    widths = _widths(needed)
    right = [column.startswith(">") for column in columns]

    lines = _row(titles, widths, right)
    for row in body:
        lines += wrapped(row, "") if isinstance(row, str) else _row(row, widths, right)
    return lines


def section(title: str, lines: Iterable[str]) -> list[str]:
    """A titled block after an empty line; nothing when there are no lines."""
    body = list(lines)
    return ["", title, *body] if body else []


def bullets(items: Iterable[str]) -> list[str]:
    """Each item as a wrapped list entry."""
    return [line for item in items for line in wrapped(item, f"{_INDENT}- ")]


def wrapped(text: str, start: str) -> list[str]:
    """Text within the page, after ``start``, later lines indented further."""
    later = " " * len(start) if start else _INDENT
    return textwrap.wrap(
        clean(text), WIDTH, initial_indent=start, subsequent_indent=later, break_on_hyphens=False
    )


def pairs(items: Iterable[tuple[str, str]]) -> list[str]:
    """Names and what they are, the latter aligned."""
    known = list(items)
    width = max((len(name) for name, _ in known), default=0)
    return [
        line
        for name, text in known
        for line in wrapped(text, f"{_INDENT}{name.ljust(width)}{_GAP}")
    ]


def clean(text: str) -> str:
    """Text without control characters: what a file holds must not steer the terminal."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def _widths(needed: Sequence[int]) -> list[int]:
    """Column widths that fit the page: the last column gets what the others leave."""
    *fixed, last = needed
    fixed = [min(width, _CELL_WIDTH) for width in fixed]
    page = WIDTH - len(_INDENT) - len(_GAP) * len(fixed)
    while sum(fixed) > page - min(last, _LAST_WIDTH) and max(fixed) > _LEAST_WIDTH:
        fixed[fixed.index(max(fixed))] -= 1
    return [*fixed, min(last, page - sum(fixed))]


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    fixed = [
        _fit(cell, width).rjust(width) if to_right else _fit(cell, width).ljust(width)
        for cell, width, to_right in zip(cells[:-1], widths[:-1], right[:-1], strict=True)
    ]
    start = _INDENT + "".join(cell + _GAP for cell in fixed)
    last = textwrap.wrap(cells[-1], widths[-1], break_on_hyphens=False) or [""]
    if right[-1]:
        last = [line.rjust(widths[-1]) for line in last]
    return [f"{start}{last[0]}".rstrip(), *(" " * len(start) + line for line in last[1:])]


def _fit(cell: str, width: int) -> str:
    return cell if len(cell) <= width else cell[: width - 1] + "…"
