"""Abandonment limits on days that differ: which day a limit is held on, and on how many it holds.

A day's abandon rate rises with its answer rate, its transfer rate and its talk time. So a limit
holds on a share of the days if it holds on the day that as many are milder than: that day's
abandoned and answered calls then stand in the planning tables of the limit, everywhere. Where only
one figure differs between days that is exact for any lines; where several do, days are put in order
by lines as they are usual, and on how many the limit really holds is told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from planner.contracts.answers import AbandonDays
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Problem
from planner.evaluation.rates import rates
from planner.evaluation.tolerances import LIMIT_ROUNDING
from planner.projection.figures.days import DAYS, Days, days_of, vary
from planner.traffic.exact.engset import stationary

Ints = NDArray[np.int64]
#: Days are compared on lines of so many dial lines for each agent line, as many as are usual.
_USUAL_LINES = 5


def with_abandon_days(problem: Problem, share: float | None) -> Problem:
    """The problem whose abandonment limits are held on a share of the days; None: the mean day."""
    if share is None:
        return problem
    campaigns = tuple(
        campaign.model_copy(update={"abandon_day": _day(campaign, share)})
        if _is_limited(campaign) and vary(campaign)
        else campaign
        for campaign in problem.campaigns
    )
    return problem.model_copy(update={"campaigns": campaigns})


def abandon_days(problem: Problem, plan: LinePlan, asked: float | None) -> Iterator[AbandonDays]:
    """On what share of the days the lines of each campaign hold its limit, by the formulas.

    Parameters
    ----------
    problem : with limits of the mean day
    asked : the share that was asked for; None: none
    """
    for campaign in problem.campaigns:
        lines = [
            (item.dial_lines, item.agent_lines)
            for item in plan.assignments
            if item.campaign_id == campaign.campaign_id and item.agent_lines > 0
        ]
        if _is_limited(campaign) and vary(campaign) and lines:
            yield AbandonDays(
                campaign_id=campaign.campaign_id,
                max_abandon_rate=campaign.max_abandon_rate or 0.0,
                asked_share_of_days=asked,
                share_of_days=_share_of_days(campaign, np.array(lines)),
            )


def _is_limited(campaign: Campaign) -> bool:
    return campaign.max_abandon_rate is not None and campaign.is_live_transfer


def _day(campaign: Campaign, share: float) -> tuple[float, float, float]:
    """Factors of the day that a share of all days is milder than, or as mild as."""
    days = days_of(campaign)
    agents = max(campaign.agent_lines, 1)
    order = _by_severity(campaign, days, np.array([[_USUAL_LINES * agents, agents]]))
    day = int(order[min(max(math.ceil(share * DAYS), 1), DAYS) - 1])
    return _factors(days, day)


def _share_of_days(campaign: Campaign, lines: Ints) -> float:
    """Share of the drawn days on which the limit holds, found by halving among days in order."""
    days = days_of(campaign)
    order = _by_severity(campaign, days, lines)
    low, high = 0, DAYS  # holds on the first `low` days, on no more than the first `high`
    while low < high:
        middle = (low + high + 1) // 2
        if _holds(campaign, lines, _factors(days, int(order[middle - 1]))):
            low = middle
        else:
            high = middle - 1
    return low / DAYS


def _holds(campaign: Campaign, lines: Ints, day: tuple[float, float, float]) -> bool:
    found = rates(campaign.on_day(day), lines[:, 0], lines[:, 1])
    abandoned, answered = float(found.abandoned.sum()), float(found.live_answered.sum())
    limit = campaign.max_abandon_rate or 0.0
    return abandoned <= limit * answered + LIMIT_ROUNDING * (1.0 + answered)


def _by_severity(campaign: Campaign, days: Days, lines: Ints) -> Ints:
    """Days, mildest first, by the abandon rate of lines by Engset's formula, talk with wrap-up."""
    answer = np.minimum(campaign.answer_rate * days.answer[1:], 1.0)
    q = answer * np.minimum((campaign.transfer_rate or 0.0) * days.transfer[1:], 1.0)
    taken = (campaign.talk_seconds or 1.0) * days.talk[1:] + campaign.wrap_up_seconds
    found = stationary(
        lines[:, 0][:, None], lines[:, 1][:, None], campaign.attempt_seconds, q, taken
    )
    answered = answer * found.attempts_per_second.sum(axis=0)
    severity = found.abandoned_per_second.sum(axis=0) / np.maximum(answered, 1e-300)
    return np.argsort(severity, kind="stable") + 1


def _factors(days: Days, day: int) -> tuple[float, float, float]:
    return float(days.answer[day]), float(days.transfer[day]), float(days.talk[day])
