"""Processes that Ctrl-C does not reach: it is for the one that started them, which ends them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Processes and threads started meanwhile do not hear Ctrl-C; this thread hears it late.

    They take over which signals are blocked, as do all that they start themselves.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
