"""Browsers by their secret cookie: whose sessions are whose, and who is signed in where.

A session's id is no secret (it stands in addresses): it is worth nothing without the cookie of
the browser that began the session.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

#: One is asked again after so long [s].
SIGN_IN_SECONDS = 12 * 3600
#: As many browsers and sessions are remembered; those seen longest ago are forgotten.
_MOST = 10_000
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass
class _Browser:
    name: str = ""
    since: float = 0.0
    was: set[str] = field(default_factory=set)  # signed in here before, by that name


@dataclass(frozen=True)
class _Session:
    browser: str
    is_admitted: bool


class Browsers:
    """What is known of browsers and sessions; safe to share between threads.

    Attributes
    ----------
    cookie : name of the cookie; other servers of the machine have other ones
    is_guarding : whether every browser is given one; else sessions stand for themselves
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.cookie, self.is_guarding = "planner", False
        self._clock, self._lock = clock, threading.Lock()
        self._browsers: OrderedDict[str, _Browser] = OrderedDict()
        self._sessions: OrderedDict[str, _Session] = OrderedDict()

    def guard(self, port: int) -> None:
        """From now on every browser is given a cookie."""
        self.cookie, self.is_guarding = f"planner_{port}", True

    def bind(self, session_id: str, token: str, *, is_admitted: bool) -> None:
        """Note which browser a session belongs to, and whether it may go on."""
        with self._lock:
            self._sessions[session_id] = _Session(_digest(token), is_admitted)
            self._sessions.move_to_end(session_id)
            _trim(self._sessions)

    def owns(self, token: str | None, session_id: str) -> bool:
        """Whether a session is of this browser."""
        found = self._sessions.get(session_id)
        return found is not None and token is not None and found.browser == _digest(token)

    def is_admitted(self, session_id: str) -> bool:
        """Whether whoever works in a session may use the app."""
        found = self._sessions.get(session_id)
        return found is not None and found.is_admitted

    def sign_in(self, token: str, name: str) -> None:
        """Note that somebody signed in."""
        with self._lock:
            browser = self._browsers.setdefault(_digest(token), _Browser())
            browser.name, browser.since = name, self._clock()
            browser.was.add(name)
            self._browsers.move_to_end(_digest(token))
            _trim(self._browsers)

    def signed_in(self, token: str | None) -> str | None:
        """Who is signed in, None: nobody, or too long ago."""
        found = self._browsers.get(_digest(token)) if token else None
        if found is None or not found.name or self._clock() - found.since > SIGN_IN_SECONDS:
            return None
        return found.name

    def sign_out(self, token: str) -> None:
        """Forget who is signed in, in every window of the browser."""
        with self._lock:
            if _digest(token) in self._browsers:
                self._browsers[_digest(token)].name = ""

    def knows(self, token: str | None, name: str) -> bool:
        """Whether somebody signed in from this browser by that name before."""
        found = self._browsers.get(_digest(token)) if token else None
        return found is not None and name in found.was


def new_token() -> str:
    """The secret of a browser that has none."""
    return secrets.token_urlsafe(32)


def is_token(text: str | None) -> bool:
    """Whether a cookie's text can be such a secret."""
    return text is not None and _TOKEN.fullmatch(text) is not None


def _digest(token: str) -> str:
    # What is kept, and may be printed by mistake, is not what a browser shows.
    return hashlib.sha256(token.encode()).hexdigest()


def _trim(known: OrderedDict[str, Any]) -> None:
    while len(known) > _MOST:
        known.popitem(last=False)


#: Those of this server.
BROWSERS = Browsers()
