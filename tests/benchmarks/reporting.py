"""Prints the rows of a benchmark as a table and keeps them as JSON."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Row = dict[str, Any]
#: Width of a column of words in a table that is printed row by row.
_TEXT_WIDTH = 18


def main(name: str, description: str, rows: Callable[[], list[Row]]) -> None:
    """Run a benchmark as a command; exit code 1 when a row says ``ok: False``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", type=Path, default=Path("out") / f"{name}.json")
    arguments = parser.parse_args()
    results = rows()
    print(table(results))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    document = {"python": platform.python_version(), "machine": platform.machine(), "rows": results}
    arguments.out.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"\nAlso in {arguments.out}")
    sys.exit(not all(row.get("ok", True) for row in results))


def table(rows: list[Row]) -> str:
    """Rows with the same keys as an aligned table."""
    cells = [[str(key) for key in rows[0]], *([shown(v) for v in row.values()] for row in rows)]
    widths = [max(len(line[j]) for line in cells) for j in range(len(cells[0]))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) for line in cells]
    return "\n".join(line.rstrip() for line in [lines[0], "-" * len(lines[0]), *lines[1:]])


def printed(rows: Iterable[Row]) -> list[Row]:
    """All rows, each printed as it comes: for runs of which one wants to see the first results."""
    found: list[Row] = []
    for row in rows:
        widths = [max(len(key), _TEXT_WIDTH if isinstance(v, str) else 7) for key, v in row.items()]
        if not found:
            print("  ".join(key.ljust(w) for key, w in zip(row, widths, strict=True)).rstrip())
        cells = (shown(v).ljust(w) for v, w in zip(row.values(), widths, strict=True))
        print("  ".join(cells).rstrip(), flush=True)
        found.append(row)
    return found


def shown(value: Any) -> str:
    """A cell: four digits of a number, yes or NO."""
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
