"""The rows of one sheet as contracts; every fault with its line and column."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from planner.contracts.faults import Fault, InputError
from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.problem import Campaign
from planner.contracts.values.fields import FIRST_DATE, ID_SEPARATOR, Contract
from planner.contracts.values.times import Interval, Outage
from planner.tables.cells import (
    SHARED_CELLS,
    columns,
    expected,
    fields_of_type,
    is_whole,
    sample,
    understood,
)
from planner.tables.sheets import IGNORED, NOTES, Sheet, growing, has_content, is_ignored
from planner.tables.spelling import Mark, mark_of, truth

_NEVER = datetime.min.replace(tzinfo=UTC)
#: Fields of a stand-in, chosen so that it overlaps with no row.
_NEUTRAL: dict[type[Contract], dict[str, Any]] = {
    Interval: {"days": (FIRST_DATE,), "from_minute": 0, "to_minute": 1},
    Outage: {"start": _NEVER, "end": _NEVER},
    PoolRow: {"days": (FIRST_DATE,)},
}
#: The value and what was expected, by column; None is the row as a whole.
_Wrong = dict[str | None, tuple[str | None, str]]
_KEYS = ("campaign_id", "dialer_id", "trunk_group", "pool")
#: Columns of which faults say what is wrong beside what may stand there.
_EXPLAINED = ("schedule", "days", "limit", *_KEYS)
#: Columns of which faults show the cell itself, not its value in our spelling.
_TIMES = ("from", "start")
_HOW = f"; to have it ignored call it {NOTES}, or put {IGNORED} before its name"
_TICKED = "yes or no: where other cells are ticked with x it is not clear what a blank one means"


@dataclass
class Rows:
    """The rows of one table in order; a row with faults is a stand-in that carries its keys.

    With stand-ins the rules that tie tables together can be checked in spite of the faults.
    """

    label: str
    items: list[Any] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    header_line: int = 1
    notes: list[str] = field(default_factory=list)
    sheet: Sheet | None = None

    def cell(self, row: int, column: str, otherwise: str) -> str:
        """The cell of a time as it stands in the file, else what a fault says of it."""
        if self.sheet is None or column not in _TIMES:
            return otherwise
        return self.sheet.rows[row].cells[self.sheet.header.cells.index(column)].strip()


@dataclass
class _Notes:
    """What was read as what: for each column the first such cell, and how many there are."""

    first: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, column: str, line: int, cell: str, text: str) -> None:
        """Note a cell, unless it is only trimmed, of whole minutes, or has its sheet's comma."""
        if _bare(cell) not in (_bare(text), _bare(text) + ":00"):
            self.first.setdefault(column, (line, cell.strip(), text))
            self.counts[column] += 1

    def told(self, label: str) -> Iterator[str]:
        """Yield a sentence for each column."""
        for column, (line, cell, text) in self.first.items():
            more = self.counts[column] - 1
            also = f", and {more} more cell{'s' if more > 1 else ''} of it likewise" if more else ""
            yield f"{label}, line {line}, column {column}: {cell!r} is read as {text}{also}."


def _bare(text: str) -> str:
    return "".join(text.split()).lower().replace(",", ".")


def read_rows(sheet: Sheet, contract: type[Contract], *, with_pools: bool = False) -> Rows:
    """Read the rows of a sheet as contracts of one kind.

    Parameters
    ----------
    sheet : the table as text
    contract : what each row is
    with_pools : there are pools of agents, so that a campaign need not have agent lines of its own

    Returns
    -------
    The rows and all faults in them: unknown, repeated and missing columns, rows of another length
    than the header, bad values, and values that contradict each other.
    """
    header = sheet.header.cells
    known = columns(contract)
    places = {known[name]: header.index(name) for name in known if name in header}
    rows = Rows(
        sheet.label,
        faults=list(sheet.faults),
        columns=frozenset(header),
        header_line=sheet.header.line,
        sheet=sheet,
    )
    rows.faults += _header_faults(sheet, contract)
    told = {(fault.line, fault.column) for fault in sheet.faults}
    absent = {
        column: expected(contract, name)
        for column, name in known.items()
        if name not in places and contract.model_fields[name].is_required()
    }
    reader = _RowReader(
        contract,
        places,
        len(header),
        blank={"agent_lines": None} if with_pools and contract is Campaign else {},
        mark=_mark(sheet, contract, places),
        ticked=frozenset(_ticked(sheet, contract, places)),
    )
    with growing():
        for line, cells in sheet.rows:
            item, wrong = reader.read(line, cells)
            rows.items.append(item)
            rows.lines.append(line)
            for column, (value, wanted) in wrong.items():
                if (line, column) in told:
                    continue
                if column is None or column in header:
                    rows.faults.append(Fault(sheet.label, line, column, value, wanted))
                else:  # one fault for the column, not one in each row
                    absent.setdefault(column, wanted)
    for column, wanted in absent.items():
        words = f"this column: {wanted}"
        rows.faults.append(Fault(sheet.label, sheet.header.line, column, None, words))
    rows.faults.sort(key=lambda fault: fault.line or 0)
    rows.notes = [*sheet.notes, *reader.notes.told(sheet.label)]
    return rows


def _mark(sheet: Sheet, contract: type[Contract], places: Mapping[str, int]) -> Mark:
    """What stands before the fraction; only where commas do not separate cells it is a question."""
    if not sheet.decimal_comma:
        return Mark.POINT
    found = [places[name] for name in fields_of_type(contract, "number") if name in places]
    cells = [row.cells[p].strip() for row in sheet.rows for p in found if p < len(row.cells)]
    return mark_of(cells)


def _ticked(sheet: Sheet, contract: type[Contract], places: Mapping[str, int]) -> Iterator[str]:
    """Yield columns that are true where blank, and in which some cells are ticked."""
    for name in fields_of_type(contract, "boolean"):
        place = places.get(name)
        if place is not None and contract.model_fields[name].default is True:
            cells = (row.cells[place].strip() for row in sheet.rows if place < len(row.cells))
            if any(cell and truth(cell) != cell for cell in cells):
                yield name


@dataclass
class _RowReader:
    """Reads the rows of one table.

    Attributes
    ----------
    places : in the row, of each field
    width : cells of the header
    blank : what a blank cell of a field stands for where that is not the default
    mark : what stands before the fraction in numbers
    ticked : fields in which a blank cell is not clear
    """

    contract: type[Contract]
    places: Mapping[str, int]
    width: int
    blank: Mapping[str, None]
    mark: Mark
    ticked: frozenset[str]
    notes: _Notes = field(default_factory=_Notes)

    def __post_init__(self) -> None:
        """Find the columns of numbers, which need a second look."""
        located = self.places.items()
        whole = fields_of_type(self.contract, "integer")
        numbers = (*whole, *fields_of_type(self.contract, "number"))
        self._whole = [place for name, place in located if name in whole]
        self._numbers = [place for name, place in located if name in numbers]

    def read(self, line: int, cells: list[str]) -> tuple[Contract, _Wrong]:
        """The row, or a stand-in and what is wrong with it."""
        located = self.places.items()
        if len(cells) < self.width or has_content(cells[self.width :]):
            values = {name: cells[place] for name, place in located if place < len(cells)}
            wanted = f"{self.width} cells as in the header, not {len(cells)}"
            return _stand_in(self.contract, values, line), {None: (None, wanted)}
        values = {name: cells[place] for name, place in located if cells[place]}
        if self.contract is LimitRow:
            values.setdefault("limit", str(line))
        if self._is_plain(cells, values):
            try:  # as it stands: the quick way that nearly all rows go
                return self.contract.model_validate({**self.blank, **values}), {}
            except ValidationError:
                pass
        item, wrong = self._careful_item(line, values)
        return item or _stand_in(self.contract, values, line), wrong

    def _is_plain(self, cells: list[str], values: Mapping[str, str]) -> bool:
        """Whether no cell needs a second look: 1_0 is no number, 1.000 may be a thousand."""
        if self.ticked - values.keys() or any("_" in cells[p] for p in self._numbers):
            return False
        doubtful = self._whole if self.mark is Mark.POINT else self._numbers
        return not any("." in cells[place] for place in doubtful)

    def _careful_item(self, line: int, values: dict[str, str]) -> tuple[Contract | None, _Wrong]:
        """Read a row cell by cell; else the value and what was expected, by column."""
        contract, cells, wrong = self.contract, dict[str, str](), dict[str, str]()
        for name, cell in values.items():
            read = understood(contract, name, cell, self.mark)
            if read.text:
                cells[name] = read.text
            if read.unsure:
                wrong[name] = f"{expected(contract, name)}; {read.unsure}"
        wrong |= _wrong_numbers(contract, cells)
        wrong |= dict.fromkeys(self.ticked - cells.keys(), _TICKED)
        try:
            right = {name: cell for name, cell in cells.items() if name not in wrong}
            item = contract.model_validate({**self.blank, **right})
        except ValidationError as error:
            item = None
            wrong = {**_wrong_fields(contract, error), **wrong}
        of_field = {name: column for column, name in columns(contract).items()}
        if item is not None and not wrong:
            for name, text in cells.items():
                if name in values:
                    self.notes.add(of_field[name], line, values[name], text)
            return item, {}
        faults: _Wrong = {
            of_field[name]: (values.get(name, ""), wanted) for name, wanted in wrong.items()
        }
        for fault in _contradictions(contract, {**self.blank, **cells}, wrong):
            if fault.column and fault.column not in faults:
                value = values.get(columns(contract)[fault.column], "")
                faults[fault.column] = (value, fault.expected)
        return None, faults


def _wrong_numbers(contract: type[Contract], cells: Mapping[str, str]) -> dict[str, str]:
    """What was expected of numbers that Python would read, and people do not write so."""
    whole = fields_of_type(contract, "integer")
    return {
        name: expected(contract, name)
        for name in (*whole, *fields_of_type(contract, "number"))
        if "_" in cells.get(name, "") or (name in whole and not is_whole(cells.get(name, "")))
    }


def _header_faults(sheet: Sheet, contract: type[Contract]) -> Iterator[Fault]:
    known = columns(contract)
    line, header = sheet.header
    for place, name in enumerate(header):
        if not _is_known(name, known):
            close = difflib.get_close_matches(name, known, n=1)
            guess = f"perhaps {close[0]}" if close else f"one of {', '.join(known)}"
            yield Fault(sheet.label, line, str(place + 1), name, f"a column's name, {guess}{_HOW}")
        elif name in known and name in header[:place]:
            yield Fault(sheet.label, line, name, None, "this column once")


def _is_known(name: str, known: Mapping[str, str]) -> bool:
    return name in known or is_ignored(name)


def _wrong_fields(contract: type[Contract], error: ValidationError) -> dict[str, str]:
    """What was expected of each field that is wrong by itself."""
    wrong: dict[str, str] = {}
    for problem in error.errors(include_url=False, include_input=False):
        if problem["loc"]:
            name = str(problem["loc"][0])
            name = SHARED_CELLS.get(name, name)
            detail = problem.get("ctx", {}).get("error")
            explained = f" ({detail})" if detail and name in _EXPLAINED else ""
            wrong[name] = expected(contract, name) + explained
    return wrong


def _contradictions(
    contract: type[Contract], cells: Mapping[str, str | None], wrong: Mapping[str, str]
) -> list[Fault]:
    """Rules that tie columns together, as if the wrong cells were blank, or right if required."""
    if "kind" in wrong:
        return []  # what else is required hangs on it
    right = {name: cell for name, cell in cells.items() if name not in wrong}
    for name in wrong:
        if contract.model_fields[name].is_required():
            right[name] = sample(contract, name)
    try:
        contract.model_validate(right)
    except ValidationError as error:
        causes = [problem.get("ctx", {}).get("error") for problem in error.errors()]
        return [f for cause in causes if isinstance(cause, InputError) for f in cause.faults]
    return []


def _stand_in(contract: type[Contract], values: Mapping[str, str], line: int) -> Contract:
    fields = dict(_NEUTRAL.get(contract, {}))
    for name in _KEYS:
        info = contract.model_fields.get(name)
        if info is not None and (name in values or info.is_required()):
            # A missing key must neither repeat nor be found: NUL occurs in no cell.
            fields[name] = values.get(name, f"\0{line}").strip()
    if "allowed_dialers" in values:
        listed = values["allowed_dialers"].split(ID_SEPARATOR)
        fields["allowed_dialers"] = tuple(part.strip() for part in listed)
    if contract is Campaign:
        fields["agent_lines"] = 0  # if it has none, that is told
    return contract.model_construct(**fields)
