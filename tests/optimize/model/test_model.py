"""The optimiser's arrays of a problem."""

from __future__ import annotations

import numpy as np
import pytest

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem, TrunkGroup
from planner.contracts.result import PlanOptions
from planner.optimize.model.model import build_model
from planner.optimize.model.tables import ABANDONED, ANSWERED


def locked(dial_lines: int, agent_lines: int) -> Problem:
    return Problem(
        dialers=(Dialer(dialer_id="D", ports=30),),
        campaigns=(
            Campaign(
                campaign_id="C",
                agent_lines=9,
                attempt_seconds=20.0,
                answer_rate=0.5,
                transfer_rate=0.5,
                talk_seconds=60.0,
            ),
        ),
        assignments=(
            LineAssignment(
                campaign_id="C",
                dialer_id="D",
                dial_lines=dial_lines,
                agent_lines=agent_lines,
                locked=True,
            ),
        ),
    )


def test_a_lock_within_the_limits_is_the_whole_range() -> None:
    box = build_model(locked(20, 5), PlanOptions()).box
    assert not box.is_empty()
    assert (box.n_low[0, 0], box.n_high[0, 0]) == (20, 20)
    assert (box.a_low[0, 0], box.a_high[0, 0]) == (5, 5)


def test_a_lock_above_the_limits_leaves_nothing_and_needs_no_table() -> None:
    model = build_model(locked(100_000, 100_000), PlanOptions())
    assert model.box.is_empty()
    # 9 agent lines and 30 dial lines at most, and none: 10 x 31 entries of 4 figures.
    assert model.flat.size == 4 * 10 * 31


def test_a_campaign_has_no_more_lines_than_the_channels_of_its_carrier() -> None:
    dialers = (
        Dialer(dialer_id="D", ports=5000, trunk_group="T"),
        Dialer(dialer_id="E", ports=40),
    )
    campaign = locked(1, 1).campaigns[0]
    problem = Problem(
        dialers=dialers,
        campaigns=(campaign,),
        trunk_groups=(TrunkGroup(trunk_group="T", channels=25),),
    )
    assert build_model(problem, PlanOptions()).box.n_high.tolist() == [[25, 40]]


@pytest.mark.parametrize("limit", [0.005, 0.02, 0.05])
def test_no_split_that_holds_an_abandonment_limit_is_left_out(limit: float) -> None:
    """Every split over two dialers of 300 ports is looked at in the tables without the limit."""
    free = locked(1, 1).campaigns[0].model_copy(update={"agent_lines": 3})
    dialers = (Dialer(dialer_id="D", ports=300), Dialer(dialer_id="E", ports=300))
    limited = free.model_copy(update={"max_abandon_rate": limit})
    table = build_model(Problem(dialers=dialers, campaigns=(free,)), PlanOptions()).tables[0]
    box = build_model(Problem(dialers=dialers, campaigns=(limited,)), PlanOptions()).box
    over = table[ABANDONED] - limit * table[ANSWERED]
    lines = np.arange(table.shape[2])
    over = np.where(lines >= np.arange(len(over))[:, None], over, np.inf)  # N >= A
    over[0, 1:] = np.inf  # without agents nobody is called
    most = 0
    for a in range(4):
        for b in range(4 - a):
            first, _ = np.nonzero(np.add.outer(over[a], over[b]) <= 0)
            most = max(most, int(first.max()))
    assert most <= box.n_high[0, 0] < 150  # and what is useless is left out
