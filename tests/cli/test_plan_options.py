"""Options of planning, end to end: what a move costs, and two failures at once.

One agent line handles h(N) = 54 N / (1 + 0.75 N) calls an hour (derived in one_agent.py).
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from planner.cli.main import main
from tests.support.one_agent import handled

CAMPAIGNS = "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds\n"


def fleet(place: Path, dialers: str, agents: int, current: str = "") -> str:
    place.mkdir()
    (place / "dialers.csv").write_text("dialer_id,ports\n" + dialers)
    (place / "campaigns.csv").write_text(f"{CAMPAIGNS}C,{agents},20,0.5,0.6,50\n")
    if current:
        head = "campaign_id,dialer_id,dial_lines,agent_lines\n"
        (place / "assignments.csv").write_text(head + current)
    return str(place)


def document(out: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / name).read_text())
    return found


# h(5) - h(4) = 2.84, h(6) - h(5) = 2.07, h(7) - h(6) = 1.57: so many of 4 + 1 lines are added.
@pytest.mark.parametrize(("cost", "lines"), [("0", 7), ("1.5", 7), ("2", 6), ("2.5", 5), ("3", 4)])
def test_a_line_is_added_where_it_gains_more_than_a_move_costs(
    cost: str, lines: int, tmp_path: Path
) -> None:
    folder, out = fleet(tmp_path / "in", "D,8\n", 1, "C,D,4,1\n"), tmp_path / "out"
    flags = ["--gap", "0", "--move-cost", cost, "--out", str(out)]
    assert main(["plan", folder, *flags]) == 0
    with (out / "assignments.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["dial_lines"], row["agent_lines"]) == (str(lines), "1")
    found = document(out, "plan.json")
    paid = float(cost) * (lines - 4)
    assert found["value_per_hour"] == pytest.approx(handled(lines) - paid)
    assert found["bound_per_hour"] == pytest.approx(handled(lines) - paid)


def test_two_failures_leave_the_third_dialer(tmp_path: Path) -> None:
    folder = fleet(tmp_path / "in", "D,8\nE,8\nF,4\n", 3)
    flags = ["--gap", "0", "--redundancy", "1", "--failures", "2"]
    assert main(["plan", folder, *flags, "--out", str(tmp_path / "plan")]) == 0
    found = document(tmp_path / "plan", "plan.json")
    assert found["surviving_value_per_hour"] == pytest.approx(handled(3))
    assert found["worst_failure_domain"] == "D and E"
    # Without current lines the base of what-if is the plan.
    world = ["--set", "dialer.F.ports=5", "--replan", "--move-cost", "0"]
    assert main(["whatif", folder, *world, *flags, "--out", str(tmp_path / "if")]) == 0
    (changed,) = document(tmp_path / "if", "whatif.json")["worlds"]
    kept, anew = changed["kept"], changed["replanned"]["outcome"]
    assert kept["surviving_value_per_hour"] == pytest.approx(handled(3))
    assert anew["surviving_value_per_hour"] == pytest.approx(handled(4))
    sweep = ["--points", "2", "--levels", "1", "--failures", "2", "--gap", "0"]
    assert main(["frontier", folder, *sweep, "--out", str(tmp_path / "curve")]) == 0
    points = document(tmp_path / "curve", "frontier.json")["points"]
    assert points[-1]["surviving_value_per_hour"] == pytest.approx(handled(3))
