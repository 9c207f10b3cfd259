"""Laws of the stationary figures that hold for every load and every number of lines."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.traffic.exact.engset import all_busy_share, stationary

lines = st.integers(1, 300)
agents = st.integers(1, 80)
loads = st.floats(1e-6, 1e3)
seconds = st.floats(0.1, 1e4)
probabilities = st.floats(1e-6, 1)
rounding = 1 + 1e-12


@given(lines, agents, loads)
def test_share_is_a_share(N: int, A: int, load: float) -> None:
    assert 0 <= all_busy_share(N, A, load) <= 1


@given(lines, agents, loads)
def test_share_rises_with_lines_and_load_and_falls_with_agents(N: int, A: int, load: float) -> None:
    share = all_busy_share(N, A, load)
    assert all_busy_share(N + 1, A, load) * rounding >= share
    assert all_busy_share(N, A, 1.5 * load) * rounding >= share
    assert all_busy_share(N, A + 1, load) <= share * rounding


@given(lines, agents, seconds, probabilities, seconds)
def test_requests_are_handled_or_abandoned(
    N: int, A: int, attempt: float, q: float, talk: float
) -> None:
    figures = stationary(N, A, attempt, q, talk)
    requests = q * float(figures.attempts_per_second)
    handled = float(figures.transfers_per_second)
    assert np.isclose(handled + float(figures.abandoned_per_second), requests, rtol=1e-11)
    assert handled * talk <= min(A, N) * rounding


@given(lines, agents, seconds, probabilities, seconds)
def test_more_lines_bring_more_transfers_at_falling_returns(
    N: int, A: int, attempt: float, q: float, talk: float
) -> None:
    handled = stationary([N, N + 1, N + 2], A, attempt, q, talk).transfers_per_second
    first, second = np.diff(handled)
    tiny = 1e-12 * handled[-1]
    assert first >= -tiny
    assert second <= first + tiny


@given(lines, agents, seconds, probabilities, seconds)
def test_one_large_dialer_carries_at_least_as_much_as_two_halves(
    N: int, A: int, attempt: float, q: float, talk: float
) -> None:
    whole = float(stationary(2 * N, 2 * A, attempt, q, talk).transfers_per_second)
    half = float(stationary(N, A, attempt, q, talk).transfers_per_second)
    assert whole * rounding >= 2 * half


@given(lines, agents, seconds, probabilities, seconds, st.floats(0.01, 100))
def test_seconds_may_be_any_unit_of_time(
    N: int, A: int, attempt: float, q: float, talk: float, unit: float
) -> None:
    ours = stationary(N, A, attempt, q, talk)
    other = stationary(N, A, attempt * unit, q, talk * unit)
    assert np.isclose(other.all_busy_share, ours.all_busy_share, rtol=1e-9)
    assert np.isclose(other.transfers_per_second * unit, ours.transfers_per_second, rtol=1e-9)
    assert np.isclose(other.mean_pause_seconds, ours.mean_pause_seconds * unit, rtol=1e-9)
