"""Follows a VICIdial system: looks every few seconds, and comes back by itself when it is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from planner.tables.writing import write_text
from planner.vicidial.live.live import Basis, Row, live_file, look, read_basis
from planner.vicidial.reading.address import Address
from planner.vicidial.reading.database import Database, DatabaseLost

#: How often settings are read anew [s].
SETTINGS_SECONDS = 60.0
#: Longest wait before a lost database is tried again [s].
LONGEST_RETRY = 30.0
#: A wish to stop is heard within [s].
_NAP = 0.2


class Look(NamedTuple):
    """One look, or why there was none."""

    rows: Sequence[Row]
    seconds: float  # that it took
    lost: str = ""


def follow(
    address: Address,
    file: Path,
    every: float,
    *,
    on_look: Callable[[Look], None],
    stop: Callable[[], bool],
) -> None:
    """Write the live file again and again.

    Parameters
    ----------
    address : of the database
    file : replaced as a whole at every look; left as it is, with its age in it, while the
        database is gone
    every : seconds from look to look
    on_look : told of each look and each failure
    stop : polled before every look, and while waiting

    Raises
    ------
    InputError
        If the database refuses the user, or the settings cannot be read.
    OSError
        If the file cannot be written.
    """
    database: Database | None = None
    basis: Basis | None = None
    basis_at, failures = -float("inf"), 0
    try:
        while not stop():
            start = time.monotonic()
            try:
                database = database or Database(address)
                if basis is None or start - basis_at >= SETTINGS_SECONDS:
                    basis, basis_at = read_basis(database), start
                rows = look(database, basis)
            except DatabaseLost as error:
                if database is not None:
                    database.close()
                database, basis, failures = None, None, failures + 1
                on_look(Look((), time.monotonic() - start, str(error)))
                _wait(min(every * 2 ** min(failures - 1, 10), LONGEST_RETRY), stop)
                continue
            failures = 0
            write_text(file, live_file(rows))
            spent = time.monotonic() - start
            on_look(Look(rows, spent))
            _wait(every - spent, stop)
    finally:
        if database is not None:
            database.close()


def _wait(seconds: float, stop: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and not stop():
        time.sleep(min(left, _NAP))
