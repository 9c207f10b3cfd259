"""One problem of a batch, as it travels to whoever plans it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.tables.folder import problem_of_sheets, read_content
from planner.tables.sheets import Row, Sheet


@dataclass(frozen=True)
class Context:
    """What all problems of a batch share.

    Attributes
    ----------
    options : of every plan
    base : the problem that scenarios change; None without scenarios
    frames : header of each long table, without rows
    label : name of a table's file, such as ``{}.csv``
    guarded : text that a spreadsheet would run is written with an apostrophe before it
    versions : of the planner and its libraries, which every worker must have
    """

    options: PlanOptions
    base: Problem | None = None
    frames: Mapping[str, Sheet] = field(default_factory=dict)
    label: str = "{}.csv"
    guarded: bool = True
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Files:
    """A planning folder or workbook: bytes by file name."""

    content: Mapping[str, bytes]

    def digest(self) -> str:
        """Checksum of names and content."""
        parts = (f"{n}:{hashlib.sha256(c).hexdigest()}" for n, c in sorted(self.content.items()))
        return _checksum(list(parts))

    def problem(self, _context: Context) -> Problem:
        """Read the problem; every fault of it in one InputError."""
        return read_content(self.content)


@dataclass(frozen=True)
class Rows:
    """The rows of one problem in long tables: by table, each with its line."""

    tables: Mapping[str, tuple[Row, ...]]

    def digest(self) -> str:
        """Checksum of all rows and where they stand."""
        return _checksum(self.tables)

    def problem(self, context: Context) -> Problem:
        """Read the problem; every fault of it in one InputError."""
        sheets = {
            table: context.frames[table]._replace(rows=list(rows))
            for table, rows in self.tables.items()
        }
        return problem_of_sheets(sheets, {context.label.format(t) for t in sheets}, context.label)


@dataclass(frozen=True)
class Scenario:
    """Expressions that change the base, and the place of the row that has them."""

    expressions: tuple[str, ...]
    label: str
    line: int

    def digest(self) -> str:
        """Checksum of the expressions and their place."""
        return _checksum([self.expressions, self.label, self.line])

    def problem(self, context: Context) -> Problem:
        """Change the base; every fault of the expressions in one InputError."""
        from planner.studies.changes import changed_problem

        assert context.base is not None
        try:
            return changed_problem(context.base, self.expressions)
        except InputError as error:
            raise InputError([self._placed(fault) for fault in error.faults]) from error

    def _placed(self, fault: Fault) -> Fault:
        found = "" if fault.value is None else f", not {fault.value!r}"
        return Fault(self.label, self.line, None, fault.file, f"{fault.expected}{found}")


@dataclass(frozen=True)
class Broken:
    """A problem that could not even be fetched."""

    faults: tuple[Fault, ...]

    def digest(self) -> str:
        """Checksum of what is wrong."""
        return _checksum([str(fault) for fault in self.faults])

    def problem(self, _context: Context) -> Problem:
        """Raise the InputError that kept the problem away."""
        raise InputError(list(self.faults))


Source = Files | Rows | Scenario | Broken


@dataclass(frozen=True)
class Item:
    """One problem: its place in the batch from 0, its name, and where it comes from."""

    number: int
    plan_id: str
    source: Source

    def digest(self) -> str:
        """Checksum of everything that the problem's plan depends on, its place included."""
        return _checksum([self.number, self.plan_id, self.source.digest()])


def _checksum(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
