"""The example log is what its command makes, and reads back as it was made."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import numpy as np

from planner.calibration.attempts import Attempts, concatenated
from planner.calibration.emulation.files import fleet_log, write_attempts
from planner.calibration.readers.read import read_logs
from planner.calibration.tallies import Tallies
from planner.tables.folder import read_folder

DATA = Path(__file__).parents[2] / "data"


def read(path: Path) -> Attempts:
    parts: list[Attempts] = []
    read_logs([path], Tallies(), keep=parts.append)
    return concatenated(parts)


def test_the_example_is_that_of_its_command_and_seed(tmp_path: Path) -> None:
    problem = read_folder(DATA / "quickstart")
    log = fleet_log(problem, date(2026, 10, 5), 14, time(9), 1.5, 0.15, seed=1)
    write_attempts(tmp_path / "log.parquet", log)
    made, kept = read(tmp_path / "log.parquet"), read(DATA / "calls" / "quickstart.parquet")
    for name in ("launched", "ended", "requested", "connected", "released"):
        assert np.array_equal(getattr(made, name), getattr(kept, name), equal_nan=True)
    assert (DATA / "calls" / "quickstart.parquet").stat().st_size < 1_000_000


def test_csv_and_parquet_hold_the_same(tmp_path: Path) -> None:
    problem = read_folder(DATA / "quickstart")
    log = fleet_log(problem, date(2026, 10, 5), 1, time(9), 0.2, 0.0, seed=2)
    for kind in ("csv", "parquet"):
        write_attempts(tmp_path / f"log.{kind}", log)
    first, second = (read(tmp_path / f"log.{kind}") for kind in ("csv", "parquet"))
    assert np.array_equal(first.launched, np.floor(np.sort(log.launched)))
    for name in ("launched", "ended", "connected", "answered", "human", "outcome"):
        assert np.array_equal(getattr(first, name), getattr(second, name), equal_nan=True)
