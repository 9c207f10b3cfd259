"""The rows of one problem in the tables that a batch writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum

from planner.contracts.answers import Conflict
from planner.contracts.faults import Fault
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import (
    FIGURE_NAMES,
    AssignmentFigures,
    CampaignTotals,
    DialerUse,
    PlanFigures,
    PlanResult,
)
from planner.evaluation.differences import lines_moved
from planner.studies.batch.results.columns import COLUMNS, RATES, SIMULATED
from planner.tables.cells import columns, spelt
from planner.tables.folder_writing import PROJECTION_COLUMNS

#: Longest text of a cell at fault that is repeated.
_LONGEST_VALUE = 200
#: A cell of a table, as JSON keeps it to the last bit.
Cell = str | int | float | bool | None
Rows = list[list[Cell]]


class Ending(StrEnum):
    """How a problem of a batch ended; the first five are those of a plan."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    RELAXED = "relaxed"  # the nearest plan, where it was asked for
    INFEASIBLE = "infeasible"
    NO_PLAN = "no_plan"
    BAD_INPUT = "bad_input"
    NOT_CONCERNED = "not_concerned"  # a scenario about what this fleet does not have
    FAILED = "failed"  # a fault of ours


#: Without a plan, though one was asked for: what ``--only failed`` plans again.
UNPLANNED = frozenset({Ending.INFEASIBLE, Ending.NO_PLAN, Ending.BAD_INPUT, Ending.FAILED})


@dataclass(frozen=True)
class Planned:
    """What became of one problem: its rows by table, and how long that took [s]."""

    number: int
    ending: Ending
    rows: dict[str, Rows] = field(default_factory=dict)
    seconds: float = 0.0

    def within(self, seconds: float) -> Planned:
        """The same, with the time that it took."""
        return replace(self, seconds=round(seconds, 3))


def planned_rows(
    number: int,
    plan_id: str,
    problem: Problem,
    result: PlanResult,
    changes: str,
    faults: Sequence[Fault] = (),
) -> Planned:
    """The rows of a problem that was searched, with or without a plan.

    ``faults`` are the requirements that cannot hold together, where there is no plan.
    """
    items = result.plan.assignments if result.plan is not None else ()
    fields = tuple(columns(LineAssignment).values())
    tables: dict[str, Iterable[Iterable[object]]] = {
        "plans": [[plan_id, *_plan_cells(problem, result), changes, _no_plan_words(result)]],
        "campaigns": _fields(plan_id, CampaignTotals.model_fields, result.campaigns),
        "dialers": _fields(plan_id, DialerUse.model_fields, result.dialers),
        "assignments": ([plan_id, *(spelt(item, name) for name in fields)] for item in items),
        "projection": ([plan_id, *_figure_cells(figures)] for figures in result.figures),
        "errors": _fault_rows(plan_id, faults),
    }
    rows = {table: cells for table, found in tables.items() if (cells := _cells(found))}
    return Planned(number, Ending(result.status.value), rows)


def bad_input_rows(number: int, plan_id: str, faults: Sequence[Fault], changes: str) -> Planned:
    """The rows of a problem that could not be read."""
    more = f" (and {len(faults) - 1} more, see errors)" if len(faults) > 1 else ""
    return _unplanned(
        number, plan_id, Ending.BAD_INPUT, changes, f"{faults[0]}{more}", faults=faults
    )


def not_concerned_rows(number: int, plan_id: str, faults: Sequence[Fault], changes: str) -> Planned:
    """The row of a scenario about what the fleet does not have."""
    words = "; ".join(f"this fleet has no {fault.value}: {fault.file}" for fault in faults)
    return _unplanned(number, plan_id, Ending.NOT_CONCERNED, changes, words)


def failed_rows(number: int, plan_id: str, words: str, changes: str) -> Planned:
    """The row of a problem on which the planner itself failed."""
    return _unplanned(number, plan_id, Ending.FAILED, changes, words)


def fault_rows(plan_id: str, faults: Iterable[Fault]) -> Rows:
    """Rows of the table of errors."""
    return _cells(_fault_rows(plan_id, faults))


def conflict_faults(
    conflicts: Iterable[Conflict], lines: Sequence[tuple[str, int | None]]
) -> tuple[Fault, ...]:
    """Requirements that cannot hold together, each with its place and what would help.

    Parameters
    ----------
    lines : file and line of each requirement, in order
    """
    members = [member for conflict in conflicts for member in conflict.members]
    faults = []
    for (file, line), member in zip(lines, members, strict=True):
        helps = f"{member.change} alone would help" if member.change else "no change of it alone"
        words = f"cannot hold with the others: {member.words}; {helps}"
        value = None if member.value is None else str(member.value)
        faults.append(Fault(file, line, member.column, value, words))
    return tuple(faults)


def _unplanned(
    number: int,
    plan_id: str,
    ending: Ending,
    changes: str,
    error: str,
    *,
    faults: Sequence[Fault] = (),
) -> Planned:
    blank: list[object] = [None] * (len(COLUMNS["plans"]) - 4)
    rows = {"plans": _cells([[plan_id, ending.value, *blank, changes, error]])}
    if faults:
        rows["errors"] = fault_rows(plan_id, faults)
    return Planned(number, ending, rows)


def _fault_rows(plan_id: str, faults: Iterable[Fault]) -> Iterator[list[object]]:
    for fault in faults:
        value = fault.value if fault.value is None else fault.value[:_LONGEST_VALUE]
        yield [plan_id, fault.file, fault.line, fault.column, value, fault.expected]


def _fields(
    plan_id: str, names: Iterable[str], items: Iterable[CampaignTotals | DialerUse]
) -> Iterator[list[object]]:
    for item in items:
        yield [plan_id, *(getattr(item, name) for name in names)]


def _plan_cells(problem: Problem, result: PlanResult) -> list[object]:
    value, line_plan = result.value, result.plan
    moved = None
    if line_plan is not None:
        moved = lines_moved(problem.assignments, line_plan.assignments)
    return [
        result.status.value,
        value and value.value_per_hour,
        result.bound_per_hour,
        result.gap,
        value and value.throughput_value_per_hour,
        value and value.surviving_value_per_hour,
        *(getattr(result, name) for name in SIMULATED),
        value and value.worst_failure_domain,
        *(result.total(rate) for rate in RATES),
        moved,
        len(result.limits_broken) if line_plan is not None else None,
        len(result.given_up) if line_plan is not None else None,
        _engines(result),
    ]


def _engines(result: PlanResult) -> str | None:
    """What made the figures: ``markov``, ``simulate`` or both; ``formulas``: not certified."""
    if result.plan is None:
        return None
    if result.options.figures is PlanFigures.FORMULAS:
        return PlanFigures.FORMULAS.value
    return "+".join(sorted({row.engine.value for row in result.simulated or result.figures}))


def _figure_cells(figures: AssignmentFigures) -> Iterator[object]:
    for name in PROJECTION_COLUMNS:
        yield getattr(figures, name)
    for name in FIGURE_NAMES:
        yield figures.low.get(name)
        yield figures.high.get(name)


def _no_plan_words(result: PlanResult) -> str | None:
    if result.plan is not None:
        return None
    if not result.conflicts:
        return f"no plan found within the time limit of {result.options.time_limit:g} s"
    return "these cannot hold together: " + "; ".join(result.conflicts[0].requirements)


def _cells(rows: Iterable[Iterable[object]]) -> Rows:
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: object) -> Cell:
    match value:
        case None | bool():
            return value
        case int():
            return int(value)
        case float():
            return float(value)
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value) or None
