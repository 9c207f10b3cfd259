"""What a campaign misses even alone, against every split of its lines over small dialers."""

from __future__ import annotations

from itertools import product

import pytest

from planner.contracts.problem import Dialer, Problem, TrunkGroup
from planner.evaluation.limits.alone import missing_alone, most_surviving
from planner.optimize.model.requirements import CALLS, RUNS, SURVIVES, USED
from planner.optimize.shortfalls import asked_of, plan_shortfalls
from tests.support import one_agent
from tests.support.one_agent import lines


def fleet(*dialers: Dialer, **asked: object) -> Problem:
    carrier = TrunkGroup(trunk_group="T", channels=100, fails_together=True)
    campaigns = [one_agent.campaign(**asked)]
    return one_agent.problem(*dialers, campaigns=campaigns, trunk_groups=(carrier,))


TWO = (one_agent.dialer("D", 4), one_agent.dialer("E", 4))
SITE = (
    one_agent.dialer("D", 4, failure_domain="S"),
    one_agent.dialer("E", 4, failure_domain="S"),
    one_agent.dialer("F", 4),
)
OUT = (one_agent.dialer("D", 4), one_agent.dialer("E", 4, in_service=False))
SMALL = (one_agent.dialer("D", 4), one_agent.dialer("E", 1))


CARRIER = (one_agent.dialer("D", 4, trunk_group="T"), one_agent.dialer("E", 4, trunk_group="T"))
BESIDE = (*CARRIER, one_agent.dialer("F", 4))


@pytest.mark.parametrize("failures", [1, 2])
@pytest.mark.parametrize("asked", [{"min_dialers": 3}, {"survivable_share": 0.7}])
@pytest.mark.parametrize("agents", [1, 2, 3])
@pytest.mark.parametrize("dialers", [TWO, SITE, OUT, SMALL, CARRIER, BESIDE])
def test_no_split_in_which_the_campaign_runs_misses_less(
    dialers: tuple[Dialer, ...], agents: int, asked: dict[str, float], failures: int
) -> None:
    problem = fleet(*dialers, agent_lines=agents, **asked)
    told = missing_alone(problem, problem.campaigns[0], failures)
    wanted = asked_of(problem, failures)
    least = {USED: 10**9, SURVIVES: 10**9}
    # Every split: nothing, or one agent line and 1 to 3 dial lines, or two of both, on each dialer.
    choices = [(0, 0), (1, 1), (2, 1), (3, 1), (2, 2)]
    working = [
        d for d in dialers if d.in_service and d.ports >= 2
    ]  # on others a checker would refuse lines
    for split in product(choices, repeat=len(working)):
        used = [("C", d.dialer_id, n, a) for d, (n, a) in zip(working, split, strict=True) if n]
        fits = all(n + a <= d.ports for d, (n, a) in zip(working, split, strict=True))
        if not used or not fits or sum(a for _, a in split) > agents:
            continue
        short = plan_shortfalls(problem, wanted, lines(*used))[0]
        least = {kind: min(most, int(short[kind])) for kind, most in least.items()}
    assert (told.runs, told.calls) == (0, 0)
    assert told.dialers == least[USED]
    # Where shares can be split evenly the count is met; it is never above what a split misses.
    assert told.survives <= least[SURVIVES]
    even = problem.campaigns[0].survivable_share > 0 and agents >= 2 and failures == 1
    if even:
        assert told.survives == least[SURVIVES]


def test_a_campaign_without_any_dialer_misses_all() -> None:
    problem = fleet(one_agent.dialer("D", 1), min_transfers_per_hour=5.0)
    told = missing_alone(problem, problem.campaigns[0], 1)
    assert told == (1, 100, 1, 0)
    nothing = plan_shortfalls(problem, asked_of(problem, 1), lines())[0]
    assert [int(nothing[kind]) for kind in (RUNS, CALLS, USED)] == [1, 100, 1]


def test_of_three_domains_two_thirds_survive_one_failure_and_a_third_two() -> None:
    three = tuple(one_agent.dialer(name, 4) for name in "DEF")
    problem = fleet(*three, agent_lines=3)
    (campaign,) = problem.campaigns
    assert most_surviving(problem, campaign, 1) == pytest.approx(2 / 3)
    assert most_surviving(problem, campaign, 2) == pytest.approx(1 / 3)
    assert most_surviving(problem, campaign, 3) == 0.0
