"""Waits for an agent: the curve of Kaplan and Meier against another library."""

from __future__ import annotations

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from planner.calibration.estimates.waits import wait_curve
from planner.calibration.tallies import Waits


@pytest.mark.parametrize("decimals", [0, 6])  # whole seconds tie
def test_the_curve_is_that_of_lifelines(decimals: int) -> None:
    rng = np.random.default_rng(5)
    patience, served = rng.exponential(20, 150), rng.exponential(15, 150)
    seconds = np.round(np.minimum(patience, served), decimals) + 1
    gave_up = patience < served
    found = wait_curve("Solar", Waits(seconds, gave_up, np.zeros(150, np.int64)))
    assert found is not None
    other = KaplanMeierFitter().fit(seconds, gave_up)
    expected = other.survival_function_at_times(found.seconds).to_numpy()
    assert np.abs(np.array(found.share) - expected).max() < 1e-9
    ends = other.confidence_interval_.loc[list(found.seconds)].to_numpy()
    inner = np.array(found.share) > 0  # at its end the curve has no interval
    assert np.abs(np.array(found.low) - ends[:, 0])[inner].max() < 1e-9
    assert np.abs(np.array(found.high) - ends[:, 1])[inner].max() < 1e-9


def test_nobody_who_waited_makes_no_curve() -> None:
    waits = Waits(np.zeros(3), np.zeros(3, bool), np.zeros(3, np.int64))
    assert wait_curve("Solar", waits) is None
