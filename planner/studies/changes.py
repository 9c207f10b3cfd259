"""Applies expressions to a problem; the contracts check every value, all faults are told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from planner.contracts.faults import Fault, InputError
from planner.contracts.fleet.references import reference_faults
from planner.contracts.problem import Campaign, CampaignKind, Problem
from planner.contracts.values.fields import ID_SEPARATOR, Contract
from planner.studies.expressions import TARGETS, Expression, Target, number, read_expression
from planner.studies.new_dialers import with_new_dialers
from planner.tables.cells import columns, fields_of_type, spelt
from planner.tables.rows import read_rows
from planner.tables.sheets import Row, Sheet

#: What a broadcast has no use for: expressions about every campaign pass it by.
AGENT_FIELDS = ("agent_lines", "transfer_rate", "talk_seconds", "talk_cv", "wrap_up_seconds")
#: Beyond, a number is in no column's range, and may be in none of a computer's.
_LARGEST = 10**30


@dataclass
class _Draft:
    """A row that expressions change: its cells by field, and who changed each last."""

    place: int
    key: tuple[str, ...]
    cells: dict[str, str]
    exact: dict[str, Fraction] = field(default_factory=dict)  # before it is rounded
    changed_by: dict[str, Expression] = field(default_factory=dict)


def changed_problem(problem: Problem, texts: Sequence[str], label: str = "") -> Problem:
    """The problem after expressions, applied one after the other.

    Numbers are computed exactly from their decimal spelling. Columns of whole numbers are rounded
    to the nearest one, halves up, once after all expressions, so that factors give the same in any
    order. A blank value takes the column's default. Expressions about every row with ``+= -= *=
    /=`` leave blank cells blank, and pass by what does not apply to a broadcast. Lines set for a
    named campaign and dialer without any start at 0. Dialers that are added come first.

    Parameters
    ----------
    problem : what is changed; it stays as it is
    texts : expressions, see :func:`planner.studies.expressions.read_expression`
    label : goes before each expression in faults

    Raises
    ------
    InputError
        With every expression that cannot be read or applied, and every value that is refused.
    """
    faults: list[Fault] = []
    drafts: dict[str, list[_Draft]] = {}
    problem, texts = with_new_dialers(problem, list(texts), faults)
    for text in texts:
        try:
            expression = read_expression(text, problem)
            table = expression.target.table
            if table not in drafts:
                drafts[table] = _drafts(problem, expression.target)
            _apply(expression, drafts[table])
        except InputError as error:
            faults += error.faults
    tables = {
        target.table: _validated(problem, target, drafts[target.table])
        for target in TARGETS.values()
        if target.table in drafts
    }
    for found in tables.values():
        faults += found.faults
    if not faults:
        items = {table: tuple(found.items) for table, found in tables.items()}
        faults = _between_tables(problem, items, drafts)
        if not faults:
            return Problem(**{name: getattr(problem, name) for name in _TABLES} | items)
    raise InputError([_labelled(fault, label) for fault in faults])


_TABLES = tuple(Problem.model_fields)


def _labelled(fault: Fault, label: str) -> Fault:
    file = f"{label}: {fault.file}" if label else fault.file
    return Fault(file, fault.line, fault.column, fault.value, fault.expected, fault.is_part)


def _drafts(problem: Problem, target: Target) -> list[_Draft]:
    return [
        _Draft(place, tuple(getattr(item, key) for key in target.keys), _cells(item))
        for place, item in enumerate(getattr(problem, target.table))
    ]


def _cells(item: Contract) -> dict[str, str]:
    """The cells of a row as text; what was never given stays blank."""
    given = (name for name in columns(type(item)).values() if name in item.model_fields_set)
    cells = ((name, spelt(item, name)) for name in given)
    return {name: _text(cell) for name, cell in cells if cell is not None}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)


def _apply(expression: Expression, drafts: list[_Draft]) -> None:
    """Change the cells of all rows that the expression is about."""
    rows = [draft for draft in drafts if expression.matches(draft.key)]
    if not rows and not expression.is_general and expression.kind == "assignment":
        rows = [_new_lines(expression, drafts)]
    rows = [draft for draft in rows if not _passed_by(expression, draft)]
    if not rows:
        _refuse_nothing(expression)
    for draft in rows:
        draft.cells[expression.field] = _new_cell(expression, draft)
        draft.changed_by[expression.field] = expression
        if expression.kind == "assignment" and expression.field == "agent_lines":
            draft.cells.pop("pools", None)  # who sits there is not known of other lines


def _new_lines(expression: Expression, drafts: list[_Draft]) -> _Draft:
    cells = dict(zip(expression.target.keys, expression.key, strict=True))
    draft = _Draft(-1, expression.key, cells | {"dial_lines": "0", "agent_lines": "0"})
    drafts.append(draft)
    return draft


def _passed_by(expression: Expression, draft: _Draft) -> bool:
    """Whether an expression about every row leaves this one as it is."""
    if not expression.is_general:
        return False
    about_agents = expression.kind == "campaign" and expression.field in AGENT_FIELDS
    if about_agents and draft.cells.get("kind") == CampaignKind.BROADCAST:
        return True
    return expression.operator != "=" and _current(expression, draft) is None


def _current(expression: Expression, draft: _Draft) -> str | None:
    """The cell as it is, else its default; None where both are blank."""
    cell = draft.cells.get(expression.field, "")
    if cell:
        return cell
    if expression.target.contract is Campaign and expression.field == "agent_lines":
        return None  # none of its own, which is not the same as 0
    default = expression.target.contract.model_fields[expression.field].default
    return None if default is None or not isinstance(default, int | float) else _text(default)


def _refuse_nothing(expression: Expression) -> None:
    what = expression.kind.replace("_", " ")
    wanted = f"at least one {what} to which it applies"
    if expression.operator != "=":
        wanted += f", with a {expression.field} that is not blank"
    raise InputError([Fault(expression.text, None, None, None, wanted)])


def _new_cell(expression: Expression, draft: _Draft) -> str:
    if expression.operator == "=":
        draft.exact.pop(expression.field, None)
        return expression.value
    current = _current(expression, draft)
    if current is None:
        wanted = f"{expression.field} set with = first: it is blank"
        raise InputError([Fault(expression.text, None, None, None, wanted)])
    whole = _is_whole(expression)
    if whole:
        before = draft.exact.get(expression.field, number(current))
        if before is None:
            return current  # an earlier expression put text there, which is told as its fault
        draft.exact[expression.field] = _result(expression, before)
        return spelt_number(draft.exact[expression.field], whole=True)
    # One rate for each pass through the list: each is changed.
    parts = [number(part) for part in current.split(ID_SEPARATOR)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return current
    return ID_SEPARATOR.join(spelt_number(_result(expression, p), whole=False) for p in known)


def _result(expression: Expression, before: Fraction) -> Fraction:
    """What the operator makes of a number."""
    operand = number(expression.value) or Fraction(0)
    return {
        "+=": before + operand,
        "-=": before - operand,
        "*=": before * operand,
        "/=": before / operand if operand else Fraction(0),
    }[expression.operator]


def _is_whole(expression: Expression) -> bool:
    return expression.field in fields_of_type(expression.target.contract, "integer")


def spelt_number(value: Fraction, *, whole: bool) -> str:
    """A number as a cell holds it; whole ones to the nearest, halves up."""
    if abs(value) > _LARGEST:
        return "inf" if value > 0 else "-inf"  # which no column takes
    return str(rounded(value)) if whole else repr(float(value))


def rounded(value: Fraction) -> int:
    """The nearest whole number, halves up: 2.5 is 3."""
    return math.floor(value + Fraction(1, 2))


@dataclass
class _Validated:
    items: list[Any]
    faults: list[Fault]


def _validated(problem: Problem, target: Target, drafts: list[_Draft]) -> _Validated:
    """The rows read as if they stood in a file; unchanged ones are those of before."""
    known = columns(target.contract)
    changed = [draft for draft in drafts if draft.changed_by]
    sheet = Sheet(
        target.table,
        Row(1, list(known)),
        [
            Row(place, [draft.cells.get(name, "") for name in known.values()])
            for place, draft in enumerate(changed)
        ],
    )
    rows = read_rows(sheet, target.contract, with_pools=bool(problem.pools))
    items: list[Any] = list(getattr(problem, target.table))
    for draft, item in zip(changed, rows.items, strict=True):
        if draft.place < 0:
            items.append(item)
        else:
            items[draft.place] = item
    found = (
        (changed[fault.line or 0], known.get(fault.column or "", ""), fault.value, fault.expected)
        for fault in rows.faults
    )
    return _Validated(items, _told(found))


def _told(found: Iterable[tuple[_Draft, str, str | None, str]]) -> list[Fault]:
    """A fault for each expression and what was expected, however many rows it is about."""
    grouped: dict[tuple[str, str, bool], list[tuple[_Draft, str | None]]] = {}
    for draft, name, value, wanted in found:
        expression = draft.changed_by.get(name) or next(iter(draft.changed_by.values()))
        is_own = name == expression.field
        about = wanted if is_own else f"{name}: {wanted}"
        rows = grouped.setdefault((expression.text, about, is_own), [])
        if all(draft is not other for other, _ in rows):
            rows.append((draft, value))
    faults = []
    for (text, wanted, is_own), rows in grouped.items():
        draft, value = rows[0]
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        general = any(by.text == text and by.is_general for by in draft.changed_by.values())
        place = f"{text}, for {' on '.join(draft.key)}{more}" if general else text
        faults.append(Fault(place, None, None, value, wanted, is_part=is_own))
    return faults


def _between_tables(
    problem: Problem, items: dict[str, tuple[Any, ...]], drafts: dict[str, list[_Draft]]
) -> list[Fault]:
    """Faults of references between tables, each told of the expression that made it."""
    tables = {name: getattr(problem, name) for name in _TABLES} | items
    found = []
    for table, row, column, value, wanted in reference_faults(**tables):
        draft = drafts[table][row]
        found.append((draft, column, value, wanted))
    return _told(found)
