"""Changes told as enough together: one of each conflict, tried with a plan that has them all."""

from __future__ import annotations

import pytest

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, PlanStatus
from planner.optimize.infeasible.conflicts import find_conflicts
from planner.pipeline.pipeline import plan
from planner.report.plans.plan import NOT_TOGETHER, TOGETHER, plan_text
from planner.report.plans.plan_document import plan_document
from planner.studies.changes import changed_problem
from tests.support.one_agent import campaign, dialer, handled, problem

EXACT = PlanOptions(gap=0.0)


def two_conflicts(ports: int) -> Problem:
    """A asks for two agents where it has one, and B and C for a port each beside it."""
    return problem(
        dialer("D", ports),
        campaigns=[
            campaign(campaign_id="A", min_agent_lines=2),
            campaign(campaign_id="B", survivable_share=0.5),
        ],
    )


def test_one_change_of_each_conflict_is_told_as_enough_where_a_plan_has_both() -> None:
    result = plan(two_conflicts(8), PlanOptions(gap=0.0))
    assert len([c for c in result.conflicts if c.members]) == 2
    assert result.repair_together is not None
    mended = plan(changed_problem(two_conflicts(8), result.repair_together.set), EXACT)
    assert mended.status is PlanStatus.OPTIMAL
    assert mended.value is not None
    # The trial is within 5 % of the best.
    assert mended.value.value_per_hour >= result.repair_together.value_per_hour
    assert 0.95 * mended.value.value_per_hour <= result.repair_together.value_per_hour
    text = " ".join(plan_text(result, two_conflicts(8)).split())
    assert TOGETHER in text
    assert plan_document(result, two_conflicts(8))["repair_together"]["set"] == list(
        result.repair_together.set
    )


def test_changes_that_are_enough_alone_but_not_together_are_not_told_as_enough() -> None:
    # Each mends its own conflict: A with one agent (1 + 1 lines), B with no share (1 + 1). On three
    # ports both have no room together; A has, with its third port, where B goes without lines.
    result = plan(two_conflicts(3), EXACT)
    found = result.repair_together
    assert found is not None
    assert set(found.set) == {"campaign.A.min_agent_lines=1", "campaign.B.min_dialers=0"}
    assert found.value_per_hour == pytest.approx(handled(2))


def test_where_no_changes_were_found_to_be_enough_together_it_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("planner.optimize.infeasible.conflicts.MOST_TOGETHER", 0)
    result = plan(two_conflicts(8), EXACT)
    assert result.repair_together is None
    assert NOT_TOGETHER in " ".join(plan_text(result, two_conflicts(8)).split())


def test_a_thousand_times_too_many_transfers_are_eased_to_what_can_be_had() -> None:
    # One agent on 8 ports reaches 60.48; of 60,000 times 0.1 x 0.98^k the 228th is 59.94.
    (conflict,) = find_conflicts(
        problem(campaigns=[campaign(min_transfers_per_hour=60_000)]), PlanOptions()
    )
    eased = {m.column: m.change_to for m in conflict.members}
    assert eased["min_transfers_per_hour"] == 59.9
