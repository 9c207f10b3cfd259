"""Ratios with days as clusters, against computations by hand, published values and SciPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from planner.calibration.estimates.clusters import (
    between_variance,
    heterogeneity,
    mean_exposure,
    positive_mean,
    share_of_clusters,
    spread_of_clusters,
    variation_of_clusters,
)


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_a_share_is_the_sum_over_days_where_days_differ_by_chance_alone() -> None:
    found = share_of_clusters(floats(10, 12, 9, 11), floats(100, 110, 100, 105))
    assert found.value == pytest.approx(42 / 415)
    # Linearised ratio (Cochran 1977, 6.3) with t of 3 degrees of freedom, on the log scale.
    residuals = floats(10, 12, 9, 11) - 42 / 415 * floats(100, 110, 100, 105)
    error = np.sqrt(4 / 3 * (residuals**2).sum()) / 42
    assert found.low == pytest.approx(42 / 415 * np.exp(-3.182446305284263 * error))
    assert found.high == pytest.approx(42 / 415 * np.exp(3.182446305284263 * error))


def test_days_that_differ_weigh_the_same_whatever_their_calls() -> None:
    """A busy day places fewer calls: summed over days, quiet ones would count for more."""
    shares, calls = floats(0.05, 0.10, 0.15, 0.20), floats(40e6, 30e6, 20e6, 10e6)
    found = share_of_clusters(shares * calls, calls)
    assert found.value == pytest.approx(0.125, rel=1e-4)  # summed over days: 0.1


def test_one_day_has_the_interval_of_wilson() -> None:
    found = share_of_clusters(floats(10), floats(100))
    # Agresti and Coull 1998, the score interval of 10 of 100.
    assert (found.low, found.high) == pytest.approx((0.0552, 0.1744), abs=5e-5)


def test_no_answer_at_all_leaves_an_upper_end() -> None:
    found = share_of_clusters(floats(0, 0, 0), floats(10, 10, 10))
    assert found.value == 0
    assert found.low == 0
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 30))  # Clopper and Pearson


def test_days_of_the_same_share_do_not_make_an_interval_of_no_width() -> None:
    found = share_of_clusters(floats(1, 1, 1), floats(10, 10, 10))
    exact = stats.binomtest(3, 30).proportion_ci(0.95, "exact")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))


def test_a_mean_of_one_day_has_the_interval_of_student() -> None:
    values = floats(3, 5, 8, 8, 12)
    found = positive_mean(floats(values.sum()), floats(5), floats((values**2).sum()))
    low, high = stats.t.interval(0.95, 4, values.mean(), stats.sem(values))
    assert (found.low, found.high) == pytest.approx((low, high))


def test_the_variance_between_days_explains_how_they_differ() -> None:
    """Paule and Mandel: with it the weighted squares are as many as the degrees of freedom."""
    means, within = floats(1.0, 1.4, 0.7, 1.9, 1.2), floats(0.01, 0.02, 0.01, 0.03, 0.02)
    found = between_variance(means, within)
    assert heterogeneity(means, within, found) == pytest.approx(4)
    assert between_variance(floats(1.0, 1.01, 0.99), floats(0.1, 0.1, 0.1)) == 0


def test_with_large_days_the_spread_is_the_plain_coefficient_of_variation() -> None:
    means = floats(90, 100, 110, 95, 105, 100)
    found = spread_of_clusters(means, np.full(6, 1e-9))
    assert found.value == pytest.approx(np.std(means, ddof=1) / means.mean())
    # Chi-squared interval of a normal variance (excess kurtosis of the gamma is below 0.03).
    ends = [np.sqrt(5 / stats.chi2.ppf(p, 5)) * found.value for p in (0.975, 0.025)]
    assert (found.low, found.high) == pytest.approx(ends, rel=0.02)


def test_days_that_differ_by_counting_alone_may_not_differ_at_all() -> None:
    found = spread_of_clusters(floats(0.10, 0.11, 0.09, 0.10), np.full(4, 1e-3))
    assert found.value == 0
    assert found.low == 0
    assert found.high is not None
    assert found.high > 0


def test_the_variation_is_that_within_days_and_its_interval_the_jackknife() -> None:
    days = [floats(1, 2, 4, 9), floats(10, 25, 31), floats(2, 2, 7, 7, 8)]
    sums, sizes, squares = (
        floats(*(float(f(day)) for day in days))
        for f in (np.sum, np.size, lambda day: (day**2).sum())
    )

    def variation(kept: list[np.ndarray]) -> float:
        variances = sum(np.var(day, ddof=1) * len(day) for day in kept)
        means = sum(len(day) * day.mean() ** 2 - np.var(day, ddof=1) for day in kept)
        return float(np.sqrt(variances / means))

    found = variation_of_clusters(sums, sizes, squares)
    assert found.value == pytest.approx(variation(days))
    pseudo = [
        3 * np.log(variation(days)) - 2 * np.log(variation(list(pair)))
        for pair in itertools.combinations(days, 2)
    ]
    low, high = stats.t.interval(0.95, 2, np.mean(pseudo), stats.sem(pseudo))
    assert (found.low, found.high) == pytest.approx((np.exp(low), np.exp(high)))


def test_patience_of_nobody_who_gave_up_has_only_a_low_end() -> None:
    found = mean_exposure(floats(60, 40), floats(0, 0))
    assert np.isnan(found.value)
    assert found.high is None
    # Poisson: no event in an exposure has the upper end 3.689 events.
    assert found.low == pytest.approx(100 / 3.6888794541139363)


def test_patience_is_exposure_by_events() -> None:
    found = mean_exposure(floats(300, 500, 400), floats(20, 30, 25))
    assert found.value == pytest.approx(16)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 16 < found.high
