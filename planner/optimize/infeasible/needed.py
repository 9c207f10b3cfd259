"""What would be needed to keep everything that is asked for: a port here, an agent there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from planner.contracts.answers import Needed, NeededSearch
from planner.contracts.problem import LineAssignment, Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.limits.alone import missing_alone
from planner.optimize.infeasible.campaign_constraints import agent_lines_on_shift
from planner.optimize.infeasible.constraint import Constraint, Easing, NoLimit
from planner.optimize.infeasible.constraints import (
    lapsed_locks,
    lifts,
    locked_only,
    room_for,
    with_changes,
    with_locks_back,
)
from planner.optimize.infeasible.feasibility import FeasibilityTests
from planner.optimize.infeasible.fleet_constraints import channels_of, out_of_service, ports_of
from planner.optimize.search import optimize

#: Whether there is a way is sought for so long [s], or for this share of the time limit, at the
#: most; what of it is not needed so many times as long; then it is tried with a plan so close, as
#: long as was sought first.
SECONDS, SHARE, LEAST, TRIAL_GAP = 2.0, 0.1, 2.0, 0.05
#: Dialers are lent so many times the ports that the least lines of all campaigns take, and more
#: agents are called in than are there by this factor: for calls that campaigns must reach.
MORE = 3
#: Tables as the expressions of ``--set`` name them.
_TABLES = {
    "dialers": "dialer",
    "campaigns": "campaign",
    "trunk_groups": "trunk_group",
    "assignments": "assignment",
    "limits": "limit",
    "pools": "pool",
}


class Ways(NamedTuple):
    """Ways to keep everything, and what came of looking for them."""

    needed: tuple[Needed, ...]
    search: NeededSearch

    def told(self) -> dict[str, object]:
        """As fields of a result."""
        return {"needed": self.needed, "needed_search": self.search}


def needed_to_keep_all(
    problem: Problem, options: PlanOptions, stop: Callable[[], bool] = lambda: False
) -> Ways:
    """Ways in which everything could be kept, each tried with a plan.

    The first has more ports, channels and agent lines, none of which could be left out or be fewer
    beside the others. The second has dialers back in service, where some are out. Where neither
    is told, it is told whether that is for want of time, or because more of these does not help.

    Parameters
    ----------
    problem : in which not everything can be had; its constraints are all in force
    options : failures at once, locks, and the time limit [s] of this search too
    stop : polled between trials
    """
    given = locked_only(problem, options.keep_current)
    room = _room(given)
    more = [
        *(channels_of(g, given, room) for g in given.trunk_groups),
        *(ports_of(d, room) for d in given.dialers if d.in_service),
        *(agent_lines_on_shift(c, room) for c in given.campaigns if c.is_live_transfer),
    ]
    back = [out_of_service(d) for d in given.dialers if not d.in_service]
    found = []
    undecided = False
    for resources in (more, back):
        if not resources:
            continue
        seconds = min(SECONDS, SHARE * options.time_limit)
        tests = FeasibilityTests(options, time.monotonic() + seconds, stop)
        lifted = with_changes(given, lifts(resources))
        verdict = _misses_even_alone(lifted, options.failures) or tests.is_infeasible(lifted)
        lapsed = lapsed_locks(problem, options.keep_current)
        ways = None
        if verdict is False:
            tests = FeasibilityTests(options, time.monotonic() + LEAST * seconds, stop)
            ways = _least(given, lapsed, resources, tests)
        told = None if not ways else tried_ways(problem, options, ways, stop)
        if told is not None:
            found.append(told)
        undecided |= told is None and verdict is not True
    if found:
        return Ways(tuple(found), NeededSearch.FOUND)
    return Ways((), NeededSearch.NOT_IN_TIME if undecided else NeededSearch.NOT_ENOUGH)


def _misses_even_alone(problem: Problem, failures: int) -> bool:
    """Whether a campaign that has to run misses something in every plan, by counting."""
    return any(
        any(missing_alone(problem, campaign, failures))
        for campaign in problem.campaigns
        if campaign.min_dialers >= 1
    )


def _room(problem: Problem) -> NoLimit:
    """Enough ports and agents, also for calls that must be reached."""
    room = room_for(problem)
    ports = {d.dialer_id: MORE * room.ports[d.dialer_id] for d in problem.dialers}
    agents = {name: MORE * count for name, count in room.agent_lines.items()}
    return NoLimit(ports, agents)


def _least(
    problem: Problem,
    lapsed: Sequence[LineAssignment],
    resources: Sequence[Constraint],
    tests: FeasibilityTests,
) -> list[Easing] | None:
    """The fewest of each resource with which there is a plan; None if there is none with all.

    With all of them there is one, but for locks that are in force on dialers put back. None also
    where the time ends first: what then is left may be many times what is needed.
    """

    def fits(lifted: Sequence[Constraint], eased: Sequence[Easing]) -> bool:
        changes = [*lifts(lifted), *(change for easing in eased for change in easing.changes)]
        given = with_locks_back(with_changes(problem, changes), lapsed)
        return tests.is_infeasible(given) is False

    if lapsed and not fits(resources, ()):
        return None
    kept = _needed_at_all(resources, lambda rest: fits(rest, ()))
    eased: list[Easing] = []
    while kept:
        resource, *kept = kept
        low, high = 0, resource.steps  # some step is needed; all of them are enough
        while high - low > 1:
            middle = (low + high) // 2
            if fits(kept, [*eased, resource.easing(middle)]):
                high = middle
            else:
                low = middle
        eased.append(resource.easing(high))
    return None if tests.ended else eased


def _needed_at_all(
    resources: Sequence[Constraint], enough: Callable[[Sequence[Constraint]], bool]
) -> list[Constraint]:
    """Those of which none can be left out; many are, so they are left out by halves."""
    kept, groups = list(resources), [list(resources)]
    while groups:
        group = groups.pop()
        rest = [r for r in kept if all(r is not out for out in group)]
        if rest and enough(rest):
            kept = rest
        elif len(group) > 1:
            half = len(group) // 2
            groups += [group[half:], group[:half]]
    return kept


def tried_ways(
    problem: Problem, options: PlanOptions, ways: Sequence[Easing], stop: Callable[[], bool]
) -> Needed | None:
    """A way with the value of a plan made with it; None where no plan was found in time."""
    changes = [change for easing in ways for change in easing.changes]
    limited = options.model_copy(
        update={
            "gap": max(options.gap, TRIAL_GAP),
            "time_limit": min(SECONDS, SHARE * options.time_limit),
            "move_cost": 0.0,
        }
    )
    outcome = optimize(with_changes(problem, changes), limited, stop=stop)
    if outcome.plan is None or outcome.value is None:
        return None
    expressions = tuple(text for easing in ways for text in _expressions(easing))
    return Needed(
        set=expressions,
        words=tuple(easing.words for easing in ways),
        value_per_hour=outcome.value,
    )


def _expressions(easing: Easing) -> Iterator[str]:
    """As ``--set`` reads them; none of an option that is left out, or of what no column holds."""
    for change in easing.changes:
        update = change.update
        if update is None:  # lines that need not stay: by a lock that is taken off
            update = {} if easing.value is None else {"locked": False}
        for column, value in update.items():
            if column != "min_attempts_per_hour":  # which goes with finish_by
                name = f"{_TABLES[change.table]}.{'.'.join(change.key)}"
                yield f"{name}.{column}={_spelt(value)}"


def _spelt(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "|".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
