"""Shortfalls of a plan under change: counted as the tables say, whatever moved before."""

from __future__ import annotations

import random

import numpy as np
import pytest

from planner.contracts.fleet.agents import LimitRow
from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import lost_dialers
from planner.optimize.attainable import annealed_plan
from planner.optimize.heuristics.broken_limits import Worth, count_short, holds, start
from planner.optimize.heuristics.penalised_plan import change, no_cells, set_cell
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import build_model, to_line_plan
from planner.optimize.model.requirements import ANY, KINDS, Aim, requirements
from planner.optimize.shortfalls import plan_shortfalls

CAMPAIGNS, DIALERS = 4, 3


def fleet(seed: int) -> Problem:
    """Four campaigns that ask for calls, attempts, dialers, least lines and survival."""
    draw = random.Random(f"asked {seed}")
    campaigns = tuple(
        Campaign(
            campaign_id=f"C{c}",
            agent_lines=draw.randint(3, 8),
            attempt_seconds=draw.uniform(15, 40),
            answer_rate=draw.uniform(0.2, 0.5),
            transfer_rate=draw.uniform(0.1, 0.3),
            talk_seconds=draw.uniform(100, 300),
            value=draw.choice([1, 5]),
            min_dialers=draw.choice([0, 1, 2, 3]),
            min_transfers_per_hour=draw.choice([0.0, 30.0, 90.0]),
            survivable_share=draw.choice([0.0, 0.4, 0.5, 0.67]),
            priority=draw.choice([1, 2]),
        )
        for c in range(CAMPAIGNS)
    )
    dialers = tuple(Dialer(dialer_id=f"D{d}", ports=draw.randint(15, 40)) for d in range(DIALERS))
    limits = (
        LimitRow(limit="L", campaign_id="C0", dialer_ids=("D0", "D1"), min_dial_lines=30),
        LimitRow(limit="M", campaign_id="C1", dialer_ids=("D2",), min_agent_lines=3),
    )
    return Problem(dialers=dialers, campaigns=campaigns, limits=limits)


def counting(kind: int) -> Aim:
    """One kind is counted; those before it may amount to so much, those after it come next."""
    asked = np.ones((CAMPAIGNS, len(KINDS)), np.bool_)
    each = [asked & (np.arange(len(KINDS)) == k) for k in range(len(KINDS))]
    most = np.full((CAMPAIGNS, len(KINDS)), ANY)
    sums = tuple((which, 40) for which in each[:kind])
    return Aim(most, each[kind], sums, tuple(each[kind + 1 :]))


@pytest.mark.parametrize("failures", [1, 2])
@pytest.mark.parametrize("seed", range(6))
def test_shortfalls_are_those_of_the_plan_whatever_was_changed_before(
    seed: int, failures: int
) -> None:
    problem = fleet(seed)
    options = PlanOptions(failures=failures)
    model = build_model(problem, options, counting(2))
    f = fleet_arrays(model)
    asked = requirements(problem, lost_dialers(problem, failures))
    plan, draw = no_cells(f, 0), random.Random(seed)
    cell, nothing = np.zeros((1, 4), np.int64), np.zeros_like(plan.n)
    start(f, plan, Worth(1.0, 1.0, 1.0), cell, nothing, nothing)
    for _ in range(60):
        c, d = draw.randrange(CAMPAIGNS), draw.randrange(DIALERS)
        # No more agent lines than agents, and lines than ports: others count nothing in a plan.
        others = int(plan.a[c].sum() - plan.a[c, d])
        agents = draw.randint(0, int(f.agents[c]) - others)
        ports = int(plan.free[d] + plan.n[c, d] + plan.a[c, d])
        agents = min(agents, ports // 2)
        most = min(ports - agents, int(f.n_high[c, d]))
        lines = draw.randint(agents, most) if agents else 0
        set_cell(cell, 0, c, d, lines, agents)
        change(f, plan, cell, 0, 1, 1)
        count_short(f, plan, c)
        short = plan_shortfalls(problem, asked, to_line_plan(model, plan.n, plan.a))
        assert plan.short_sums.tolist() == short.sum(axis=0).tolist()
        kept = bool((short.sum(axis=0)[:2] <= 40).all())
        assert not holds(f, plan) or kept


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_annealing_counts_what_is_missing_and_keeps_what_was_found_before(kind: int) -> None:
    problem = fleet(3)
    model = build_model(problem, PlanOptions(), counting(kind))
    asked = requirements(problem, lost_dialers(problem, 1))
    found = annealed_plan(model, 0, 0.0, None, lambda: False)
    if found is None:  # no plan misses so little of the kinds before
        assert kind > 0
        return
    short = plan_shortfalls(problem, asked, found).sum(axis=0)
    assert (short[:kind] <= 40).all()
    nothing = asked.of_nothing.sum(axis=0)
    assert short[kind] <= nothing[kind]
    again = annealed_plan(model, 0, -float(short[kind]), found, lambda: False)
    assert again is not None
    assert plan_shortfalls(problem, asked, again).sum(axis=0)[kind] <= short[kind]
