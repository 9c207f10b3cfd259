"""A cause that many conflicts have in common is told, with the one change that mends them all."""

from __future__ import annotations

import pytest

import planner
from planner.contracts.problem import Dialer, Problem
from planner.contracts.result import PlanOptions, PlanStatus
from planner.optimize.infeasible.causes import common_causes
from planner.report.plans.plan import plan_text
from planner.studies.changes import changed_problem
from tests.support.builders import solar

OPTIONS = PlanOptions(time_limit=20)


def fleet(campaigns: int, dialers: int, **asked: object) -> Problem:
    return Problem(
        dialers=tuple(Dialer(dialer_id=f"D{d}", ports=60) for d in range(dialers)),
        campaigns=tuple(
            solar(campaign_id=f"C{c}", agent_lines=4, **asked) for c in range(campaigns)
        ),
    )


def test_campaigns_that_ask_for_more_dialers_than_there_are_are_told_together() -> None:
    problem = fleet(10, 2, min_dialers=3)
    found = planner.plan(problem, OPTIONS)
    assert found.status is PlanStatus.INFEASIBLE
    cause = found.conflicts[0]
    assert cause.requirements == (
        "10 campaigns ask for 3 dialers (min_dialers): C0, C1, C2, C3, C4, C5 and 4 more",
        "2 dialers are in service",
    )
    assert len(cause.relaxations) == 1
    assert cause.relaxations[0].startswith("min_dialers of 2 dialers for these: a plan made")
    assert "10 campaigns ask for 3 dialers" in plan_text(found, problem)

    # Tried: with that there is a plan, and with more there is none.
    mended = changed_problem(problem, ["campaign.*.min_dialers=2"])
    assert planner.plan(mended, OPTIONS, explained=False).plan is not None


@pytest.mark.parametrize(("dialers", "most"), [(2, 50), (3, 67), (4, 75)])
def test_the_share_that_can_be_had_by_all_is_told(dialers: int, most: int) -> None:
    # On dialers of G domains a share above 1 - 1/G cannot be had, to the nearest
    # per cent: 67 % of three, where no domain has more than 33.5 % of the calls.
    problem = fleet(3, dialers, survivable_share=0.9)
    (cause,) = common_causes(problem, OPTIONS)
    assert cause.requirements[0] == "3 campaigns ask for 90 % (survivable_share): C0, C1, C2"
    told = cause.relaxations[0].split()[2:4]
    assert told == [str(most), "%"]


def test_who_asks_for_less_is_left_as_it_is() -> None:
    problem = fleet(3, 2, min_dialers=3)
    easy = problem.campaigns[0].model_copy(update={"min_dialers": 1})
    problem = problem.model_copy(update={"campaigns": (easy, *problem.campaigns[1:])})
    (cause,) = common_causes(problem, OPTIONS)
    assert cause.requirements[0] == "2 campaigns ask for 3 dialers (min_dialers): C1, C2"


def test_what_no_single_column_mends_has_no_common_cause() -> None:
    # Agents enough for one dialer each, and locks would have to give way as well.
    problem = fleet(2, 2, min_dialers=3, min_transfers_per_hour=10_000.0)
    assert common_causes(problem, OPTIONS) == ()
