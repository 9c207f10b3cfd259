"""A drawn fleet solved by the planner and by the exhaustive reference: where they disagree."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from planner.contracts.problem import Problem
from planner.contracts.result import LinePlan, PlanOptions
from planner.evaluation.cannot_run import runnable_only
from planner.optimize.model.requirements import KINDS
from planner.optimize.nearest import Nearest, nearest_plan
from planner.optimize.search import Outcome, optimize
from planner.tables.folder import read_folder
from tests.support.draw import Drawn, write_folder
from tests.support.exhaustive import Answer, Fleet, Plan, fleet_from_tables, judge, solve

#: Values are sums of some hundred calls per hour, added up in another order.
ROUNDING = 1e-7
#: Tables whose rows may stand in any order, and columns that name rows of others.
NAMES = {"dialer_id": "dialer", "campaign_id": "campaign", "pool": "pool", "trunk_group": "trunk"}
LISTS = {"allowed_dialers": "dialer", "dialers": "dialer", "campaigns": "campaign"}
#: What a drawn fleet is solved in, or else told as not proven.
SECONDS = 60.0


def relabelled(drawn: Drawn, seed: int) -> Drawn:
    """The same fleet with its rows in another order and other names."""
    chance = Random(f"twin {drawn.kind} {drawn.seed} {seed}")
    names: dict[tuple[str, str], str] = {}

    def renamed(kind: str, name: str) -> str:
        if (kind, name) not in names:
            names[kind, name] = f"{chance.choice('zyxabc')}{chance.randrange(10**6)}-{name}"
        return names[kind, name]

    def cell(column: str, text: str) -> str:
        kind = NAMES.get(column) or LISTS.get(column)
        if kind is None or not text:
            return text
        return "|".join(renamed(kind, name) for name in text.split("|"))

    tables = {}
    for table, rows in drawn.tables.items():
        changed = [{column: cell(column, text) for column, text in row.items()} for row in rows]
        chance.shuffle(changed)
        tables[table] = changed
    return replace(drawn, tables=tables)


def problem_of(drawn: Drawn) -> Problem:
    """The fleet as the planner reads it, without campaigns that cannot run."""
    with TemporaryDirectory() as folder:
        problem = read_folder(write_folder(drawn.tables, Path(folder) / "fleet"))
    return runnable_only(problem)[0]


def options_of(drawn: Drawn, seed: int = 0) -> PlanOptions:
    """What is asked of the fleet, proven to the end."""
    return PlanOptions(
        redundancy=drawn.redundancy,
        failures=drawn.failures,
        gap=0.0,
        time_limit=SECONDS,
        seed=seed,
    )


def reference(drawn: Drawn) -> Answer:
    """What is right, by enumeration."""
    return solve(fleet_from_tables(drawn.tables), drawn.redundancy, drawn.failures)


def disagreements(
    drawn: Drawn, right: Answer, seed: int = 0, nearest_too: bool = False
) -> list[str]:
    """Where the planner and the right answer differ, in words; nothing where they agree.

    The nearest plan is asked for where there is no plan, and else if ``nearest_too``.
    """
    problem, options = problem_of(drawn), options_of(drawn, seed)
    found = [f"plan: {what}" for what in _of_plan(drawn, right, optimize(problem, options))]
    if nearest_too or right.plan is None:
        near = nearest_plan(problem, options)
        found += [f"nearest: {what}" for what in _of_nearest(drawn, right, near)]
    return found


def _of_plan(drawn: Drawn, right: Answer, outcome: Outcome) -> Iterator[str]:
    if right.plan is None:
        if not outcome.infeasible or outcome.plan is not None:
            yield f"there is none, said {outcome.value}, at most {outcome.bound}"
        return
    yield from _of_outcome(drawn, right.plan, outcome)


def _of_nearest(drawn: Drawn, right: Answer, near: Nearest) -> Iterator[str]:
    if right.nearest is None:
        if not near.outcome.infeasible or near.outcome.plan is not None:
            yield f"there is none, said {near.outcome.value}, at most {near.outcome.bound}"
        return
    sums = {f"{one.priority}:{KINDS[one.kind]}": one.total for one in near.sums if one.total}
    least = {f"{one.priority}:{KINDS[one.kind]}": one.least for one in near.sums if one.least}
    if sums != right.nearest.given_up:
        yield f"gives up {right.nearest.given_up}, said {sums}"
    if least != right.nearest.given_up:
        yield f"gives up {right.nearest.given_up}, said at least {least}"
    yield from _of_outcome(drawn, right.nearest, near.outcome)


def _of_outcome(drawn: Drawn, right: Plan, outcome: Outcome) -> Iterator[str]:
    """Against the right plan: value and bound, and lines that are worth and miss what was said."""
    if outcome.plan is None or outcome.value is None or outcome.bound is None:
        what = "infeasible" if outcome.infeasible else "nothing found"
        yield f"is worth {right.value}, said {what} (at most {outcome.bound})"
        return
    if not _same(outcome.value, right.value):
        yield f"is worth {right.value}, said {outcome.value}"
    if not _same(outcome.bound, right.value):
        proven = "wrong" if outcome.bound < right.value else "not closed"
        yield f"is worth {right.value}, said at most {outcome.bound} ({proven})"
    fleet = fleet_from_tables(drawn.tables)
    verdict = judge(fleet, lines_of(fleet, outcome.plan), drawn.redundancy, drawn.failures)
    if verdict.broken:
        yield f"breaks {verdict.broken}"
    if verdict.given_up != right.given_up:
        yield f"its lines give up {verdict.given_up}, right is {right.given_up}"
    if not _same(verdict.value, outcome.value):
        yield f"its lines are worth {verdict.value}, said {outcome.value}"


def lines_of(fleet: Fleet, plan: LinePlan) -> list[list[tuple[int, int]]]:
    """Lines of a plan as the reference has them, [campaign][dialer] = (dial, agent)."""
    lines = plan.lines()
    return [[lines.get((c.name, d.name), (0, 0)) for d in fleet.dialers] for c in fleet.campaigns]


def _same(found: float, right: float) -> bool:
    return math.isclose(found, right, rel_tol=ROUNDING, abs_tol=ROUNDING)
