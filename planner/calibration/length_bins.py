"""Lengths of calls in bins of 2 %: fine enough to share out those still under way."""

from __future__ import annotations

import numpy as np

from planner.calibration.attempts import Codes, Floats

_SHORTEST, _STEP = 0.1, 1.02
#: Up to two days.
BINS = 2 + int(np.ceil(np.log(172_800 / _SHORTEST) / np.log(_STEP)))


def bin_of(seconds: Floats) -> Codes:
    """The bin of each length >= 0; the first holds all up to a tenth of a second."""
    steps = np.log(np.maximum(seconds, _SHORTEST) / _SHORTEST) / np.log(_STEP)
    bins: Codes = np.minimum(np.ceil(steps).astype(np.int64), BINS - 1)
    return bins
