"""Limits that a plan's simulation breaks: search again with them tightened, or tell them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from planner.contracts.answers import LimitBroken, LimitTightened
from planner.contracts.faults import PlanFault
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions, PlanResult, PlanStatus
from planner.pipeline.planning import (
    SHORTEST_ROUND,
    Clock,
    Found,
    beside_lines,
    beside_simulation,
    with_plan_found,
)

#: Searches with tightened limits, each with what the simulation of the plan before it shows.
MOST_ROUNDS = 3
#: Tightened a little more than was measured, so that the next simulation is not just above again.
MARGIN = 0.005

#: Searches, and returns what is told of the plan, simulated; None where there is none.
Search = Callable[[Problem, PlanOptions], PlanResult | None]


def mended(
    problem: Problem, result: PlanResult, search: Search, stop: Callable[[], bool]
) -> PlanResult:
    """The plan searched again with limits tightened by what the simulation measured.

    The bound stays that of the limits as they were asked for: the plan that is found holds them,
    too. Where no plan is found, or none that breaks fewer, the one there was stands, and its
    broken limits are told.

    Parameters
    ----------
    problem : whose limits the plan holds by the tables
    result : of the plan, with what its simulation breaks
    search : plans a problem again
    stop : ends it early
    """
    best, tight = result, problem
    broken: Sequence[LimitBroken] = result.limits_broken
    for _ in range(MOST_ROUNDS):
        if not broken or stop() or result.status is PlanStatus.RELAXED:
            break
        tight = _tightened(tight, broken)
        found = search(tight, result.options)
        if found is None:
            break
        broken = found.limits_broken
        if len(broken) < len(best.limits_broken):
            best = found.model_copy(update={"limits_tightened": tuple(_told(problem, tight))})
    return best


def searched_again(
    problem: Problem,
    tight: Problem,
    mean_day: Problem,
    options: PlanOptions,
    result: PlanResult,
    found: Found,
    clock: Clock,
    stop: Callable[[], bool],
) -> PlanResult | None:
    """A plan of the tightened problem, told as one of the problem asked for, and simulated.

    It begins with what the first search left, and may take as long again.
    """
    from planner.evaluation.limits.check import check
    from planner.optimize.search import optimize

    seconds = min(clock.limited(options).time_limit, max(clock.seconds, SHORTEST_ROUND))
    limited = options.model_copy(update={"time_limit": seconds})
    outcome = optimize(tight, limited, stop=stop, start=found.outcome.plan, warm=found.outcome.warm)
    if outcome.plan is None or result.bound_per_hour is None or result.at is None:
        return None
    breaches = check(tight, outcome.plan, failures=options.failures)
    if breaches:
        raise PlanFault("; ".join(b.message for b in breaches))
    again = with_plan_found(problem, options, replace(outcome, bound=result.bound_per_hour), clock)
    kept = {name: getattr(again, name) for name in _OF_LINES}
    again = result.model_copy(update=kept)
    again = again.model_copy(update=beside_lines(tight, again, result.at))
    return beside_simulation(mean_day, again, stop)


#: What of a result is about its lines, and follows from them.
_OF_LINES = (
    "status", "plan", "value", "bound_per_hour", "gap", "figures", "campaigns", "dialers",
    "changes", "stages", "seconds", "expected_value_per_hour", "expected_value_per_hour_low",
    "expected_value_per_hour_high",
)  # fmt: skip


def _tightened(problem: Problem, broken: Sequence[LimitBroken]) -> Problem:
    """Limits by the share by which the simulation is beyond them."""
    found = {(item.campaign_id, item.limit): item for item in broken}
    rows = []
    for campaign in problem.campaigns:
        update: dict[str, float] = {}
        item = found.get((campaign.campaign_id, "max_abandon_rate"))
        if item is not None and campaign.max_abandon_rate is not None and item.simulated > 0:
            # The table may lie below the limit already: what it shows is what must come down.
            least = min(campaign.max_abandon_rate, item.table)
            update["max_abandon_rate"] = least * item.asked / item.simulated * (1 - MARGIN)
        item = found.get((campaign.campaign_id, "survivable_share"))
        if item is not None:
            short = item.asked - item.simulated
            update["survivable_share"] = min(campaign.survivable_share + max(short, MARGIN), 1.0)
        rows.append(campaign.model_copy(update=update) if update else campaign)
    return problem.model_copy(update={"campaigns": tuple(rows)})


def _told(problem: Problem, tight: Problem) -> Sequence[LimitTightened]:
    found = []
    for before, after in zip(problem.campaigns, tight.campaigns, strict=True):
        for limit in ("max_abandon_rate", "survivable_share"):
            asked, used = getattr(before, limit), getattr(after, limit)
            if asked != used:
                told = LimitTightened(
                    campaign_id=before.campaign_id, limit=limit, asked=asked, searched_with=used
                )
                found.append(told)
    return found
