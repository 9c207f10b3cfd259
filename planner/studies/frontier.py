"""Throughput against what survives a failure against abandoned calls: plans worth choosing from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from planner.contracts.answers import Conflict, LeftOut
from planner.contracts.arguments import instance, require, whole_number
from planner.contracts.limits import MAX_LEVELS, MAX_POINTS
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Contract, LineAssignment, Problem
from planner.contracts.result import (
    PlanFigures,
    PlanOptions,
    PlanResult,
    PlanStatus,
    relative_gap,
)
from planner.contracts.values.told import share_set
from planner.evaluation.abandon_levels import abandon_rates, tightened
from planner.evaluation.notes import counted_calls
from planner.evaluation.running.cannot_run import runnable_only
from planner.tables.folder import ProblemSource, as_problem

#: Figures that agree in so many digits are the same.
_DIGITS = 9
#: Less than this share of a value, and less than this of an abandon rate, is rounding: tables show
#: four digits of the one and hundredths of a per cent of the other.
SAME_VALUE, SAME_RATE = 0.0005, 0.0001


class FrontierPoint(Contract):
    """A plan that no other plan seen beats in every respect.

    ``redundancy`` and ``abandon_level`` are the options of the search that found it: a plan made
    with them has these lines. ``gap`` is proven: by the objective with that weight, among plans
    that abandon no more than that level allows, no plan is better by more than this share.
    """

    number: int
    throughput_value_per_hour: float
    surviving_value_per_hour: float
    worst_failure_domain: str | None
    abandon_rate: float  # abandoned calls per live-answered call of live-transfer campaigns
    transfers_per_hour: float | None
    messages_per_hour: float | None
    abandons_per_hour: float | None
    redundancy: float
    abandon_level: float
    value_per_hour: float  # the objective with that weight
    bound_per_hour: float
    gap: float
    lines: tuple[LineAssignment, ...]


class CurrentLines(Contract):
    """The lines as they are, by the figures of :class:`FrontierPoint`; ``breaches`` in words."""

    throughput_value_per_hour: float
    surviving_value_per_hour: float
    worst_failure_domain: str | None
    abandon_rate: float
    breaches: tuple[str, ...] = ()


class Sweep(Contract):
    """One search of the sweep: its weight and level, how it ended, and its proven bound.

    ``why`` tells, of a search that gave no plan, what cannot hold together; blank where unknown.
    """

    redundancy: float
    abandon_level: float
    status: PlanStatus
    bound_per_hour: float | None
    why: tuple[str, ...] = ()


class Frontier(Contract):
    """Non-dominated plans, most throughput first, and the searches that found them.

    ``counted_calls`` is ``transfer`` or ``message`` where the value is their number, else blank.

    Without any point ``conflicts`` tells why where the problem is infeasible.
    """

    options: PlanOptions
    points: tuple[FrontierPoint, ...]
    sweep: tuple[Sweep, ...]
    conflicts: tuple[Conflict, ...] = ()
    stopped_early: bool = False
    current: CurrentLines | None = None  # None where there are no lines
    counted_calls: str = ""
    left_out: tuple[LeftOut, ...] = ()  # campaigns that cannot run


def frontier(
    problem: ProblemSource,
    options: PlanOptions | None = None,
    *,
    points: int = 11,
    levels: int = 3,
    on_progress: Callable[[float, str], None] = lambda *_: None,
    stop: Callable[[], bool] = lambda: False,
) -> Frontier:
    """Plan from pure throughput to pure redundancy, and with ever fewer abandoned calls.

    Each weight of the surviving value, evenly from 0 to 1, is planned with the limits of the
    problem, which is abandonment level 1; then with the abandon rate of every live-transfer
    campaign limited to 1/2, 1/4, ... of what it was at level 1. Each plan tells the options that
    made it: :func:`planner.plan` with them finds the same lines, if its search ends before the
    time limit does.

    Parameters
    ----------
    problem : what is planned, or the path of its folder or workbook
    options : failures at once, gap, time limit of each plan [s] and seed; the redundancy weight is
        swept, moves cost nothing
    points : weights, from 2 to 201
    levels : abandonment levels, from 1 (as in the problem) to 10
    on_progress : told the share of the searches done, and which comes next
    stop : polled; once it says True the frontier of the plans found so far is returned

    Returns
    -------
    Frontier. No point is dominated by any plan seen: none has more throughput, more surviving
    value and a lower abandon rate, or two of these and the third the same, or worse by no more than
    rounding. Each is verified against every limit of the problem.

    Raises
    ------
    InputError
        If points or levels are out of range.
    """
    problem, left_out = runnable_only(as_problem(problem))
    require(
        instance("options", options, PlanOptions),
        whole_number("points", points, 2, MAX_POINTS),
        whole_number("levels", levels, 1, MAX_LEVELS),
    )
    options = (options or PlanOptions()).model_copy(update={"move_cost": 0.0})
    searches: list[_Search] = []
    loosest: dict[float, Mapping[str, float]] = {}
    stopped = False
    grid = list(product([0.5**k for k in range(levels)], [i / (points - 1) for i in range(points)]))
    for number, (level, weight) in enumerate(grid):
        stopped = stop()
        if stopped:
            break
        if level < 1 and not loosest.get(weight):
            continue  # nobody is abandoned, or there is no plan: nothing to tighten
        on_progress(number / len(grid), _phase(weight, level))
        given = tightened(problem, loosest[weight], level) if level < 1 else problem
        search = _search(given, options, weight, level, stop)
        searches.append(search)
        if search.result.status is PlanStatus.INFEASIBLE and level == 1:
            break  # no weight changes that
        if level == 1:
            loosest[weight] = abandon_rates(search.result)
    found = [(s.result.plan, s) for s in searches if s.result.plan is not None]
    candidates = [_point(problem, line_plan, by) for line_plan, by in found]
    kept = non_dominated(candidates)
    return Frontier(
        options=options,
        points=tuple(p.model_copy(update={"number": n}) for n, p in enumerate(kept, start=1)),
        sweep=tuple(s.summary for s in searches),
        conflicts=next((s.result.conflicts for s in searches if s.result.conflicts), ()),
        stopped_early=stopped or any(s.result.stopped_early for s in searches),
        current=current_lines(problem, options.failures),
        counted_calls=counted_calls(problem),
        left_out=left_out,
    )


def current_lines(problem: Problem, failures: int = 1) -> CurrentLines | None:
    """The problem's own lines by the planning tables, beside the plans to choose from.

    Those of campaigns that cannot run count for nothing.
    """
    from planner.evaluation.arrays import evaluate
    from planner.evaluation.limits.check import check

    problem = runnable_only(problem)[0]
    line_plan = LinePlan(assignments=problem.assignments)
    if not line_plan.assignments:
        return None
    value = evaluate(problem, line_plan, 0.0, failures).value
    return CurrentLines(
        throughput_value_per_hour=value.throughput_value_per_hour,
        surviving_value_per_hour=value.surviving_value_per_hour,
        worst_failure_domain=value.worst_failure_domain,
        abandon_rate=_fleet_abandon_rate(problem, line_plan),
        breaches=tuple(breach.message for breach in check(problem, line_plan, failures=failures)),
    )


def _phase(weight: float, level: float) -> str:
    """What is searched for: ``weight 25 % on surviving, at most 50 % of the abandoned calls``."""
    calls = "" if level == 1 else f", at most {share_set(level)} of the abandoned calls"
    return f"weight {share_set(weight)} on surviving{calls}"


@dataclass(frozen=True)
class _Search:
    """One planning run."""

    weight: float
    level: float
    result: PlanResult

    @property
    def summary(self) -> Sweep:
        return Sweep(
            redundancy=self.weight,
            abandon_level=self.level,
            status=self.result.status,
            bound_per_hour=self.result.bound_per_hour,
            why=next((c.requirements for c in self.result.conflicts), ()),
        )


def _search(
    problem: Problem,
    options: PlanOptions,
    weight: float,
    level: float,
    stop: Callable[[], bool],
) -> _Search:
    from planner.pipeline.pipeline import plan

    # The simulation beside a plan changes no line of it, and the points tell none of its figures.
    weighted = options.model_copy(
        update={"redundancy": weight, "abandon_level": 1.0, "figures": PlanFigures.FORMULAS}
    )
    return _Search(
        weight, level, plan(problem, weighted, stop=stop, explained=False, in_order=False)
    )


def _point(problem: Problem, line_plan: LinePlan, by: _Search) -> FrontierPoint:
    """A plan's figures by the tables it was made with, and what its own search proves."""
    from planner.contracts.faults import PlanFault
    from planner.evaluation.arrays import evaluate
    from planner.evaluation.limits.check import check

    failures = by.result.options.failures
    breaches = check(problem, line_plan, failures)
    if breaches:
        raise PlanFault("; ".join(breach.message for breach in breaches))
    found = evaluate(problem, line_plan, by.weight, failures)
    value = found.value.value_per_hour
    bound = max(by.result.bound_per_hour or value, value)
    totals = {
        rate: _total(getattr(c, rate) for c in found.campaigns)
        for rate in ("transfers_per_hour", "messages_per_hour", "abandons_per_hour")
    }
    return FrontierPoint(
        number=0,
        throughput_value_per_hour=found.value.throughput_value_per_hour,
        surviving_value_per_hour=found.value.surviving_value_per_hour,
        worst_failure_domain=found.value.worst_failure_domain,
        abandon_rate=_fleet_abandon_rate(problem, line_plan),
        redundancy=by.weight,
        abandon_level=by.level,
        value_per_hour=value,
        bound_per_hour=bound,
        gap=relative_gap(value, bound),
        lines=line_plan.assignments,
        **totals,
    )


def options_to_plan(options: PlanOptions, point: FrontierPoint) -> PlanOptions:
    """The options with which :func:`planner.plan` finds the lines of a point."""
    update = {"redundancy": point.redundancy, "abandon_level": point.abandon_level}
    return options.model_copy(update=update)


def _typed(value: float) -> str:
    """A number as people type it: ``1``, not ``1.0``."""
    return repr(int(value) if value == int(value) else value)


def told_options(options: PlanOptions, point: FrontierPoint) -> str:
    """The options of ``planner plan`` that find the lines of a point, but for those of default.

    ``--redundancy 0.25 --abandon-level 0.5``
    """
    told = options_to_plan(options, point)
    names = ("redundancy", "abandon_level", "failures", "gap", "time_limit", "seed")
    usual = PlanOptions()
    parts = [
        f"--{name.replace('_', '-')} {_typed(getattr(told, name))}"
        for name in names
        if getattr(told, name) != getattr(usual, name)
    ]
    return " ".join(parts)


def _fleet_abandon_rate(problem: Problem, line_plan: LinePlan) -> float:
    """Abandoned calls per live-answered call over all live-transfer campaigns; 0 without calls."""
    from planner.evaluation.arrays import PlanArrays

    live = [c.is_live_transfer for c in problem.campaigns]
    found = PlanArrays(problem, line_plan).rates
    answered = float(found.live_answered[live].sum())
    return float(found.abandoned[live].sum()) / answered if answered > 0 else 0.0


def _total(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def non_dominated(points: Iterable[FrontierPoint]) -> list[FrontierPoint]:
    """The points that no other beats in every respect but for rounding, most throughput first.

    Of points with the same figures the one with the smallest gap is kept.
    """
    by_figures: dict[tuple[float, ...], FrontierPoint] = {}
    for point in points:
        known = by_figures.get(_figures(point))
        if known is None or point.gap < known.gap:
            by_figures[_figures(point)] = point
    exact = [mine for mine in by_figures if not any(_beats(other, mine) for other in by_figures)]
    kept = sorted(exact, reverse=True)
    for mine in sorted(exact):
        # Of those still kept, lest three points drop each other in a circle.
        if any(_beats_but_for_rounding(other, mine) for other in kept):
            kept.remove(mine)
    return [by_figures[figures] for figures in kept]


def _figures(point: FrontierPoint) -> tuple[float, float, float]:
    """What is better the larger it is, without the rounding of sums."""
    figures = (
        point.throughput_value_per_hour,
        point.surviving_value_per_hour,
        -point.abandon_rate,
    )
    value, survives, rate = (float(f"{figure:.{_DIGITS}g}") for figure in figures)
    return value, survives, rate


def _beats(other: tuple[float, ...], mine: tuple[float, ...]) -> bool:
    return other != mine and all(a >= b for a, b in zip(other, mine, strict=True))


def _beats_but_for_rounding(other: tuple[float, ...], mine: tuple[float, ...]) -> bool:
    """Whether another is better in something, and worse in nothing by more than rounding."""
    hairs = (SAME_VALUE * abs(mine[0]), SAME_VALUE * abs(mine[1]), SAME_RATE)
    pairs = list(zip(other, mine, hairs, strict=True))
    return all(a >= b - hair for a, b, hair in pairs) and any(a > b + hair for a, b, hair in pairs)
