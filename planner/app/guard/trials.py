"""Limits wrong passwords without keeping anybody else out, and works out hashes elsewhere.

Waits grow for one account from one address. An account alone is never locked: whoever knows its
name could then lock out whoever owns it. A browser from which somebody signed in before counts
apart from its address, so that a guesser next door does not keep that person waiting.
"""

from __future__ import annotations

import ipaddress
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from planner.app.signin import is_right

#: So many wrong passwords may be mistakes; each further one doubles the wait, up to an hour [s].
_FREE, _FIRST_WAIT, _LONGEST_WAIT = 3, 2.0, 3600.0
#: Counts are forgotten after so long without a wrong password [s], and where there are too many.
_FORGOTTEN, _MOST = 24 * 3600.0, 10_000
#: Hashes worked out at once: each takes 32 MB and a tenth of a second of a core.
_AT_ONCE = 2
_HASH_SECONDS = 30.0
_NOBODY = "an unknown name"
_log = logging.getLogger(__name__)


@dataclass
class _Count:
    wrong: int = 0
    until: float = 0.0
    last: float = 0.0


class Trials:
    """Who tried to sign in how often; safe to share between threads."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        check: Callable[[Mapping[str, str], str, str], bool] = is_right,
    ) -> None:
        self._clock, self._check, self._lock = clock, check, threading.Lock()
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="password")

    def tried(
        self, accounts: Mapping[str, str], name: str, password: str, place: str
    ) -> tuple[bool, float]:
        """Try a password.

        Parameters
        ----------
        accounts : hashes by name
        name, password : as typed
        place : where it comes from, see :func:`place_of`

        Returns
        -------
        Whether it is right, and else how long to wait before it may be tried again [s]; during a
        wait nothing is tried, and nothing counted.
        """
        known = name if name in accounts else _NOBODY
        key = known, place
        wait = self._begin(key)
        if wait > 0:
            return False, wait
        right = self._pool.submit(self._check, accounts, name, password).result(_HASH_SECONDS)
        if right:
            with self._lock:
                self._counts.pop(key, None)
            return True, 0.0
        _log.warning("a wrong password for %s from %s", known, place)
        return False, max(
            self._counts[key].until - self._clock(), 0.0
        ) if key in self._counts else 0

    def _begin(self, key: tuple[str, str]) -> float:
        """Count the trial as wrong until it is right, so that many at once gain nothing."""
        with self._lock:
            now = self._clock()
            count = self._counts.setdefault(key, _Count())
            if now - count.last > _FORGOTTEN:
                count.wrong, count.until = 0, 0.0
            if now < count.until:
                return count.until - now
            count.wrong, count.last = count.wrong + 1, now
            count.until = now + _wait(count.wrong)
            self._counts.move_to_end(key)
            while len(self._counts) > _MOST:
                self._counts.popitem(last=False)
            return 0.0

    def _end(self, key: tuple[str, str]) -> float:
        """The wait begins when the answer is given; how long it is."""
        with self._lock:
            count = self._counts.get(key)
            if count is None:
                return 0.0
            count.until = self._clock() + _wait(count.wrong)
            return _wait(count.wrong)


def _wait(wrong: int) -> float:
    if wrong < _FREE:
        return 0.0
    return min(_FIRST_WAIT * 2.0 ** min(wrong - _FREE, 30), _LONGEST_WAIT)


def place_of(address: str | None, browser: str | None) -> str:
    """Where a trial comes from: a browser that is known, else its address or network.

    Parameters
    ----------
    address : of the client; None is this machine
    browser : secret of a browser from which that person signed in before
    """
    if browser is not None:
        return f"browser {hash(browser):x}"
    try:
        found = ipaddress.ip_address(address or "127.0.0.1")
    except ValueError:
        return str(address)
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        # Whoever has one address of a network this small has all of them.
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


#: Those of this server.
TRIALS = Trials()
