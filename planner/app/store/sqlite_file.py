"""A SQLite file as the store uses it: what is acknowledged is in the file that the path names.

Each transaction opens the file anew. A file that was deleted, moved away or restored while the
planner runs is therefore noticed, and not written on unseen. The file keeps no log beside itself
between transactions (SQLite's WAL), which would be replayed onto a file restored in its place.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from planner.app.store.faults import StoreUnavailable
from planner.system import is_ours

#: Device and inode: two files of one path differ in them.
Identity = tuple[int, int]
_OWNER_ONLY = 0o600
#: The header's bytes 18 and 19 say how the file is written (SQLite, Database File Format, 1.3.3).
_HEADER, _WAL = 20, b"\x02\x02"


def make_file(path: Path) -> None:
    """Make the file if there is none, and let only its owner read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY))
    if path.stat().st_mode & 0o077 and is_ours(path):
        path.chmod(_OWNER_ONLY)


def identity(path: Path) -> Identity:
    """Which file the path names now.

    Raises
    ------
    StoreUnavailable
        If it names none.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise StoreUnavailable(
            f"{path} is not there any more: put the file back from a backup, or start the planner "
            "again to begin with an empty one"
        ) from error
    return found.st_dev, found.st_ino


def sqlite_engine(path: Path) -> Engine:
    """An engine that opens the file for each transaction, and never makes it."""
    address = f"file:{quote(str(path))}?mode=rw"
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(
            address, uri=True, isolation_level=None, check_same_thread=False
        ),
        poolclass=NullPool,
    )
    event.listen(engine, "begin", _begin)
    return engine


def leave_wal(path: Path) -> None:
    """Take in the log that an earlier version of the planner kept beside the file."""
    with path.open("rb") as file:
        if file.read(_HEADER)[-2:] != _WAL:
            return
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    finally:
        connection.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    wait = int(1000 * options.get("wait_seconds", 1.0))
    # EXTRA: what is acknowledged survives a power cut, its folder's entry included.
    for setting in (f"busy_timeout={wait}", "foreign_keys=ON", "synchronous=EXTRA"):
        connection.exec_driver_sql(f"PRAGMA {setting}")
    # A transaction that reads first and writes later could not wait for another writer.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")
