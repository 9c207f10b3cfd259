"""Reads a live snapshot again and again, for all who look at it, without making them wait."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

from planner.app.editing.download import download, is_address
from planner.contracts.faults import Fault, InputError
from planner.tables.files import require_plain_file
from planner.tables.sheets import MAX_BYTES

#: What faults call it; an address may hold what is nobody's business.
SNAPSHOT = "live snapshot"
#: A file that changed so lately may still be written: it counts once two readings, so far apart,
#: are the same [s].
_FRESH, _BETWEEN_READINGS, _MOST_READINGS = 1.0, 0.25, 8
#: Who looks waits so long for a reading that is under way [s].
_PATIENCE = 1.0
#: Ticks of a clock are never quite as far apart as they should be.
_ON_TIME = 0.9


class Reading(NamedTuple):
    """What a source held at a moment, or why it could not be read."""

    at: datetime
    content: bytes = b""
    faults: tuple[Fault, ...] = ()


class LiveSource:
    """A file or address that many sessions follow; read when one looks and it is time to.

    Parameters
    ----------
    source : path of a file, or an ``http`` or ``https`` address
    seconds : how often to read it [s]

    Attributes
    ----------
    good : the last reading that somebody could use, None before the first; for those who come
        while there is none.
    """

    def __init__(self, source: str, seconds: float) -> None:
        self.good: Reading | None = None
        self._source, self._seconds = source, seconds
        self._lock = threading.Lock()
        self._latest: Reading | None = None
        self._reader: threading.Thread | None = None
        self._asked = -float("inf")

    def latest(self) -> Reading | None:
        """What was read last; None while the first reading goes on."""
        with self._lock:
            is_reading = self._reader is not None and self._reader.is_alive()
            if not is_reading and time.monotonic() - self._asked >= _ON_TIME * self._seconds:
                self._asked = time.monotonic()
                self._reader = threading.Thread(target=self._read, name="live", daemon=True)
                self._reader.start()
            reader = self._reader
        if reader is not None:
            reader.join(_PATIENCE)
        return self._latest

    def _read(self) -> None:
        try:
            content = fetch(self._source)
        except InputError as error:
            self._latest = Reading(datetime.now(UTC), faults=tuple(error.faults))
        else:
            self._latest = Reading(datetime.now(UTC), content)


def fetch(source: str) -> bytes:
    """The content of a file, or of an ``http`` or ``https`` address.

    Raises
    ------
    InputError
        If it cannot be read, is being written all the time, or is too large.
    """
    try:
        content = download(source, MAX_BYTES) if is_address(source) else _settled(Path(source))
    except (OSError, HTTPException, ValueError) as error:
        wanted = f"something that can be read ({error})"
        raise InputError([Fault(SNAPSHOT, None, None, None, wanted)]) from error
    if len(content) > MAX_BYTES:
        raise InputError([Fault(SNAPSHOT, None, None, None, f"at most {MAX_BYTES:,} bytes")])
    return content


def _settled(path: Path) -> bytes:
    """The bytes of a file that nobody is writing."""
    require_plain_file(path)
    content = _bytes(path)
    for _ in range(_MOST_READINGS):
        if abs(time.time() - path.stat().st_mtime) >= _FRESH:
            return content
        time.sleep(_BETWEEN_READINGS)
        before, content = content, _bytes(path)
        if content == before:
            return content
    raise OSError("it is being written all the time")


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
