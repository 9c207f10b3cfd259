"""A pair whose launches queue for calls per second, against exact figures and the simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.traffic.exact.engset import stationary
from planner.traffic.exact.launch_queue import queued, queued_broadcast
from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.simulate import simulate
from tests.support.networks import network

NO_LIMIT = 1e6


@pytest.mark.parametrize(
    "case", [(95, 5, 25.0, 0.01, 180.0), (30, 5, 40.0, 0.02, 90.0), (7, 1, 20.0, 0.3, 50.0)]
)
def test_without_a_limit_it_is_engsets_model(case: tuple[int, int, float, float, float]) -> None:
    exact, found = stationary(*case), queued(*case, NO_LIMIT)
    for name in found._fields:
        assert getattr(found, name) == pytest.approx(float(getattr(exact, name)), rel=2e-5), name


@pytest.mark.parametrize("launches", [3.0, 4.0, 8.0])
def test_with_a_limit_it_is_near_the_simulation(launches: float) -> None:
    # The rules of dialing with launches 1 / cps apart. What the formula without a limit says is
    # 1.3 to 12 % too high here; the chain's launches are exponential, and its calls a little few.
    found = queued(95, 5, 25.0, 0.01, 180.0, launches)
    alone = network(
        {(0, 0): (95, 5)}, q=0.01, attempt_seconds=25.0, talk_seconds=180.0, dialer_cps=[launches]
    )
    outcome = simulate(
        alone, [0, 1800, 41 * 1800], seed=1, precision=Precision(fewest=60, most=60),
        judged=slice(1, None),
    )  # fmt: skip
    for name, near in (
        ("transfers_per_second", 0.006),
        ("attempts_per_second", 0.006),
        ("abandoned_per_second", 0.045),
    ):
        mean, half = (float(part[0]) for part in outcome.figures[name])
        assert abs(getattr(found, name) - mean) <= near * mean + half, name


def test_a_slower_limit_never_carries_more() -> None:
    carried = [queued(40, 4, 25.0, 0.03, 120.0, r).transfers_per_second for r in (1, 2, 4, 9, 99)]
    assert carried == sorted(carried)


def test_launches_bound_the_attempts() -> None:
    # 95 lines would make 2.8 attempts a second with two agents' pauses; a limit of 0.5 allows 0.5.
    assert queued(95, 5, 25.0, 0.01, 180.0, 0.5).attempts_per_second <= 0.5 * 1.02
    assert queued_broadcast(95, 25.0, 0.5) <= 0.5


def test_pacing_leaves_few_attempts_to_queue() -> None:
    # At most two attempts for each free agent line: launches are few, and a limit far above them
    # takes next to nothing.
    paced = queued(95, 5, 25.0, 0.1, 60.0, NO_LIMIT, pacing=2.0)
    limited = queued(95, 5, 25.0, 0.1, 60.0, 20.0, pacing=2.0)
    assert limited.transfers_per_second == pytest.approx(paced.transfers_per_second, rel=0.01)


def test_the_share_that_a_limit_takes_is_told_by_fewer_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def taken(launches: float) -> float:
        whole = queued(240, 20, 25.0, 0.02, 180.0, NO_LIMIT)
        return 1 - queued(240, 20, 25.0, 0.02, 180.0, launches).transfers_per_second / (
            whole.transfers_per_second
        )

    fewer = taken(10.0)
    monkeypatch.setattr("planner.traffic.exact.launch_queue.MOST_LINES", 240)
    assert fewer == pytest.approx(taken(10.0), abs=0.005)
    assert fewer > 0.005


def test_a_broadcast_is_the_repair_of_machines() -> None:
    # Machine repair with the first of the queue launched: two lines, nu = 1 an s, R = 1 an s:
    # p_i of i = 0, 1, 2 is 1 : 1 : 1/2, attempts in progress 0, 2, 2, so 1.2 nu, no more than R.
    assert queued_broadcast(2, 1.0, 1.0) == 1.0
    assert queued_broadcast(20, 10.0, 1e6) == pytest.approx(2.0, rel=1e-4)
    weights = [2.0**i / math.factorial(i) for i in range(4)]
    running = np.array([0.0, 2.0, 3.0, 3.0])
    expected = min(float(np.array(weights) @ running / sum(weights)), 2.0)
    assert queued_broadcast(3, 1.0, 2.0) == pytest.approx(expected)
