"""Scores of forecasts, against their definitions and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from planner.calibration.backtest.scores import (
    Band,
    band_of,
    crps,
    distance,
    holds,
    interval_score,
    share_interval,
    widened,
    widening,
)


def test_crps_of_a_sample_is_the_integral_over_thresholds() -> None:
    """Of the squared difference of both distribution functions (Gneiting and Raftery, eq. 20)."""
    sample, observed = np.array([1.0, 2.0, 2.5, 6.0]), 3.0
    grid = np.linspace(0, 8, 80_001)
    forecast = (sample[:, None] <= grid).mean(axis=0)
    squares = (forecast - (observed <= grid)) ** 2
    assert crps(sample, observed) == pytest.approx(np.trapezoid(squares, grid), abs=1e-3)


def test_crps_of_one_outcome_is_its_distance() -> None:
    assert crps(np.array([5.0]), 7.5) == 2.5


def test_a_miss_is_fined_twenty_times_its_distance() -> None:
    """2 / alpha with alpha = 0.1 (Gneiting and Raftery, eq. 43)."""
    band = Band(5.0, 4.0, 7.0)
    assert interval_score(band, 6.0) == 3
    assert interval_score(band, 8.0) == pytest.approx(3 + 20)


def test_never_is_held_by_a_band_that_ends_at_never() -> None:
    band = band_of(np.array([100.0] * 90 + [np.inf] * 10))
    assert band == Band(100.0, 100.0, np.inf)
    assert holds(band, np.inf)
    assert not holds(band_of(np.full(10, 50.0)), np.inf)


def test_bands_widen_by_the_ninetieth_of_the_distances_and_one_more() -> None:
    distances = np.arange(1, 20) / 10  # 19 of them: the 18th of 20 places
    assert widening(distances) == 1.8
    assert widening(np.array([0.5])) == np.inf  # of one nothing is known


def test_each_side_of_the_middle_has_its_own_width() -> None:
    band = Band(10.0, 8.0, 14.0)
    assert distance(band, 6.0) == 2
    assert distance(band, 12.0) == 0.5
    assert widened(band, 1.5, np.inf) == Band(10.0, 7.0, 16.0)
    assert widened(Band(0.5, 0.2, 0.9), 3.0, 1.0) == Band(0.5, 0.0, 1.0)


def test_a_share_of_observations_has_the_interval_of_wilson() -> None:
    assert share_interval(10, 100) == pytest.approx((0.0552, 0.1744), abs=5e-5)
