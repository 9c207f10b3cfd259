"""What the command does that estimates figures from call logs."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING, TextIO

from planner.calibration.result import LogReading
from planner.cli.console import ProgressLine, StepPrinter
from planner.cli.exit_codes import DONE
from planner.cli.files.output_folder import require_writable, writing
from planner.report.documents import to_json

if TYPE_CHECKING:
    from planner.calibration.backtest.collect import DayCollector
    from planner.calibration.backtest.result import Backtest


class RowPrinter(ProgressLine):
    """Callback that shows how many rows of logs were read."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._start = time.monotonic()

    def __call__(self, files: int, rows: int) -> None:
        """Show a state of the reading."""
        seconds = time.monotonic() - self._start
        self.show(0.0, f"{rows:,} rows read, {files} files done", seconds)


def _backtest(arguments: argparse.Namespace, days: DayCollector) -> Backtest:
    """Predict each day, with progress on standard error."""
    from planner.calibration.backtest.run import backtest

    if arguments.json:
        return backtest(days, seed=arguments.seed)
    with StepPrinter(sys.stderr) as progress, progress.telling_of_compilation():
        return backtest(days, seed=arguments.seed, on_progress=progress)


def run_calibrate(arguments: argparse.Namespace) -> int:
    """Estimate figures, tell them, and write what is asked for."""
    from planner.calibration.backtest.collect import DayCollector
    from planner.calibration.calibrate import calibrate
    from planner.report.calls.backtest import (
        backtest_document,
        backtest_text,
        write_backtest_files,
    )
    from planner.report.calls.calibration import (
        calibration_document,
        calibration_text,
        mapping_lines,
        write_calibration_files,
    )
    from planner.tables.folder import read_folder

    require_writable(arguments.out)
    problem = read_folder(arguments.folder) if arguments.folder is not None else None
    days = DayCollector(problem, arguments.timezone) if arguments.backtest else None

    with RowPrinter(sys.stderr) as progress:

        def tell(reading: LogReading) -> None:
            for line in mapping_lines(reading):
                progress.say(line)

        found = calibrate(
            arguments.calls,
            mapping=arguments.mapping,
            timezone=arguments.timezone,
            problem=problem,
            on_mapping=(lambda _: None) if arguments.json else tell,
            on_progress=(lambda *_: None) if arguments.json else progress,
            keep=days.add if days is not None else lambda _: None,
        )
    tested = _backtest(arguments, days) if days is not None else None
    update, effect = None, None
    if arguments.folder is not None:
        from planner.calibration.folder_update import update_folder, write_update
        from planner.calibration.plan_effect import plan_effect

        widening = tested.day_widening if tested is not None else 1.0
        update = update_folder(arguments.folder, found.estimates, day_widening=widening)
        effect = plan_effect(update.before, update.after)
    document = calibration_document(found, update, effect)
    if tested is not None:
        document["backtest"] = backtest_document(tested)
    if arguments.out is not None:
        with writing(arguments.out):
            write_calibration_files(arguments.out, found)
            if update is not None:
                write_update(update, arguments.out)
            if tested is not None:
                write_backtest_files(arguments.out, tested)
    if arguments.json:
        print(to_json(document), end="")
    else:
        text = calibration_text(found, update, effect)
        print(text + (backtest_text(tested) if tested is not None else ""), end="")
    return DONE
