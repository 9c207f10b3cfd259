"""The nearest plan where not everything can be had.

Shortfalls are made as few as can be, one sum after the other: for the lowest priority number first,
in the order of :data:`KINDS`, then for the next number. Each is a search of its own by the same
branch and price, in which the sums found before are rows; the last one maximises the value.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, Progress
from planner.evaluation.arrays import lost_dialers
from planner.evaluation.limits.alone import missing_alone
from planner.evaluation.limits.check import REQUIREMENT_RULES, check
from planner.optimize.attainable import first_plan
from planner.optimize.model.requirements import (
    ANY,
    ATTEMPTED,
    CALLS,
    KINDS,
    RUNS,
    SURVIVES,
    USED,
    Aim,
    Requirements,
    requirements,
)
from planner.optimize.search import optimize
from planner.optimize.search_result import SearchResult
from planner.optimize.shortfalls import plan_shortfalls
from planner.optimize.warm_start import lines_there

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: The plan to begin with gets so long [s], if there is as much: all that follows rests on it.
BEGINNING = 1.5
#: Share of the time that is left for the search of one sum, at most.
SHARE_OF_TIME = 0.3
#: How close to a whole number a bound on shortfalls is one.
WHOLE_ROUNDING = 1e-6


@dataclass(frozen=True)
class Sum:
    """Shortfalls of one kind over the campaigns of one priority."""

    priority: int
    kind: int
    which: Bools  # [campaign, kind]
    total: int
    least: int  # proven: no plan that keeps the sums before has fewer
    outcome: SearchResult | None = (
        None  # of the search for it; None where nothing had to be looked for
    )


@dataclass(frozen=True)
class Nearest:
    """What was found: the search for the value, whose plan has these sums of shortfalls."""

    outcome: SearchResult
    sums: tuple[Sum, ...]

    @property
    def gives_up(self) -> bool:
        """Whether anything that was asked for is given up."""
        return any(found.total for found in self.sums)

    @property
    def proven(self) -> bool:
        """Whether no plan gives up less."""
        return all(found.total == found.least for found in self.sums)

    @property
    def must_give_up(self) -> bool:
        """Whether it is proven that not everything can be had.

        The sums before the first one above 0 are 0: a plan that keeps all would keep them too.
        """
        first = next((found for found in self.sums if found.total), None)
        return first is not None and first.least > 0


def nearest_plan(
    problem: Problem,
    options: PlanOptions,
    on_progress: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Nearest:
    """The plan that gives up as little as possible, and of these the one worth most.

    Once the time is over no sum is looked for any more: what the plan so far gives up stays, and is
    not called the least.
    """
    asked = requirements(problem, lost_dialers(problem, options.failures))
    priority = np.array([c.priority for c in problem.campaigns])
    most = np.where(priority[:, None] > 0, ANY, 0) * np.ones((1, len(KINDS)), np.int64)
    aim = Aim(most)
    end = time.monotonic() + options.time_limit
    sums: list[Sum] = []
    seconds = max(SHARE_OF_TIME * options.time_limit, min(BEGINNING, options.time_limit))
    begin = options.model_copy(update={"time_limit": seconds})
    first = first_plan(problem, begin, on_progress, stop)
    ranked = [*_ranked(asked, priority)]
    plans = (
        None if first is None else first.plan,
        _current_lines(problem, asked, options.failures),
    )
    best = min(
        (plan for plan in plans if plan is not None),
        key=lambda plan: [_total(problem, asked, plan, which) for _, _, which in ranked],
        default=None,
    )
    for rank, kind, which in ranked:
        total = None if best is None else _total(problem, asked, best, which)
        alone = _alone(problem, options.failures, aim.most, which)
        least, outcome = int(alone.sum()), None
        left = end - time.monotonic()
        if total is None or (total > least and left > 0):
            seconds = SHARE_OF_TIME * max(left, 0.05)
            limited = options.model_copy(update={"time_limit": seconds, "gap": 0.0})
            outcome = optimize(
                problem, limited, on_progress, stop, replace(aim, counted=which), best
            )
            if outcome.plan is None or outcome.value is None or outcome.bound is None:
                return Nearest(outcome, tuple(sums))
            best, total = outcome.plan, round(-outcome.value)
            least = max(math.ceil(-outcome.bound - WHOLE_ROUNDING), least)
        sums.append(Sum(rank, kind, which, total, least, outcome))
        if total == alone.sum():  # then each campaign misses what it would miss alone, and no more
            most, rows = np.where(which, alone, aim.most), aim.sums
        else:
            most = np.where(which, np.minimum(aim.most, total), aim.most)
            rows = (*aim.sums, (which, total))
        aim = Aim(most, sums=rows)
    left = max(end - time.monotonic(), SHARE_OF_TIME * options.time_limit)
    limited = options.model_copy(update={"time_limit": left})
    warm = None if first is None else first.warm
    outcome = optimize(problem, limited, on_progress, stop, aim, best, warm=warm)
    return Nearest(outcome, tuple(sums))


def _current_lines(problem: Problem, asked: Requirements, failures: int) -> LinePlan | None:
    """The lines that are left of the current ones, where they break nothing but requirements.

    They are an answer, where nothing that gives up less was found in time.
    """
    lines = lines_there(problem)
    broken = {breach.rule for breach in check(problem, lines, failures)}
    if not lines.assignments or broken - REQUIREMENT_RULES:
        return None
    short = plan_shortfalls(problem, asked, lines)
    kept = [c for c, campaign in enumerate(problem.campaigns) if campaign.priority == 0]
    return None if short[kept].any() else lines


def _alone(problem: Problem, failures: int, most: Ints, which: Bools) -> Ints:
    """What campaigns miss in every plan ``[campaign, kind]``; nothing of other kinds.

    Of one that need not run nothing must survive, so that what it misses alone is no bound.
    """
    found = np.zeros_like(most)
    for c, campaign in enumerate(problem.campaigns):
        missing = missing_alone(problem, campaign, failures)
        found[c, RUNS], found[c, USED] = missing.runs, missing.dialers
        found[c, CALLS] = missing.calls if campaign.min_transfers_per_hour > 0 else 0
        found[c, ATTEMPTED] = missing.calls if campaign.min_attempts_per_hour > 0 else 0
        found[c, SURVIVES] = missing.survives if most[c, RUNS] == 0 else 0
    alone: Ints = np.where(which, found, 0)
    return alone


def _ranked(asked: Requirements, priority: Ints) -> Iterator[tuple[int, int, Bools]]:
    """Priority, kind and ``[campaign, kind]`` of each sum, in the order in which they are kept."""
    has = np.array([asked.asked(c) for c in range(len(priority))]).reshape(-1, len(KINDS))
    for rank in sorted(set(priority.tolist()) - {0}):
        for kind in range(len(KINDS)):
            which = np.zeros_like(has)
            which[:, kind] = has[:, kind] & (priority == rank)
            if which.any():
                yield rank, kind, which


def _total(problem: Problem, asked: Requirements, plan: LinePlan, which: Bools) -> int:
    return int(plan_shortfalls(problem, asked, plan)[which].sum())
