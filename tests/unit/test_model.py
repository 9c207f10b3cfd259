"""The optimiser's arrays of a problem."""

from __future__ import annotations

from planner.optimize.model import build_model
from planner.plan import PlanOptions
from planner.problem import Campaign, Dialer, LineAssignment, Problem


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
