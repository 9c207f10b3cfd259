"""Shows what VICIdial's own allocation does, beside a plan; or fills in measured cases."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from planner.cli.console import SharePrinter
from planner.cli.exit_codes import DONE, INFEASIBLE, STOPPED
from planner.cli.files.output_folder import require_file, require_writable, writing, writing_file
from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import PlanOptions, PlanStatus
from planner.report.documents import to_json
from planner.tables.files import content_of
from planner.tables.folder import read_folder
from planner.tables.rows import read_rows
from planner.tables.sheets import csv_sheet
from planner.tables.writing import write_csv, write_text


def run_fill_cases(arguments: argparse.Namespace) -> int:
    """Fill in the result columns of a table of cases."""
    from planner.vicidial.emulation.cases import filled_cases

    require_file(arguments.out, "--out")
    text = filled_cases(arguments.cases)
    if arguments.out is None:
        print(text, end="")
        return DONE
    with writing_file(arguments.out):
        write_text(arguments.out, text)
    return DONE


def run_emulate(arguments: argparse.Namespace) -> int:
    """Emulate a folder's settings and a plan."""
    from planner.report.vicidial.emulation import (
        emulation_document,
        emulation_table,
        emulation_text,
    )
    from planner.vicidial.emulation.comparison import compare
    from planner.vicidial.settings import read_settings_file

    if arguments.folder is None:
        wanted = "a folder that planner vicidial read wrote, or --cases FILE"
        raise InputError([Fault("emulate", None, None, None, wanted)])
    settings, problem = read_settings_file(arguments.folder), read_folder(arguments.folder)
    require_writable(arguments.out)
    status, lines = _plan(arguments, problem)
    if lines is None:
        print("There is no plan to put beside it: see planner plan.", file=sys.stderr)
        return INFEASIBLE if status is PlanStatus.INFEASIBLE else STOPPED
    with SharePrinter(sys.stderr) as progress, progress.telling_of_compilation():
        found = compare(
            settings,
            problem,
            lines,
            hours=arguments.hours,
            days=arguments.days,
            seed=arguments.seed,
            failures=arguments.failures,
            on_share=progress,
        )
    document = to_json(emulation_document(found))
    if arguments.out is not None:
        with writing(arguments.out):
            write_csv(arguments.out / "emulation.csv", *emulation_table(found))
            write_text(arguments.out / "emulation.json", document)
    print(document if arguments.json else emulation_text(found), end="")
    return DONE


def _plan(
    arguments: argparse.Namespace, problem: Problem
) -> tuple[PlanStatus, Sequence[LineAssignment] | None]:
    """The lines of the plan that was named, else of one that is made now."""
    if arguments.plan is not None:
        return PlanStatus.FEASIBLE, _lines_of(arguments.plan, problem)
    from planner.pipeline.pipeline import plan

    options = PlanOptions(time_limit=arguments.time_limit, seed=arguments.seed)
    result = plan(problem, options, explained=False)
    return result.status, None if result.plan is None else result.plan.assignments


def _lines_of(folder: Path, problem: Problem) -> Sequence[LineAssignment]:
    path = folder / "assignments.csv"
    rows = read_rows(csv_sheet(path.name, content_of(path)), LineAssignment)
    if rows.faults:
        raise InputError(rows.faults)
    tables = {name: getattr(problem, name) for name in Problem.model_fields}
    return Problem(**tables | {"assignments": tuple(rows.items)}).assignments  # checks its ids
