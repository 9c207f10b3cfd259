"""A dial list is gone through several times, and fewer people answer each time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from planner.contracts.problem import Campaign
from planner.traffic.arguments import Floats


def pass_attempts(campaign: Campaign, lists: Mapping[str, int]) -> float:
    """Attempts of one pass through a list that may run out or reach its next pass; else infinite.

    Attempt ``i`` of a list of ``r`` records is in pass ``ceil(i / r)``.
    """
    if campaign.campaign_id not in lists or len(campaign.answer_rate_by_pass) < 2:
        return math.inf
    return float(campaign.records or math.inf)


def highest_rate(campaign: Campaign) -> float:
    """The answer rate of the best pass, from the rate of the first one as it is at the moment."""
    rates = campaign.answer_rate_by_pass
    if not rates or rates[0] <= 0.0:
        return max((campaign.answer_rate, *rates))
    return min(campaign.answer_rate * max(rates) / rates[0], 1.0)


def pass_factors(campaigns: Sequence[Campaign]) -> Floats:
    """Answer rate of each pass over that of the best one, [campaign, pass]."""
    by_pass = [campaign.answer_rate_by_pass or (1.0,) for campaign in campaigns]
    longest = max((len(rates) for rates in by_pass), default=1)
    factors = np.ones((len(by_pass), longest))
    for c, rates in enumerate(by_pass):
        best = max(rates) or 1.0
        factors[c] = [rates[min(p, len(rates) - 1)] / best for p in range(longest)]
    return factors
