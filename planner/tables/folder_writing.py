"""Planning folders, line assignments and figures written as tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from planner.contracts.fleet.line_assignment import LineAssignment
from planner.contracts.problem import Problem
from planner.contracts.result import FIGURE_NAMES, AssignmentFigures
from planner.contracts.values.fields import Contract
from planner.tables.cells import columns, spelt
from planner.tables.folder import TABLES
from planner.tables.writing import write_csv

_BEFORE_FIGURES = (
    "campaign_id",
    "dialer_id",
    "dial_lines",
    "agent_lines",
    "status",
    "reason",
    "engine",
)
PROJECTION_COLUMNS = (*_BEFORE_FIGURES, *FIGURE_NAMES, "advice")


def write_folder(problem: Problem, path: str | Path) -> None:
    """Write a problem as a planning folder that :func:`read_folder` reads back to the same.

    Parameters
    ----------
    problem : what to write
    path : the folder, made if it does not exist; tables in it are replaced

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    for table, (contract, required, field) in TABLES.items():
        file = folder / f"{table}.csv"
        items = getattr(problem, field)
        if items or required or file.exists():
            _write_contracts(file, contract, items)


def write_assignments(path: str | Path, assignments: Iterable[LineAssignment]) -> None:
    """Write line assignments as a table that a planning folder can hold.

    Who sits there, and when it was so, have columns only where a row says it.
    """
    items = list(assignments)
    said = {n for n in ("pools", "as_of") if any(getattr(item, n) for item in items)}
    _write_contracts(path, LineAssignment, items, without={"pools", "as_of"} - said)


def write_projection(path: str | Path, figures: Sequence[AssignmentFigures]) -> None:
    """Write the figures of a plan or a projection, one row per campaign and dialer.

    Figures that do not apply are blank. The ends of the 95 % intervals come last, for the figures
    that have them in any row, then those of the bands of the days.
    """
    write_csv(path, *projection_table(figures))


def projection_table(
    figures: Sequence[AssignmentFigures],
) -> tuple[list[str], list[list[object]]]:
    """Columns and rows of :func:`write_projection`."""
    ranged = [
        name for name in FIGURE_NAMES if any(name in f.low or name in f.high for f in figures)
    ]
    ends = [f"{name}_{end}" for name in ranged for end in ("low", "high")]
    by_day = [name for name in FIGURE_NAMES if any(name in f.day_low for f in figures)]
    ends += [f"{name}_day_{end}" for name in by_day for end in ("low", "high")]
    rows = [
        [getattr(f, name) for name in PROJECTION_COLUMNS]
        + [end.get(name) for name in ranged for end in (f.low, f.high)]
        + [end.get(name) for name in by_day for end in (f.day_low, f.day_high)]
        for f in figures
    ]
    return [*PROJECTION_COLUMNS, *ends], rows


def _write_contracts(
    path: str | Path,
    contract: type[Contract],
    items: Iterable[Contract],
    without: Collection[str] = (),
) -> None:
    known = {column: name for column, name in columns(contract).items() if name not in without}
    rows = [[spelt(item, name) for name in known.values()] for item in items]
    write_csv(path, list(known), rows)
