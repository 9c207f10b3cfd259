"""`planner app`: what it opens, where it answers, how it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from planner.cli.main import main
from tests.support.program import PLANNER, QUICKSTART, free_port


@pytest.mark.parametrize(
    ("given", "followed"),
    [
        ("live.csv", str(Path.cwd() / "live.csv")),
        ("/srv/live.csv", "/srv/live.csv"),
        ("https://example.org/live.csv", "https://example.org/live.csv"),
    ],
)
def test_the_app_follows_the_file_that_was_meant(
    given: str, followed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It becomes a server that works in another folder."""
    seen: dict[str, str] = {}
    monkeypatch.setattr("planner.cli.commands.os.execve", lambda *given: seen.update(given[2]))
    monkeypatch.setattr("planner.cli.commands.os.chdir", lambda _: None)
    monkeypatch.setattr("planner.cli.commands._require_free", lambda *_: None)
    main(["app", "--live", given])
    assert seen["PLANNER_LIVE"] == followed


def test_the_app_answers_on_its_port_and_ends_on_ctrl_c() -> None:
    port = free_port()
    with subprocess.Popen(
        [*PLANNER, "app", QUICKSTART, "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    ) as server:
        try:
            assert answer(f"http://127.0.0.1:{port}/_stcore/health", server) == b"ok"
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 0


def answer(address: str, server: subprocess.Popen[bytes]) -> bytes:
    """What the server says, once it listens."""
    for _ in range(300):
        assert server.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(address, timeout=10) as response:
                content: bytes = response.read()
                return content
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server does not answer")


def test_the_app_opens_the_folder_it_is_given_and_only_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from planner.app.session.sources import FOLDER_VARIABLE

    started = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "execve", lambda *how: started.append(how) or sys.exit(0))
    port = free_port()
    with pytest.raises(SystemExit):
        main(["app", QUICKSTART, "--port", str(port)])
    ((_, command, environment),) = started
    assert environment[FOLDER_VARIABLE] == QUICKSTART
    assert {"--address=127.0.0.1", f"--port={port}"} <= set(command)


def test_a_port_in_use_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["app", "--port", str(port)]) == 2
    assert f"127.0.0.1:{port}" in capsys.readouterr().err
