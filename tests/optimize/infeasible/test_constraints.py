"""By how much plans fall short of what is asked for, against plain loops over random lines."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import PlanArrays, lost_dialers
from planner.evaluation.limits.check import check
from planner.optimize.model.columns import make_column
from planner.optimize.model.model import Model, build_model
from planner.optimize.model.needs import needs
from planner.optimize.model.requirements import (
    ANY,
    CALLS,
    FLOORS,
    KINDS,
    SURVIVES,
    Aim,
    requirements,
)
from planner.optimize.shortfalls import given_up, plan_shortfalls
from tests.support.comparison import attempts_asked, lines_of, problem_of
from tests.support.draw import draw
from tests.support.exhaustive import fleet_from_tables, judge
from tests.support.one_agent import campaign, dialer, handled, lines, problem

SEEDS = range(40)
ASKING = ("too_much", "pools", "two_failures")


def random_plan(given: Problem, chance: Random) -> LinePlan:
    """Lines that all run, and need not hold any other limit; none of some campaigns."""
    items: list[LineAssignment] = []
    for one in given.campaigns:
        busy = chance.random()
        for place in given.dialers:
            if chance.random() < busy:
                agents = chance.randint(1, 3) if one.is_live_transfer else 0
                dial = max(agents, 1) + chance.randint(0, 4)
                item = LineAssignment(
                    campaign_id=one.campaign_id,
                    dialer_id=place.dialer_id,
                    dial_lines=dial,
                    agent_lines=agents,
                )
                if _run(given, [*items, item]):
                    items.append(item)
    return LinePlan(assignments=tuple(items))


def _run(given: Problem, items: list[LineAssignment]) -> bool:
    """Whether each line has its agent, port and channel, and its dialer is in service."""
    found = check(given, LinePlan(assignments=tuple(items)))
    needed = {"agent_lines", "pools", "ports", "channels", "in_service"}
    return not needed & {breach.rule for breach in found}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ASKING)
def test_sums_of_shortfalls_are_those_of_plain_loops(kind: str, seed: int) -> None:
    drawn = draw(kind, seed)
    given = problem_of(drawn)
    fleet, chance = fleet_from_tables(drawn.tables), Random(seed)
    asked = requirements(given, lost_dialers(given, drawn.failures))
    priority = np.array([c.priority for c in given.campaigns])
    for _ in range(5):
        plan = random_plan(given, chance)
        short = plan_shortfalls(given, asked, plan)
        sums = {
            f"{rank}:{name}": int(short[priority == rank, kind].sum())
            for rank in set(priority.tolist()) - {0}
            for kind, name in enumerate(KINDS)
        }
        verdict = judge(
            fleet,
            lines_of(fleet, plan),
            failures=drawn.failures,
            attempts_needed=attempts_asked(drawn),
        )
        assert {name: total for name, total in sums.items() if total} == verdict.given_up
        never = {f"{given.campaigns[c].campaign_id} {KINDS[k]}" for c, k in np.argwhere(short)
                 if priority[c] == 0}  # fmt: skip
        assert never <= set(verdict.broken)
        told = {item.rsplit(" ", 1)[1] for item in verdict.broken if item.count(" ") == 1}
        assert {name.split(" ")[1] for name in never} == told & set(KINDS)


def soft_model(given: Problem, failures: int) -> Model:
    aim = Aim(np.full((len(given.campaigns), len(KINDS)), ANY))
    return build_model(given, PlanOptions(failures=failures), aim=aim)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["too_much", "pools"])
def test_what_a_column_misses_of_a_need_rounded_up_is_its_shortfall(kind: str, seed: int) -> None:
    drawn = draw(kind, seed)
    given = problem_of(drawn)
    model = soft_model(given, drawn.failures)
    nobody = np.zeros(len(given.campaigns), np.bool_)
    every = needs(model.requirements, nobody)
    assert needs(model.requirements, ~nobody) == ()
    draws = np.random.default_rng(seed)
    for c, one in enumerate(given.campaigns):
        rows, width = model.tables[c].shape[1:]
        for _ in range(5):
            dial = draws.integers(0, width, model.dialers)
            agent = np.minimum(draws.integers(0, rows, model.dialers), dial)
            if one.is_live_transfer:
                dial[agent == 0] = 0
            column = make_column(model, c, dial, agent)
            missing = dict.fromkeys(range(len(KINDS)), 0)
            for need in every:
                if need.campaign == c:
                    rest = max(need.full - need.amount(column), 0.0)
                    missing[need.kind] += int(np.ceil(rest - 1e-6))
            rounded = [missing[kind] for kind in (CALLS, CALLS + 1, FLOORS)]
            assert rounded == column.short[[CALLS, CALLS + 1, FLOORS]].tolist()


def test_a_plan_that_gives_up_is_told_in_words_of_the_tables() -> None:
    # h(3) of the 60 asked for; nothing survives on one dialer; a second is missing.
    given = problem(
        dialer("D"),
        dialer("E"),
        campaigns=[
            campaign(min_dialers=2, survivable_share=0.4, min_transfers_per_hour=60, priority=3)
        ],
    )
    asked = requirements(given, lost_dialers(given, 1))
    plan = lines(("C", "D", 3, 1))
    told = list(given_up(given, asked, plan, {(3, SURVIVES): 40}))
    assert [(g.campaign_id, g.priority, g.requirement, g.proven_least) for g in told] == [
        ("C", 3, "min_transfers_per_hour", 0),
        ("C", 3, "min_dialers", 0),
        ("C", 3, "survivable_share", 40),
    ]
    assert [(g.asked, g.got) for g in told] == [
        (60.0, pytest.approx(handled(3))),
        (2.0, 1.0),
        (0.4, 0.0),
    ]
    assert plan_shortfalls(given, asked, plan)[0].tolist() == [
        0,
        int(np.ceil(100 * (1 - handled(3) / 60))),
        0,
        0,
        1,
        40,  # 39.5, rounded up
    ]
    arrays = PlanArrays(given, plan)
    assert float(arrays.row(0).handled.sum()) == pytest.approx(handled(3))
