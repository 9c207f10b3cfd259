"""How long launches wait where calls per second are nearly all in use: from runs call by call.

How long each pair's lines wait there hangs on whose turn it is while others fill up, which no
formula tells. A few runs call by call show it well, as it is an average over hours of launches; a
flow is then given waits with which its lines wait as long as in these runs.
"""

from __future__ import annotations

import math

import numpy as np

from planner.evaluation.rates import SECONDS_PER_HOUR
from planner.projection.effort import Effort, EngineChoice
from planner.projection.figures.flowing import waiting_shares
from planner.traffic.arguments import Floats
from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.flow.fluid import may_flow, most_used
from planner.traffic.simulation.network import Network
from planner.traffic.simulation.simulate import simulate

#: Runs call by call, and runs of a flow from which its waits are corrected, so often: together
#: they last so many hours, as an average over more of them tells little more.
BY_CALL_RUNS, FLOW_RUNS, ROUNDS = (3, 8), (10, 40), 3
BY_CALL_HOURS, FLOW_HOURS = 16.0, 80.0
#: Up to so many times what a limit has may be asked of it; then hardly anybody is ever without a
#: wait, and all goes call by call.
MOST_USED = 3.0
_LONGEST = 0.9  # share of the lines that wait


def measured_waits(together: Network, edges: Floats, effort: Effort) -> Floats | None:
    """Share of the lines of each pair that wait while nothing fills up, [stretch, pair].

    None where launches are to be simulated one by one.

    Parameters
    ----------
    edges : of the steps of the horizon [s]
    """
    if effort.engine is EngineChoice.SIMULATE or effort.replications is not None:
        return None
    if not may_flow(together) or most_used(together) > MOST_USED:
        return None
    hours = float(edges[-1]) / SECONDS_PER_HOUR
    few, most = (
        min(max(math.ceil(wanted / hours), runs[0]), runs[1])
        for wanted, runs in ((BY_CALL_HOURS, BY_CALL_RUNS), (FLOW_HOURS, FLOW_RUNS))
    )
    by_call = _waiting(together, edges, effort.part(1.0, 11).seed, few, None)
    waits = np.zeros_like(by_call)
    for number in range(ROUNDS):
        seed = effort.part(1.0, 12 + number).seed
        found = _waiting(together, edges, seed, most, waits)
        waits = np.clip(waits + by_call - found, 0.0, _LONGEST)
    return waits


def _waiting(
    together: Network, edges: Floats, seed: int, runs: int, waits: Floats | None
) -> Floats:
    """Share of the dial lines that wait of those that would dial, [stretch, pair]."""
    precision = Precision(fewest=runs, most=runs)
    found = simulate(together, edges, seed=seed, precision=precision, calm=waits)
    stretch = np.searchsorted(together.changes, edges[:-1], side="right") - 1
    shares = np.zeros((len(together.changes), len(together.campaign)))
    for number in np.unique(stretch):
        shares[number] = waiting_shares(found.totals[:, stretch == number].sum(axis=1))
    return shares
