"""Searches the plans of a week, keeps lines from time to time, and tells each plan once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import numpy as np

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import PlanFigures, PlanOptions, PlanResult, PlanStatus, Progress
from planner.studies.week.kept_lines import keep_lines
from planner.studies.week.lists import ROUNDING, ListNeed, asked_by_time, asking
from planner.studies.week.spans import RunningSet, Span, among_running
from planner.studies.week.times import Follows, Time

#: (dial lines, agent lines) by (campaign id, dialer id).
Lines = Mapping[tuple[str, str], tuple[int, int]]

#: A search may take so long at the least [s], whatever is left of the time for all.
SHORTEST = 2.0
#: A search that ended by time without a plan is made again, for so long [s]: no hour goes dark for
#: want of a few seconds.
AGAIN = 15.0
#: With a price of moves each time is searched to so many times the gap asked for: what lines that
#: are kept cost is more than that, and keeping them improves them as well.
WIDER = 2.0
#: Share of the time limit for the searches; the rest is for checking and simulating their plans.
SEARCHES = 0.5
#: Times without a plan at what lists ask of them are asked for half as much more than they make, so
#: often, then for no more; in so many rounds.
HALVED, MOST_TRIES = 2, 5


class WeekPlanner:
    """The plans of a week: one search for each running set, one result for each set of lines."""

    def __init__(
        self,
        problem: Problem,
        options: PlanOptions,
        found: Sequence[Span],
        on_progress: Callable[[int, int, Progress], None],
        stop: Callable[[], bool],
        needs: Sequence[ListNeed] = (),
        least_share: float = 0.0,
    ) -> None:
        self._problem = problem
        self._locked = _locked(problem, options)
        #: Of each plan, with the price of a moved line; where that is to leave a share of the
        #: value, the one found once there are lines.
        self.options = options
        self._least_share = least_share
        self._needs = needs
        #: All times of the week, with what is asked of lists in each.
        self.spans = [self._asking(span, {}) for span in found]
        self._asked = found
        self._on_progress, self._stop = on_progress, stop
        self._end = time.monotonic() + SEARCHES * options.time_limit
        self._best: dict[RunningSet, PlanResult] = {}
        self._free: dict[
            datetime, PlanResult | None
        ] = {}  # of times, if nothing were asked of lists
        self._made: dict[tuple[RunningSet, LinePlan], PlanResult] = {}
        self._places: dict[tuple[RunningSet, LinePlan | None, tuple[LineAssignment, ...]], int] = {}
        self.plans: list[PlanResult] = []
        self.problems: list[Problem] = []

    def lines(self) -> list[LinePlan | None]:
        """The lines of every interval; None where nobody can run, or where there is no plan."""
        self._search()
        self._ask_of_lists()
        chosen = self._kept()
        return [chosen.get(number) for number in range(len(self.spans))]

    def best(self, span: Span) -> PlanResult | None:
        """What the search found for an interval; None where nobody can run."""
        return self._best.get(span.running_set)

    def place(self, span: Span, after: LinePlan | None, before: Lines) -> int | None:
        """Place of the result with these lines from those before, made if new."""
        best = self.best(span)
        if best is None:
            return None
        given = self._given(span.running_set, before)
        # Without a price nothing hangs on the lines before: the first of a kind stands for all.
        key = span.running_set, after, given.assignments if self.options.move_cost else ()
        if key not in self._places:
            self._places[key] = len(self.plans)
            self.plans.append(self._result(span, given, best, after))
            self.problems.append(given)
        return self._places[key]

    def attempts(self, span: Span, lines: LinePlan, name: str) -> float:
        """Attempts an hour of a campaign that runs, with these lines."""
        from planner.evaluation.arrays import PlanArrays

        given = self._given(span.running_set, {})
        by_campaign = PlanArrays(given, lines).rates.attempts.sum(axis=1)
        return float(by_campaign[given.campaign_index[name]])

    def bound(self, span: Span) -> float | None:
        """The bound on a time where nothing is asked of lists; None where that is its own."""
        free = self._free.get(span.spell.start)
        return None if free is None or free is self.best(span) else free.bound_per_hour

    def _search(self, relax: bool | None = None) -> None:
        """One search for each running set, each with its share of the time that is left."""
        spans = [span for span in self.spans if span.running_set.campaigns]
        new = dict.fromkeys(s.running_set for s in spans if s.running_set not in self._best)
        number, lines = 0, LinePlan(assignments=self._problem.assignments).lines()
        for span in spans:
            if span.running_set not in self._best:
                number += 1
                self._best[span.running_set] = self._plan(span, lines, number, len(new), relax)
            plan = self._best[span.running_set].plan
            lines = lines if plan is None else plan.lines()

    def _ask_of_lists(self) -> None:
        """Ask every time for what lists need of it; where that is more than it makes, anew.

        A time without a plan at that is asked for less, and the others for more; where all cannot
        make enough, each is asked for the same.
        """
        if not self._needs:
            return
        free = self.spans
        most: dict[tuple[datetime, str], float] = {}
        for tries in range(MOST_TRIES):
            found = [self._asked_of(need, free, most) for need in self._needs]
            asked = {key: rate for part in found if part for key, rate in part.items()}
            if None in found:
                break
            self.spans = [self._asking(span, asked) for span in self._asked]
            for span, other in zip(free, self.spans, strict=True):
                if span.running_set in self._best and self._makes(span, other):
                    self._best[other.running_set] = self._best[span.running_set]
            self._search(relax=False)
            without = [
                (span, other)
                for span, other in zip(free, self.spans, strict=True)
                if self._has_plan(span) and not self._has_plan(other)
            ]
            if not without or self._stop():
                self._free = {span.spell.start: self.best(span) for span in free}
                return
            for span, other in without:
                for c in other.running_set.campaigns:
                    made = self._attempts(span, c.campaign_id) if c.finish_by else 0.0
                    if c.finish_by and c.min_attempts_per_hour > made:
                        more = (c.min_attempts_per_hour - made) / 2 if tries < HALVED else 0.0
                        most[span.spell.start, c.campaign_id] = made + more
        evenly = {
            (span.spell.start, need.campaign_id): need.per_hour
            for need in self._needs
            for span in free
            if need.counts_in(span)
        }
        self.spans = [self._asking(span, evenly) for span in self._asked]
        self._search()

    def _has_plan(self, span: Span) -> bool:
        best = self.best(span)
        return best is not None and best.plan is not None

    def _asking(self, span: Span, asked: Mapping[tuple[datetime, str], float]) -> Span:
        """The time with so many attempts an hour asked of the lists, by its start and their ids."""
        names = [need.campaign_id for need in self._needs]
        here = {name: asked[start, name] for start, name in asked if start == span.spell.start}
        return replace(span, running_set=asking(span.running_set, names, here))

    def _asked_of(
        self, need: ListNeed, free: Sequence[Span], most: Mapping[tuple[datetime, str], float]
    ) -> dict[tuple[datetime, str], float] | None:
        """Attempts an hour that a list needs in each time; None where that cannot be had."""
        name, spans = need.campaign_id, [span for span in free if need.counts_in(span)]
        if not spans:
            return {}
        keys = [(span.spell.start, name) for span in spans]
        made = [self._attempts(span, name) for span in spans]
        tops = [
            most.get(key, np.inf) if self._has_plan(span) else 0.0
            for key, span in zip(keys, spans, strict=True)
        ]
        asked = asked_by_time([span.hours for span in spans], made, tops, need.attempts)
        return None if asked is None else dict(zip(keys, asked, strict=True))

    def _makes(self, span: Span, asked: Span) -> bool:
        """Whether the plan of a time makes what is asked of it."""
        return all(
            self._attempts(span, c.campaign_id) >= c.min_attempts_per_hour * (1 - ROUNDING)
            for c in asked.running_set.campaigns
            if c.finish_by is not None
        )

    def _attempts(self, span: Span, name: str) -> float:
        """Attempts an hour of a campaign in the plan found for a time; 0 where there is none."""
        best = self.best(span)
        return 0.0 if best is None or best.plan is None else self.attempts(span, best.plan, name)

    def _plan(
        self, span: Span, lines: Lines, number: int, count: int, relax: bool | None
    ) -> PlanResult:
        from planner.pipeline.pipeline import plan

        if self._stop():
            return PlanResult(status=PlanStatus.NO_PLAN, options=self.options, stopped_early=True)
        left = (self._end - time.monotonic()) / (count - number + 1)
        start = time.monotonic()

        def searched(seconds: float) -> PlanResult:
            return plan(
                self._given(span.running_set, lines),
                self._searched(seconds, relax),
                at=span.spell.start,
                on_progress=lambda progress: self._on_progress(number, count, progress),
                stop=self._stop,
                explained=False,
                in_order=False,
            )

        found = searched(max(left, SHORTEST))
        if found.status is PlanStatus.NO_PLAN and not self._stop():
            found = searched(max(left, AGAIN))
        if found.proof is not None:  # its check has time of its own
            self._end += min(found.proof.seconds, time.monotonic() - start)
        return self._as_asked(found)

    def _as_asked(self, found: PlanResult) -> PlanResult:
        """The result by the gap that was asked for."""
        options = found.options.model_copy(update={"gap": self.options.gap})
        wider = found.gap is not None and found.gap > max(options.gap, 1e-9)
        if found.status is PlanStatus.OPTIMAL and wider:
            found = found.model_copy(update={"status": PlanStatus.FEASIBLE})
        return found.model_copy(update={"options": options})

    def _searched(self, seconds: float, relax: bool | None) -> PlanOptions:
        """Options of a search: what is to stay is locked by name, moves cost nothing yet."""
        return self.options.model_copy(
            update={
                "relax": self.options.relax if relax is None else relax,
                "keep_current": False,
                "move_cost": 0.0,
                "gap": min(self.options.gap * (WIDER if self.options.move_cost else 1.0), 1.0),
                "time_limit": seconds,
                "figures": PlanFigures.FORMULAS,
            }
        )

    def _given(self, running_set: RunningSet, lines: Lines) -> Problem:
        current = _current(self._locked, lines)
        return among_running(self._problem.model_copy(update={"assignments": current}), running_set)

    def _kept(self) -> dict[int, LinePlan]:
        """Lines by interval: of the searches, or with a price of moves kept from time to time."""
        planned = [
            (number, span, result.plan)
            for number, span in enumerate(self.spans)
            if (result := self.best(span)) is not None and result.plan is not None
        ]
        freely = {number: plan for number, _, plan in planned}
        options = self.options
        if not options.move_cost or options.abandon_level < 1 or self._stop() or not planned:
            return freely
        kinds = _kinds([span for _, span, _ in planned])
        times: dict[int, Time] = {}
        for kind, (_, span, plan) in zip(kinds, planned, strict=True):
            hours = span.hours + (times[kind].hours if kind in times else 0.0)
            times[kind] = Time(self._fleet(span), hours, plan)
        before = LinePlan(assignments=self._problem.assignments).lines()
        found = keep_lines(
            [times[kind] for kind in sorted(times)],
            _follows(kinds, [span for _, span, _ in planned]),
            options.move_cost,
            least_share=self._least_share,
            before=before,
            redundancy=options.redundancy,
            failures=options.failures,
            stop=self._stop,
        )
        self.options = options.model_copy(update={"move_cost": found.price})
        lines = (found.plans[kind] for kind in kinds)
        return {number: plan for (number, _, _), plan in zip(planned, lines, strict=True)}

    def _fleet(self, span: Span) -> Problem:
        """What the lines of an interval have to hold: only locked lines are given."""
        from planner.pipeline.other_lines import asked_at

        given = self._given(span.running_set, {})
        return asked_at(given, self.options, span.spell.start)

    def _result(
        self, span: Span, given: Problem, best: PlanResult, after: LinePlan | None
    ) -> PlanResult:
        """The result with these lines; each simulated and explained once."""
        from planner.evaluation.differences import changes
        from planner.pipeline.other_lines import finished, with_other_lines

        if after is None:
            return best.model_copy(update={"options": self.options})
        key = span.running_set, after
        at = span.spell.start
        if key not in self._made:
            searched = best.options.model_copy(update={"figures": self.options.figures})
            best = best.model_copy(update={"options": searched})
            found = best
            if after != best.plan:
                found = with_other_lines(given, best, after, at)
            self._made[key] = finished(given, found, at, self._stop)
        # What was asked for; the share of the time that was left differs from run to run.
        update = {"options": self.options, "changes": changes(given, after)}
        return self._made[key].model_copy(update=update)


def _kinds(found: Sequence[Span]) -> list[int]:
    """Intervals of one number have the same lines: the same run in them, before and after."""
    sets = [None, *(span.running_set for span in found), None]
    keys = list(zip(sets, sets[1:], sets[2:], strict=False))
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    return [places[key] for key in keys]


def _follows(kinds: Sequence[int], found: Sequence[Span]) -> list[Follows]:
    """Which kinds come after which, how often, and how long the later ones last in all."""
    hours: dict[tuple[int, int], list[float]] = {}
    for pair, span in zip(pairwise(kinds), found[1:], strict=True):
        hours.setdefault(pair, []).append(span.hours)
    return [Follows(*pair, sum(each), len(each)) for pair, each in hours.items()]


def _locked(problem: Problem, options: PlanOptions) -> tuple[LineAssignment, ...]:
    """The lines that stay in every interval, as locks."""
    return tuple(
        item.model_copy(update={"locked": True})
        for item in problem.assignments
        if item.locked or (options.keep_current and (item.dial_lines or item.agent_lines))
    )


def _current(locked: tuple[LineAssignment, ...], lines: Lines) -> tuple[LineAssignment, ...]:
    """The lines before an interval: the locks, and elsewhere what there was."""
    kept = {(item.campaign_id, item.dialer_id) for item in locked}
    others = (
        LineAssignment(
            campaign_id=campaign_id,
            dialer_id=dialer_id,
            dial_lines=dial_lines,
            agent_lines=agent_lines,
        )
        for (campaign_id, dialer_id), (dial_lines, agent_lines) in lines.items()
        if (campaign_id, dialer_id) not in kept
    )
    return (*locked, *others)
