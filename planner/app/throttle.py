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
_places = threading.BoundedSemaphore(_AT_ONCE)


@contextmanager
def drawing() -> Iterator[None]:
    """Hold a place among the few pages that are drawn at once."""
    with _places:
        yield
    _settle()


@cache
def _settle() -> None:
    """Once, when all modules are there: look no more for garbage in what stays for good."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
