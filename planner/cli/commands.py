"""What each command does with its arguments."""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from planner.cli.arguments import ALL, NOW
from planner.cli.calibrate.command import run_calibrate
from planner.cli.console import ProgressPrinter, SharePrinter, WeekPrinter, stop_on_interrupt
from planner.cli.examples import copy_examples
from planner.cli.exit_codes import DONE, INFEASIBLE, STOPPED
from planner.cli.files.handouts import require_handout, write_plan_handout, write_week_handout
from planner.cli.files.html_report import write_report
from planner.cli.files.output_folder import require_file, require_writable, writing
from planner.cli.moments import moment_named
from planner.cli.plan_options import plan_options
from planner.cli.proofs import check_claims, write_proofs
from planner.cli.studies.batch_command import run_batch_command
from planner.cli.studies.commands import run_frontier, run_whatif
from planner.cli.vicidial.commands import run_vicidial
from planner.contracts.faults import Fault, InputError
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.projected import Projection
from planner.contracts.result import PlanOptions, PlanResult, PlanStatus
from planner.evaluation.load import fleet_load
from planner.evaluation.notes import problem_notes
from planner.evaluation.proof.record import Proof
from planner.report.check import check_text
from planner.report.documents import check_document, fault_document, to_json
from planner.report.plans.plan import plan_text
from planner.report.plans.plan_document import plan_document
from planner.report.projections.projection import (
    projection_document,
    projection_text,
    write_projection_files,
)
from planner.report.studies.week import (
    moment_document,
    moment_text,
    week_document,
    week_text,
    write_week,
)
from planner.report.text_layout import clean
from planner.shipped import require, settings_root
from planner.studies.week.spans import (
    at_moment,
)
from planner.system import become, claim_port
from planner.tables.folder import read_folder, read_with_notes
from planner.tables.folder_writing import write_assignments, write_projection
from planner.tables.writing import write_text
from planner.version import __version__
from planner.vicidial.writing.targets import carry_settings

if TYPE_CHECKING:
    from planner.studies.week.week import WeekPlan

_log = logging.getLogger(__name__)


def run(arguments: argparse.Namespace) -> int:
    """Run the command that the arguments name, and return its exit code."""
    command = {
        "check": _check,
        "plan": _plan,
        "project": _project,
        "whatif": run_whatif,
        "frontier": run_frontier,
        "batch": run_batch_command,
        "calibrate": run_calibrate,
        "vicidial": run_vicidial,
        "app": _app,
        "examples": copy_examples,
    }
    _log.info("planner %s, %s", __version__, arguments.command)
    code = command[arguments.command](arguments)
    _log.info("done with exit code %d", code)
    return code


def tell_faults(error: InputError, *, as_json: bool) -> None:
    """Print every fault of the input to standard error, and as a document where one is due."""
    count = len(error.faults)
    print(f"{count} fault{'s' if count > 1 else ''} in the input:", file=sys.stderr)
    for fault in error.faults:
        print(f"  {clean(str(fault))}", file=sys.stderr)
    if as_json:
        print(to_json(fault_document(error.faults)), end="", flush=True)


def _check(arguments: argparse.Namespace) -> int:
    if arguments.proof is not None or arguments.plan is not None:
        return check_claims(arguments.folder, arguments.proof, arguments.plan, arguments.json)
    problem, read_as = read_with_notes(arguments.folder)
    load, breaches = fleet_load(problem), _current_breaches(problem)
    notes = (*read_as, *problem_notes(problem), *_of_vicidial(arguments.folder))
    document = check_document(load, breaches, notes)
    print(to_json(document) if arguments.json else check_text(load, breaches, notes), end="")
    return DONE


def _of_vicidial(folder: Path) -> list[str]:
    """How far figures of the current lines hold, where VICIdial dials them otherwise."""
    from planner.vicidial.regime_notes import folder_sentences

    return folder_sentences(folder)


def _current_breaches(problem: Problem) -> list[str]:
    """What the current lines break; nothing where there are none."""
    if not problem.assignments:
        return []
    from planner.evaluation.limits.check import check

    found = check(problem, LinePlan(assignments=problem.assignments))
    return [breach.message for breach in found]


def _plan(arguments: argparse.Namespace) -> int:
    problem = read_folder(arguments.folder)
    if arguments.week is not None and arguments.interval in (None, NOW):
        expected = "--interval all or a weekday and time beside it: other plans are of no week"
        raise InputError([Fault("--week", None, None, arguments.week.isoformat(), expected)])
    require_writable(arguments.out)
    require_handout(arguments.handout)
    require_file(arguments.proof, "--proof")
    if arguments.interval == ALL:
        if arguments.proof is not None:
            wanted = "one plan: a moment named by --interval 'Mon 09:00', or no --interval"
            raise InputError([Fault("--proof", None, None, str(arguments.proof), wanted)])
        return _plan_week(problem, arguments)
    moment = None
    if arguments.interval is not None:
        moment = moment_named(problem, arguments.interval, at=arguments.at, week=arguments.week)
        problem, _ = at_moment(problem, moment.at)
    at = moment.at if moment is not None else arguments.at
    proofs: list[Proof] = []
    result = _watched_plan(
        problem, plan_options(arguments), at, quiet=arguments.json, proofs=proofs
    )
    if arguments.proof is not None:
        write_proofs(arguments.proof, proofs)
    document = to_json(plan_document(result, problem) | (moment_document(moment) if moment else {}))
    if result.plan is not None and arguments.out is not None:
        with writing(arguments.out):
            write_assignments(arguments.out / "assignments.csv", result.plan.assignments)
            write_projection(arguments.out / "projection.csv", result.figures)
            write_text(arguments.out / "plan.json", document)
            carry_settings(arguments.folder, arguments.out, problem)
    if result.plan is not None and arguments.handout is not None:
        write_plan_handout(arguments.handout, arguments.folder, problem, result, at)
    text = (moment_text(moment) if moment else "") + plan_text(result, problem, why=arguments.why)
    print(document if arguments.json else text, end="")
    return _plan_code(result.status)


def _plan_code(status: PlanStatus) -> int:
    """Exit code of how a plan ended."""
    return {PlanStatus.INFEASIBLE: INFEASIBLE, PlanStatus.NO_PLAN: STOPPED}.get(status, DONE)


def _plan_week(problem: Problem, arguments: argparse.Namespace) -> int:
    """Plan every interval of a week that differs."""
    from planner.evaluation.notes import counted_calls
    from planner.studies.week.week import USUAL_SHARE

    least_share = USUAL_SHARE if arguments.move_cost is None else 0.0
    week = _watched_week(problem, arguments, least_share)
    if arguments.out is not None and any(result.plan for result in week.plans):
        with writing(arguments.out):
            write_week(arguments.out, week)
    if arguments.handout is not None and any(result.plan for result in week.plans):
        write_week_handout(arguments.handout, arguments.folder, problem, week)
    text = week_text(week, counted_calls(problem), why=arguments.why)
    print(to_json(week_document(week)) if arguments.json else text, end="")
    return _plan_code(week.status)


def _watched_week(problem: Problem, arguments: argparse.Namespace, least_share: float) -> WeekPlan:
    """Plan a week with progress on standard error; Ctrl-C ends it with the plans so far."""
    from planner.studies.week.week import plan_week

    options = plan_options(arguments)
    with (
        WeekPrinter(sys.stderr, options.time_limit) as progress,
        stop_on_interrupt(progress.say) as stop,
    ):
        planned = partial(
            plan_week, problem, options, week=arguments.week, least_share=least_share, stop=stop
        )
        if arguments.json:
            return planned()
        with progress.telling_of_compilation():
            return planned(on_progress=progress)


def _watched_plan(
    problem: Problem,
    options: PlanOptions,
    at: datetime | None,
    *,
    quiet: bool,
    proofs: list[Proof],
) -> PlanResult:
    """Plan with progress on standard error; Ctrl-C ends it with the best plan so far."""
    from planner.pipeline.pipeline import plan

    with (
        ProgressPrinter(sys.stderr, options.time_limit) as progress,
        stop_on_interrupt(progress.say) as stop,
    ):
        if quiet:
            return plan(problem, options, stop=stop, at=at, on_proof=proofs.extend)
        with progress.telling_of_compilation():
            return plan(
                problem, options, on_progress=progress, stop=stop, at=at, on_proof=proofs.extend
            )


def _project(arguments: argparse.Namespace) -> int:
    problem = read_folder(arguments.folder, to_plan=False)
    if not problem.assignments:
        expected = "the lines to project, in assignments.csv"
        raise InputError([Fault(str(arguments.folder), None, None, None, expected)])
    require_writable(arguments.out)
    projection = _watched_projection(problem, arguments)
    notes = (*projection.notes, *_of_vicidial(arguments.folder))
    projection = projection.model_copy(update={"notes": notes})
    document = to_json(projection_document(projection))
    if arguments.out is not None:
        with writing(arguments.out):
            write_projection_files(arguments.out, projection)
            write_text(arguments.out / "projection.json", document)
            write_report(arguments.out, partial(_projection_page, projection))
    print(document if arguments.json else projection_text(projection), end="")
    return DONE


def _projection_page(projection: Projection) -> str:
    from planner.report.html.reports import html_report

    return html_report(projection)


def _watched_projection(problem: Problem, arguments: argparse.Namespace) -> Projection:
    """Project with progress on standard error."""
    from planner.pipeline.pipeline import project

    given = {
        "at": arguments.at,
        "hours": arguments.hours,
        "engine": arguments.engine,
        "replications": arguments.replications,
        "seed": arguments.seed,
    }
    if arguments.json:
        return project(problem, **given)
    with SharePrinter(sys.stderr) as progress, progress.telling_of_compilation():
        return project(problem, **given, on_progress=progress)


def _app(arguments: argparse.Namespace) -> int:
    """Become the web server, so that signals reach it and its exit code is ours."""
    require("streamlit")  # told before anything starts
    if arguments.folder is not None:
        read_folder(arguments.folder)  # its faults are told here, before any browser opens
    _require_sign_in(arguments.address)
    _require_free(arguments.address, arguments.port)
    environment = dict(os.environ)
    if arguments.live is not None:
        environment |= {
            "PLANNER_LIVE": _from_anywhere(arguments.live),
            "PLANNER_LIVE_SECONDS": str(arguments.every),
        }
    if arguments.folder is not None:
        environment["PLANNER_FOLDER"] = str(arguments.folder.resolve())
    command = [sys.executable, "-m", "planner.app.server"]
    command += [f"--address={arguments.address}", f"--port={arguments.port}"]
    os.chdir(settings_root())
    become(command, environment)


def _from_anywhere(source: str) -> str:
    """An address as it is; the path of a file such that it holds in any folder."""
    from planner.app.editing.live.download import is_address

    return source if is_address(source) else str(Path(source).resolve())


def _require_sign_in(address: str) -> None:
    """Other machines may only be let in where people sign in."""
    from planner.app.guard.allowed import ALLOWED_VARIABLE, read_allowed
    from planner.app.guard.allowed import HOW as WHO
    from planner.app.signin import (
        ACCOUNTS_VARIABLE,
        HOW,
        has_oidc,
        is_configured,
        is_this_machine,
    )

    try:
        known = is_configured(settings_root(), os.environ)
    except ValueError as error:
        raise InputError([Fault(ACCOUNTS_VARIABLE, None, None, None, str(error))]) from error
    try:
        allowed = read_allowed(os.environ.get(ALLOWED_VARIABLE, ""))
    except ValueError as error:
        raise InputError([Fault(ALLOWED_VARIABLE, None, None, None, str(error))]) from error
    if has_oidc(settings_root()) and not allowed and not is_this_machine(address):
        wanted = f"a list of those whom the provider may let in: {WHO}"
        raise InputError([Fault("app", None, None, address, wanted)])
    if not known and not is_this_machine(address):
        wanted = f"sign-in configured before other machines are let in: {HOW}"
        raise InputError([Fault("app", None, None, address, wanted)])


def _require_free(address: str, port: int) -> None:
    try:
        family, kind, *_, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            claim_port(trial)
            trial.bind(place)
    except OSError as error:
        expected = f"an address of this machine and a free port ({error.strerror})"
        raise InputError([Fault("app", None, None, f"{address}:{port}", expected)]) from error
