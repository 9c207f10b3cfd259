"""Calibrates from files on the server, in a process of its own. Knows no web page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from planner.calibration.backtest.collect import DayCollector
from planner.calibration.backtest.result import Backtest
from planner.calibration.backtest.run import backtest
from planner.calibration.calibrate import calibrate
from planner.calibration.result import Calibration
from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Problem

#: Reading takes the smaller part of the time where days are predicted as well.
_READING_SHARE = 0.3


@dataclass(frozen=True)
class CalibrationRun:
    """What a run came to: figures, the backtest where one was possible, or faults of the logs."""

    found: Calibration | None = None
    tested: Backtest | None = None
    faults: tuple[Fault, ...] = ()


def run_calibration(
    paths: tuple[Path, ...],
    problem: Problem,
    timezone: str | None,
    *,
    mapping: Path | None = None,
    with_backtest: bool,
    on_progress: Callable[[float, str], None],
    stop: Callable[[], bool],
) -> CalibrationRun:
    """Estimate figures, and predict each day where asked for; faults are an outcome."""
    days = DayCollector(problem, timezone) if with_backtest else None
    reading = _READING_SHARE if with_backtest else 1.0

    def tell(files: int, rows: int) -> None:
        on_progress(reading * files / len(paths), f"{rows:,} calls read")

    try:
        found = calibrate(
            paths,
            mapping=mapping,
            timezone=timezone,
            problem=problem,
            on_progress=tell,
            keep=days.add if days is not None else lambda _: None,
        )
    except InputError as error:
        return CalibrationRun(faults=error.faults)
    if days is None or stop():
        return CalibrationRun(found)
    try:
        tested = backtest(
            days,
            on_progress=lambda share, day: on_progress(
                reading + (1 - reading) * share, f"predicting {day}"
            ),
        )
    except InputError:  # too few days
        return CalibrationRun(found)
    return CalibrationRun(found, tested)
