"""Compiles what many tests call, once for all workers: ``python -m tests.support.compiling PART``.

Without it two workers that need the same function at the same time both compile it. The parts share
next to nothing, so that two processes can make them side by side.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import planner
from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.optimize.master.restricted_master import RestrictedMaster
from planner.optimize.model.model import build_model
from planner.optimize.pricing.all_campaigns import own_prices
from planner.optimize.pricing.pricer import PricingEffort
from planner.optimize.search import compile_search, optimize
from planner.studies.changes import changed_problem
from tests.support.builders import solar

DATA = Path(__file__).resolve().parents[2] / "data"


def compile_plans() -> None:
    """Have the optimiser compiled, and the exact figures of a plan."""
    regional = planner.read_folder(DATA / "regional")
    # First what knows nothing of survival, which the other part makes meanwhile. The gap is one
    # that the heuristics close at once; the limit has to be longer than it takes to compile them.
    free = changed_problem(regional, ["campaign.*.survivable_share=0"])
    optimize(free, PlanOptions(gap=0.02, time_limit=600.0))
    compile_search()
    planner.plan(DATA / "quickstart")
    # Campaigns that must survive: a page would wait for that in the first test of a plan.
    optimize(regional, PlanOptions(time_limit=1.0))


def compile_survival() -> None:
    """Have the pricing of campaigns that must survive compiled, with every effort."""
    model = build_model(planner.read_folder(DATA / "regional"), PlanOptions())
    master = RestrictedMaster(model)
    duals, bounds = master.even_duals(0.2), master.lagrangian
    prices = bounds.fleet_prices(duals)
    campaign = int(np.argmax(model.survivable))
    pricer = bounds.pricer(campaign, model.box)
    for effort in PricingEffort:
        pricer.best(own_prices(prices, campaign), prices.short[campaign], effort)


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
    parts = {"plans": compile_plans, "survival": compile_survival, "traffic": compile_traffic}
    parts[sys.argv[1]]()
