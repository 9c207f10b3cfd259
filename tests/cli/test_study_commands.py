"""What-if and frontier on the command line, with good and with hostile input."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.cli.studies.arguments import worlds_of
from tests.support.program import QUICKSTART

D1_DOWN = ["--set", "dialer.D1.in_service=false"]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A campaign with current lines on two dialers of 12 ports; both are required."""
    place = tmp_path / "fleet"
    place.mkdir()
    (place / "dialers.csv").write_text("dialer_id,ports\nD1,12\n=D2,12\n")
    (place / "campaigns.csv").write_text(
        "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds,min_dialers\n"
        "Solar,4,25,0.1,0.1,180,2\n"
    )
    (place / "assignments.csv").write_text(
        "campaign_id,dialer_id,dial_lines,agent_lines\nSolar,D1,10,2\nSolar,=D2,10,2\n"
    )
    return place


# Worlds


def test_a_name_closes_the_world_of_the_changes_before_it() -> None:
    given = [("--set", "A"), ("--set", "B"), ("--name", "X"), ("--set", "C"), ("--name", "Y")]
    assert worlds_of(given) == {"X": ["A", "B"], "Y": ["C"]}


def test_the_last_world_is_named_by_its_changes() -> None:
    assert worlds_of([("--name", "same"), ("--set", "A"), ("--set", "B")]) == {
        "same": [],
        "A, B": ["A", "B"],
    }


def test_worlds_are_told_apart_by_name() -> None:
    with pytest.raises(ValueError, match="X"):
        worlds_of([("--set", "A"), ("--name", "X"), ("--set", "B"), ("--name", "X")])


# What-if


def test_worlds_are_compared_side_by_side(capsys: Capture) -> None:
    more = ["--name", "down", "--set", "campaign.*.agent_lines-=2", "--name", "fewer agents"]
    assert main(["whatif", QUICKSTART, *D1_DOWN, *more]) == 0
    printed = capsys.readouterr().out
    # 95 + 5 lines on each of two dialers earn 158.52 an hour, on one of them half.
    rows = [" ".join(line.split()) for line in printed.splitlines()]
    money = rows[rows.index("Money, an hour while running") + 1 :]
    # Each transfer counts 1 there: the value is called what it is.
    assert money[:6] == [
        "Lines Transfers an hour Change After the worst failure Limits broken",
        "Before",
        "as they are 158.5 - 79.3 0",
        "down",
        "as they are 79.3 -50 % 0 0",
        "fewer agents",
    ]
    assert "fewer agents: campaign.*.agent_lines-=2\n" in printed
    assert "Solar on D1: Running and Dialing, then Stopped By Dialer." in printed


def test_a_world_planned_anew_lists_its_moves(capsys: Capture) -> None:
    assert main(["whatif", QUICKSTART, *D1_DOWN, "--name", "down", "--replan"]) == 0
    assert "Moves, in this order\n  1. On D2 change Solar from 95 dial" in capsys.readouterr().out


def test_a_comparison_in_json_is_one_document_and_nothing_else(capsys: Capture) -> None:
    arguments = [*D1_DOWN, "--name", "down", "--tornado", "--seed", "4", "--redundancy", "0.5"]
    assert main(["whatif", QUICKSTART, *arguments, "--json"]) == 0
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert printed.err == ""
    assert document["worlds"][0]["name"] == "down"
    assert document["worlds"][0]["kept"]["value_per_hour"] == pytest.approx(79.260393, abs=1e-6)
    # (1 - 0.5) * 158.520786 + 0.5 * 79.260393
    assert document["base"]["kept"]["aim_per_hour"] == pytest.approx(118.89059, abs=1e-4)
    assert document["tornado"]["rows"][0]["input"] == "campaign.Solar.value"
    assert document["seed"] == 4


def test_a_comparison_is_written_with_its_charts(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    hostile = "=HYPERLINK(1)<script>alert(1)</script>"
    changes = ["--set", "dialer.=D2.ports*=0.5", "--set", "campaign.Solar.min_dialers=1"]
    arguments = [*changes, "--name", hostile, "--replan", "--tornado", "--out", str(out)]
    assert main(["whatif", str(folder), *arguments]) == 0
    assert {file.name for file in out.iterdir()} == {
        "campaigns_compared.csv",
        "comparison.csv",
        "figures.csv",
        "moves.csv",
        "report.html",
        "tornado.csv",
        "whatif.json",
    }
    with (out / "comparison.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["lines"] for row in rows] == ["as now", "as now", "anew"]
    assert rows[1]["world"] == f"'{hostile}"  # no spreadsheet runs it
    page = (out / "report.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<svg") == 2


def test_the_same_seed_writes_the_same_files(folder: Path, tmp_path: Path) -> None:
    contents = []
    for name in ("a", "b"):
        out = tmp_path / name
        assert main(["whatif", str(folder), "--set", "dialer.D1.cps=0.3", "--out", str(out)]) == 0
        contents.append({file.name: file.read_bytes() for file in out.iterdir()})
    assert contents[0] == contents[1]


def test_a_world_that_gives_something_up_is_0_and_says_so_first(
    folder: Path, capsys: Capture
) -> None:
    assert main(["whatif", str(folder), *D1_DOWN, "--replan"]) == 0
    printed = capsys.readouterr().out
    assert "Solar (priority 1): should run on 2 dialers, runs on 1." in printed
    assert "No plan meets all requirements." not in printed


def never_given_up(folder: Path, dialers: int) -> None:
    campaigns = (folder / "campaigns.csv").read_text()
    campaigns = campaigns.replace("min_dialers", "min_dialers,priority")
    (folder / "campaigns.csv").write_text(campaigns.replace("180,2", f"180,{dialers},0"))


def test_a_world_without_a_plan_is_3(folder: Path, capsys: Capture) -> None:
    never_given_up(folder, 2)
    assert main(["whatif", str(folder), *D1_DOWN, "--replan"]) == 3
    printed = capsys.readouterr().out
    assert "Solar: runs on 1 dialer, at least 2 are required." in printed
    assert "No plan meets all requirements." in printed


def test_a_base_without_lines_and_without_a_plan_is_3(folder: Path, capsys: Capture) -> None:
    (folder / "assignments.csv").unlink()
    never_given_up(folder, 3)
    assert main(["whatif", str(folder), "--set", "dialer.D1.ports=9"]) == 3
    assert capsys.readouterr().out.startswith("No plan meets all requirements.")


def test_every_faulty_expression_is_told_and_nothing_is_written(
    tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "out"
    changes = ["--set", "dialer.D9.ports=1", "--set", "campaign.Solar.answer_rate=\x1b[31m2"]
    assert main(["whatif", QUICKSTART, *changes, "--set", "x", "--out", str(out)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("3 faults in the input:\n")
    assert "dialer.D9.ports=1: 'D9' is not an id of dialers.csv" in printed.err
    assert "\x1b" not in printed.err
    assert not out.exists()


def test_faults_are_a_document_where_one_is_asked_for(capsys: Capture) -> None:
    assert main(["whatif", QUICKSTART, "--set", "dialer.D9.ports=1", "--json"]) == 2
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert (fault["file"], fault["value"]) == ("dialer.D9.ports=1", "D9")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "expected at least one --set EXPR, or --tornado"),
        (["--name", "base"], "a printable name of at most 100 letters other than base"),
        (["--name", " "], "a printable name"),
        (["--name", "a", "--name", "a"], "--name is 'a': expected a name that no other world has"),
    ],
)
def test_worlds_that_cannot_be_compared_are_2(
    arguments: list[str], told: str, capsys: Capture
) -> None:
    assert main(["whatif", QUICKSTART, *arguments]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["whatif", "x", "--set"], "argument --set: expected one argument"),
        (["whatif", "x", "--move-cost", "-1"], "'-1': expected a number from 0"),
        (["frontier", "x", "--points", "1"], "'1': expected a whole number from 2 to 201"),
        (["frontier", "x", "--points", "2.5"], "'2.5': expected a whole number from 2 to 201"),
        (["frontier", "x", "--levels", "0"], "'0': expected a whole number from 1 to 10"),
        (["frontier", "x", "--redundancy", "1"], "unrecognized arguments: --redundancy"),
    ],
)
def test_wrong_usage_is_2(arguments: list[str], told: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert told in capsys.readouterr().err


# Frontier


def test_a_frontier_is_printed_and_written(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    sizes = ["--points", "2", "--levels", "2", "--out", str(out)]
    assert main(["frontier", str(folder), *sizes, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {file.name for file in out.iterdir()} == {
        "frontier.csv",
        "frontier.json",
        "lines.csv",
        "report.html",
    }
    assert document == json.loads((out / "frontier.json").read_text())
    with (out / "frontier.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["number"]) for row in rows] == list(range(1, len(document["points"]) + 1))
    assert [float(row["gap"]) for row in rows] == [p["gap"] for p in document["points"]]
    with (out / "lines.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert {row["dialer_id"] for row in lines} == {"D1", "'=D2"}
    assert "<svg" in (out / "report.html").read_text()


def test_a_frontier_says_how_to_read_it(folder: Path, capsys: Capture) -> None:
    assert main(["frontier", str(folder), "--points", "2", "--levels", "1"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Plans that no other plan found beats")
    assert "How to read it" in printed


def test_an_infeasible_frontier_is_3_and_tells_why(
    folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    campaigns = (folder / "campaigns.csv").read_text().replace("180,2", "180,3")
    (folder / "campaigns.csv").write_text(campaigns)
    out = tmp_path / "out"
    assert main(["frontier", str(folder), "--out", str(out)]) == 3
    assert capsys.readouterr().out.startswith("No plan meets all requirements.")
    assert not out.exists()
