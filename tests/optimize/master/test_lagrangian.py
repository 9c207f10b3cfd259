"""The bound at any duals is above every plan: random duals against enumerated optima."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest

from planner.evaluation.arrays import lost_dialers
from planner.optimize.master.lagrangian import Lagrangian
from planner.optimize.model.columns import make_column
from planner.optimize.model.duals import Duals
from planner.optimize.model.model import Model, build_model
from planner.optimize.model.requirements import ANY, KINDS, Aim, requirements
from planner.optimize.model.usage import Usage
from planner.optimize.pricing.pricer import PricingEffort
from tests.support.comparison import no_lists, options_of, problem_of, reference
from tests.support.draw import KINDS as DRAWN
from tests.support.draw import Drawn, draw
from tests.support.exhaustive import Plan

SEEDS = range(300, 308)
DUALS = 6
ROUNDING = 1e-7


def random_duals(model: Model, bounding: Lagrangian, draws: np.random.Generator) -> Duals:
    """Any duals >= 0, many of them 0; what failures are charged gives the weight w."""

    def some(count: int, most: float) -> np.ndarray:
        size = most * 10 ** draws.uniform(-3, 0.5, count)
        return np.where(draws.random(count) < 0.5, size, 0.0)

    value = float(model.value.max(initial=1.0)) + 1.0
    failure = np.zeros(len(model.parts))
    if model.weight > 0 and model.aim.is_value and len(failure):
        failure = draws.random(len(failure)) + 1e-3
        failure *= model.weight / bounding.given(failure)
    lines = np.array([10.0 if row.counts_lines else 0.1 for row in model.capacities])
    return Duals(
        capacity=some(len(lines), value) * lines,
        failure=failure,
        dial_lines=some(model.campaigns, 5 * value),
        abandon=np.where(np.isfinite(model.abandon_limit), some(model.campaigns, 3 * value), 0.0),
        need=some(len(bounding.needs), value),
        short=some(len(model.aim.sums), 5 * value),
    )


def lines_of_model(drawn: Drawn, plan: Plan, model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Lines of the reference's plan ``[campaign, dialer]`` of the campaigns that can run."""
    rows = drawn.tables["campaigns"]
    by_name = {row["campaign_id"]: here for row, here in zip(rows, plan.lines, strict=True)}
    lines = np.array([by_name[c.campaign_id] for c in model.problem.campaigns])
    return lines[:, :, 0], lines[:, :, 1]


@pytest.mark.parametrize("lists", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", DRAWN)
def test_no_plan_is_above_the_bound_at_any_duals(kind: str, seed: int, lists: bool) -> None:
    drawn = draw(kind, seed)
    plan, problem = reference(drawn).plan, problem_of(drawn)
    if plan is None or not problem.campaigns:
        return
    model = build_model(problem, options_of(drawn))
    with nullcontext() if lists else no_lists():
        bounding = Lagrangian(model)
    draws = np.random.default_rng(seed)
    dial, agent = lines_of_model(drawn, plan, model)
    for _ in range(DUALS):
        duals = random_duals(model, bounding, draws)
        for effort in (PricingEffort.EXACT, PricingEffort.LOOSE):
            priced = bounding.price(model.box, duals, effort)
            assert priced is not None
            assert priced.bound >= plan.value - ROUNDING * (1 + abs(plan.value))
        # ranges around the plan's lines hold it as well
        part = replace(
            model.box,
            n_low=np.where(draws.random(dial.shape) < 0.2, dial, model.box.n_low),
            n_high=np.where(draws.random(dial.shape) < 0.2, dial, model.box.n_high),
            a_low=np.where(draws.random(dial.shape) < 0.2, agent, model.box.a_low),
            a_high=np.where(draws.random(dial.shape) < 0.2, agent, model.box.a_high),
        )
        priced = bounding.price(part, duals)
        assert priced is not None
        assert priced.bound >= plan.value - ROUNDING * (1 + abs(plan.value))


@pytest.mark.parametrize("lists", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["too_much", "pools", "two_failures"])
def test_no_sum_of_shortfalls_is_below_the_bound_at_any_duals(
    kind: str, seed: int, lists: bool
) -> None:
    """Each sum in turn, with the sums before as rows, at the duals of which nobody knows better."""
    drawn = draw(kind, seed)
    nearest, problem = reference(drawn).nearest, problem_of(drawn)
    if nearest is None or not problem.campaigns:
        return
    asked = requirements(problem, lost_dialers(problem, drawn.failures))
    priority = np.array([c.priority for c in problem.campaigns])
    most = np.where(priority[:, None] > 0, ANY, 0) * np.ones((1, len(KINDS)), np.int64)
    sums: list[tuple[np.ndarray, int]] = []
    draws = np.random.default_rng(seed)
    for rank in sorted(set(priority.tolist()) - {0}):
        for k, name in enumerate(KINDS):
            which = np.zeros((len(priority), len(KINDS)), np.bool_)
            which[:, k] = [bool(asked.asked(c)[k]) and priority[c] == rank
                           for c in range(len(priority))]  # fmt: skip
            least = nearest.given_up.get(f"{rank}:{name}", 0)
            aim = Aim(most.copy(), counted=which, sums=tuple(sums))
            model = build_model(problem, options_of(drawn), aim=aim)
            with nullcontext() if lists else no_lists():
                bounding = Lagrangian(model)
            for _ in range(3):
                duals = random_duals(model, bounding, draws)
                priced = bounding.price(model.box, duals)
                assert priced is not None
                assert priced.bound >= -least - ROUNDING
            sums.append((which, least))
            most = np.where(which, np.minimum(most, least), most)
    value = build_model(problem, options_of(drawn), aim=Aim(most, sums=tuple(sums)))
    with nullcontext() if lists else no_lists():
        bounding = Lagrangian(value)
    dial, agent = lines_of_model(drawn, nearest, value)
    columns = [make_column(value, c, dial[c], agent[c]) for c in range(value.campaigns)]
    assert all(k.holds_own_limits for k in columns)
    assert Usage(value, columns).fits()
    assert Usage(value, columns).value() == pytest.approx(nearest.value, rel=1e-9, abs=1e-9)
    for _ in range(DUALS):
        priced = bounding.price(value.box, random_duals(value, bounding, draws))
        assert priced is not None
        assert priced.bound >= nearest.value - ROUNDING * (1 + abs(nearest.value))


@pytest.mark.parametrize("seed", range(6))
def test_the_slope_is_how_the_bound_changes(seed: int) -> None:
    """Where the best splits stay the same, the bound is linear in the duals."""
    drawn = draw("pools", 300 + seed)
    problem = problem_of(drawn)
    if not problem.campaigns:
        return
    model = build_model(problem, options_of(drawn))
    bounding = Lagrangian(model)
    draws = np.random.default_rng(seed)
    here, there = (random_duals(model, bounding, draws) for _ in range(2))
    tiny = 1e-7
    pairs = zip(vars(here).values(), vars(there).values(), strict=True)
    near = Duals(*((1 - tiny) * a + tiny * b for a, b in pairs))
    first, second = bounding.price(model.box, here), bounding.price(model.box, near)
    if first is None or second is None:
        return
    columns = [
        make_column(model, c, first.splits.dial_lines[c], first.splits.agent_lines[c])
        for c in range(model.campaigns)
    ]
    slope = bounding.slope(here, there, columns, 0.0)
    found = (second.bound - first.bound) / tiny
    assert found == pytest.approx(slope, rel=1e-4, abs=1e-3 * (1 + abs(first.bound)))
