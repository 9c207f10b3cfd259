"""Who may use the cores: so many runs at a time, and everybody gets their turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

_LOOK_SECONDS = 0.1


@dataclass(eq=False)
class _Waiting:
    owner: str
    number: int


class Turns:
    """Places for runs of several owners.

    An owner has at most one place at a time. Whoever had a turn longest ago goes first, those
    without one before all others; then who asked first.

    Parameters
    ----------
    places : runs at the same time, at least 1
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._changed = threading.Condition()
        self._running: set[str] = set()
        self._waiting: list[_Waiting] = []
        self._latest: dict[str, int] = {}
        self._count = 0

    def take(self, owner: str, stop: Callable[[], bool]) -> bool:
        """Wait for a place; False if ``stop`` said True before there was one."""
        with self._changed:
            me = _Waiting(owner, self._next_number())
            self._waiting.append(me)
            try:
                while self._first() is not me:
                    if stop():
                        return False
                    self._changed.wait(_LOOK_SECONDS)
                self._running.add(owner)
                self._latest[owner] = self._next_number()
                return True
            finally:
                self._waiting.remove(me)
                self._changed.notify_all()

    def give_back(self, owner: str) -> None:
        """Leave the place to others."""
        with self._changed:
            self._running.discard(owner)
            self._changed.notify_all()

    def is_wanted(self) -> bool:
        """Whether somebody waits who has no place, and there is none left."""
        with self._changed:
            waits = any(w.owner not in self._running for w in self._waiting)
            return waits and len(self._running) >= self._places

    def _next_number(self) -> int:
        self._count += 1
        return self._count

    def _first(self) -> _Waiting | None:
        """Whose turn it is; None while all places are taken."""
        able = [w for w in self._waiting if w.owner not in self._running]
        if not able or len(self._running) >= self._places:
            return None
        return min(able, key=lambda w: (self._latest.get(w.owner, 0), w.number))
