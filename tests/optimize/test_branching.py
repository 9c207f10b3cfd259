"""Boxes split by what the worst failure takes: no plan is lost, and the bound comes down."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import evaluate
from planner.optimize.branching import branch_on_worst_loss, halves_at_loss
from planner.optimize.master.column_generation import Relaxation, generate_columns, part_at_prices
from planner.optimize.master.initial_duals import first_prices
from planner.optimize.master.restricted_master import RestrictedMaster
from planner.optimize.model.box import Box
from planner.optimize.model.model import Model, build_model
from planner.optimize.model.tables import HANDLED
from planner.optimize.search import optimize
from tests.support.builders import drawn_fleet

ROUNDING = 1e-6


def relaxed(master: RestrictedMaster, box: Box, start: Relaxation) -> Relaxation | None:
    return generate_columns(master, box, start=start, precision=1e-7)


def root(master: RestrictedMaster) -> Relaxation:
    first = first_prices(master, master.model.box)
    assert first is not None
    found = relaxed(master, master.model.box, first)
    assert found is not None
    return found


def relaxed_parts(
    master: RestrictedMaster, box: Box, whole: Relaxation, parts: tuple[Box, Box]
) -> list[tuple[Box, Relaxation]]:
    """The parts of a box that may hold a plan."""
    found = []
    for part in parts:
        start = part_at_prices(master, box, part, whole)
        child = None if start is None else relaxed(master, part, start)
        if child is not None:
            found.append((part, child))
    return found


def solo(redundancy: float) -> Problem:
    """One agent, who sits on one of two equal dialers."""
    return Problem(
        dialers=tuple(Dialer(dialer_id=name, ports=20) for name in ("D", "E")),
        campaigns=(
            Campaign(
                campaign_id="C",
                agent_lines=1,
                attempt_seconds=30.0,
                answer_rate=0.3,
                transfer_rate=0.2,
                talk_seconds=120.0,
            ),
        ),
    )


def test_a_mix_of_two_dialers_is_told_apart_by_what_its_failure_takes() -> None:
    # All of the value v is on one dialer and goes down with it, so that no plan leaves anything.
    # The relaxation has half of the agent on each: v - v / 2. Each half alone takes v, so that
    # plans are told apart at (v / 2 + v) / 2. Above, v - 3 v / 4 are left; below, one dialer
    # earns at most 3 v / 4, of which the mix loses half.
    model = build_model(solo(1.0), PlanOptions(redundancy=1.0))
    master = RestrictedMaster(model)
    whole = root(master)
    v = model.tables[0][HANDLED, 1, 19]
    assert whole.bound == pytest.approx(v / 2, rel=1e-6)
    parts = branch_on_worst_loss(model, model.box, whole, -np.inf, 1e-4, 0.0)
    assert parts is not None
    (less, below), (more, above) = relaxed_parts(master, model.box, whole, parts)
    assert less.dialer_high == pytest.approx(3 * v / 4, rel=1e-6)
    assert more.loss_low == pytest.approx(3 * v / 4, rel=1e-6)
    assert above.bound == pytest.approx(v / 4, rel=1e-6)
    assert v / 8 < below.bound <= 3 * v / 8 * (1 + 1e-6)


def fleet(seed: int) -> Problem:
    """Five dialers, two of them at one site, and campaigns with every limit of their own."""
    limits = [(0.0, None), (0.3 * (seed % 2), None), (0.0, 0.1), (0.0, None)]
    sites = ["S0", "S1", "S2", "S3", "S0"]
    return drawn_fleet(np.random.default_rng(seed), (8, 25), sites, (2, 7), limits)


def plan_of(model: Model, outcome_lines: dict[tuple[str, str], tuple[int, int]]) -> np.ndarray:
    """Value per hour ``[campaign, dialer]`` of a plan's lines."""
    earned = np.zeros((model.campaigns, model.dialers))
    problem = model.problem
    for (campaign, dialer), (dial, agent) in outcome_lines.items():
        c, d = problem.campaign_index[campaign], problem.dialer_index[dialer]
        earned[c, d] = model.value[c] * model.tables[c][HANDLED, agent, dial]
    return earned


@pytest.mark.parametrize(("redundancy", "failures"), [(0.3, 1), (1.0, 1), (0.3, 2), (1.0, 2)])
@pytest.mark.parametrize("seed", range(4))
def test_the_best_plan_lies_in_a_part_whose_bound_it_does_not_exceed(
    seed: int, redundancy: float, failures: int
) -> None:
    problem = fleet(seed)
    options = PlanOptions(redundancy=redundancy, failures=failures, gap=0.02, time_limit=2.0)
    outcome = optimize(problem, options)
    assert outcome.plan is not None
    figures = evaluate(problem, outcome.plan, redundancy, failures=failures)
    value = figures.value.value_per_hour
    lines = {
        (a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines)
        for a in outcome.plan.assignments
    }
    model = build_model(problem, options)
    earned = plan_of(model, lines)
    by_site = [earned[:, model.domain == g].sum() for g in range(model.domains)]
    taken = max(sum(sites) for sites in itertools.combinations(by_site, failures))
    assert value == pytest.approx(earned.sum() - redundancy * taken, rel=1e-9)

    master = RestrictedMaster(model)
    boxes = [(model.box, root(master))]
    target = value * (1 - 1e-6)
    for share in (1.3, 0.7, 1.05, 0.95):
        boxes = [
            part
            for box, whole in boxes
            if box.loss_low < share * taken < box.loss_high
            for part in relaxed_parts(
                master, box, whole, halves_at_loss(model, box, share * taken, target)
            )
        ]
        holding = [
            whole
            for box, whole in boxes
            if box.loss_low <= taken <= box.loss_high and earned.max() <= box.dialer_high + ROUNDING
        ]
        assert len(holding) == 1
        assert holding[0].bound >= value - ROUNDING
    assert boxes[0][0].dialer_high < np.inf
