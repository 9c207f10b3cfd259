"""Who is on shift: agents of pools whose numbers change with the hour, on the lines of now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

import numpy as np

from planner.contracts.fleet.pools import is_pooled, pools_at
from planner.contracts.problem import Campaign, CampaignStop, Problem
from planner.evaluation.seats import seat_in_proportion
from planner.projection.hours.calendar import is_open

Key = tuple[str, str]
_DAY = timedelta(days=1)


def on_shift(
    problem: Problem, moment: datetime, lines: Mapping[Key, int], also: Collection[str] = ()
) -> dict[Key, int]:
    """Agent lines with an agent of a pool at a moment, of the campaigns that pools serve.

    Where a pool has fewer agents than lines, lines are taken away in proportion, within what the
    pools reach. Agents work for the campaigns that dial then.

    Parameters
    ----------
    moment : with a UTC offset
    lines : agent lines by campaign and dialer, as assigned or as an hour has agents for them
    also : campaigns that are to be seated although they do not dial then
    """
    served = [c for c in problem.campaigns if is_pooled(problem, c)]
    dialing = {c.campaign_id for c in served if dials_at(c, moment) or c.campaign_id in also}
    wanted = np.zeros((len(problem.campaigns), len(problem.dialers)), np.int64)
    places = {
        key: (problem.campaign_index[key[0]], problem.dialer_index[key[1]])
        for key in lines
        if key[0] in dialing
    }
    for key, place in places.items():
        wanted[place] = lines[key]
    seats = seat_in_proportion(problem, pools_at(problem, moment), wanted)
    return {key: int(seats[place]) for key, place in places.items()}


def shift_changes(problem: Problem, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield when agents of pools may come or go, in UTC."""
    first = start.date() - 2 * _DAY  # a shift may begin the day before, on a clock ahead of UTC
    days = [first + n * _DAY for n in range((end - start) // _DAY + 6)]
    for row in problem.pools:
        if row.has_hours:
            for spell in row.spells(days, problem.common_zone):
                yield from spell


def dials_at(campaign: Campaign, moment: datetime) -> bool:
    """Whether a campaign is open and nobody has stopped it."""
    return campaign.status is CampaignStop.NONE and is_open(campaign, moment)
