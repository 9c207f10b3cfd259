"""Marks the inner loops that numba compiles; compiled code is kept between runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core import event

from planner.compilation import COMPILATION

#: Folders of the package with compiled functions.
COMPILED_FOLDERS = ("traffic", "optimize", "vicidial")
#: Files that hold constants of compiled functions elsewhere.
CONSTANTS = ("evaluation/tolerances.py",)

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile on first call, keep the machine code on disk, run without the interpreter lock."""
    return cast("Callable[P, R]", _njit(_nrt=True, **_OPTIONS)(function))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """As :func:`compiled`, and copied into its callers: for what runs at every event."""
    return cast("Callable[P, R]", _njit(inline="always", **_OPTIONS)(function))


def lean(function: Callable[P, R]) -> Callable[P, R]:
    """As :func:`compiled`, for functions that make no arrays: none of their uses is counted.

    Counting who uses an array, at every call that is handed one, took most of the time of searches
    that make millions of small steps.
    """
    return cast("Callable[P, R]", _njit(_nrt=False, **_OPTIONS)(function))


_njit: Any = numba.njit
_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy"}


def _keep_by_version_of_all_sources() -> None:
    """Name the cache after the sources: numba sees a change of a caller, not of what it calls."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    sources = [package / name for name in CONSTANTS]
    for folder in COMPILED_FOLDERS:
        sources += sorted((package / folder).rglob("*.py"))
    for source in sources:
        digest.update(source.read_bytes())
    config: Any = numba.config
    if not config.CACHE_DIR:
        config.CACHE_DIR = str(package / "__pycache__" / f"numba-{digest.hexdigest()[:12]}")


class _Listener(event.Listener):
    """Hears of each function that is compiled, and of none that is loaded from disk."""

    def on_start(self, event: Any) -> None:  # noqa: ARG002
        COMPILATION.note(True)

    def on_end(self, event: Any) -> None:  # noqa: ARG002
        COMPILATION.note(False)


_keep_by_version_of_all_sources()
event.register("numba:compile", _Listener())  # type: ignore[no-untyped-call]
