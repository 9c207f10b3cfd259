"""Fetches a small file by http or https: so many bytes, so long, so many redirects."""

from __future__ import annotations

import contextlib
import socket
import threading
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

#: For connecting and for each answer of the server; and for everything together [s].
_TIMEOUT, _ALL_SECONDS = 5.0, 15.0
_MOST_REDIRECTS = 3
_OK, _REDIRECTS = 200, (301, 302, 303, 307, 308)
_SCHEMES = ("http", "https")


class Downloaded(NamedTuple):
    """What came, and when the server says that it was written (``Last-Modified``)."""

    content: bytes
    written: str | None


def is_address(source: str) -> bool:
    """Whether a source is an address, and not the path of a file; in capitals or not."""
    return source.partition("://")[0].lower() in _SCHEMES and "://" in source


def download(address: str, most: int) -> Downloaded:
    """What lies at an address, at most one byte more than ``most``.

    Raises
    ------
    OSError, http.client.HTTPException, ValueError
        If it does not come whole in time, or leads elsewhere than to http or https.
    """
    late = threading.Event()
    try:
        for _ in range(_MOST_REDIRECTS + 1):
            found = _fetch(urlsplit(address), most, late)
            if isinstance(found, Downloaded):
                return found
            address = urljoin(address, found)
            if not is_address(address):
                raise ValueError("it leads to something other than http or https")
    except (OSError, HTTPException) as error:
        if late.is_set():
            raise OSError(f"it did not come within {_ALL_SECONDS:g} seconds") from error
        raise
    raise ValueError(f"it leads on more than {_MOST_REDIRECTS} times")


def _fetch(place: SplitResult, most: int, late: threading.Event) -> Downloaded | str:
    """The content, or where it leads."""
    if not place.hostname:
        raise ValueError("an address without a host")
    kind = HTTPSConnection if place.scheme.lower() == "https" else HTTPConnection
    connection = kind(place.hostname, place.port, timeout=_TIMEOUT)
    connection.connect()
    line = connection.sock

    def cut() -> None:
        # Each answer may be in time while all together never end.
        late.set()
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(_ALL_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        path = place.path or "/"
        connection.request("GET", f"{path}?{place.query}" if place.query else path)
        return _content(connection.getresponse(), most)
    finally:
        timer.cancel()
        connection.close()


def _content(answer: HTTPResponse, most: int) -> Downloaded | str:
    leads_to = answer.headers.get("Location")
    if answer.status in _REDIRECTS and leads_to:
        return leads_to
    if answer.status != _OK:
        raise OSError(f"the server answers {answer.status} {answer.reason}")
    content = answer.read(most + 1)
    promised = answer.headers.get("Content-Length", "")
    if promised.isdigit() and len(content) < min(int(promised), most):
        raise OSError(f"only {len(content):,} of {int(promised):,} bytes came")
    return Downloaded(content, answer.headers.get("Last-Modified"))
