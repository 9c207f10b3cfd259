"""How many cores one solve may keep busy: all it can use, or one where others solve beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any

#: More threads than this do not pay.
MOST = 2
_most = MOST

Each = Callable[[Callable[[Any], object], Iterable[Any]], None]


@contextmanager
def one_core() -> Iterator[None]:
    """Have this process solve on one core for a while; what is found stays the same."""
    global _most  # noqa: PLW0603 (a setting of the process)
    before, _most = _most, 1
    try:
        yield
    finally:
        _most = before


@contextmanager
def side_by_side(count: int) -> Iterator[Each]:
    """Give what calls a function for each of ``count`` things, on several cores if it may."""
    if min(count, _most) < 2:
        yield _one_by_one
        return
    pool = _pool(os.getpid())

    def each(do: Callable[[Any], object], things: Iterable[Any]) -> None:
        for _ in pool.map(do, things):
            pass

    yield each


@cache
def _pool(process: int) -> ThreadPoolExecutor:  # noqa: ARG001 (a forked process has no threads)
    """Threads of this process, which wait for work from one solve to the next."""
    return ThreadPoolExecutor(MOST)


def _one_by_one(do: Callable[[Any], object], things: Iterable[Any]) -> None:
    for thing in things:
        do(thing)
