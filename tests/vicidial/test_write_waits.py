"""Surplus lines of a VICIdial database are waited for before others are raised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.vicidial.reading.database import Database
from tests.vicidial.builder import Site, two_servers
from tests.vicidial.writing import agents_kept, lines, prepared, write


def test_surplus_lines_are_waited_for_before_others_are_raised(site: Site, tmp_path: Path) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    seen = []
    original = Database.execute

    def execute(self: Database, text: str, values: Any = ()) -> int:
        found = original(self, text, values)
        rows = site.rows("SELECT campaign_id, COUNT(*) AS n FROM vicidial_live_agents GROUP BY 1")
        seen.append({row["campaign_id"]: row["n"] for row in rows})
        return found

    with agents_kept(site, lasting=0.3), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "execute", execute)
        assert write(site, folder, "--apply", "--wait", "10") == 0
        # Nobody is at two places: 9 agents of C1 and 5 of C2 (4 before) at most.
        assert max(counts["C1"] for counts in seen) == 9
        assert max(counts["C2"] for counts in seen) <= 5
        there = site.rows(
            "SELECT campaign_id, server_ip, COUNT(*) AS n FROM vicidial_live_agents "
            "GROUP BY 1, 2 ORDER BY 1, 2"
        )
        assert [row["n"] for row in there] == [3, 6, 4, 1]


def test_surplus_lines_that_do_not_go_stop_it_before_anything_is_raised(
    site: Site, tmp_path: Path
) -> None:
    two_servers(site)
    folder = prepared(site, tmp_path)
    with agents_kept(site, lasting=1000):
        assert write(site, folder, "--apply", "--wait", "0.2") == 4

    assert lines(site) == {
        ("C1", "D1"): (40, 3),
        ("C1", "D2"): (60, 4),
        ("C2", "D1"): (0, 1),
        ("C2", "D2"): (10, 1),
    }
    assert write(site, folder, "--undo") == 0
