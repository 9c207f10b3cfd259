"""Results as documents: what ``--json`` prints, and the JSON file of a plan."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from planner.contracts.faults import Fault
from planner.contracts.problem import Problem
from planner.contracts.result import (
    FIGURE_NAMES,
    AssignmentFigures,
    CampaignTotals,
    DialerUse,
    PlanResult,
    Projection,
)
from planner.evaluation.load import FleetLoad
from planner.tables.folder import PROJECTION_COLUMNS
from planner.version import __version__


def to_json(document: dict[str, Any]) -> str:
    """The document as text, keys in the order they were put in, strict JSON."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def plan_document(result: PlanResult, problem: Problem) -> dict[str, Any]:
    """A planning run as plain data; ``seconds`` is the only entry that varies between runs.

    Rates and values are per hour, shares in [0, 1]; what does not apply is None.
    """
    value = result.value
    return {
        "status": result.status.value,
        "value_per_hour": value and value.value_per_hour,
        "bound_per_hour": result.bound_per_hour,
        "gap": result.gap,
        "throughput_value_per_hour": value and value.throughput_value_per_hour,
        "surviving_value_per_hour": value and value.surviving_value_per_hour,
        "worst_failure_domain": value and value.worst_failure_domain,
        "transfers_per_hour": result.total("transfers_per_hour"),
        "messages_per_hour": result.total("messages_per_hour"),
        "abandons_per_hour": result.total("abandons_per_hour"),
        "assignments": [assignment_row(figures) for figures in result.figures],
        "campaigns": [_campaign(totals, problem) for totals in result.campaigns],
        "dialers": [_dialer(use, problem) for use in result.dialers],
        "binding": list(result.binding),
        "why": [reason.model_dump(mode="json") for reason in result.why],
        "stranded": [item.model_dump(mode="json") for item in result.stranded],
        "changes": [change.model_dump() for change in result.changes],
        "conflicts": [conflict.model_dump(mode="json") for conflict in result.conflicts],
        "corrections": [correction.model_dump() for correction in result.corrections],
        "stages": [stage.model_dump() for stage in result.stages],
        "options": result.options.model_dump(exclude={"seed"}),
        "stopped_early": result.stopped_early,
        "seconds": round(result.seconds, 3),
        "seed": result.options.seed,
        "version": __version__,
    }


def projection_document(projection: Projection) -> dict[str, Any]:
    """A projection as plain data; times are ISO 8601 with their UTC offset."""
    return {
        "at": projection.at.isoformat(),
        "hours": projection.hours,
        "assignments": [assignment_row(figures) for figures in projection.assignments],
        "timeline": [
            {
                "campaign_id": step.campaign_id,
                "dialer_id": step.dialer_id,
                "from": step.start.isoformat(),
                "to": step.end.isoformat(),
                "probabilities": {str(key): p for key, p in step.probabilities.items()},
                "low": {str(key): p for key, p in step.low.items()},
                "high": {str(key): p for key, p in step.high.items()},
            }
            for step in projection.timeline
        ],
        "completion": [done.model_dump(mode="json") for done in projection.completion],
        "notes": list(projection.notes),
        "version": __version__,
    }


def assignment_row(figures: AssignmentFigures) -> dict[str, Any]:
    """Figures of one campaign on one dialer, in the order of the columns of projection.csv."""
    row: dict[str, Any] = {name: getattr(figures, name) for name in PROJECTION_COLUMNS}
    for name in FIGURE_NAMES:
        if name in figures.low:
            row[f"{name}_low"], row[f"{name}_high"] = figures.low[name], figures.high[name]
    return row


def check_document(load: FleetLoad, breaches: Sequence[str]) -> dict[str, Any]:
    """Summary of a sound planning folder as plain data."""
    return asdict(load) | {"breaches": list(breaches), "version": __version__}


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


def _campaign(totals: CampaignTotals, problem: Problem) -> dict[str, Any]:
    place = problem.campaign_index[totals.campaign_id]
    row: dict[str, Any] = totals.model_dump()
    return {
        "campaign_id": row.pop("campaign_id"),
        "kind": problem.campaigns[place].kind.value,
    } | row


def _dialer(use: DialerUse, problem: Problem) -> dict[str, Any]:
    place = problem.dialer_index[use.dialer_id]
    row: dict[str, Any] = use.model_dump()
    return {
        "dialer_id": row.pop("dialer_id"),
        "failure_domain": problem.dialers[place].domain,
    } | row
