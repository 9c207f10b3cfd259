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
from planner.optimize.attainable import annealed_plan, first_plan
from planner.optimize.model.model import build_model
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
    end = time.monotonic() + options.time_limit

    def over() -> bool:
        return stop() or time.monotonic() > end

    seconds = max(SHARE_OF_TIME * options.time_limit, min(BEGINNING, options.time_limit))
    begin = options.model_copy(update={"time_limit": seconds})
    first = first_plan(problem, begin, on_progress, stop)
    ranks = [*_ranked(problem, asked, options.failures)]
    plans = (
        None if first is None else first.plan,
        _current_lines(problem, asked, options.failures),
    )
    best = min(
        (plan for plan in plans if plan is not None),
        key=lambda plan: [_total(problem, asked, plan, rank.which) for rank in ranks],
        default=None,
    )
    model = build_model(problem, options)
    aim, sums = _anything(problem), list[Sum]()
    for place, rank in enumerate(ranks):
        then = tuple(later.which for later in ranks[place + 1 :])
        alone, counting = rank.alone(aim), replace(aim, counted=rank.which, then=then)
        least, outcome = int(alone.sum()), None
        total = None if best is None else _total(problem, asked, best, rank.which)
        if (total is None or total > least) and time.monotonic() < end:
            counted = replace(model, aim=counting)
            best = annealed_plan(counted, options.seed, -least, best, over) or best
            total = None if best is None else _total(problem, asked, best, rank.which)
        left = end - time.monotonic()
        if total is None or (total > least and left > 0):
            seconds = SHARE_OF_TIME * max(left, 0.05)
            limited = options.model_copy(update={"time_limit": seconds, "gap": 0.0})
            outcome = optimize(problem, limited, on_progress, stop, counting, best)
            if outcome.plan is None or outcome.value is None or outcome.bound is None:
                return Nearest(outcome, tuple(sums))
            best, total = outcome.plan, round(-outcome.value)
            least = max(math.ceil(-outcome.bound - WHOLE_ROUNDING), least)
        sums.append(Sum(rank.priority, rank.kind, rank.which, total, least, outcome))
        aim = rank.kept(aim, total)
    left = max(end - time.monotonic(), SHARE_OF_TIME * options.time_limit)
    limited = options.model_copy(update={"time_limit": left})
    warm = None if first is None else first.warm
    outcome = optimize(problem, limited, on_progress, stop, aim, best, warm=warm)
    return Nearest(outcome, tuple(sums))


@dataclass(frozen=True)
class Rank:
    """Shortfalls that are made as few as can be together, when those before are."""

    priority: int
    kind: int
    which: Bools  # [campaign, kind]
    missing: Ints  # [campaign, kind] what each campaign misses in every plan

    def alone(self, aim: Aim) -> Ints:
        """What campaigns miss in every plan ``[campaign, kind]``; nothing of other kinds.

        Of one that need not run nothing must survive, so that what it misses alone is no bound.
        """
        missing = self.missing.copy()
        missing[:, SURVIVES] *= aim.most[:, RUNS] == 0
        found: Ints = np.where(self.which, missing, 0)
        return found

    def kept(self, aim: Aim, total: int) -> Aim:
        """What may be missing by kinds that follow, where so many are in this one."""
        alone = self.alone(aim)
        if total == alone.sum():  # then each campaign misses what it would miss alone, and no more
            return Aim(np.where(self.which, alone, aim.most), sums=aim.sums)
        most = np.where(self.which, np.minimum(aim.most, total), aim.most)
        return Aim(most, sums=(*aim.sums, (self.which, total)))


def _anything(problem: Problem) -> Aim:
    """Anything may be missing but what is never given up."""
    priority = np.array([c.priority for c in problem.campaigns])
    most = np.where(priority[:, None] > 0, ANY, 0) * np.ones((1, len(KINDS)), np.int64)
    return Aim(most)


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


def _ranked(problem: Problem, asked: Requirements, failures: int) -> Iterator[Rank]:
    """The sums in the order in which they are kept."""
    priority = np.array([c.priority for c in problem.campaigns])
    has = np.array([asked.asked(c) for c in range(len(priority))]).reshape(-1, len(KINDS))
    missing = np.zeros_like(has, np.int64)
    for c, campaign in enumerate(problem.campaigns):
        found = missing_alone(problem, campaign, failures)
        missing[c, RUNS], missing[c, USED] = found.runs, found.dialers
        missing[c, SURVIVES] = found.survives
        missing[c, CALLS] = found.calls if campaign.min_transfers_per_hour > 0 else 0
        missing[c, ATTEMPTED] = found.calls if campaign.min_attempts_per_hour > 0 else 0
    for rank in sorted(set(priority.tolist()) - {0}):
        for kind in range(len(KINDS)):
            which = np.zeros_like(has)
            which[:, kind] = has[:, kind] & (priority == rank)
            if which.any():
                yield Rank(rank, kind, which, missing)


def _total(problem: Problem, asked: Requirements, plan: LinePlan, which: Bools) -> int:
    return int(plan_shortfalls(problem, asked, plan)[which].sum())
