"""Plans and nearest plans of drawn fleets against enumeration; ``tests.fuzz.plans`` tries more."""

from __future__ import annotations

from functools import cache

import pytest

from tests.support.comparison import disagreements, no_lists, options_of, reference, relabelled
from tests.support.draw import KINDS, draw
from tests.support.exhaustive import Answer

SEEDS = range(25)
#: Bounds that are no lists' are far at times, and take long to come down.
UNLISTED, SECONDS_UNLISTED = range(100, 103), 0.5
SOME_TWINS = range(200, 206)


@cache
def right(kind: str, seed: int) -> Answer:
    """What is right of a drawn fleet, enumerated once."""
    return reference(draw(kind, seed))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_plan_and_nearest_plan_are_those_of_enumeration(kind: str, seed: int) -> None:
    drawn = draw(kind, seed)
    options = options_of(drawn)
    assert disagreements(drawn, right(kind, seed), options, seed % 3 == 0) == []


@pytest.mark.parametrize("seed", SOME_TWINS)
@pytest.mark.parametrize("kind", KINDS)
def test_rows_in_another_order_other_names_and_seeds_change_no_value(kind: str, seed: int) -> None:
    drawn = draw(kind, seed)
    run = relabelled(drawn, seed)
    assert run.tables != drawn.tables
    assert disagreements(run, right(kind, seed), options_of(run, seed), True) == []


@pytest.mark.parametrize("seed", UNLISTED)
@pytest.mark.parametrize("kind", KINDS)
def test_no_plan_is_above_the_bound_where_no_splits_are_listed(kind: str, seed: int) -> None:
    drawn = draw(kind, seed)
    options = options_of(drawn, seconds=SECONDS_UNLISTED)
    with no_lists():
        assert disagreements(drawn, right(kind, seed), options, True, closed=False) == []


def test_the_seeds_cover_plans_nearest_plans_and_neither() -> None:
    answers = [right(kind, seed) for kind in KINDS for seed in SEEDS]
    assert sum(a.plan is not None for a in answers) >= 50
    assert sum(a.plan is None and a.nearest is not None for a in answers) >= 20
    assert sum(a.nearest is None for a in answers) >= 3
