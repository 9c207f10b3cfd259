"""Reads logs file by file into tallies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from planner.calibration.attempts import Attempts
from planner.calibration.readers.aggregates import add_aggregates
from planner.calibration.readers.formats import GENESYS
from planner.calibration.readers.log_files import open_log
from planner.calibration.readers.log_reader import LogReader
from planner.calibration.readers.mapping import Given, mapping_of
from planner.calibration.readers.repeats import Seen
from planner.calibration.tallies import Tallies
from planner.contracts.faults import Fault, InputError


def read_logs(
    paths: Sequence[Path],
    tallies: Tallies,
    *,
    keep: Callable[[Attempts], None] = lambda _: None,
    given: Given | None = None,
    zone: ZoneInfo | None = None,
    on_mapping: Callable[[LogReader], None] = lambda _: None,
    on_progress: Callable[[int, int], None] = lambda *_: None,
) -> list[LogReader]:
    """Read logs, and add their attempts to the tallies piece by piece.

    Parameters
    ----------
    paths : the files
    tallies : what is summed
    keep : also takes each piece
    given : a mapping of columns, for all files
    zone : of moments without an offset; UTC where None
    on_mapping : told how each file will be read, before it is
    on_progress : told the number of files done and rows read

    Returns
    -------
    One reader for each file, all done.

    Raises
    ------
    InputError
        If a file cannot be read, or is no log.
    """
    readers = []
    faults: list[Fault] = []
    seen = Seen()
    for path in paths:
        try:
            log = open_log(path)
            mapping, clock = mapping_of(log, given), zone or ZoneInfo("UTC")
            readers.append(LogReader(log, mapping, clock, seen, zone_told=zone is not None))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    rows = 0
    for done, reader in enumerate(readers):
        on_mapping(reader)
        if reader.mapping.format.name == GENESYS.name:
            add_aggregates(reader, tallies)
        else:
            for part in reader.pieces():
                tallies.add(part)
                keep(part)
                on_progress(done, rows + reader.rows)
        rows += reader.rows
    return readers
