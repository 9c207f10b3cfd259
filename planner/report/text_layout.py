"""Plain text for a terminal: aligned tables, sections and wrapped lists within 80 columns."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 80
#: A cell for what does not apply.
NOTHING = "-"
_INDENT = "  "
_GAP = "  "
#: Spaces that no line ends at: ``40 %``, ``36 s``, ``5 of 10``, ``--set EXPR``.
_GLUED = re.compile(r"(?<=\d) (?=%|(?:s|min|h|of \d)\b)|(?<=\d of) (?=\d)|(?<=--set) ")
_GLUE = "\N{NO-BREAK SPACE}"

#: A title line inside a table, or a row of cells.
Row = str | Sequence[str]


def table(columns: Sequence[str], rows: Iterable[Row]) -> list[str]:
    """Lines of a table; a column whose title starts with ``>`` is aligned to the right.

    What does not fit wraps, nothing is cut: titles first, then text, then figures. A row that is a
    mere string is a title across all columns. A column in which nothing applies is left out.
    """
    body = [row if isinstance(row, str) else [clean(cell) for cell in row] for row in rows]
    full = [row for row in body if not isinstance(row, str)]
    kept = [c for c in range(len(columns)) if not full or any(row[c] != NOTHING for row in full)]
    body = [row if isinstance(row, str) else [row[c] for c in kept] for row in body]
    columns = [columns[c] for c in kept]
    titles = [column.removeprefix(">") for column in columns]
    right = [column.startswith(">") for column in columns]
    widths = _widths(titles, [row for row in body if not isinstance(row, str)], right)

    lines = _row(titles, widths, right, at_foot=True)
    for row in body:
        lines += wrapped(row, "") if isinstance(row, str) else _row(row, widths, right)
    return lines


def section(title: str, lines: Iterable[str]) -> list[str]:
    """A titled block after an empty line; nothing when there are no lines."""
    body = list(lines)
    return ["", *wrapped(title, ""), *body] if body else []


def bullets(items: Iterable[str]) -> list[str]:
    """Each item as a wrapped list entry."""
    return [line for item in items for line in wrapped(item, f"{_INDENT}- ")]


def wrapped(text: str, start: str) -> list[str]:
    """Text within the page, after ``start``, later lines indented further."""
    later = " " * len(start) if start else _INDENT
    return _lines(clean(text), WIDTH, start, later)


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


def _widths(
    titles: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]
) -> list[int]:
    """Column widths that fit the page: the widest gives way first, as long as it can."""
    columns = list(zip(titles, *rows, strict=True))
    words = [max(map(_longest_word, column)) for column in columns]
    cells = [max([_half(title), *map(len, below)]) for title, *below in columns]
    figures = [c if is_figure else w for c, w, is_figure in zip(cells, words, right, strict=True)]
    widths = [max(map(len, column)) for column in columns]
    page = WIDTH - len(_INDENT) - len(_GAP) * (len(columns) - 1)
    for least in (cells, figures, words, [1] * len(columns)):
        while sum(widths) > page:
            able = [c for c in range(len(columns)) if widths[c] > least[c]]
            if not able:
                break
            widths[max(able, key=lambda c: widths[c])] -= 1
    return widths


def _half(title: str) -> int:
    """The least width of a title in two lines."""
    words = title.split(" ")
    ways = (max(map(len, (" ".join(words[:n]), " ".join(words[n:])))) for n in range(len(words)))
    return min(ways)


def _longest_word(text: str) -> int:
    return max(map(len, _GLUED.sub(_GLUE, text).split(" ")))


def _row(
    cells: Sequence[str], widths: Sequence[int], right: Sequence[bool], *, at_foot: bool = False
) -> list[str]:
    """The lines of a row; ``at_foot``: what is shorter stands at the foot of the others."""
    parts = [_lines(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    height = max(map(len, parts))
    above = [height - len(part) if at_foot else 0 for part in parts]
    lines = []
    for place in range(height):
        found = [
            part[place - skipped] if 0 <= place - skipped < len(part) else ""
            for part, skipped in zip(parts, above, strict=True)
        ]
        told = [
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(found, widths, right, strict=True)
        ]
        lines.append(f"{_INDENT}{_GAP.join(told)}".rstrip())
    return lines


def _lines(text: str, width: int, start: str = "", later: str = "") -> list[str]:
    """Text in lines of so many letters, ``start`` before the first and ``later`` before others."""
    found = textwrap.wrap(
        _GLUED.sub(_GLUE, text),
        width,
        initial_indent=start,
        subsequent_indent=later,
        break_on_hyphens=False,
    )
    return [line.replace(_GLUE, " ") for line in found]
