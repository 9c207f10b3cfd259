"""Arguments of the commands about a VICIdial system: read, calls, follow, write, emulate."""

from __future__ import annotations

import argparse
from pathlib import Path

from planner.cli.arguments import add_every, add_json, add_seed, described, number, week_day

_DSN = (
    "the database: mysql://USER@HOST:3306/asterisk, mysql://USER@/asterisk?unix_socket=FILE, or "
    "the path of an astguiclient.conf"
)
_SECRET = (
    "The password is read from PLANNER_VICIDIAL_PASSWORD or --password-file, never from the "
    "command line."
)


def add_vicidial_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the five commands."""
    commands = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_read(commands)
    _add_calls(commands)
    _add_follow(commands)
    _add_write(commands)
    _add_emulate(commands)


_EXIT_CODES = """exit codes:
  0  done
  1  a fault of ours
  2  bad input or usage: nothing was written
  3  emulate: there is no plan to put beside it
  4  stopped before it was done, or not all could be undone"""

_Commands = argparse._SubParsersAction  # no public name for what add_subparsers returns


def _action(
    commands: _Commands[argparse.ArgumentParser], name: str, purpose: str, example: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=purpose,
        description=described(purpose, _SECRET),
        epilog=f"example:\n  {example}\n\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dsn", metavar="DSN", help=_DSN)
    parser.add_argument(
        "--password-file", type=Path, metavar="FILE", help="file whose first line is the password"
    )


def _add_read(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "read VICIdial's settings into a planning folder, with warnings and questions"
    example = "planner vicidial read mysql://planner@db1/asterisk --out site"
    parser = _action(commands, "read", purpose, example)
    _add_database(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        required=True,
        help="planning folder; where it exists, what people filled in there is kept",
    )
    add_json(parser)


def _add_calls(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "write VICIdial's call logs, archives included, as attempts for planner calibrate"
    example = (
        "planner vicidial calls mysql://planner@db1/asterisk \\\n"
        "    --from 2030-03-04 --to 2030-03-08 --out calls.csv"
    )
    parser = _action(commands, "calls", purpose, example)
    _add_database(parser)
    for flag, name, what in (("--from", "first", "first"), ("--to", "last", "last")):
        parser.add_argument(
            flag,
            dest=name,
            type=week_day,
            required=True,
            metavar="YYYY-MM-DD",
            help=f"{what} day, on the clock of the database",
        )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        required=True,
        help="file to write the attempts to, .csv or .parquet",
    )
    add_json(parser)


def _add_follow(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "write VICIdial's live state as a live file, again and again, for planner app --live"
    example = "planner vicidial follow mysql://planner@db1/asterisk --out live.csv --every 5"
    parser = _action(commands, "follow", purpose, example)
    _add_database(parser)
    parser.add_argument(
        "--out", type=Path, metavar="FILE", required=True, help="live file, replaced as a whole"
    )
    add_every(parser, 0.1, 3600, 5.0)
    parser.add_argument(
        "--cycles",
        type=number(1, 10**9, whole=True),
        metavar="N",
        help="stop after so many looks (default: never)",
    )
    add_json(parser)


def _add_write(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = (
        "print the statements that bring a plan into VICIdial's settings, and those that undo them"
    )
    example = "planner vicidial write mysql://planner@db1/asterisk plan --apply"
    parser = _action(commands, "write", purpose, example)
    _add_database(parser)
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="folder with the assignments.csv of the plan"
    )
    parser.add_argument(
        "--read",
        type=Path,
        metavar="FOLDER",
        help="the folder that planner vicidial read wrote, where it is not DIR",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--apply", action="store_true", help="execute the statements, and read back")
    how.add_argument(
        "--undo",
        action="store_true",
        help="undo the last --apply of DIR, however far it came",
    )
    parser.add_argument(
        "--first",
        type=number(1, 10**6, whole=True),
        metavar="N",
        help="only the first N moves: pairs of a campaign and a server, lowered ones first",
    )
    parser.add_argument(
        "--user",
        metavar="NAME",
        default="planner",
        help="who is noted in VICIdial's admin log (default planner)",
    )
    parser.add_argument(
        "--wait",
        type=number(0, 3600),
        default=60.0,
        metavar="SECONDS",
        help="longest wait for surplus agent lines to go, which takes some 30 s (default 60)",
    )
    add_json(parser)


def _add_emulate(commands: _Commands[argparse.ArgumentParser]) -> None:
    purpose = "show what VICIdial's own allocation does with the current settings, beside a plan"
    example = "planner vicidial emulate site --plan plan --hours 8"
    parser = _action(commands, "emulate", purpose, example)
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="folder that planner vicidial read wrote",
    )
    parser.add_argument(
        "--plan",
        type=Path,
        metavar="PLAN",
        help="folder with the assignments.csv of a plan; without it DIR is planned first",
    )
    parser.add_argument(
        "--time-limit",
        type=number(0, 1e6, above=True),
        default=60.0,
        metavar="SECONDS",
        help="of the planning, where there is no --plan (default 60)",
    )
    parser.add_argument(
        "--hours",
        type=number(0, 24 * 31, above=True),
        default=8.0,
        help="how long a day is dialed (default 8)",
    )
    parser.add_argument(
        "--days",
        type=number(9, 10_000, whole=True),
        default=10,
        metavar="N",
        help="emulated days of each kind; more give narrower intervals (default 10)",
    )
    parser.add_argument(
        "--failures",
        action="store_true",
        help="also with each failure domain down from the start",
    )
    parser.add_argument("--cases", type=Path, metavar="FILE", help="allocation cases to fill in")
    add_seed(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="PATH",
        help="folder to write emulation.csv and emulation.json to; with --cases the file of the "
        "filled table",
    )
    add_json(parser)
