"""Lines kept from time to time: no limit breaks, nothing is lost, small weeks are solved well."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.arrays import evaluate
from planner.evaluation.limits.check import check
from planner.pipeline.pipeline import plan
from planner.studies.week.kept_lines import keep_lines
from planner.studies.week.times import Follows, Node, Time
from planner.studies.week.week_lines import WeekLines
from tests.support import one_agent
from tests.support.one_agent import handled

PORTS = 8


def fleet(names: str, **tables: object) -> Problem:
    """Campaigns of one agent each on one dialer of eight ports, some of more value."""
    campaigns = tuple(one_agent.campaign(name, value=1.0 + 0.5 * (name > "B")) for name in names)
    return Problem(dialers=(Dialer(dialer_id="D", ports=PORTS),), campaigns=campaigns, **tables)


def lines(**dial: int) -> LinePlan:
    return LinePlan(
        assignments=tuple(
            LineAssignment(campaign_id=name, dialer_id="D", dial_lines=count, agent_lines=1)
            for name, count in dial.items()
        )
    )


def dial_lines(found: LinePlan) -> dict[str, int]:
    return {a.campaign_id: a.dial_lines for a in found.assignments}


def worth(weeks: list[dict[str, int]], hours: list[float], price: float) -> float:
    """Value less moves, from the formula of one agent: the price of each line lost."""
    total = sum(
        h * sum((1.0 + 0.5 * (name > "B")) * handled(n) for name, n in week.items())
        for week, h in zip(weeks, hours, strict=True)
    )
    for before, after, h in zip(weeks, weeks[1:], hours[1:], strict=False):
        shared = before.keys() & after.keys()
        total -= price * h * sum(max(before[name] - after[name], 0) for name in shared)
    return total


@pytest.mark.parametrize("seed", range(12))
def test_small_weeks_are_worth_nearly_as_much_as_the_best_of_all_lines(seed: int) -> None:
    random = np.random.default_rng(seed)
    names = [["A", "AB", "AC", "B", "ABC"][k] for k in random.integers(0, 5, 3)]
    hours = [float(h) for h in random.integers(1, 4, 3)]
    price = float(random.choice([0.5, 2.0, 5.0, 12.0]))
    times = []
    for running, h in zip(names, hours, strict=True):
        problem = fleet(running)
        best = plan(problem, PlanOptions(gap=0.0), explained=False).plan
        assert best is not None
        times.append(Time(problem, h, best))
    follows = [Follows(n, n + 1, hours[n + 1]) for n in range(2)]
    found = [dial_lines(p) for p in keep_lines(times, follows, price).plans]
    # Every lines of every time: each campaign runs, with its one agent line.
    choices = []
    for running in names:
        splits = product(range(1, PORTS), repeat=len(running))
        fits = [s for s in splits if sum(s) + len(s) <= PORTS]
        choices.append([dict(zip(running, split, strict=True)) for split in fits])
    best_worth = max(worth(list(weeks), hours, price) for weeks in product(*choices))
    begun = [dial_lines(time.plan) for time in times]
    assert worth(found, hours, price) >= worth(begun, hours, price) - 1e-9
    assert worth(found, hours, price) == pytest.approx(best_worth, rel=0.01)


def test_every_limit_holds_and_locks_stay() -> None:
    locked = LineAssignment(
        campaign_id="A", dialer_id="D", dial_lines=2, agent_lines=1, locked=True
    )
    times = []
    for running in ("AB", "A", "AC"):
        problem = fleet(running, assignments=(locked,))
        best = plan(problem, PlanOptions(gap=0.0), explained=False).plan
        assert best is not None
        times.append(Time(problem, 1.0, best))
    found = keep_lines(times, [Follows(0, 1, 1.0), Follows(1, 2, 1.0)], 50.0).plans
    for time, after in zip(times, found, strict=True):
        assert check(time.problem, after) == ()
        assert dial_lines(after)["A"] == 2


def test_what_was_given_up_is_not_more_for_lines_that_stay() -> None:
    # B must run on two dialers and has one; with A beside it that is no reason to take its lines.
    wanted = one_agent.campaign("B", min_dialers=2, agent_lines=2)
    problem = Problem(dialers=(Dialer(dialer_id="D", ports=PORTS),), campaigns=(wanted,))
    times = [Time(problem, 1.0, lines(B=3)), Time(problem, 1.0, lines(B=5))]
    found = keep_lines(times, [Follows(0, 1, 1.0)], 100.0).plans
    assert all(set(dial_lines(after)) == {"B"} for after in found)


def test_a_stop_keeps_lines_that_hold() -> None:
    problem = fleet("AB")
    times = [Time(problem, 1.0, lines(A=3, B=3)), Time(problem, 1.0, lines(A=2, B=4))]
    found = keep_lines(times, [Follows(0, 1, 1.0)], 1.0, stop=lambda: True).plans
    assert all(check(problem, after) == () for after in found)
    assert all(evaluate(problem, after, 0.0).value.value_per_hour > 0 for after in found)


def test_the_lines_that_are_tried_everywhere_are_those_with_which_most_is_left() -> None:
    """The longest time has the lines that are worth least."""
    plans = [lines(A=1, B=1), lines(A=3, B=2), lines(A=2, B=1), lines(A=5, B=1)]
    hours = [9.0, 1.0, 2.0, 3.0]
    nodes = [
        Node(Time(fleet("AB"), h, given), 0.0, 1) for h, given in zip(hours, plans, strict=True)
    ]
    week = WeekLines(nodes, [Follows(n, n + 1, hours[n + 1]) for n in range(3)], 1.0, {})
    week.spread()
    everywhere = [worth([dial_lines(one)] * 4, hours, 1.0) for one in plans]
    assert week.worth() == pytest.approx(max(everywhere))
    assert everywhere.index(max(everywhere)) != hours.index(max(hours))
