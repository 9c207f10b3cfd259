"""Files and folders that are asked for: what keeps us from reading them, in words."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from planner.contracts.faults import Fault, InputError
from planner.tables.sheets import MAX_BYTES


def csv_files_in(folder: Path) -> list[Path]:
    """The CSV files of a folder, by name."""
    try:
        return sorted(item for item in folder.iterdir() if item.suffix.lower() == ".csv")
    except OSError as error:
        raise InputError([_unreadable(folder, error)]) from error


def content_of(path: Path) -> bytes:
    """The bytes of a file of at most ``MAX_BYTES``; what keeps us from reading it is a fault."""
    try:
        require_plain_file(path)
        with path.open("rb") as file:  # which may grow while it is read
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError([_unreadable(path, error)]) from error
    if len(content) > MAX_BYTES:
        raise InputError([Fault(path.name, None, None, None, f"at most {MAX_BYTES:,} bytes")])
    return content


def require_plain_file(path: Path) -> None:
    """Refuse what may never end when it is read: devices, pipes, sockets.

    Raises
    ------
    InputError
        If it is one of these.
    OSError
        If it is not there.
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # a folder is told when it is opened
        raise InputError([Fault(str(path), None, None, None, "a file, not a device or a pipe")])


def _unreadable(path: Path, error: OSError) -> Fault:
    return Fault(str(path), None, None, None, f"something that can be read ({error.strerror})")


def what_is_there(folder: Path) -> str:
    """What there is in a folder without a table, for the faults of the tables that are missing."""
    try:
        names = sorted(item.name for item in folder.iterdir())
    except OSError:
        return ""
    if not names:
        return "; the folder is empty"
    shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return f"; the folder has no table, only {shown}"


def what_instead(path: Path) -> str:
    """What to give instead of a path that is no folder and no workbook."""
    wanted = "a folder with dialers.csv and campaigns.csv, or an .xlsx workbook"
    if not os.path.lexists(path):
        return f"{wanted}; there is nothing at this path"
    kind = path.suffix.lower()
    if kind == ".csv":
        return f"{wanted}; this is one table: give the folder in which it lies"
    if kind in (".xls", ".xlsm", ".xlsb", ".ods", ".numbers"):
        return f"{wanted}; this is a {kind} file: save it as .xlsx"
    return f"{wanted}; this is another kind of file"
