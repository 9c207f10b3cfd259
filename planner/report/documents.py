"""Results as documents: what ``--json`` prints, and the JSON file of a plan."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from planner.contracts.faults import Fault
from planner.contracts.result import (
    FIGURE_NAMES,
    AssignmentFigures,
)
from planner.evaluation.load import FleetLoad
from planner.tables.folder_writing import PROJECTION_COLUMNS
from planner.version import __version__


def to_json(document: dict[str, Any]) -> str:
    """The document as text, keys in the order they were put in, strict JSON."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def assignment_row(figures: AssignmentFigures) -> dict[str, Any]:
    """Figures of one campaign on one dialer, in the order of the columns of projection.csv."""
    row: dict[str, Any] = {name: getattr(figures, name) for name in PROJECTION_COLUMNS}
    for name in FIGURE_NAMES:
        if name in figures.low:
            row[f"{name}_low"], row[f"{name}_high"] = figures.low[name], figures.high[name]
    for name in FIGURE_NAMES:
        for end, days in (("low", figures.day_low), ("high", figures.day_high)):
            if name in days:
                row[f"{name}_day_{end}"] = days[name]
    return row


def check_document(
    load: FleetLoad, breaches: Sequence[str], notes: Sequence[str] = ()
) -> dict[str, Any]:
    """Summary of a sound planning folder as plain data."""
    return asdict(load) | {
        "breaches": list(breaches),
        "notes": list(notes),
        "version": __version__,
    }


def fault_document(faults: Iterable[Fault]) -> dict[str, Any]:
    """Everything wrong with the input as plain data."""
    return {
        "error": "bad input",
        "faults": [
            {
                "file": fault.file,
                "line": fault.line,
                "column": fault.column,
                "value": fault.value,
                "expected": fault.expected,
            }
            for fault in faults
        ],
    }
