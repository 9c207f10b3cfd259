"""Batches that were stopped, and what may and may not go on with their results."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from planner.contracts.faults import InputError
from planner.contracts.result import PlanOptions
from planner.studies.batch.results import chunks as chunks_module
from planner.studies.batch.run import BatchOptions, run_batch
from tests.support.batches import batch, results, rows, tables

pytestmark = pytest.mark.usefixtures("small_chunks")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tables(tmp_path / "in", [f"p{n}" for n in range(9)])


@pytest.fixture
def undisturbed(source: Path, tmp_path: Path) -> dict[str, bytes]:
    assert batch(source, "--out", tmp_path / "undisturbed") == 0
    return results(tmp_path / "undisturbed")


def stopped_after(count: int, source: Path, out: Path, **options: object) -> None:
    """Run until so many problems are done."""
    seen = []
    summary = run_batch(
        source,
        out,
        BatchOptions(**options),  # type: ignore[arg-type]
        on_progress=lambda done, _: seen.append(done),
        stop=lambda: bool(seen) and seen[-1] >= count,
    )
    assert not summary.complete


def test_a_stopped_run_resumes_to_the_same_bytes_without_planning_twice(
    source: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    stopped_after(5, source, out)
    assert len(rows(out / "plans.csv")) == 4, "two chunks of two"
    assert batch(source, "--out", out, "--resume") == 0
    assert results(out) == undisturbed
    # Two chunks of two were whole after five problems.
    assert json.loads((out / "run.json").read_text())["resumed"] == 4


def test_a_finished_run_resumes_at_once(
    source: Path, undisturbed: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.pipeline.pipeline.plan", None)
    assert batch(source, "--out", tmp_path / "undisturbed", "--resume") == 0
    assert results(tmp_path / "undisturbed") == undisturbed


@pytest.mark.parametrize("torn", ["journal", "chunk"])
def test_what_a_crash_tore_is_planned_again(
    source: Path, undisturbed: dict[str, bytes], tmp_path: Path, torn: str
) -> None:
    out = tmp_path / "out"
    stopped_after(5, source, out)
    file = out / "chunks" / ("journal.jsonl" if torn == "journal" else "00000001.json")
    file.write_bytes(file.read_bytes()[:-7])
    assert batch(source, "--out", out, "--resume") == 0
    assert results(out) == undisturbed
    assert json.loads((out / "run.json").read_text())["resumed"] == 2


def test_a_changed_problem_is_planned_anew_when_a_stopped_run_goes_on(
    source: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    stopped_after(5, source, out)
    text = (source / "dialers.csv").read_text()
    (source / "dialers.csv").write_text(text.replace("p1,D1,9", "p1,D1,19"))
    assert batch(source, "--out", out, "--resume") == 0
    assert json.loads((out / "run.json").read_text())["resumed"] == 3
    assert batch(source, "--out", tmp_path / "anew") == 0
    assert results(out) == results(tmp_path / "anew")


def test_results_of_other_options_are_not_mixed(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    stopped_after(5, source, out, plan=PlanOptions(seed=3))
    assert batch(source, "--out", out, "--resume", "--seed", "4") == 2
    # Only what differs is told.
    assert capsys.readouterr().err.splitlines()[1:] == [
        "  --resume is 'seed 4': expected 3 as before, or another folder"
    ]


def test_results_that_somebody_changed_are_not_gone_on_with(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert batch(source, "--out", out) == 0
    with (out / "plans.csv").open("a") as file:
        file.write("p9,optimal\n")
    assert batch(source, "--out", out, "--resume") == 2
    assert "the file as it was written" in capsys.readouterr().err


def test_earlier_results_are_never_written_over(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "plans.csv").write_text("mine")
    for extra in ([], ["--resume"]):
        assert batch(source, "--out", out, *extra) == 2
        assert (out / "plans.csv").read_text() == "mine"


def test_two_runs_cannot_write_to_one_folder(source: Path, tmp_path: Path) -> None:
    from planner.studies.batch.results.files import claimed

    with claimed(tmp_path / "out"), pytest.raises(InputError, match="no other run"):
        run_batch(source, tmp_path / "out")


def test_a_full_disk_keeps_what_is_done(
    source: Path,
    undisturbed: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    written, out = chunks_module.write_file, tmp_path / "out"

    def full(path: Path, parts: object) -> str:
        if path.name == "00000002.json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written(path, parts)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(chunks_module, "write_file", full)
        assert batch(source, "--out", out) == 4
    assert "No space left on device. What is done is kept" in capsys.readouterr().err
    assert batch(source, "--out", out, "--resume") == 0
    assert results(out) == undisturbed
