"""One run of a command on input that is made wrong, watched and judged."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numba
import pyarrow.parquet

from tests.fuzz.inputs import run_of
from tests.fuzz.mutations import SEEDS

#: Of waiting or of the processor, whichever is less: other work on the machine, which is no fault
#: of ours, makes the one longer, work on several cores the other. And peak memory.
SECONDS, MEGABYTES = 10.0, 1024
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_opened: list[str] = []
_watching = False


def _on_event(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(arguments[0], str) and int(arguments[2] or 0) & _WRITING:
        _opened.append(arguments[0])


def made(command: str, seed: int) -> str:
    """How the input of a seed is made wrong."""
    with tempfile.TemporaryDirectory() as work:
        return run_of(command, seed, Path(work), Path(work) / "out").made


def judged(command: str, seed: int) -> dict[str, Any]:
    """Exit code for one input, how it was made wrong, and what was wrong with the answer."""
    with tempfile.TemporaryDirectory() as work:
        out = Path(work) / "out"
        run = run_of(command, seed, Path(work), out)
        before = _listed(Path(work))
        code, said, seconds, megabytes, wrong = _watched(run.arguments)
        told_in_tables = command == "batch" and code == 2 and (out / "manifest.json").exists()
        wrong += _rows_of_faults(out) if told_in_tables else _faults_of(code, said)
        if seconds > SECONDS:
            wrong.append(f"took {seconds:.0f} s")
        if megabytes > MEGABYTES:
            wrong.append(f"{megabytes:.0f} MB")
        strangers = {p for p in _listed(Path(work)) - before if out not in (p, *p.parents)}
        elsewhere = {name for name in _opened if not _may_be_written(name, out)}
        left = code == 2 and out.exists() and not told_in_tables
        if strangers or elsewhere or left:
            wrong.append(f"wrote where it should not: {sorted(elsewhere)[:3]}")
    return {
        "code": code,
        "made": run.made,
        "wrong": wrong,
        "seconds": round(seconds, 2),
        "mb": round(megabytes),
    }


def compile_all() -> None:
    """Plan the sound folders once, so that no run is charged with compiling."""
    for folder in SEEDS:
        with tempfile.TemporaryDirectory() as work:
            _watched(("plan", str(folder), "--out", f"{work}/out", "--time-limit", "1"))


def _watched(arguments: Sequence[str]) -> tuple[int, str, float, float, list[str]]:
    """Exit code, what was said on standard error, seconds, peak memory, and what was raised."""
    global _watching  # noqa: PLW0603 (a hook can never be removed)
    from planner.cli.main import main

    if not _watching:
        _watching = True
        sys.addaudithook(_on_event)
    stdout, stderr, wrong = _Text(), _Text(), []
    Path("/proc/self/clear_refs").write_text("5")  # peak memory is counted anew
    _opened.clear()
    start, waited = time.process_time(), time.monotonic()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            code = main(arguments)
        except SystemExit as usage:
            code = int(usage.code or 0)
        except BaseException:
            code = 1
            wrong.append(traceback.format_exc().strip().splitlines()[-1])
    seconds = min(time.process_time() - start, time.monotonic() - waited)
    return code, stderr.getvalue(), seconds, _peak_megabytes(), wrong


def _faults_of(code: int, said: str) -> list[str]:
    wrong = []
    head, _, told = said.partition(" in the input:\n")  # what the search says may come before
    clear = head.rsplit(maxsplit=1)[-1:] in (["fault"], ["faults"]) and told
    placed = clear and all(": expected " in line for line in told.splitlines())
    usage = said.strip().rpartition("\n")[2]  # an option, which has no other place than its name
    if code == 2 and not (placed or ": error: argument --" in usage):
        wrong.append(f"refused without a place and what was expected: {usage[-200:]}")
    if code not in (0, 2, 3, 4):
        wrong.append(f"exit code {code}: {said.strip()[-200:]}")
    if "Traceback" in said:
        wrong.append("a traceback")
    return wrong


def _rows_of_faults(out: Path) -> list[str]:
    """What is wrong with the table of errors of a batch in which there were some."""
    if (out / "errors.parquet").exists():
        rows = pyarrow.parquet.read_table(out / "errors.parquet").to_pylist()
    else:
        with (out / "errors.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    if rows and all(row["file"] and row["expected"] for row in rows):
        return []
    return ["a batch with bad input and no table that tells of it"]


def _may_be_written(name: str, out: Path) -> bool:
    """Whether a file lies in the folder of results, or keeps compiled code of ours or of Python."""
    path = Path(name).absolute()
    kept = "__pycache__" in path.parts or Path(numba.config.CACHE_DIR) in path.parents  # type: ignore[attr-defined]
    return out in (path, *path.parents) or path.parts[:2] == ("/", "dev") or kept


def _peak_megabytes() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


class _Text(io.TextIOWrapper):
    """A stream in memory that takes the settings of a terminal's."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    def getvalue(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode()  # type: ignore[attr-defined, no-any-return]


def _listed(folder: Path) -> set[Path]:
    return {p for p in folder.rglob("*") if not p.is_symlink()}
