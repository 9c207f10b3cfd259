"""Rows of long tables sorted by problem on disk, so that memory does not grow with their number."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Self

from planner.tables.sheets import Row

#: Rows that are written at once.
_AT_ONCE = 5000


class Spool:
    """A file that takes rows table by table, and gives them problem by problem.

    Problems come in the order in which their names first appear.
    """

    def __init__(self, file: Path) -> None:
        self._base = sqlite3.connect(file, isolation_level=None)
        # Lost with the run that made it: nothing here has to survive.
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.execute(
            "CREATE TABLE plans (number INTEGER PRIMARY KEY, name TEXT UNIQUE, folded TEXT)"
        )
        self._base.execute("CREATE INDEX by_folded ON plans (folded)")
        self._base.execute(
            "CREATE TABLE cells (plan INTEGER, kind TEXT, line INTEGER, cells TEXT, "
            "PRIMARY KEY (plan, kind, line)) WITHOUT ROWID"
        )
        self._base.execute("BEGIN")  # and never commit: each row on its own would take long
        self._last: tuple[str, int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    def add(self, table: str, rows: Iterable[tuple[str, Row]]) -> None:
        """Take the rows of a table, each with the name of its problem."""
        waiting: list[tuple[int, str, int, str]] = []
        for name, row in rows:
            cells = json.dumps(row.cells, ensure_ascii=False)
            waiting.append((self._number(name), table, row.line, cells))
            if len(waiting) == _AT_ONCE:
                self._write(waiting)
        self._write(waiting)

    def __len__(self) -> int:
        """Count the problems."""
        return int(self._base.execute("SELECT count(*) FROM plans").fetchone()[0])

    def problems(self) -> Iterator[tuple[str, dict[str, tuple[Row, ...]]]]:
        """Yield each problem's name and its rows by table, in the order of their lines."""
        found = self._base.execute(
            "SELECT name, kind, line, cells FROM cells JOIN plans ON number = plan "
            "ORDER BY plan, kind, line"
        )
        for name, rows in groupby(found, key=lambda row: row[0]):
            yield (
                name,
                {
                    kind: tuple(Row(line, json.loads(cells)) for _, _, line, cells in group)
                    for kind, group in groupby(rows, key=lambda row: row[1])
                },
            )

    def spelt_otherwise(self, name: str) -> list[str]:
        """Names of other problems that differ from a name in upper and lower case only."""
        query = "SELECT name FROM plans WHERE folded = ? AND name <> ? ORDER BY number"
        return [other for (other,) in self._base.execute(query, [name.casefold(), name])]

    def _number(self, name: str) -> int:
        if self._last is not None and self._last[0] == name:
            return self._last[1]
        found = self._base.execute("SELECT number FROM plans WHERE name = ?", [name]).fetchone()
        if found is None:
            new = "INSERT INTO plans (name, folded) VALUES (?, ?)"
            found = [self._base.execute(new, [name, name.casefold()]).lastrowid]
        self._last = (name, int(found[0]))
        return self._last[1]

    def _write(self, rows: list[tuple[int, str, int, str]]) -> None:
        self._base.executemany("INSERT INTO cells VALUES (?, ?, ?, ?)", rows)
        rows.clear()
