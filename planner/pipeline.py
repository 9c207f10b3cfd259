"""The one path every interface takes: problem -> plan -> check -> projection."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from planner.plan import (
    LineChange,
    LinePlan,
    PlanOptions,
    PlanResult,
    PlanStatus,
    Progress,
    Projection,
    relative_gap,
)
from planner.problem import Problem


def plan(
    problem: Problem,
    options: PlanOptions | None = None,
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> PlanResult:
    """Split the lines of every campaign over the dialers.

    Parameters
    ----------
    problem : what is planned
    options : redundancy weight, gap, time limit [s], seed; defaults where None
    on_progress : called with every better plan or bound
    stop : polled; once it says True the best verified plan so far is returned

    Returns
    -------
    PlanResult with status, verified plan, proven bound, gap, figures.

    Raises
    ------
    PlanFault
        If a plan of ours breaks a limit: a fault in the planner.
    """
    from planner.errors import PlanFault
    from planner.optimize.explain import binding_limits, find_conflicts
    from planner.optimize.search import optimize
    from planner.projector import project_assignments
    from planner.verify import check, evaluate

    options = options or PlanOptions()
    start = time.monotonic()
    outcome = optimize(problem, options, on_progress, stop)
    if outcome.plan is None:
        conflicts = find_conflicts(problem, options) if outcome.infeasible else ()
        return PlanResult(
            status=PlanStatus.INFEASIBLE if outcome.infeasible else PlanStatus.NO_PLAN,
            options=options,
            bound_per_hour=outcome.bound,
            conflicts=conflicts,
            seconds=time.monotonic() - start,
            stopped_early=outcome.stopped_early,
        )
    breaches = check(problem, outcome.plan)
    if breaches:
        raise PlanFault("; ".join(breach.message for breach in breaches))
    found = evaluate(problem, outcome.plan, options.redundancy)
    bound = max(outcome.bound or 0.0, found.value.value_per_hour)
    gap = relative_gap(found.value.value_per_hour, bound)
    proven = gap <= max(options.gap, 1e-9)
    return PlanResult(
        status=PlanStatus.OPTIMAL if proven else PlanStatus.FEASIBLE,
        options=options,
        plan=outcome.plan,
        value=found.value,
        bound_per_hour=bound,
        gap=gap,
        figures=project_assignments(with_plan(problem, outcome.plan), None, 8.0).assignments,
        campaigns=found.campaigns,
        dialers=found.dialers,
        binding=binding_limits(problem, outcome.plan),
        changes=changes(problem, outcome.plan),
        seconds=time.monotonic() - start,
        stopped_early=outcome.stopped_early,
    )


def project(
    problem: Problem,
    *,
    at: datetime | None = None,
    hours: float = 8.0,
) -> Projection:
    """What the problem's assignments will do from a moment on (default: now).

    Raises
    ------
    ValueError
        If ``at`` has no UTC offset or the horizon is not within 0 to 744 hours.
    """
    from planner.projector import project_assignments

    at = at or datetime.now(UTC)
    if at.tzinfo is None:
        raise ValueError("at: a moment with a UTC offset")
    if not 0 < hours <= 744:
        raise ValueError("hours: a number above 0, at most 744 (31 days)")
    return project_assignments(problem, at, hours)


def with_plan(problem: Problem, line_plan: LinePlan) -> Problem:
    """The problem with a plan's lines as its assignments."""
    return problem.model_copy(update={"assignments": line_plan.assignments})


def changes(problem: Problem, line_plan: LinePlan) -> tuple[LineChange, ...]:
    """What a plan changes against the current assignments, in the problem's order."""
    before = LinePlan(assignments=problem.assignments).lines()
    after = line_plan.lines()
    pairs = sorted(
        before.keys() | after.keys(),
        key=lambda pair: (problem.campaign_index[pair[0]], problem.dialer_index[pair[1]]),
    )
    found = []
    for pair in pairs:
        (n0, a0), (n1, a1) = before.get(pair, (0, 0)), after.get(pair, (0, 0))
        if (n0, a0) != (n1, a1):
            found.append(
                LineChange(
                    campaign_id=pair[0],
                    dialer_id=pair[1],
                    dial_lines_from=n0,
                    dial_lines_to=n1,
                    agent_lines_from=a0,
                    agent_lines_to=a1,
                )
            )
    return tuple(found)
