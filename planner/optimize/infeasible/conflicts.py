"""Why there is no plan: the fewest constraints that cannot hold together, and what would help."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from planner.contracts.answers import Conflict, ConflictMember
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.optimize.infeasible.constraint import Change, Constraint, Easing
from planner.optimize.infeasible.constraints import (
    demanding,
    demands_of,
    lapsed_locks,
    lifts,
    limits_of,
    locked_only,
    room_for,
    with_changes,
    with_locks_back,
)
from planner.optimize.infeasible.feasibility import FeasibilityTests
from planner.optimize.search import compile_search

#: Conflicts that share no demand are told up to so many.
MOST_CONFLICTS = 5
#: Ways to take one change of each of several conflicts that are tried together, at most.
MOST_TOGETHER = 12
#: Work limits decide first. The clock ends the search after the time limit, but not before so
#: long [s]: what was found is told, and that it may not be the smallest.
LEAST_SECONDS = 5.0

Constraints = Sequence[Constraint]


class Explained(NamedTuple):
    """Why there is no plan; ``together``: one change of each of several conflicts that are enough.

    It is None where there are fewer conflicts than two, or none was found.
    """

    conflicts: tuple[Conflict, ...]
    together: tuple[Easing, ...] | None = None


def find_conflicts(
    problem: Problem,
    options: PlanOptions,
    *,
    proven: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Conflict, ...]:
    """Smallest sets of constraints of an infeasible problem that cannot hold together.

    Each set is infeasible alone, that is with all other constraints lifted, and feasible without
    any one of its members. For each member the least change is sought that makes the problem
    feasible with all other constraints in force (the demands of the other conflicts apart).
    Where the work limit, the time limit or a stop comes first, a set still cannot hold together,
    but may not be the smallest (``smallest`` False).

    Parameters
    ----------
    options : failures at once, locks, and the time limit [s] of this search too
    proven : that the problem is infeasible; else that is decided here, and nothing told in doubt
    stop : polled between trials

    Notes
    -----
    Groups are lifted at once, and halved where they matter: U. Junker, QuickXplain, AAAI 2004.
    First come the demands, with all limits in force: a campaign of which nothing is demanded need
    not be looked at. Then the limits, with only the demands found in force.
    """
    return explained_conflicts(problem, options, proven=proven, stop=stop).conflicts


def explained_conflicts(
    problem: Problem,
    options: PlanOptions,
    *,
    proven: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Explained:
    """The conflicts of :func:`find_conflicts`, and where there are several what mends all.

    The change of each is the least with the others out of the way; that they are enough together
    is tried.
    """
    locked = locked_only(problem, options.keep_current)
    in_files = {(a.campaign_id, a.dialer_id) for a in problem.assignments if a.locked}
    kept = {(a.campaign_id, a.dialer_id) for a in locked.assignments} - in_files
    lapsed = lapsed_locks(problem, options.keep_current)
    return _Search(locked, frozenset(kept), lapsed, options, stop).run(proven)


def core_problem(problem: Problem, core: Constraints, keep_current: bool = False) -> Problem:
    """The problem with some constraints in force and all others lifted."""
    base = locked_only(problem, keep_current)
    kept = {r.name for r in core}
    demands = demands_of(base)
    wanted = {r.campaign_id for r in core if r.campaign_id is not None}
    given = _without([d for d in demands if d.campaign_id not in wanted], base)
    others = [*demands_of(given), *limits_of(given, room_for(given))]
    return demanding(with_changes(given, lifts([r for r in others if r.name not in kept])))


class _Search:
    """One search: the problem with its locks, what it demands, and the clock."""

    def __init__(
        self,
        problem: Problem,
        kept: frozenset[tuple[str, str]],
        lapsed: Sequence[LineAssignment],
        options: PlanOptions,
        stop: Callable[[], bool],
    ) -> None:
        self._problem, self._lapsed = problem, lapsed
        self._demands = demands_of(problem, kept)
        self._easings: list[list[Easing]] = []  # of each conflict
        self._failures = options.failures
        compile_search()
        end = time.monotonic() + max(options.time_limit, LEAST_SECONDS)
        self._trials = FeasibilityTests(options, end, stop)
        #: Whether all trials of the conflict under way could be decided, and all of its easings.
        self._certain = self._all_tried = True

    def run(self, proven: bool) -> Explained:
        """One conflict after the other, without the demands of those before."""
        found: list[tuple[list[Constraint], bool]] = []
        left = self._demands
        while left and len(found) < MOST_CONFLICTS:
            self._certain = True
            core = self._core(left, proven=proven and not found)
            if core is None:
                break
            found.append((core, self._certain))
            left = _others(left, core)
        told = tuple(self._conflict(core, certain, found) for core, certain in found)
        return Explained(told, self._together())

    def _together(self) -> tuple[Easing, ...] | None:
        """One change of each conflict, with all of which there is a plan; None if none is found."""
        if len(self._easings) < 2 or not all(self._easings):
            return None
        ways = itertools.product(*self._easings)
        for way in itertools.islice(ways, MOST_TOGETHER):
            changes = [change for easing in way for change in easing.changes]
            if self._trials.is_infeasible(self._eased(self._problem, changes)) is False:
                return tuple({easing.words: easing for easing in way}.values())
        return None

    def _core(self, demands: Constraints, proven: bool) -> list[Constraint] | None:
        """A smallest set of constraints that cannot hold together; None if there is none."""
        if not proven and not self._fails(self._demanded(demands)):
            return None
        needed = _quick_explain(demands, lambda kept: self._fails(self._demanded(kept)))
        given = self._demanded(needed)
        limits = limits_of(given, room_for(given), self._failures)

        def limited(kept: Constraints) -> bool:
            return self._fails(with_changes(given, lifts(_others(limits, kept))))

        return [*needed, *_quick_explain(limits, limited)]

    def _demanded(self, kept: Constraints) -> Problem:
        """The problem with only some of its demands, and the campaigns that they concern."""
        return _without(_others(self._demands, kept), self._problem)

    def _fails(self, problem: Problem) -> bool:
        """Whether a problem is proven to have no plan; once the limits are reached none is."""
        verdict = self._trials.is_infeasible(problem)
        self._certain &= verdict is not None
        return verdict is True

    def _conflict(
        self,
        core: list[Constraint],
        certain: bool,
        found: Sequence[tuple[list[Constraint], bool]],
    ) -> Conflict:
        """A conflict with the least change of each member, the other conflicts out of the way."""
        elsewhere = [r for other, _ in found if other is not core for r in other]
        whole = self._demanded(_others(self._demands, elsewhere))
        own = self._demanded([r for r in core if r.is_demand])
        self._all_tried = True
        helps = [self._least_change(r, own, whole) for r in core]
        eased = zip(core, helps, strict=True)
        known = [(r, easing) for r, easing in eased if easing is not None]
        known.sort(key=lambda pair: _goes_dark(*pair))
        self._easings.append([easing for _, easing in known])
        return Conflict(
            requirements=tuple(r.words for r in core),
            relaxations=tuple(easing.words for easing in helps if easing is not None),
            members=tuple(_member(r, easing) for r, easing in zip(core, helps, strict=True)),
            smallest=certain,
            all_tried=self._all_tried,
        )

    def _least_change(self, constraint: Constraint, own: Problem, whole: Problem) -> Easing | None:
        """The least easing with which the whole has a plan; None if none is found.

        Sought with the campaigns of the conflict alone first: it has to be as much at least.
        """
        first = self._least_step(constraint, own, 1)
        if first is None:
            return None
        step = self._least_step(constraint, whole, first)
        return None if step is None else constraint.easing(step)

    def _least_step(self, constraint: Constraint, problem: Problem, low: int) -> int | None:
        """The first step from ``low`` on with which a problem has a plan."""

        def helps(step: int) -> bool:
            return self._has_plan(self._eased(problem, constraint.easing(step).changes))

        if not constraint.ordered:
            return next((s for s in range(low, constraint.steps + 1) if helps(s)), None)
        if helps(low):
            return low
        high = constraint.steps
        if low >= high or not helps(high):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if helps(middle) else (middle, high)
        return high

    def _eased(self, problem: Problem, changes: Sequence[Change]) -> Problem:
        """The problem with changes; locks on dialers that are put back are in force again."""
        return demanding(with_locks_back(with_changes(problem, changes), self._lapsed))

    def _has_plan(self, problem: Problem) -> bool:
        verdict = self._trials.is_infeasible(problem)
        self._all_tried &= verdict is not None
        return verdict is False


def _goes_dark(constraint: Constraint, easing: Easing) -> bool:
    """Whether a campaign goes without lines by it: what comes last, where others help as well."""
    return constraint.column == "min_dialers" and easing.value == 0


def _quick_explain(items: Constraints, fails: Callable[[Constraints], bool]) -> list[Constraint]:
    """A smallest part of the items that fails; all of them together do."""

    def explain(kept: Constraints, added: bool, left: Constraints) -> list[Constraint]:
        if added and fails(kept):
            return []
        if len(left) == 1:
            return list(left)
        half = len(left) // 2
        first, second = left[:half], left[half:]
        of_second = explain([*kept, *first], True, second)
        of_first = explain([*kept, *of_second], bool(of_second), first)
        return [*of_first, *of_second]

    if not items or fails([]):
        return []
    found = explain([], False, items)
    order = {item.name: place for place, item in enumerate(items)}
    return sorted(found, key=lambda item: order[item.name])


def _others(items: Constraints, apart: Constraints) -> list[Constraint]:
    names = {item.name for item in apart}
    return [item for item in items if item.name not in names]


def _without(demands: Constraints, problem: Problem) -> Problem:
    return demanding(with_changes(problem, lifts(demands)))


def _member(constraint: Constraint, easing: Easing | None) -> ConflictMember:
    keys = {
        "campaigns": ("campaign_id",),
        "dialers": ("failure_domain",) if constraint.column == "failure_domain" else ("dialer_id",),
        "trunk_groups": ("trunk_group",),
        "assignments": ("campaign_id", "dialer_id"),
        "limits": ("limit",),
        "pools": ("pool",),
    }[constraint.table]
    return ConflictMember(
        table="agents.csv" if constraint.table == "pools" else f"{constraint.table}.csv",
        key=dict(zip(keys, constraint.key, strict=True)),
        column=constraint.column,
        value=constraint.value,
        words=constraint.words,
        change_to=easing.value if easing else None,
        change=easing.words if easing else None,
    )
