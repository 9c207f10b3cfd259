"""Batches that are killed or interrupted while they run."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.batches import batch, results, tables
from tests.support.program import PLANNER


def started(source: Path, out: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [*PLANNER, "batch", str(source), "--out", str(out), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for(done: object) -> None:
    for _ in range(1200):
        if done():  # type: ignore[operator]
            return
        time.sleep(0.05)
    raise AssertionError("nothing happened for a minute")


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Enough problems that a run is still busy once its first chunk is on disk."""
    return tables(tmp_path / "large", [f"p{n}" for n in range(240)])


def test_killed_and_interrupted_runs_end_with_the_bytes_of_an_undisturbed_one(
    large: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first = out / "chunks" / "00000000.json"

    killed = started(large, out)
    wait_for(first.exists)
    killed.kill()
    killed.communicate()

    def chunks() -> int:
        return len(list((out / "chunks").glob("*.json")))

    kept = chunks()
    interrupted = started(large, out, "--resume", "--workers", "2")
    wait_for(lambda: chunks() > kept or interrupted.poll())  # it is under way
    interrupted.send_signal(signal.SIGINT)
    said, progress = interrupted.communicate(timeout=60)
    assert interrupted.returncode == 4
    assert b"go on with --resume" in said
    assert b"Traceback" not in progress

    assert batch(large, "--out", out, "--resume") == 0
    assert batch(large, "--out", tmp_path / "whole") == 0
    assert results(out) == results(tmp_path / "whole")
    shutil.rmtree(out)
