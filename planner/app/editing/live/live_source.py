"""Reads a live snapshot again and again, for all who look at it, without making them wait."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO, NamedTuple

from planner.app.editing.live.download import download, is_address
from planner.app.editing.live.live_rows import SNAPSHOT, Snapshot
from planner.contracts.faults import Fault, InputError
from planner.tables.files import require_plain_file

#: Larger than any fleet's; every megabyte takes a second and a half to read.
MOST_BYTES = 5_000_000
#: A file that is written in place counts once nobody has touched it for so long; one that was
#: put in place whole counts at once [s].
_QUIET, _BETWEEN_LOOKS, _MOST_READINGS = 1.0, 0.05, 12
#: Who looks waits so long for a reading that is under way [s].
_PATIENCE = 1.5
#: Ticks of a clock are never quite as far apart as they should be.
_ON_TIME = 0.9


class Fetched(NamedTuple):
    """The bytes of a source, and when they were written."""

    content: bytes
    written: datetime


class Reading(NamedTuple):
    """What a source held at a moment, or why it could not be read."""

    at: datetime
    snapshot: Snapshot | None = None
    faults: tuple[Fault, ...] = ()


Read = Callable[[bytes, datetime], Snapshot]


class LiveSource:
    """A file or address that many sessions follow; read when one looks and it is time to.

    Parameters
    ----------
    source : path of a file, or an ``http`` or ``https`` address
    seconds : how often to read it [s]
    read : reads the rows of the bytes

    Attributes
    ----------
    good : the last reading that somebody could use, None before the first; for those who come
        while there is none.
    """

    def __init__(self, source: str, seconds: float, read: Read) -> None:
        self.good: Reading | None = None
        self.seconds = seconds
        self._source, self._read_rows = source, read
        self._known: Fetched | None = None
        self._lock = threading.Lock()
        self._latest: Reading | None = None
        self._reader: threading.Thread | None = None
        self._asked = -float("inf")

    def latest(self) -> Reading | None:
        """What was read last; None while the first reading goes on."""
        with self._lock:
            is_reading = self._reader is not None and self._reader.is_alive()
            if not is_reading and time.monotonic() - self._asked >= _ON_TIME * self.seconds:
                self._asked = time.monotonic()
                self._reader = threading.Thread(target=self._read, name="live", daemon=True)
                self._reader.start()
            reader = self._reader
        if reader is not None:
            reader.join(_PATIENCE)
        return self._latest

    def _read(self) -> None:
        try:
            found = fetch(self._source)
            if self._known == found and self._latest is not None and self._latest.snapshot:
                self._latest = self._latest._replace(at=datetime.now(UTC))
                return
            snapshot = self._read_rows(*found)
        except InputError as error:
            self._known = None
            self._latest = Reading(datetime.now(UTC), faults=tuple(error.faults))
        else:
            self._known = found
            self._latest = Reading(datetime.now(UTC), snapshot, snapshot.faults)


def fetch(source: str) -> Fetched:
    """The content of a file, or of an ``http`` or ``https`` address.

    Raises
    ------
    InputError
        If it cannot be read, is being written all the time, or is too large.
    """
    try:
        found = _download(source) if is_address(source) else _settled(Path(source))
    except (OSError, HTTPException, ValueError) as error:
        wanted = f"something that can be read ({error})"
        raise InputError([Fault(SNAPSHOT, None, None, None, wanted)]) from error
    if len(found.content) > MOST_BYTES:
        raise InputError([Fault(SNAPSHOT, None, None, None, f"at most {MOST_BYTES:,} bytes")])
    return found


def _download(address: str) -> Fetched:
    found = download(address, MOST_BYTES)
    return Fetched(found.content, _moment(found.written))


def _moment(written: str | None) -> datetime:
    """The moment of a ``Last-Modified``; now where there is none."""
    if written is None:
        return datetime.now(UTC)
    found = parsedate_to_datetime(written)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _settled(path: Path) -> Fetched:
    """The bytes of a file that nobody is writing."""
    require_plain_file(path)
    for _ in range(_MOST_READINGS):
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            content = file.read(MOST_BYTES + 1)
            if _is_left_alone(path, file, state):
                return Fetched(content, datetime.fromtimestamp(state.st_mtime, UTC))
    raise OSError("it is being written all the time")


def _is_left_alone(path: Path, file: BinaryIO, state: os.stat_result) -> bool:
    """Whether nobody writes a file, waiting until that is sure.

    A change of name comes after the last write: who puts a file in place by renaming it has
    written it before. And a file whose name another one has got by now was whole.
    """
    while _stamp(os.fstat(file.fileno())) == _stamp(state):
        if state.st_ctime_ns > state.st_mtime_ns or abs(time.time() - state.st_mtime) >= _QUIET:
            return True
        time.sleep(_BETWEEN_LOOKS)
        if path.stat().st_ino != state.st_ino:
            return True
    return False


def _stamp(state: os.stat_result) -> tuple[int, int]:
    return state.st_mtime_ns, state.st_size
