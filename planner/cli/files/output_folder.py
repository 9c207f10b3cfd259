"""The folder for results: made, tried, and told of where it cannot be written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from planner.contracts.faults import Fault, InputError


def require_writable(folder: Path | None) -> None:
    """Try the folder for results, so that no long run ends without a place to go.

    It is made for that alone: where nothing is written in the end, no empty folder is left.
    """
    if folder is not None:
        with _told("--out", folder, "folder"):
            _try(folder)


def require_file(file: Path | None, option: str) -> None:
    """Try the folder of a file for results; a folder in its place is refused."""
    if file is None:
        return
    if file.is_dir():
        raise InputError([Fault(option, None, None, str(file), "a file, not a folder")])
    with _told(option, file, "file"):
        _try(file.absolute().parent)


def _try(folder: Path) -> None:
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass
    with suppress(OSError):
        for path in made:
            path.rmdir()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Make the folder; tell what keeps us from writing there as a fault of the input."""
    with _told("--out", folder, "folder"):
        folder.mkdir(parents=True, exist_ok=True)
        yield


@contextmanager
def writing_file(file: Path, option: str = "--out") -> Iterator[None]:
    """Make the folder of a file; tell what keeps us from writing as a fault of the input."""
    with _told(option, file, "file"):
        file.absolute().parent.mkdir(parents=True, exist_ok=True)
        yield


@contextmanager
def _told(option: str, path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        expected = f"a {what} that can be written ({error.strerror})"
        raise InputError([Fault(option, None, None, str(path), expected)]) from error
