from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.contracts.faults import InputError
from planner.contracts.result import Engine
from planner.pipeline.pipeline import project
from planner.tables.folder import read_folder
from planner.traffic.exact.engset import stationary

AT = datetime(2030, 3, 4, 9, tzinfo=UTC)


def folder(path: Path, campaigns: int) -> Path:
    """So many campaigns, each with 100 + 5 lines, on a dialer of 100,000 ports."""
    names = [f"C{number}" for number in range(campaigns)]
    header = "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds"
    rows = [f"{name},400,25,0.1,0.1,180,2026-01-01,Mon-Sun 00:00-24:00" for name in names]
    lines = [f"{name},D,100,5" for name in names]
    tables = {
        "dialers": ["dialer_id,ports", "D,100000"],
        "campaigns": [f"{header},start,schedule", *rows],
        "assignments": ["campaign_id,dialer_id,dial_lines,agent_lines", *lines],
    }
    for table, text in tables.items():
        (path / f"{table}.csv").write_text("\n".join(text) + "\n")
    return path


def test_a_projection_needs_no_planning_tables(tmp_path: Path) -> None:
    """24 tables of 100,000 x 400 entries are too many to plan, and none is needed to project."""
    given = folder(tmp_path, 24)
    with pytest.raises(InputError, match="planning table"):
        read_folder(given)
    found = project(read_folder(given, to_plan=False), at=AT, hours=1)
    assert len(found.assignments) == 24
    assert all(row.all_busy_share is not None for row in found.assignments)


def test_a_full_dialer_behind_its_limit_is_projected(tmp_path: Path) -> None:
    """24 campaigns fill 100,000 ports, and 93 % of 3,000 calls per second are in use."""
    given = folder(tmp_path, 24)
    (given / "dialers.csv").write_text("dialer_id,ports,cps\nD,100000,3000\n")
    lines = [f"C{number},D,3100,300" for number in range(24)]
    header = "campaign_id,dialer_id,dial_lines,agent_lines"
    (given / "assignments.csv").write_text("\n".join([header, *lines]) + "\n")
    found = project(read_folder(given, to_plan=False), at=AT, hours=0.25, replications=2)
    alone = stationary(3100, 300, 25.0, 0.01, 180.0)
    for row in found.assignments:
        assert row.engine is Engine.SIMULATE
        assert row.transfers_per_hour == pytest.approx(
            3600.0 * float(alone.transfers_per_second), rel=0.02
        )
