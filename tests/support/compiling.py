"""Compiles what many tests call, once for all workers: ``python -m tests.support.compiling PART``.

Without it two workers that need the same function at the same time both compile it. The parts share
next to nothing, so that two processes can make them side by side.
"""

from __future__ import annotations

import sys
from pathlib import Path

import planner
from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.optimize.search import compile_search, optimize
from tests.support.builders import solar

DATA = Path(__file__).resolve().parents[2] / "data"


def compile_plans() -> None:
    """Have the optimiser compiled, and the exact figures of a plan."""
    compile_search()
    planner.plan(DATA / "quickstart")
    # Campaigns that must survive: a page would wait for that in the first test of a plan.
    optimize(planner.read_folder(DATA / "regional"), PlanOptions(time_limit=1.0))


def compile_traffic() -> None:
    """Have queues and simulation compiled by projecting an hour of a campaign of each kind."""
    campaigns = (
        solar(),
        solar(campaign_id="Held", overflow="hold", agent_lines=4),
        solar(campaign_id="News", kind="broadcast", agent_lines=0, transfer_rate=0.0),
    )
    lines = tuple(
        LineAssignment(campaign_id=c.campaign_id, dialer_id="D", dial_lines=40, agent_lines=a)
        for c, a in zip(campaigns, (10, 4, 0), strict=True)
    )
    for calls_per_second in (None, 3.0):
        problem = Problem(
            dialers=(Dialer(dialer_id="D", ports=400, cps=calls_per_second),),
            campaigns=campaigns,
            assignments=lines,
        )
        planner.project(problem, hours=1)
        planner.project(problem, hours=1, engine="simulate", replications=2)


if __name__ == "__main__":
    {"plans": compile_plans, "traffic": compile_traffic}[sys.argv[1]]()
