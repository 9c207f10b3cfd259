"""What stands beside a projection is short enough to be read, whatever the size of the fleet."""

from __future__ import annotations

import pytest

from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.pipeline.pipeline import project
from tests.support.builders import solar
from tests.support.results import MONDAY_NINE


@pytest.mark.parametrize(("campaigns", "more"), [(5, ""), (12, " and 7 more")])
def test_a_large_fleet_is_named_in_short(campaigns: int, more: str) -> None:
    names = [f"C{number}" for number in range(campaigns)]
    fleet = Problem(
        dialers=(Dialer(dialer_id="D1", ports=400, cps=50.0),),
        campaigns=tuple(solar(campaign_id=name, agent_lines=2) for name in names),
        assignments=tuple(
            LineAssignment(campaign_id=name, dialer_id="D1", dial_lines=10, agent_lines=2)
            for name in names
        ),
    )
    (told,) = (
        note
        for note in project(fleet, at=MONDAY_NINE, engine="markov").notes
        if note.startswith("By formulas that leave out")
    )
    assert told.endswith(f"hold back: C0, C1, C2, C3, C4{more}.")
