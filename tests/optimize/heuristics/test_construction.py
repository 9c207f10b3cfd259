"""Constructed plans against the checks, and against every split that is left for a campaign."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.limits.check import check
from planner.optimize.heuristics.construction import _filled, constructed
from planner.optimize.master.initial_duals import first_prices
from planner.optimize.master.restricted_master import RestrictedMaster
from planner.optimize.model.model import Model, build_model, to_line_plan
from planner.optimize.model.tables import HANDLED
from tests.support.comparison import problem_of
from tests.support.draw import draw


def given(seed: int) -> Problem:
    """Two campaigns, of which the second earns less, on two dialers."""
    draws = np.random.default_rng(seed)
    campaigns = tuple(
        Campaign(
            campaign_id=f"C{c}",
            agent_lines=int(draws.integers(1, 4)),
            attempt_seconds=float(draws.choice([10.0, 25.0])),
            answer_rate=0.4,
            transfer_rate=float(draws.choice([0.2, 0.5])),
            talk_seconds=float(draws.choice([30.0, 90.0])),
            value=2.0 - c,
            max_dial_lines=[None, 5][int(draws.integers(2))] if c else None,
            min_dialers=int(draws.integers(1, 3)) if c == 0 else 1,
        ).model_copy(update={"agent_lines": 3} if c == 0 else {})
        for c in range(2)
    )
    dialers = tuple(Dialer(dialer_id=f"D{d}", ports=int(draws.integers(9, 14))) for d in range(2))
    return Problem(dialers=dialers, campaigns=campaigns)


def best_left(model: Model, c: int, taken: np.ndarray, price: float) -> float:
    """What a campaign earns at the most on the ports that are left, each at a price."""
    room = model.ports - taken
    cells = [
        [(0, 0)] + [(n, a) for a in range(1, int(model.agents[c]) + 1) for n in range(a, r - a + 1)]
        for r in room.tolist()
    ]
    return max(
        sum(
            model.value[c] * model.tables[c][HANDLED, a, n] - price * (n + a) for n, a in split if n
        )
        for split in itertools.product(*cells)
        if sum(a for _, a in split) <= model.agents[c]
        and sum(n for n, _ in split) <= model.max_dial_lines[c]
        and sum(n > 0 for n, _ in split) >= model.min_dialers[c]
    )


@pytest.mark.parametrize("seed", range(12))
def test_each_campaign_earns_the_most_that_those_before_leave(seed: int) -> None:
    model = build_model(given(seed), PlanOptions())
    master, price = RestrictedMaster(model), 2.0
    found = _filled(master, master.even_duals(price), [], quickly=True)
    taken = np.zeros(2, np.int64)
    for c in (0, 1)[: len(found)]:
        worth = float(found[c].worth.sum() - price * found[c].lines.sum())
        most = best_left(model, c, taken, price)
        free = model.max_dial_lines[c] >= model.ports.sum()
        # Dial lines beyond what a campaign may have are cut: near the best, and never above it.
        assert worth <= most + 1e-9 * abs(most)
        assert not free or worth == pytest.approx(most, rel=1e-9)
        taken += found[c].lines.astype(np.int64)


@pytest.mark.parametrize("kind", ["plain", "two_sites_halves", "two_failures", "carriers"])
def test_a_complete_plan_breaks_no_limit(kind: str) -> None:
    complete = 0
    for seed in range(60):
        drawn = draw(kind, seed)
        problem = problem_of(drawn)
        model = build_model(problem, PlanOptions(failures=drawn.failures))
        if model.campaigns == 0 or model.special or model.box.is_empty():
            continue
        master = RestrictedMaster(model)
        first = first_prices(master, model.box)
        if first is None:
            continue
        found, whole = constructed(master, first.duals)
        if not whole:
            continue
        complete += 1
        lines = np.array([k.dial_lines for k in found]), np.array([k.agent_lines for k in found])
        assert check(problem, to_line_plan(model, *lines), drawn.failures) == ()
    assert complete >= 10
