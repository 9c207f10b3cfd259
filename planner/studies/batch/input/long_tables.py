"""Long tables with a leading ``plan_id`` as the problems of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from planner.contracts.faults import Fault, InputError
from planner.studies.batch.input.items import Item, Rows
from planner.studies.batch.input.spool import Spool
from planner.studies.batch.input.stream import table_stream
from planner.tables.folder import TABLES
from planner.tables.rows import read_rows
from planner.tables.sheets import Row, Sheet

PLAN_ID = "plan_id"
SUFFIXES = (".csv", ".parquet")
_LONGEST_ID = 200
#: With more rows that name no problem the input is no batch; nothing is planned then.
_MOST_FAULTS = 10_000


def long_table_files(folder: Path) -> dict[str, Path]:
    """The tables that stand in a folder itself, by name.

    Raises
    ------
    InputError
        If a table stands there twice, as CSV and as Parquet.
    """
    found: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        table = file.stem.strip().lower()
        if file.suffix.lower() in SUFFIXES and table in TABLES:
            if table in found:
                wanted = f"only one table {table}, not {found[table].name} too"
                raise InputError([Fault(file.name, None, None, None, wanted)])
            found[table] = file
    return found


class LongTables:
    """Long tables, sorted by problem into a file.

    Attributes
    ----------
    frames : the header of each table without ``plan_id``
    orphans : faults of rows that name no problem
    """

    def __init__(self, files: dict[str, Path], spool: Spool) -> None:
        self._spool = spool
        self.frames: dict[str, Sheet] = {}
        self.orphans: list[Fault] = []
        faults = []
        missing = [name for name, table in TABLES.items() if table.required and name not in files]
        for name in missing:
            wanted = "this table: every problem needs it"
            faults.append(Fault(f"{name}.csv", None, None, None, wanted))
        for table in (
            name for name in TABLES if name in files
        ):  # dialers first: theirs is the order
            try:
                self._read(table, files[table])
            except InputError as error:
                faults += error.faults
        if faults:
            raise InputError(faults)

    def __len__(self) -> int:
        """Count the problems."""
        return len(self._spool)

    def items(self) -> Iterator[Item]:
        """Yield the problems in the order in which their names first appear."""
        for number, (name, tables) in enumerate(self._spool.problems()):
            yield Item(number, name, Rows(tables), self._hint(name))

    def _hint(self, name: str) -> str:
        others = ", ".join(self._spool.spelt_otherwise(name))
        return f"perhaps the same as {others}: only upper and lower case differ" if others else ""

    def _read(self, table: str, file: Path) -> None:
        with table_stream(file) as (sheet, rows):
            place = _place(sheet)
            frame = sheet._replace(header=Row(sheet.header.line, _without(sheet.header, place)))
            # Wrong columns are wrong for all problems: told once, before anything is planned.
            faults = read_rows(frame, TABLES[table].contract).faults
            if faults:
                raise InputError(faults)
            self.frames[table] = frame
            self._spool.add(table, self._named(sheet.label, rows, place))

    def _named(self, label: str, rows: Iterator[Row], place: int) -> Iterator[tuple[str, Row]]:
        for row in rows:
            name = row.cells[place].strip() if place < len(row.cells) else ""
            if 1 <= len(name) <= _LONGEST_ID and name.isprintable():
                yield name, Row(row.line, _without(row, place))
            else:
                wanted = f"the name of a problem, at most {_LONGEST_ID} printable letters"
                self.orphans.append(Fault(label, row.line, PLAN_ID, name, wanted))
                if len(self.orphans) > _MOST_FAULTS:
                    raise InputError(self.orphans[:20])


def _place(sheet: Sheet) -> int:
    if PLAN_ID not in sheet.header.cells:
        wanted = f"a first column {PLAN_ID} that names the problem of each row"
        raise InputError([Fault(sheet.label, sheet.header.line, PLAN_ID, None, wanted)])
    return sheet.header.cells.index(PLAN_ID)


def _without(row: Row, place: int) -> list[str]:
    return row.cells[:place] + row.cells[place + 1 :]
