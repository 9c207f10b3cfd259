"""A plan with other lines than its search found, beside the bound that the search proved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanFigures, PlanOptions, PlanResult, PlanStatus
from planner.pipeline.planning import Clock, beside_lines, beside_simulation, with_plan_found


def asked_at(problem: Problem, options: PlanOptions, at: datetime) -> Problem:
    """The problem as :func:`planner.plan` hands it to its search at a moment."""
    from planner.projection.figures.abandon_days import with_abandon_days

    return with_abandon_days(_mean_day(problem, at), options.abandon_days)


def _mean_day(problem: Problem, at: datetime) -> Problem:
    """Who can run, with the attempts that lists need, and limits of the mean day."""
    from planner.evaluation.running.cannot_run import runnable_only
    from planner.projection.hours.finish import with_attempts_needed

    return runnable_only(with_attempts_needed(problem, at), at)[0]


def with_other_lines(
    problem: Problem, result: PlanResult, lines: LinePlan, at: datetime
) -> PlanResult:
    """The result with other lines: their value and figures, below the same bound.

    Parameters
    ----------
    problem : with the lines before, from which changes are told
    result : of a search for the same campaigns and dialers, with a plan; its options count
    lines : that hold every limit, and give up no more than those found
    at : the moment from which on it is planned

    Raises
    ------
    PlanFault
        If the lines break a limit.
    """
    from planner.contracts.faults import PlanFault
    from planner.evaluation.limits.check import REQUIREMENT_RULES, check
    from planner.optimize.search_result import SearchResult
    from planner.projection.figures.abandon_days import abandon_days

    options = result.options
    given = asked_at(problem, options, at)
    breaches = check(given, lines, failures=options.failures)
    gives_up = bool(result.given_up)
    broken = [b.message for b in breaches if not (gives_up and b.rule in REQUIREMENT_RULES)]
    if broken:
        raise PlanFault("; ".join(broken))
    outcome = SearchResult(
        plan=lines,
        value=None,
        bound=result.bound_per_hour,
        infeasible=False,
        stopped_early=result.stopped_early,
    )
    found = with_plan_found(problem, options, outcome, Clock())
    mean_day = _mean_day(problem, at)
    update: dict[str, object] = {
        "left_out": result.left_out,
        "abandon_days": tuple(abandon_days(mean_day, lines, options.abandon_days)),
        "abandon_days_cost_low": result.abandon_days_cost_low,
        "abandon_days_cost_high": result.abandon_days_cost_high,
        "at": at,
        "proof": result.proof,
        "seconds": result.seconds,
    }
    if result.proof is not None and result.proof.checked is False:
        update["status"] = PlanStatus.FEASIBLE
    if gives_up:
        update |= {"given_up": _given_up(given, result, lines), "status": PlanStatus.RELAXED}
    return found.model_copy(update=update | beside_lines(given, found, at))


def _given_up(given: Problem, result: PlanResult, lines: LinePlan) -> tuple[object, ...]:
    from planner.evaluation.limits.keepers import with_keepers
    from planner.optimize.model.requirements import KINDS
    from planner.optimize.shortfalls import asked_of, given_up

    kinds = {name: kind for kind, name in enumerate(KINDS)}
    least = {
        (item.priority, kinds.get(item.requirement, kinds["limits"])): item.proven_least
        for item in result.given_up
    }
    asked = asked_of(given, result.options.failures)
    return with_keepers(given, lines, tuple(given_up(given, asked, lines, least)))


def finished(
    problem: Problem, result: PlanResult, at: datetime, stop: Callable[[], bool]
) -> PlanResult:
    """The result with its simulation, and with what binds and why each line is there."""
    from planner.pipeline.explained import with_reasons

    seconds = result.seconds
    if result.options.figures is PlanFigures.AUTO:
        result = beside_simulation(_mean_day(problem, at), result, stop)
    given = asked_at(problem, result.options, at)
    told = with_reasons(given, result, Clock(), stop, lambda _: None, compared=False)
    return told.model_copy(update={"seconds": seconds})
