"""A live snapshot by http: whole, in time, from where it was said."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException

import pytest

from planner.app.editing.live.download import download, is_address

CONTENT = b"campaign_id,dialer_id\n"


@contextmanager
def serving(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """A server whose every answer is these pieces, with pauses between them."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                with line:
                    line.recv(10_000)
                    try:
                        for piece in pieces:
                            line.sendall(piece)
                            time.sleep(pause)
                    except OSError:
                        pass

        threading.Thread(target=answer, daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def ok(content: bytes, length: int | None = None) -> bytes:
    size = len(content) if length is None else length
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (size, content)


def redirect(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
def test_the_content_comes_as_it_is_whatever_the_case_of_the_scheme(scheme: str) -> None:
    with serving(ok(CONTENT)) as place:
        assert is_address(f"{scheme}://{place}/live.csv")
        assert download(f"{scheme}://{place}/live.csv", 1000).content == CONTENT
    assert not is_address("live.csv")
    assert not is_address("ftp://host/live.csv")


@pytest.mark.parametrize("slow", ["header", "body"])
def test_an_answer_that_trickles_ends_with_the_time_for_all_of_it(
    monkeypatch: pytest.MonkeyPatch, slow: str
) -> None:
    monkeypatch.setattr("planner.app.editing.live.download._ALL_SECONDS", 0.5)
    begin = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n" + (b"\r\n" if slow == "body" else b"")
    drops = [b"x"] * 100 if slow == "body" else [b"a: b\r\n"] * 50
    start = time.monotonic()
    with serving(begin, *drops, pause=0.1) as place:
        with pytest.raises(OSError, match="did not come within"):
            download(f"http://{place}/", 1000)
        assert time.monotonic() - start < 2


def test_redirects_are_few_and_to_http_alone() -> None:
    with serving(ok(CONTENT)) as last, serving(redirect(f"http://{last}/x")) as first:
        assert download(f"http://{first}/", 1000).content == CONTENT
    with serving(redirect("/again")) as place, pytest.raises(ValueError, match="more than 3 times"):
        download(f"http://{place}/", 1000)
    for to in ("file:///etc/passwd", "ftp://127.0.0.1/x"):
        with serving(redirect(to)) as place, pytest.raises(ValueError, match="other than http"):
            download(f"http://{place}/", 1000)


def test_what_is_too_large_or_not_whole_is_told() -> None:
    with serving(ok(b"x" * 5000)) as place:
        assert len(download(f"http://{place}/", 1000).content) == 1001, (
            "one more, which tells the caller"
        )
    with (
        serving(ok(CONTENT, length=100)) as place,
        pytest.raises((OSError, HTTPException)),
    ):
        download(f"http://{place}/", 1000)
    with serving(b"HTTP/1.1 404 Not Found\r\n\r\n") as place, pytest.raises(OSError, match="404"):
        download(f"http://{place}/", 1000)
