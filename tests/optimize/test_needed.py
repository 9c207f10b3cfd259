"""What it would take to keep everything: as little as counting says, and a plan with it exists.

Least lines of a campaign of one agent line are 1 + 1 on a dialer: two ports.
"""

from __future__ import annotations

import pytest

from planner.contracts.answers import NeededSearch
from planner.contracts.problem import Dialer, Problem, TrunkGroup
from planner.contracts.result import PlanOptions, PlanStatus
from planner.optimize.infeasible import needed
from planner.optimize.infeasible.needed import needed_to_keep_all
from planner.pipeline.pipeline import plan
from planner.report.plans.given_up import NEEDED
from planner.report.plans.plan import plan_text
from planner.studies.changes import changed_problem
from planner.studies.whatif import whatif
from tests.support import one_agent

EXACT = PlanOptions(gap=0.0)


def fleet(*ports: int, campaigns: int = 1, agents: int = 1, **asked: object) -> Problem:
    return Problem(
        dialers=tuple(Dialer(dialer_id=f"D{n}", ports=p) for n, p in enumerate(ports)),
        campaigns=tuple(
            one_agent.campaign(f"C{n}", agent_lines=agents, **asked) for n in range(campaigns)
        ),
    )


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        # Two campaigns of two ports each on three ports: one port more.
        (fleet(3, campaigns=2), {"dialer.D0.ports=4"}),
        # On two dialers with one agent: one agent more, and no port.
        (fleet(4, 4, min_dialers=2), {"campaign.C0.agent_lines=2"}),
        # On two dialers, of which one has a single port, with one agent: one of both.
        (fleet(4, 1, min_dialers=2), {"dialer.D1.ports=2", "campaign.C0.agent_lines=2"}),
    ],
)
def test_no_more_is_asked_for_than_counting_says(problem: Problem, expected: set[str]) -> None:
    (found,), search = needed_to_keep_all(problem, EXACT)
    assert search is NeededSearch.FOUND
    assert set(found.set) == expected
    mended = plan(changed_problem(problem, found.set), EXACT, explained=False)
    assert mended.status is PlanStatus.OPTIMAL
    assert mended.value is not None
    assert 0.9 * mended.value.value_per_hour <= found.value_per_hour
    assert found.value_per_hour <= mended.value.value_per_hour + 1e-9
    # Without any one of its changes there still is no plan.
    for left_out in found.set:
        rest = [expression for expression in found.set if expression != left_out]
        again = plan(changed_problem(problem, rest), EXACT, explained=False)
        assert again.status is PlanStatus.INFEASIBLE


def test_a_dialer_that_is_out_is_told_as_a_way_of_its_own() -> None:
    problem = fleet(4, 4, min_dialers=2, agents=2)
    down = changed_problem(problem, ["dialer.D1.in_service=false"])
    result = plan(down, EXACT.model_copy(update={"relax": True}))
    assert [item.requirement for item in result.given_up] == ["min_dialers"]
    assert [item.set for item in result.needed] == [("dialer.D1.in_service=true",)]
    asked = plan(down, EXACT)
    assert asked.nearest is not None
    assert asked.nearest.needed == result.needed
    assert asked.nearest.needed_search is result.needed_search is NeededSearch.FOUND


def test_the_world_of_a_what_if_tells_the_same_ways_as_its_plan() -> None:
    problem = fleet(4, 4, min_dialers=2, agents=2)
    (world,) = whatif(
        problem, {"D1 down": ["dialer.D1.in_service=false"]}, EXACT, replan=True
    ).worlds
    assert world.replanned is not None
    assert [item.set for item in world.replanned.needed] == [("dialer.D1.in_service=true",)]


def test_it_is_told_where_no_line_more_helps() -> None:
    # One dialer: nothing survives its failure, whatever it has.
    problem = fleet(8, survivable_share=0.5)
    assert needed_to_keep_all(problem, EXACT) == ((), NeededSearch.NOT_ENOUGH)
    text = plan_text(plan(problem, EXACT), problem)
    assert "would not be enough, however many" in " ".join(text.split())


def test_where_nothing_is_given_up_nothing_is_told_as_needed() -> None:
    problem = fleet(4)
    result = plan(problem, EXACT.model_copy(update={"relax": True}))
    assert (result.needed, result.needed_search) == ((), NeededSearch.NOTHING_GIVEN_UP)
    assert NEEDED not in plan_text(result, problem)


def test_what_was_not_looked_for_is_not_told_as_not_found() -> None:
    problem = fleet(3, campaigns=2)
    result = plan(problem, EXACT.model_copy(update={"relax": True}), explained=False)
    assert result.given_up
    assert result.needed_search is NeededSearch.NOT_SOUGHT
    text = " ".join(plan_text(result, problem).split())
    assert f"{NEEDED} - That was not looked for." in text


def test_what_was_not_found_in_time_is_told_as_that() -> None:
    found = needed_to_keep_all(fleet(3, campaigns=2), EXACT, stop=lambda: True)
    assert found == ((), NeededSearch.NOT_IN_TIME)


def test_one_of_many_is_found() -> None:
    """Five campaigns on five dialers with room for all: the third alone lacks an agent."""
    others = fleet(6, 6, 6, 6, 6, campaigns=5)
    asks = others.campaigns[2].model_copy(update={"min_dialers": 2})
    campaigns = (*others.campaigns[:2], asks, *others.campaigns[3:])
    (found,), _ = needed_to_keep_all(others.model_copy(update={"campaigns": campaigns}), EXACT)
    assert found.set == ("campaign.C2.agent_lines=2",)


def test_what_is_not_known_to_be_needed_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lent is many times what is needed: where the time ends first nothing is called needed."""
    monkeypatch.setattr(needed, "LEAST", 0.0)
    assert needed_to_keep_all(fleet(3, campaigns=2), EXACT) == ((), NeededSearch.NOT_IN_TIME)


def test_dialers_that_fail_together_are_told_as_more_than_ports_can_mend() -> None:
    both = tuple(Dialer(dialer_id=name, ports=8, trunk_group="T") for name in ("D", "E"))
    carrier = TrunkGroup(trunk_group="T", channels=16, fails_together=True)
    asked = one_agent.campaign("C", agent_lines=2, survivable_share=0.5)
    problem = Problem(dialers=both, campaigns=(asked,), trunk_groups=(carrier,))
    assert needed_to_keep_all(problem, EXACT) == ((), NeededSearch.NOT_ENOUGH)
