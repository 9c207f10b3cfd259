"""The server of the pages: how it ends, and how soon it answers."""

from __future__ import annotations

import http.client
import os
import signal
import statistics
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import free_port, serving
from tests.browser.driving import press, rows

#: The kernel keeps an acknowledgement back so long if nothing else is to be sent [s].
DELAYED_ACKNOWLEDGEMENT = 0.04


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_and_its_runs_while_a_page_is_open(
    browser: Browser, tmp_path: Path, ending: signal.Signals
) -> None:
    with serving(tmp_path, free_port()) as (url, server):
        page = browser.new_page()
        page.goto(url)
        press(page, "Open regional")
        rows(page)
        press(page, "Optimise")
        until(lambda: bool(children(server.pid)), "no run was started")
        runs = children(server.pid)
        server.send_signal(ending)
        assert server.wait(20) == 0
        page.close()
    until(lambda: not any(is_running(run) for run in runs), "a run goes on without its server")


def until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)


def children(process: int) -> list[int]:
    threads = Path(f"/proc/{process}/task").glob("*/children")
    return [int(number) for thread in threads for number in thread.read_text().split()]


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()


def test_small_answers_do_not_wait_for_acknowledgements(app_url: str) -> None:
    place = urlsplit(app_url)
    assert place.hostname
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
    seconds = []
    for _ in range(21):
        start = time.perf_counter()
        connection.request("GET", "/_stcore/host-config")
        assert connection.getresponse().read()
        seconds.append(time.perf_counter() - start)
    connection.close()
    assert statistics.median(seconds) < DELAYED_ACKNOWLEDGEMENT


def test_only_this_machine_reaches_the_server(app_url: str) -> None:
    # 127.0.0.2 is this machine by another address: a server on every address answers there too.
    port = urlsplit(app_url).port
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.2:{port}/_stcore/health", timeout=5)
