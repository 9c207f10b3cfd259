"""One problem of a batch, as it travels to whoever plans it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.tables.folder import problem_of_sheets, read_content
from planner.tables.sheets import Row, Sheet

#: The tables whose rows make planning take long.
_LARGE = ("dialers", "campaigns")


@dataclass(frozen=True)
class Context:
    """What all problems of a batch share.

    Attributes
    ----------
    options : of every plan
    base : the problem that scenarios change; None without scenarios, or where they change fleets
    frames : header of each long table, without rows
    label : name of a table's file, such as ``{}.csv``
    versions : of the planner and its libraries, which every worker must have
    """

    options: PlanOptions
    base: Problem | None = None
    frames: Mapping[str, Sheet] = field(default_factory=dict)
    label: str = "{}.csv"
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Files:
    """A planning folder or workbook: bytes by file name."""

    content: Mapping[str, bytes]

    def digest(self) -> str:
        """Checksum of names and content."""
        parts = (f"{n}:{hashlib.sha256(c).hexdigest()}" for n, c in sorted(self.content.items()))
        return checksum_of(list(parts))

    def place(self) -> object:
        """Where it stands does not matter."""
        return None

    def size(self) -> float:
        """Campaigns times dialers, about."""
        if len(self.content) == 1:  # a workbook, in which most bytes are packed
            return max(1.0, sum(map(len, self.content.values())) / 1000)
        rows = {PurePath(n).stem.lower(): c.count(b"\n") for n, c in self.content.items()}
        return _product(rows)

    def problem(self, _context: Context) -> Problem:
        """Read the problem; every fault of it in one InputError."""
        return read_content(self.content)


@dataclass(frozen=True)
class Rows:
    """The rows of one problem in long tables: by table, each with its line."""

    tables: Mapping[str, tuple[Row, ...]]

    def digest(self) -> str:
        """Checksum of all cells."""
        return checksum_of({name: [row.cells for row in rows] for name, rows in self._sorted()})

    def place(self) -> object:
        """The lines that faults would name."""
        return {name: [row.line for row in rows] for name, rows in self._sorted()}

    def size(self) -> float:
        """Campaigns times dialers."""
        return _product({name: len(rows) for name, rows in self.tables.items()})

    def problem(self, context: Context) -> Problem:
        """Read the problem; every fault of it in one InputError."""
        sheets = {
            table: context.frames[table]._replace(rows=list(rows))
            for table, rows in self.tables.items()
        }
        return problem_of_sheets(sheets, {context.label.format(t) for t in sheets}, context.label)

    def _sorted(self) -> list[tuple[str, tuple[Row, ...]]]:
        return sorted(self.tables.items())


@dataclass(frozen=True)
class Scenario:
    """Expressions that change the base, and the place of the row that has them."""

    expressions: tuple[str, ...]
    label: str
    line: int

    def digest(self) -> str:
        """Checksum of the expressions."""
        return checksum_of(self.expressions)

    def place(self) -> object:
        """The row that faults would name."""
        return [self.label, self.line]

    def size(self) -> float:
        """All change the same problem."""
        return 1.0

    def problem(self, context: Context) -> Problem:
        """Change the base; every fault of the expressions in one InputError."""
        assert context.base is not None
        return self.changed(context.base)

    def changed(self, base: Problem) -> Problem:
        """The problem after the expressions; every fault of them in one InputError."""
        from planner.studies.changes import changed_problem

        try:
            return changed_problem(base, self.expressions)
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
        return checksum_of([str(fault) for fault in self.faults])

    def place(self) -> object:
        """It is in the faults."""
        return None

    def size(self) -> float:
        """Told at once."""
        return 0.0

    def problem(self, _context: Context) -> Problem:
        """Raise the InputError that kept the problem away."""
        raise InputError(list(self.faults))


@dataclass(frozen=True)
class FleetScenario:
    """A scenario on one of many fleets; ``fleet_id`` and ``name`` are what they are called."""

    fleet_id: str
    fleet: Files | Rows | Broken
    name: str
    scenario: Scenario | Broken

    @property
    def expressions(self) -> tuple[str, ...]:
        """What the scenario changes."""
        return self.scenario.expressions if isinstance(self.scenario, Scenario) else ()

    def digest(self) -> str:
        """Checksum of the fleet and the expressions."""
        return checksum_of([self.fleet.digest(), self.scenario.digest()])

    def place(self) -> object:
        """The rows that faults would name."""
        return [self.fleet.place(), self.scenario.place()]

    def size(self) -> float:
        """That of the fleet, which is what is planned."""
        return self.fleet.size()

    def problem(self, context: Context) -> Problem:
        """Read the fleet and change it; every fault of either in one InputError."""
        return self.changed(self.fleet.problem(context), context)

    def changed(self, base: Problem, context: Context) -> Problem:
        """The fleet after the scenario; every fault of the scenario in one InputError."""
        if isinstance(self.scenario, Broken):
            return self.scenario.problem(context)
        return self.scenario.changed(base)


Source = Files | Rows | Scenario | Broken | FleetScenario


@dataclass(frozen=True)
class Item:
    """One problem: its place in the batch from 0, its name, and where it comes from.

    ``hint`` is what may help where it cannot be read: a name that differs in case only, say.
    """

    number: int
    plan_id: str
    source: Source
    hint: str = ""

    def digest(self) -> str:
        """Checksum of everything that the problem's plan depends on, wherever it stands."""
        return checksum_of([self.plan_id, self.source.digest()])

    def faulty_digest(self) -> str:
        """Checksum of everything that its faults depend on: also where it stands."""
        return checksum_of([self.digest(), self.source.place(), self.hint])

    @property
    def changes(self) -> str:
        """The expressions of a scenario, in a line."""
        if isinstance(self.source, Scenario | FleetScenario):
            return "; ".join(self.source.expressions)
        return ""


def checksum_of(value: object) -> str:
    """Checksum of what JSON can spell."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def _product(rows: Mapping[str, int]) -> float:
    size = 1.0
    for table in _LARGE:
        size *= max(rows.get(table, 1), 1)
    return size
