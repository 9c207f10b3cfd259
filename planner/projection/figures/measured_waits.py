"""How long launches wait where it hangs on whose turn it is: from runs call by call.

Where calls per second are nearly all in use, or others fill up for as long as attempts last, how
long each pair's lines wait hangs on whose turn it is meanwhile, which no formula tells. A few runs
call by call show it well, as it is an average over hours of launches; a flow is then given waits
with which its lines wait as long as in these runs.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from planner.evaluation.rates import SECONDS_PER_HOUR
from planner.projection.effort import Effort, EngineChoice
from planner.projection.figures.flowing import waiting_shares
from planner.traffic.arguments import Floats
from planner.traffic.simulation.estimates import Precision, student_t
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
#: For the long run: so many runs call by call of so many hours, and of a flow, each after so many
#: calls that forget the start; call by call at most a part of the events that figures may take.
LONG_RUNS, LONG_FLOW_RUNS, LONG_HOURS, FORGOTTEN_CALLS = 8, 24, 2.0, 8.0
_PART_OF_EVENTS = 0.5


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


class LongRunWaits(NamedTuple):
    """Shares of the lines that wait while nothing fills up, and what they may be wrong by."""

    calm: Floats  # [1, pair]
    half_width: Floats  # [pair], of 95 % of the share that waits in all


def long_run_waits(
    together: Network, call_seconds: float, attempts_per_second: float, effort: Effort
) -> LongRunWaits | None:
    """Waits of pairs that run for ever; None where measuring them takes too much.

    Parameters
    ----------
    call_seconds : the longest mean call
    attempts_per_second : of all pairs, call by call
    """
    start = FORGOTTEN_CALLS * call_seconds
    edges = np.array([0.0, start, start + LONG_HOURS * SECONDS_PER_HOUR])
    attempts = LONG_RUNS * edges[-1] * attempts_per_second
    if effort.replications is not None or attempts > _PART_OF_EVENTS * effort.budget.figures:
        return None

    def shares(number: int, runs: int, calm: Floats | None) -> Floats:
        """Share of the lines that wait by run and pair."""
        precision = Precision(fewest=runs, most=runs)
        seed = effort.part(1.0, number).seed
        found = simulate(together, edges, seed=seed, precision=precision, calm=calm)
        return np.array([waiting_shares(run[None, 1]) for run in found.totals])

    by_call = shares(11, LONG_RUNS, None)
    calm = np.zeros((1, by_call.shape[1]))
    for number in range(ROUNDS):
        flow = shares(12 + number, LONG_FLOW_RUNS, calm)
        calm = np.clip(calm + by_call.mean(axis=0) - flow.mean(axis=0), 0.0, _LONGEST)
    variance = by_call.var(axis=0, ddof=1) / LONG_RUNS + flow.var(axis=0, ddof=1) / LONG_FLOW_RUNS
    return LongRunWaits(calm, student_t(LONG_RUNS - 1) * np.sqrt(variance))


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
