"""Which dialers the live state tells are lost."""

from __future__ import annotations

from collections.abc import Collection

from planner.app.editing.live.live import Live
from planner.contracts.problem import AssignmentStop, Problem


def lost_dialers(problem: Problem, live: Live) -> tuple[str, ...]:
    """Dialers in service by the files that stopped every campaign they tell of.

    In the problem's order. A dialer that tells of no campaign is not known to be lost.
    """
    told: dict[str, list[bool]] = {}
    for (_, dialer_id), state in live.items():
        told.setdefault(dialer_id, []).append(state.status is AssignmentStop.BY_DIALER)
    return tuple(
        d.dialer_id
        for d in problem.dialers
        if d.in_service and d.dialer_id in told and all(told[d.dialer_id])
    )


def without_dialers(problem: Problem, lost: Collection[str]) -> Problem:
    """The problem with some dialers out of service."""
    if not lost:
        return problem
    dialers = tuple(
        d.model_copy(update={"in_service": False}) if d.dialer_id in lost else d
        for d in problem.dialers
    )
    return problem.model_copy(update={"dialers": dialers})
