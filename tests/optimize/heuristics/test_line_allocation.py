"""A plan in which agents move: what it adds up, and a dialer's lines shared out among some."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable

import numpy as np
import pytest

from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.optimize.heuristics.broken_limits import Worth, start, worth_of
from planner.optimize.heuristics.line_allocation import Sharing, new_sharing, share_out
from planner.optimize.heuristics.penalised_plan import Cells, change, no_cells
from planner.optimize.model.columns import make_column
from planner.optimize.model.fleet import NONE, Fleet, fleet_arrays
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


def begun(model: Model, n: np.ndarray, a: np.ndarray) -> tuple[Fleet, Cells, float]:
    fleet = fleet_arrays(model)
    plan = no_cells(fleet, 0)
    return fleet, plan, start(fleet, plan, Worth(1.0, 1.0, 0.0), np.zeros((1, 4), np.int64), n, a)


@pytest.mark.parametrize("redundancy", [0.0, 0.4])
@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("kind", ["carriers", "two_failures"])
def test_a_plan_taken_adds_up_to_its_value(kind: str, seed: int, redundancy: float) -> None:
    model = drawn_model(kind, seed, redundancy)
    if model.campaigns == 0:
        return
    n, a = random_lines(model, np.random.default_rng(seed))
    fleet, plan, value = begun(model, n, a)
    columns = [make_column(model, c, n[c], a[c]) for c in range(model.campaigns)]
    usage = Usage(model, columns)
    fits = usage.fits() and all(k.holds_own_limits for k in columns)
    assert value == (pytest.approx(usage.value(), rel=1e-9, abs=1e-9) if fits else -np.inf)
    assert worth_of(fleet, plan, 0.0) == pytest.approx(usage.value(), rel=1e-9, abs=1e-9)
    others = [k for k, row in enumerate(model.capacities) if row.is_carrier]
    assert plan.used == pytest.approx(usage.capacity[others], abs=1e-9)
    assert plan.counts[:, 0].tolist() == n.sum(axis=1).tolist()
    assert plan.counts[:, 1].tolist() == a.sum(axis=1).tolist()


@pytest.mark.parametrize("seed", range(30))
def test_lines_are_shared_out_beside_cells_that_stay_as_they_are(seed: int) -> None:
    model = drawn_model("plain", 400 + seed)
    draws = np.random.default_rng(seed)
    n, a = random_lines(model, draws)
    if not n.any():
        return
    fleet, plan, _ = begun(model, n, a)
    fixed = (draws.random(n.shape) < 0.3) | fleet.frozen[:, None]
    sharing = new_sharing(fleet, plan)._replace(fixed=fixed)
    for d in np.flatnonzero(n.any(axis=0)).tolist():
        expected = best_sharing(model, fleet, plan, sharing, d)
        if expected is None:
            assert not share_out(fleet, plan, sharing, d, NONE)
            continue
        assert share_out(fleet, plan, sharing, d, NONE)
        here = plan.ids[d, : plan.cells[d]]
        lines = sharing.trial[: len(here)]
        assert earned(model, plan, d, here, lines) == pytest.approx(expected, rel=1e-9, abs=1e-9)
        stay = fixed[here, d]
        assert np.array_equal(lines[stay], plan.n[here[stay], d])
        assert lines.sum() + (fleet.agent_cost[d] * plan.a[here, d]).sum() <= sharing.room[d]


def earned(model: Model, plan: Cells, d: int, here: Iterable[int], lines: Iterable[int]) -> float:
    return sum(
        float(model.value[c] * model.tables[c][HANDLED, plan.a[c, d], n])
        for c, n in zip(here, lines, strict=True)
    )


def best_sharing(model: Model, fleet: Fleet, plan: Cells, sharing: Sharing, d: int) -> float | None:
    """The most that a dialer's lines can earn with its agents as they are, of all ways."""
    here = np.flatnonzero(plan.n[:, d]).tolist()
    room = int(sharing.room[d] - (fleet.agent_cost[d] * plan.a[here, d]).sum())
    ranges = []
    for c in here:
        a, now = int(plan.a[c, d]), int(plan.n[c, d])
        elsewhere = int(plan.n[c].sum()) - now
        most = min(
            int(model.box.n_high[c, d]),
            int(fleet.most_lines[c, a]),
            int(model.max_dial_lines[c]) - elsewhere,
        )
        ranges.append([now] if sharing.fixed[c, d] else list(range(max(a, 1), most + 1)))
    ways = (way for way in itertools.product(*ranges) if sum(way) <= room)
    return max((earned(model, plan, d, here, way) for way in ways), default=None)


def test_who_sits_where_is_known_both_ways() -> None:
    model = drawn_model("two_failures", 1)
    fleet = fleet_arrays(model)
    plan = no_cells(fleet, 0)
    draws = np.random.default_rng(0)
    there: dict[tuple[int, int], int] = {}
    for _ in range(200):
        c, d = int(draws.integers(model.campaigns)), int(draws.integers(model.dialers))
        agents = int(draws.integers(0, 4))
        change(fleet, plan, np.array([[c, d, agents, agents]]), 0, 1, 1)
        there[c, d] = agents
        for place in range(model.dialers):
            here = sorted(k for (k, at), lines in there.items() if at == place and lines)
            assert sorted(plan.ids[place, : plan.cells[place]].tolist()) == here
        mine = sorted(at for (k, at), lines in there.items() if k == c and lines)
        assert sorted(plan.places[c, : plan.dialers[c]].tolist()) == mine
        assert plan.counts[c, 1] == sum(lines for (k, _), lines in there.items() if k == c)


def one_dialer(seed: int) -> Problem:
    """Three campaigns with different figures on one dialer."""
    draw = random.Random(seed)
    return Problem(
        dialers=(Dialer(dialer_id="D", ports=draw.randint(12, 40)),),
        campaigns=tuple(
            Campaign(
                campaign_id=f"C{c}",
                agent_lines=3,
                attempt_seconds=draw.choice([10.0, 25.0]),
                answer_rate=0.3,
                transfer_rate=draw.choice([0.2, 0.5]),
                talk_seconds=draw.choice([30.0, 90.0]),
                value=draw.choice([1.0, 2.5, 7.0]),
                max_dial_lines=draw.choice([None, 9]),
                max_abandon_rate=draw.choice([None, 0.15]),
            )
            for c in range(3)
        ),
    )


@pytest.mark.parametrize("seed", range(20))
def test_dial_lines_are_shared_out_as_well_as_the_best_of_all_ways(seed: int) -> None:
    model = build_model(one_dialer(seed), PlanOptions())
    agents = np.array([[1 + (seed + c) % 3] for c in range(3)])
    room = int(model.capacities[0].limit) - int(agents.sum())
    most = fleet_arrays(model).most_lines
    allowed = []
    for c, a in enumerate(agents[:, 0]):
        high = min(most[c, a], model.max_dial_lines[c], model.tables[c].shape[2] - 1, room)
        allowed.append(range(a, high + 1))
    earned = [model.value[c] * model.tables[c][HANDLED, a] for c, a in enumerate(agents[:, 0])]
    ways = [way for way in itertools.product(*allowed) if sum(way) <= room]
    best = max(sum(earned[c][n] for c, n in enumerate(way)) for way in ways)

    # As many dial lines as agents, to begin with.
    fleet, plan, _ = begun(model, agents.copy(), agents)
    sharing = new_sharing(fleet, plan)
    assert share_out(fleet, plan, sharing, 0, NONE)
    found = dict(zip(plan.ids[0, :3].tolist(), sharing.trial[:3].tolist(), strict=True))
    assert sum(earned[c][n] for c, n in found.items()) == pytest.approx(best, rel=1e-12)
    assert tuple(found[c] for c in range(3)) in ways
