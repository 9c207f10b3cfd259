"""A plan in which agents move: what it adds up, and a dialer's lines shared out among some."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from planner.contracts.result import PlanOptions
from planner.optimize.heuristics.line_allocation import (
    AgentState,
    count_used,
    fill,
    new_agent_state,
    seat,
    start,
    within,
)
from planner.optimize.model.columns import make_column
from planner.optimize.model.fleet import Fleet, fleet_arrays
from planner.optimize.model.model import Model, build_model
from planner.optimize.model.tables import HANDLED
from planner.optimize.model.usage import Usage
from tests.support.comparison import problem_of
from tests.support.draw import draw


def drawn_model(kind: str, seed: int, redundancy: float = 0.0) -> Model:
    drawn = draw(kind, seed)
    options = PlanOptions(redundancy=redundancy, failures=drawn.failures)
    return build_model(problem_of(drawn), options)


def random_lines(model: Model, draws: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Lines of single pairs within their ranges, whatever they have together."""
    a = draws.integers(0, model.box.a_high + 1)
    live = np.array([c.is_live_transfer for c in model.problem.campaigns])[:, None]
    n = np.minimum(np.maximum(a, 1) + draws.integers(0, 4, a.shape), model.box.n_high)
    used = (n >= np.maximum(a, 1)) & (~live | (a > 0)) & (draws.random(a.shape) < 0.7)
    return np.where(used, n, 0), np.where(used, a, 0)


def begun(model: Model, n: np.ndarray, a: np.ndarray) -> tuple[Fleet, AgentState, float]:
    fleet = fleet_arrays(model)
    seats = new_agent_state(fleet, 0)
    return fleet, seats, start(fleet, seats, n, a)


@pytest.mark.parametrize("redundancy", [0.0, 0.4])
@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("kind", ["carriers", "two_failures"])
def test_a_plan_taken_adds_up_to_its_value(kind: str, seed: int, redundancy: float) -> None:
    model = drawn_model(kind, seed, redundancy)
    if model.campaigns == 0:
        return
    n, a = random_lines(model, np.random.default_rng(seed))
    fleet, seats, value = begun(model, n, a)
    columns = [make_column(model, c, n[c], a[c]) for c in range(model.campaigns)]
    usage = Usage(model, columns)
    assert value == pytest.approx(usage.value(), rel=1e-9, abs=1e-9)
    others = [k for k, row in enumerate(model.capacities) if not row.is_ports]
    assert seats.used == pytest.approx(usage.capacity[others], abs=1e-9)
    assert seats.lines.tolist() == n.sum(axis=1).tolist()
    assert seats.agents.tolist() == a.sum(axis=1).tolist()
    for d in range(model.dialers):
        members = [k for k in others if model.capacities[k].members[d]]
        over = [usage.capacity[k] > model.limits[k] * (1 + 1e-9) for k in members]
        assert within(fleet, seats, d) == (not any(over))
        count_used(fleet, seats, d, -1.0)
    assert seats.used == pytest.approx(np.zeros(len(others)), abs=1e-9)


@pytest.mark.parametrize("seed", range(30))
def test_lines_are_shared_out_beside_cells_that_stay_as_they_are(seed: int) -> None:
    model = drawn_model("plain", 400 + seed)
    draws = np.random.default_rng(seed)
    n, a = random_lines(model, draws)
    if not n.any():
        return
    fleet, seats, _ = begun(model, n, a)
    seats = seats._replace(fixed=(draws.random(n.shape) < 0.3) | fleet.frozen[:, None])
    for d in np.flatnonzero(n.any(axis=0)).tolist():
        expected = best_sharing(model, fleet, seats, d)
        before = seats.n[:, d].copy()
        if expected is None:
            assert not fill(fleet, seats, d, -1)
            assert np.array_equal(seats.n[:, d], before)
            continue
        assert fill(fleet, seats, d, -1)
        assert seats.value[d] == pytest.approx(expected, rel=1e-9, abs=1e-9)
        fixed = seats.fixed[:, d]
        assert np.array_equal(seats.n[fixed, d], before[fixed])
        assert seats.lines.tolist() == seats.n.sum(axis=1).tolist()


def best_sharing(model: Model, fleet: Fleet, seats: AgentState, d: int) -> float | None:
    """The most that a dialer's lines can earn with its agents as they are, of all ways."""
    here = np.flatnonzero(seats.n[:, d]).tolist()
    room = int(seats.room[d] - (fleet.agent_cost[d] * seats.a[here, d]).sum())
    ranges = []
    for c in here:
        a, now = int(seats.a[c, d]), int(seats.n[c, d])
        elsewhere = int(seats.n[c].sum()) - now
        most = min(
            int(model.box.n_high[c, d]),
            int(fleet.most_lines[c, a]),
            int(model.max_dial_lines[c]) - elsewhere,
        )
        ranges.append([now] if seats.fixed[c, d] else list(range(max(a, 1), most + 1)))
    earned = [
        sum(
            float(model.value[c] * model.tables[c][HANDLED, seats.a[c, d], n])
            for c, n in zip(here, way, strict=True)
        )
        for way in itertools.product(*ranges)
        if sum(way) <= room
    ]
    return max(earned, default=None)


def test_who_sits_where_is_known_both_ways() -> None:
    model = drawn_model("two_failures", 1)
    fleet = fleet_arrays(model)
    seats = new_agent_state(fleet, 0)
    draws = np.random.default_rng(0)
    there: dict[tuple[int, int], int] = {}
    for _ in range(200):
        c, d = int(draws.integers(model.campaigns)), int(draws.integers(model.dialers))
        agents = int(draws.integers(0, 4))
        seat(seats, c, d, agents, agents > 0)
        there[c, d] = agents
        for place in range(model.dialers):
            here = sorted(k for (k, at), lines in there.items() if at == place and lines)
            assert sorted(seats.ids[place, : seats.cells[place]].tolist()) == here
        mine = sorted(at for (k, at), lines in there.items() if k == c and lines)
        assert sorted(seats.places[c, : seats.dialers[c]].tolist()) == mine
        assert seats.agents[c] == sum(lines for (k, _), lines in there.items() if k == c)
