"""A plan under change: what it adds up, and lines given and taken, against all ways."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.optimize.heuristics.plan_state import (
    DualGuide,
    State,
    cut,
    empty_state,
    grow,
    mark,
    put,
    restore,
    shrink,
    trim,
)
from planner.optimize.model.columns import make_column
from planner.optimize.model.fleet import Fleet, fleet_arrays
from planner.optimize.model.model import Model, build_model
from planner.optimize.model.tables import HANDLED
from planner.optimize.model.usage import Usage
from tests.support.comparison import problem_of
from tests.support.draw import draw

MOST_CUT = 6


def free(model: Model) -> DualGuide:
    """Calls count in full and nothing is charged."""
    none = np.zeros(model.dialers)
    return DualGuide(none + 1.0, none, none.copy(), none.copy())


def one_dialer(seed: int, ports: int = 16) -> Model:
    """Three campaigns with different figures on one dialer."""
    draws = np.random.default_rng(seed)
    campaigns = tuple(
        Campaign(
            campaign_id=f"C{c}",
            agent_lines=3,
            attempt_seconds=float(draws.choice([10.0, 25.0])),
            answer_rate=0.3,
            transfer_rate=float(draws.choice([0.2, 0.5])),
            talk_seconds=float(draws.choice([30.0, 90.0])),
            value=float(draws.choice([1.0, 2.5, 7.0])),
            max_dial_lines=[None, 6][int(draws.integers(2))],
        )
        for c in range(3)
    )
    given = Problem(dialers=(Dialer(dialer_id="D", ports=ports),), campaigns=campaigns)
    return build_model(given, PlanOptions())


def begun(fleet: Fleet, lines: list[tuple[int, int]]) -> State:
    """A plan of one dialer with so many dial and agent lines of each campaign."""
    state = empty_state(fleet, 0)
    for c, (n, a) in enumerate(lines):
        put(fleet, state, c, 0, n, a)
    mark(state)
    return state


def worth(model: Model, lines: list[tuple[int, int]]) -> float:
    return float(sum(model.value[c] * model.tables[c][HANDLED, a, n]
                     for c, (n, a) in enumerate(lines)))  # fmt: skip


def sums_hold(model: Model, fleet: Fleet, state: State) -> None:
    """Everything that is added up on the way is what adding it up anew gives."""
    columns = [make_column(model, c, state.n[c], state.a[c]) for c in range(model.campaigns)]
    usage = Usage(model, columns)
    used = {row.name: usage.capacity[k] for k, row in enumerate(model.capacities)}
    others = [row.name for row in model.capacities if not row.is_ports]
    assert state.used == pytest.approx([used[name] for name in others], abs=1e-9)
    ports = (state.n + model.agent_cost * state.a).sum(axis=0)
    assert (fleet.room - state.free).tolist() == ports.tolist()
    assert state.lines.tolist() == state.n.sum(axis=1).tolist()
    assert state.added.sum() == sum(k.added for k in columns)
    assert state.value == pytest.approx(sum(k.worth for k in columns), abs=1e-9)
    for d in range(model.dialers):
        here = np.flatnonzero(state.n[:, d])
        assert sorted(state.ids[d, : state.cells[d]].tolist()) == here.tolist()


@pytest.mark.parametrize("seed", range(20))
def test_sums_follow_every_change_and_are_restored(seed: int) -> None:
    problem = problem_of(draw("carriers", seed))
    model = build_model(problem, PlanOptions())
    if model.campaigns == 0:
        return
    fleet, draws = fleet_arrays(model), np.random.default_rng(seed)
    state = empty_state(fleet, 0)
    for _ in range(4):
        mark(state)
        before = state.n.copy(), state.a.copy()
        for _ in range(12):
            c, d = int(draws.integers(model.campaigns)), int(draws.integers(model.dialers))
            a = int(draws.integers(model.box.a_high[c, d] + 1))
            n = int(draws.integers(a, max(model.box.n_high[c, d], a) + 1))
            put(fleet, state, c, d, n, a if n else 0)
            sums_hold(model, fleet, state)
        if draws.random() < 0.5:
            restore(fleet, state)
            assert np.array_equal(state.n, before[0])
            assert np.array_equal(state.a, before[1])
            sums_hold(model, fleet, state)


@pytest.mark.parametrize("seed", range(20))
def test_free_ports_go_where_they_earn_most(seed: int) -> None:
    model = one_dialer(seed)
    fleet = fleet_arrays(model)
    agents = [1 + (seed + c) % 2 for c in range(3)]
    state = begun(fleet, [(a, a) for a in agents])
    grow(fleet, free(model), state, 0)
    room = int(model.ports[0]) - sum(agents)
    high = [int(min(model.box.n_high[c, 0], model.max_dial_lines[c])) for c in range(3)]
    ways = itertools.product(*(range(a, h + 1) for a, h in zip(agents, high, strict=True)))
    best = max(
        worth(model, list(zip(way, agents, strict=True))) for way in ways if sum(way) <= room
    )
    assert state.value[0] == pytest.approx(best, rel=1e-12)
    assert state.n.sum() <= room


@pytest.mark.parametrize("seed", range(20))
def test_the_first_ports_taken_are_those_that_cost_least(seed: int) -> None:
    model = one_dialer(seed, ports=24)
    fleet = fleet_arrays(model)
    lines = [(5, 1), (4, 2), (6, 1)]
    if any(n > model.max_dial_lines[c] for c, (n, _) in enumerate(lines)):
        lines = [(5, 1), (4, 2), (5, 1)]
    state = begun(fleet, lines)
    left, cost = np.zeros(3, np.int64), np.zeros(MOST_CUT + 1)
    assert cut(fleet, free(model), state, 0, MOST_CUT, left, cost) == MOST_CUT
    total = worth(model, lines)
    ways = list(itertools.product(*(range(a, n + 1) for n, a in lines)))
    for ports in range(1, MOST_CUT + 1):
        kept = sum(n for n, _ in lines) - ports
        least = min(
            total - worth(model, [(n, a) for n, (_, a) in zip(way, lines, strict=True)])
            for way in ways
            if sum(way) == kept
        )
        assert cost[ports] == pytest.approx(least, rel=1e-9, abs=1e-9)
    assert left.sum() == sum(n for n, _ in lines) - MOST_CUT


def test_a_dialer_with_too_many_lines_is_cut_to_its_ports_or_left_as_it_is() -> None:
    model = one_dialer(3, ports=9)
    fleet = fleet_arrays(model)
    state = begun(fleet, [(3, 1), (3, 1), (3, 1)])  # 12 lines on 9 ports
    assert shrink(fleet, free(model), state, 0)
    assert state.free[0] == 0
    assert (state.n >= state.a).all()
    model = one_dialer(3, ports=5)
    fleet = fleet_arrays(model)
    state = begun(fleet, [(1, 1), (1, 1), (1, 1)])  # no line can go
    assert not shrink(fleet, free(model), state, 0)


@pytest.mark.parametrize("seed", range(30))
def test_trimmed_plans_hold_their_carriers_and_only_lose_lines(seed: int) -> None:
    problem = problem_of(draw("carriers", 50 + seed))
    model = build_model(problem, PlanOptions())
    if model.campaigns == 0:
        return
    fleet, draws = fleet_arrays(model), np.random.default_rng(seed)
    state = empty_state(fleet, 0)
    for c, d in np.ndindex(model.campaigns, model.dialers):
        a = int(draws.integers(model.box.a_high[c, d] + 1))
        live = problem.campaigns[c].is_live_transfer
        if model.box.n_high[c, d] >= max(a, 1) and (a > 0 or not live):
            put(fleet, state, c, d, int(draws.integers(max(a, 1), model.box.n_high[c, d] + 1)), a)
    before = state.n.copy()
    holds = trim(fleet, free(model), state)
    sums_hold(model, fleet, state)
    assert (state.n <= before).all()
    assert (state.n >= state.a).all()
    assert np.array_equal(state.n > 0, before > 0)
    if holds:
        assert (state.used <= fleet.limit * (1 + 1e-9)).all()
    else:  # some carrier is full even with the fewest lines on its dialers
        least = np.maximum(state.a, before > 0)
        least = np.where(fleet.frozen[:, None], before, np.maximum(least, model.box.n_low))
        rows = [make_column(model, c, least[c], state.a[c]) for c in range(model.campaigns)]
        assert not Usage(model, rows).fits()
