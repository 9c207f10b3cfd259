"""Annealing by every kind of move knows pools, sums of lines, costs and calls to be reached.

What it finds is held against the checks and the evaluation of plans, which know no optimiser.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import PlanOptions, Progress
from planner.evaluation.arrays import evaluate
from planner.evaluation.limits.check import check
from planner.optimize.heuristics.annealing import TIED, Annealing, Pace, cell_pace
from planner.optimize.model import fleet as fleet_module
from planner.optimize.model import rows
from planner.optimize.model.columns import make_column
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import build_model, to_line_plan
from planner.optimize.search import optimize
from planner.optimize.search_params import SearchParams
from planner.optimize.warm_start import start_columns


def fleet(seed: int) -> Problem:
    """Four dialers in two cities, six campaigns of which four share the agents of two pools."""
    draw = random.Random(f"annealed {seed}")
    dialers = tuple(
        Dialer(
            dialer_id=f"D{d}",
            ports=draw.randint(30, 70),
            failure_domain=("Dallas", "Atlanta")[d % 2],
            cost_per_attempt=draw.choice([0.0, 0.003]),
            cost_per_talk_minute=draw.choice([0.0, 0.02]),
        )
        for d in range(4)
    )
    campaigns = tuple(
        Campaign(
            campaign_id=f"C{c}",
            attempt_seconds=draw.uniform(20, 32),
            answer_rate=draw.uniform(0.2, 0.4),
            transfer_rate=draw.uniform(0.1, 0.3),
            talk_seconds=draw.uniform(120, 300),
            value=draw.uniform(3, 12),
            survivable_share=draw.choice([0.0, 0.3]),
            min_transfers_per_hour=draw.choice([0.0, 3.0]),
            agent_lines=None if c < 4 else draw.randint(4, 10),
        )
        for c in range(6)
    )
    pools = (
        PoolRow(pool="P", agent_lines=draw.randint(6, 14), campaigns=("C0", "C1", "C2"),
                dialers=("D0", "D1")),
        PoolRow(pool="Q", agent_lines=draw.randint(6, 14), campaigns=("C1", "C2", "C3")),
    )  # fmt: skip
    limits = (
        LimitRow(limit="L", dialer_ids=("D0", "D1"), max_dial_lines=draw.randint(30, 60)),
        LimitRow(limit="M", campaign_id="C2", failure_domains=("Dallas",), max_lines=20),
    )
    return Problem(dialers=dialers, campaigns=campaigns, pools=pools, limits=limits)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("seated", [False, True])
def test_plans_found_by_annealing_hold_every_limit_and_are_worth_what_is_said(
    seed: int, seated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seated:  # as where pools hang together in more ways than there are rows for
        monkeypatch.setattr(rows, "MOST_POOL_SETS", 1)
        monkeypatch.setattr(fleet_module, "MOST_POOL_SETS", 1)
    problem = fleet(seed)
    options = PlanOptions(redundancy=0.3)
    model = build_model(problem, options)
    assert model.special
    assert len(fleet_arrays(model).pool_agents) == (2 if seated else 0)
    quick = options.model_copy(update={"gap": 0.2, "time_limit": 20.0})
    known = optimize(problem, quick, params=SearchParams(cell_annealing=False))
    assert known.plan is not None
    assert known.bound is not None
    whole = list(start_columns(model, known.plan).values())
    third = []  # each pair with a third of its dial lines: what must be reached is not
    for k in whole:
        lines = np.maximum(k.dial_lines // 3, k.agent_lines)
        third.append(make_column(model, k.campaign, lines, k.agent_lines))
    # Agents move from a plan that holds the limits; those that must survive keep their lines.
    by_agents = TIED._replace(steps=300)
    for pace, begun in (
        (cell_pace(model), third),
        (cell_pace(model, 10), third),
        (by_agents, whole),
    ):
        annealing = Annealing(model, pace, known.bound, seed)
        annealing.run(
            begun,
            enough=lambda: float("inf"),
            interrupted=lambda: False,
            on_better=lambda: None,
        )
        dial = np.array([k.dial_lines for k in annealing.columns()])
        agent = np.array([k.agent_lines for k in annealing.columns()])
        plan = to_line_plan(model, dial, agent)
        assert not check(problem, plan, options.failures)
        value = evaluate(problem, plan, options.redundancy).value.value_per_hour
        assert annealing.value == pytest.approx(value, rel=1e-9)
        least = known.value * (1 - 1e-9) if pace.by_agents else 0.95 * known.value
        assert least <= value <= known.bound


def test_agents_of_pools_are_put_to_use_within_seconds() -> None:
    problem = fleet(3)
    found = optimize(problem, PlanOptions(time_limit=20, gap=0.03))
    assert found.value is not None
    assert found.bound is not None
    assert found.bound <= 1.031 * found.value


def test_large_fleets_have_a_plan_before_anything_is_priced() -> None:
    told: list[Progress] = []
    found = optimize(
        fleet(3), PlanOptions(time_limit=20, gap=0.03), told.append,
        params=SearchParams(huge=0, few_cells=0),
    )  # fmt: skip
    assert told[0].value_per_hour is not None
    assert told[0].bound_per_hour is None
    assert found.bound is not None
    assert found.value is not None
    assert found.bound <= 1.031 * found.value


def two_campaigns_of_one_pool() -> Problem:
    """What 24 agents do on one dialer: few lines are dialed for few agents, by the limit."""
    common = {
        "agent_lines": None,
        "attempt_seconds": 26.0,
        "answer_rate": 0.2,
        "transfer_rate": 0.15,
        "talk_seconds": 240.0,
        "max_abandon_rate": 0.03,
    }
    return Problem(
        dialers=(Dialer(dialer_id="D", ports=160),),
        campaigns=(
            Campaign(campaign_id="A", value=5.0, **common),
            Campaign(campaign_id="B", value=6.0, **common),
        ),
        pools=(PoolRow(pool="P", agent_lines=24, campaigns=("A", "B")),),
    )


def most_by_enumeration(problem: Problem) -> float:
    """The most that any plan with both campaigns is worth."""
    tables = build_model(problem, PlanOptions(redundancy=0.0)).tables
    best = []
    for campaign, table in zip(problem.campaigns, tables, strict=True):
        handled, abandoned, answered = table[0], table[1], table[2]
        fits = abandoned <= 0.03 * answered + 1e-9
        a, n = np.indices(handled.shape)
        fits &= (a >= 1) & (n >= a)
        worth = np.where(fits, campaign.value * handled, -np.inf)
        by_ports = np.full((25, 161), -np.inf)
        inside = np.flatnonzero((fits & (a <= 24) & (n + a <= 160)).ravel())
        np.maximum.at(by_ports, (a.ravel()[inside], (n + a).ravel()[inside]), worth.ravel()[inside])
        best.append(np.maximum.accumulate(by_ports, axis=1))
    sums = [best[0][a, p] + best[1][24 - a, 160 - p] for a in range(25) for p in range(161)]
    return float(max(sums))


@pytest.mark.parametrize("by_agents", [False, True])
def test_agents_change_hands_in_blocks(by_agents: bool) -> None:
    problem = two_campaigns_of_one_pool()
    model = build_model(problem, PlanOptions(redundancy=0.0))
    pace: Pace = TIED._replace(steps=300) if by_agents else cell_pace(model)
    begun = [
        make_column(model, 0, np.array([120]), np.array([23])),
        make_column(model, 1, np.array([1]), np.array([1])),
    ]
    best = most_by_enumeration(problem)
    annealing = Annealing(model, pace, best, 1)
    annealing.run(
        begun,
        enough=lambda: float("inf"),
        interrupted=lambda: False,
        on_better=lambda: None,
    )
    assert annealing.value == pytest.approx(best, rel=1e-9)
