"""Held callers against brute-force generator matrices and limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.traffic.exact import engset, hold
from tests.support.generators import (
    hold_generator,
    hold_states,
    stationary_vector,
    transition_matrix,
)

Case = tuple[int, int, float, float, float, float]


def random_cases(seed: int, count: int) -> list[Case]:
    """(N, A, tau, q, s, patience)."""
    rng = np.random.default_rng(seed)
    cases: list[Case] = []
    for _ in range(count):
        N = int(rng.integers(1, 24))
        A = int(rng.integers(1, min(N, 8) + 1))
        tau, s, patience = (10 ** rng.uniform(low, high) for low, high in [(0, 2), (0, 3), (-1, 3)])
        cases.append((N, A, tau, 10 ** rng.uniform(-3, 0), s, patience))
    return cases


@pytest.mark.parametrize("case", [*random_cases(4, 20), (12, 3, 20.0, 1.0, 60.0, 30.0)])
def test_stationary_figures_equal_brute_force(case: Case) -> None:
    N, A, tau, _, s, patience = case
    states = np.array(hold_states(N, A))
    pi = stationary_vector(hold_generator(*case))
    busy, attempts, held = pi @ states
    share = pi[states[:, 0] == A].sum()
    ended = pi[(states[:, 0] == A) & (states[:, 2] == 0)].sum() * A / s  # pauses per second
    ours = hold.stationary(*case)
    pausing = N >= A
    expected = engset.Stationary(
        all_busy_share=share,
        mean_busy_agent_lines=busy,
        transfers_per_second=busy / s,
        abandoned_per_second=held / patience,
        attempts_per_second=attempts / tau,
        pauses_per_second=ended * pausing,
        mean_pause_seconds=share / ended * pausing,
    )
    for name, value in expected._asdict().items():
        assert float(getattr(ours, name)) == pytest.approx(value, rel=1e-9, abs=1e-15), name


@pytest.mark.parametrize("case", random_cases(5, 15))
@pytest.mark.parametrize("seconds", [0.3, 40.0, 3000.0])
def test_transient_equals_brute_force(case: Case, seconds: float) -> None:
    N, A = case[:2]
    states = hold_states(N, A)
    P = transition_matrix(hold_generator(*case), seconds)
    paused = np.array([k == A for k, _, _ in states])
    for start in (states[0], states[A]):
        busy = start[0]
        expected = P[states.index(start), paused].sum()
        ours = hold.all_busy_transient(N, A, busy, [seconds], *case[2:])
        assert float(ours.probability[0]) == pytest.approx(expected, abs=1e-10)


def test_transient_from_the_middle_of_a_pause() -> None:
    case = (14, 3, 20.0, 0.3, 60.0, 30.0)
    states = hold_states(14, 3)
    P = transition_matrix(hold_generator(*case), 25)
    paused = np.array([k == 3 for k, _, _ in states])
    ours = hold.all_busy_transient(
        14, 3, 3, [25], *case[2:], attempts_in_progress=4, held_callers=5
    )
    expected = P[states.index((3, 4, 5)), paused].sum()
    assert float(ours.probability[0]) == pytest.approx(expected, abs=1e-11)


@pytest.mark.parametrize(
    ("case", "seconds"),
    [
        ((14, 6, 20.0, 1e-6, 50.0, 30.0), 30.0),  # 6e-33
        ((14, 6, 20.0, 1e-3, 50.0, 3000.0), 4000.0),  # 7e-13
        ((34, 2, 5.0, 0.4, 400.0, 1e4), 900.0),  # pauses far longer than attempts
        ((34, 2, 5.0, 1.0, 400.0, 50.0), 20.0),
    ],
)
def test_rare_and_long_pauses_are_right_to_the_last_digits(case: Case, seconds: float) -> None:
    N, A = case[:2]
    states = hold_states(N, A)
    P = transition_matrix(hold_generator(*case), seconds)
    expected = P[0, [k == A for k, _, _ in states]].sum()
    ours = hold.all_busy_transient(N, A, 0, [seconds], *case[2:])
    assert float(ours.probability[0]) == pytest.approx(expected, rel=1e-9, abs=0)
    for k in range(A):
        expected = P[0, states.index((k, N - k, 0))]
        assert ours.distribution[k] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_a_thousand_lines_settle_at_the_stationary_share() -> None:
    case = (1000, 50, 25.0, 0.02, 180.0, 20.0)
    share = float(hold.stationary(*case).all_busy_share)
    ours = hold.all_busy_transient(1000, 50, 0, [60.0, 3600.0, 7200.0], *case[2:])
    assert float(ours.probability[-1]) == pytest.approx(share, abs=1e-10)
    # From 3600 s on it is settled: the time paused grows by the share.
    grown = float(ours.seconds_all_busy[2] - ours.seconds_all_busy[1])
    assert grown == pytest.approx(share * 3600, rel=1e-10)
    assert ours.distribution.sum() == pytest.approx(1.0, abs=1e-12)


def test_average_over_a_horizon_is_the_integral() -> None:
    case = (95, 5, 25.0, 0.01, 180.0, 20.0)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    times = (nodes + 1) * 150
    values = hold.all_busy_transient(95, 5, 0, times, *case[2:]).probability
    spent = hold.all_busy_transient(95, 5, 0, [300], *case[2:]).seconds_all_busy
    assert float(spent[0]) == pytest.approx(float(weights @ values) * 150, rel=1e-10)


def test_after_long_the_transient_is_stationary() -> None:
    late = hold.all_busy_transient(95, 5, 0, [1e9], 25.0, 0.01, 180.0, 20.0)
    share = float(hold.stationary(95, 5, 25.0, 0.01, 180.0, 20.0).all_busy_share)
    assert float(late.probability[0]) == pytest.approx(share, abs=1e-11)
    assert float(late.seconds_all_busy[0]) == pytest.approx(share * 1e9, rel=1e-6)


def test_without_patience_holding_is_dropping() -> None:
    N, A = np.meshgrid([5, 95, 200], [0, 1, 5, 150], indexing="ij")
    ours = hold.stationary(N, A, 25.0, 0.01, 180.0, 1e-9)
    drop = engset.stationary(N, A, 25.0, 0.01, 180.0)
    for name in drop._fields:
        np.testing.assert_allclose(getattr(ours, name), getattr(drop, name), rtol=1e-8)


def test_patience_trades_abandoned_callers_for_longer_pauses() -> None:
    figures = [hold.stationary(95, 5, 25.0, 0.01, 180.0, p) for p in (1.0, 10.0, 100.0, 1e5)]
    assert np.all(np.diff([float(f.abandoned_per_second) for f in figures]) < 0)
    assert np.all(np.diff([float(f.mean_pause_seconds) for f in figures]) > 0)
    assert np.all(np.diff([float(f.transfers_per_second) for f in figures]) > 0)


@pytest.mark.parametrize("q", [0.0, 1.0])
def test_nobody_or_everybody_asks_for_an_agent(q: float) -> None:
    figures = hold.stationary(2000, 30, 25.0, q, 180.0, 20.0)
    requests = q * float(figures.attempts_per_second)
    handled = float(figures.transfers_per_second + figures.abandoned_per_second)
    assert handled == pytest.approx(requests, rel=1e-10)


@pytest.mark.parametrize(
    ("busy", "attempts", "held"), [(6, None, 0), (5, 91, 0), (5, 80, 11), (5, -1, 0), (5, 1, -1)]
)
def test_impossible_starts_are_refused(busy: int, attempts: int | None, held: int) -> None:
    with pytest.raises(ValueError, match="must"):
        hold.all_busy_transient(
            95, 5, busy, [1], 25, 0.01, 180, 20, attempts_in_progress=attempts, held_callers=held
        )


@pytest.mark.parametrize("patience", [0.0, math.inf, math.nan])
def test_impossible_patience_is_refused(patience: float) -> None:
    with pytest.raises(ValueError, match="patience_seconds must"):
        hold.stationary(95, 5, 25, 0.01, 180, patience)


def test_a_transient_needs_agents_and_enough_dial_lines() -> None:
    for agents in (0, 96):
        with pytest.raises(ValueError, match="agent_lines must"):
            hold.all_busy_transient(95, agents, 0, [1], 25, 0.01, 180, 20)
