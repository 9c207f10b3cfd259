"""Pools of agents that grow and shrink with the hour, in a projection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from planner.contracts.fleet.agents import PoolRow
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.contracts.result import Status
from planner.pipeline.pipeline import project
from planner.projection.pairs import pairs_at
from planner.traffic.exact.engset import all_busy_share

#: A Monday.
NINE = datetime(2026, 11, 30, 9, tzinfo=UTC)
NOON, ONE = NINE + timedelta(hours=3), NINE + timedelta(hours=4)


def campaign(name: str, **changes: Any) -> Campaign:
    fields: dict[str, Any] = {
        "campaign_id": name,
        "agent_lines": None,
        "attempt_seconds": 25.0,
        "answer_rate": 0.2,
        "transfer_rate": 0.1,
        "talk_seconds": 120.0,
        "start": "2026-01-01",
        "schedule": "Mon-Fri 08:00-18:00",
    }
    return Campaign(**(fields | changes))


def problem(
    lines: dict[tuple[str, str], tuple[int, int]], *rows: PoolRow, **changes: Any
) -> Problem:
    fields: dict[str, Any] = {
        "dialers": tuple(Dialer(dialer_id=name, ports=200) for name in ("D1", "D2")),
        "campaigns": (campaign("Solar"), campaign("Tax")),
        "assignments": tuple(
            LineAssignment(campaign_id=c, dialer_id=d, dial_lines=n, agent_lines=a)
            for (c, d), (n, a) in lines.items()
        ),
        "pools": rows,
    }
    return Problem(**(fields | changes))


def shift(pool: str, agents: int, start: str, end: str, **where: Any) -> PoolRow:
    return PoolRow(pool=pool, agent_lines=agents, from_=start, to=end, **where)


def staffed(given: Problem, moment: datetime) -> list[int]:
    return [pair.agent_lines for pair in pairs_at(given, moment)]


TWO = {("Solar", "D1"): (40, 4), ("Tax", "D1"): (40, 6)}


def test_a_pool_that_shrinks_takes_lines_away_in_proportion() -> None:
    dallas = shift("Dallas", 10, "08:00", "12:00"), shift("Dallas", 5, "12:00", "18:00")
    given = problem(TWO, *dallas)
    assert staffed(given, NINE) == [4, 6]
    assert staffed(given, NOON) == [2, 3]


def test_lines_that_another_pool_reaches_are_not_taken_away() -> None:
    # From noon on two in Dallas for both, and three in Atlanta who only know Tax on D1.
    rows = (
        shift("Dallas", 10, "08:00", "12:00"),
        shift("Dallas", 2, "12:00", "18:00"),
        PoolRow(pool="Atlanta", agent_lines=3, campaigns=("Tax",), dialers=("D1",)),
    )
    # In proportion Solar has 2 of 4, all of Dallas, and Tax 3 of 6, all of Atlanta.
    assert staffed(problem(TWO, *rows), NOON) == [2, 3]
    elsewhere = {("Solar", "D1"): (40, 4), ("Tax", "D2"): (40, 6)}
    # Atlanta does not reach D2: the two of Dallas are all there is, 0.8 and 1.2 in proportion.
    assert staffed(problem(elsewhere, *rows), NOON) == [1, 1]


def test_agents_work_for_the_campaigns_that_dial() -> None:
    given = problem(
        TWO,
        shift("Dallas", 5, "08:00", "18:00"),
        campaigns=(campaign("Solar"), campaign("Tax", schedule="Mon-Fri 08:00-12:00")),
    )
    assert staffed(given, NINE) == [2, 3]
    assert staffed(given, NOON)[0] == 4  # Tax has gone home


def test_nobody_is_there_outside_the_hours_of_a_pool() -> None:
    assert staffed(problem(TWO, shift("Dallas", 10, "08:00", "12:00")), NOON) == [0, 0]


def test_campaigns_that_no_pool_serves_keep_their_own() -> None:
    given = problem(
        TWO,
        shift("Dallas", 2, "08:00", "18:00", campaigns=("Solar",)),
        campaigns=(campaign("Solar"), campaign("Tax", agent_lines=6)),
    )
    assert staffed(given, NINE) == [2, 6]


def test_the_timeline_follows_a_pool_that_shrinks_at_noon() -> None:
    rows = shift("Dallas", 6, "08:00", "12:00"), shift("Dallas", 3, "12:00", "18:00")
    given = problem({("Solar", "D1"): (30, 6)}, *rows, campaigns=(campaign("Solar"),))
    found = project(given, at=NINE, hours=5)
    assert found.assignments[0].all_busy_share == pytest.approx(
        float(all_busy_share(30, 6, 0.02 * 120 / 25)), rel=1e-9
    )
    for moment, agents in ((NOON - timedelta(minutes=30), 6), (ONE, 3)):
        exact = float(all_busy_share(30, agents, 0.02 * 120 / 25))
        step = next(s for s in found.timeline if s.start == moment)
        low, high = step.low[Status.ALL_BUSY], step.high[Status.ALL_BUSY]
        # Twice as wide: 95 % intervals of two steps, of one seed.
        middle, half = (low + high) / 2, high - low
        assert abs(exact - middle) <= half
        assert half < 0.1


def test_a_projection_says_how_many_agents_the_hour_has() -> None:
    dallas = shift("Dallas", 10, "08:00", "12:00"), shift("Dallas", 5, "12:00", "18:00")
    found = project(problem(TWO, *dallas), at=NOON, hours=1)
    (solar, tax) = found.notes[:2]
    assert solar == "Solar: agents are on shift for 2 of 4 agent lines; taken as 2 on D1."
    assert tax == "Tax: agents are on shift for 3 of 6 agent lines; taken as 3 on D1."
