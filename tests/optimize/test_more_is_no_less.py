"""More of anything, or one limit less, never gives less: over a hundred drawn fleets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.worth import resources
from planner.evaluation.worth.changed import Changed
from planner.evaluation.worth.limits import step_of, without_limits
from planner.optimize.search import optimize
from tests.benchmarks.fleets import FAMILIES, SINGLE_LIMITS, fleet
from tests.support.builders import tiny_problem

OPTIONS = PlanOptions(time_limit=20)
ROUNDING = 1e-9
QUICK = [f for f in (*FAMILIES, *SINGLE_LIMITS) if not (f.redundancy or f.abandon or f.survivable)]


def loosened(problem: Problem) -> Iterator[Changed]:
    """Every limit by one step: by one more where it is of resources."""
    yield from resources.more_agent_lines(problem)
    yield from resources.more_ports(problem)
    yield from resources.more_channels(problem)
    yield from resources.more_calls_per_second(problem)
    for whole in without_limits(problem, keep_current=False):
        yield step_of(problem, whole) or whole


def assert_no_less(problem: Problem) -> None:
    before = optimize(problem, OPTIONS)
    if before.value is None or before.bound is None:
        return
    slack = ROUNDING * (1 + abs(before.bound))
    for change in loosened(problem):
        alone = optimize(change.problem, OPTIONS)
        assert alone.value is not None, change.expressions
        assert alone.bound is not None
        # No bound is below a plan of the smaller fleet; a plan is as good up to its gap.
        assert alone.bound >= before.value - slack, change.expressions
        within = alone.bound - OPTIONS.gap * abs(alone.bound)
        proven = alone.value >= within - slack
        assert not proven or alone.value >= before.value * (1 - OPTIONS.gap) - slack
        # Begun with the smaller fleet's plan: second stages may give up no more than the gap.
        begun = optimize(change.problem, OPTIONS, start=before.plan)
        assert begun.value is not None
        assert begun.value >= before.value * (1 - OPTIONS.gap) - slack, change.expressions
        assert begun.bound is not None
        assert begun.bound >= before.value - slack, change.expressions


@pytest.mark.parametrize("seed", range(88))
def test_more_never_gives_less_on_tiny_fleets(seed: int) -> None:
    assert_no_less(tiny_problem(seed))


@pytest.mark.parametrize("family", QUICK, ids=lambda family: family.name)
def test_more_never_gives_less_on_fleets_of_every_family(family: object) -> None:
    assert_no_less(fleet(3, 3, family, 5))  # type: ignore[arg-type]
