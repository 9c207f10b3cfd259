"""How likely each status is in each step of a horizon, and when dial lists are done."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from planner.contracts.problem import Campaign
from planner.contracts.projected import Completion, TimelineStep
from planner.contracts.result import Status
from planner.projection.effort import Effort, EngineChoice
from planner.projection.pairs import Limits, Pair, components
from planner.projection.timeline.horizon import Horizon
from planner.projection.timeline.joint_timeline import SimulatedJoint
from planner.projection.timeline.simulated_horizon import (
    listed_course,
    short_lists,
    simulated_courses,
)
from planner.projection.timeline.status_chances import (
    Course,
    exact_course,
    idle_course,
    long_run_course,
)
from planner.traffic.arguments import Floats

#: Statuses that the end of the dial list replaces.
_MAY_END = (Status.RUNNING, Status.SCHEDULED, Status.BY_DIALER)


class HorizonResult(NamedTuple):
    """What a horizon holds."""

    courses: list[Course]  # by pair of the horizon
    completed_at: dict[str, Floats]  # sorted seconds from the start, by campaign, one per run
    runs: dict[tuple[str, str], int]  # simulated runs by pair
    joints: dict[str, list[SimulatedJoint]]  # dialers simulated together, by campaign


def by_formula(given: Horizon) -> HorizonResult:
    """Follow each pair alone, by formulas: as if nothing held it back, its list endless.

    Where even the transient figures do not hold, each step shows what it would in the long run.
    """
    courses = [
        (exact_course(given, place) or long_run_course(given, place))
        if pair.in_use and given.running(place).any()
        else idle_course(given)
        for place, pair in enumerate(given.pairs)
    ]
    return HorizonResult(courses, {}, {}, {})


def follow(given: Horizon, shared: Limits, effort: Effort) -> HorizonResult:
    """Follow all pairs over the horizon: exactly where that holds, else by simulation.

    Parameters
    ----------
    shared : limits that can hold pairs back
    """
    places = {pair.key: place for place, pair in enumerate(given.pairs)}
    able = [p for place, p in enumerate(given.pairs) if p.in_use and given.running(place).any()]
    lists = short_lists(able, given)

    def sharing(pair: Pair) -> Iterator[tuple[str, str]]:
        yield from shared.sharing(pair)
        if pair.campaign.campaign_id in lists:
            yield "list", pair.campaign.campaign_id

    def with_campaign(pair: Pair) -> Iterator[tuple[str, str]]:
        yield from sharing(pair)
        yield "campaign", pair.campaign.campaign_id

    courses = [idle_course(given) for _ in given.pairs]
    rest: list[Pair] = []
    for group in components(able, sharing):
        alone = _alone(given, group, sharing, places)
        if alone is None or effort.engine is EngineChoice.SIMULATE:
            rest += group
        else:
            courses[places[group[0].key]] = alone
    # Dialers of a campaign pause at once more often than on average would tell, while all of them
    # begin: they are followed in the same runs.
    groups = components(rest, with_campaign)
    lines = sum(pair.item.dial_lines for group in groups for pair in group)
    completed_at: dict[str, Floats] = {}
    runs: dict[tuple[str, str], int] = {}
    joints: dict[str, list[SimulatedJoint]] = {}
    for number, group in enumerate(groups):
        effort.on_share(number / len(groups), "timeline")
        here = [places[pair.key] for pair in group]
        own = effort.part(sum(pair.item.dial_lines for pair in group) / lines, number)
        made = simulated_courses(given, here, shared, lists, own)
        for place, course in made.courses.items():
            courses[place] = course
        completed_at |= made.completed_at
        for name, joint in made.joints.items():
            joints.setdefault(name, []).append(joint)
        runs |= {pair.key: made.runs for pair in group}
    for place, pair in enumerate(given.pairs):
        if pair.key not in runs and pair.campaign.campaign_id in completed_at:
            courses[place] = listed_course(given, place, completed_at[pair.campaign.campaign_id])
    return HorizonResult(courses, completed_at, runs, joints)


def _alone(
    given: Horizon,
    group: Sequence[Pair],
    sharing: Callable[[Pair], Iterator[tuple[str, str]]],
    places: dict[tuple[str, str], int],
) -> Course | None:
    """The exact course of a pair that shares nothing; None where there is none."""
    if len(group) > 1 or any(sharing(group[0])):
        return None
    return exact_course(given, places[group[0].key])


def steps(given: Horizon, courses: Sequence[Course]) -> list[TimelineStep]:
    """Probabilities of the statuses, those of more than nothing, by pair and step."""
    return [
        TimelineStep(
            campaign_id=pair.item.campaign_id,
            dialer_id=pair.item.dialer_id,
            start=given.edges[step],
            end=given.edges[step + 1],
            probabilities=_probabilities(
                given.statuses[stretch][place],
                float(courses[place].all_busy[step]),
                float(courses[place].completed[step]),
            ),
            low=_ends(given.statuses[stretch][place], courses[place], step, 0),
            high=_ends(given.statuses[stretch][place], courses[place], step, 1),
        )
        for place, pair in enumerate(given.pairs)
        for step, stretch in enumerate(given.stretch_of)
    ]


def _probabilities(ruled: Status, all_busy: float, completed: float) -> dict[Status, float]:
    """Of the statuses in one step; the calls decide only where the rules leave it to them."""
    chances = {ruled: 1.0}
    if ruled in _MAY_END:
        busy = all_busy if ruled is Status.RUNNING else 0.0
        rest = max(1.0 - busy - completed, 0.0)
        chances = {ruled: rest, Status.ALL_BUSY: busy, Status.COMPLETED: completed}
    return {status: chance for status, chance in chances.items() if chance > 0.0}


def _ends(ruled: Status, course: Course, step: int, end: int) -> dict[Status, float]:
    """Low (0) or high (1) ends of the statuses that calls decide in one step."""
    ends = course.ends
    if ends is None:
        return {}
    completed = float(ends.completed[end][step])
    if ruled is Status.RUNNING:
        return {
            ruled: float(ends.rest[end][step]),
            Status.ALL_BUSY: float(ends.all_busy[end][step]),
            Status.COMPLETED: completed,
        }
    if ruled in _MAY_END and ends.completed[1].any():
        return {ruled: 1.0 - float(ends.completed[1 - end][step]), Status.COMPLETED: completed}
    return {}


def completion(
    at: datetime, campaigns: Sequence[Campaign], completed_at: dict[str, Floats]
) -> list[Completion]:
    """When each dial list is done, of the campaigns that have one."""
    return [
        Completion(
            campaign_id=campaign.campaign_id,
            **{
                name: at if campaign.records == 0 else _quantile(at, level, completed_at, campaign)
                for name, level in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95))
            },
        )
        for campaign in campaigns
        if campaign.records is not None
    ]


def done_after(runs: Floats, level: float) -> float:
    """Seconds after which a list is done in such a part of the runs, given in ascending order."""
    return float(runs[max(math.ceil(level * len(runs)), 1) - 1])


def _quantile(
    at: datetime, level: float, completed_at: dict[str, Floats], campaign: Campaign
) -> datetime | None:
    """None where that lies beyond the horizon."""
    runs = completed_at.get(campaign.campaign_id)
    if runs is None:
        return None
    seconds = done_after(runs, level)
    return at + timedelta(seconds=round(seconds, 3)) if math.isfinite(seconds) else None
