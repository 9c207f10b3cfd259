"""Arguments that several commands have in common."""

from __future__ import annotations

import argparse
from pathlib import Path

from planner.cli.arguments import number


def add_planning(parser: argparse.ArgumentParser, what: str = "the search") -> None:
    """Add what every command says that plans: failures, when to stop, and the seed."""
    add_failures(parser)
    add_search(parser, what)
    add_seed(parser)


def add_redundancy(parser: argparse.ArgumentParser) -> None:
    """Add the weight of what survives the worst failure."""
    parser.add_argument(
        "--redundancy",
        type=number(0, 1),
        default=0.0,
        metavar="W",
        help="0 plans for value, 1 for the value that survives the worst failure (default 0)",
    )


def add_failures(parser: argparse.ArgumentParser) -> None:
    """Add how many failures happen at once."""
    parser.add_argument(
        "--failures",
        type=number(1, 2, whole=True),
        default=1,
        metavar="N",
        help="failures that happen at once in the worst case, 1 or 2 (default 1)",
    )


def add_move_cost(parser: argparse.ArgumentParser, from_where: str, default: str) -> None:
    """Add the price of a line that a dialer gets in addition; None where it is not given."""
    parser.add_argument(
        "--move-cost",
        type=number(0, 1e12),
        metavar="X",
        help="value per hour that each line must gain that a dialer gets in addition to its "
        f"current ones{from_where} (default {default})",
    )


def add_search(parser: argparse.ArgumentParser, what: str = "the search") -> None:
    """Add what ends a search."""
    parser.add_argument(
        "--gap",
        type=number(0, 1),
        default=0.001,
        help="stop when the plan is proven this close to the best possible (default 0.001)",
    )
    parser.add_argument(
        "--time-limit",
        type=number(0, 1e6, above=True),
        default=60.0,
        metavar="SECONDS",
        help=f"stop {what} after so long at the latest (default 60)",
    )


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Add the planning folder, which every command reads."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="planning folder, or .xlsx file")


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add one JSON document instead of text."""
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add the start of the random numbers."""
    parser.add_argument(
        "--seed",
        type=number(0, 2**31 - 1, whole=True),
        default=0,
        help="start of the random numbers; the same seed gives the same result (default 0)",
    )


def add_out(parser: argparse.ArgumentParser, files: str) -> None:
    """Add the folder that files are written to."""
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"folder to write {files} to")
