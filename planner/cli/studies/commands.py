"""What the commands do that compare many plans: whatif and frontier."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from planner.cli.console import StepPrinter, stop_on_interrupt
from planner.cli.files.html_report import write_report
from planner.cli.files.output_folder import require_writable, writing
from planner.cli.moments import moment_named
from planner.cli.studies.arguments import worlds_of
from planner.contracts.comparison import Comparison
from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, PlanResult, PlanStatus
from planner.tables.folder import read_folder
from planner.tables.writing import write_text

if TYPE_CHECKING:
    from planner.studies.frontier import Frontier

DONE, INFEASIBLE, STOPPED = 0, 3, 4


def run_whatif(arguments: argparse.Namespace) -> int:
    """Compare worlds with the base, print and write the comparison."""
    worlds = _worlds(arguments)
    problem = read_folder(arguments.folder)
    from planner.studies.whatif import NoPlan, changed_problems, whatif

    has_lines = any(a.dial_lines or a.agent_lines for a in problem.assignments)
    changed_problems(problem, worlds, without_lines=not has_lines)  # faults first, then a folder
    require_writable(arguments.out)
    at = None
    if arguments.interval is not None:
        at = moment_named(problem, arguments.interval).at
    try:
        found = _watched(
            lambda **how: whatif(
                problem,
                worlds,
                _options(arguments, arguments.redundancy),
                replan=arguments.replan,
                move_cost=arguments.move_cost,
                tornado=arguments.tornado,
                at=at,
                **how,
            ),
            quiet=arguments.json,
        )
    except NoPlan as error:
        return _tell_no_plan(error.result, problem, as_json=arguments.json)
    _write_comparison(arguments, found, problem)
    return _exit_code(found)


def _worlds(arguments: argparse.Namespace) -> dict[str, list[str]]:
    try:
        worlds = worlds_of(arguments.changes or ())
    except ValueError as error:
        wanted = "a name that no other world has"
        raise InputError([Fault("--name", None, None, str(error), wanted)]) from error
    if not worlds and not arguments.tornado:
        wanted = "at least one --set EXPR, or --tornado"
        raise InputError([Fault("whatif", None, None, None, wanted)])
    return worlds


def _options(arguments: argparse.Namespace, redundancy: float) -> PlanOptions:
    return PlanOptions(
        redundancy=redundancy,
        gap=arguments.gap,
        time_limit=arguments.time_limit,
        seed=arguments.seed,
        failures=arguments.failures,
    )


def _watched(study: Callable[..., Any], *, quiet: bool) -> Any:
    """Run with progress on standard error; Ctrl-C ends it with what was found."""
    with StepPrinter(sys.stderr) as progress, stop_on_interrupt(progress.say) as stop:
        if quiet:
            return study(stop=stop)
        with progress.telling_of_compilation():
            return study(on_progress=progress, stop=stop)


def _tell_no_plan(result: PlanResult, problem: Problem, *, as_json: bool) -> int:
    from planner.report.documents import to_json
    from planner.report.plans.plan import plan_text
    from planner.report.plans.plan_document import plan_document

    document = to_json(plan_document(result, problem)) if as_json else plan_text(result, problem)
    print(document, end="")
    return INFEASIBLE if result.status is PlanStatus.INFEASIBLE else STOPPED


def _write_comparison(arguments: argparse.Namespace, found: Comparison, problem: Problem) -> None:
    from planner.report.documents import to_json
    from planner.report.studies.whatif import comparison_text
    from planner.report.studies.whatif_files import comparison_document, write_comparison_files

    document = to_json(comparison_document(found))
    if arguments.out is not None:
        with writing(arguments.out):
            write_comparison_files(arguments.out, found)
            write_text(arguments.out / "whatif.json", document)
            today = datetime.now(problem.common_zone).date()
            fleet = arguments.folder.resolve().name
            write_report(arguments.out, partial(_comparison_page, found, fleet, today))
    print(document if arguments.json else comparison_text(found), end="")


def _comparison_page(found: Comparison, fleet: str, today: date) -> str:
    from planner.report.html.whatif import comparison_page

    return comparison_page(found, fleet=fleet, on=today)


def _exit_code(found: Comparison) -> int:
    """A plan was asked for in every world: tell by the code where there is none."""
    missing = [
        world.replanned.status
        for world in found.worlds
        if world.replanned is not None and world.replanned.outcome is None
    ]
    if PlanStatus.INFEASIBLE in missing:
        return INFEASIBLE
    return STOPPED if missing else DONE


def run_frontier(arguments: argparse.Namespace) -> int:
    """Sweep the trade-off, print and write the plans to choose from."""
    problem = read_folder(arguments.folder)
    require_writable(arguments.out)
    from planner.report.documents import to_json
    from planner.report.studies.frontier import (
        frontier_document,
        frontier_text,
        write_frontier_files,
    )
    from planner.studies.frontier import frontier

    found = _watched(
        lambda **how: frontier(
            problem,
            _options(arguments, 0.0),
            points=arguments.points,
            levels=arguments.levels,
            **how,
        ),
        quiet=arguments.json,
    )
    document = to_json(frontier_document(found))
    if found.points and arguments.out is not None:
        with writing(arguments.out):
            write_frontier_files(arguments.out, found)
            write_text(arguments.out / "frontier.json", document)
            write_report(arguments.out, partial(_frontier_page, found))
    print(document if arguments.json else frontier_text(found), end="")
    if found.points:
        return DONE
    return INFEASIBLE if found.conflicts else STOPPED


def _frontier_page(found: Frontier) -> str:
    from planner.report.html.reports import frontier_page

    return frontier_page(found)
