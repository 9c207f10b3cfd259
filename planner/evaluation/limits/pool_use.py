"""Whose agents sit where in a plan, and how many of each pool are idle."""

from __future__ import annotations

from planner.contracts.answers import PoolUse
from planner.contracts.fleet.line_assignment import PoolLines
from planner.contracts.fleet.pools import pools_at
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.evaluation.arrays import PlanArrays
from planner.evaluation.seats import seat_agents


def seated(problem: Problem, plan: LinePlan) -> tuple[LinePlan, tuple[PoolUse, ...]]:
    """The plan with the pools of its agent lines, and what is left of each pool.

    The same plan, and nothing, where no agents are pooled.
    """
    pools = pools_at(problem, None)
    if not pools:
        return plan, ()
    seats = seat_agents(problem, pools, PlanArrays(problem, plan).agent_lines)
    lines = []
    for item in plan.assignments:
        c, d = problem.campaign_index[item.campaign_id], problem.dialer_index[item.dialer_id]
        here = tuple(
            PoolLines(pool.pool, int(seats[p, c, d]))
            for p, pool in enumerate(pools)
            if seats[p, c, d]
        )
        lines.append(item.model_copy(update={"pools": here}))
    use = tuple(
        PoolUse(
            pool=pool.pool,
            agent_lines=pool.agent_lines,
            used=int(seats[p].sum()),
            idle=pool.agent_lines - int(seats[p].sum()),
        )
        for p, pool in enumerate(pools)
    )
    return LinePlan(assignments=tuple(lines)), use
