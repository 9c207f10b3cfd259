"""What each move brings back of a loss, and value by number of moves."""

from __future__ import annotations

import pytest

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.contracts.result import Move
from planner.evaluation.moves.gains import brought_back, value_by_moves
from planner.evaluation.moves.ordered import ordered_moves

NEWS = {"kind": "broadcast", "attempt_seconds": 30, "answer_rate": 0.5}


def moves(*values: float) -> tuple[Move, ...]:
    return tuple(
        Move(
            step=step,
            campaign_id="A",
            dialer_id=f"D{step}",
            dial_lines_from=0,
            dial_lines_to=1,
            agent_lines_from=0,
            agent_lines_to=0,
            instruction="",
            value_after=value,
        )
        for step, value in enumerate(values, start=1)
    )


def test_shares_of_the_loss_are_told_move_by_move() -> None:
    # 1,000 before, 600 after the failure: 400 are lost. 100 of them come back, 20 go, 240 come.
    found = brought_back(1000, 600, moves(700, 680, 920))
    assert [item.share for item in found] == pytest.approx([0.25, -0.05, 0.6])
    assert [item.share_so_far for item in found] == pytest.approx([0.25, 0.2, 0.8])
    assert len(brought_back(1000, 600, moves(700, 680, 920), most=2)) == 2
    assert brought_back(600, 600, moves(700)) == ()


def test_value_rises_with_the_number_of_moves() -> None:
    assert value_by_moves(600, moves(700, 680, 920)) == ((0, 600), (1, 700), (3, 920))


def test_gains_come_first_where_that_is_asked_for() -> None:
    # One line makes 60 messages an hour. A (0.1 a message) leaves D1, so that B (1 a message) has
    # its port; C (0.05) starts on D3 without waiting.
    problem = Problem(
        dialers=tuple(Dialer(dialer_id=f"D{d}", ports=1) for d in (1, 2, 3)),
        campaigns=tuple(
            Campaign(campaign_id=name, value=value, **NEWS)
            for name, value in (("A", 0.1), ("B", 1.0), ("C", 0.05))
        ),
    )

    def line(name: str, dialer: str) -> LineAssignment:
        return LineAssignment(campaign_id=name, dialer_id=dialer, dial_lines=1, agent_lines=0)

    plan = LinePlan(assignments=(line("B", "D1"), line("C", "D3")))
    first_steady = ordered_moves(problem, [line("A", "D1")], plan)
    first_gains = ordered_moves(problem, [line("A", "D1")], plan, gains_first=True)
    assert [move.value_after for move in first_steady.moves] == pytest.approx([9, 3, 63])
    assert [move.value_after for move in first_gains.moves] == pytest.approx([0, 60, 63])
