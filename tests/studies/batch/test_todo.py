"""Batches that run every day: only what is new, changed or not done is planned."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from planner.pipeline import pipeline
from planner.studies.batch.options import BatchOptions
from planner.studies.batch.run import run_batch
from tests.support.batches import (
    CAMPAIGNS,
    DIALERS,
    batch,
    campaign,
    dialer,
    folders,
    results,
    rows,
    write,
)
from tests.support.batches import tables as long_tables

pytestmark = pytest.mark.usefixtures("small_chunks")
NAMES = [f"p{n}" for n in range(5)]


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ports of the first dialer of every problem that is planned."""
    seen: list[int] = []
    real = pipeline.plan

    def noted(problem, options, **more):  # type: ignore[no-untyped-def]
        seen.append(problem.dialers[0].ports)
        return real(problem, options, **more)

    monkeypatch.setattr(pipeline, "plan", noted)
    return seen


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_mended_new_and_removed_fleets_are_planned_and_the_rest_is_kept(
    tmp_path: Path, planned: list[int], form: str
) -> None:
    source, out = folders(tmp_path / "in", NAMES), tmp_path / "out"
    assert batch(source, "--out", out, "--format", form) == 0
    assert sorted(planned) == [8, 9, 10, 11, 12]
    planned.clear()

    write(source / "p1" / "dialers.csv", DIALERS, [dialer(19)])  # mended
    shutil.rmtree(source / "p2")  # removed
    shutil.copytree(source / "p0", source / "a0")  # new, and first
    assert batch(source, "--out", out, "--format", form, "--resume") == 0
    assert sorted(planned) == [8, 19]
    assert batch(source, "--out", tmp_path / "anew", "--format", form) == 0
    assert results(out) == results(tmp_path / "anew")
    run = json.loads((out / "run.json").read_text())
    assert run["resumed"] == 3
    assert set(run["seconds_of_plans"]) == {"a0", "p0", "p1", "p3", "p4"}


def test_rows_of_a_long_table_may_move_without_being_planned_again(
    tmp_path: Path, planned: list[int]
) -> None:
    source, out = long_tables(tmp_path / "in", NAMES), tmp_path / "out"
    assert batch(source, "--out", out) == 0
    planned.clear()
    for table in ("dialers", "campaigns"):
        header, *lines = (source / f"{table}.csv").read_text().splitlines()
        first = lines.pop(0).replace("p0", "new").replace(",8", ",18")
        (source / f"{table}.csv").write_text("\n".join([header, first, *lines]) + "\n")
    assert batch(source, "--out", out, "--resume") == 0
    assert planned == [18]
    assert [row["plan_id"] for row in rows(out / "plans.csv")] == ["new", *NAMES[1:]]


def test_the_lines_of_faults_are_those_of_the_table_as_it_is_now(tmp_path: Path) -> None:
    source, out = long_tables(tmp_path / "in", ["a", "b"]), tmp_path / "out"
    header = ["plan_id", *DIALERS]
    write(source / "dialers.csv", header, [["a", *dialer()], ["b", *dialer("many")]])
    assert batch(source, "--out", out) == 2
    write(source / "dialers.csv", header, [["b", *dialer("many")], ["a", *dialer()]])
    assert batch(source, "--out", out, "--resume") == 2
    assert [row["line"] for row in rows(out / "errors.csv")] == ["2"]


def test_only_those_without_a_plan_or_by_name_are_planned_again(
    tmp_path: Path, planned: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = folders(tmp_path / "in", NAMES), tmp_path / "out"
    write(source / "p3" / "campaigns.csv", CAMPAIGNS, [campaign(min_dialers=2)])
    assert batch(source, "--out", out) == 3
    before = results(out)
    planned.clear()
    assert batch(source, "--out", out, "--only", "failed") == 3
    assert planned == [11]
    assert results(out) == before
    planned.clear()
    assert batch(source, "--out", out, "--only", "p0, p4") == 3
    assert planned == [8, 12]
    assert results(out) == before


def test_a_problem_that_was_mended_is_among_those_that_failed(
    tmp_path: Path, planned: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = folders(tmp_path / "in", NAMES), tmp_path / "out"
    write(source / "p1" / "dialers.csv", DIALERS, [dialer("many")])
    write(source / "p3" / "campaigns.csv", CAMPAIGNS, [campaign(min_dialers=2)])
    assert batch(source, "--out", out) == 2
    planned.clear()
    write(source / "p1" / "dialers.csv", DIALERS, [dialer(9)])
    write(source / "p3" / "campaigns.csv", CAMPAIGNS, [campaign()])
    assert batch(source, "--out", out, "--only", "failed") == 0
    assert sorted(planned) == [9, 11]
    assert "5 problems: 5 proven" in capsys.readouterr().out


def test_only_on_a_new_folder_leaves_the_rest_to_be_done(
    tmp_path: Path, planned: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = folders(tmp_path / "in", NAMES), tmp_path / "out"
    assert batch(source, "--out", out, "--only", "p1") == 4
    assert "4 not done yet" in capsys.readouterr().out
    assert [row["plan_id"] for row in rows(out / "plans.csv")] == ["p1"]
    planned.clear()
    assert batch(source, "--out", out, "--resume") == 0
    assert sorted(planned) == [8, 10, 11, 12]


def test_a_name_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = folders(tmp_path / "in", NAMES)
    assert batch(source, "--out", tmp_path / "out", "--only", "p9") == 2
    assert "--only is 'p9': expected failed, or the name of a problem" in capsys.readouterr().err


def test_results_so_far_can_be_opened_at_any_time(tmp_path: Path) -> None:
    source, out, seen = folders(tmp_path / "in", NAMES), tmp_path / "out", []

    def look(done: int, _: int) -> None:
        if (out / "plans.csv").exists():
            seen.append([row["plan_id"] for row in rows(out / "plans.csv")])
            assert {file.name for file in out.glob("*.csv")} == {
                f"{table}.csv"
                for table in (
                    "plans",
                    "campaigns",
                    "dialers",
                    "assignments",
                    "projection",
                    "errors",
                )
            }

    summary = run_batch(source, out, on_progress=look, stop=lambda: len(seen) > 1)
    assert not summary.complete
    assert seen[0] == ["p0", "p1"]
    assert len(rows(out / "plans.csv")) == sum(summary.endings.values())


def test_what_was_taken_over_does_not_count_as_speed(tmp_path: Path) -> None:
    source, out = folders(tmp_path / "in", NAMES), tmp_path / "out"
    run_batch(source, out, BatchOptions(only=("p0", "p1", "p2", "p3")))
    told: list[tuple[int, int]] = []
    left: list[float] = []
    run_batch(
        source,
        out,
        BatchOptions(resume=True),
        on_progress=lambda done, total: told.append((done, total)),
        on_remaining=left.append,
    )
    assert told == [(4, 5), (5, 5)]
    assert left == [0.0]
