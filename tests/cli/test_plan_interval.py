"""`planner plan --interval`: one moment of the week, and the whole of it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from planner.cli.main import main


@pytest.fixture
def shifts(tmp_path: Path) -> Path:
    """East runs 9 to 11 and Late 10 to 12 on Monday, on one dialer of 8 ports, an agent each."""
    (tmp_path / "dialers.csv").write_text("dialer_id,ports\nD1,8\n")
    (tmp_path / "campaigns.csv").write_text(
        "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds,start,"
        "schedule,min_dialers,timezone\n"
        "East,1,20,0.5,0.6,50,2026-01-01,Mon 09:00-11:00,1,America/New_York\n"
        "Late,1,20,0.5,0.6,50,2026-01-01,Mon 10:00-12:00,1,America/New_York\n"
    )
    return tmp_path


def test_an_interval_plans_with_the_figures_of_its_hour(
    impossible: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    campaigns = (impossible / "campaigns.csv").read_text().replace(",3\n", ",1\n")
    (impossible / "campaigns.csv").write_text(campaigns)
    (impossible / "intervals.csv").write_text(
        "campaign_id,days,from,to,agent_lines\nSolar,Mon-Fri,09:00,12:00,4\n"
    )
    used = {}
    for hour in ("Mon 09:00", "Mon 12:00", "Sat 09:00"):
        assert main(["plan", str(impossible), "--interval", hour, "--json"]) == 0
        campaign = json.loads(capsys.readouterr().out)["campaigns"][0]
        used[hour] = campaign["agent_lines"] + campaign["unused_agent_lines"]
    assert used == {"Mon 09:00": 4, "Mon 12:00": 10, "Sat 09:00": 10}


def test_a_moment_is_planned_without_the_campaigns_that_are_closed_then(
    shifts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # In winter 9:00 in New York is 8:00 in Chicago; 7 + 1 lines take all ports.
    for hour in ("Mon 09:00", "Mon 08:00 America/Chicago"):
        assert main(["plan", str(shifts), "--interval", hour, "--week", "2026-01-07"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("For Mon 2026-01-05 0")
        assert lines[2:4] == ["Cannot run then", "  - Late: outside its schedule."]
        assert any(line.split()[:3] == ["D1", "7", "1"] for line in lines)
    assert main(["plan", str(shifts), "--interval", "Tue 09:00", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["assignments"] == []
    assert [row["why"] for row in document["idle"]] == ["outside its schedule"] * 2


def test_a_week_is_planned_interval_by_interval_and_written(
    shifts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    how = ["--interval", "all", "--week", "2026-01-05", "--move-cost", "0", "--out", str(out)]
    assert main(["plan", str(shifts), *how, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {file.name for file in out.iterdir()} == {"day.csv", "projection.csv", "plan.json"}
    assert document == json.loads((out / "plan.json").read_text())
    with (out / "day.csv").open() as file:
        rows = list(csv.DictReader(file))
    # 8 ports: 7 + 1 lines for one campaign, 3 + 1 for each of two.
    assert [(r["from"], r["to"], r["campaign_id"], r["dial_lines"]) for r in rows] == [
        ("2026-01-05T09:00:00-05:00", "2026-01-05T10:00:00-05:00", "East", "7"),
        ("2026-01-05T10:00:00-05:00", "2026-01-05T11:00:00-05:00", "East", "3"),
        ("2026-01-05T10:00:00-05:00", "2026-01-05T11:00:00-05:00", "Late", "3"),
        ("2026-01-05T11:00:00-05:00", "2026-01-05T12:00:00-05:00", "Late", "7"),
    ]
    with (out / "projection.csv").open() as file:
        figures = list(csv.DictReader(file))
    assert [(f["interval"], f["from"]) for f in figures] == [
        (r["interval"], r["from"]) for r in rows
    ]
    # h(N) = 54 N / (1 + 0.75 N): two hours of h(7), one of twice h(3).
    value = 2 * 54 * 7 / 6.25 + 2 * 54 * 3 / 3.25
    assert document["totals"]["value"] == pytest.approx(value)
    assert document["totals"]["hours_planned"] == 3
    assert len(document["plans"]) == 3
    assert [i["plan"] for i in document["intervals"] if i["running"]] == [0, 1, 2]


def test_a_week_is_a_table_a_manager_can_read(
    shifts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", str(shifts), "--interval", "all", "--week", "2026-01-05"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "Week of Mon 2026-01-05, times of America/New_York: 3 plans for 3 intervals."
    )
    start = lines.index("Intervals")
    assert [line.split() for line in lines[start + 1 : start + 5]] == [
        ["Days", "Hours", "Plan", "Transfers", "an", "hour", "Gap", "Moved", "Runs"],
        ["Mon", "09:00-10:00", "1", "60.5", "0", "%", "-", "East"],
        ["Mon", "10:00-11:00", "2", "99.7", "0", "%", "4", "all", "campaigns"],
        ["Mon", "11:00-12:00", "3", "60.5", "0", "%", "0", "Late"],
    ]
    assert "Plan 2: Mon 10:00-11:00" in lines


def test_a_week_with_an_interval_that_cannot_be_planned_is_3_and_plans_the_others(
    shifts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = (shifts / "campaigns.csv").read_text().replace("12:00,1,", "12:00,2,")
    (shifts / "campaigns.csv").write_text(table)
    how = ["--interval", "all", "--week", "2026-01-05", "--out", str(tmp_path / "out")]
    assert main(["plan", str(shifts), *how]) == 3
    text = capsys.readouterr().out
    assert "infeasible" in text
    assert "campaign Late runs on at least 2 dialers" in text
    assert "09:00:00" in (tmp_path / "out" / "day.csv").read_text()


def test_a_week_without_an_interval_is_refused(
    shifts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", str(shifts), "--week", "2026-01-05"]) == 2
    assert "--week" in capsys.readouterr().err


def test_now_plans_the_moment_without_whom_its_user_has_stopped(
    shifts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # 10:30 in New York on that Monday: both are open, but Late is stopped.
    campaigns = (shifts / "campaigns.csv").read_text()
    campaigns = campaigns.replace("min_dialers,timezone\n", "min_dialers,timezone,status\n")
    ends = {"11:00,1,America/New_York": "", "12:00,1,America/New_York": "stopped"}
    for end, status in ends.items():
        campaigns = campaigns.replace(end, f"{end},{status}")
    (shifts / "campaigns.csv").write_text(campaigns)
    assert main(["plan", str(shifts), "--interval", "now", "--at", "2026-01-05T15:30Z"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "For Mon 2026-01-05 10:30 (America/New_York)"
    assert lines[2:4] == ["Cannot run then", "  - Late: stopped by its user."]
    assert any(line.split()[:3] == ["D1", "7", "1"] for line in lines)


def test_now_has_no_week(shifts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(shifts), "--interval", "now", "--week", "2026-01-05"]) == 2
    assert "--week is '2026-01-05'" in capsys.readouterr().err
