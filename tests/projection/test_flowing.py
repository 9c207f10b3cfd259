"""Intervals of figures that may be wrong by up to a bound besides chance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.projection.figures.flowing import further_apart, with_bound, with_flow_error
from planner.projection.figures.intervals import Interval


def normal(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@pytest.mark.parametrize("bound", [0.0, 0.05, 0.3, 1.0, 2.5, 3.99, 4.01, 20.0])
def test_an_interval_holds_in_95_percent_of_cases_when_it_is_wrong_by_all_of_the_bound(
    bound: float,
) -> None:
    half = float(with_bound(1.959964, bound))  # one standard deviation is 1
    assert normal(half - bound) - normal(-half - bound) == pytest.approx(0.95, abs=1e-4)
    assert max(1.959963, bound) <= half <= 1.959965 + bound


def test_what_chance_leaves_exact_is_out_by_the_bound() -> None:
    assert with_bound(0.0, 0.3) == 0.3
    assert with_bound(np.array([0.0, 0.0]), np.array([0.0, 2.0])).tolist() == [0.0, 2.0]


def test_ends_of_a_share_move_on_the_scale_of_its_odds() -> None:
    share, ends = np.array([0.5]), (np.array([0.4]), np.array([0.6]))
    low, high = further_apart(share, ends, 0.1)
    apart = math.log(0.6 / 0.4)
    out = float(with_bound(apart, 0.1))
    assert low[0] == pytest.approx(1 / (1 + math.exp(out)))
    assert high[0] == pytest.approx(1 / (1 + math.exp(-out)))


def test_ends_of_what_was_never_or_always_seen_move_by_the_whole_bound() -> None:
    """No chance is known about a share of 0: its upper end is that of odds that much higher."""
    low, high = further_apart(
        np.array([0.0, 1.0]), (np.array([0.0, 0.9]), np.array([0.1, 1.0])), 0.0
    )
    assert (low.tolist(), high.tolist()) == ([0.0, pytest.approx(0.9)], [pytest.approx(0.1), 1.0])
    low, high = further_apart(np.array([0.0]), (np.array([0.0]), np.array([0.1])), 0.01)
    rare = -math.log(1e-9)  # as rare as shares are told at most
    odds = 0.1 / 0.9 * math.exp(0.01 * rare)
    assert (low[0], high[0]) == (0.0, pytest.approx(odds / (1 + odds)))


def test_an_end_that_is_not_known_stays_so_and_none_leaves_its_range() -> None:
    row = {
        "transfers_per_hour": Interval(10.0, None, None),
        "all_busy_share": Interval(0.99, 0.9, 1.0),
        "abandons_per_hour": Interval(0.1, 0.0, 0.3),
    }
    found = with_flow_error(row, 0.5)
    assert found["transfers_per_hour"] == Interval(10.0, None, None)
    assert found["all_busy_share"].high == 1.0
    assert found["abandons_per_hour"].low == 0.0
