"""Forecasts corrected by how far those of the days before were off, where that is no chance.

The model has its limits: where a site differs from it, each day is off to the same side.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from planner.calibration.attempts import Floats

#: Days from which something is learned, and those that no correction is believed for.
_FEWEST_DAYS, _DOUBTED_DAYS = 3, 2
#: A mean error of fewer standard errors may be chance.
_LEAST_ERRORS = 2.0
_LEAST_SHARE, _LEAST_COUNT = 0.002, 0.5
#: Errors of shares are told on the scale of logits, of counts on that of logarithms.
_SHARES, _COUNTS = ("all_busy_share",), ("attempts", "requests", "transfers", "abandoned")


class Errors:
    """How far forecasts were off, by campaign, figure and day."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], dict[int, list[float]]] = {}

    def note(self, campaign: str, figure: str, day: int, middle: float, observed: float) -> None:
        """Note a forecast and what was seen."""
        if figure in (*_SHARES, *_COUNTS):
            seen, expected = _scaled(figure, np.array([observed, middle]))
            days = self._of.setdefault((campaign, figure), {})
            days.setdefault(day, []).append(float(seen - expected))

    def corrected(self, campaign: str, figure: str, day: int, sample: Floats) -> Floats:
        """The sample moved by the mean error of the days before, if that is no chance."""
        days = self._of.get((campaign, figure), {})
        errors = [float(np.mean(found)) for own, found in days.items() if own < day]
        count = len(errors)
        if count < _FEWEST_DAYS:
            return sample
        mean, spread = float(np.mean(errors)), float(np.std(errors, ddof=1))
        if abs(mean) * np.sqrt(count) < _LEAST_ERRORS * spread:
            return sample
        moved = _scaled(figure, sample) + mean * count / (count + _DOUBTED_DAYS)
        back: Floats = special.expit(moved) if figure in _SHARES else np.exp(moved)
        return back


def _scaled(figure: str, values: Floats) -> Floats:
    if figure in _SHARES:
        inside = np.clip(values, _LEAST_SHARE, 1 - _LEAST_SHARE)
        return np.asarray(special.logit(inside), dtype=np.float64)
    return np.asarray(np.log(np.maximum(values, _LEAST_COUNT)), dtype=np.float64)
