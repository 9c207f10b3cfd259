"""Arguments of the command that estimates figures from call logs."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_calibrate_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the logs, how to read them, and where the figures go."""
    parser.add_argument(
        "calls",
        type=Path,
        nargs="+",
        metavar="CALLS",
        help="call logs, or folders of them: CSV, XLSX, Parquet or JSON lines. Known by their "
        "header: attempts as planner vicidial calls writes them, VICIdial call export and carrier "
        "log report, Asterisk and FreeSWITCH CDR, Five9 call log, Twilio calls, Amazon Connect "
        "contact records, Genesys aggregates",
    )
    parser.add_argument(
        "--map",
        type=Path,
        metavar="FILE",
        dest="mapping",
        help="which column of another log is which field: lines field,column[,format], such as "
        "launched,Start time,%%d/%%m/%%Y %%H:%%M:%%S or campaign_id,=Solar; of an export that is "
        "known like,five9 and the columns that differ; language,Polish where dates name months",
    )
    parser.add_argument(
        "--timezone",
        metavar="ZONE",
        help="of times without an offset, such as America/Chicago (default UTC)",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="planning folder whose campaigns get the figures; tells what changes, and what that "
        "does to the current lines. It is left as it is; the new one goes to --out",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder to write calibration.csv, calibration_hours.csv and mapping.csv to, with "
        "--folder also its tables with the new figures, with --backtest backtest.csv and .json",
    )
    parser.add_argument(
        "--backtest",
        action="store_true",
        help="predict each day from the days before it, with the lines that were in service, and "
        "compare; with --folder, day-to-day variation is widened where the predictions were too "
        "sure",
    )
