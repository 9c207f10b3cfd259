"""First passage to all agent lines busy against independent check values and closed forms."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from planner.traffic.exact.engset import stationary
from planner.traffic.exact.passage import (
    all_busy_transient,
    first_passage_probability,
    first_passage_quantile,
    mean_seconds_to_all_busy,
)
from tests.support.generators import absorbing_generator, drop_generator, transition_matrix

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


def random_cases(seed: int, count: int) -> list[tuple[int, int, int, float, float, float, float]]:
    """(N, A, busy, tau, q, s, seconds), loads over nine decades."""
    rng = np.random.default_rng(seed)
    cases = []
    for _ in range(count):
        N = int(rng.integers(1, 120))
        A = int(rng.integers(1, min(N, 40) + 1))
        tau, s = 10 ** rng.uniform(0, 2), 10 ** rng.uniform(0, 3.5)
        q = min(1.0, 10 ** rng.uniform(-6, 3) * tau / s)
        cases.append((N, A, int(rng.integers(0, A + 1)), tau, q, s, 10 ** rng.uniform(-2, 4)))
    return cases


def test_distribution_of_the_first_case() -> None:
    # Computed independently of this package.
    within = first_passage_probability(95, 5, 0, [60, 300, 900], *FIRST_CASE)
    assert within.tolist() == pytest.approx([0.053133690, 0.854353242, 0.999528777], abs=1e-9)
    later = all_busy_transient(95, 5, 0, [300], *FIRST_CASE)
    assert float(later.probability[0]) == pytest.approx(0.383514596, abs=1e-9)


@pytest.mark.parametrize("case", random_cases(1, 25))
def test_first_passage_equals_brute_force(
    case: tuple[int, int, int, float, float, float, float],
) -> None:
    N, A, busy, tau, q, s, seconds = case
    expected = transition_matrix(absorbing_generator(N, A, tau, q, s), seconds)[busy, A]
    ours = float(first_passage_probability(N, A, busy, seconds, tau, q, s))
    assert ours == pytest.approx(expected, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("case", random_cases(2, 25))
def test_transient_equals_brute_force_of_the_whole_chain(
    case: tuple[int, int, int, float, float, float, float],
) -> None:
    N, A, busy, tau, q, s, seconds = case
    P = transition_matrix(drop_generator(N, A, tau, q, s), seconds)
    ours = all_busy_transient(N, A, busy, [seconds], tau, q, s)
    assert float(ours.probability[0]) == pytest.approx(P[busy, A:].sum(), rel=1e-9, abs=1e-14)
    np.testing.assert_allclose(ours.distribution[:A], P[busy, :A], rtol=1e-9, atol=1e-14)


def test_a_thousand_dial_lines_and_two_hundred_agent_lines() -> None:
    arguments = (1000, 200, 25, 0.035, 180)
    P = transition_matrix(drop_generator(*arguments), 400)
    ours = all_busy_transient(1000, 200, 150, [400], *arguments[2:])
    assert float(ours.probability[0]) == pytest.approx(P[150, 200:].sum(), rel=1e-9)


def test_average_over_a_horizon_is_the_integral() -> None:
    # Gauss-Legendre over pieces on which the probability is smooth.
    nodes, weights = np.polynomial.legendre.leggauss(30)
    edges = [0.0, 30.0, 100.0, 300.0, 1000.0]
    integral = 0.0
    for low, high in itertools.pairwise(edges):
        times = low + (nodes + 1) * (high - low) / 2
        values = all_busy_transient(95, 5, 0, times, *FIRST_CASE).probability
        integral += float(weights @ values) * (high - low) / 2
    spent = all_busy_transient(95, 5, 0, edges, *FIRST_CASE).seconds_all_busy
    assert float(spent[-1]) == pytest.approx(integral, rel=1e-11)


def test_one_horizon_is_two_in_a_row() -> None:
    first = all_busy_transient(95, 5, 2, [100], *FIRST_CASE)
    second = all_busy_transient(95, 5, first.distribution, [250], *FIRST_CASE)
    whole = all_busy_transient(95, 5, 2, [350], *FIRST_CASE)
    assert float(second.probability[0]) == pytest.approx(float(whole.probability[0]), rel=1e-12)


@pytest.mark.parametrize("load", [1e-6, 1e-3, 0.2, 0.25, 1.0, 1e3])
def test_after_long_the_transient_is_stationary(load: float) -> None:
    tau, s = 25.0, max(180.0, 25 * load)
    expected = float(stationary(1000, 200, tau, load * tau / s, s).all_busy_share)
    late = all_busy_transient(1000, 200, 0, [1e12], tau, load * tau / s, s)
    assert float(late.probability[0]) == pytest.approx(expected, rel=1e-9, abs=1e-250)


@pytest.mark.parametrize(("births", "death"), [((3.0, 2.0), 1.0), ((0.02, 0.01), 0.5)])
def test_two_agent_lines_in_closed_form(births: tuple[float, float], death: float) -> None:
    # From 0: the two rates are the roots of r^2 - (b0 + b1 + d) r + b0 b1; from
    # S' (0) = 0 the survival is (r2 exp(-r1 t) - r1 exp(-r2 t)) / (r2 - r1).
    b0, b1 = births
    total = b0 + b1 + death
    r2 = (total + math.sqrt(total**2 - 4 * b0 * b1)) / 2
    r1 = b0 * b1 / r2
    # N (N - 1) in the ratio of the births gives N; the unit of time gives q / tau.
    N = round(b0 / (b0 - b1))
    q_by_tau = b0 / N
    times = np.array([1e-3, 0.1, 1.0, 30.0, 1e4])
    survival = (r2 * np.exp(-r1 * times) - r1 * np.exp(-r2 * times)) / (r2 - r1)
    ours = first_passage_probability(N, 2, 0, times, 0.1, 0.1 * q_by_tau, 1 / death)
    np.testing.assert_allclose(1 - ours, survival, rtol=0, atol=1e-14)


def test_rare_passages_are_exponential() -> None:
    # Keilson 1979: a passage that is rare against relaxation is exponential, but for a shift of
    # the order of the relaxation time: talks of 180 s against a mean of 2.6e12 s here.
    arguments = (1000, 92, 25.0, 0.006, 180.0)
    mean = float(mean_seconds_to_all_busy(1000, 92, 0, *arguments[2:]))
    assert 1e11 < mean < 1e15
    levels = np.array([0.001, 0.5, 0.99])
    found = first_passage_quantile(1000, 92, 0, levels, *arguments[2:])
    np.testing.assert_allclose(found, -mean * np.log1p(-levels), rtol=1e-9, atol=10 * 180)


@pytest.mark.parametrize("case", random_cases(3, 15))
def test_quantile_inverts_the_probability(
    case: tuple[int, int, int, float, float, float, float],
) -> None:
    N, A, busy, tau, q, s, _ = case
    busy = min(busy, A - 1)
    levels = np.array([1e-6, 0.5, 0.9, 0.05])
    found = first_passage_quantile(N, A, busy, levels, tau, q, s)
    for level, seconds in zip(levels, found, strict=True):
        if np.isfinite(seconds):
            back = float(first_passage_probability(N, A, busy, seconds, tau, q, s))
            assert back == pytest.approx(level, rel=1e-9)


def test_milliseconds() -> None:
    # One agent line: exponential with rate N q / tau = 1000 / s.
    ours = first_passage_quantile(1000, 1, 0, [0.5], 1.0, 1.0, 60.0)
    assert float(ours[0]) == pytest.approx(math.log(2) / 1000, rel=1e-12)


def test_passages_that_never_or_already_happened() -> None:
    assert first_passage_probability(5, 6, 0, [60], *FIRST_CASE).tolist() == [0]
    assert first_passage_quantile(5, 6, 0, [0.5], *FIRST_CASE).tolist() == [math.inf]
    assert first_passage_probability(9, 3, 1, [60], 25, 0, 180).tolist() == [0]
    assert first_passage_probability(9, 3, 3, [0, 60], 25, 0, 180).tolist() == [1, 1]
    assert first_passage_quantile(9, 3, 3, [0.5], *FIRST_CASE).tolist() == [0]
    assert first_passage_quantile(9, 3, 0, [0.0], *FIRST_CASE).tolist() == [0]
    assert all_busy_transient(5, 6, 0, [60], *FIRST_CASE).probability.tolist() == [0]
    assert all_busy_transient(5, 0, 0, [60], *FIRST_CASE).seconds_all_busy.tolist() == [60]


@pytest.mark.parametrize("seconds", [[-1.0], [math.nan], [math.inf], [2.0, 1.0]])
def test_impossible_times_are_refused(seconds: list[float]) -> None:
    with pytest.raises(ValueError, match="seconds must"):
        all_busy_transient(95, 5, 0, seconds, *FIRST_CASE)


@pytest.mark.parametrize("level", [-0.1, 1.0, math.nan])
def test_impossible_levels_are_refused(level: float) -> None:
    with pytest.raises(ValueError, match="probability must"):
        first_passage_quantile(95, 5, 0, level, *FIRST_CASE)


@pytest.mark.parametrize("busy", [np.array([0.5, 0.5]), np.full(6, 0.2), np.full(6, np.nan)])
def test_impossible_distributions_are_refused(busy: np.ndarray) -> None:
    with pytest.raises(ValueError, match="busy must"):
        all_busy_transient(95, 5, busy, [60], *FIRST_CASE)


def test_what_is_rarer_than_numbers_can_say_never_happens() -> None:
    # h_k = (1 + k*mu*h_{k-1}) / ((N - k)*nu*q): with q = 1e-300 each step takes 1e300 times longer.
    chain = (40, 2, 0, 25.0, 1e-300, 180.0)
    assert mean_seconds_to_all_busy(*chain) == np.inf
    quantiles = first_passage_quantile(chain[0], chain[1], chain[2], [0.0, 0.5, 0.9], *chain[3:])
    assert quantiles.tolist() == [0.0, np.inf, np.inf]
    # One agent line alone: an exponential time, mean 25 / (40 q), while that is a number.
    rare = first_passage_quantile(40, 1, 0, [0.5], 25.0, 1e-200, 180.0)
    assert rare == pytest.approx([np.log(2) * 25 / 40 * 1e200])
