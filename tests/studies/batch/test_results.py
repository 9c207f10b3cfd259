"""Forms and results of batches: what goes in, and what each problem gets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.support.batches import (
    CAMPAIGNS,
    DIALERS,
    RESULTS,
    batch,
    campaign,
    dialer,
    folders,
    rows,
    tables,
    write,
)

pytestmark = pytest.mark.usefixtures("small_chunks")


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
    # By the closed form 7 dial lines and 1 agent line carry 60.48 transfers an hour.
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
    # The formula leaves the variation of attempts out: 60.48 an hour again.
    quick = rows(tmp_path / "quick" / "projection.csv")[0]
    assert float(quick["transfers_per_hour"]) == pytest.approx(60.48)
    assert "transfers_per_hour_low" not in quick


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
