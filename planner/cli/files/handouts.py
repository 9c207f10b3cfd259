"""The hand-out that a plan writes where it is asked for one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from planner.cli.files.output_folder import require_file, writing_file
from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Problem
from planner.contracts.result import PlanResult

if TYPE_CHECKING:
    from planner.studies.week.week import WeekPlan

OPTION = "--handout"
_KINDS = (".html", ".htm", ".csv")


def require_handout(file: Path | None) -> None:
    """Refuse a file of another kind, or that cannot be written, before anything is planned.

    Raises
    ------
    InputError
        If the file cannot become one.
    """
    if file is None:
        return
    if file.suffix.lower() not in _KINDS:
        expected = "a file that ends in .html (a page to print) or .csv (a table)"
        raise InputError([Fault(OPTION, None, None, str(file), expected)])
    require_file(file, OPTION)


def write_plan_handout(
    file: Path, folder: Path, problem: Problem, result: PlanResult, at: datetime | None
) -> None:
    """Write what a plan changes against the current lines."""
    from planner.report.plans.handout import of_plan, write_handout

    handout = of_plan(result, problem.assignments, fleet=folder.resolve().stem, at=at)
    with writing_file(file, OPTION):
        write_handout(file, handout)


def write_week_handout(file: Path, folder: Path, problem: Problem, week: WeekPlan) -> None:
    """Write what changes when in a week."""
    from planner.report.plans.handout import of_week, write_handout

    handout = of_week(week, problem.assignments, fleet=folder.resolve().stem)
    with writing_file(file, OPTION):
        write_handout(file, handout)
