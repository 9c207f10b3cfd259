"""The rows of one sheet as contracts; every fault with its line and column."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from planner.contracts.agents import LimitRow, PoolRow
from planner.contracts.faults import Fault, InputError
from planner.contracts.fields import FIRST_DATE, ID_SEPARATOR, Contract
from planner.contracts.problem import Campaign
from planner.contracts.times import Interval, Outage
from planner.tables.cells import (
    SHARED_CELLS,
    columns,
    expected,
    fields_of_type,
    is_whole,
    sample,
    tidy,
)
from planner.tables.sheets import Sheet, growing

_NEVER = datetime.min.replace(tzinfo=UTC)
#: Fields of a stand-in, chosen so that it overlaps with no row.
_NEUTRAL: dict[type[Contract], dict[str, Any]] = {
    Interval: {"days": ()},
    Outage: {"start": _NEVER, "end": _NEVER},
    PoolRow: {"days": (FIRST_DATE,)},
}
#: The value and what was expected, by column; None is the row as a whole.
_Wrong = dict[str | None, tuple[str | None, str]]
_KEYS = ("campaign_id", "dialer_id", "trunk_group", "pool")
#: Columns in every table that nobody reads.
IGNORED = ("notes",)


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
    )
    rows.faults += _header_faults(sheet, contract)
    told = {(fault.line, fault.column) for fault in sheet.faults}
    absent = {
        column: expected(contract, name)
        for column, name in known.items()
        if name not in places and contract.model_fields[name].is_required()
    }
    blank = {"agent_lines": None} if with_pools and contract is Campaign else {}
    read = _row_reader(contract, places, len(header), blank, decimal_comma=sheet.decimal_comma)
    with growing():
        for line, cells in sheet.rows:
            item, wrong = read(line, cells)
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
    return rows


def _row_reader(
    contract: type[Contract],
    places: Mapping[str, int],
    width: int,
    blank: Mapping[str, None],
    *,
    decimal_comma: bool,
) -> Callable[[int, list[str]], tuple[Contract, _Wrong]]:
    located = tuple(places.items())
    whole = [places[name] for name in fields_of_type(contract, "integer") if name in places]

    def read(line: int, cells: list[str]) -> tuple[Contract, _Wrong]:
        if len(cells) < width or any(cells[width:]):
            values = {name: cells[place] for name, place in located if place < len(cells)}
            wanted = f"{width} cells as in the header, not {len(cells)}"
            return _stand_in(contract, values, line), {None: (None, wanted)}
        values = {name: cells[place] for name, place in located if cells[place]}
        if contract is LimitRow:
            values.setdefault("limit", str(line))
        if not any("." in cells[place] for place in whole):
            try:  # as it stands: the quick way that nearly all rows go
                return contract.model_validate({**blank, **values}), {}
            except ValidationError:
                pass
        item, wrong = _careful_item(contract, values, blank, decimal_comma=decimal_comma)
        return item or _stand_in(contract, values, line), wrong

    return read


def _header_faults(sheet: Sheet, contract: type[Contract]) -> Iterator[Fault]:
    known = columns(contract)
    line, header = sheet.header
    for place, name in enumerate(header):
        if name not in known and name not in IGNORED:
            close = difflib.get_close_matches(name, known, n=1)
            guess = f"perhaps {close[0]}" if close else f"one of {', '.join(known)}"
            yield Fault(sheet.label, line, str(place + 1), name, f"a column's name, {guess}")
        elif name in header[:place]:
            yield Fault(sheet.label, line, name, None, "this column once")


def _careful_item(
    contract: type[Contract],
    values: dict[str, str],
    blank: Mapping[str, None],
    *,
    decimal_comma: bool,
) -> tuple[Contract | None, _Wrong]:
    """Read a row cell by cell; else the value and what was expected, by column."""
    cells = {
        name: text
        for name, cell in values.items()
        if (text := tidy(contract, name, cell, decimal_comma=decimal_comma))
    }
    wrong = {
        name: expected(contract, name)
        for name in fields_of_type(contract, "integer")
        if not is_whole(cells.get(name, ""))
    }
    try:
        right = {name: cell for name, cell in cells.items() if name not in wrong}
        item = contract.model_validate({**blank, **right})
    except ValidationError as error:
        item = None
        wrong = {**_wrong_fields(contract, error), **wrong}
    if item is not None and not wrong:
        return item, {}
    of_field = {name: column for column, name in columns(contract).items()}
    faults: _Wrong = {
        of_field[name]: (values.get(name, ""), wanted) for name, wanted in wrong.items()
    }
    for fault in _contradictions(contract, {**blank, **cells}, wrong):
        if fault.column and fault.column not in faults:
            value = values.get(columns(contract)[fault.column], "")
            faults[fault.column] = (value, fault.expected)
    return None, faults


def _wrong_fields(contract: type[Contract], error: ValidationError) -> dict[str, str]:
    """What was expected of each field that is wrong by itself."""
    wrong: dict[str, str] = {}
    for problem in error.errors(include_url=False, include_input=False):
        if problem["loc"]:
            name = str(problem["loc"][0])
            name = SHARED_CELLS.get(name, name)
            detail = problem.get("ctx", {}).get("error")
            explained = f" ({detail})" if detail and name in ("schedule", "days") else ""
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
