"""One allowed and one forbidden case for each limit, with optima by hand (one_agent.py)."""

from typing import Any

import pytest

import planner
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, LineAssignment, Problem, TrunkGroup
from planner.contracts.result import PlanResult, PlanStatus
from planner.evaluation.limits.check import check
from planner.optimize.search import optimize
from tests.support.one_agent import campaign, dialer, handled, lines, problem
from tests.support.reference import hourly_rates


def broken(given: Problem, *cells: tuple[str, str, int, int]) -> set[str]:
    return {breach.rule for breach in check(given, lines(*cells))}


def solved(given: Problem, **options: Any) -> PlanResult:
    return planner.plan(given, planner.PlanOptions(gap=0.0, **options))


def best(given: Problem, **options: Any) -> float:
    result = solved(given, **options)
    assert result.status is PlanStatus.OPTIMAL
    assert result.value is not None
    return result.value.value_per_hour


ONE = problem()
TWO = problem(dialer("D"), dialer("E"))


CASES = {
    # rule: (problem, cells that hold it, cells that break it)
    "ports": (ONE, [("C", "D", 7, 1)], [("C", "D", 8, 1)]),
    "channels": (
        problem(
            dialer("D", trunk_group="T"),
            trunk_groups=(TrunkGroup(trunk_group="T", channels=6),),
        ),
        [("C", "D", 5, 1)],
        [("C", "D", 6, 1)],
    ),
    # One line and one agent line: the agent is free for 1/1.75 of the time, each attempt of
    # 20 s then follows the last: 0.05 / 1.75 = 0.02857 attempts a second.
    "cps": (
        problem(dialer("D", cps=0.0286)),
        [("C", "D", 1, 1)],
        [("C", "D", 2, 1)],
    ),
    "trunk_cps": (
        problem(
            dialer("D", trunk_group="T"),
            trunk_groups=(TrunkGroup(trunk_group="T", channels=9, cps=0.0286),),
        ),
        [("C", "D", 1, 1)],
        [("C", "D", 2, 1)],
    ),
    "agent_lines": (TWO, [("C", "D", 3, 1)], [("C", "D", 3, 1), ("C", "E", 3, 1)]),
    "max_dial_lines": (
        problem(campaigns=[campaign(max_dial_lines=3)]),
        [("C", "D", 3, 1)],
        [("C", "D", 4, 1)],
    ),
    "dial_lines": (
        problem(campaigns=[campaign(agent_lines=3)]),
        [("C", "D", 2, 2)],
        [("C", "D", 2, 3)],
    ),
    "allowed_dialers": (
        problem(dialer("D"), dialer("E"), campaigns=[campaign(allowed_dialers=("D",))]),
        [("C", "D", 3, 1)],
        [("C", "E", 3, 1)],
    ),
    "in_service": (
        problem(dialer("D"), dialer("E", in_service=False)),
        [("C", "D", 3, 1)],
        [("C", "E", 3, 1)],
    ),
    "min_dialers": (
        problem(dialer("D"), dialer("E"), campaigns=[campaign(agent_lines=2, min_dialers=2)]),
        [("C", "D", 3, 1), ("C", "E", 3, 1)],
        [("C", "D", 3, 1)],
    ),
    "min_agent_lines": (
        problem(campaigns=[campaign(agent_lines=2, min_agent_lines=2)]),
        [("C", "D", 3, 2)],
        [("C", "D", 3, 1)],
    ),
    # 7 + 1 lines: of 460.8 attempts an hour 230.4 are answered, 77.76 abandoned: 33.75 %.
    # 1 + 1 lines abandon nothing.
    "max_abandon_rate": (
        problem(campaigns=[campaign(max_abandon_rate=0.33)]),
        [("C", "D", 1, 1)],
        [("C", "D", 7, 1)],
    ),
    # 3 and 3 lines: half survives either failure; 3 and 2 lines: 43.2 of 93.05 = 46 % survive.
    "survivable_share": (
        problem(
            dialer("D"), dialer("E"), campaigns=[campaign(agent_lines=2, survivable_share=0.5)]
        ),
        [("C", "D", 3, 1), ("C", "E", 3, 1)],
        [("C", "D", 3, 1), ("C", "E", 2, 1)],
    ),
    "locked": (
        problem(
            assignments=(
                LineAssignment(
                    campaign_id="C", dialer_id="D", dial_lines=3, agent_lines=1, locked=True
                ),
            )
        ),
        [("C", "D", 3, 1)],
        [("C", "D", 4, 1)],
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_check_allows_a_plan_at_the_limit(rule: str) -> None:
    given, allowed, _ = CASES[rule]
    assert broken(given, *allowed) == set()


@pytest.mark.parametrize("rule", CASES)
def test_check_tells_a_plan_beyond_the_limit(rule: str) -> None:
    given, _, forbidden = CASES[rule]
    assert rule in broken(given, *forbidden)


@pytest.mark.parametrize("rule", CASES)
def test_the_optimiser_holds_the_limit(rule: str) -> None:
    given, _, _ = CASES[rule]
    result = solved(given)
    assert result.plan is not None
    assert check(given, result.plan) == ()


def test_all_ports_are_used_when_nothing_else_limits() -> None:
    assert best(problem(dialer(ports=8))) == pytest.approx(handled(7))


def test_agent_lines_off_the_ports_leave_a_port_to_dial() -> None:
    given = problem(dialer(ports=8, agent_lines_use_ports=False))
    assert best(given) == pytest.approx(handled(8))


def test_channels_of_a_trunk_group_limit_its_dialers_together() -> None:
    # 8 channels over two dialers and one agent line: 7 dial lines, best all beside the agent.
    group = TrunkGroup(trunk_group="T", channels=8)
    given = problem(
        dialer("D", 20, trunk_group="T"), dialer("E", 20, trunk_group="T"), trunk_groups=(group,)
    )
    assert best(given) == pytest.approx(handled(7))


def test_calls_per_second_limit_the_dial_lines() -> None:
    # N lines attempt 0.05 * (N / (1 + 0.75 N) + share in pauses) a second, which grows with N;
    # at 1 line it is 0.05 / 1.75 = 0.02857, so that 0.0286 leaves exactly one line. The tables
    # know the mean only; a plan is then corrected by what launches spaced by 35 s cost.
    outcome = optimize(problem(dialer(cps=0.0286)), planner.PlanOptions(gap=0.0))
    assert outcome.value == pytest.approx(handled(1))


def test_max_dial_lines_caps_the_campaign_over_all_dialers() -> None:
    # Two agent lines on two dialers, 3 dial lines in all: 2 and 1.
    given = problem(
        dialer("D", 3), dialer("E", 3), campaigns=[campaign(agent_lines=2, max_dial_lines=3)]
    )
    assert best(given) == pytest.approx(handled(2) + handled(1))


def test_survival_takes_the_even_split() -> None:
    # Ports allow 7 + 1 and 3 + 1; half must survive either failure, so both carry 3 + 1.
    given = problem(
        dialer("D", 8),
        dialer("E", 4),
        campaigns=[campaign(agent_lines=2, survivable_share=0.5)],
    )
    assert best(given) == pytest.approx(2 * handled(3))


def test_survival_counts_failure_domains_not_dialers() -> None:
    # D and E fail together: only F can carry what must survive, and it equals the rest.
    given = problem(
        dialer("D", 8, failure_domain="room"),
        dialer("E", 8, failure_domain="room"),
        dialer("F", 4),
        campaigns=[campaign(agent_lines=3, survivable_share=0.5)],
    )
    # F carries exactly as much as D and E together: 3 + 1 lines each, as 2 + 2 lines on F carry
    # 2 * 30.86 = 61.7, which the third agent line alone (at most 60.5 with 7 lines) cannot match.
    assert best(given) == pytest.approx(2 * handled(3))


def test_redundancy_weight_values_what_survives() -> None:
    # w = 1: only the surviving value counts; the fuller dialer is lost, the other stays.
    given = problem(dialer("D", 8), dialer("E", 8), campaigns=[campaign(agent_lines=2)])
    assert best(given, redundancy=1.0) == pytest.approx(handled(7))


def test_a_locked_assignment_keeps_its_lines_though_more_would_pay() -> None:
    given = CASES["locked"][0]
    assert best(given) == pytest.approx(handled(3))


def test_a_lock_lapses_where_the_dialer_is_out_of_service() -> None:
    lock = LineAssignment(campaign_id="C", dialer_id="D", dial_lines=3, agent_lines=1, locked=True)
    given = problem(dialer("D", in_service=False), dialer("E", 6), assignments=(lock,))
    assert best(given) == pytest.approx(handled(5))


def test_a_broadcast_uses_lines_without_agents() -> None:
    # 8 lines x 180 attempts an hour x 0.5 answered.
    given = problem(
        campaigns=[
            Campaign(campaign_id="B", kind="broadcast", attempt_seconds=20.0, answer_rate=0.5)
        ]
    )
    assert best(given) == pytest.approx(720.0)


def test_value_decides_who_gets_the_scarce_ports() -> None:
    # 4 ports: both need 1 + 1; the two others are none, so values decide nothing; with 5 ports
    # the fifth goes to the campaign of value 3: 3 * handled(2) + handled(1).
    given = problem(dialer(ports=5), campaigns=[campaign("A", value=3.0), campaign("B")])
    assert best(given) == pytest.approx(3 * handled(2) + handled(1))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (problem(dialer(ports=0)), "runs on at least 1 dialer"),
        (problem(campaigns=[campaign(survivable_share=0.6)]), "needs 60 % to survive"),
        (problem(campaigns=[campaign(agent_lines=2, min_dialers=2)]), "at least 2 dialers"),
        (problem(dialer(in_service=False)), "out of service"),
    ],
)
def test_an_infeasible_problem_names_what_cannot_hold(given: Problem, words: str) -> None:
    result = solved(given)
    assert result.status is PlanStatus.INFEASIBLE
    assert result.plan is None
    assert any(words in r for conflict in result.conflicts for r in conflict.requirements)


def test_an_infeasible_problem_tells_the_least_change_that_would_help() -> None:
    # One dialer: whatever it carries is lost with it, so nothing can survive; 0 % can.
    result = solved(problem(campaigns=[campaign(survivable_share=0.6)]))
    (conflict,) = result.conflicts
    assert "ask for 0 % of campaign C to survive" in conflict.relaxations
    assert "let campaign C go without lines (min_dialers 0)" in conflict.relaxations
    # 7 channels carry the lock of 7 + 1 lines only with one channel more, or its agent elsewhere.
    lock = LineAssignment(campaign_id="C", dialer_id="D", dial_lines=7, agent_lines=1, locked=True)
    group = TrunkGroup(trunk_group="T", channels=7)
    result = solved(problem(dialer(trunk_group="T"), trunk_groups=(group,), assignments=(lock,)))
    (conflict,) = result.conflicts
    assert set(conflict.requirements) == {
        "campaign C on D keeps its 7 + 1 lines",
        "agent lines on dialer D use its ports",
        "trunk group T has 7 channels",
    }
    assert set(conflict.relaxations) == {
        "let campaign C on D have other lines",
        "take the agent lines of dialer D off its ports",
        "give trunk group T 8 channels",
    }


def test_a_campaign_that_needs_no_dialer_may_stay_without() -> None:
    assert best(problem(dialer(ports=0), campaigns=[campaign(min_dialers=0)])) == 0.0


def test_no_campaigns_is_an_empty_plan() -> None:
    result = solved(problem(campaigns=[]))
    assert result.status is PlanStatus.OPTIMAL
    assert result.plan == LinePlan(assignments=())


def test_what_a_lock_abandons_too_much_is_made_up_for_elsewhere() -> None:
    # 7 + 1 lines on D abandon 77.76 of 230.4 answers, where a quarter is allowed: the lines on E
    # have to abandon 20.16 fewer than they may. Of all that do, the best.
    def spare(dial: int, agents: int) -> float:
        _, abandoned, answered, _ = hourly_rates(campaign(), dial, agents)
        return 0.25 * answered - abandoned

    cells = [(n, a) for a in (1, 2) for n in range(a, 13 - a)]
    lock = LineAssignment(campaign_id="C", dialer_id="D", dial_lines=7, agent_lines=1, locked=True)
    given = problem(
        dialer("D"),
        dialer("E", 12),
        campaigns=[campaign(agent_lines=3, max_abandon_rate=0.25)],
        assignments=(lock,),
    )
    elsewhere = max(
        hourly_rates(campaign(), n, a)[0] for n, a in cells if spare(n, a) >= -spare(7, 1)
    )
    assert best(given) == pytest.approx(handled(7) + elsewhere)
