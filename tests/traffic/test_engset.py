"""Stationary figures against published values, independent check values and limits."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from planner.traffic.exact.engset import Stationary, all_busy_share, stationary, stationary_table

# (N, A, attempt s, q, talk s), then all-busy share and per hour: transfers, abandoned, attempts,
# pauses. Computed independently of this package from the binomial sums with 50 digits.
CHECK_VALUES = [
    ((95, 5, 25, 0.01, 180), (0.399945, 79.260393, 21.242975, 10050.336778, 39.994490)),
    ((30, 5, 40, 0.02, 90), (0.007032, 51.371827, 0.218235, 2579.503098, 1.406405)),
    ((7, 1, 20, 0.3, 50), (0.84, 60.48, 77.76, 460.8, 60.48)),
]


@pytest.mark.parametrize(("arguments", "expected"), CHECK_VALUES)
def test_check_values(arguments: tuple[float, ...], expected: tuple[float, ...]) -> None:
    figures = stationary(*arguments)
    hourly = [
        3600 * float(value)
        for value in (
            figures.transfers_per_second,
            figures.abandoned_per_second,
            figures.attempts_per_second,
            figures.pauses_per_second,
        )
    ]
    assert [float(figures.all_busy_share), *hourly] == pytest.approx(expected, abs=1e-6)


def test_four_sources_on_three_channels_by_hand() -> None:
    # beta = 1/3: weights 1, 4/3, 6/9, 4/27 = 27 : 36 : 18 : 4 of 85.
    assert all_busy_share(4, 3, 1 / 3) == pytest.approx(4 / 85, abs=1e-15)
    figures = stationary(4, 3, 3.0, 1.0, 1.0)
    assert float(figures.mean_busy_agent_lines) == pytest.approx((36 + 2 * 18 + 3 * 4) / 85)


def test_published_example_of_three_users_and_two_servers() -> None:
    # R package queueing (P. Canadilla, CRAN), manual page Engset, "three users, two servers":
    # Engset(3, 2, 0.5/0.7), printed output 0.3275109 (rdrr.io/cran/queueing/man/Engset.html). Its
    # load is per idle user and its answer the time congestion, as ours.
    assert all_busy_share(3, 2, 0.5 / 0.7) == pytest.approx(0.3275109, abs=5e-8)


@pytest.mark.parametrize(
    ("servers", "blocking"),
    [(1, 2 / 3), (2, 2 / 5), (3, 4 / 19), (4, 2 / 21), (5, 4 / 109), (6, 4 / 331)],
)
def test_limit_is_erlang_b_of_2_erlang(servers: int, blocking: float) -> None:
    # Erlang's recursion E_n = 2 E_{n-1} / (n + 2 E_{n-1}) by hand, 2 erlang.
    # N -> infinity with N * beta fixed; the error falls as 1/N.
    errors = [abs(all_busy_share(N, servers, 2 / N) - blocking) for N in (10_000, 100_000)]
    assert errors[1] <= blocking * servers**2 / 100_000
    assert errors[1] == pytest.approx(errors[0] / 10, rel=0.01, abs=1e-15)


@pytest.mark.parametrize(
    ("servers", "erlang", "blocking"),
    [(25, 16.1245, 0.01), (17, 9.65160, 0.01), (17, 12.4613, 0.05)],
)
def test_limit_is_the_published_erlang_b_table(
    servers: int, erlang: float, blocking: float
) -> None:
    # Abstract Micro Systems, Erlang Library for Excel, reference of ErlbTrafFromBlockage.
    assert all_busy_share(10**8, servers, erlang / 10**8) == pytest.approx(blocking, rel=1e-4)


def exact_share(N: int, A: int, load: Fraction) -> Fraction:
    weights = [math.comb(N, k) * load**k for k in range(A + 1)]
    return weights[A] / sum(weights)


@pytest.mark.parametrize(("N", "A"), [(1, 1), (12, 12), (60, 9), (200, 40), (400, 120)])
@pytest.mark.parametrize("load", [Fraction(1, 10**6), Fraction(1, 7), Fraction(3), Fraction(1000)])
def test_share_to_the_last_digits(N: int, A: int, load: Fraction) -> None:
    exact = exact_share(N, A, load)
    expected = float(exact)  # correctly rounded; 0 below the smallest number
    assert all_busy_share(N, A, float(load)) == pytest.approx(expected, rel=1e-12, abs=1e-300)


def test_thousands_of_lines_stay_finite() -> None:
    figures = stationary([5000, 100_000, 3000], [3000, 9000, 2999], 20, [1e-6, 0.5, 1], 2e4)
    for values in figures:
        assert np.isfinite(values).all()
    assert (figures.all_busy_share <= 1).all()


def test_table_equals_the_scalars_at_every_entry() -> None:
    table = stationary_table(40, 45, 31, 0.07, 140)
    N, A = np.meshgrid(range(41), range(46), indexing="ij")
    for name, one_by_one in stationary(N, A, 31, 0.07, 140)._asdict().items():
        np.testing.assert_allclose(getattr(table, name), one_by_one, rtol=1e-13, err_msg=name)


def test_scalar_share_equals_the_figures() -> None:
    figures = stationary(95, [1, 5, 94, 95, 96], 25, 0.01, 180)
    shares = [all_busy_share(95, A, 0.072) for A in (1, 5, 94, 95, 96)]
    np.testing.assert_allclose(figures.all_busy_share, shares, rtol=1e-13)


def test_no_line_is_held_back_from_as_many_agents_as_dial_lines_on() -> None:
    # Every line then alternates between an attempt series and a talk on its own: it talks for
    # beta / (1 + beta) of the time, and all N = A talk at once for that to the power N.
    talking = 0.072 / 1.072
    figures = stationary(6, [6, 7, 50], 25, 0.01, 180)
    np.testing.assert_allclose(figures.mean_busy_agent_lines, 6 * talking, rtol=1e-14)
    np.testing.assert_allclose(figures.attempts_per_second, 6 * (1 - talking) / 25, rtol=1e-14)
    np.testing.assert_allclose(figures.all_busy_share, [talking**6, 0, 0], rtol=1e-13)
    assert (figures.abandoned_per_second == 0).all()
    # All 6 agent lines busy is a pause as well: one of 6 talks of 180 s ends it.
    np.testing.assert_allclose(figures.mean_pause_seconds, [180 / 6, 0, 0], rtol=1e-14)
    np.testing.assert_allclose(figures.pauses_per_second, [talking**6 / 30, 0, 0], rtol=1e-13)


def test_without_agents_nothing_is_dialed() -> None:
    figures = stationary([0, 8], 0, 25, 0.01, 180)
    assert figures.all_busy_share.tolist() == [0, 1]
    assert all((values == 0).all() for values in figures[1:])


def test_without_transfer_requests_all_lines_dial_all_the_time() -> None:
    figures = stationary(8, 2, 25, 0, 180)
    assert figures == Stationary(0, 0, 0, 0, 8 / 25, 0, 0)


def test_everybody_asks_for_an_agent() -> None:
    # N = 2, A = 1, q = 1, beta = 1: weights 1 : 2, share 2/3. In a pause one attempt runs on and
    # ends before the talk (rate 1 each) with probability 1/2: half an abandoned call per pause.
    figures = stationary(2, 1, 1, 1, 1)
    assert float(figures.pauses_per_second) == pytest.approx(2 / 3)
    assert float(figures.abandoned_per_second) == pytest.approx(1 / 3)
    assert float(figures.mean_pause_seconds) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (-1, 1, 25, 0.01, 180),
        (5, 1.5, 25, 0.01, 180),
        (math.nan, 1, 25, 0.01, 180),
        (math.inf, 1, 25, 0.01, 180),
        (5, 1, 0, 0.01, 180),
        (5, 1, 25, -0.01, 180),
        (5, 1, 25, 1.01, 180),
        (5, 1, 25, math.nan, 180),
        (5, 1, 25, 0.01, math.inf),
    ],
)
def test_arguments_out_of_range_are_refused(arguments: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="must"):
        stationary(*arguments)


@pytest.mark.parametrize("arguments", [(0, 1, 0.1), (1, 0, 0.1), (5, 1, 0.0), (5, 1, math.nan)])
def test_share_refuses_what_is_out_of_range(arguments: tuple[int, int, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        all_busy_share(*arguments)
