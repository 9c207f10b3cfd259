"""What a user would write instead of the optimiser, for the same fleets and the same time.

Each returns the value per hour that its plan reaches, and its proven bound if it has one. Where a
plan breaks a limit its lines are cut until it holds; see :mod:`tests.benchmarks.peer_plans`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from tests.benchmarks.concave_hull import highs_hull
from tests.benchmarks.cp_sat_tables import cp_sat_tables
from tests.benchmarks.peer_plans import Reached, need, reached, shares_by_ports

Peer = Callable[[Problem, PlanOptions, float], Reached]


def by_ports(problem: Problem, options: PlanOptions, seconds: float) -> Reached:
    """Agents and dial lines shared out by ports, each campaign by its need."""
    del seconds
    return Reached(reached(problem, options, *shares_by_ports(problem)))


def round_robin(problem: Problem, options: PlanOptions, seconds: float) -> Reached:
    """Each campaign whole on the next dialer, with as many lines as its ports allow."""
    del seconds
    free = [d.ports for d in problem.dialers]
    dial = np.zeros((len(problem.campaigns), len(problem.dialers)), dtype=np.int64)
    agents = np.zeros_like(dial)
    for c, campaign in enumerate(problem.campaigns):
        may = [d for d, item in enumerate(problem.dialers) if problem.may_use(campaign, item)]
        if not may:
            continue
        d = may[c % len(may)]
        most = min(campaign.agent_lines, free[d] // 2) if campaign.is_live_transfer else 0
        lines = min(int(need(campaign)) - most, free[d] - most)
        if lines >= max(most, 1):
            dial[c, d], agents[c, d] = lines, most
            free[d] -= lines + most
    return Reached(reached(problem, options, dial, agents))


PEERS: dict[str, Peer] = {
    "by ports": by_ports,
    "round robin": round_robin,
    "CP-SAT tables": cp_sat_tables,
    "HiGHS hull": highs_hull,
}
#: The most cells (dialers times campaigns) that a peer is given. Beyond them building the model
#: alone takes minutes: tables of 1,000 cells took two.
MOST_CELLS: dict[str, int] = {"CP-SAT tables": 100, "HiGHS hull": 20_000}
