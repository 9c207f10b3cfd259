"""Batches with problems that cannot be planned, and folders that are no batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.batches import (
    CAMPAIGNS,
    DIALERS,
    batch,
    campaign,
    dialer,
    folders,
    rows,
    tables,
    write,
)

pytestmark = pytest.mark.usefixtures("small_chunks")


def test_bad_and_infeasible_problems_stop_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = folders(tmp_path / "in", ["a", "b", "c", "d"]), tmp_path / "out"
    write(source / "b" / "dialers.csv", DIALERS, [dialer("many")])
    write(source / "c" / "campaigns.csv", CAMPAIGNS, [campaign(min_dialers=2)])
    assert batch(source, "--out", out) == 2
    assert capsys.readouterr().out.startswith(
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
    assert [row for row in rows(out / "errors.csv") if row["plan_id"] == "b"] == [
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
    from planner.pipeline import pipeline

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


def test_one_planning_folder_is_told_from_a_folder_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = folders(tmp_path / "in", ["a"]) / "a", tmp_path / "out"
    assert batch(source, "--out", out) == 2
    told = capsys.readouterr().err
    assert told.startswith("1 fault in the input:\n")
    assert "this is one planning folder, which planner plan plans" in told
    assert not out.exists()
