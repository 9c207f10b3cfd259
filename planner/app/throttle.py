"""Keeps the server answering while many pages are drawn."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

#: Python lets one thread work at a time: more pages at once would each take longer, and the
#: server's own thread would stand in line behind all of them.
_AT_ONCE = 3
#: How long a thread may work while others wait; the default of 5 ms adds up [s].
_SWITCH_SECONDS = 0.001
#: Whoever waits for longer lets another page have the place: most answers come sooner [s].
_PATIENCE_SECONDS = 0.05
_places = threading.BoundedSemaphore(_AT_ONCE)
_mine = threading.local()


@contextmanager
def drawing() -> Iterator[None]:
    """Hold a place among the few pages that are drawn at once; whoever has one keeps it."""
    if getattr(_mine, "place", False):
        yield
        return
    with _places:
        _mine.place = True
        try:
            yield
        finally:
            _mine.place = False
    settle()


@contextmanager
def waiting() -> Iterator[None]:
    """Wait for something else than the processor, without keeping the place for long."""
    if not getattr(_mine, "place", False):
        yield
        return
    lock, over, given = threading.Lock(), False, False

    def give() -> None:
        nonlocal given
        with lock:
            if not over:
                given = True
                _places.release()

    timer = threading.Timer(_PATIENCE_SECONDS, give)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            over = True
        if given:
            _places.acquire()


@cache
def settle() -> None:
    """Once, when all modules are there: look no more for garbage in what stays for good."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
