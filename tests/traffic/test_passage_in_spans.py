"""First passages with fewer requests in the first spans, against a dense matrix exponential."""

from __future__ import annotations

import numpy as np
import pytest

from planner.traffic.exact.passage import (
    first_passage_probability,
    first_passage_quantile,
    mean_seconds_to_all_busy,
)
from planner.traffic.exact.passage_in_spans import passage_in_spans
from tests.support.generators import absorbing_generator, transition_matrix

PAIR = (95, 5, 0, 25.0, 0.01, 180.0)
TIMES = (60.0, 300.0, 900.0)


def test_with_all_requests_kept_it_is_the_first_passage_of_the_chain() -> None:
    starts, kept = np.array([0.0, 5.0, 80.0]), np.ones(3)
    found = passage_in_spans(*PAIR, starts, kept, (0.5, 0.9), TIMES)
    # Check values of the model, computed independently.
    assert found.mean == pytest.approx(190.271372, rel=1e-8)
    assert found.probabilities == pytest.approx([0.053133690, 0.854353242, 0.999528777], rel=1e-7)
    for level, quantile in zip((0.5, 0.9), found.quantiles, strict=True):
        exact = first_passage_quantile(PAIR[0], PAIR[1], 0, level, *PAIR[3:])
        assert quantile == pytest.approx(float(exact), rel=1e-9)


def test_each_span_has_its_own_requests() -> None:
    starts, kept = np.array([0.0, 60.0, 300.0]), np.array([0.2, 0.6, 0.9])
    found = passage_in_spans(*PAIR, starts, kept, (0.5, 0.9), TIMES)
    N, A, _, tau, q, s = PAIR
    state, before = np.eye(A + 1)[0], 0.0
    chances = []
    for part, time in zip(kept, TIMES, strict=True):
        # Requests are fewer by a factor: as if the chance of one were.
        state = state @ transition_matrix(
            absorbing_generator(N, A, tau, q * part, s), time - before
        )
        chances.append(state[A])
        before = time
    assert found.probabilities == pytest.approx(chances, rel=1e-8)
    assert 300.0 < found.quantiles[0] < 900.0
    # From the quantile back: the chance within it is its level, by the chain of the last span.
    middle = np.eye(A + 1)[0]
    for part, seconds in ((0.2, 60.0), (0.6, 240.0), (0.9, found.quantiles[0] - 300.0)):
        middle = middle @ transition_matrix(absorbing_generator(N, A, tau, q * part, s), seconds)
    assert middle[A] == pytest.approx(0.5, rel=1e-8)


def test_the_mean_is_the_sum_over_the_spans() -> None:
    starts, kept = np.array([0.0, 100.0]), np.array([0.5, 1.0])
    found = passage_in_spans(*PAIR, starts, kept, (0.5,), TIMES)
    N, A, _, tau, q, s = PAIR
    # By the survival in small steps to 100 s, then by the means from where it is.
    grid = np.linspace(0.0, 100.0, 2001)
    left = 1.0 - first_passage_probability(N, A, 0, grid, tau, 0.5 * q, s)
    at_100 = np.eye(A + 1)[0] @ transition_matrix(absorbing_generator(N, A, tau, 0.5 * q, s), 100.0)
    rest = [float(mean_seconds_to_all_busy(N, A, k, tau, q, s)) for k in range(A)]
    assert found.mean == pytest.approx(np.trapezoid(left, grid) + at_100[:A] @ rest, rel=1e-6)
