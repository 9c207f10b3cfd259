"""The rows that campaigns share: lines that hold them all, and only those, find their agents."""

from __future__ import annotations

import itertools
from random import Random

import numpy as np
import pytest

from planner.contracts.fleet.agents import PoolRow
from planner.contracts.fleet.pools import pools_at
from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import PlanOptions
from planner.optimize.model.columns import make_column
from planner.optimize.model.model import Model, build_model
from planner.optimize.model.rows import Capacity, capacities, pool_pairs
from planner.optimize.model.usage import Usage
from planner.optimize.search import optimize
from tests.support.comparison import problem_of
from tests.support.draw import draw
from tests.support.exhaustive import fleet_from_tables, judge


def pool_rows(problem: Problem) -> list[Capacity]:
    """Rows of sets of pools."""
    ports = np.array([d.ports for d in problem.dialers])
    every = capacities(problem, ports, np.ones_like(ports))
    return [row for row in every if row.name.startswith("agents of pool")]


def fits(rows: list[Capacity], agents: np.ndarray) -> bool:
    """Whether agent lines ``[campaign, dialer]`` hold every row."""
    return all(float((agents * row.pairs * row.agent).sum()) <= row.limit for row in rows)


def can_be_seated(problem: Problem, agents: np.ndarray) -> bool:
    """Whether every agent line finds an agent, by augmenting paths."""
    pools = pools_at(problem, None)
    fills = pool_pairs(problem, pools)
    seats = [(c, d) for c, d in np.argwhere(agents > 0) for _ in range(agents[c, d])]
    free = [p for p, pool in enumerate(pools) for _ in range(pool.agent_lines)]
    taken: dict[int, int] = {}

    def seat(number: int, tried: set[int]) -> bool:
        for agent, p in enumerate(free):
            if fills[p][seats[number]] and agent not in tried:
                tried.add(agent)
                if agent not in taken or seat(taken[agent], tried):
                    taken[agent] = number
                    return True
        return False

    return all(seat(number, set()) for number in range(len(seats)))


def drawn_pools(seed: int) -> Problem:
    """Up to five pools of random campaigns and dialers."""
    chance = Random(seed)
    names, places = [f"C{c}" for c in range(4)], [f"D{d}" for d in range(3)]
    return Problem(
        dialers=tuple(Dialer(dialer_id=name, ports=20) for name in places),
        campaigns=tuple(live(name) for name in names),
        pools=tuple(
            PoolRow(
                pool=f"P{p}",
                agent_lines=chance.randint(0, 3),
                campaigns=tuple(chance.sample(names, chance.randint(0, 3))),
                dialers=tuple(chance.sample(places, chance.randint(0, 2))),
            )
            for p in range(chance.randint(1, 5))
        ),
    )


def live(name: str) -> Campaign:
    return Campaign(
        campaign_id=name,
        agent_lines=9,
        attempt_seconds=20.0,
        answer_rate=0.5,
        transfer_rate=0.5,
        talk_seconds=60.0,
    )


@pytest.mark.parametrize("seed", range(60))
def test_lines_hold_every_row_of_pools_just_where_all_find_an_agent(seed: int) -> None:
    problem = drawn_pools(seed)
    rows = pool_rows(problem)
    filled = pool_pairs(problem, problem.pools).any(axis=0)
    draws = np.random.default_rng(seed)
    seen = set()
    for _ in range(60):
        few = draws.integers(0, 3, (4, 3)) * (draws.random((4, 3)) < draws.random())
        agents = few * filled
        seen.add(fits(rows, agents))
        assert fits(rows, agents) == can_be_seated(problem, agents)
    assert seen == {True, False} or seed % 5  # at least here both are seen


def test_many_pools_that_overlap_are_counted_in_every_set() -> None:
    """One pool helps out everywhere, each of twelve others for a campaign of its own.

    Each campaign has one line more than its own pool; the pool in common has one line less than
    they are. Any eleven campaigns find their agents, all twelve do not.
    """
    many = 12
    names = [f"C{c:02}" for c in range(many)]
    own = tuple(
        PoolRow(pool=f"P{c:02}", agent_lines=1, campaigns=(n,)) for c, n in enumerate(names)
    )
    problem = Problem(
        dialers=(Dialer(dialer_id="D", ports=200),),
        campaigns=tuple(live(name) for name in names),
        pools=(PoolRow(pool="Help", agent_lines=many - 1), *own),
    )
    rows = pool_rows(problem)
    two = np.full((many, 1), 2)
    assert not fits(rows, two)
    for some in itertools.combinations(range(many), 2):
        fewer = two.copy()
        fewer[list(some)] = 1
        assert fits(rows, fewer)


def test_no_plan_has_lines_that_find_no_agent_however_many_pools_overlap() -> None:
    """As above, with five lines in common: half of the campaigns would like to have six more.

    The calls of the other half are worth nothing, so that no agent line is better off there.
    """
    many, valued = 12, 6
    names = [f"C{c:02}" for c in range(many)]
    own = tuple(
        PoolRow(pool=f"P{c:02}", agent_lines=1, campaigns=(n,)) for c, n in enumerate(names)
    )
    wanted = {"agent_lines": 2, "min_dialers": 0}
    problem = Problem(
        dialers=(Dialer(dialer_id="D", ports=200),),
        campaigns=tuple(
            live(name).model_copy(update=wanted | {"value": 5.0 if c < valued else 0.0})
            for c, name in enumerate(names)
        ),
        pools=(PoolRow(pool="Help", agent_lines=valued - 1), *own),
    )
    outcome = optimize(problem, PlanOptions(time_limit=20.0))
    assert outcome.plan is not None
    agents = np.zeros((many, 1), np.int64)
    for item in outcome.plan.assignments:
        agents[problem.campaign_index[item.campaign_id], 0] = item.agent_lines
    assert can_be_seated(problem, agents)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kind", ["carriers", "pools"])
def test_random_lines_fit_just_where_plain_loops_say_so(kind: str, seed: int) -> None:
    drawn = draw(kind, seed)
    problem = problem_of(drawn)
    fleet = fleet_from_tables(drawn.tables)
    model = build_model(problem, PlanOptions(failures=drawn.failures))
    shared = ("ports", "cps", "channels", "max_dial_lines", "max_agent_lines", "max_lines", "pools")
    draws = np.random.default_rng(seed)
    for _ in range(20):
        dial, agent = lines_in_ranges(model, draws)
        columns = [make_column(model, c, dial[c], agent[c]) for c in range(model.campaigns)]
        place = {c.campaign_id: c_index for c_index, c in enumerate(problem.campaigns)}
        plan = [
            [
                (int(dial[place[c.name], d]), int(agent[place[c.name], d]))
                if c.name in place
                else (0, 0)
                for d in range(model.dialers)
            ]
            for c in fleet.campaigns
        ]
        broken = judge(fleet, plan, failures=drawn.failures).broken
        expected = not any(what.split(" ")[0] in shared for what in broken)
        assert Usage(model, columns).fits() == expected


def lines_in_ranges(model: Model, draws: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Lines of which each pair alone is in its range, but a lock."""
    shape = (model.campaigns, model.dialers)
    agent = draws.integers(0, model.box.a_high + 1)
    least = np.maximum(agent, 1)
    dial = np.minimum(least + draws.integers(0, 4, shape), model.box.n_high)
    live_transfer = np.array([c.is_live_transfer for c in model.problem.campaigns])[:, None]
    used = (draws.random(shape) < 0.5) & (dial >= least) & (~live_transfer | (agent > 0))
    return np.where(used, dial, 0), np.where(used, agent, 0)
