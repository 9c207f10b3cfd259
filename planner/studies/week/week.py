"""Plans a week: every time in which other campaigns run, or with other figures, gets its lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from planner.contracts.arguments import instance, real_number, require
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Contract, Problem
from planner.contracts.result import PlanOptions, PlanResult, PlanStatus, Progress, relative_gap
from planner.projection.hours.finish import with_attempts_needed
from planner.studies.week.lists import ListNeed, WeekList, list_needs, told_list
from planner.studies.week.spans import (
    Idle,
    RunningSet,
    Span,
    coming_monday,
    spans,
    week_of,
    week_spell,
)
from planner.tables.folder import ProblemSource, as_problem

if TYPE_CHECKING:
    from planner.studies.week.week_planner import Lines, WeekPlanner

#: Share of the value of a week that is left for few moves, unless a price of them is asked for.
USUAL_SHARE = 0.995
#: The first price of a moved line that is tried for that, as a share of what a line earns.
FIRST_PRICE = 0.2


class IntervalPlan(Contract):
    """One time of the week, and which of the plans holds in it.

    ``plan`` is a place in the week's plans, None where no campaign can run. ``lines_moved`` are
    dial and agent lines taken from where a campaign had them in the interval before, of campaigns
    that go on; ``lines_added`` those that campaigns get where they had none. None where there is
    no plan, or nothing to compare with.
    """

    interval: int
    start: datetime
    end: datetime
    hours: float
    plan: int | None
    running: tuple[str, ...]
    idle: tuple[Idle, ...]
    dialers_out: tuple[str, ...]
    lines_moved: int | None = None
    lines_added: int | None = None
    #: No plan of the week is worth more in an hour of it, where its list is asked for attempts that
    #: other hours might make instead; None: as its plan has it.
    bound_per_hour: float | None = None


class WeekTotals(Contract):
    """What the plans of a week come to; values are sums over hours, not rates.

    ``value``, ``bound`` and ``gap`` concern the aim (value, or with redundancy its blend), over the
    hours that have a plan; what moves cost is not in them.
    """

    hours_planned: float
    hours_idle: float
    hours_without_plan: float
    hours_relaxed: float  # of those planned, in which something is given up
    value: float
    throughput_value: float
    surviving_value: float
    bound: float
    gap: float
    lines_moved: int
    lines_added: int


class WeekPlan(Contract):
    """The plans of a week, each once, and the intervals in which they hold, in time order.

    ``problems`` holds beside each plan what it was made for: who runs, with the figures of then,
    and the lines before. Moments are in UTC; ``timezone`` is where the week begins on Monday.
    """

    monday: date
    timezone: str
    options: PlanOptions
    intervals: tuple[IntervalPlan, ...]
    plans: tuple[PlanResult, ...]
    problems: tuple[Problem, ...]
    #: Aim and lines moved of the best plan of each time for itself; None without a price of moves.
    value_if_lines_move: float | None = None
    lines_moved_if_they_move: int | None = None
    #: Lists that are to be done in time, over the hours of the week together.
    lists: tuple[WeekList, ...] = ()

    @property
    def status(self) -> PlanStatus:
        """The worst of the plans' statuses; optimal where nothing was to be planned."""
        found = {result.status for result in self.plans}
        order = (
            PlanStatus.INFEASIBLE,
            PlanStatus.NO_PLAN,
            PlanStatus.RELAXED,
            PlanStatus.FEASIBLE,
        )
        return next((status for status in order if status in found), PlanStatus.OPTIMAL)

    def result_of(self, interval: IntervalPlan) -> PlanResult | None:
        """The outcome that holds in an interval; None where nobody can run."""
        return None if interval.plan is None else self.plans[interval.plan]

    def bound_of(self, interval: IntervalPlan) -> float | None:
        """What no plan of an interval is worth more than an hour; None where nothing is proven."""
        result = self.result_of(interval)
        own = None if result is None else result.bound_per_hour
        return own if interval.bound_per_hour is None else interval.bound_per_hour

    def totals(self) -> WeekTotals:
        """Sums over the week, weighted by hours."""
        sums = dict.fromkeys(("value", "throughput_value", "surviving_value", "bound"), 0.0)
        hours = {"planned": 0.0, "idle": 0.0, "without_plan": 0.0, "relaxed": 0.0}
        for interval in self.intervals:
            result = self.result_of(interval)
            if result is None:
                hours["idle"] += interval.hours
            elif result.value is None:
                hours["without_plan"] += interval.hours
            else:
                hours["planned"] += interval.hours
                hours["relaxed"] += interval.hours * (result.status is PlanStatus.RELAXED)
                value = result.value
                sums["value"] += interval.hours * value.value_per_hour
                sums["throughput_value"] += interval.hours * value.throughput_value_per_hour
                sums["surviving_value"] += interval.hours * value.surviving_value_per_hour
                sums["bound"] += interval.hours * (self.bound_of(interval) or 0.0)
        return WeekTotals(
            **sums,
            **{f"hours_{name}": count for name, count in hours.items()},
            gap=relative_gap(sums["value"], sums["bound"]),
            lines_moved=sum(i.lines_moved or 0 for i in self.intervals),
            lines_added=sum(i.lines_added or 0 for i in self.intervals),
        )


def line_worth(problem: Problem) -> float:
    """What a line earns in an hour, on average; of a fleet without lines the mean value of a call.

    It gives the price of moved lines a scale, no more.
    """
    from planner.evaluation.arrays import evaluate

    lines = sum(a.dial_lines + a.agent_lines for a in problem.assignments)
    if lines:
        plan = LinePlan(assignments=problem.assignments)
        return evaluate(problem, plan, 0.0).value.throughput_value_per_hour / lines
    return sum(c.value for c in problem.campaigns) / max(len(problem.campaigns), 1)


def plan_week(
    problem: ProblemSource,
    options: PlanOptions | None = None,
    *,
    week: date | None = None,
    least_share: float = 0.0,
    on_progress: Callable[[int, int, Progress], None] = lambda *_: None,
    stop: Callable[[], bool] = lambda: False,
) -> WeekPlan:
    """Plan every interval of a week that differs.

    Times in which the same campaigns run with the same figures on the same dialers are searched
    once. With a ``move_cost`` lines are then kept from time to time, over the whole week at once,
    where moving them gains less than that for each hour (:func:`keep_lines`), or with
    ``least_share`` as few are moved as leave so much of the value; the bound of each
    plan is that of its search, which counts no moves. Campaigns that cannot run give their ports to
    others. Locked lines stay in every interval in which their campaign runs; with
    ``keep_current`` all lines of the problem do. With ``relax`` every interval in which not
    everything can be had gets the nearest plan.

    Parameters
    ----------
    problem : what is planned, or the path of its folder or workbook; its lines are those before
        the week
    options : of each plan; defaults where None. The time limit is for all plans together: half of
        it for their searches, the rest for checking and simulating them, which are not cut short
    week : any day of it; None: the coming Monday's, or this one on a Monday (UTC)
    least_share : of the value of the week with the best lines of each time that must be left; then
        the price of moves is found (it is in the options of the result), not taken from the options
    on_progress : told the plan's number, how many there are, and how far it is
    stop : polled; once it says True the plan under way ends with its best lines so far, and those
        not yet begun are left out (no plan)

    Returns
    -------
    WeekPlan. An interval without a plan does not stop the others.

    Raises
    ------
    InputError
        If an argument cannot be, or with every fault of what lies at a path.
    PlanFault
        If a plan of ours breaks a limit: a fault in the planner.
    """
    problem = as_problem(problem)
    require(
        instance("options", options, PlanOptions),
        instance("week", week, date),
        real_number("least_share", least_share, 0, 1, "a number from 0 to 1"),
    )
    options = options or PlanOptions()
    if least_share > 0:
        first = FIRST_PRICE * line_worth(problem)
        options = options.model_copy(update={"move_cost": first})
    monday = week_of(week) if week else coming_monday(datetime.now(UTC).date())
    zone = problem.common_zone
    spell = week_spell(monday, zone)
    now = datetime.now(UTC)
    begins = now if spell.start < now < spell.end else spell.start
    problem = with_attempts_needed(problem, begins)
    needs = list_needs(problem, spell, begins)
    from planner.studies.week.week_planner import WeekPlanner

    found = spans(problem, spell)
    planner = WeekPlanner(problem, options, found, on_progress, stop, needs, least_share)
    chosen = planner.lines()
    lines = freely = LinePlan(assignments=problem.assignments).lines()
    intervals, value_freely, moved_freely = [], 0.0, 0
    for number, (span, after) in enumerate(zip(planner.spans, chosen, strict=True), 1):
        place = planner.place(span, after, lines)
        moves = _moves(lines, after, span.running_set) if after else (None, None)
        update = {"bound_per_hour": planner.bound(span)}
        intervals.append(_interval(number, span, place, *moves).model_copy(update=update))
        free = planner.best(span)
        if after is not None and free is not None and free.plan is not None:
            lines = after.lines()
            value_freely += span.hours * (free.value.value_per_hour if free.value else 0.0)
            moved_freely += _moves(freely, free.plan, span.running_set)[0] or 0
            freely = free.plan.lines()
    return WeekPlan(
        monday=monday,
        timezone=zone.key,
        options=planner.options,
        intervals=tuple(intervals),
        plans=tuple(planner.plans),
        problems=tuple(planner.problems),
        value_if_lines_move=value_freely if planner.options.move_cost else None,
        lines_moved_if_they_move=moved_freely if planner.options.move_cost else None,
        lists=tuple(_list(problem, need, planner, chosen, begins) for need in needs),
    )


def _list(
    problem: Problem,
    need: ListNeed,
    planner: WeekPlanner,
    chosen: Sequence[LinePlan | None],
    now: datetime,
) -> WeekList:
    made = [
        (span, planner.attempts(span, lines, need.campaign_id) if lines else 0.0)
        for span, lines in zip(planner.spans, chosen, strict=True)
        if need.campaign_id in {c.campaign_id for c in span.running_set.campaigns}
    ]
    return told_list(problem, need, made, now)


def _moves(
    before: Lines, after: LinePlan, running_set: RunningSet
) -> tuple[int | None, int | None]:
    """Lines taken away and lines added, of the campaigns that run; None without lines before."""
    if not before:
        return None, None
    now = after.lines()
    running = {campaign.campaign_id for campaign in running_set.campaigns}
    taken = added = 0
    for pair in before.keys() | now.keys():
        if pair[0] not in running:
            continue
        for old, new in zip(before.get(pair, (0, 0)), now.get(pair, (0, 0)), strict=True):
            taken += max(old - new, 0)
            added += max(new - old, 0)
    return taken, added


def _interval(
    number: int, span: Span, place: int | None, moved: int | None, added: int | None
) -> IntervalPlan:
    return IntervalPlan(
        interval=number,
        start=span.spell.start,
        end=span.spell.end,
        hours=span.hours,
        plan=place,
        running=tuple(campaign.campaign_id for campaign in span.running_set.campaigns),
        idle=span.idle,
        dialers_out=tuple(d.dialer_id for d in span.running_set.dialers if not d.in_service),
        lines_moved=moved,
        lines_added=added,
    )
