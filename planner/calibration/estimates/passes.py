"""The answer rate by pass through the dial list, where the log knows passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from planner.calibration.estimates.clusters import share_of_clusters
from planner.calibration.result import Estimate

#: Of fewer attempts a pass says nothing; the rate of the last one told goes for all later ones.
_FEWEST_ATTEMPTS = 200


def pass_figure(number: int) -> str:
    """The name of the figure that is the answer rate of a pass."""
    return f"answer_rate_pass_{number}"


def pass_rates(
    campaign_id: str, sums: Mapping[tuple[int, int], tuple[float, float]]
) -> Iterator[Estimate]:
    """Estimate the answer rate of each pass, up to the first with too few attempts.

    Parameters
    ----------
    campaign_id : whose attempts these are
    sums : attempts and human answers by day and pass
    """
    numbers = sorted({number for _, number in sums})
    if len(numbers) < 2 or numbers[0] != 1:
        return
    for expected, number in enumerate(numbers, start=1):
        found = np.array([value for (_, own), value in sorted(sums.items()) if own == number])
        attempts, humans = found.T
        if number != expected or attempts.sum() < _FEWEST_ATTEMPTS:
            return
        interval = share_of_clusters(humans, attempts)
        yield Estimate(
            campaign_id,
            pass_figure(number),
            interval.value,
            interval.low,
            interval.high,
            round(attempts.sum()),
            len(found),
            interval.method,
        )
