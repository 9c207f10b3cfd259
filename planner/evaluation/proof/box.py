"""A box of a proof, and the lines that a campaign may have in it on each dialer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.proof.splits import Options
from planner.evaluation.proof.world import World

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Box:
    """Least and most (dial, agent) lines ``[campaign, dialer, 2]``, and what failures take."""

    low: Ints
    high: Ints
    least_taken: float = 0.0
    most_here: float = np.inf


def options_in(world: World, box: Box, c: int, d: int) -> Options:
    """What the campaign may have on one dialer in the box."""
    campaign = world.problem.campaigns[c]
    table = world.table(c)
    (n_low, a_low), (n_high, a_high) = box.low[c, d], box.high[c, d]
    least = campaign.min_agent_lines if campaign.is_live_transfer else 0
    grid: Ints = np.indices(table.handled.shape)
    agent, dial = grid[0], grid[1]
    fits = (dial >= max(n_low, 1)) & (dial <= n_high) & (agent >= a_low) & (agent <= a_high)
    fits &= (agent >= least) & (dial >= agent)
    fits &= dial + world.port_of_agent[d] * agent <= world.room[d]
    if np.isfinite(box.most_here) and campaign.value > 0:
        fits &= np.asarray(campaign.value * table.handled) <= box.most_here
    nothing = int(n_low == 0 and a_low == 0)
    figures: tuple[NDArray[Any], ...] = (
        *(dial, agent, table.handled, table.abandoned, table.live_answered, table.attempts),
    )
    columns = [np.concatenate([np.zeros(nothing, f.dtype), f[fits]]) for f in figures]
    return Options(*columns)
