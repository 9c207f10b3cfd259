"""The command line: arguments, exit codes, and how faults are told."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from planner.cli.arguments import (
    add_abandon_days,
    add_abandon_level,
    add_at,
    add_every,
    add_folder,
    add_json,
    add_keep_current,
    add_move_cost,
    add_out,
    add_planning,
    add_redundancy,
    add_relax,
    add_search,
    add_seed,
    described,
    interval,
    number,
    week_day,
)
from planner.cli.calibrate.arguments import add_calibrate_arguments
from planner.cli.exit_codes import BAD_INPUT
from planner.cli.log import configure
from planner.cli.output import Output
from planner.cli.studies.arguments import add_frontier_arguments, add_whatif_arguments
from planner.cli.studies.batch_arguments import add_batch_arguments
from planner.cli.vicidial.arguments import add_vicidial_arguments
from planner.contracts.faults import InputError
from planner.contracts.limits import MAX_HOURS, MAX_REPLICATIONS
from planner.shipped import extra_that_lacks
from planner.version import __version__

_EXIT_CODES = """exit codes:
  0  done
  1  a fault of ours
  2  bad input or usage
  3  infeasible: no plan meets all requirements
  4  stopped before any plan was found"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; ``argv`` is without the program's name."""
    if not os.environ.get("PLANNER_DEBUG"):
        sys.excepthook = _tell_fault
    # Ids may hold letters that the terminal's encoding lacks: show them somehow, never fail.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    with Output() as output:
        output.code = _run(_parser().parse_args(argv))
    return output.code


def _run(arguments: argparse.Namespace) -> int:
    configure(verbose=arguments.verbose, as_json=arguments.log_json)
    # Only now: the contracts alone take longer to import than the help takes to print.
    from planner.cli import commands

    try:
        return commands.run(arguments)
    except InputError as error:
        commands.tell_faults(error, as_json=getattr(arguments, "json", False))
        return BAD_INPUT
    except ModuleNotFoundError as error:
        extra = extra_that_lacks(error)
        if extra is None:
            raise
        words = f"planner {arguments.command} needs more than is installed"
        print(f"{words}: pip install 'planner[{extra}]'.", file=sys.stderr)
        return BAD_INPUT


def _tell_fault(
    kind: type[BaseException], value: BaseException, _traceback: TracebackType | None
) -> None:
    """Tell of an unforeseen error without its traceback; Python then exits with code 1."""
    said = str(value).strip().split("\n", 1)[0]
    print(f"A fault in the planner, not in your input ({kind.__name__}: {said}).", file=sys.stderr)
    print("Run it again with PLANNER_DEBUG=1 for details to report.", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="planner",
        description="Plans dial and agent lines over several outbound dialers, and projects what "
        "each dialer will do.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"planner {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_check(commands)
    _add_plan(commands)
    _add_project(commands)
    _add_whatif(commands)
    _add_frontier(commands)
    _add_batch(commands)
    _add_calibrate(commands)
    _add_vicidial(commands)
    _add_app(commands)
    _add_examples(commands)
    return parser


_Commands = argparse._SubParsersAction  # no public name for what add_subparsers returns


def _command(
    commands: _Commands[argparse.ArgumentParser], name: str, purpose: str, example: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=purpose,
        description=described(purpose),
        epilog=f"example:\n  {example}\n\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="also tell what is being done")
    parser.add_argument(
        "--log-json", action="store_true", help="the same as JSON lines on standard error"
    )
    return parser


def _add_check(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "check a planning folder, and sum up its fleet and load"
    parser = _command(commands, "check", purpose, "planner check data/quickstart")
    add_folder(parser)
    parser.add_argument(
        "--proof",
        type=Path,
        metavar="FILE",
        help="also check a proof that plan --proof wrote: whether it proves what the plan claims",
    )
    parser.add_argument(
        "--plan", type=Path, metavar="FILE", help="the plan.json of that plan; needed with --proof"
    )
    add_json(parser)


def _add_plan(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "split dial and agent lines over the dialers"
    example = "planner plan data/regional --redundancy 0.3 --out plan"
    parser = _command(commands, "plan", purpose, example)
    add_folder(parser)
    add_redundancy(parser)
    add_planning(parser)
    parser.add_argument(
        "--interval",
        type=interval,
        metavar="all|now|'Mon 09:00'",
        help="all: plan every time of the week in which other campaigns run or figures of "
        "intervals.csv differ, all within the time limit. now: plan this moment, or that of "
        "--at. A weekday and time, on the clock of most "
        "campaigns or of a zone named after it ('Mon 09:00 America/Chicago'): plan that moment. "
        "Campaigns that cannot run then give their ports to others",
    )
    parser.add_argument(
        "--week",
        type=week_day,
        metavar="YYYY-MM-DD",
        help="any day of the week that --interval is about (default the coming Monday)",
    )
    add_move_cost(
        parser,
        "; with --interval all to those of the interval before",
        "0; with --interval all the price with which 99.5 %% of the value of the week is left",
    )
    add_abandon_days(parser)
    add_abandon_level(parser)
    add_keep_current(parser)
    parser.add_argument(
        "--proof",
        type=Path,
        metavar="FILE",
        help="write what the bound rests on, for planner check --proof",
    )
    parser.add_argument(
        "--handout",
        type=Path,
        metavar="FILE",
        help="write what to set as one page to print (.html), dialer by dialer, old and new, with "
        "boxes to tick, and the same as a table beside it (.csv); of a FILE.csv the table alone",
    )
    add_relax(parser)
    add_at(parser, "from which on it is planned")
    parser.add_argument(
        "--why",
        action="store_true",
        help="tell for each campaign and dialer what one more line would bring, and what stops it",
    )
    files = "assignments.csv (with --interval all: day.csv), projection.csv and plan.json"
    add_out(parser, files)
    add_json(parser)


def _add_project(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "project what the lines of assignments.csv will do"
    example = "planner project data/regional --at 2030-03-04T09:00+01:00 --hours 4"
    parser = _command(commands, "project", purpose, example)
    add_folder(parser)
    add_at(parser, "to start from")
    parser.add_argument(
        "--hours",
        type=number(0, MAX_HOURS, above=True),
        default=8.0,
        help="how far to look ahead (default 8)",
    )
    parser.add_argument(
        "--engine",
        choices=["auto", "markov", "simulate"],
        default="auto",
        help="what makes the figures; markov: the exact formulas whatever they assume, at once; "
        "auto: exact where they hold, else simulated (default auto)",
    )
    parser.add_argument(
        "--replications",
        type=number(1, MAX_REPLICATIONS, whole=True),
        metavar="N",
        help="simulated runs of each kind (default: as many as the figures need)",
    )
    add_seed(parser)
    files = "projection.csv, timeline.csv, completion.csv, campaigns_joint.csv, "
    add_out(parser, files + "timeline_joint.csv, projection.json and report.html")
    add_json(parser)


def _add_whatif(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "compare changed worlds with things as they are: what if a dialer goes down"
    example = (
        "planner whatif data/regional --set dialer.ATL-1.in_service=false \\\n"
        "    --name 'ATL-1 down' --replan"
    )
    parser = _command(commands, "whatif", purpose, example)
    add_folder(parser)
    add_whatif_arguments(parser)
    add_redundancy(parser)
    add_planning(parser, "each plan")
    add_out(parser, "comparison, figures and moves as CSV, whatif.json and report.html")
    add_json(parser)


def _add_frontier(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "plan from pure throughput to pure redundancy, and keep the plans worth choosing from"
    example = "planner frontier data/quickstart --points 5 --out frontier"
    parser = _command(commands, "frontier", purpose, example)
    add_folder(parser)
    add_frontier_arguments(parser)
    add_planning(parser, "each plan")
    add_out(parser, "frontier.csv, lines.csv, frontier.json and report.html")
    add_json(parser)


def _add_batch(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "plan many problems: every site, every hour, every scenario"
    parser = _command(commands, "batch", purpose, "planner batch problems --out plans --workers 2")
    add_batch_arguments(parser)
    add_redundancy(parser)
    add_search(parser, "each plan")
    add_seed(parser)
    add_json(parser)


def _add_calibrate(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "estimate the figures of campaigns from call logs"
    example = "planner calibrate data/calls --folder data/quickstart --out calibrated"
    parser = _command(commands, "calibrate", purpose, example)
    add_calibrate_arguments(parser)
    add_seed(parser)
    add_json(parser)


def _add_vicidial(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "read, follow, emulate and set the lines of a VICIdial system"
    example = "planner vicidial read mysql://planner@db1/asterisk --out site"
    add_vicidial_arguments(_command(commands, "vicidial", purpose, example))


def _add_examples(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "copy the example folders, to plan them and to change them"
    parser = _command(commands, "examples", purpose, "planner examples my-examples")
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder that gets them")


def _add_app(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "open the planner in the browser, for this machine alone unless told otherwise"
    parser = _command(commands, "app", purpose, "planner app data/quickstart")
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="planning folder")
    parser.add_argument(
        "--port",
        type=number(1, 65_535, whole=True),
        default=8501,
        help="port to listen on (default 8501)",
    )
    parser.add_argument(
        "--address",
        default="127.0.0.1",
        help="address to listen on; any other than this machine's own needs sign-in to be "
        "configured (default 127.0.0.1)",
    )
    parser.add_argument(
        "--live",
        metavar="SOURCE",
        help="file or http address of an assignments.csv with busy_agent_lines and status as they "
        "are right now; the status page follows it",
    )
    add_every(parser, 1, 86_400, 10.0)
