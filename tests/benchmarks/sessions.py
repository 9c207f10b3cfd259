"""25 people edit at once while one has plans made: ``python -m tests.benchmarks.sessions``.

Each edits every 2 seconds for 3 minutes (``BENCHMARK_MINUTES`` changes that). Visitors speak the
page's protocol over websockets, from a process of their own; each checks after every edit that the
page shows its own number of ports. Memory is the server's, without the processes of runs; it is
measured once one visitor has worked for a while, and at the end.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.app.editing.edited_lines import open_lines
from planner.tables.folder import read_folder
from tests.benchmarks.reporting import Row, main
from tests.benchmarks.visitors import Editor, Visitor, optimise

ROOT = Path(__file__).resolve().parents[2]
SESSIONS, EVERY, WARM_EDITS = 25, 2.0, 40
MINUTES = float(os.environ.get("BENCHMARK_MINUTES", "3"))


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, int]]:
    """Address and process id of a server with the folder open."""
    with socket.socket() as free, tempfile.TemporaryDirectory() as home:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PLANNER_")}
        environment |= {"PLANNER_FOLDER": str(folder), "PLANNER_DB": f"sqlite:///{home}/plans.db"}
        process = subprocess.Popen(
            [sys.executable, "-m", "planner.app.server", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert process.poll() is None
                    time.sleep(0.05)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait()


def memory(process: int) -> float:
    """Resident memory of a process [MB]."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError(process)


def processor_seconds(process: int) -> float:
    """Processor time that a process has used, without its children's [s]."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def health(address: str, until: float) -> list[float]:
    """Seconds of each answer of the health check, asked twenty times a second."""
    host, port = address.removeprefix("http://").split(":")
    waits = []
    while time.monotonic() < until:
        start = time.perf_counter()
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET /_stcore/health HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        assert b" 200 " in answer.splitlines()[0]
        waits.append(time.perf_counter() - start)
        await asyncio.sleep(0.05)
    return waits


async def keep_editing(editor: Editor, start: float, until: float) -> list[float]:
    """Seconds of every edit, one every 2 s from ``start`` on."""
    times, due = [], start
    while due < until:
        await asyncio.sleep(max(due - time.monotonic(), 0.0))
        times.append(await editor.edit())
        due = max(due + EVERY, time.monotonic())
    return times


async def visit(folder: Path, address: str, process: int) -> list[Row]:
    problem = read_folder(folder)
    edited = open_lines(problem)
    loaded = {key: item.dial_lines for key, item in edited.by_pair().items() if item.dial_lines}

    async def come(number: int) -> Editor:
        visitor = await Visitor.come(address)
        ports = int(visitor.metrics["Ports used"].split(" of ")[0].replace(",", ""))
        return Editor(visitor, dict(loaded), ports, random.Random(number))

    first = await come(0)
    for _ in range(WARM_EDITS):
        await first.edit()
    before = memory(process)
    alone = sorted([await first.edit() for _ in range(WARM_EDITS)])
    planner = await Visitor.come(address)
    editors = [first, *[await come(number) for number in range(1, SESSIONS)]]
    worked, mine = processor_seconds(process), time.process_time()
    start = time.monotonic()
    until = start + 60 * MINUTES
    answers, made, *edits = await asyncio.gather(
        health(address, until),
        optimise(planner, until),
        *(
            keep_editing(editor, start + EVERY * number / SESSIONS, until)
            for number, editor in enumerate(editors)
        ),
        return_exceptions=True,
    )
    worked, mine = processor_seconds(process) - worked, time.process_time() - mine
    failed = [error for error in (answers, made, *edits) if isinstance(error, BaseException)]
    for error in failed:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    times = sorted(t for mine in edits if isinstance(mine, list) for t in mine)
    waits = sorted(answers) if isinstance(answers, list) else [float("inf")]
    growth = (memory(process) - before) / (SESSIONS - 1)
    expected = SESSIONS * 60 * MINUTES / EVERY
    count = f"of {expected:.0f} due, with {made} plans made beside"
    return [
        row("edit, one visitor alone, 95 %", part(alone, 0.95), 0.3, "s"),
        row(f"edits not made {count}", max(expected - len(times), 0), 0.02 * expected, ""),
        row("edit, 25 visitors and a solve, median", part(times, 0.5), 1.0, "s"),
        row("edit, 25 visitors and a solve, 95 %", part(times, 0.95), 2.0, "s"),
        row("server, processor time an edit", worked / max(len(times), 1), 0.1, "s"),
        row("visitors, processor time an edit", mine / max(len(times), 1), 0.1, "s"),
        row("visitors with an error", len(failed), 0, ""),
        row("memory growth a session", growth, 20.0, "MB"),
        row("health, 25 visitors and a solve, median", part(waits, 0.5), 0.1, "s"),
        row("health, 25 visitors and a solve, 95 %", part(waits, 0.95), 0.1, "s"),
        row("health, 25 visitors and a solve, worst", waits[-1], 1.0, "s"),
    ]


def row(figure: str, value: float, limit: float, unit: str) -> Row:
    return {"figure": figure, "value": value, "limit": limit, "unit": unit, "ok": value <= limit}


def part(values: list[float], share: float) -> float:
    return values[min(int(share * len(values)), len(values) - 1)] if values else float("inf")


def rows(folder: Path = ROOT / "data" / "regional") -> list[Row]:
    with server(folder) as (address, process):
        return asyncio.run(visit(folder, address, process))


if __name__ == "__main__":
    main("sessions", __doc__ or "", rows)
