"""What one more is worth: the difference of two best plans."""

from __future__ import annotations

from pathlib import Path

import planner
from planner.contracts.result import PlanOptions

CASES = Path(__file__).resolve().parents[1] / "data" / "cases"


def test_one_more_agent_is_worth_most_where_it_is() -> None:
    # cases/README: with 21 instead of 20 agents C6 gains 113.77 an hour, and nobody gains more.
    found = planner.plan(CASES / "claims" / "one_more_agent", PlanOptions(time_limit=20))
    rows = {row.campaign_id: row for row in found.campaigns}
    best = rows["C6"]
    assert best.value_of_one_more_agent_line_low is not None
    assert best.value_of_one_more_agent_line_high is not None
    assert best.value_of_one_more_agent_line_low <= 113.77 <= best.value_of_one_more_agent_line_high
    told = {name: row.value_of_one_more_agent_line or 0.0 for name, row in rows.items()}
    assert max(told, key=lambda name: told[name]) == "C6"


def test_one_more_agent_of_a_pool_that_has_idle_ones_is_worth_nothing() -> None:
    # Dallas and Atlanta: whoever has nobody to sit with gains nothing by one more.
    found = planner.plan(CASES / "pools" / "agents_at_sites", PlanOptions(gap=0))
    idle = [row for row in found.pools if row.idle > 0]
    assert all(row.value_of_one_more_agent_line == 0.0 for row in idle)
    assert all(row.value_of_one_more_agent_line is not None for row in found.pools)
