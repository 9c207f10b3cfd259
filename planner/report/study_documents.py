"""What-if and frontier as plain data, and as CSV files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from planner.contracts.comparison import (
    CampaignOutcome,
    Comparison,
    Move,
    Outcome,
    Replanned,
    World,
)
from planner.contracts.problem import LineAssignment
from planner.report.documents import assignment_row
from planner.report.whatif import outcomes
from planner.studies.frontier import Frontier, FrontierPoint
from planner.tables.cells import columns, spelt
from planner.tables.folder import PROJECTION_COLUMNS
from planner.tables.writing import write_csv
from planner.version import __version__

_LINE_FIELDS = ("campaign_id", "dialer_id", "dial_lines", "agent_lines", "locked")
_NESTED = ("lines", "lost", "breaches", "figures", "campaigns")


def comparison_document(found: Comparison) -> dict[str, Any]:
    """Worlds beside the base; rates and values per hour, what does not apply is None."""
    return {
        "base": _world(found.base),
        "base_is_plan": found.base_is_plan,
        "worlds": [_world(world) for world in found.worlds],
        "move_cost": found.move_cost,
        "tornado": found.tornado and found.tornado.model_dump(mode="json"),
        "notes": list(found.notes),
        "options": found.options.model_dump(exclude={"seed"}),
        "seed": found.options.seed,
        "version": __version__,
    }


def frontier_document(found: Frontier) -> dict[str, Any]:
    """The points with their lines, and the searches."""
    return {
        "points": [
            point.model_dump(exclude={"lines"}) | {"assignments": [_line(a) for a in point.lines]}
            for point in found.points
        ],
        "sweep": [search.model_dump(mode="json") for search in found.sweep],
        "conflicts": [conflict.model_dump(mode="json") for conflict in found.conflicts],
        "stopped_early": found.stopped_early,
        "options": found.options.model_dump(exclude={"seed", "redundancy"}),
        "seed": found.options.seed,
        "version": __version__,
    }


def _world(world: World) -> dict[str, Any]:
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
        "moves": [move.model_dump() for move in found.moves],
        "conflicts": [conflict.model_dump(mode="json") for conflict in found.conflicts],
    }


def _outcome(found: Outcome) -> dict[str, Any]:
    return found.model_dump(exclude=set(_NESTED)) | {
        "lost": [item.model_dump() for item in found.lost],
        "breaches": list(found.breaches),
        "assignments": [assignment_row(figures) for figures in found.figures],
        "campaigns": [campaign.model_dump() for campaign in found.campaigns],
    }


def _line(item: LineAssignment) -> dict[str, Any]:
    return {name: getattr(item, name) for name in _LINE_FIELDS}


def write_comparison_files(folder: Path, found: Comparison) -> None:
    """Write comparison.csv, campaigns_compared.csv, figures.csv, moves.csv and tornado.csv.

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
        ["world", *moves],
        (
            [world.name, *(getattr(move, name) for name in moves)]
            for world in found.worlds
            for move in (world.replanned.moves if world.replanned is not None else ())
        ),
    )
    if found.tornado is not None:
        _write_tornado(folder / "tornado.csv", found)


def _write_tornado(path: Path, found: Comparison) -> None:
    assert found.tornado is not None
    rows = found.tornado.rows
    names = list(type(rows[0]).model_fields) if rows else ["input"]
    write_csv(path, [*names, "span"], ([*(getattr(r, n) for n in names), r.span] for r in rows))


def write_frontier_files(folder: Path, found: Frontier) -> None:
    """Write frontier.csv, a row for each plan, and lines.csv, the assignments of each.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    names = [name for name in FrontierPoint.model_fields if name != "lines"]
    write_csv(
        folder / "frontier.csv",
        names,
        ([getattr(point, name) for name in names] for point in found.points),
    )
    known = columns(LineAssignment)
    write_csv(folder / "lines.csv", ["number", *known], _lines(found.points, known.values()))


def _lines(points: Iterable[FrontierPoint], names: Iterable[str]) -> Iterator[list[object]]:
    fields = list(names)
    for point in points:
        for item in point.lines:
            yield [point.number, *(spelt(item, name) for name in fields)]
