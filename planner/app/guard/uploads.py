"""How much may be uploaded: by one session, and by all together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

_MEGABYTE = 1_000_000
#: A session's files are read once and of no more use; a fleet's tables are a few megabytes.
MOST_OF_A_SESSION, MOST_IN_ALL = 60 * _MEGABYTE, 300 * _MEGABYTE


class UploadLimits:
    """What is held and on its way; safe to share between threads.

    Parameters
    ----------
    held : bytes that are kept by session
    largest : bytes of one file at most
    """

    def __init__(self, held: Callable[[], Mapping[str, int]], largest: int) -> None:
        self._held, self._largest = held, largest
        self._lock = threading.Lock()
        self._coming: dict[str, int] = {}

    @contextmanager
    def room(self, session_id: str, announced: int | None) -> Iterator[bool]:
        """Whether there is room for a file, which is then kept for it until it has come.

        Parameters
        ----------
        announced : its bytes; None: not told, so the most that one may have
        """
        size = self._largest if announced is None else announced
        with self._lock:
            held = self._held()
            mine = held.get(session_id, 0) + self._coming.get(session_id, 0)
            everybody = sum(held.values()) + sum(self._coming.values())
            fits = mine + size <= MOST_OF_A_SESSION and everybody + size <= MOST_IN_ALL
            if fits:
                self._coming[session_id] = self._coming.get(session_id, 0) + size
        try:
            yield fits
        finally:
            if fits:
                with self._lock:
                    self._coming[session_id] -= size
                    if not self._coming[session_id]:
                        del self._coming[session_id]
