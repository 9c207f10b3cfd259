"""A comparison as files: one JSON document, and tables of it as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planner.contracts.comparison import (
    CampaignOutcome,
    Comparison,
    Outcome,
    Replanned,
    Unasked,
    World,
)
from planner.contracts.result import GIVEN_UP_COLUMNS, Move
from planner.report.documents import assignment_row
from planner.report.studies.whatif import first_moves, outcomes
from planner.tables.folder_writing import PROJECTION_COLUMNS
from planner.tables.writing import write_csv
from planner.version import __version__

#: Told by their rows, or by the words of reports.
_NESTED = ("lines", "lost", "breaches", "figures", "campaigns", "counted_calls")


def comparison_document(found: Comparison) -> dict[str, Any]:
    """Worlds beside the base; rates and values per hour, what does not apply is None."""
    return {
        "base": _world_document(found.base),
        "base_is_plan": found.base_is_plan,
        "worlds": [_world_document(world) for world in found.worlds],
        "move_cost": found.move_cost,
        "tornado": found.tornado and found.tornado.model_dump(mode="json"),
        "notes": list(found.notes),
        "options": found.options.model_dump(exclude={"seed"}),
        "seed": found.options.seed,
        "version": __version__,
    }


def _world_document(world: World) -> dict[str, Any]:
    return {
        "name": world.name,
        "expressions": list(world.expressions),
        "kept": _outcome(world.kept),
        "replanned": world.replanned and _replanned(world.replanned),
    }


def _replanned(found: Replanned) -> dict[str, Any]:
    return {
        "status": found.status.value,
        "move_cost_per_hour": found.move_cost_per_hour,
        "bound_per_hour": found.bound_per_hour,
        "gap": found.gap,
        "stopped_early": found.stopped_early,
        "outcome": found.outcome and _outcome(found.outcome),
        "value_before_moves": found.value_before_moves,
        "value_before_failure": found.value_before_failure,
        "moves": _moves(found),
        "moves_back": [move.model_dump() for move in found.moves_back],
        "value_before_moves_back": found.value_before_moves_back,
        "given_up": [item.model_dump(mode="json") for item in found.given_up],
        "needed": [item.model_dump(mode="json") for item in found.needed],
        "needed_search": found.needed_search.value,
        "left_out": [item.model_dump(mode="json") for item in found.left_out],
        "limits_broken": [item.model_dump(mode="json") for item in found.limits_broken],
        "unasked": [_unasked(item) for item in found.unasked],
        "conflicts": [conflict.model_dump(mode="json") for conflict in found.conflicts],
    }


def _moves(found: Replanned) -> list[dict[str, Any]]:
    """Each move, with the share of the loss that it brings back, None where nothing was lost."""
    told: list[float | None] = [item.share for item in first_moves(found)]
    back = told or [None] * len(found.moves)
    return [
        move.model_dump() | {"brought_back": part}
        for move, part in zip(found.moves, back, strict=True)
    ]


def _unasked(item: Unasked) -> dict[str, Any]:
    names = {"campaign_id", "dialer_id", "dial_lines", "agent_lines"}
    return item.model_dump(exclude={"lines"}) | {
        "assignments": [line.model_dump(include=names) for line in item.lines]
    }


def _outcome(found: Outcome) -> dict[str, Any]:
    return found.model_dump(exclude=set(_NESTED)) | {
        "lost": [item.model_dump() for item in found.lost],
        "breaches": list(found.breaches),
        "assignments": [assignment_row(figures) for figures in found.figures],
        "campaigns": [campaign.model_dump() for campaign in found.campaigns],
    }


def write_comparison_files(folder: Path, found: Comparison) -> None:
    """Write comparison, campaigns_compared, figures, moves, given_up and tornado as CSV.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    every = list(outcomes(found))
    totals = [name for name in Outcome.model_fields if name not in _NESTED]
    write_csv(
        folder / "comparison.csv",
        ["world", "lines", *totals, "limits_broken"],
        (
            [world.name, lines, *(getattr(o, name) for name in totals), len(o.breaches)]
            for world, lines, o in every
        ),
    )
    names = list(CampaignOutcome.model_fields)
    write_csv(
        folder / "campaigns_compared.csv",
        ["world", "lines", *names],
        (
            [world.name, lines, *(getattr(c, name) for name in names)]
            for world, lines, o in every
            for c in o.campaigns
        ),
    )
    write_csv(
        folder / "figures.csv",
        ["world", "lines", *PROJECTION_COLUMNS],
        (
            [world.name, lines, *(getattr(f, name) for name in PROJECTION_COLUMNS)]
            for world, lines, o in every
            for f in o.figures
        ),
    )
    moves = list(Move.model_fields)
    write_csv(
        folder / "moves.csv",
        ["world", *moves, "brought_back"],
        (
            [world.name, *(_cell(move[name]) for name in (*moves, "brought_back"))]
            for world in found.worlds
            for move in (_moves(world.replanned) if world.replanned is not None else ())
        ),
    )
    _write_given_up(folder / "given_up.csv", found)
    if found.tornado is not None:
        _write_tornado(folder / "tornado.csv", found)


def _write_given_up(path: Path, found: Comparison) -> None:
    """Write what plans give up; no file where none gives anything up."""
    rows = [
        [world.name, *(getattr(item, name) for name in GIVEN_UP_COLUMNS)]
        for world in found.worlds
        for item in (world.replanned.given_up if world.replanned is not None else ())
    ]
    if rows:
        write_csv(path, ["world", *GIVEN_UP_COLUMNS], rows)


def _cell(value: object) -> object:
    """Sentences in one cell."""
    return " ".join(value) if isinstance(value, tuple) else value


def _write_tornado(path: Path, found: Comparison) -> None:
    assert found.tornado is not None
    rows = found.tornado.rows
    names = list(type(rows[0]).model_fields) if rows else ["input"]
    write_csv(path, [*names, "span"], ([*(getattr(r, n) for n in names), r.span] for r in rows))
