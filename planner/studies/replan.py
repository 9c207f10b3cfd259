"""A world optimised anew, with few moves: the plan asked for, else the nearest one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from planner.contracts.comparison import Replanned, Unasked
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanFigures, PlanOptions, PlanResult, PlanStatus
from planner.projection.effort import EngineChoice

#: A requirement costs much where the plan without it is worth so much more.
MUCH = 0.05
#: Share of the time limit for the plan without a requirement; its gap.
SHARE_OF_TIME, ROUGH_GAP = 0.3, 0.005
#: Requirements that may hold lines back on the dialers that are left, with what asks for nothing.
COSTLY = {"survivable_share": 0.0, "min_dialers": 1}


def replanned(
    problem: Problem,
    options: PlanOptions,
    move_cost: float,
    stop: Callable[[], bool] = lambda: False,
    *,
    before: Problem | None = None,
    first: bool = False,
) -> Replanned:
    """Optimise a world anew, with few moves.

    Parameters
    ----------
    problem : the world with its current lines
    move_cost : what each line that a dialer gets in addition must gain [value/h]
    before : the world before anything changed, with its lines; None: not told
    first : a first answer, while people wait for it: one search, whose bound nobody checks, figures
        by formula, and nothing beside: neither what would be needed to keep everything, nor the way
        back, nor a plan without a requirement that costs much
    """
    from planner.evaluation.running.runnable import runnable_problem

    running = runnable_problem(problem)
    best = _best(running, options, move_cost, stop, first=first)
    if best.plan is None or best.value is None:
        return Replanned(
            status=best.status,
            bound_per_hour=best.bound_per_hour,
            left_out=best.left_out,
            conflicts=best.conflicts,
            stopped_early=best.stopped_early,
        )
    aim = None if before is None else _table_aim(before, options)
    lost = aim is not None and aim > _table_aim(problem, options)
    engine = EngineChoice.MARKOV if first else EngineChoice.AUTO
    found = _with_outcome(problem, best, options, engine, gains_first=lost)
    found = found.model_copy(update={"value_before_failure": aim})
    if first:
        return found
    found = found.model_copy(update=_needed(running, best, options, stop))
    if before is not None and not stop():
        found = found.model_copy(update=_back(before, problem, best.plan, options))
    return found.model_copy(update={"unasked": tuple(_unasked(running, best, options, stop))})


def _back(
    before: Problem, problem: Problem, plan: LinePlan, options: PlanOptions
) -> dict[str, object]:
    """The moves back to the lines before, for when the dialers that were lost are there again."""
    from planner.evaluation.moves.ordered import ordered_moves

    out = {d.dialer_id for d in problem.dialers if not d.in_service}
    if not any(d.in_service and d.dialer_id in out for d in before.dialers):
        return {}
    lines = LinePlan(assignments=before.assignments)
    known = {c.campaign_id for c in before.campaigns}
    now = [item for item in plan.assignments if item.campaign_id in known]
    found = ordered_moves(before, now, lines, options, gains_first=True)
    return {"moves_back": found.moves, "value_before_moves_back": found.value_before}


def _needed(
    running: Problem, best: PlanResult, options: PlanOptions, stop: Callable[[], bool]
) -> dict[str, object]:
    """Ways to keep everything, where something is given up."""
    from planner.evaluation.running.cannot_run import runnable_only
    from planner.optimize.infeasible.needed import needed_to_keep_all

    if not best.given_up or stop():
        return {}
    given, _ = runnable_only(running, best.at or datetime.now(UTC))
    return needed_to_keep_all(given, options, stop).told()


def _best(
    running: Problem,
    options: PlanOptions,
    move_cost: float,
    stop: Callable[[], bool],
    *,
    first: bool,
) -> PlanResult:
    """The best plan less the price of its moves; a price never is what a requirement fails for.

    A search that counts moves may end without a plan, or with more given up, where one that does
    not count them finds a better one.
    """
    from planner.pipeline.pipeline import plan

    priced = options.model_copy(update={"move_cost": move_cost, "relax": True})
    best = plan(
        running, priced, stop=stop, explained=False, in_order=False, checked=not first, first=first
    )
    if first and best.plan is not None:
        return best
    short = best.plan is None or _given_up_unproven(best)
    if not short or move_cost == 0 or stop():
        return best
    free = priced.model_copy(update={"move_cost": 0.0})
    other = plan(running, free, stop=stop, explained=False, in_order=False)
    if other.plan is None or (best.plan is not None and _shortfall(other) >= _shortfall(best)):
        return best
    return _priced(running, other, priced)


def _given_up_unproven(result: PlanResult) -> bool:
    """Whether fewer requirements might be given up."""
    return bool(result.given_up) and any(item.proven_least == 0 for item in result.given_up)


def _shortfall(result: PlanResult) -> tuple[tuple[int, float], ...]:
    """Shares of what was asked for that are missing, by priority, the lowest number first."""
    missing: dict[int, float] = {}
    for item in result.given_up:
        part = max(item.asked - item.got, 0.0) / item.asked if item.asked > 0 else 1.0
        missing[item.priority] = missing.get(item.priority, 0.0) + part
    return tuple((-rank, round(missing[rank], 9)) for rank in sorted(missing))


def _priced(running: Problem, result: PlanResult, options: PlanOptions) -> PlanResult:
    """A plan that was sought without a price of moves, with the price of its own.

    Its bound without a price is one with a price as well.
    """
    from planner.contracts.result import relative_gap
    from planner.evaluation.arrays import evaluate

    assert result.plan is not None
    value = evaluate(
        running,
        result.plan,
        options.redundancy,
        failures=options.failures,
        move_cost=options.move_cost,
    ).value
    bound = max(result.bound_per_hour or value.value_per_hour, value.value_per_hour)
    status = result.status
    gap = relative_gap(value.value_per_hour, bound)
    if status is PlanStatus.OPTIMAL and gap > options.gap:
        status = PlanStatus.FEASIBLE
    return result.model_copy(
        update={"value": value, "bound_per_hour": bound, "gap": gap, "status": status}
    )


def _with_outcome(
    problem: Problem,
    best: PlanResult,
    options: PlanOptions,
    engine: EngineChoice,
    *,
    gains_first: bool,
) -> Replanned:
    """The outcome and the moves; where something was lost, what brings back most comes first."""
    from planner.evaluation.differences import lines_moved
    from planner.evaluation.moves.ordered import ordered_moves
    from planner.studies.outcome import outcome

    assert best.plan is not None
    assert best.value is not None
    moves = ordered_moves(problem, problem.assignments, best.plan, options, gains_first=gains_first)
    working = {d.dialer_id for d in problem.dialers if d.in_service}
    current = [a for a in problem.assignments if a.dialer_id in working]
    moved = lines_moved(current, best.plan.assignments)
    return Replanned(
        status=best.status,
        outcome=outcome(
            problem,
            best.plan,
            options,
            moved=moved,
            engine=engine,
            given_up=best.given_up,
        ),
        move_cost_per_hour=best.value.move_cost_per_hour,
        bound_per_hour=best.bound_per_hour,
        gap=best.gap,
        moves=moves.moves,
        value_before_moves=moves.value_before,
        given_up=best.given_up,
        needed_search=best.needed_search,
        left_out=best.left_out,
        limits_broken=best.limits_broken,
        stopped_early=best.stopped_early,
    )


def _table_aim(problem: Problem, options: PlanOptions) -> float:
    """The aim of a problem's lines that can run, by the planning tables [value/h]."""
    from planner.evaluation.arrays import evaluate
    from planner.evaluation.running.runnable import runnable_lines

    lines = runnable_lines(problem).plan
    found = evaluate(problem, lines, options.redundancy, failures=options.failures)
    return found.value.value_per_hour


def _unasked(
    running: Problem, best: PlanResult, options: PlanOptions, stop: Callable[[], bool]
) -> Iterator[Unasked]:
    """Plans without a requirement that is kept and costs much."""
    from planner.pipeline.pipeline import plan

    assert best.value is not None
    rough = options.model_copy(
        update={
            "relax": True,
            "move_cost": 0.0,
            "figures": PlanFigures.FORMULAS,
            "gap": max(options.gap, ROUGH_GAP),
            "time_limit": max(SHARE_OF_TIME * options.time_limit, 1.0),
        }
    )
    kept = best.value.value_per_hour + best.value.move_cost_per_hour
    for requirement, nothing in COSTLY.items():
        names = _keep(running, best, requirement, nothing)
        if not names or stop():
            continue
        other = plan(
            _without(running, names, requirement, nothing),
            rough,
            stop=stop,
            explained=False,
            in_order=False,
        )
        if other.plan is None or other.value is None:
            continue
        if other.value.value_per_hour > kept + MUCH * abs(kept):
            yield Unasked(
                requirement=requirement,
                campaigns=names,
                value_per_hour=other.value.value_per_hour,
                lines=other.plan.assignments,
            )


def _keep(running: Problem, best: PlanResult, requirement: str, nothing: float) -> tuple[str, ...]:
    """Campaigns that ask for it and get it."""
    lost = {item.campaign_id for item in best.given_up if item.requirement == requirement}
    return tuple(
        c.campaign_id
        for c in running.campaigns
        if getattr(c, requirement) > nothing and c.campaign_id not in lost
    )


def _without(running: Problem, names: Sequence[str], requirement: str, nothing: float) -> Problem:
    campaigns = tuple(
        c.model_copy(update={requirement: nothing}) if c.campaign_id in names else c
        for c in running.campaigns
    )
    return running.model_copy(update={"campaigns": campaigns})
