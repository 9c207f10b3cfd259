"""A drawn fleet solved by the planner and by the exhaustive reference: where they disagree.

A campaign whose splits are few is priced from a list of them, exactly; with :func:`no_lists` it is
bounded as one of many splits is. Then a bound may be far, but it must hold all the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.running.cannot_run import runnable_only
from planner.optimize.model.requirements import KINDS
from planner.optimize.nearest import Nearest, nearest_plan
from planner.optimize.pricing import split_list
from planner.optimize.search import optimize
from planner.optimize.search_result import SearchResult
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
#: Kinds of fleets of which some campaigns have lists to be done in time.
IN_TIME, SHARE_IN_TIME = ("too_much", "pools"), 0.25


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


@contextmanager
def no_lists() -> Iterator[None]:
    """Let no campaign be priced from a list of its splits."""
    before = split_list.MOST_SPLITS
    split_list.MOST_SPLITS = 0
    try:
        yield
    finally:
        split_list.MOST_SPLITS = before


def attempts_asked(drawn: Drawn) -> dict[str, float]:
    """Attempts an hour that some campaigns need, to be done in time; inf: no hours are left."""
    asked = {}
    for row in drawn.tables["campaigns"] if drawn.kind in IN_TIME else ():
        name = row["campaign_id"].rpartition("-")[2]  # a twin asks for the same
        chance = Random(f"in time {drawn.kind} {drawn.seed} {name}")
        if chance.random() < SHARE_IN_TIME:
            asked[row["campaign_id"]] = chance.choice([math.inf, *(chance.uniform(50, 900),) * 4])
    return asked


def problem_of(drawn: Drawn) -> Problem:
    """The fleet as the planner reads it, without campaigns that cannot run."""
    with TemporaryDirectory() as folder:
        problem = read_folder(write_folder(drawn.tables, Path(folder) / "fleet"))
    asked = attempts_asked(drawn)
    campaigns = tuple(
        c.model_copy(update={"min_attempts_per_hour": asked.get(c.campaign_id, 0.0)})
        for c in problem.campaigns
    )
    return runnable_only(problem.model_copy(update={"campaigns": campaigns}))[0]


def options_of(drawn: Drawn, seed: int = 0, seconds: float = SECONDS) -> PlanOptions:
    """What is asked of the fleet, proven to the end."""
    return PlanOptions(
        redundancy=drawn.redundancy,
        failures=drawn.failures,
        gap=0.0,
        time_limit=seconds,
        seed=seed,
    )


def reference(drawn: Drawn) -> Answer:
    """What is right, by enumeration."""
    return solve(
        fleet_from_tables(drawn.tables),
        drawn.redundancy,
        drawn.failures,
        attempts_needed=attempts_asked(drawn),
    )


def disagreements(
    drawn: Drawn,
    right: Answer,
    options: PlanOptions,
    nearest_too: bool = False,
    closed: bool = True,
) -> list[str]:
    """Where the planner and the right answer differ, in words; nothing where they agree.

    The nearest plan is asked for where there is no plan, and else if ``nearest_too``. With
    ``closed`` bounds must meet the plans, else they must only hold.
    """
    problem = problem_of(drawn)
    told = _of_plan(drawn, right, optimize(problem, options), closed)
    found = [f"plan: {what}" for what in told]
    if nearest_too or right.plan is None:
        near = nearest_plan(problem, options)
        found += [f"nearest: {what}" for what in _of_nearest(drawn, right, near, closed)]
    return found


def _of_plan(drawn: Drawn, right: Answer, outcome: SearchResult, closed: bool) -> Iterator[str]:
    if right.plan is not None:
        yield from _of_outcome(drawn, right.plan, outcome, closed)
    elif outcome.plan is not None or (closed and not outcome.infeasible):
        yield f"there is none, said {outcome.value}, at most {outcome.bound}"


def _of_nearest(drawn: Drawn, right: Answer, near: Nearest, closed: bool) -> Iterator[str]:
    if right.nearest is None:
        if near.outcome.plan is not None or (closed and not near.outcome.infeasible):
            yield f"there is none, said {near.outcome.value}, at most {near.outcome.bound}"
        return
    for one in near.sums:
        name = f"{one.priority}:{KINDS[one.kind]}"
        least = right.nearest.given_up.get(name, 0)
        if one.least > least or (closed and one.least < least):
            yield f"gives up {least} of {name}, said at least {one.least}"
        if one.total < least or (closed and one.total > least):
            yield f"gives up {least} of {name}, said {one.total}"
        if one.total != least:
            return  # the sums after it, and the value, are of other plans
    yield from _of_outcome(drawn, right.nearest, near.outcome, closed)


def _of_outcome(drawn: Drawn, right: Plan, outcome: SearchResult, closed: bool) -> Iterator[str]:
    """Against the right plan: value and bound, and lines that are worth and miss what was said."""
    if outcome.plan is None or outcome.value is None or outcome.bound is None:
        if closed or outcome.infeasible:
            what = "infeasible" if outcome.infeasible else "nothing found"
            yield f"is worth {right.value}, said {what} (at most {outcome.bound})"
        return
    if _more(outcome.value, right.value) or (closed and _more(right.value, outcome.value)):
        yield f"is worth {right.value}, said {outcome.value}"
    if _more(right.value, outcome.bound):
        yield f"is worth {right.value}, said at most {outcome.bound}"
    if closed and _more(outcome.bound, right.value):
        yield f"is worth {right.value}, not proven: at most {outcome.bound}"
    fleet, asked = fleet_from_tables(drawn.tables), attempts_asked(drawn)
    verdict = judge(
        fleet,
        lines_of(fleet, outcome.plan),
        drawn.redundancy,
        drawn.failures,
        attempts_needed=asked,
    )
    if verdict.broken:
        yield f"breaks {verdict.broken}"
    if verdict.given_up != right.given_up:
        yield f"its lines give up {verdict.given_up}, right is {right.given_up}"
    if not math.isclose(verdict.value, outcome.value, rel_tol=ROUNDING, abs_tol=ROUNDING):
        yield f"its lines are worth {verdict.value}, said {outcome.value}"


def lines_of(fleet: Fleet, plan: LinePlan) -> list[list[tuple[int, int]]]:
    """Lines of a plan as the reference has them, [campaign][dialer] = (dial, agent)."""
    lines = plan.lines()
    return [[lines.get((c.name, d.name), (0, 0)) for d in fleet.dialers] for c in fleet.campaigns]


def _more(found: float, right: float) -> bool:
    """Whether one value is above another by more than rounding."""
    return found > right + ROUNDING * max(1.0, abs(right))
