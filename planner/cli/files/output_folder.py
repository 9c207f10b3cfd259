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
    if folder is None:
        return
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    with writing(folder), tempfile.TemporaryFile(dir=folder):
        pass
    with suppress(OSError):
        for path in made:
            path.rmdir()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Make the folder; tell what keeps us from writing there as a fault of the input."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        expected = f"a folder that can be written ({error.strerror})"
        raise InputError([Fault("--out", None, None, str(folder), expected)]) from error
