"""Runs of ``planner batch`` as processes of their own: measured, and killed at random moments."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_MAIN = """
import json, sys
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from planner.cli.main import main
code = main(sys.argv[2:])
own, workers = getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)
used = {
    "main_mb": own.ru_maxrss / 1024,
    "main_cpu": own.ru_utime + own.ru_stime,
    "workers_cpu": workers.ru_utime + workers.ru_stime,
}
open(sys.argv[1], "w").write(json.dumps(used))
sys.exit(code)
"""
_QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def command(source: Path, out: Path, *arguments: str) -> list[str]:
    used = str(out.with_suffix(".used"))
    return [
        sys.executable,
        "-c",
        _MAIN,
        used,
        "batch",
        str(source),
        "--out",
        str(out),
        *arguments,
    ]


def measured(source: Path, out: Path, *arguments: str) -> dict[str, float]:
    """Plans per second, start of workers included; of the main process peak memory [MB].

    Processor seconds are those of the main process, and of the workers that it has started.
    """
    subprocess.run(command(source, out, *arguments), check=False, **_QUIET)
    run = json.loads((out / "run.json").read_text())
    used: dict[str, float] = json.loads(out.with_suffix(".used").read_text())
    return used | {
        "plans_per_second": run["problems"] / run["seconds"],
        "seconds": run["seconds"],
    }


def results(out: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in out.iterdir() if file.name != "run.json"}


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers on loopback: its address, and the three processes."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{trial.getsockname()[1]}"
    module = [sys.executable, "-m"]
    worker = ["distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
    commands = [
        ["distributed.cli.dask_scheduler", "--host", address, "--no-dashboard", "--no-show"],
        *([worker] * 2),
    ]
    processes = [subprocess.Popen(module + each, cwd=folder, **_QUIET) for each in commands]
    try:
        from distributed import Client

        with Client(address, timeout=60) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(2, timeout=60)
        yield address, processes
    finally:
        for process in processes:
            process.send_signal(signal.SIGINT)
        for process in processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def killed_worker(source: Path, out: Path, moment: float, draw: random.Random) -> bool:
    """Kill one of two workers; whether one was there to kill."""
    running = subprocess.Popen(command(source, out, "--workers", "2"), **_QUIET)
    _wait(running, moment)
    workers = _children(running.pid)
    if workers:
        os.kill(draw.choice(workers), signal.SIGKILL)
    running.wait()
    return bool(workers)


def killed_main(source: Path, out: Path, moment: float) -> bool:
    """Kill the main process, then resume."""
    running = subprocess.Popen(command(source, out, "--workers", "2"), **_QUIET)
    _wait(running, moment)
    alive = running.poll() is None
    running.kill()
    running.wait()
    subprocess.run(command(source, out, "--workers", "2", "--resume"), check=False, **_QUIET)
    return alive


def killed_scheduler(source: Path, out: Path, moment: float) -> bool:
    """Kill the scheduler of a cluster, then resume on another."""
    with cluster(out.parent) as (address, (scheduler, *_)):
        running = subprocess.Popen(command(source, out, "--cluster", address), **_QUIET)
        _wait(running, moment)
        alive = running.poll() is None
        scheduler.kill()
        running.wait()
    with cluster(out.parent) as (address, _):
        again = command(source, out, "--cluster", address, "--resume")
        subprocess.run(again, check=False, **_QUIET)
    return alive


def _wait(running: subprocess.Popen[bytes], moment: float) -> None:
    """Wait until a moment, or the end of the run if that comes before."""
    with suppress(subprocess.TimeoutExpired):
        running.wait(timeout=moment)


def _children(parent: int) -> list[int]:
    """Worker processes that a run has started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                spawned = b"spawn_main" in (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(stat[1]) == parent and spawned:
                found.append(int(entry.name))
    return sorted(found)
