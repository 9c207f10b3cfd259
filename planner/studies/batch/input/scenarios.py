"""A table of scenarios as the problems of a batch: each row changes the same base."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from planner.contracts.faults import Fault, InputError
from planner.studies.batch.input.items import Broken, Item, Scenario, Source
from planner.studies.batch.input.ranges import (
    MOST_SCENARIOS,
    Sweep,
    read_sweep,
    scenario_count,
    scenarios,
)
from planner.studies.batch.input.stream import table_stream
from planner.tables.sheets import Row, Sheet

_SET, _PLAN_ID = "set", "plan_id"
_LONGEST_ID = 100
_MOST_ROWS = 100_000


class _Line(NamedTuple):
    """One row: a name, its place, and its sweeps or what is wrong with it."""

    name: str
    line: int
    sweeps: tuple[Sweep, ...]
    faults: tuple[Fault, ...]


class Scenarios:
    """The rows of a table with the columns ``plan_id`` and ``set``, ``set_2``, ``set_3``, ..."""

    def __init__(self, file: Path) -> None:
        with table_stream(file) as (sheet, rows):
            self._label = sheet.label
            self._rows = list(_lines(sheet, rows))
        uses = Counter(row.name for row in self._rows)
        faults = [
            Fault(self._label, row.line, _PLAN_ID, row.name, "a name that no other row has")
            for row in self._rows
            if uses[row.name] > 1
        ]
        if not self._rows:
            faults.append(Fault(self._label, 1, None, None, "at least one row"))
        if faults:
            raise InputError(faults)

    def __len__(self) -> int:
        """Count the scenarios."""
        return sum(1 if row.faults else scenario_count(row.sweeps) for row in self._rows)

    def items(self) -> Iterator[Item]:
        """Yield the scenarios row by row."""
        number = 0
        for row in self._rows:
            for name, source in self._sources(row):
                yield Item(number, name, source)
                number += 1

    def _sources(self, row: _Line) -> Iterator[tuple[str, Source]]:
        if row.faults:
            yield row.name, Broken(row.faults)
            return
        for words, expressions in scenarios(row.sweeps):
            name = f"{row.name} [{words}]" if words else row.name
            yield name, Scenario(expressions, self._label, row.line)


def _lines(sheet: Sheet, rows: Iterator[Row]) -> Iterator[_Line]:
    header = sheet.header.cells
    sets = [place for place, name in enumerate(header) if _is_set(name)]
    strangers = [
        Fault(sheet.label, sheet.header.line, name, None, "the columns plan_id, set, set_2, ...")
        for name in header
        if name != _PLAN_ID and not _is_set(name)
    ]
    if strangers or not sets or len(set(header)) < len(header):
        wanted = "a column set with expressions such as campaign.C7.agent_lines=4..20, each once"
        place = Fault(sheet.label, sheet.header.line, _SET, None, wanted)
        raise InputError(strangers or [place])
    at = header.index(_PLAN_ID) if _PLAN_ID in header else None
    for count, row in enumerate(rows, start=1):
        if count > _MOST_ROWS:
            wanted = f"at most {_MOST_ROWS:,} rows; ranges make many scenarios of one"
            raise InputError([Fault(sheet.label, row.line, None, None, wanted)])
        cells = row.cells + [""] * (len(header) - len(row.cells))
        name = cells[at].strip() if at is not None else f"line {row.line}"
        yield _read(sheet, row, name, [(header[place], cells[place].strip()) for place in sets])


def _read(sheet: Sheet, row: Row, name: str, texts: list[tuple[str, str]]) -> _Line:
    faults, sweeps = [], []
    if not (1 <= len(name) <= _LONGEST_ID and name.isprintable()):
        wanted = f"a name of at most {_LONGEST_ID} printable letters"
        raise InputError([Fault(sheet.label, row.line, _PLAN_ID, name, wanted)])
    if any(row.cells[len(sheet.header.cells) :]):
        wanted = f"{len(sheet.header.cells)} cells as in the header, not {len(row.cells)}"
        faults.append(Fault(sheet.label, row.line, None, None, wanted))
    for column, text in texts:
        if not text:
            continue
        try:
            sweeps.append(read_sweep(text))
        except ValueError as error:
            faults.append(Fault(sheet.label, row.line, column, text, str(error)))
    if scenario_count(sweeps) > MOST_SCENARIOS:
        wanted = f"ranges that stand for at most {MOST_SCENARIOS:,} scenarios together"
        faults.append(Fault(sheet.label, row.line, None, None, wanted))
    return _Line(name, row.line, tuple(sweeps), tuple(faults))


def _is_set(name: str) -> bool:
    return name == _SET or (name.startswith(f"{_SET}_") and name[len(_SET) + 1 :].isdigit())
