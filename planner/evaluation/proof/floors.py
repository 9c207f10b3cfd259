"""What campaigns must reach: their least lines, of which dialers and how many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.contracts.fleet.pools import counted_dialers, limits_at
from planner.contracts.problem import Problem

#: Dialers counted, dial or agent lines, how many at the least.
Floor = tuple[NDArray[np.bool_], str, int]


def floors(problem: Problem, c: int) -> list[Floor]:
    """Least lines of a campaign, in the order of ``limits.csv``."""
    found = []
    for row in limits_at(problem, None):
        if row.campaign_id != problem.campaigns[c].campaign_id:
            continue
        names = {d.dialer_id for d in counted_dialers(problem, row)}
        here = np.array([d.dialer_id in names for d in problem.dialers], np.bool_)
        for what, least in (("dial", row.min_dial_lines), ("agent", row.min_agent_lines)):
            if least:
                found.append((here, what, least))
    return found
