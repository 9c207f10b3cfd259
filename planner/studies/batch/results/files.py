"""Files that survive a loss of power: written aside, flushed to disk, then renamed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.contracts.faults import Fault, InputError
from planner.system import flush_folder, hold

_BLOCK = 1 << 20


def write_file(path: Path, parts: Iterable[bytes]) -> str:
    """Write a file whole or not at all, and return its checksum.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is then untouched.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    digest = hashlib.sha256()
    try:
        with temporary.open("wb") as file:
            for part in parts:
                file.write(part)
                digest.update(part)
            file.flush()
            os.fsync(file.fileno())
        keep(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return digest.hexdigest()


def keep(temporary: Path, path: Path) -> None:
    """Give a flushed file its name, and flush the name."""
    temporary.replace(path)
    flush_folder(path.parent)


def checksum(path: Path) -> str | None:
    """SHA-256 of a file; None where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError:
        return None
    return digest.hexdigest()


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Make the folder, and keep other runs out of it; the claim ends with the process.

    Raises
    ------
    InputError
        If another run has it, or it cannot be written.
    """
    lock = folder / ".lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        opened = lock.open("w")
    except OSError as error:
        wanted = f"a folder that can be written ({error.strerror})"
        raise InputError([Fault("--out", None, None, str(folder), wanted)]) from error
    with opened as file:
        if not hold(file):
            wanted = "a folder in which no other run is writing"
            raise InputError([Fault("--out", None, None, str(folder), wanted)])
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)
