"""What the worst failure takes: exactly, softened, and kept up while a plan changes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from planner.contracts.problem import Dialer, Problem, TrunkGroup
from planner.contracts.result import PlanOptions
from planner.optimize.heuristics.worst_failure import lose, worst
from planner.optimize.model.fleet import Fleet, fleet_arrays
from planner.optimize.model.model import build_model
from tests.support.builders import solar


def fleet(redundancy: float = 0.25, failures: int = 2, carrier: bool = False) -> Fleet:
    """Five dialers at four sites, of which two fail at once; with a carrier that may fail too."""
    problem = Problem(
        dialers=tuple(
            Dialer(
                dialer_id=f"D{d}",
                ports=20,
                failure_domain=f"S{min(d, 3)}",
                trunk_group="T" if carrier and d in (0, 2) else None,
            )
            for d in range(5)
        ),
        campaigns=(solar(),),
        trunk_groups=(
            (TrunkGroup(trunk_group="T", channels=99, fails_together=True),) if carrier else ()
        ),
    )
    return fleet_arrays(build_model(problem, PlanOptions(redundancy=redundancy, failures=failures)))


@pytest.mark.parametrize(
    ("failures", "carrier", "expected"),
    [
        (1, False, 8.0),
        # The worst two of the sites, which carry 5, 3, 8 and 1 + 2.
        (2, False, 13.0),
        # The carrier takes the first and the third site; beside it fails any of the others.
        (1, True, 13.0),
        (2, True, 16.0),
    ],
)
def test_value_that_moves_is_counted_in_every_failure_of_its_dialer(
    failures: int, carrier: bool, expected: float
) -> None:
    f = fleet(failures=failures, carrier=carrier)
    value = np.array([5.0, 3.0, 8.0, 1.0, 2.0])
    lost = np.zeros(len(f.parts))
    for d, on_it in enumerate(value):
        lose(f, lost, d, on_it)
    assert max(f.lost @ value) == expected
    assert worst(f, lost, 0.0) == pytest.approx(0.25 * expected)


@pytest.mark.parametrize("width", [0.5, 4.0, 100.0])
def test_the_softened_worst_is_the_logarithm_of_a_sum(width: float) -> None:
    f = fleet(failures=1)
    lost = np.array([7.0, 11.0, 10.5, 2.0])
    expected = width * math.log(sum(math.exp(value / width) for value in lost))
    # What is further off than so many widths does not count: a share of 4 exp(-12) at most.
    assert worst(f, lost, width) == pytest.approx(0.25 * expected, abs=0.25 * width * 3e-5)


@pytest.mark.parametrize("width", [0.2, 0.5, 4.0, 100.0])
@pytest.mark.parametrize("far", [0.0, 5.0, 60.0])
def test_the_softened_worst_of_two_counts_every_pair(width: float, far: float) -> None:
    f = fleet(failures=2)
    lost = np.array([7.0, 11.0 + far, 10.5, 2.0])
    pairs = [a + b for a, b in itertools.combinations(lost, 2)]
    most = max(pairs)
    expected = most + width * math.log(sum(math.exp((pair - most) / width) for pair in pairs))
    assert worst(f, lost, width) == pytest.approx(0.25 * expected, abs=0.25 * width * 5e-5)


def test_without_redundancy_no_failure_takes_anything() -> None:
    f = fleet(redundancy=0.0)
    assert worst(f, np.full(len(f.parts), 9.0), 1.0) == 0.0
