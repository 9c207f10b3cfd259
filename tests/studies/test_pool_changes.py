"""Expressions about pools, limits, costs and priorities."""

from __future__ import annotations

import pytest

from planner.contracts.faults import InputError
from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.fleet.line_assignment import LineAssignment
from planner.contracts.problem import Campaign, Dialer, Problem, TrunkGroup
from planner.studies.changes import changed_problem
from planner.studies.whatif import whatif
from tests.support.builders import solar
from tests.support.reference import hourly_rates


def fleet() -> Problem:
    return Problem(
        dialers=(Dialer(dialer_id="D1", ports=100, trunk_group="T", cost_per_attempt=0.01),),
        campaigns=(solar(agent_lines=None, answer_rate="0.4|0.2"),),
        trunk_groups=(TrunkGroup(trunk_group="T", channels=50, fails_together=True),),
        assignments=(
            LineAssignment(
                campaign_id="Solar", dialer_id="D1", dial_lines=9, agent_lines=3, pools="P:2"
            ),
        ),
        pools=(
            PoolRow(pool="P", agent_lines=5, days="Mon-Fri"),
            PoolRow(pool="P", agent_lines=3, days="Sat"),
            PoolRow(pool="Q", agent_lines=1),
        ),
        limits=(LimitRow(max_lines=36), LimitRow(limit="L.x", max_lines=9)),
    )


def test_a_pool_is_changed_in_all_its_hours_and_campaigns_follow() -> None:
    given = changed_problem(fleet(), ["pool.P.agent_lines*=2"])
    assert [row.agent_lines for row in given.pools] == [10, 6, 1]
    (campaign,) = given.campaigns
    assert (campaign.own_agent_lines, campaign.agent_lines) == (None, 11)
    assert [r.agent_lines for r in changed_problem(fleet(), ["pool.*.agent_lines-=1"]).pools] == [
        4, 2, 0,
    ]  # fmt: skip


def test_limits_by_name_or_line_and_taken_away() -> None:
    assert changed_problem(fleet(), ["limit.2.max_lines=40"]).limits[0].max_lines == 40
    assert changed_problem(fleet(), ["limit.L.x.max_lines+=1"]).limits[1].max_lines == 10
    assert changed_problem(fleet(), ["limit.*.max_lines="]).limits[0].max_lines is None
    assert changed_problem(fleet(), ["limit.2.dialer_id=D1"]).limits[0].dialer_ids == ("D1",)


def test_priorities_costs_and_what_fails_together() -> None:
    given = changed_problem(
        fleet(),
        [
            "campaign.Solar.priority=0",
            "dialer.D1.cost_per_attempt*=1.2",
            "trunk_group.T.fails_together=false",
            "campaign.Solar.min_transfers_per_hour=30",
        ],
    )
    assert given.campaigns[0].priority == 0
    assert given.dialers[0].cost_per_attempt == 0.012
    assert given.trunk_groups[0].fails_together is False
    assert given.campaigns[0].min_transfers_per_hour == 30


def test_the_rates_of_all_passes_are_changed_together() -> None:
    (campaign,) = changed_problem(fleet(), ["campaign.Solar.answer_rate*=0.5"]).campaigns
    assert campaign.answer_rate_by_pass == (0.2, 0.1)
    (campaign,) = changed_problem(fleet(), ["campaign.Solar.answer_rate=0.3"]).campaigns
    assert (campaign.answer_rate, campaign.answer_rate_by_pass) == (0.3, ())


def test_agent_lines_that_a_campaign_has_none_of_are_set_first() -> None:
    with pytest.raises(InputError, match="agent_lines set with = first: it is blank"):
        changed_problem(fleet(), ["campaign.Solar.agent_lines+=2"])
    (campaign,) = changed_problem(fleet(), ["campaign.Solar.agent_lines=2"]).campaigns
    assert campaign.own_agent_lines == 2


def test_who_sits_there_is_forgotten_with_other_lines() -> None:
    given = changed_problem(fleet(), ["assignment.Solar.D1.agent_lines=1"])
    assert given.assignments[0].pools == ()
    kept = changed_problem(fleet(), ["assignment.Solar.D1.dial_lines=8"])
    assert kept.assignments[0].pools == (("P", 2),)


def test_what_is_no_pool_or_limit_is_told_with_its_file() -> None:
    with pytest.raises(InputError, match=r"an id of agents\.csv \(P, Q\)"):
        changed_problem(fleet(), ["pool.QQ.agent_lines=2"])
    with pytest.raises(InputError, match=r"a column of limits\.csv"):
        changed_problem(fleet(), ["limit.2.most=2"])


def test_agents_of_a_pool_are_idle_once_however_many_campaigns_they_serve() -> None:
    always = {"start": "2026-01-01", "schedule": "Mon-Sun 00:00-24:00"}
    shared = Problem(
        dialers=tuple(Dialer(dialer_id=name, ports=100) for name in ("D1", "D2")),
        campaigns=tuple(solar(**always, campaign_id=name, agent_lines=None) for name in ("A", "B")),
        assignments=tuple(
            LineAssignment(campaign_id=c, dialer_id=d, dial_lines=95, agent_lines=5)
            for c, d in (("A", "D1"), ("B", "D2"))
        ),
        pools=(PoolRow(pool="Dallas", agent_lines=10),),
    )
    # Each campaign hands over 79.260393 calls an hour, of 180 s (Engset).
    idle = whatif(shared, {}).base.kept.agents_idle
    assert idle == pytest.approx(10 - 2 * 79.260393 * 180 / 3600, abs=1e-6)


def test_lines_that_stay_have_no_more_agents_than_their_pools() -> None:
    # Five agents sit 2 + 2 with Solar and 1 with Tax; of two that are left one is on each place of
    # Solar, as in a projection: two in five of 2, 2 and 1 lines by Sainte-Lague are 1, 1 and 0.
    def campaign(name: str) -> Campaign:
        return solar(campaign_id=name, agent_lines=None)

    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=30), Dialer(dialer_id="D2", ports=30)),
        campaigns=(campaign("Solar"), campaign("Tax")),
        pools=(PoolRow(pool="Floor", agent_lines=5),),
        assignments=(
            LineAssignment(campaign_id="Solar", dialer_id="D1", dial_lines=23, agent_lines=2),
            LineAssignment(campaign_id="Solar", dialer_id="D2", dial_lines=23, agent_lines=2),
            LineAssignment(campaign_id="Tax", dialer_id="D1", dial_lines=4, agent_lines=1),
        ),
    )
    kept = whatif(problem, {"fewer": ["pool.Floor.agent_lines=2"]}).worlds[0].kept
    lines = {(a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines) for a in kept.lines}
    assert lines == {("Solar", "D1"): (23, 1), ("Solar", "D2"): (23, 1)}
    one = hourly_rates(campaign("Solar"), 23, 1)[0]
    assert kept.value_per_hour == pytest.approx(2 * one, rel=1e-9)


def test_lines_of_a_campaign_past_its_stop_date_bring_nothing_and_break_nothing() -> None:
    problem = fleet().model_copy(
        update={"campaigns": (solar(agent_lines=None, stop="2026-01-01"),)}
    )
    kept = whatif(problem, {"same": []}).base.kept
    assert (kept.value_per_hour, kept.breaches) == (0, ())
    assert [item.reason for item in kept.lost] == ["its stop date, 2026-01-01, has passed"]
