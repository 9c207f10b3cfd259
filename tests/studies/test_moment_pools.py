"""Plans of a moment and of a week have the pools and limits that are in force then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.problem import Dialer, Problem
from planner.evaluation.running.cannot_run import runnable_only
from planner.projection.hours.calendar import Spell
from planner.studies.week.spans import at_moment, spans
from tests.support.builders import solar

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)


def fleet() -> Problem:
    return Problem(
        dialers=(Dialer(dialer_id="D1", ports=100),),
        campaigns=(solar(agent_lines=None),),
        pools=(
            PoolRow(pool="P", agent_lines=5, days="Mon-Fri", from_="22:00", to="06:00"),
            PoolRow(pool="P", agent_lines=2, days="Mon-Fri", from_="06:00", to="12:00"),
        ),
        limits=(LimitRow(max_lines=30, days="2026-11-30", from_="09:00", to="10:00"),),
    )


def test_a_plan_of_a_moment_has_who_is_on_shift_then() -> None:
    night, _ = at_moment(fleet(), MONDAY + timedelta(hours=23))
    assert (night.campaigns[0].agent_lines, night.campaigns[0].own_agent_lines) == (5, None)
    assert night.limits == ()
    morning, _ = at_moment(fleet(), MONDAY + timedelta(hours=9))
    assert morning.campaigns[0].agent_lines == 2
    assert [row.has_hours for row in (*morning.pools, *morning.limits)] == [False, False]
    noon, _ = at_moment(fleet(), MONDAY + timedelta(hours=13))
    assert (noon.pools, noon.campaigns[0].agent_lines) == ((), 0)


def test_a_week_is_cut_where_pools_and_limits_change() -> None:
    day = spans(fleet(), Spell(MONDAY, MONDAY + timedelta(days=1)))
    # Of Sunday's night nobody is there; then six to nine, the limit's hour, ten to twelve.
    assert [span.spell.start.hour for span in day] == [0, 6, 9, 10, 12, 22]
    assert [sum(row.agent_lines for row in span.running_set.pools) for span in day] == [
        0,
        2,
        2,
        2,
        0,
        5,
    ]


def test_agent_lines_of_a_campaign_with_pools_are_a_cap_also_while_nobody_is_on_shift() -> None:
    problem = fleet().model_copy(update={"campaigns": (solar(agent_lines=4),)})
    night, _ = at_moment(problem, MONDAY + timedelta(hours=23))
    assert night.campaigns[0].agent_lines == 4
    noon, _ = at_moment(problem, MONDAY + timedelta(hours=13))
    _, left = runnable_only(noon)
    assert [item.why for item in left] == ["nobody is on shift for it"]


def test_a_campaign_whose_pools_have_nobody_cannot_run() -> None:
    nobody = fleet().model_copy(
        update={
            "campaigns": (solar(agent_lines=4),),
            "pools": (PoolRow(pool="P", agent_lines=0),),
        }
    )
    problem, left = runnable_only(nobody)
    assert (problem.campaigns, [item.campaign_id for item in left]) == ((), ["Solar"])
