"""How long callees are willing to wait: the curve of Kaplan and Meier, by SciPy."""

from __future__ import annotations

import warnings

import numpy as np
from scipy import stats

from planner.calibration.result import WaitCurve
from planner.calibration.tallies import Waits

#: Points of a curve that is written down; more are thinned out.
_MOST_POINTS = 200


def wait_curve(campaign_id: str, waits: Waits) -> WaitCurve | None:
    """The share of callees still willing to wait, with 95 % ends; None where nobody waited.

    Ends are those of independent waits on the log-log scale: days are not told apart.
    """
    waited = waits.seconds > 0
    if not waited.any() or not waits.gave_up.any():
        return None
    sample = stats.CensoredData(
        uncensored=waits.seconds[waits.gave_up], right=waits.seconds[~waits.gave_up]
    )
    curve = stats.ecdf(sample).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the curve has no interval at 0 and 1
        ends = curve.confidence_interval(0.95, method="log-log")
    seconds, share = curve.quantiles, curve.probabilities
    steps = np.flatnonzero(np.diff(np.append(1.0, share)) < 0)
    if len(steps) > _MOST_POINTS:
        steps = steps[np.linspace(0, len(steps) - 1, _MOST_POINTS).round().astype(int)]
    return WaitCurve(
        campaign_id,
        *(
            tuple(np.nan_to_num(values[steps]).tolist())
            for values in (seconds, share, ends.low.probabilities, ends.high.probabilities)
        ),
    )
