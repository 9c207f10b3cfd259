"""Work that other processes are given to do; imports little, so that they start at once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

Report = Callable[..., None]
Stop = Callable[[], bool]


def tell_process(*, on_progress: Report, stop: Stop) -> tuple[int, int]:
    """Process id and niceness."""
    on_progress(0.5, "half")
    return os.getpid(), os.nice(0)


def until_stopped(*, on_progress: Report, stop: Stop) -> str:
    on_progress(0.0, "started")
    while not stop():
        time.sleep(0.01)
    return "the best so far"


def fail(*, on_progress: Report, stop: Stop) -> None:
    raise LookupError("no such campaign")


def die(*, on_progress: Report, stop: Stop) -> None:
    os._exit(9)


def count(upto: int, *, on_progress: Report, stop: Stop) -> int:
    """Report every number; how many were reported before it was stopped."""
    for number in range(upto):
        if stop():
            return number
        on_progress(number / upto, str(number))
    return upto


def compile_one(*, on_progress: Report, stop: Stop) -> int:
    """The result of a function that is compiled first."""
    import numba

    import planner.compiling.compiled  # noqa: F401 - has numba tell

    return int(numba.njit(lambda x: x + 1)(1))
