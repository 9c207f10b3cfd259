"""``planner plan --handout``: what to set, as a page and a table."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from planner.cli.main import main

QUICKSTART = "data/quickstart"


def rows(file: Path) -> list[dict[str, str]]:
    with file.open() as lines:
        return list(csv.DictReader(lines))


def test_a_plan_is_handed_out_against_the_current_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "north"
    folder.mkdir()
    for name in ("dialers.csv", "campaigns.csv"):
        (folder / name).write_text((Path(QUICKSTART) / name).read_text())
    (folder / "assignments.csv").write_text(
        "campaign_id,dialer_id,dial_lines,agent_lines\nSolar,D1,40,5\nSolar,D2,40,5\n"
    )
    page = tmp_path / "set.html"
    assert main(["plan", str(folder), "--handout", str(page), "--out", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    planned = {
        row["dialer_id"]: (row["dial_lines"], row["agent_lines"])
        for row in rows(tmp_path / "out" / "assignments.csv")
    }
    told = {
        row["dialer_id"]: (row["dial_lines_to"], row["agent_lines_to"])
        for row in rows(tmp_path / "set.csv")
    }
    assert told == {name: lines for name, lines in planned.items() if lines != ("40", "5")}
    assert told
    assert "Fleet north." in page.read_text()


def test_a_week_is_handed_out_by_the_hour(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "north"
    folder.mkdir()
    (folder / "dialers.csv").write_text("dialer_id,ports\nD,8\n")
    header = "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds"
    (folder / "campaigns.csv").write_text(
        f"{header},start,schedule\n"
        "A,1,25,0.1,0.5,60,2026-01-01,Mon 09:00-11:00\n"
        "B,1,25,0.1,0.5,60,2026-01-01,Mon 10:00-12:00\n"
    )
    table = tmp_path / "week.csv"
    arguments = ["--interval", "all", "--week", "2026-03-02", "--handout", str(table)]
    assert main(["plan", str(folder), *arguments]) == 0
    capsys.readouterr()
    found = [(row["at"][11:16], row["campaign_id"], row["dial_lines_to"]) for row in rows(table)]
    # Alone each has 7 lines and an agent; together they share the 8 ports evenly.
    assert found == [
        ("09:00", "A", "7"),
        ("10:00", "A", "3"),
        ("10:00", "B", "3"),
        ("11:00", "A", "0"),
        ("11:00", "B", "7"),
    ]


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("set.pdf", "a file that ends in .html (a page to print) or .csv (a table)"),
        ("taken/set.html", "a file that can be written"),
    ],
)
def test_a_file_that_cannot_be_is_told_before_anything_is_planned(
    tmp_path: Path, file: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")  # a file, where a folder is asked for
    assert main(["plan", QUICKSTART, "--handout", str(tmp_path / file)]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [taken]


def test_the_folder_of_a_handout_is_made(tmp_path: Path) -> None:
    page = tmp_path / "new" / "set.html"
    assert main(["plan", QUICKSTART, "--handout", str(page)]) == 0
    assert page.is_file()
