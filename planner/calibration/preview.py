"""The first attempts of a log, to see that it is read as meant; ids and times, no cell of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from planner.calibration.attempts import COLUMNS, OUTCOMES, Attempts
from planner.calibration.clock import zone_of
from planner.calibration.readers.formats import GENESYS
from planner.calibration.readers.log_files import open_log
from planner.calibration.readers.log_reader import LogReader
from planner.calibration.readers.mapping import Given, mapping_of

_ROWS = 5
_TIMES = ("launched", "ended", "requested", "connected", "released")


@dataclass(frozen=True)
class Preview:
    """What a file is taken for, its columns by field, and its first attempts as text."""

    file: str
    format: str
    mapping: tuple[tuple[str, str], ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def preview_log(path: Path, given: Given | None = None, timezone: str | None = None) -> Preview:
    """Read the beginning of a log.

    Raises
    ------
    InputError
        If it is not recognised, its columns do not hold what was expected, or there is no such
        time zone.
    """
    log = open_log(path)
    mapping = mapping_of(log, given)
    rows: tuple[tuple[str, ...], ...] = ()
    if mapping.format.name != GENESYS.name:
        reader = LogReader(log, mapping, zone_of(timezone) or ZoneInfo("UTC"))
        first = next(reader.pieces(), None)
        rows = () if first is None else _rows(first)
    return Preview(log.label, mapping.format.title, mapping.shown, COLUMNS, rows)


def _rows(attempts: Attempts) -> tuple[tuple[str, ...], ...]:
    shown = attempts.where(np.arange(min(_ROWS, len(attempts))))
    flag = {1: "yes", 0: "no"}
    found = []
    for row in range(len(shown)):
        cells = {name: _moment(float(getattr(shown, name)[row])) for name in _TIMES}
        cells["campaign_id"] = shown.campaigns[shown.campaign[row]]
        cells["dialer_id"] = shown.dialers[shown.dialer[row]]
        cells["answered"] = flag.get(int(shown.answered[row]), "")
        cells["human"] = flag.get(int(shown.human[row]), "")
        cells["outcome"] = OUTCOMES[shown.outcome[row]]
        found.append(tuple(cells[name] for name in COLUMNS))
    return tuple(found)


def _moment(seconds: float) -> str:
    if np.isnan(seconds):
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
