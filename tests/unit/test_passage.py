"""First passage to all agent lines busy against independent check values and closed forms."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from planner.traffic.passage import mean_seconds_to_all_busy

FIRST_CASE = (25, 0.01, 180)


def test_mean_from_empty_of_the_first_case() -> None:
    # 95 dial lines, 5 agent lines; computed independently of this package.
    assert float(mean_seconds_to_all_busy(95, 5, 0, *FIRST_CASE)) == pytest.approx(
        190.271372, abs=1e-6
    )


def test_single_agent_line_waits_for_the_first_request() -> None:
    # The first of 7 attempts' requests, each at rate 0.3 / 20 s.
    assert float(mean_seconds_to_all_busy(7, 1, 0, 20, 0.3, 50)) == pytest.approx(20 / 0.3 / 7)


def exact_mean(N: int, A: int, start: int, nu_q: Fraction, mu: Fraction) -> Fraction:
    # Keilson 1979: h_k = sum_{j<=k} pi_j / (b_k pi_k), written out instead of by recursion.
    beta = nu_q / mu
    total = Fraction(0)
    for k in range(start, A):
        below = sum(math.comb(N, j) * beta**j for j in range(k + 1))
        total += below / ((N - k) * nu_q * math.comb(N, k) * beta**k)
    return total


@pytest.mark.parametrize(("N", "A", "start"), [(3, 3, 1), (40, 12, 0), (199, 30, 7)])
@pytest.mark.parametrize("q", [Fraction(1), Fraction(1, 50), Fraction(1, 10**4)])
def test_mean_to_the_last_digits_however_rare(N: int, A: int, start: int, q: Fraction) -> None:
    expected = float(exact_mean(N, A, start, q / 25, Fraction(1, 180)))
    ours = float(mean_seconds_to_all_busy(N, A, start, 25, float(q), 180))
    assert ours == pytest.approx(expected, rel=1e-12)


def test_never_and_already() -> None:
    assert float(mean_seconds_to_all_busy(5, 6, 0, *FIRST_CASE)) == math.inf
    assert float(mean_seconds_to_all_busy(9, 3, 0, 25, 0, 180)) == math.inf
    assert float(mean_seconds_to_all_busy(9, 3, 3, 25, 0, 180)) == 0


def test_arrays_broadcast_together() -> None:
    table = mean_seconds_to_all_busy([[50], [95]], 5, [0, 2, 4, 5], *FIRST_CASE)
    assert table.shape == (2, 4)
    assert float(table[1, 1]) == float(mean_seconds_to_all_busy(95, 5, 2, *FIRST_CASE))
    assert (np.diff(table, axis=1) < 0).all()


@pytest.mark.parametrize("busy", [-1, 6, 0.5, math.nan])
def test_impossible_starts_are_refused(busy: float) -> None:
    with pytest.raises(ValueError, match="busy must"):
        mean_seconds_to_all_busy(95, 5, busy, *FIRST_CASE)
