"""The one path every interface takes: problem -> plan -> check -> projection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from planner.contracts.arguments import (
    TINY,
    instance,
    moment,
    one_of,
    real_number,
    require,
    whole_number,
)
from planner.contracts.limits import MAX_HOURS, MAX_REPLICATIONS, MAX_SEED
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.projected import Projection
from planner.contracts.result import (
    PlanFigures,
    PlanOptions,
    PlanResult,
    Progress,
)
from planner.pipeline.mending import mended, searched_again
from planner.pipeline.planning import (
    SHORTEST_ROUND,
    Clock,
    Found,
    beside_lines,
    beside_simulation,
    find_plan,
    what_is_given_up,
    with_checked_bound,
    with_moves,
    with_plan_found,
    without_plan,
)
from planner.tables.folder import ProblemSource, as_problem

if TYPE_CHECKING:
    from planner.evaluation.proof.record import Proof
    from planner.evaluation.reasons import Explanation


def plan(
    problem: ProblemSource,
    options: PlanOptions | None = None,
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    explained: bool = True,
    at: datetime | None = None,
    in_order: bool = True,
    compared: bool = True,
    checked: bool = True,
    first: bool = False,
    on_proof: Callable[[Sequence[Proof]], None] = lambda _: None,
) -> PlanResult:
    """Split the lines of every campaign over the dialers.

    Parameters
    ----------
    problem : what is planned, or the path of its folder or workbook
    options : redundancy weight, gap, time limit [s], seed; defaults where None
    on_progress : called with every better plan or bound
    stop : polled; once it says True the best verified plan so far is returned
    explained : also tell what binds, and why each line is there
    compared : and what one more is worth, what limits cost and what would help most: plans made
        again with something changed, for at most the time limit once more
    checked : also have the bound checked by another program; else it is told as not checked
    first : a first answer, while people wait: a good plan soon, whose bound may stay far
    at : the moment from which on it is planned, with a UTC offset; None: now
    in_order : also put the moves from the current lines to the plan in order
    on_proof : called with what the bound rests on: of a relaxed plan also of each sum given up

    Returns
    -------
    PlanResult with status, verified plan, proven bound, gap, figures.

    Raises
    ------
    InputError
        With every fault of what lies at a path; or if numbers are so large that their planning
        tables would exhaust memory.
    PlanFault
        If a plan of ours breaks a limit: a fault in the planner.
    """
    from planner.evaluation.abandon_levels import abandon_rates, tightened
    from planner.evaluation.running.cannot_run import runnable_only
    from planner.optimize.infeasible.needed import needed_to_keep_all
    from planner.projection.figures.abandon_days import with_abandon_days
    from planner.projection.hours.finish import with_attempts_needed

    problem = as_problem(problem)
    require(instance("options", options, PlanOptions), moment("at", at))
    options = options or PlanOptions()
    _require_sound_extent(problem)
    at = at or datetime.now(UTC)
    if options.abandon_level < 1:
        loosest = _with_every_call(problem, options, on_progress, stop, at)
        if loosest.plan is None:
            return loosest
        problem = tightened(problem, abandon_rates(loosest), options.abandon_level)
    mean_day, left_out = runnable_only(with_attempts_needed(problem, at), at)
    given = with_abandon_days(mean_day, options.abandon_days)
    clock = Clock()
    found = find_plan(given, options, clock, on_progress, stop, first)
    if found.outcome.plan is None:
        none = without_plan(given, options, found, clock, stop)
        none = with_checked_bound(given, none, found, on_proof) if checked else none
        if explained and none.nearest is not None and not stop():
            needed = needed_to_keep_all(given, options, stop)
            nearest = none.nearest.model_copy(update=needed.told())
            none = none.model_copy(update={"nearest": nearest})
        return none.model_copy(update={"left_out": left_out, "at": at})
    _require_limits_kept(given, options, found)
    result = with_plan_found(problem, options, found.outcome, clock)
    told = {"left_out": left_out, "at": at} | what_is_given_up(given, options, found)
    result = result.model_copy(update=told | beside_lines(given, result, at))
    result = with_checked_bound(given, result, found, on_proof) if checked else result
    if options.figures is PlanFigures.AUTO:
        result = beside_simulation(mean_day, result, stop)
        if result.limits_broken:

            def search(tight: Problem, asked: PlanOptions) -> PlanResult | None:
                return searched_again(problem, tight, mean_day, asked, result, found, clock, stop)

            result = mended(given, result, search, stop)
    result = _with_days_kept(mean_day, given, result, clock, stop)
    if in_order and problem.assignments:  # who cannot run has ports until its lines are taken off
        result = with_moves(problem, result, at)
    if not explained:
        return result
    from planner.pipeline.explained import with_reasons

    return with_reasons(
        given, result, clock, stop, on_progress, compared=compared, outcome=found.outcome
    )


def compare(
    problem: ProblemSource,
    result: PlanResult,
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> PlanResult:
    """A plan's result with what one more is worth, what limits cost and what would help most.

    Parameters
    ----------
    problem : what was planned, or the path of its folder or workbook
    result : of :func:`plan`, with a plan
    on_progress : called with how many changes were tried
    stop : polled; what was not reached has no figure
    """
    from planner.evaluation.running.cannot_run import runnable_only
    from planner.pipeline.explained import with_reasons
    from planner.projection.figures.abandon_days import with_abandon_days
    from planner.projection.hours.finish import with_attempts_needed

    at = result.at or datetime.now(UTC)
    mean_day, _ = runnable_only(with_attempts_needed(as_problem(problem), at), at)
    given = with_abandon_days(mean_day, result.options.abandon_days)
    return with_reasons(given, result, Clock(), stop, on_progress)


def _with_every_call(
    problem: Problem,
    options: PlanOptions,
    on_progress: Callable[[Progress], None],
    stop: Callable[[], bool],
    at: datetime,
) -> PlanResult:
    """The plan of abandonment level 1, whose abandoned calls another level takes a share of."""
    update = {"abandon_level": 1.0, "figures": PlanFigures.FORMULAS}
    found = plan(
        problem,
        options.model_copy(update=update),
        on_progress=on_progress,
        stop=stop,
        explained=False,
        at=at,
        in_order=False,
    )
    return found.model_copy(update={"options": options})


def _with_days_kept(
    mean_day: Problem, given: Problem, result: PlanResult, clock: Clock, stop: Callable[[], bool]
) -> PlanResult:
    """The result with the share of days on which each abandonment limit holds, and what that costs.

    Parameters
    ----------
    mean_day : with limits of the mean day
    given : the same with limits of the days that were asked for
    clock : a plan for the mean day may take as long again
    """
    from planner.projection.figures.abandon_days import abandon_days

    assert result.plan is not None
    asked = result.options.abandon_days
    found = tuple(abandon_days(mean_day, result.plan, asked))
    result = result.model_copy(update={"abandon_days": found})
    if given == mean_day or result.value is None or result.bound_per_hour is None or stop():
        return result
    seconds = min(result.options.time_limit, max(clock.seconds, SHORTEST_ROUND))
    options = result.options.model_copy(update={"abandon_days": None, "time_limit": seconds})
    freely = find_plan(mean_day, options, Clock(), lambda _: None, stop).outcome
    if freely.value is None:
        return result
    value, bound = result.value.value_per_hour, result.bound_per_hour
    # The plan that was found holds the limits of the mean day as well, or nearly always does.
    most = max(freely.bound if freely.bound is not None else freely.value, freely.value, value)
    return result.model_copy(
        update={
            "abandon_days_cost_low": max(freely.value - bound, 0.0),
            "abandon_days_cost_high": max(most - value, 0.0),
        }
    )


def _require_limits_kept(given: Problem, options: PlanOptions, found: Found) -> None:
    """Refuse a plan of ours that breaks a limit, but for what it gives up."""
    from planner.contracts.faults import PlanFault
    from planner.evaluation.limits.check import REQUIREMENT_RULES, check

    assert found.outcome.plan is not None
    breaches = check(given, found.outcome.plan, failures=options.failures)
    broken = [b.message for b in breaches if not (found.gives_up and b.rule in REQUIREMENT_RULES)]
    if broken:
        raise PlanFault("; ".join(broken))


def _require_sound_extent(problem: Problem) -> None:
    """Refuse a problem whose tables would exhaust memory; files were refused when read."""
    from planner.contracts.faults import Fault, InputError
    from planner.contracts.table_size import extent_faults

    faults = [
        Fault(
            f"Campaign {problem.campaigns[place].campaign_id}", None, "agent_lines", value, wanted
        )
        for place, value, wanted in extent_faults(problem)
    ]
    if faults:
        raise InputError(faults)


def project(
    problem: ProblemSource,
    *,
    at: datetime | None = None,
    hours: float = 8.0,
    engine: str = "auto",
    replications: int | None = None,
    seed: int = 0,
    on_progress: Callable[[float, str], None] = lambda *_: None,
) -> Projection:
    """What the problem's assignments will do from a moment on.

    Parameters
    ----------
    problem : whose assignments are projected, from their live state where it is known; or the path
        of its folder or workbook
    at : with a UTC offset, of the years 1970 to 2199; None: now
    hours : horizon, above 0 and at most 744 (31 days) [h]
    engine : ``auto``: exact where its assumptions hold, else simulated; ``markov``: the exact
        formulas whatever they assume, at once; ``simulate``
    replications : simulated runs of each kind, at least 1; None: as many as the figures need
    seed : of the simulation, at least 0; the same seed gives the same projection
    on_progress : told the share of the work done, and what is being done

    Returns
    -------
    Projection.

    Raises
    ------
    InputError
        If an argument is out of range, or there are so many lines that the projection would not
        end in reasonable time.
    """
    from planner.projection.effort import Effort, EngineChoice
    from planner.projection.project import project_assignments

    problem = as_problem(problem)
    runs = 1 if replications is None else replications
    longest = f"a number above 0, at most {MAX_HOURS} ({MAX_HOURS // 24} days)"
    require(
        moment("at", at),
        real_number("hours", hours, TINY, MAX_HOURS, longest),
        one_of("engine", engine, EngineChoice),
        whole_number("replications", runs, 1, MAX_REPLICATIONS),
        whole_number("seed", seed, 0, MAX_SEED),
    )
    at = at or datetime.now(UTC)
    if engine != EngineChoice.MARKOV:  # which answers at once, while lines are edited
        _require_short_projection(problem, hours)
    effort = Effort(EngineChoice(engine), replications, seed, on_share=on_progress)
    return project_assignments(problem, at, hours, effort)


def _require_short_projection(problem: Problem, hours: float) -> None:
    """Refuse lines whose chains are too long to be marched over the horizon."""
    from planner.contracts.faults import Fault, InputError
    from planner.contracts.table_size import projection_faults

    faults = [
        Fault(f"assignments, {place}", None, "agent_lines", value, wanted)
        for place, value, wanted in projection_faults(problem, hours)
    ]
    if faults:
        raise InputError(faults)


def simulate(
    problem: ProblemSource,
    *,
    at: datetime | None = None,
    hours: float = 8.0,
    replications: int | None = None,
    seed: int = 0,
    on_progress: Callable[[float, str], None] = lambda *_: None,
) -> Projection:
    """Simulate the problem's assignments call by call, also where exact formulas hold.

    Parameters
    ----------
    problem, at, hours, replications, seed, on_progress : as in :func:`project`

    Returns
    -------
    Projection whose figures are all simulated, each with its 95 % interval.

    Raises
    ------
    InputError
        If an argument is out of range.
    """
    return project(
        problem,
        at=at,
        hours=hours,
        engine="simulate",
        replications=replications,
        seed=seed,
        on_progress=on_progress,
    )


def reasons(problem: Problem, line_plan: LinePlan) -> Explanation:
    """What binds, why each line is there and what nobody can use, of any lines.

    Parameters
    ----------
    problem : its limits; the lines need not hold them
    line_plan : the lines
    """
    from planner.evaluation.reasons import explain

    return explain(problem, line_plan, PlanOptions())
