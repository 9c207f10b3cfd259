"""How fast and how safe batches are: ``python -m tests.benchmarks.batch``.

Rates hold the start of the workers. ``--full`` takes the numbers of problems and kills that the
figures are promised for, about an hour on an idle machine; without it some minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import tempfile
import time
from pathlib import Path

from planner.contracts.problem import Campaign
from planner.tables.rows import read_rows
from planner.tables.sheets import csv_sheet
from tests.benchmarks.batch_peers import loop, solve
from tests.benchmarks.batch_problems import write_batch
from tests.benchmarks.batch_runs import (
    cluster,
    killed_main,
    killed_scheduler,
    killed_worker,
    measured,
    results,
)
from tests.benchmarks.batch_sizes import EXPLANATION, size_rows
from tests.benchmarks.reporting import Row, table

#: Seconds after which a model of the peer is given up.
_PEER_LIMIT = 10.0


def row(work: str, figure: str, value: float, ok: bool = True, note: str = "") -> Row:
    return {"work": work, "figure": figure, "value": float(value), "ok": bool(ok), "note": note}


def speed_rows(folder: Path, problems: int) -> list[Row]:
    """Rates with one worker, two, and a cluster of two; whether all wrote the same bytes."""
    source, name = write_batch(folder / "speed", problems, 3, 4), f"{problems} problems of 3 x 4"
    one = measured(source, folder / "one", "--workers", "1")
    two = measured(source, folder / "two", "--workers", "2")
    with cluster(folder) as (address, _):
        remote = measured(source, folder / "remote", "--cluster", address)
    same = results(folder / "one") == results(folder / "two") == results(folder / "remote")
    rates = [each["plans_per_second"] for each in (one, two, remote)]
    return [
        row(name, "plans/s, one worker", rates[0]),
        row(name, "plans/s, two workers", rates[1], rates[1] >= 50, "at least 50"),
        row(
            name, "speed-up of two workers", rates[1] / rates[0], rates[1] >= 1.7 * rates[0], "1.7"
        ),
        row(name, "plans/s, cluster of two", rates[2]),
        row(
            name,
            "cluster over two workers",
            rates[2] / rates[1],
            rates[2] >= 0.85 * rates[1],
            "0.85",
        ),
        row(name, "all three wrote the same bytes", same, same),
        row(name, "CPU ms a plan, one worker", 1e3 * one["main_cpu"] / problems),
        row(name, "CPU ms a plan, each of two workers", 1e3 * two["workers_cpu"] / problems),
        row(name, "the same, main process beside two", 1e3 * two["main_cpu"] / problems),
    ]


def memory_rows(folder: Path, few: int, many: int) -> list[Row]:
    """Peak memory of the main process, which only moves what workers plan.

    Problems of 1 x 1 have the results of larger ones, and are planned sooner.
    """
    peaks = {}
    for count in (few, many):
        source = write_batch(folder / f"memory{count}", count, 1, 1)
        peaks[count] = measured(source, folder / f"m{count}", "--workers", "2")["main_mb"]
    grown = peaks[many] - peaks[few]
    name = f"main process, {few} and {many} problems of 1 x 1"
    return [
        row(name, "peak memory of the larger run, MB", peaks[many]),
        row(name, "grown by, MB", grown, abs(grown) <= 50, "at most 50"),
    ]


def reading_rows(_folder: Path) -> list[Row]:
    """Reading and checking one table of 100,000 campaigns."""
    head = "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds,value\n"
    lines = (
        f"C{n},{n % 20},{20 + n % 30}.5,0.{n % 9 + 1},0.2,{n % 200 + 1},2\n" for n in range(10**5)
    )
    content = (head + "".join(lines)).encode()
    start = time.process_time()
    rows = read_rows(csv_sheet("campaigns.csv", content), Campaign)
    seconds = time.process_time() - start
    assert len(rows.items) == 10**5
    assert not rows.faults
    return [row("100,000 campaign rows", "CPU s to read and check", seconds, seconds < 1.5, "1.5")]


def kill_rows(folder: Path, moments: int) -> list[Row]:
    """Runs killed at random moments, and whether they ended with the undisturbed bytes."""
    source, draw = write_batch(folder / "kills", 300, 1, 1), random.Random(6)
    measured(source, folder / "first", "--workers", "2")  # compiles what has not been compiled yet
    whole = measured(source, folder / "whole", "--workers", "2")
    expected = results(folder / "whole")
    rows = []
    for who in ("worker", "main process", "scheduler"):
        same = there = 0
        for number in range(moments):
            out = folder / f"killed-{who.split()[0]}-{number}"
            moment = draw.uniform(0.5, whole["seconds"] + 1.5)
            if who == "worker":
                there += killed_worker(source, out, moment, draw)
            elif who == "main process":
                there += killed_main(source, out, moment)
            else:
                there += killed_scheduler(source, out, moment)
            same += results(out) == expected
            print(f"... {who}, {number + 1} of {moments}: {same} of the same bytes", flush=True)
        note = f"of {moments} runs, {there} of them still running when killed"
        rows.append(
            row(f"kill -9 of the {who}", "runs of the same bytes", same, same == moments, note)
        )
    return rows


def peer_rows(_folder: Path) -> list[Row]:
    """A plain loop over CP-SAT models, and the same in a pool of processes."""
    count = 8
    solve(0, 3, 4, 1.0)
    rows = []
    for workers, name in ((1, "plain loop over CP-SAT"), (2, "the same, concurrent.futures")):
        seconds, solved = loop(count, _PEER_LIMIT, workers)
        worst = max(each.gap for each in solved)
        note = f"{count} problems of 3 x 4, {_PEER_LIMIT:g} s each at most, largest gap {worst:.1%}"
        rows.append(row(name, "plans/s", count / seconds, note=note))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="10,000 problems, 20 moments")
    parser.add_argument("--problems", type=int, help="default 1000, --full 10000")
    parser.add_argument("--memory", type=int, nargs=2, metavar="N", help="default 100 2000")
    parser.add_argument("--moments", type=int, help="of each kill: default 3, --full 20")
    parser.add_argument("--only", help="one of speed, memory, reading, size, kill, peer")
    parser.add_argument("--out", type=Path, default=Path("out/batch.json"))
    arguments = parser.parse_args()
    full = arguments.full
    problems = arguments.problems or (10_000 if full else 1000)
    few, many = arguments.memory or ((1000, 100_000) if full else (100, 2000))
    moments = arguments.moments or (20 if full else 3)
    parts = {
        "reading": reading_rows,
        "speed": lambda folder: speed_rows(folder, problems),
        "memory": lambda folder: memory_rows(folder, few, many),
        "size": lambda _: size_rows(),
        "kill": lambda folder: kill_rows(folder, moments),
        "peer": peer_rows,
    }
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as work:
        for name, part in parts.items():
            if arguments.only in (None, name):
                rows += part(Path(work))
                print(f"... {name} is done", flush=True)
    print(table(rows))
    if arguments.only in (None, "size"):
        print(f"\n{EXPLANATION}")
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(machine | {"rows": rows}, indent=2) + "\n")
    return 0 if all(each["ok"] for each in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
