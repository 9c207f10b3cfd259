"""How far the planning tables may be from the simulation of a plan: told before it is simulated.

Tables know each campaign on each dialer by its lines alone. That launches queue for calls per
second depends on who else dials there; a chain tells what that takes from a plan once its lines
are known. What no chain tells is an error that was measured.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Overflow, Problem
from planner.evaluation.arrays import PlanArrays
from planner.evaluation.rates import SECONDS_PER_HOUR, is_markov
from planner.evaluation.simulated import Estimate
from planner.traffic.exact.launch_queue import Queued, queued, queued_broadcast

Floats = NDArray[np.float64]

#: What is left open, as shares of a campaign's calls, by what is not in the tables; measured with
#: ``python -m tests.benchmarks.claims --told-error``.
OF_WRAP_UP, OF_PACING, OF_TIMES, OF_HOLDING = 0.002, 0.010, 0.015, 0.010
#: Of calls per second: as a share of what the chain takes off, and at least.
OF_QUEUES, LEAST_OF_QUEUES = 0.45, 0.006
#: Where more than this share of a limit is used, so much more of it for each share above: bursts of
#: several campaigns meet there.
BUSY, OF_BUSY = 0.8, 10.0
#: So many times are the launches of a plan worked out, each time with what the others then leave.
ROUNDS = 2
#: Calls per second that are as good as no limit.
NO_LIMIT = 1e5


def expected_value(problem: Problem, plan: LinePlan) -> Estimate | None:
    """Value per hour that the simulation of a plan should show; None where the tables are exact.

    The ends hold what is left open; they are meant to hold the simulated value on 95 % of plans.
    """
    arrays = PlanArrays(problem, plan)
    factors = launch_factors(problem, arrays)
    net = arrays.net_values()
    open_share = np.array([_open_share(c) for c in problem.campaigns])[:, None]
    taken = 1.0 - factors
    limited = _limited(problem)[None, :] & arrays.in_use
    of_queues = OF_QUEUES + OF_BUSY * np.maximum(_use(problem, arrays) - BUSY, 0.0)
    left = open_share + np.where(limited, np.maximum(of_queues * taken, LEAST_OF_QUEUES), 0.0)
    if not (left * arrays.in_use).any():
        return None
    value = float((net * factors).sum())
    # Errors of one kind go the same way on all rows: they are added, not squared.
    error = float((np.abs(net) * left).sum())
    return Estimate(value, value - error, value + error)


def _open_share(campaign: Campaign) -> float:
    if not campaign.is_live_transfer or is_markov(campaign):
        return 0.0
    found = 0.0
    if campaign.wrap_up_seconds > 0:
        found += OF_WRAP_UP
    if campaign.pacing is not None:
        found += OF_PACING
    if campaign.attempt_cv != 1 or campaign.talk_cv != 1:
        found += OF_TIMES
    by_chain = campaign.wrap_up_seconds > 0 or campaign.pacing is not None
    if campaign.overflow is Overflow.HOLD and by_chain:
        found += OF_HOLDING
    return found


def _limited(problem: Problem) -> NDArray[np.bool_]:
    """Dialers whose launches are limited, by themselves or by their carrier."""
    groups = {g.trunk_group: g.cps for g in problem.trunk_groups}
    return np.array(
        [d.cps is not None or groups.get(d.trunk_group or "") is not None for d in problem.dialers],
        np.bool_,
    )


def _use(problem: Problem, arrays: PlanArrays) -> Floats:
    """Share that is used of each dialer's calls per second, or of its carrier's ``[dialer]``."""
    per_second = arrays.rates.attempts.sum(axis=0) / SECONDS_PER_HOUR
    used = np.array(
        [0.0 if d.cps is None else per_second[i] / d.cps for i, d in enumerate(problem.dialers)]
    )
    for group in problem.trunk_groups:
        members = np.array([d.trunk_group == group.trunk_group for d in problem.dialers], np.bool_)
        if group.cps is not None:
            here = float(per_second[members].sum()) / group.cps
            used[members] = np.maximum(used[members], here)
    return used


def launch_factors(problem: Problem, arrays: PlanArrays) -> Floats:
    """Share of its calls that each pair keeps ``[campaign, dialer]`` where launches queue."""
    factors = np.ones(arrays.dial_lines.shape)
    limited = _limited(problem)
    if not limited.any():
        return factors
    attempts = arrays.rates.attempts / SECONDS_PER_HOUR
    free: dict[tuple[int, int], Queued | float] = {}
    for _ in range(ROUNDS):
        rates = _launch_rates(problem, arrays, attempts)
        now = attempts.copy()
        for c, d in np.argwhere(arrays.in_use & limited[None, :]).tolist():
            if (c, d) not in free:
                free[c, d] = _of_pair(problem.campaigns[c], arrays, c, d, NO_LIMIT)
            found = _of_pair(problem.campaigns[c], arrays, c, d, float(rates[c, d]))
            kept, dialed = _ratios(found, free[c, d])
            factors[c, d] = kept
            now[c, d] = dialed * float(arrays.rates.attempts[c, d]) / SECONDS_PER_HOUR
        attempts = now
    return factors


def _ratios(found: Queued | float, free: Queued | float) -> tuple[float, float]:
    """Calls handled and attempts, with the limit and without."""
    if isinstance(found, Queued) and isinstance(free, Queued):
        if free.transfers_per_second <= 0 or free.attempts_per_second <= 0:
            return 1.0, 1.0
        handled = found.transfers_per_second / free.transfers_per_second
        return min(handled, 1.0), min(found.attempts_per_second / free.attempts_per_second, 1.0)
    assert isinstance(found, float)
    assert isinstance(free, float)
    share = min(found / free, 1.0) if free > 0 else 1.0
    return share, share


def _of_pair(
    campaign: Campaign, arrays: PlanArrays, c: int, d: int, launches: float
) -> Queued | float:
    lines, agents = int(arrays.dial_lines[c, d]), int(arrays.agent_lines[c, d])
    if not campaign.is_live_transfer:
        return queued_broadcast(lines, campaign.attempt_seconds, launches)
    assert campaign.talk_seconds is not None
    taken = campaign.talk_seconds + campaign.wrap_up_seconds
    return queued(
        lines,
        max(agents, 1),
        campaign.attempt_seconds,
        campaign.transfer_probability,
        taken,
        launches,
        math.inf if campaign.pacing is None else campaign.pacing,
        campaign.talk_seconds / taken,
    )


def _launch_rates(problem: Problem, arrays: PlanArrays, attempts: Floats) -> Floats:
    """Calls per second at which each pair's waiting lines launch ``[campaign, dialer]``.

    What the others leave of the limit, and no less than its share by dial lines.
    """
    found = np.full(attempts.shape, NO_LIMIT)
    everywhere = np.arange(len(problem.dialers))
    shared = [(everywhere == d, dialer.cps) for d, dialer in enumerate(problem.dialers)]
    for group in problem.trunk_groups:
        members = np.array([d.trunk_group == group.trunk_group for d in problem.dialers])
        shared.append((members, group.cps))
    for members, cps in shared:
        if cps is None or not members.any():
            continue
        lines = np.where(members[None, :], arrays.dial_lines, 0)
        here = np.where(members[None, :], attempts, 0.0)
        by_lines = cps * lines / max(float(lines.sum()), 1.0)
        rest = np.maximum(cps - (float(here.sum()) - here), by_lines)
        found = np.where(lines > 0, np.minimum(found, np.maximum(rest, 1e-9)), found)
    return found
