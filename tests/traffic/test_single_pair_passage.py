"""First passages of one pair alone: against the exact chain, and against the event kernel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from planner.traffic.arguments import Floats
from planner.traffic.exact.passage import (
    first_passage_probability,
    first_passage_quantile,
    mean_seconds_to_all_busy,
)
from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.simulate import simulate
from planner.traffic.simulation.single_pair import SharedLimitEffect, SinglePair
from planner.traffic.simulation.single_pair_passage import first_passages
from tests.support.networks import network

NOTHING = SharedLimitEffect(np.zeros(1), np.ones(1), 0.0, 0.0)
SOLAR = SinglePair(95, 5, 0, 25.0, 1.0, 0.01, 180.0, 1.0, 0.0, math.inf)
RUNS = 4000
#: Deviations that a right mean exceeds once in 15,000 cases.
DEVIATIONS = 4.0


def seconds(pair: SinglePair, effect: SharedLimitEffect = NOTHING, longest: float = 1e9) -> Floats:
    out = np.empty(RUNS)
    events = first_passages(pair, effect, longest, np.random.default_rng(7), out)
    assert events >= 0
    return out


def assert_share(found: Floats, horizon: float, expected: float) -> None:
    error = math.sqrt(max(expected * (1 - expected), 1 / RUNS) / RUNS)
    assert (found <= horizon).mean() == pytest.approx(expected, abs=DEVIATIONS * error)


@pytest.mark.parametrize("busy", [0, 3])
@pytest.mark.parametrize(("N", "A", "q"), [(95, 5, 0.01), (12, 4, 0.1), (200, 20, 0.02)])
def test_markov_passages_are_those_of_the_exact_chain(N: int, A: int, q: float, busy: int) -> None:
    chain = (N, A, busy)
    found = seconds(SOLAR._replace(dial_lines=N, agent_lines=A, transfer_probability=q, busy=busy))
    mean = float(mean_seconds_to_all_busy(*chain, 25.0, q, 180.0))
    error = found.std() / math.sqrt(RUNS)
    assert found.mean() == pytest.approx(mean, abs=DEVIATIONS * error)
    for level in (0.1, 0.5, 0.9):
        horizon = float(first_passage_quantile(*chain, level, 25.0, q, 180.0))
        assert_share(found, horizon, level)


def test_what_is_missing_of_the_attempts_is_missing_of_the_requests() -> None:
    # A share of 0.8 of the attempts in progress is a chain with 0.8 of the births: as with 0.8 q.
    found = seconds(SOLAR, SharedLimitEffect(np.zeros(1), np.array([0.8]), 0.0, 0.0))
    expected = float(first_passage_probability(95, 5, 0, 200.0, 25.0, 0.008, 180.0))
    assert_share(found, 200.0, expected)
    # With none for 100 seconds and all afterwards everything comes 100 seconds later.
    late = seconds(SOLAR, SharedLimitEffect(np.array([0.0, 100.0]), np.array([0.0, 1.0]), 0.0, 0.0))
    assert late.min() > 100
    assert_share(late, 300.0, float(first_passage_probability(95, 5, 0, 200.0, 25.0, 0.01, 180.0)))


@pytest.mark.parametrize(
    "changes",
    [
        {"talk_cv": 0.7, "busy": 2},
        {"talk_cv": 0.0},
        {"attempt_cv": 0.4},
        {"attempt_cv": 0.0, "talk_cv": 1.6},
        {"wrap_up_seconds": 60.0},
        {"pacing": 9.5},
        {"pacing": 9.5, "attempt_cv": 0.5, "wrap_up_seconds": 30.0, "talk_cv": 0.5},
    ],
)
def test_other_passages_are_those_of_the_event_kernel(changes: dict[str, Any]) -> None:
    found = seconds(SOLAR._replace(**changes), longest=3600.0)
    rules = {name: value for name, value in changes.items() if name != "busy"}
    world = network({(0, 0): (95, 5)}, q=0.01, busy=changes.get("busy", 0), **rules)
    runs = 1500
    precision = Precision(fewest=runs, most=runs)
    other = simulate(world, [0, 3600], seed=3, precision=precision).first_all_busy[:, 0]
    for horizon in (100.0, 200.0, 400.0):
        ours, theirs = (found <= horizon).mean(), (other <= horizon).mean()
        error = math.sqrt(theirs * (1 - theirs) * (1 / RUNS + 1 / runs)) + 1e-3
        assert ours == pytest.approx(theirs, abs=DEVIATIONS * error)


def test_a_wait_after_each_attempt_is_a_longer_attempt() -> None:
    constant = SOLAR._replace(attempt_cv=0.0)
    waiting = seconds(constant, SharedLimitEffect(np.zeros(1), np.ones(1), 0.0, 5.0))
    longer = seconds(constant._replace(attempt_seconds=30.0))
    share = float((longer <= 200).mean())
    error = math.sqrt(2 * share * (1 - share) / RUNS)
    # The first attempts are launched at once: a sixth of an attempt earlier, at most 5 s.
    assert (waiting <= 200).mean() > share - DEVIATIONS * error
    assert (waiting <= 195).mean() < share + DEVIATIONS * error


def test_nothing_happens_beyond_the_longest_run_and_without_requests() -> None:
    assert np.isinf(seconds(SOLAR, longest=1.0)).mean() > 0.99
    assert np.isinf(seconds(SOLAR._replace(transfer_probability=0.0))).all()
    assert (seconds(SOLAR._replace(busy=5)) == 0).all()
    assert (seconds(SOLAR._replace(busy=7, talk_cv=0.5)) == 0).all()
