"""What the worst failure takes: exactly, softened, and kept up while a plan changes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.optimize.fleet import Fleet, fleet_arrays
from planner.optimize.model import build_model
from planner.optimize.worst import lose, worst
from planner.plan import PlanOptions
from planner.problem import Dialer, Problem
from tests.builders import solar


def fleet(redundancy: float = 0.25, failures: int = 2) -> Fleet:
    """Five dialers at four sites, of which two fail at once: six cases."""
    problem = Problem(
        dialers=tuple(
            Dialer(dialer_id=f"D{d}", ports=20, failure_domain=f"S{min(d, 3)}") for d in range(5)
        ),
        campaigns=(solar(),),
    )
    return fleet_arrays(build_model(problem, PlanOptions(redundancy=redundancy, failures=failures)))


def test_value_that_moves_is_counted_in_every_failure_of_its_dialer() -> None:
    f = fleet()
    value = np.array([5.0, 3.0, 8.0, 1.0, 2.0])
    lost = np.zeros(len(f.lost))
    for d, on_it in enumerate(value):
        lose(f, lost, d, on_it)
    assert lost.tolist() == pytest.approx((f.lost @ value).tolist())
    assert len(lost) == 6
    # The worst two of the sites, which carry 5, 3, 8 and 1 + 2.
    assert worst(f, lost, 0.0) == pytest.approx(0.25 * 13.0)


@pytest.mark.parametrize("width", [0.5, 4.0, 100.0])
def test_the_softened_worst_is_the_logarithm_of_a_sum(width: float) -> None:
    f = fleet()
    lost = np.array([7.0, 11.0, 10.5, 2.0, 9.0, 4.0])
    expected = width * math.log(sum(math.exp(value / width) for value in lost))
    # What is further off than so many widths does not count: a share of 6 exp(-12) at most.
    assert worst(f, lost, width) == pytest.approx(0.25 * expected, abs=0.25 * width * 4e-5)


def test_without_redundancy_no_failure_takes_anything() -> None:
    f = fleet(redundancy=0.0)
    assert worst(f, np.full(len(f.lost), 9.0), 1.0) == 0.0
