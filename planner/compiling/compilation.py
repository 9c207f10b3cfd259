"""Tells while machine code is made, which the first runs after an installation wait for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: What people are told meanwhile.
WORDS = (
    "Preparing the planner: once after an installation its inner loops are compiled, which can "
    "take a minute or so."
)


class Stopwatch:
    """Adds up the time in which something goes on.

    Attributes
    ----------
    is_on : whether it goes on right now.
    """

    def __init__(self) -> None:
        self.is_on = False
        self._since = self._before = 0.0

    def switch(self, on: bool) -> None:
        """Note that it begins or ends."""
        now = time.monotonic()
        if self.is_on:
            self._before += now - self._since
        self.is_on, self._since = on, now

    @property
    def seconds(self) -> float:
        """All the time in which it went on so far [s]."""
        return self._before + (time.monotonic() - self._since if self.is_on else 0.0)


class Compilation:
    """The making of machine code in this process, in whichever thread."""

    def __init__(self) -> None:
        self._tellers: list[Callable[[bool], None]] = []
        self._depth = 0
        self._watch = Stopwatch()

    @contextmanager
    def told(self, tell: Callable[[bool], None]) -> Iterator[None]:
        """Have a function told True when compiling begins and False when it ends.

        What was compiled earlier, by whichever process, is only loaded: nothing is told then. Many
        functions are compiled one after the other, so that both are told many times.
        """
        self._tellers.append(tell)
        try:
            yield
        finally:
            self._tellers.remove(tell)

    @property
    def seconds(self) -> float:
        """Time spent on it so far [s]."""
        return self._watch.seconds

    def note(self, begins: bool) -> None:
        """Take in that the compilation of a function begins or ends; one may lie within another.

        Numba compiles in one thread at a time, and tells this from there.
        """
        self._depth += 1 if begins else -1
        if self._depth == int(begins):
            self._watch.switch(begins)
            for tell in tuple(self._tellers):
                tell(begins)


#: That of this process; :mod:`planner.compiling.compiled` tells it.
COMPILATION = Compilation()
