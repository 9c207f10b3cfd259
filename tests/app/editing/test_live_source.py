"""A live snapshot read again and again: whole or not at all, and nobody waits for it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from planner.app.editing.live.live_rows import Snapshot
from planner.app.editing.live.live_source import MOST_BYTES, LiveSource, fetch
from planner.contracts.faults import InputError

PARTS = [b"campaign_id,dialer_id\n", b"Solar,", b"D1\n", b"Solar,D2\n"]


class Server(ThreadingHTTPServer):
    """Answers when it is let, with as many bytes more promised than come as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked, self.missing = 0, 0
        self.written = ""
        self.may_answer = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/live.csv"


class Answer(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked += 1
        self.server.may_answer.wait(30)
        self.send_response(200)
        if self.server.written:
            self.send_header("Last-Modified", self.server.written)
        self.send_header("Content-Length", str(5 + self.server.missing))
        self.end_headers()
        self.wfile.write(b"whole")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.may_answer.set()
        running.shutdown()


def as_name(content: bytes, written: datetime) -> Snapshot:
    """A reader of rows that hands on the bytes themselves."""
    return Snapshot((), (), written, name=content.decode())


def content(source: LiveSource) -> bytes:
    reading = source.latest()
    assert reading is not None
    assert reading.snapshot is not None
    return reading.snapshot.name.encode()


def test_a_file_that_somebody_writes_is_read_once_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "live.csv"
    half = threading.Event()

    def write() -> None:
        with file.open("wb", buffering=0) as stream:
            for part in PARTS:
                stream.write(part)
                half.set()
                time.sleep(0.1)

    writer = threading.Thread(target=write)
    writer.start()
    assert half.wait(10)
    assert fetch(str(file)).content == b"".join(PARTS)
    writer.join()


def test_a_file_that_is_never_left_alone_is_told(tmp_path: Path) -> None:
    file, enough = tmp_path / "live.csv", threading.Event()

    def write() -> None:
        while not enough.is_set():
            with file.open("ab") as stream:
                stream.write(b"x")

    file.write_bytes(b"")
    writer = threading.Thread(target=write)
    writer.start()
    with pytest.raises(InputError, match="written all the time"):
        fetch(str(file))
    enough.set()
    writer.join()


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for source in (
        str(tmp_path / "nothing.csv"),
        str(tmp_path),
        str(tmp_path / "pipe"),  # whoever opened it would wait for ever
        "http://127.0.0.1:1/live.csv",
        "http://not an address/",
    ):
        with pytest.raises(InputError):
            fetch(source)


def test_a_download_that_breaks_off_is_no_snapshot(server: Server) -> None:
    server.may_answer.set()
    assert fetch(server.address).content == b"whole"
    server.missing = 7
    with pytest.raises(InputError, match="only 5 of 12 bytes came"):
        fetch(server.address)


def test_a_source_is_followed_as_it_is_replaced_vanishes_and_comes_back(tmp_path: Path) -> None:
    file, aside = tmp_path / "live.csv", tmp_path / "aside.csv"
    source = LiveSource(str(file), 0, as_name)
    for text in (b"one", b"two"):
        aside.write_bytes(text)
        aside.replace(file)
        assert content(source) == text
    file.unlink()
    gone = source.latest()
    assert gone is not None
    assert "No such file" in gone.faults[0].expected
    file.write_bytes(b"three")
    assert content(source) == b"three"


def test_a_slow_source_keeps_nobody_waiting_and_is_asked_once(server: Server) -> None:
    source = LiveSource(server.address, 3600, as_name)
    assert source.latest() is None, "looking did not wait for the answer"
    assert source.latest() is None
    server.may_answer.set()
    assert content(source) == b"whole"
    assert content(source) == b"whole"
    assert server.asked == 1, "many look, one asks"


def test_a_pause_of_the_writer_is_no_end(tmp_path: Path) -> None:
    file = tmp_path / "live.csv"
    begun = threading.Event()

    def write() -> None:
        with file.open("wb", buffering=0) as stream:
            stream.write(PARTS[0] + b"Solar,D1\n")
            begun.set()
            time.sleep(0.7)
            stream.write(PARTS[3])

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(10)
    assert fetch(str(file)).content == PARTS[0] + b"Solar,D1\n" + PARTS[3]
    writer.join()


def test_a_file_that_is_put_in_place_whole_counts_at_once(tmp_path: Path) -> None:
    file, aside = tmp_path / "live.csv", tmp_path / "aside.csv"
    aside.write_bytes(b"whole")
    time.sleep(0.05)  # a tick of the file system's clock, which tells the name from the content
    aside.replace(file)
    began = time.monotonic()
    assert fetch(str(file)).content == b"whole"
    assert time.monotonic() - began < 0.5


def test_data_is_as_old_as_its_file(tmp_path: Path, server: Server) -> None:
    hour_ago = datetime(2026, 11, 30, 11, tzinfo=UTC)
    file = tmp_path / "live.csv"
    file.write_bytes(b"old")
    os.utime(file, (hour_ago.timestamp(), hour_ago.timestamp()))
    assert fetch(str(file)).written == hour_ago
    server.may_answer.set()
    server.written = "Mon, 30 Nov 2026 11:00:00 GMT"
    assert fetch(server.address).written == hour_ago
    server.written = ""  # nothing is known of its age: it counts from the reading
    assert abs(fetch(server.address).written - datetime.now(UTC)) < timedelta(seconds=30)


def test_a_file_beyond_any_fleet_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "live.csv"
    file.write_bytes(b"x" * (MOST_BYTES + 1))
    os.utime(file, (0, 0))
    with pytest.raises(InputError, match="at most 5,000,000 bytes"):
        fetch(str(file))
