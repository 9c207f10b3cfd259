"""How fast pages answer in a browser: ``python -m tests.benchmarks.page_speed [FOLDER]``.

Of ``data/regional`` unless told otherwise: 80 edits typed into the board, from Enter until its foot
shows other ports; changes between pages, until what a page is about is drawn; and first pages of
visitors with an empty cache. Beside the clock stands the processor time of the server, which other
work on the machine hardly changes. Takes three minutes.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.app import ROOT, browser_edits, percentile, row
from tests.benchmarks.reporting import Row, main
from tests.browser.conftest import free_port, serving

EDITS, ROUNDS, VISITORS = 80, 8, 8
_CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_BOARD = ".lp-board td[data-campaign]"
#: What a page is about, once it is there.
PAGES = {
    "Status": ".board section",
    "What if": "[data-testid=stDataFrame], .stDataFrame",
    "Week": "[data-testid=stVegaLiteChart]",
    "Hand-out": ".handout table",
    "Data": "[data-testid=stDataFrame], .stDataFrame",
    "Plan": _BOARD,
}
#: Clicks a link, and notes when what the page is about is in the document [ms].
GO = """([name, wanted]) => {
    window.took = null;
    const links = [...document.querySelectorAll('a')];
    const link = links.find(item => item.textContent.trim().endsWith(name));
    for (const old of document.querySelectorAll(wanted)) old.setAttribute('data-old', '');
    const start = performance.now();
    const look = () => {
        const fresh = [...document.querySelectorAll(wanted)].find(item =>
            !item.hasAttribute('data-old') && !item.closest('[data-stale=true]'));
        if (fresh) window.took = performance.now() - start; else requestAnimationFrame(look);
    };
    link.click();
    look();
}"""


def processor_seconds(process_id: int) -> float:
    """Time that a process has computed so far."""
    fields = Path(f"/proc/{process_id}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def changes(page: Page) -> Iterator[tuple[str, float]]:
    """Each page again and again: its name, and seconds until what it is about is drawn."""
    for _ in range(ROUNDS):
        for name, wanted in PAGES.items():
            page.evaluate(GO, [name, wanted])
            page.wait_for_function("window.took !== null")
            yield name, page.evaluate("window.took") / 1000
            page.wait_for_timeout(700)


def first_pages(chromium: Browser, url: str) -> Iterator[float]:
    """Seconds from an address to a board that can be read; each visitor has an empty cache."""
    for _ in range(VISITORS):
        page = chromium.new_page()
        start = time.perf_counter()
        page.goto(url)
        page.wait_for_selector(_BOARD, state="attached")
        yield time.perf_counter() - start
        page.wait_for_timeout(1500)
        page.close()


def both(what: str, times: list[float], limit: float) -> Iterator[Row]:
    """Median and 95 %."""
    yield row(f"{what}, median of {len(times)}", statistics.median(times), limit, "s")
    yield row(f"{what}, 95 %", percentile(times, 0.95), limit, "s")


def rows(folder: Path) -> Iterator[Row]:
    import tempfile

    with (
        tempfile.TemporaryDirectory() as store,
        serving(Path(store), free_port(), PLANNER_FOLDER=str(folder)) as (url, server),
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=_CHROMIUM
        )
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        page.goto(url)
        page.wait_for_selector(_BOARD, state="attached")
        first = page.locator(_BOARD).first
        cell = first.get_attribute("data-campaign"), first.get_attribute("data-dialer")
        for _ in changes(page):  # each page is drawn once before it counts
            pass
        before = processor_seconds(server.pid)
        waits = list(browser_edits(page, (str(cell[0]), str(cell[1])), EDITS))
        worked = (processor_seconds(server.pid) - before) / EDITS
        yield from both("edit to figures", waits, 0.3)
        yield row("processor time of the server, an edit", worked, 0.15, "s")
        before = processor_seconds(server.pid)
        seen = list(changes(page))
        worked = (processor_seconds(server.pid) - before) / len(seen)
        for name in PAGES:
            yield from both(f"to {name}", [took for to, took in seen if to == name], 0.5)
        yield row("processor time of the server, a page", worked, 0.3, "s")
        page.close()
        yield from both("first page", list(first_pages(chromium, url)), 1.5)
        chromium.close()


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "regional"
    main("page speed", __doc__ or "", lambda: list(rows(given.resolve())))
