"""Attacks on the app while people work: ``python -m tests.benchmarks.soak [PART ...]``.

``killed``: 16 processes save on one plan, half of them are killed (-9) in the middle. ``two``: two
servers on one file of plans, five visitors of each save at once. ``live``: the live file is
replaced twice a second, at each look all badges must be those of one of its states. ``status``: 18
visitors look at the Status page of ``data/regional`` at once, again and again. Nothing may be lost,
no page may fail. Takes two minutes; ``--looks`` and ``--saves`` make it longer.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from planner.app.store import Store
from tests.benchmarks.app import percentile, row, store_rows
from tests.benchmarks.reporting import Row, table
from tests.benchmarks.visitors import PATIENCE, Visitor
from tests.browser.conftest import free_port, serving

ROOT = Path(__file__).resolve().parents[2]
REGIONAL = ROOT / "data" / "regional"
#: The file is replaced out of step with the second at which the app reads it: in step, every
#: reading would be of the same state.
EACH, STATUS_VISITORS, REPLACED_SECONDS = 5, 18, 0.43
_HEADER = "campaign_id,dialer_id,dial_lines,agent_lines,busy_agent_lines,status\n"
#: Badges of a quickstart whose dialers both run, and of one whose dialers were both stopped.
_STATES = {"": "Running and Dialing", "stopped_by_dialer": "Stopped By Dialer"}


@dataclass
class Guest(Visitor):
    """A visitor who goes to a page, and sees the HTML of its board and the fields of texts."""

    html: str = ""
    fields: dict[str, WidgetState] = field(default_factory=dict)

    async def go(self, page: str) -> float:
        """Have the server draw another page; seconds until it is there."""
        self.html = ""
        self.states = {}
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.context_info.timezone = "UTC"
        start = time.perf_counter()
        await self.connection.send(message.SerializeToString())
        await asyncio.wait_for(self._take_in(), PATIENCE)
        return time.perf_counter() - start

    def _see(self, message: ForwardMsg) -> None:
        super()._see(message)
        element = message.delta.new_element
        match element.WhichOneof("type"):
            case "html":
                self.html += element.html.body
            case "text_input":  # a browser sends what stands in it
                state = WidgetState(id=element.text_input.id)
                state.string_value = element.text_input.default
                self.fields[state.id] = state

    async def save(self) -> None:
        """Press *Save as a new plan*, with the name that stands there."""
        self.states = dict(self.fields)
        await self.rerun(pressed=self.buttons["Save as a new plan"])

    def badges(self) -> Counter[str]:
        """How often each status is on the board."""
        return Counter(re.findall(r'class="badge"[^>]*>([^<]+)<', self.html))


def killed(_: argparse.Namespace) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        yield from store_rows(f"sqlite:///{folder}/plans.db")


def two(arguments: argparse.Namespace) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        urls = [
            stack.enter_context(serving(folder, free_port(), PLANNER_FOLDER=str(REGIONAL)))[0]
            for _ in range(2)
        ]
        start = time.perf_counter()
        asyncio.run(_save_all(urls, arguments.saves))
        seconds = time.perf_counter() - start
        store = Store(f"sqlite:///{folder}/plans.db")
        kept = store.plans()
        whole = sum(store.read(plan.plan_id, 1) is not None for plan in kept)
        store.close()
    asked = 2 * EACH * arguments.saves
    yield row(f"two servers: lost of {asked} plans saved", asked - whole, 0, "")
    yield row("two servers: seconds a save, in turn", seconds / arguments.saves, 5.0, "s")


async def _save_all(urls: Sequence[str], saves: int) -> None:
    async def work(url: str) -> None:
        visitor = await Guest.come(url)
        assert isinstance(visitor, Guest)
        for _ in range(saves):
            await visitor.save()
        await visitor.connection.close()

    await asyncio.gather(*(work(url) for url in urls for _ in range(EACH)))


def live(arguments: argparse.Namespace) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder, ended = Path(name), threading.Event()
        file = folder / "live.csv"
        _replace(file, "")
        replaced = Counter[str]()

        def keep_replacing() -> None:
            while not ended.wait(REPLACED_SECONDS):
                state = list(_STATES)[replaced.total() % 2]
                _replace(file, state)
                replaced[state] += 1

        thread = threading.Thread(target=keep_replacing)
        example = str(ROOT / "data" / "quickstart")
        more = {"PLANNER_FOLDER": example, "PLANNER_LIVE": str(file), "PLANNER_LIVE_SECONDS": "1"}
        with serving(folder, free_port(), **more) as (url, _):
            thread.start()
            try:
                seen = asyncio.run(_look(url, arguments.looks))
            finally:
                ended.set()
                thread.join()
    # Both rows of a file say the same: a board with one of each is one of a half-read file.
    right = [Counter({words: 2}) for words in _STATES.values()]
    yield row(f"live: wrong of {len(seen)} looks", sum(s not in right for s in seen), 0, "")
    both = min(sum(s == state for s in seen) for state in right)
    yield row("live: looks that saw the rarer state, none seen", float(both == 0), 0, "")


def _replace(file: Path, state: str) -> None:
    """As a program does that knows how: written beside, then renamed."""
    lines = "".join(f"Solar,{dialer},95,5,1,{state}\n" for dialer in ("D1", "D2"))
    beside = file.with_suffix(".new")
    beside.write_text(_HEADER + lines, encoding="utf-8")
    os.replace(beside, file)


async def _look(url: str, looks: int) -> list[Counter[str]]:
    guest = await Guest.come(url)
    assert isinstance(guest, Guest)
    await guest.go("status")
    seen = []
    for _ in range(looks):
        await asyncio.sleep(0.2)
        await guest.go("status")
        seen.append(guest.badges())
    await guest.connection.close()
    return seen


def status(arguments: argparse.Namespace) -> Iterator[Row]:
    with (
        tempfile.TemporaryDirectory() as name,
        serving(Path(name), free_port(), PLANNER_FOLDER=str(REGIONAL)) as (url, server),
    ):
        from tests.benchmarks.page_speed import processor_seconds

        times, computed = asyncio.run(
            _all_look(url, arguments.looks // 4, lambda: processor_seconds(server.pid))
        )
    words = f"status: {STATUS_VISITORS} visitors, {len(times)} looks"
    yield row(f"{words}, 95 %", percentile(times, 0.95), 1.0, "s")
    yield row("status: processor time of the server, a look", computed, 0.2, "s")


async def _all_look(url: str, looks: int, clock: object) -> tuple[list[float], float]:
    guests = [await Guest.come(url) for _ in range(STATUS_VISITORS)]
    times: list[float] = []

    async def work(guest: Visitor, number: int) -> None:
        assert isinstance(guest, Guest)
        await asyncio.sleep(number / STATUS_VISITORS * 2)
        for _ in range(looks):
            times.append(await guest.go("status"))
            assert guest.badges().total() == 23  # as many as there are rows
            await asyncio.sleep(2)

    await asyncio.gather(*(guest.go("status") for guest in guests if isinstance(guest, Guest)))
    assert callable(clock)
    before = clock()
    await asyncio.gather(*(work(guest, n) for n, guest in enumerate(guests)))
    return times, (clock() - before) / len(times)


PARTS = {"killed": killed, "two": two, "live": live, "status": status}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    parser.add_argument("--saves", type=int, default=4, help="of each of ten visitors")
    parser.add_argument("--looks", type=int, default=60)
    arguments = parser.parse_args()
    rows = [made for part in arguments.parts for made in PARTS[part](arguments)]
    print(table(rows))
    sys.exit(not all(made["ok"] for made in rows))


if __name__ == "__main__":
    main()
