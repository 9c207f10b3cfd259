"""What others read of a batch: every table, every reason with its place, the screen."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from planner.contracts.faults import InputError
from planner.studies.batch.run import BatchOptions, run_batch
from planner.tables.folder import read_folder
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


def header(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file))


def test_campaigns_and_dialers_have_their_totals(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert batch(folders(tmp_path / "in", ["a"]), "--out", out) == 0
    (solar,), (d1,) = rows(out / "campaigns.csv"), rows(out / "dialers.csv")
    # 7 dial lines and 1 agent line on 8 ports: 60.48 transfers an hour.
    assert (solar["plan_id"], solar["campaign_id"], solar["dial_lines"]) == ("a", "Solar", "7")
    assert float(solar["transfers_per_hour"]) == pytest.approx(60.48)
    assert (d1["plan_id"], d1["dialer_id"], d1["ports_used"], d1["ports_free"]) == (
        "a",
        "D1",
        "8",
        "0",
    )
    (plan,) = rows(out / "plans.csv")
    assert float(plan["value_per_hour"]) == pytest.approx(60.48)


def test_columns_in_which_nobody_has_a_value_are_left_out(tmp_path: Path) -> None:
    source, out = folders(tmp_path / "in", ["a", "b"]), tmp_path / "out"
    assert batch(source, "--out", out) == 0
    for table in ("campaigns", "dialers", "assignments", "projection"):
        for column in header(out / f"{table}.csv"):
            assert any(row[column] for row in rows(out / f"{table}.csv")), (table, column)
    assert "transfers_per_hour" in header(out / "projection.csv")
    assert "transfers_per_hour_low" not in header(out / "projection.csv"), "nothing was simulated"
    # What scripts look for first is always there.
    assert {"status", "error", "changes"} <= set(header(out / "plans.csv"))
    assert header(out / "errors.csv") == ["plan_id", "file", "line", "column", "value", "expected"]


@pytest.mark.parametrize("form", ["folders", "long", "books"])
def test_infeasible_ones_are_in_the_errors_with_file_line_and_what_would_help(
    tmp_path: Path, form: str
) -> None:
    out, source = tmp_path / "out", tmp_path / "in"
    other = ["Wind", *campaign()[1:]]
    bad = ["Solar", 1, 20, 1, 0.3, 50, 2]  # two dialers, of which there is one
    if form == "long":
        write(source / "dialers.csv", ["plan_id", *DIALERS], [["a", *dialer()]])
        found = [["a", *other], ["a", *bad]]
        write(source / "campaigns.csv", ["plan_id", *CAMPAIGNS], found)
    else:
        write(source / "a" / "dialers.csv", DIALERS, [dialer()])
        write(source / "a" / "campaigns.csv", CAMPAIGNS, [other, bad])
    if form == "books":
        book = openpyxl.Workbook()
        del book["Sheet"]
        for table in ("dialers", "campaigns"):
            sheet = book.create_sheet(table)
            for line in (source / "a" / f"{table}.csv").read_text().splitlines():
                sheet.append(line.split(","))
        source = tmp_path / "books"
        source.mkdir()
        book.save(source / "a.xlsx")
    assert batch(source, "--out", out) == 3
    found_rows = [row for row in rows(out / "errors.csv") if row["column"] == "min_dialers"]
    assert [(row["plan_id"], row["line"], row["value"]) for row in found_rows] == [("a", "3", "2")]
    assert found_rows[0]["file"] == (
        "a.xlsx, sheet campaigns" if form == "books" else "campaigns.csv"
    )
    assert "cannot hold with the others" in found_rows[0]["expected"]
    assert "alone would help" in found_rows[0]["expected"]


def test_the_screen_names_those_without_a_plan_and_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = folders(tmp_path / "in", ["a", "b", "c"]), tmp_path / "out"
    write(source / "b" / "dialers.csv", DIALERS, [dialer("many")])
    write(source / "c" / "campaigns.csv", CAMPAIGNS, [campaign(min_dialers=2)])
    assert batch(source, "--out", out) == 2
    printed = capsys.readouterr().out
    count = "3 problems: 1 proven within the gap, 1 infeasible, 1 with bad input."
    assert printed.splitlines()[0] == count
    said = " ".join(printed.split())  # long lines wrap
    assert " b: dialers.csv, line 2, column ports is 'many': expected " in said
    assert " c: these cannot hold together: " in said
    assert f"  {out / 'plans.csv'}" in printed.splitlines()


def test_a_folder_and_a_workbook_of_one_name_are_one_broken_fleet(tmp_path: Path) -> None:
    source, out = folders(tmp_path / "in", ["a", "b"]), tmp_path / "out"
    openpyxl.Workbook().save(source / "a.xlsx")
    assert batch(source, "--out", out) == 2
    assert [(row["plan_id"], row["status"]) for row in rows(out / "plans.csv")] == [
        ("a", "bad_input"),
        ("b", "optimal"),
    ]
    assert rows(out / "errors.csv")[0]["expected"] == "one fleet of this name, not a and a.xlsx"


def test_names_that_differ_in_case_only_are_hinted_at(tmp_path: Path) -> None:
    source, out = tables(tmp_path / "in", ["North", "South"]), tmp_path / "out"
    text = (source / "campaigns.csv").read_text()
    (source / "campaigns.csv").write_text(text.replace("North", "north"))
    assert batch(source, "--out", out) == 2
    hints = {row["plan_id"]: row["expected"] for row in rows(out / "errors.csv") if row["value"]}
    assert hints == {
        "North": "perhaps the same as north: only upper and lower case differ",
        "north": "perhaps the same as North: only upper and lower case differ",
    }


def test_lines_moved_are_counted_as_everywhere(tmp_path: Path) -> None:
    from planner.pipeline.pipeline import plan
    from planner.studies.whatif import whatif

    source, out = folders(tmp_path / "in", ["a"]), tmp_path / "out"
    folder = source / "a"
    write(folder / "dialers.csv", DIALERS, [["D1", 2], ["D2", 8]])
    lines = ["campaign_id", "dialer_id", "dial_lines", "agent_lines"]
    write(folder / "assignments.csv", lines, [["Solar", "D1", 1, 1]])
    assert batch(source, "--out", out) == 0
    # The agent goes from D1 to D2, the dial line too, and six more dial lines begin: 1 + 7.
    assert rows(out / "plans.csv")[0]["lines_moved"] == "8"
    problem = read_folder(folder)
    again = whatif(problem, {"same": ()}, replan=True, move_cost=0).worlds[0].replanned
    assert again is not None
    assert again.outcome is not None
    assert again.outcome.lines_moved == 8
    assert plan(problem).plan is not None


def test_a_name_like_a_formula_keeps_its_name(tmp_path: Path) -> None:
    source, out = folders(tmp_path / "in", ["a"]), tmp_path / "out"
    table = tmp_path / "scenarios.csv"
    write(table, ["plan_id", "set"], [["+2 agents", "campaign.*.agent_lines+=2"]])
    assert batch(source, "--scenarios", table, "--out", out) == 0
    assert rows(out / "plans.csv")[0]["plan_id"] == "a: +2 agents"
    base = source / "a"
    assert batch(base, "--scenarios", table, "--out", tmp_path / "one") == 0
    assert rows(tmp_path / "one" / "plans.csv")[0]["plan_id"] == "'+2 agents", "in CSV: guarded"


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_batch_is_read_as_data_frames(tmp_path: Path, form: str) -> None:
    source = folders(tmp_path / "in", ["=a", "b"])
    summary = run_batch(str(source), str(tmp_path / "out"), BatchOptions(format=form))
    assert list(summary.frame()["plan_id"]) == ["=a", "b"]
    assert summary.frame("assignments")["dial_lines"].tolist() == [7, 8]
    assert summary.frame("errors").empty
    with pytest.raises(InputError, match="one of plans, campaigns"):
        summary.frame("lines")
