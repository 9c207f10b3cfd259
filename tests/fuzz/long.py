"""Long fuzzing of the command line: ``make fuzz`` (or ``python -m tests.fuzz.long --folders N``).

Every mutated folder or workbook is planned by ``planner plan``, or handed to the ``--command``
given, with options made wrong as well. Told is every traceback or fault of
ours, every run over 10 s or 1 GB, every refusal without a place, and every file
that is opened for writing outside ``--out``. Exit code 1 if there is any. A run that does not end
is killed after a minute of work, and the next folder goes on in a new process.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.fuzz.inputs import COMMANDS
from tests.fuzz.long_run import compile_all, judged, made

#: Seconds of the processor, and of waiting, after which a run is ended.
_MOST_WORK, _MOST_WAITING = 60.0, 600.0
_POLL = 2.0
#: Folders that one process plans, so that what one leaves behind does not add up.
_PER_PROCESS = 200


class _Runner:
    """A process that plans the folders of some seeds; ended and told where one hangs."""

    def __init__(self, command: str, seeds: Sequence[int]) -> None:
        self._command, self._left = command, list(seeds)

    def outcomes(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each seed with what came of it."""
        while self._left:
            yield from self._of_one_process(self._left[:_PER_PROCESS])

    def _of_one_process(self, seeds: Sequence[int]) -> Iterator[tuple[int, dict[str, Any]]]:
        own = [sys.executable, "-m", "tests.fuzz.long", "--command", self._command]
        running = subprocess.Popen(
            [*own, "--seeds", *map(str, seeds)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        assert running.stdout is not None
        threading.Thread(target=_pass_on, args=(running.stdout, lines), daemon=True).start()
        for seed in seeds:
            line = _next_line(running, lines)
            self._left.remove(seed)
            if not line.startswith(b"{"):
                running.kill()
                said = running.communicate()[1].decode(errors="replace").strip().splitlines()
                words = "did not end" if line == b"hang" else f"ended the process ({said[-1:]})"
                yield (
                    seed,
                    {
                        "code": None,
                        "made": made(self._command, seed),
                        "wrong": [words],
                        "seconds": 0.0,
                        "mb": 0,
                    },
                )
                return
            yield seed, json.loads(line)
        running.communicate()


def _next_line(running: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes]) -> bytes:
    """What a process says next; ``hang`` where it works or waits too long for that."""
    worked, waited = _work_of(running.pid), 0.0
    while True:
        try:
            return lines.get(timeout=_POLL)
        except queue.Empty:
            waited += _POLL  # not by the clock: all of this may be paused for a while
            if _work_of(running.pid) - worked > _MOST_WORK or waited > _MOST_WAITING:
                return b"hang"


def _work_of(process: int) -> float:
    """Seconds of the processor that a process has used."""
    try:
        parts = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def _pass_on(stream: Any, lines: queue.SimpleQueue[bytes]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(b"end")


def run_all(
    command: str, seeds: Sequence[int], processes: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Run a command on the input of all seeds in some processes, in whatever order they end."""
    found: queue.SimpleQueue[tuple[int, dict[str, Any]]] = queue.SimpleQueue()

    def work(part: Sequence[int]) -> None:
        for outcome in _Runner(command, part).outcomes():
            found.put(outcome)

    for first in range(processes):
        threading.Thread(target=work, args=(seeds[first::processes],), daemon=True).start()
    for _ in seeds:
        yield found.get()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folders", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first folder")
    parser.add_argument("--command", choices=list(COMMANDS), default="plan")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seeds", type=int, nargs="+", help="these alone, one line of JSON each")
    arguments = parser.parse_args()
    if arguments.seeds:
        own = os.dup(sys.stdout.fileno())
        with open(own, "w", encoding="utf-8") as out:
            compile_all()
            for seed in arguments.seeds:
                print(json.dumps(judged(arguments.command, seed)), file=out, flush=True)
        return 0
    # In a process of its own, as one that has compiled keeps the memory of that.
    code = "from tests.fuzz.long_run import compile_all; compile_all()"
    subprocess.run([sys.executable, "-c", code], check=True)
    seeds = range(arguments.first, arguments.first + arguments.folders)
    codes: Counter[str] = Counter()
    found, slowest, largest, start = 0, 0.0, 0.0, time.monotonic()
    for count, (seed, outcome) in enumerate(
        run_all(arguments.command, seeds, arguments.processes), start=1
    ):
        codes[str(outcome["code"])] += 1
        slowest = max(slowest, outcome["seconds"])
        largest = max(largest, outcome["mb"])
        if outcome["wrong"]:
            found += 1
            print(f"seed {seed} ({outcome['made']}): {'; '.join(outcome['wrong'])}", flush=True)
        if count % 500 == 0:
            rate = count / (time.monotonic() - start)
            print(f"{count} folders, {rate:.1f} a second, {found} wrong", flush=True)
    print(
        f"{len(seeds)} folders, exit codes {dict(sorted(codes.items()))}, slowest {slowest:.1f} s, "
        f"largest {largest:.0f} MB, {found} wrong"
    )
    return 1 if found else 0


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[2])
    raise SystemExit(main())
