"""What each dialer will do: figures, statuses and completion of given line assignments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from planner.contracts.problem import Problem
from planner.contracts.projected import Projection
from planner.contracts.result import AssignmentFigures
from planner.evaluation.running.within_ports import port_notes
from planner.projection.effort import Effort, EngineChoice
from planner.projection.figures import exact
from planner.projection.hours.outages import overlap_notes
from planner.projection.joint import campaigns_joint
from planner.projection.notes import (
    assumption_notes,
    precision_notes,
    run_notes,
    settling_notes,
    staff_notes,
)
from planner.projection.pairs import Pair, limits
from planner.projection.rows import Rows, quick_rows, rows_at
from planner.projection.timeline import timeline
from planner.projection.timeline.horizon import horizon
from planner.projection.timeline.joint_timeline import joint_steps


def plan_figures(
    problem: Problem,
    seed: int = 0,
    engine: EngineChoice = EngineChoice.AUTO,
    *,
    passages: bool = True,
) -> tuple[AssignmentFigures, ...]:
    """Figures of a plan's lines, with the campaigns' own figures of no special hour.

    The status is that of each campaign's first open moment, so that a plan does not depend on
    when it is made. With the same seed they are the figures of a projection, to the last digit,
    where its hour has no figures of its own. Without ``passages`` nothing is told of when all
    agent lines are busy for the first time, which takes more than half of a simulation.
    """
    return rows_at(problem, None, Effort(engine, seed=seed), passages=passages).figures()


def project_assignments(problem: Problem, at: datetime, hours: float, effort: Effort) -> Projection:
    """Figures, timeline and completion of every assignment of the problem.

    Parameters
    ----------
    at : moment of the statuses and of the hourly figures, with a UTC offset; outside its hours a
        campaign has the figures of its next opening
    hours : horizon [h]
    """
    rows = rows_at(problem, at, effort.within(0.0, 0.7))
    formulas = effort.engine is EngineChoice.MARKOV
    given = horizon(problem, at, hours, channels=formulas)
    if formulas:
        found = timeline.by_formula(given)
    else:
        shared = limits(problem, [pair for pair in given.pairs if pair.can_run])
        found = timeline.follow(given, shared, effort.within(0.7, 1.0))
    assigned = {pair.item.campaign_id for pair in given.pairs}
    campaigns = [c for c in problem.campaigns if c.campaign_id in assigned]
    steps = tuple(timeline.steps(given, found.courses))
    rows.end_lists(found.completed_at, at)
    figures = rows.figures()
    return Projection(
        at=at,
        hours=hours,
        assignments=figures,
        timeline=steps,
        campaigns_joint=tuple(campaigns_joint(rows, figures)),
        timeline_joint=tuple(joint_steps(given, found.courses, found.joints)),
        completion=tuple(timeline.completion(at, campaigns, found.completed_at)),
        notes=(
            *port_notes(problem, by_time=True),
            *_notes(rows),
            *overlap_notes(problem),
            *run_notes(found.runs, steps),
        ),
    )


class QuickFigures(NamedTuple):
    """Figures by formula, notes on them, and the pairs that they are of."""

    rows: tuple[AssignmentFigures, ...]
    notes: tuple[str, ...]
    pairs: Mapping[tuple[str, str], Pair]


def quick_figures(
    problem: Problem, at: datetime, before: QuickFigures | None = None
) -> QuickFigures:
    """Figures by formula of every assignment, with its status at a moment.

    Ports are shared by all campaigns, whatever the time, as for a plan of no special hour.

    Parameters
    ----------
    at : as in :func:`project_assignments`
    before : those of the same fleet and moment with other lines: rows are taken from them where
        as many lines run, and agents sit there, as now
    """
    found = quick_rows(problem, at, all_dial=True)
    known = {} if before is None else _still_right(found, before)
    notes = *port_notes(problem), *_notes(found)
    return QuickFigures(found.figures(known), notes, {pair.key: pair for pair in found.pairs})


def _still_right(found: Rows, before: QuickFigures) -> Mapping[tuple[str, str], AssignmentFigures]:
    same = {pair.key for pair in found.pairs if before.pairs.get(pair.key) == pair}
    rows = {(row.campaign_id, row.dialer_id): row for row in before.rows}
    return {key: rows[key] for key in same}


def _notes(rows: Rows) -> list[str]:
    """What the figures leave out, and which are less precise than wanted."""
    assumed = exact.without([p for p in rows.pairs if p.key not in rows.made], rows.shared)
    return [
        *staff_notes(rows.pairs),
        *assumption_notes(assumed),
        *settling_notes(rows.pairs, rows.made),
        *precision_notes(rows.made),
    ]
