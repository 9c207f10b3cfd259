"""VICIdial's tables, made from the list of their columns."""

from __future__ import annotations

import csv
from collections.abc import Collection
from functools import cache
from pathlib import Path

COLUMNS = Path(__file__).parents[1] / "data" / "vicidial" / "vicidial_columns.csv"
#: Tables that are empty after a restart.
_MEMORY = {"vicidial_auto_calls", "vicidial_hopper", "vicidial_campaign_server_stats"}
#: Snapshots in which columns were first seen, old to new.
OLDEST = "<= 2019-08"


@cache
def column_rows() -> tuple[dict[str, str], ...]:
    """The list of columns."""
    with COLUMNS.open() as file:
        return tuple(csv.DictReader(file))


def statements(
    tables: Collection[str] | None = None, *, oldest: bool = False, archives: bool = False
) -> list[str]:
    """Statements that make the tables.

    Parameters
    ----------
    tables : all where None
    oldest : with the columns of 2019 only
    archives : also the tables that old rows of logs move to
    """
    found: dict[str, list[str]] = {}
    for row in column_rows():
        table = row["table"]
        if (tables is None or table in tables) and (
            not oldest or row["first_seen_snapshot"] == OLDEST
        ):
            found.setdefault(table, []).append(f"`{row['column']}` {row['type']} {row['rest']}")
    made = []
    for table, columns in found.items():
        engine = "MEMORY" if table in _MEMORY else "MyISAM"
        is_log = table.endswith(("_log", "_log_extended"))
        names = [table, f"{table}_archive"] if archives and is_log else [table]
        made += [
            f"CREATE TABLE `{name}` ({', '.join(columns)}) ENGINE={engine} CHARSET=utf8"
            for name in names
        ]
    return made
