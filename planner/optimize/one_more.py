"""What one more agent line, port, agent of a pool or call per second is worth.

The value of the best plan with it less the value of the best plan without it (MODEL.md 7): each is
planned anew from the plan that is there. From the two bounds follows a range; figures that were not
worked out are None, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from planner.contracts.answers import Worth
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.tolerances import SUM_ROUNDING
from planner.optimize.search import optimize

#: Fleets of more pairs are not planned anew for each: it would take longer than the plan.
MOST_PAIRS = 60
#: Time for each, a safety net [s].
SECONDS = 0.8


@dataclass(frozen=True)
class OneMore:
    """What one more is worth, by campaign, dialer or pool; those without an entry are not known."""

    agent_lines: Mapping[str, Worth] = field(default_factory=dict)
    ports: Mapping[str, Worth] = field(default_factory=dict)
    calls_per_second: Mapping[str, Worth] = field(default_factory=dict)
    pool_lines: Mapping[str, Worth] = field(default_factory=dict)


def one_more(
    problem: Problem,
    options: PlanOptions,
    plan: LinePlan,
    value: float,
    bound: float,
    stop: Callable[[], bool] = lambda: False,
) -> OneMore:
    """Plan anew with one more of each; nothing for fleets of many pairs of campaign and dialer."""
    if len(problem.campaigns) * len(problem.dialers) > MOST_PAIRS:
        return OneMore()
    limited = options.model_copy(update={"time_limit": min(SECONDS, options.time_limit)})

    def worth(changed: Problem) -> Worth | None:
        if stop():
            return None
        found = optimize(changed, limited, stop=stop, start=plan)
        if found.value is None or found.bound is None:
            return None
        # The plan that is there holds all limits with more as well.
        best = max(found.value, value)
        return Worth(_gain(best, value), _gain(best, bound), _gain(found.bound, value))

    def each(changed: Mapping[str, Problem]) -> dict[str, Worth]:
        found = {name: worth(given) for name, given in changed.items()}
        return {name: told for name, told in found.items() if told is not None}

    return OneMore(
        agent_lines=each(dict(_more_agents(problem))),
        ports=each(dict(_more_ports(problem))),
        calls_per_second=each(dict(_more_calls(problem))),
        pool_lines=each(dict(_larger_pools(problem))),
    )


def _gain(more: float, less: float) -> float:
    """The difference where it is more than that of the same sum in another order, else 0."""
    gain = more - less
    return gain if gain > SUM_ROUNDING * abs(less) else 0.0


def _more_agents(problem: Problem) -> list[tuple[str, Problem]]:
    found = []
    for place, campaign in enumerate(problem.campaigns):
        if campaign.is_live_transfer and campaign.own_agent_lines is not None:
            more = campaign.model_copy(update={"agent_lines": campaign.agent_lines + 1})
            rows = (*problem.campaigns[:place], more, *problem.campaigns[place + 1 :])
            found.append((campaign.campaign_id, problem.model_copy(update={"campaigns": rows})))
    return found


def _more_ports(problem: Problem) -> list[tuple[str, Problem]]:
    return [
        (d.dialer_id, _with_dialer(problem, place, {"ports": d.ports + 1}))
        for place, d in enumerate(problem.dialers)
        if d.in_service
    ]


def _more_calls(problem: Problem) -> list[tuple[str, Problem]]:
    return [
        (d.dialer_id, _with_dialer(problem, place, {"cps": d.cps + 1.0}))
        for place, d in enumerate(problem.dialers)
        if d.in_service and d.cps is not None
    ]


def _larger_pools(problem: Problem) -> list[tuple[str, Problem]]:
    found = []
    for name in dict.fromkeys(row.pool for row in problem.pools):
        rows = tuple(
            row.model_copy(update={"agent_lines": row.agent_lines + 1}) if row.pool == name else row
            for row in problem.pools
        )
        found.append((name, problem.model_copy(update={"pools": rows})))
    return found


def _with_dialer(problem: Problem, place: int, update: Mapping[str, object]) -> Problem:
    changed = problem.dialers[place].model_copy(update=update)
    rows = (*problem.dialers[:place], changed, *problem.dialers[place + 1 :])
    return problem.model_copy(update={"dialers": rows})
