"""How good forecasts were: coverage, bias, interval score, CRPS, and how far bands must widen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from planner.calibration.attempts import Floats

#: Share of observations that a band is to hold.
BAND = 0.9
_TAIL = (1 - BAND) / 2


class Band(NamedTuple):
    """The middle of a forecast and the ends of its 90 % band; infinite for never."""

    middle: float
    low: float
    high: float


def band_of(sample: Floats) -> Band:
    """The band of equally likely outcomes; quantiles are outcomes, so that infinity is one."""
    low, middle, high = np.quantile(sample, [_TAIL, 0.5, 1 - _TAIL], method="inverted_cdf")
    return Band(float(middle), float(low), float(high))


def holds(band: Band, observed: float) -> bool:
    """Whether the band holds what was observed; never is held by a band that ends at never."""
    return band.low <= observed <= band.high


def crps(sample: Floats, observed: float) -> float:
    """Continuous ranked probability score of equally likely outcomes; less is better.

    Notes
    -----
    T. Gneiting and A. E. Raftery, JASA 102 (2007), eq. 21.
    """
    ordered = np.sort(sample)
    count = len(ordered)
    # The mean distance between two outcomes, from the ordered sample.
    weights = 2 * np.arange(1, count + 1) - count - 1
    apart = 2 * float(weights @ ordered) / count**2
    return float(np.abs(ordered - observed).mean() - apart / 2)


def interval_score(band: Band, observed: float) -> float:
    """Width of the band and a fine for what lies outside; less is better."""
    fine = max(band.low - observed, 0.0) + max(observed - band.high, 0.0)
    return band.high - band.low + fine / _TAIL


def distance(band: Band, observed: float) -> float:
    """How far an observation lies from the middle, in widths of the band on its side."""
    side = band.high - band.middle if observed >= band.middle else band.middle - band.low
    apart = abs(observed - band.middle)
    if apart == 0 or not np.isfinite(observed):
        return 0.0 if apart == 0 or holds(band, observed) else np.inf
    return float(apart / side) if side > 0 else np.inf


def widening(distances: Floats) -> float:
    """By how much a band must widen to hold 90 % of new observations (split conformal).

    Notes
    -----
    J. Lei, M. G'Sell, A. Rinaldo, R. J. Tibshirani and L. Wasserman, JASA 113 (2018), 2.2.
    """
    count = len(distances)
    rank = int(np.ceil((count + 1) * BAND))
    return float(np.sort(distances)[rank - 1]) if 0 < rank <= count else np.inf


def widened(band: Band, factor: float, top: float) -> Band:
    """The band, each side of its middle widened, within 0 and ``top``."""
    if not np.isfinite(factor) or not np.isfinite(band.middle):
        return band
    low = band.middle - factor * (band.middle - band.low)
    high = band.middle + factor * (band.high - band.middle)
    return Band(band.middle, max(low, 0.0), min(high, top))


def share_interval(held: int, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    ends = stats.binomtest(held, count).proportion_ci(0.95, method="wilson")
    return float(ends.low), float(ends.high)
