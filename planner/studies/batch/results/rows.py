"""The tables that a batch writes: their columns, and the rows of one problem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from planner.contracts.faults import Fault
from planner.contracts.problem import LineAssignment
from planner.contracts.result import (
    FIGURE_NAMES,
    GIVEN_UP_COLUMNS,
    AssignmentFigures,
    PlanFigures,
    PlanResult,
)
from planner.tables.cells import columns, spelt
from planner.tables.folder import PROJECTION_COLUMNS
from planner.tables.writing import csv_lines

#: Longest text of a cell at fault that is repeated.
_LONGEST_VALUE = 200
_ENDS = tuple(f"{name}_{end}" for name in FIGURE_NAMES for end in ("low", "high"))
_VALUES = (
    "value_per_hour",
    "bound_per_hour",
    "gap",
    "throughput_value_per_hour",
    "surviving_value_per_hour",
)
_RATES = ("transfers_per_hour", "messages_per_hour", "abandons_per_hour")
#: Columns of each table, in the order of the files; all start with the name of the problem.
COLUMNS: dict[str, tuple[str, ...]] = {
    "plans": (
        "plan_id",
        "status",
        *_VALUES,
        "worst_failure_domain",
        *_RATES,
        "lines_moved",
        "figures",
        "corrected_campaigns",
        "given_up",
        "limits_broken",
        "changes",
        "error",
    ),
    "assignments": ("plan_id", *columns(LineAssignment)),
    "projection": ("plan_id", *PROJECTION_COLUMNS, *_ENDS),
    "given_up": ("plan_id", *GIVEN_UP_COLUMNS),
    "errors": ("plan_id", "file", "line", "column", "value", "expected"),
}
#: Columns of whole numbers and of truth values; the others are numbers or text.
WHOLE = frozenset(
    {
        "line",
        "dial_lines",
        "agent_lines",
        "busy_agent_lines",
        "lines_moved",
        "corrected_campaigns",
        "given_up",
        "limits_broken",
        "priority",
        "proven_least",
    }
)
TRUTHS = frozenset({"locked"})
TEXTS = frozenset(
    {
        "plan_id",
        "status",
        "worst_failure_domain",
        "figures",
        "changes",
        "error",
        "campaign_id",
        "dialer_id",
        "reason",
        "engine",
        "advice",
        "file",
        "column",
        "value",
        "expected",
        "pools",
        "as_of",
        "requirement",
        "limit",
    }
)


class Ending(StrEnum):
    """How a problem of a batch ended; the first five are those of a plan."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    RELAXED = "relaxed"
    INFEASIBLE = "infeasible"
    NO_PLAN = "no_plan"
    BAD_INPUT = "bad_input"
    FAILED = "failed"  # a fault of ours


@dataclass(frozen=True)
class Planned:
    """What became of one problem: its rows as lines of CSV, by table."""

    number: int
    ending: Ending
    lines: dict[str, str]


def planned_rows(
    number: int, plan_id: str, result: PlanResult, changes: str, *, guarded: bool
) -> Planned:
    """The rows of a problem that was searched, with or without a plan."""
    items = result.plan.assignments if result.plan is not None else ()
    fields = tuple(columns(LineAssignment).values())
    tables: dict[str, Iterable[Sequence[object]]] = {
        "plans": [[plan_id, *_plan_cells(result), changes, _no_plan_words(result)]],
        "assignments": ([plan_id, *(spelt(item, name) for name in fields)] for item in items),
        "projection": ([plan_id, *_figure_cells(figures)] for figures in result.figures),
        "given_up": (
            [plan_id, *(getattr(item, name) for name in GIVEN_UP_COLUMNS)]
            for item in result.given_up
        ),
    }
    lines = {table: csv_lines(rows, guarded=guarded) for table, rows in tables.items()}
    return Planned(number, Ending(result.status.value), lines)


def bad_input_rows(
    number: int, plan_id: str, faults: Sequence[Fault], changes: str, *, guarded: bool
) -> Planned:
    """The rows of a problem that could not be read."""
    more = f" (and {len(faults) - 1} more, see errors)" if len(faults) > 1 else ""
    plans = [_without_plan(plan_id, Ending.BAD_INPUT, changes, f"{faults[0]}{more}")]
    lines = {
        "plans": csv_lines(plans, guarded=guarded),
        "errors": fault_lines(plan_id, faults, guarded=guarded),
    }
    return Planned(number, Ending.BAD_INPUT, lines)


def failed_rows(number: int, plan_id: str, words: str, changes: str, *, guarded: bool) -> Planned:
    """The row of a problem on which the planner itself failed."""
    plans = [_without_plan(plan_id, Ending.FAILED, changes, words)]
    return Planned(number, Ending.FAILED, {"plans": csv_lines(plans, guarded=guarded)})


def fault_lines(plan_id: str, faults: Iterable[Fault], *, guarded: bool) -> str:
    """Rows of the table of errors."""
    return csv_lines(_fault_rows(plan_id, faults), guarded=guarded)


def _fault_rows(plan_id: str, faults: Iterable[Fault]) -> Iterator[list[object]]:
    for fault in faults:
        value = fault.value if fault.value is None else fault.value[:_LONGEST_VALUE]
        yield [plan_id, fault.file, fault.line, fault.column, value, fault.expected]


def _without_plan(plan_id: str, ending: Ending, changes: str, error: str) -> list[object]:
    blank = [None] * (len(COLUMNS["plans"]) - 4)
    return [plan_id, ending.value, *blank, changes, error]


def _plan_cells(result: PlanResult) -> list[object]:
    value = result.value
    moved = sum(
        abs(c.dial_lines_to - c.dial_lines_from) + abs(c.agent_lines_to - c.agent_lines_from)
        for c in result.changes
    )
    found = result.plan is not None
    return [
        result.status.value,
        value and value.value_per_hour,
        result.bound_per_hour,
        result.gap,
        value and value.throughput_value_per_hour,
        value and value.surviving_value_per_hour,
        value and value.worst_failure_domain,
        *(result.total(rate) for rate in _RATES),
        moved if found else None,
        _engines(result),
        len(result.corrections) if found else None,
        len(result.given_up) if found else None,
        len(result.limits_broken) if found else None,
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
