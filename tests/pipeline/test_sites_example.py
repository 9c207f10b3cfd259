"""The example with agents who sit somewhere: it can be checked, planned and projected."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.contracts.result import PlanFigures, PlanOptions
from planner.evaluation.limits.check import check
from planner.pipeline.pipeline import plan, project
from planner.tables.folder import read_folder

ROOT = Path(__file__).resolve().parents[2]
SITES = ROOT / "data" / "sites"


def test_the_check_knows_the_pools_and_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(SITES)]) == 0
    told = capsys.readouterr().out
    assert "No faults found." in told
    # 40 + 40 + 40 + 40 + 30 on DAL-1, 40 + 25 + 20 on DAL-2.
    assert "275 dial lines, limit Dallas carrier wants at most 260." in told


def test_a_plan_keeps_the_limit_and_seats_the_pools() -> None:
    problem = read_folder(SITES)
    # Any plan will do: how close it is to the best possible is the benchmarks' matter.
    options = PlanOptions(gap=1.0, time_limit=30, figures=PlanFigures.FORMULAS)
    found = plan(problem, options, explained=False, compared=False)
    assert found.plan is not None
    assert check(problem, found.plan) == ()
    dallas = {"DAL-1", "DAL-2"}
    assert sum(a.dial_lines for a in found.plan.assignments if a.dialer_id in dallas) <= 260
    for pool, size in (("Dallas", 20), ("Chicago", 14)):
        seats = [
            (a.campaign_id, a.dialer_id, part.lines)
            for a in found.plan.assignments
            for part in a.pools
            if part.pool == pool
        ]
        assert sum(count for _, _, count in seats) <= size
        assert {dialer[:3] for _, dialer, _ in seats} <= {pool[:3].upper()}
        known = {"Solar-Central", "Home-Security", "Broadband"}
        assert {name for name, _, _ in seats} <= known - (
            {"Broadband"} if pool == "Chicago" else set()
        )


def test_its_lines_are_projected() -> None:
    monday = datetime(2026, 11, 30, 17, tzinfo=UTC)
    found = project(read_folder(SITES), at=monday, hours=1, engine="markov")
    assert {f.status.value for f in found.assignments} == {"Running and Dialing"}
