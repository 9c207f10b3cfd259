"""Agents of pools, rows of limits and what calls cost, while lines are moved."""

from __future__ import annotations

import pytest

from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.evaluation.moves.ordered import ordered_moves
from tests.support.builders import solar
from tests.support.reference import hourly_rates

NEWS = {"kind": "broadcast", "attempt_seconds": 30, "answer_rate": 0.5}


def lines(name: str, dialer: str, dial: int, agents: int = 0) -> LineAssignment:
    return LineAssignment(campaign_id=name, dialer_id=dialer, dial_lines=dial, agent_lines=agents)


def test_agents_of_a_pool_leave_one_campaign_before_they_work_for_the_other() -> None:
    # Two agents sit in Dallas, for either campaign; each campaign alone may have two.
    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=50),),
        campaigns=(
            solar(campaign_id="A", agent_lines=2, value=1.0),
            solar(campaign_id="B", agent_lines=2, value=9.0),
        ),
        pools=(PoolRow(pool="Dallas", agent_lines=2),),
    )
    found = ordered_moves(
        problem, [lines("A", "D1", 10, 2)], LinePlan(assignments=(lines("B", "D1", 10, 2),))
    )
    agents = {"A": 2, "B": 0}
    for move in found.moves:
        agents[move.campaign_id] = move.agent_lines_to
        assert sum(agents.values()) <= 2
    assert agents == {"A": 0, "B": 2}


def test_a_limit_on_two_dialers_together_is_kept_on_the_way() -> None:
    problem = Problem(
        dialers=tuple(Dialer(dialer_id=d, ports=20) for d in ("D1", "D2")),
        campaigns=(Campaign(campaign_id="A", **NEWS), Campaign(campaign_id="B", value=9, **NEWS)),
        limits=(LimitRow(dialer_ids=("D1", "D2"), max_dial_lines=20),),
    )
    found = ordered_moves(
        problem, [lines("A", "D1", 20)], LinePlan(assignments=(lines("B", "D2", 20),))
    )
    there = {"A": 20, "B": 0}
    for move in found.moves:
        there[move.campaign_id] = move.dial_lines_to
        assert sum(there.values()) <= 20


def test_lines_that_a_limit_asks_for_stay_where_an_order_allows_it() -> None:
    # Ten lines of A are asked for on D1 and D2 together; it goes from one to the other.
    problem = Problem(
        dialers=tuple(Dialer(dialer_id=d, ports=10) for d in ("D1", "D2", "D3")),
        campaigns=(Campaign(campaign_id="A", **NEWS),),
        limits=(LimitRow(campaign_id="A", dialer_ids=("D1", "D2"), min_dial_lines=10),),
    )
    now = [lines("A", "D1", 10)]
    found = ordered_moves(problem, now, LinePlan(assignments=(lines("A", "D2", 10),)))
    assert [move.dialer_id for move in found.moves] == ["D2", "D1"]
    assert [move.breaks for move in found.moves] == [(), ()]


def test_values_are_net_of_what_calls_cost() -> None:
    campaign = solar(value=20.0)
    problem = Problem(
        dialers=(
            Dialer(dialer_id="D1", ports=50, cost_per_attempt=0.01, cost_per_talk_minute=0.05),
        ),
        campaigns=(campaign,),
    )
    found = ordered_moves(problem, [], LinePlan(assignments=(lines("Solar", "D1", 30, 5),)))
    handled, _, _, attempts = hourly_rates(campaign, 30, 5)
    # Talks of 180 s are 3 minutes.
    net = 20 * handled - 0.01 * attempts - 0.05 * 3 * handled
    assert found.moves[-1].value_after == pytest.approx(net, rel=1e-9)
