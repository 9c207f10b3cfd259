"""Arguments of the command that plans many problems."""

from __future__ import annotations

import argparse
from pathlib import Path

from planner.cli.arguments import add_keep_current, add_move_cost, add_relax, number
from planner.contracts.limits import MAX_WORKERS


def add_batch_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is planned, by whom, and where the results go."""
    _add_files(parser)
    _add_workers(parser)
    _add_which(parser)
    parser.add_argument(
        "--figures",
        choices=["auto", "formulas"],
        default="auto",
        help="formulas: figures by the exact formulas even where what they assume does not hold, "
        "without the simulation that takes most of the time there; plans are then not certified, "
        "and marked so (default auto)",
    )
    add_relax(parser)
    add_move_cost(parser, "", "0")
    add_keep_current(parser)


def _add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        type=Path,
        metavar="IN",
        help="folder of planning folders or .xlsx files; or of long tables (dialers.csv, "
        "campaigns.csv, ... or .parquet) with a first column plan_id; with --scenarios also the "
        "planning folder that they change",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder for the tables plans, campaigns, dialers, assignments, projection and errors, "
        "of what is done so far while it runs; manifest.json, and run.json with all times",
    )
    parser.add_argument(
        "--scenarios",
        type=Path,
        metavar="FILE",
        help="table with the columns plan_id and set, set_2, ...: each row is a problem, changed "
        "by its expressions; a range such as campaign.C7.agent_lines=4..20 makes many. If IN has "
        "many fleets each row changes each of them, and scenarios.csv tells what is lost",
    )
    parser.add_argument(
        "--format",
        choices=["csv", "parquet"],
        default="csv",
        help="of the tables that are written (default csv)",
    )


def _add_workers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workers",
        type=number(1, MAX_WORKERS, whole=True),
        default=1,
        metavar="N",
        help="processes of this machine that plan side by side (default 1: this one alone)",
    )
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="scheduler of a Dask cluster that plans instead, such as tls://10.0.0.1:8786",
    )


def _add_which(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--resume",
        action="store_true",
        help="keep the results that are there, of a run that was interrupted or is over, and plan "
        "what is new, what has changed and what was not done; the result is that of a run anew",
    )
    parser.add_argument(
        "--only",
        type=_names,
        default=(),
        metavar="failed|ID,...",
        help="plan only these again, whether or not they have changed, and keep the other results: "
        "failed for all that ended without a plan, or their names separated by commas",
    )


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name for part in text.split(",") if (name := part.strip()))
    if not names:
        raise argparse.ArgumentTypeError("failed, or names separated by commas")
    return names
