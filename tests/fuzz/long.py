"""Long fuzzing of the command line: ``make fuzz`` (or ``python -m tests.fuzz.long --folders N``).

Every mutated folder is planned by ``planner plan`` within a time limit. Told is every traceback or
fault of ours, every run over 10 s or 1 GB, every refusal without a place, and every file outside
``--out``. Exit code 1 if there is any.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import multiprocessing
import resource
import shutil
import tempfile
import time
import traceback
from collections import Counter
from multiprocessing.pool import Pool
from pathlib import Path

from tests.fuzz.mutations import mutated

_SECONDS, _MEGABYTES = 10.0, 1024
_TIME_LIMIT = "2"


def run(seed: int) -> tuple[int, str, list[str]]:
    """Exit code of one folder, how it was made wrong, and what was wrong with the answer."""
    from planner.cli import main

    with tempfile.TemporaryDirectory() as work:
        folder, out = Path(work) / "in", Path(work) / "out"
        made = ", ".join(mutated(seed, folder))
        before = _listed(Path(work))
        stdout, stderr = _Text(), _Text()
        wrong = []
        start, peak = time.monotonic(), _peak_megabytes()
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            try:
                arguments = ["plan", str(folder), "--out", str(out), "--time-limit", _TIME_LIMIT]
                code = main(arguments)
            except BaseException:
                code = 1
                wrong.append(traceback.format_exc().strip().splitlines()[-1])
        seconds = time.monotonic() - start
        said = stderr.getvalue()
        told = said.splitlines()[1:]
        if code == 2 and not (told and all(": expected " in line for line in told)):
            wrong.append("refused without a place and what was expected")
        if code not in (0, 2, 3, 4):
            wrong.append(f"exit code {code}")
        if "Traceback" in said:
            wrong.append("a traceback")
        if seconds > _SECONDS:
            wrong.append(f"took {seconds:.0f} s")
        megabytes = _peak_megabytes()
        if megabytes > max(_MEGABYTES, peak):
            wrong.append(f"{megabytes:.0f} MB")
        strangers = {p for p in _listed(Path(work)) - before if out not in (p, *p.parents)}
        if strangers or (code == 2 and out.exists() and any(out.iterdir())):
            wrong.append("wrote where it should not")
        shutil.rmtree(out, ignore_errors=True)
    return code, made, wrong


def _peak_megabytes() -> float:
    """Of this process since its start; only the run that raises it is told."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class _Text(io.TextIOWrapper):
    """A stream in memory that takes the settings of a terminal's."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    def getvalue(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode()  # type: ignore[attr-defined, no-any-return]


def _listed(folder: Path) -> set[Path]:
    return {p for p in folder.rglob("*") if not p.is_symlink()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folders", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first folder")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    seeds = range(arguments.first, arguments.first + arguments.folders)
    codes: Counter[int] = Counter()
    found = 0
    # A new process every so often, for peaks of memory hide smaller ones after them.
    context = multiprocessing.get_context("spawn")
    with Pool(arguments.processes, maxtasksperchild=200, context=context) as pool:
        for seed, (code, made, wrong) in zip(seeds, pool.imap(run, seeds), strict=True):
            codes[code] += 1
            if wrong:
                found += 1
                print(f"seed {seed} ({made}): {'; '.join(wrong)}", flush=True)
    print(f"{arguments.folders} folders, exit codes {dict(sorted(codes.items()))}, {found} wrong")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
