"""By how much a plan falls short of what is asked for, and that in words of the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from planner.contracts.answers import GivenUp
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.evaluation.arrays import PlanArrays, lost_dialers
from planner.optimize.model.requirements import (
    ATTEMPTED,
    CALLS,
    FLOORS,
    KINDS,
    RUNS,
    USED,
    Requirements,
    requirements,
)

Ints = NDArray[np.int64]


def asked_of(problem: Problem, failures: int) -> Requirements:
    """What a problem asks of its campaigns."""
    return requirements(problem, lost_dialers(problem, failures))


def plan_shortfalls(problem: Problem, asked: Requirements, plan: LinePlan) -> Ints:
    """Shortfalls of a plan ``[campaign, kind]``."""
    arrays = PlanArrays(problem, plan)
    rows = [
        asked.shortfalls(
            c,
            arrays.dial_lines[c : c + 1],
            arrays.agent_lines[c : c + 1],
            arrays.row(c).handled[None],
            arrays.row(c).attempts[None],
        )[0]
        for c in range(len(problem.campaigns))
    ]
    return np.array(rows, np.int64).reshape(len(rows), len(KINDS))


def given_up(
    problem: Problem,
    asked: Requirements,
    plan: LinePlan,
    least: Mapping[tuple[int, int], int],
) -> Iterator[GivenUp]:
    """Everything that a plan gives up, campaign by campaign.

    ``least`` is the proven least sum by (priority, kind).
    """
    arrays = PlanArrays(problem, plan)
    short = plan_shortfalls(problem, asked, plan)
    for c, kind in np.argwhere(short > 0).tolist():
        campaign = problem.campaigns[c]
        proven = least.get((campaign.priority, kind), 0)
        for requirement, limit, wanted, got in _told(arrays, asked, c, kind):
            yield GivenUp(
                campaign_id=campaign.campaign_id,
                priority=campaign.priority,
                requirement=requirement,
                limit=limit,
                asked=wanted,
                got=got,
                proven_least=proven,
            )


def _told(
    arrays: PlanArrays, asked: Requirements, c: int, kind: int
) -> Iterator[tuple[str, str | None, float, float]]:
    """Requirement, limit, what was asked and what is had."""
    dial, agent, rates = arrays.dial_lines[c], arrays.agent_lines[c], arrays.row(c)
    used = int((dial > 0).sum())
    if kind == RUNS:
        yield KINDS[kind], None, 1.0, 0.0
    elif kind == CALLS:
        yield KINDS[kind], None, float(asked.calls[c]), float(rates.handled.sum())
    elif kind == ATTEMPTED:
        yield KINDS[kind], None, float(asked.attempts[c]), float(rates.attempts.sum())
    elif kind == USED:
        yield KINDS[kind], None, float(asked.min_dialers[c]), float(used)
    elif kind == FLOORS:
        for floor in asked.floors[c]:
            lines = int((dial if floor.counts_dial_lines else agent)[floor.members].sum())
            if lines < floor.least:
                yield floor.column, floor.limit, float(floor.least), float(lines)
    else:
        total = float(rates.handled.sum())
        left = total - float((asked.lost @ rates.handled).max(initial=0.0))
        share = arrays.problem.campaigns[c].survivable_share
        yield KINDS[kind], None, share, left / total if total > 0 else 0.0
