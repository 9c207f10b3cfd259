"""Logs written and read in tests."""

from __future__ import annotations

from pathlib import Path

from planner.calibration.attempts import Attempts, concatenated
from planner.calibration.readers.mapping import read_given
from planner.calibration.readers.read import read_logs
from planner.calibration.tallies import Tallies


def read(path: Path, mapping: Path | None = None, **options: object) -> Attempts:
    parts: list[Attempts] = []
    given = read_given(mapping) if mapping is not None else None
    readers = read_logs([path], Tallies(), keep=parts.append, given=given, **options)  # type: ignore[arg-type]
    assert len(readers) == 1
    return concatenated(parts)


def write(folder: Path, text: str, name: str = "log.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path
