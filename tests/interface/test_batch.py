"""Many problems at once, as a script meets them: forms, results, faults, interruptions."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from planner.batch import chunks as chunks_module
from planner.batch import run as run_module
from planner.batch.run import BatchOptions, run_batch
from planner.cli import main
from planner.errors import InputError
from planner.plan import PlanOptions
from tests.batches import (
    CAMPAIGNS,
    DIALERS,
    RESULTS,
    campaign,
    dialer,
    folders,
    results,
    rows,
    tables,
    write,
)

PLANNER = [sys.executable, "-c", "import sys; from planner.cli import main; sys.exit(main())"]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "CHUNK_SIZE", 2)


def batch(*arguments: object) -> int:
    return main(["batch", *map(str, arguments)])


def test_every_problem_gets_its_rows_in_the_order_of_the_names(tmp_path: Path) -> None:
    names = ["c", "a", "b"]
    out = tmp_path / "out"
    assert batch(folders(tmp_path / "in", names), "--out", out) == 0
    assert {file.name for file in out.iterdir()} == {*RESULTS, "run.json"}
    assert [row["plan_id"] for row in rows(out / "plans.csv")] == ["a", "b", "c"]
    lines = {row["plan_id"]: row for row in rows(out / "assignments.csv")}
    assert {name: row["dial_lines"] for name, row in lines.items()} == {
        "c": "7",  # of 8 ports one is the agent's
        "a": "8",
        "b": "9",
    }
    # MODEL.md: 7 dial lines and 1 agent line carry 60.48 transfers an hour.
    of_c = next(row for row in rows(out / "projection.csv") if row["plan_id"] == "c")
    assert float(of_c["transfers_per_hour"]) == pytest.approx(60.48)
    assert rows(out / "errors.csv") == []


def test_long_tables_and_workbooks_give_the_bytes_of_folders(tmp_path: Path) -> None:
    import openpyxl

    names = ["a", "b", "c"]
    first, second = folders(tmp_path / "folders", names), tables(tmp_path / "long", names)
    third = tmp_path / "books"
    third.mkdir()
    for folder in first.iterdir():
        book = openpyxl.Workbook()
        del book["Sheet"]
        for file in folder.iterdir():
            sheet = book.create_sheet(file.stem)
            for row in file.read_text().splitlines():
                sheet.append(row.split(","))
        book.save(third / f"{folder.name}.xlsx")
    for place, source in enumerate([first, second, third]):
        assert batch(source, "--out", tmp_path / f"out{place}") == 0
    for name in ("plans.csv", "assignments.csv", "projection.csv"):
        contents = {(tmp_path / f"out{place}" / name).read_bytes() for place in range(3)}
        assert len(contents) == 1


def test_bad_and_infeasible_problems_stop_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = folders(tmp_path / "in", ["a", "b", "c", "d"]), tmp_path / "out"
    write(source / "b" / "dialers.csv", DIALERS, [dialer("many")])
    write(source / "c" / "campaigns.csv", CAMPAIGNS, [campaign(min_dialers=2)])
    assert batch(source, "--out", out) == 2
    assert capsys.readouterr().out == (
        "4 problems: 2 proven within the gap, 1 infeasible, 1 with bad input.\n"
    )
    found = {row["plan_id"]: row for row in rows(out / "plans.csv")}
    assert [row["status"] for row in found.values()] == [
        "optimal",
        "bad_input",
        "infeasible",
        "optimal",
    ]
    assert found["c"]["error"].startswith("these cannot hold together: ")
    assert rows(out / "errors.csv") == [
        {
            "plan_id": "b",
            "file": "dialers.csv",
            "line": "2",
            "column": "ports",
            "value": "many",
            "expected": "a whole number from 0 to 100,000",
        }
    ]


def test_an_infeasible_problem_alone_has_its_exit_code(tmp_path: Path) -> None:
    source = folders(tmp_path / "in", ["a"])
    write(source / "a" / "campaigns.csv", CAMPAIGNS, [campaign(min_dialers=2)])
    assert batch(source, "--out", tmp_path / "out") == 3


def test_a_fault_of_ours_on_one_problem_is_reported_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner import pipeline

    planned = pipeline.plan

    def faulty(problem, options, **more):  # type: ignore[no-untyped-def]
        if problem.dialers[0].ports == 9:
            raise RuntimeError("out of luck\nwith details")
        return planned(problem, options, **more)

    monkeypatch.setattr(pipeline, "plan", faulty)
    out = tmp_path / "out"
    assert batch(folders(tmp_path / "in", ["a", "b", "c"]), "--out", out) == 1
    found = {row["plan_id"]: row for row in rows(out / "plans.csv")}
    assert [row["status"] for row in found.values()] == ["optimal", "failed", "optimal"]
    assert found["b"]["error"] == "a fault in the planner (RuntimeError: out of luck)"


def test_rows_that_name_no_problem_are_in_the_errors(tmp_path: Path) -> None:
    source, out = tables(tmp_path / "in", ["a"]), tmp_path / "out"
    write(source / "dialers.csv", ["plan_id", *DIALERS], [["a", *dialer()], ["", *dialer()]])
    assert batch(source, "--out", out) == 2
    assert [(row["plan_id"], row["line"]) for row in rows(out / "errors.csv")] == [("", "3")]
    assert rows(out / "plans.csv")[0]["status"] == "optimal"


def test_parquet_results_hold_what_the_csv_does(tmp_path: Path) -> None:
    source = folders(tmp_path / "in", ["=a", "b"])
    write(source / "b" / "dialers.csv", DIALERS, [dialer("many")])
    batch(source, "--out", tmp_path / "csv")
    batch(source, "--out", tmp_path / "parquet", "--format", "parquet")
    for table in ("plans", "assignments", "projection", "errors"):
        as_csv = pd.read_csv(tmp_path / "csv" / f"{table}.csv")
        as_parquet = pd.read_parquet(tmp_path / "parquet" / f"{table}.parquet")
        assert list(as_csv) == list(as_parquet)
        # In CSV an apostrophe keeps a spreadsheet from running the name.
        as_csv["plan_id"] = as_csv["plan_id"].str.removeprefix("'")
        pd.testing.assert_frame_equal(as_csv, as_parquet, check_dtype=False)
    assert pd.read_parquet(tmp_path / "parquet" / "plans.parquet")["plan_id"][0] == "=a"


def test_figures_by_formula_are_marked_as_not_certified(tmp_path: Path) -> None:
    source = folders(tmp_path / "in", ["a"])
    header, row = [*CAMPAIGNS, "attempt_cv"], [*campaign(), 0.2]
    write(source / "a" / "campaigns.csv", header, [row])
    assert batch(source, "--out", tmp_path / "auto") == 0
    assert batch(source, "--out", tmp_path / "quick", "--figures", "formulas") == 0
    found = {way: rows(tmp_path / way / "plans.csv")[0] for way in ("auto", "quick")}
    assert (found["auto"]["figures"], found["quick"]["figures"]) == ("simulate", "formulas")
    # The formula leaves the variation of attempts out: MODEL.md's 60.48 an hour again.
    quick = rows(tmp_path / "quick" / "projection.csv")[0]
    assert float(quick["transfers_per_hour"]) == pytest.approx(60.48)
    assert quick["transfers_per_hour_low"] == ""


def test_scenarios_change_one_base(tmp_path: Path) -> None:
    base = folders(tmp_path / "in", ["a"]) / "a"
    table, out = tmp_path / "scenarios.csv", tmp_path / "out"
    grid = [["more", "dialer.D1.ports=8..10"], ["wrong", "dialer.D2.ports=8"], ["same", ""]]
    write(table, ["plan_id", "set"], grid)
    assert batch(base, "--scenarios", table, "--out", out) == 2
    found = rows(out / "plans.csv")
    assert [(row["plan_id"], row["changes"]) for row in found] == [
        ("more [8]", "dialer.D1.ports=8"),
        ("more [9]", "dialer.D1.ports=9"),
        ("more [10]", "dialer.D1.ports=10"),
        ("wrong", "dialer.D2.ports=8"),
        ("same", ""),
    ]
    assert [row["dial_lines"] for row in rows(out / "assignments.csv")] == ["7", "8", "9", "7"]
    error = rows(out / "errors.csv")[0]
    assert (error["plan_id"], error["file"], error["line"]) == ("wrong", "scenarios.csv", "3")
    assert error["value"] == "dialer.D2.ports=8"


@pytest.mark.parametrize("what", ["missing", "a file", "one planning folder"])
def test_what_is_no_batch_is_told_and_nothing_is_written(
    tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    if what == "a file":
        source.write_text("")
    elif what == "one planning folder":
        source = folders(source, ["a"]) / "a"
    assert batch(source, "--out", out) == 2
    assert "plan_id" in capsys.readouterr().err
    assert not out.exists()


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
    assert not (out / "plans.csv").exists()
    assert batch(source, "--out", out, "--resume") == 0
    assert results(out) == undisturbed
    # Two chunks of two were whole after five problems.
    assert json.loads((out / "run.json").read_text())["resumed"] == 4


def test_a_finished_run_resumes_at_once(
    source: Path, undisturbed: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.pipeline.plan", None)
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


def test_results_of_changed_problems_are_not_mixed(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    stopped_after(5, source, out)
    text = (source / "dialers.csv").read_text()
    (source / "dialers.csv").write_text(text.replace("p1,D1,9", "p1,D1,19"))
    before = results(out / "chunks")
    assert batch(source, "--out", out, "--resume") == 2
    assert "problem 1 to 2" in capsys.readouterr().err
    assert results(out / "chunks") == before


def test_results_of_other_options_are_not_mixed(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    stopped_after(5, source, out, plan=PlanOptions(seed=3))
    assert batch(source, "--out", out, "--resume", "--seed", "4") == 2
    assert '"seed": 3' in capsys.readouterr().err


def test_a_finished_run_of_other_problems_is_not_taken_for_this_one(
    source: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert batch(source, "--out", out) == 0
    text = (source / "dialers.csv").read_text()
    (source / "dialers.csv").write_text(text.replace("p8,D1,16", "p8,D1,17"))
    assert batch(source, "--out", out, "--resume") == 2


def test_earlier_results_are_never_written_over(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "plans.csv").write_text("mine")
    for extra in ([], ["--resume"]):
        assert batch(source, "--out", out, *extra) == 2
        assert (out / "plans.csv").read_text() == "mine"


@pytest.mark.parametrize("name", ["in", "in/out", "in/a/out", "file", "file/out"])
def test_results_go_to_a_folder_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "file").write_text("")
    source = folders(tmp_path / "in", ["a"])
    before = sorted(tmp_path.rglob("*"))
    assert batch(source, "--out", tmp_path / name) == 2
    said = capsys.readouterr().err
    assert "--out is '" in said
    assert "': expected a folder " in said
    assert sorted(tmp_path.rglob("*")) == before


def test_two_runs_cannot_write_to_one_folder(source: Path, tmp_path: Path) -> None:
    from planner.batch.files import claimed

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
    return tables(tmp_path / "large", [f"p{n}" for n in range(500)])


def test_killed_and_interrupted_runs_end_with_the_bytes_of_an_undisturbed_one(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "CHUNK_SIZE", chunks_module.CHUNK_SIZE)
    out = tmp_path / "out"
    first = out / "chunks" / "00000000.json"

    killed = started(large, out)
    wait_for(first.exists)
    killed.kill()
    killed.communicate()
    assert not (out / "plans.csv").exists()

    interrupted = started(large, out, "--resume", "--workers", "2")
    wait_for(lambda: len(list((out / "chunks").glob("*.json"))) >= 3 or interrupted.poll())
    interrupted.send_signal(signal.SIGINT)
    said, progress = interrupted.communicate(timeout=60)
    assert interrupted.returncode == 4
    assert b"go on with --resume" in said
    assert b"Traceback" not in progress

    whole = started(large, tmp_path / "whole", "--workers", "2")
    assert batch(large, "--out", out, "--resume") == 0
    whole.communicate(timeout=120)
    assert whole.returncode == 0
    assert results(out) == results(tmp_path / "whole")
    shutil.rmtree(out)
