"""Batches run by scripts of others: workers import the script that starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from planner.studies.batch.run import run_batch
from tests.support.batches import results, tables

RUN = 'run_batch(Path("in"), Path("out"), BatchOptions(workers=2))'
GUARDED = f'if __name__ == "__main__":\n    {RUN}'
FAILS_IN_WORKERS = f'Path("mine").mkdir()\n{GUARDED}'
FIRST_WORKER_KILLED = f"""\
import os, signal
if __name__ != "__main__" and not Path("killed").exists():
    Path("killed").touch()
    os.kill(os.getpid(), signal.SIGKILL)
{GUARDED}"""


def run(folder: Path, lines: str) -> subprocess.CompletedProcess[str]:
    """Run a script that plans the batch in a folder; it has a minute to end by itself."""
    tables(folder / "in", ["a", "b", "c"])
    script = folder / "mine.py"
    head = "from pathlib import Path\nfrom planner import BatchOptions, run_batch\n"
    script.write_text(head + lines + "\n")
    paths = os.pathsep.join(filter(None, sys.path))
    return subprocess.run(
        [sys.executable, script.name],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_script_that_workers_would_run_again_is_told_once(tmp_path: Path) -> None:
    ended = run(tmp_path, RUN)
    assert ended.returncode == 1
    assert ended.stderr.count("Traceback") == 1
    *_, said = ended.stderr.splitlines()
    assert said == (
        "planner.contracts.faults.InputError: workers is '2': expected 1 worker, or a script "
        "that runs the "
        'batch under `if __name__ == "__main__":`, because each worker imports the script'
    )
    assert not (tmp_path / "out").exists()


def test_a_script_that_fails_where_it_is_imported_starts_no_workers(tmp_path: Path) -> None:
    ended = run(tmp_path, FAILS_IN_WORKERS)
    assert ended.returncode == 1
    # What failed, once, and then what that means here.
    assert ended.stderr.count("FileExistsError: ") == 1
    assert "workers is '2': expected 1 worker, or a script" in ended.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "lines",
    [RUN.replace("=2", "=1"), FIRST_WORKER_KILLED],
    ids=["one worker", "guarded, and its first process is killed"],
)
def test_other_scripts_get_the_bytes_of_this_process(tmp_path: Path, lines: str) -> None:
    ended = run(tmp_path, lines)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "killed").exists() == (lines == FIRST_WORKER_KILLED)
    run_batch(tmp_path / "in", tmp_path / "here")
    assert results(tmp_path / "out") == results(tmp_path / "here")
