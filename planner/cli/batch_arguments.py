"""Arguments of the command that plans many problems."""

from __future__ import annotations

import argparse
from pathlib import Path

from planner.cli.arguments import add_relax, number
from planner.contracts.limits import MAX_VALUE, MAX_WORKERS


def add_batch_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is planned, by whom, and where the results go."""
    parser.add_argument(
        "source",
        type=Path,
        metavar="IN",
        help="folder of planning folders or .xlsx files; or of long tables (dialers.csv, "
        "campaigns.csv, ... or .parquet) with a first column plan_id; with --scenarios the "
        "planning folder that they change",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder for the tables plans, assignments, projection, given_up and errors, "
        "manifest.json, and run.json with all times",
    )
    parser.add_argument(
        "--scenarios",
        type=Path,
        metavar="FILE",
        help="table with the columns plan_id and set, set_2, ...: each row is a problem, changed "
        "by its expressions; a range such as campaign.C7.agent_lines=4..20 makes many",
    )
    parser.add_argument(
        "--format",
        choices=["csv", "parquet"],
        default="csv",
        help="of the tables that are written (default csv)",
    )
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
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on where an interrupted run into the same folder ended; the result is the same "
        "to the byte",
    )
    parser.add_argument(
        "--figures",
        choices=["auto", "formulas"],
        default="auto",
        help="formulas: figures by the exact formulas even where what they assume does not hold, "
        "without the simulation that takes most of the time there; plans are then not certified, "
        "and marked so (default auto)",
    )
    parser.add_argument(
        "--move-cost",
        type=number(0, MAX_VALUE),
        default=0.0,
        metavar="X",
        help="value per hour that moving one line away from where it is now must gain (default 0)",
    )
    parser.add_argument(
        "--keep-current",
        action="store_true",
        help="keep all current lines as they are, as if locked",
    )
    add_relax(parser)
