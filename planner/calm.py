"""Takes back the moves of a plan that gain too little."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from planner.outcome import lines_moved
from planner.plan import LinePlan
from planner.problem import LineAssignment, Problem
from planner.verify import Corrections, check, evaluate

#: Taking one campaign's moves back may make room to take back those of another.
_ROUNDS = 2


def calmer(
    problem: Problem,
    current: Sequence[LineAssignment],
    plan: LinePlan,
    *,
    redundancy: float,
    corrections: Corrections,
    move_cost: float,
    stop: Callable[[], bool] = lambda: False,
) -> LinePlan:
    """The plan with those campaigns left as they are whose moves gain less than they cost.

    One campaign after the other, those with the most moves first, gets its current lines back
    where all limits then hold and the aim less the price of all moves is higher.

    Parameters
    ----------
    problem : what the plan is of
    current : the lines that can stay, on dialers in service
    plan : within every limit
    redundancy : weight w of the aim
    corrections : of the tables
    move_cost : price of a line moved [value/h]
    stop : polled between campaigns
    """

    def worth(candidate: LinePlan) -> float:
        aim = evaluate(problem, candidate, redundancy, corrections).value.value_per_hour
        return aim - move_cost * lines_moved(current, candidate.assignments)

    best, most = plan, worth(plan)
    for _ in range(_ROUNDS):
        before = best
        for campaign_id in _by_moves(problem, current, best):
            if stop():
                return best
            trial = _with_current(problem, best, current, campaign_id)
            found = worth(trial)
            if found > most and not check(problem, trial, corrections):
                best, most = trial, found
        if best is before:
            break
    return best


def _by_moves(problem: Problem, current: Sequence[LineAssignment], plan: LinePlan) -> list[str]:
    """Campaigns with moves, the most moves first."""
    moves = {
        c.campaign_id: lines_moved(
            _of(current, c.campaign_id), _of(plan.assignments, c.campaign_id)
        )
        for c in problem.campaigns
    }
    return sorted((name for name in moves if moves[name]), key=lambda name: -moves[name])


def _of(lines: Sequence[LineAssignment], campaign_id: str) -> list[LineAssignment]:
    return [item for item in lines if item.campaign_id == campaign_id]


def _with_current(
    problem: Problem, plan: LinePlan, current: Sequence[LineAssignment], campaign_id: str
) -> LinePlan:
    """The plan with the current lines of one campaign, in the problem's order."""
    others = [item for item in plan.assignments if item.campaign_id != campaign_id]
    kept = [
        item.model_copy(update={"busy_agent_lines": None}) for item in _of(current, campaign_id)
    ]
    order = problem.campaign_index, problem.dialer_index
    return LinePlan(
        assignments=tuple(
            sorted(others + kept, key=lambda a: (order[0][a.campaign_id], order[1][a.dialer_id]))
        )
    )
