"""The real page in a real browser: a server on a free loopback port, and Debian's Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
_CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
_SIZE: ViewportSize = {"width": 1280, "height": 1000}
_START_SECONDS = 120
#: Patience with a busy machine; nothing waits this long when all is well.
_PATIENCE_MS = 60_000
expect.set_options(timeout=_PATIENCE_MS)


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running page with nothing open."""
    with serving(tmp_path_factory.mktemp("store"), free_port()) as (url, _):
        yield url


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def serving(
    folder: Path, port: int, address: str = "127.0.0.1", **more: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server that keeps its plans in a folder; ``more`` goes into its environment."""
    command = [sys.executable, "-m", "planner.app.server", "--port", str(port)]
    command += ["--address", address]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PLANNER_")}
    environment |= {"PLANNER_DB": f"sqlite:///{folder}/plans.db", **more}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(f"{url}/_stcore/health", server)
            yield url, server
        finally:
            server.terminate()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            assert server.poll() is None, "the page's server ended at its start"
            assert time.monotonic() < deadline, "the page's server does not answer"
            time.sleep(0.1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "the browser tests need chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=_CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile for all tests, so that the page's scripts are fetched once."""
    context = browser.new_context(viewport=_SIZE, timezone_id="UTC")
    context.set_default_timeout(_PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture(scope="session")
def window(context: BrowserContext) -> Iterator[Page]:
    """One window for all tests: a new one is a process that reads the page's scripts anew."""
    page = context.new_page()
    yield page
    page.close()


@pytest.fixture
def page(window: Page, app_url: str) -> Page:
    """The start page, loaded anew and thus in a session of its own."""
    window.set_viewport_size(_SIZE)
    window.emulate_media(color_scheme="light")
    window.goto(app_url)
    return window
