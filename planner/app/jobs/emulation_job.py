"""Emulates a VICIdial system in a process of its own. Knows no web page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from planner.contracts.problem import Problem
from planner.vicidial.settings import Settings

if TYPE_CHECKING:
    from planner.vicidial.emulation.comparison import Emulated

#: As planner vicidial emulate does unless it is told otherwise.
HOURS, DAYS, SEED = 8.0, 10, 1


class _Stop(Exception):
    """Somebody wants no more of it."""


def run_emulation(
    settings: Settings,
    problem: Problem,
    *,
    failures: bool,
    on_progress: Callable[[float, str], None],
    stop: Callable[[], bool],
) -> Emulated | None:
    """Today's settings beside the lines of the problem; None where it was stopped."""
    from planner.vicidial.emulation.comparison import compare

    def tell(share: float, what: str) -> None:
        if stop():
            raise _Stop
        on_progress(share, what)

    try:
        return compare(
            settings,
            problem,
            problem.assignments,
            hours=HOURS,
            days=DAYS,
            seed=SEED,
            failures=failures,
            on_share=tell,
        )
    except _Stop:
        return None
