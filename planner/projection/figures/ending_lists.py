"""First passages of campaigns whose dial list may end within the hour, simulated to its end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from planner.projection.effort import Effort
from planner.projection.figures.passages import Row, joint_passages
from planner.projection.network import network
from planner.projection.pairs import Limits
from planner.projection.timeline.horizon import Horizon


class EndingList(NamedTuple):
    """First passages by pair, and when the lists end in half of the cases, by campaign [s]."""

    rows: dict[tuple[str, str], Row]
    ends: dict[str, float]


def ending_lists(
    given: Horizon,
    group: Sequence[int],
    limits: Limits,
    lists: Mapping[str, int],
    effort: Effort,
) -> EndingList:
    """Follow pairs that share lists, from the state of now, over the hour ahead.

    Parameters
    ----------
    given : the hour, with its windows and outages
    group : places in it of all pairs that share something
    lists : attempts left by campaign
    """
    pairs = [given.pairs[place] for place in group]
    live = {
        column: math.inf
        for column, place in enumerate(group)
        if pairs[column].campaign.is_live_transfer
        and pairs[column].campaign.campaign_id in lists
        and given.running(place)[0]
    }
    shared = network(given.of(group), limits, lists)
    rows, done = joint_passages(shared, effort, live)
    names = list(dict.fromkeys(pair.campaign.campaign_id for pair in pairs))
    middles = np.sort(done, axis=0)[len(done) // 2]
    return EndingList(
        {pairs[column].key: row for column, row in rows.items()},
        {name: float(middles[c]) for c, name in enumerate(names) if math.isfinite(middles[c])},
    )
