"""What-if over all fleets of a batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.batches import CAMPAIGNS, DIALERS, batch, campaign, folders, results, rows, write

pytestmark = pytest.mark.usefixtures("small_chunks")
LINES = ["campaign_id", "dialer_id", "dial_lines", "agent_lines"]
#: An hour by the closed form with 7 dial lines and 1 agent line.
HANDLED = 60.48


@pytest.fixture
def fleets(tmp_path: Path) -> Path:
    """Three fleets of one agent; ``a`` and ``b`` have two dialers of 8 ports, ``c`` one."""
    source = folders(tmp_path / "in", ["a", "b", "c"])
    for name in ("a", "b"):
        write(source / name / "dialers.csv", DIALERS, [["D1", 8], ["D2", 8]])
    write(source / "c" / "dialers.csv", DIALERS, [["D1", 8]])
    write(source / "a" / "assignments.csv", LINES, [["Solar", "D2", 7, 1]])
    write(source / "b" / "assignments.csv", LINES, [["Solar", "D1", 7, 1]])
    value = [*campaign(), 10]
    write(source / "b" / "campaigns.csv", [*CAMPAIGNS, "value"], [value])
    return source


def scenarios(tmp_path: Path, *found: tuple[str, str]) -> Path:
    table = tmp_path / "scenarios.csv"
    write(table, ["plan_id", "set"], found)
    return table


def test_every_fleet_gets_every_scenario_and_the_losses_stand_on_top(
    fleets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = scenarios(tmp_path, ("D1 down", "dialer.D1.in_service=false"))
    out = tmp_path / "out"
    assert batch(fleets, "--scenarios", table, "--out", out) == 3, "c has no other dialer"
    assert [(row["plan_id"], row["status"]) for row in rows(out / "plans.csv")] == [
        ("a: D1 down", "optimal"),
        ("b: D1 down", "optimal"),
        ("c: D1 down", "infeasible"),
    ]
    total, *found = rows(out / "scenarios.csv")
    assert [row["fleet"] for row in found] == ["b", "c", "a"], "the largest loss first"
    by_fleet = {row["fleet"]: row for row in found}
    b, a, c = by_fleet["b"], by_fleet["a"], by_fleet["c"]
    assert float(b["before"]) == pytest.approx(10 * HANDLED)
    assert float(b["if_nobody_reacts"]) == 0  # its only lines are on D1
    assert float(b["planned_anew"]) == pytest.approx(10 * HANDLED)
    assert float(b["loss_if_nobody_reacts"]) == pytest.approx(10 * HANDLED)
    assert float(b["loss_planned_anew"]) == pytest.approx(0)
    assert float(a["loss_if_nobody_reacts"]) == 0  # its lines are on D2
    assert float(c["before"]) == pytest.approx(HANDLED)  # without lines: those of its plan
    assert float(c["if_nobody_reacts"]) == 0
    assert (c["planned_anew"], c["status"]) == ("", "infeasible")
    # Of a and b: c has no plan, which is no number.
    assert (total["scenario"], total["fleet"]) == ("D1 down", "all fleets")
    assert total["note"] == "2 of 3 fleets"
    assert float(total["before"]) == pytest.approx(11 * HANDLED)
    assert float(total["if_nobody_reacts"]) == pytest.approx(HANDLED)
    printed = capsys.readouterr().out
    paths = [line for line in printed.splitlines() if line.strip().startswith(str(out))]
    assert all(len(line) <= 80 for line in printed.splitlines() if line not in paths)
    said = " ".join(printed.split())
    assert (
        "D1 down, 2 of 3 fleets: 665.3 an hour before, 60.5 if nobody reacts, 665.3 planned anew; "
        "1 without a plan: 60.5 an hour before, 0 if nobody reacts"
    ) in said
    assert "b: D1 down: 604.8 an hour lost if nobody reacts, 0 planned anew" in said
    assert "c: D1 down: 60.5 an hour lost if nobody reacts, and it has no plan" in said


def test_names_that_only_some_fleets_have_are_told_and_stop_nobody(
    fleets: Path, tmp_path: Path
) -> None:
    table = scenarios(
        tmp_path,
        ("D2 down", "dialer.D2.in_service=false"),
        ("fewer ports", "dialer.*.ports-=1"),
    )
    out = tmp_path / "out"
    assert batch(fleets, "--scenarios", table, "--out", out) == 0
    found = {row["plan_id"]: row for row in rows(out / "scenarios.csv")}
    assert found["c: D2 down"]["status"] == "not_concerned"
    assert "this fleet has no D2" in found["c: D2 down"]["note"]
    assert found["a: fewer ports"]["note"] == "dialer.* is 2 dialers here"
    assert found["c: fewer ports"]["note"] == "dialer.* is 1 dialer here"
    totals = [row for row in rows(out / "scenarios.csv") if not row["plan_id"]]
    notes = {row["scenario"]: row["note"] for row in totals}
    assert notes["D2 down"] == "2 of 3 fleets; 1 does not have what it names"


def test_a_name_that_no_fleet_has_is_a_fault(
    fleets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = scenarios(tmp_path, ("typo", "dialer.D9.in_service=false"))
    assert batch(fleets, "--scenarios", table, "--out", tmp_path / "out") == 2
    assert "No fleet has what the scenario typo names." in capsys.readouterr().out


def test_a_mended_fleet_is_planned_again_in_its_scenarios_alone(
    fleets: Path, tmp_path: Path
) -> None:
    table = scenarios(tmp_path, ("D2 down", "dialer.D2.in_service=false"), ("same", ""))
    out = tmp_path / "out"
    assert batch(fleets, "--scenarios", table, "--out", out) == 0
    write(fleets / "a" / "dialers.csv", DIALERS, [["D1", 9], ["D2", 8]])
    assert batch(fleets, "--scenarios", table, "--out", out, "--resume") == 0
    assert '"resumed": 4' in (out / "run.json").read_text()
    assert batch(fleets, "--scenarios", table, "--out", tmp_path / "anew") == 0
    assert results(out) == results(tmp_path / "anew")


def test_a_scenario_in_which_no_fleet_has_a_plan_has_no_total(
    fleets: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = scenarios(tmp_path, ("all down", "dialer.*.in_service=false"))
    out = tmp_path / "out"
    assert batch(fleets, "--scenarios", table, "--out", out) == 3
    total, *_ = rows(out / "scenarios.csv")
    assert (total["before"], total["planned_anew"], total["note"]) == ("", "", "0 of 3 fleets")
    said = capsys.readouterr().out
    # 11 handled transfers of a and b before, and one of c: none is left.
    assert "all down, 3 without a plan: 725.8 an hour before, 0 if nobody reacts" in said
