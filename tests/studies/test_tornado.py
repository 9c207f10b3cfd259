"""Tornado: each input 10 % lower and higher, against rates computed independently."""

from __future__ import annotations

import pytest

from planner.contracts.comparison import Sensitivity, Tornado
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem, TrunkGroup
from planner.contracts.result import PlanOptions
from planner.studies.tornado import sensitivities
from planner.studies.whatif import whatif
from tests.support.builders import solar
from tests.support.reference import hourly_rates


def fleet(cps: float | None = None) -> Problem:
    """Solar with 95 + 5 lines on each of two dialers in a trunk group, and a broadcast."""
    news = Campaign(campaign_id="News", kind="broadcast", attempt_seconds=30, answer_rate=0.95)
    return Problem(
        dialers=(
            Dialer(dialer_id="D1", ports=100, cps=cps, trunk_group="T"),
            Dialer(dialer_id="D2", ports=120, trunk_group="T"),
        ),
        campaigns=(solar(), news),
        trunk_groups=(TrunkGroup(trunk_group="T", channels=220),),
        assignments=(
            LineAssignment(campaign_id="Solar", dialer_id="D1", dial_lines=95, agent_lines=5),
            LineAssignment(campaign_id="Solar", dialer_id="D2", dial_lines=95, agent_lines=5),
            LineAssignment(campaign_id="News", dialer_id="D2", dial_lines=20, agent_lines=0),
        ),
    )


def tornado(problem: Problem, redundancy: float = 0.0) -> Tornado:
    return sensitivities(problem, PlanOptions(redundancy=redundancy))


def row(name: str, found: Tornado) -> Sensitivity:
    return next(item for item in found.rows if item.input == name)


def handled(lines: int, agents: int, **figures: float) -> float:
    return hourly_rates(solar(**figures), lines, agents)[0]


NEWS_VALUE = 20 * 120 * 0.95  # 20 lines, 120 attempts an hour each
BASE = 2 * handled(95, 5) + NEWS_VALUE


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("campaign.Solar.answer_rate", 0.09, 0.11),
        ("campaign.Solar.transfer_rate", 0.09, 0.11),
        ("campaign.Solar.talk_seconds", 162.0, 198.0),
        ("campaign.Solar.attempt_seconds", 22.5, 27.5),
    ],
)
def test_figures_of_a_campaign_change_its_rates(name: str, low: float, high: float) -> None:
    found = row(name, tornado(fleet()))
    field = name.rsplit(".", 1)[1]
    assert (found.low_input, found.high_input) == pytest.approx((low, high), rel=1e-12)
    for value, aim in ((low, found.low_aim), (high, found.high_aim)):
        assert aim == pytest.approx(2 * handled(95, 5, **{field: value}) + NEWS_VALUE, rel=1e-9)


def test_fewer_agents_cost_and_more_earn_nothing_without_lines() -> None:
    found = row("campaign.Solar.agent_lines", tornado(fleet()))
    assert (found.low_input, found.high_input) == (9, 11)
    assert found.low_aim == pytest.approx(handled(95, 5) + handled(95, 4) + NEWS_VALUE, rel=1e-9)
    assert found.high_aim == pytest.approx(BASE, rel=1e-9)


def test_fewer_ports_cut_dial_lines() -> None:
    found = row("dialer.D1.ports", tornado(fleet()))
    assert found.low_aim == pytest.approx(handled(85, 5) + handled(95, 5) + NEWS_VALUE, rel=1e-9)


def test_fewer_calls_a_second_count_as_fewer_dial_lines() -> None:
    # 95 + 5 lines make 10,050 attempts an hour, 2.79 a second: a limit of 3 leaves them, 2.7 not.
    problem = fleet(cps=3.0)
    most = max(n for n in range(5, 96) if hourly_rates(solar(), n, 5)[3] <= 2.7 * 3600)
    found = row("dialer.D1.cps", tornado(problem))
    assert found.low_aim == pytest.approx(handled(most, 5) + handled(95, 5) + NEWS_VALUE, rel=1e-9)
    assert found.high_aim == pytest.approx(BASE, rel=1e-9)


def test_a_share_stays_within_1() -> None:
    found = row("campaign.News.answer_rate", tornado(fleet()))
    assert found.high_input == 1.0
    assert found.high_aim == pytest.approx(2 * handled(95, 5) + 20 * 120, rel=1e-9)


def test_the_aim_blends_what_survives() -> None:
    found = row("campaign.Solar.value", tornado(fleet(), redundancy=0.4))
    # The loss of D2 leaves D1's transfers alone; with a value of 0.9 each:
    total = 0.9 * 2 * handled(95, 5) + NEWS_VALUE
    assert found.low_aim == pytest.approx(0.6 * total + 0.4 * 0.9 * handled(95, 5), rel=1e-9)


def test_the_largest_span_comes_first() -> None:
    found = tornado(fleet())
    spans = [abs(item.high_aim - item.low_aim) for item in found.rows]
    assert spans == sorted(spans, reverse=True)
    assert found.base_aim == pytest.approx(BASE, rel=1e-9)


def test_planned_anew_an_input_earns_what_its_best_plan_earns() -> None:
    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=12),),
        campaigns=(solar(agent_lines=2),),
        assignments=(
            LineAssignment(campaign_id="Solar", dialer_id="D1", dial_lines=10, agent_lines=2),
        ),
    )
    compared = whatif(problem, {}, PlanOptions(gap=0.0), replan=True, tornado=True)
    assert compared.tornado is not None
    found = row("dialer.D1.ports", compared.tornado)
    assert (found.low_input, found.high_input) == (11, 13)
    for ports, aim in ((11, found.low_replanned), (13, found.high_replanned)):
        assert aim == pytest.approx(max(handled(ports - a, a) for a in (1, 2)), rel=1e-9)


def test_two_failures_at_once_take_both_dialers() -> None:
    options = PlanOptions(redundancy=0.4, failures=2)
    found = row("campaign.Solar.value", sensitivities(fleet(), options))
    total = 0.9 * 2 * handled(95, 5) + NEWS_VALUE
    assert found.low_aim == pytest.approx(0.6 * total, rel=1e-9)
