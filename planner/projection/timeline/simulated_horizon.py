"""Simulated runs of a horizon: campaigns on dialers with hours, outages and dial lists."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from planner.contracts.problem import Campaign, Overflow
from planner.projection.effort import Effort
from planner.projection.figures.flowing import (
    flowing,
    fluid_part,
    further_apart,
    odds_errors,
)
from planner.projection.figures.intervals import share_ends
from planner.projection.figures.measured_waits import measured_waits
from planner.projection.figures.settling import settling_seconds
from planner.projection.network import Stretch, network
from planner.projection.pairs import Limits, Pair
from planner.projection.timeline.horizon import Horizon
from planner.projection.timeline.joint_timeline import SimulatedJoint
from planner.projection.timeline.status_chances import Course, Ends
from planner.traffic.arguments import Floats
from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.network import COLUMNS, JOINT_COLUMNS
from planner.traffic.simulation.simulate import simulate

#: A dial list is taken not to run out where that is so many standard deviations away.
UNTHINKABLE_DEVIATIONS = 10.0
#: Runs of a horizon, as far as the budget and the memory allow; the fewest where each holds more
#: attempts than take some seconds.
FEWEST_RUNS, FEWEST_LONG_RUNS, MOST_RUNS = 8, 4, 400
_LONG_RUN = 2e7
#: All but one of many agents stay busy after a pause: so many follow each other at most, on the
#: average.
_IN_A_ROW = 10.0
_MOST_TOTALS = 2e7  # numbers that are kept of all runs


class Simulated(NamedTuple):
    """What runs of a horizon showed."""

    courses: dict[int, Course]  # by place
    completed_at: dict[str, Floats]  # sorted, by campaign with a list
    joints: dict[str, SimulatedJoint]  # by campaign
    runs: int


def short_lists(pairs: Sequence[Pair], given: Horizon) -> dict[str, int]:
    """Attempts left by campaign whose list could end in the horizon, or reach its next pass."""
    found = {}
    seconds = float(given.seconds[-1])
    for campaign in {pair.campaign.campaign_id: pair.campaign for pair in pairs}.values():
        left = campaign.attempts_left
        if left is None:
            continue
        here = [pair for pair in pairs if pair.campaign.campaign_id == campaign.campaign_id]
        lines = sum(pair.item.dial_lines for pair in here)
        mean = lines * seconds / campaign.attempt_seconds
        spread = UNTHINKABLE_DEVIATIONS * (1 + campaign.attempt_cv) * math.sqrt(mean + 1)
        turn = left
        if len(campaign.answer_rate_by_pass) > 1 and campaign.records is not None:
            turn = min(left, campaign.records)
        if turn <= lines + mean + spread:
            found[campaign.campaign_id] = left
    return found


def affordable(
    given: Horizon,
    group: Sequence[int],
    events: float,
    flows: bool = False,
    lists: Mapping[str, int] = MappingProxyType({}),
) -> int:
    """Runs of the horizon that the budget and the memory allow.

    Parameters
    ----------
    flows : launches flow, so that only attempts that ask for an agent take time
    lists : attempts left by campaign, which no run can exceed
    """
    lengths = np.diff(given.seconds)
    whole: dict[Campaign, float] = {}
    for place in group:
        pair = given.pairs[place]
        own = pair.campaign
        each = pair.item.dial_lines / own.attempt_seconds
        whole[own] = whole.get(own, 0.0) + each * float(lengths[given.running(place)].sum())
    attempts = sum(
        min(count, lists.get(campaign.campaign_id, math.inf))
        * (fluid_part(campaign) if flows else 1.0)
        for campaign, count in whole.items()
    )
    kept = len(lengths) * len(group) * len(COLUMNS)
    runs = min(events / max(attempts, 1.0), _MOST_TOTALS / kept, MOST_RUNS)
    return max(int(runs), FEWEST_LONG_RUNS if attempts > _LONG_RUN else FEWEST_RUNS)


def simulated_courses(
    given: Horizon,
    group: Sequence[int],
    shared: Limits,
    lists: Mapping[str, int],
    effort: Effort,
) -> Simulated:
    """Follow pairs that hold each other back, or are of one campaign, in the same runs."""
    stretches = given.of(group)
    edges = given.seconds
    together = network(stretches, shared, lists)
    calm = None
    whole = lists and affordable(given, group, effort.budget.horizon, lists=lists) >= MOST_RUNS
    if not whole:
        calm = flowing(together, effort)
    if calm is None and not whole:
        calm = measured_waits(together, edges, effort)
    runs = effort.replications or affordable(
        given, group, effort.budget.horizon, calm is not None, lists
    )
    outcome = simulate(
        together,
        edges,
        seed=effort.seed,
        precision=Precision(fewest=runs, most=runs),
        calm=calm,
    )
    lengths = np.diff(edges)
    all_busy = outcome.totals[..., COLUMNS.index("all_busy")] / lengths[:, None]
    if not lists:
        for first, last in _settled_spans(given, stretches):
            span = lengths[first:last]
            mean = np.einsum("s,rsp->rp", span, all_busy[:, first:last]) / span.sum()
            all_busy[:, first:last] = mean[:, None]
    names = list(dict.fromkeys(pair.campaign.campaign_id for pair in stretches[0].pairs))
    done = outcome.completed_at
    errors = np.zeros(all_busy.shape[1:])
    if calm is not None:
        left_out = np.array([shared.left_out(given.pairs[place]) for place in group])
        errors = odds_errors(outcome.totals, left_out)
    found = {}
    for column, place in enumerate(group):
        campaign = given.pairs[place].campaign.campaign_id
        ended = completed_parts(given, place, done[:, names.index(campaign)])
        part = pause_part(given, place)
        error = errors[:, column]
        found[place] = _course(all_busy[..., column], ended, campaign in lists, part, error)
    completed = {name: np.sort(done[:, c]) for c, name in enumerate(names) if name in lists}
    joints = _joints(given, group, outcome.joint, names, errors.max(axis=1))
    return Simulated(found, completed, joints, runs)


def _joints(
    given: Horizon,
    group: Sequence[int],
    joint: Floats,
    names: Sequence[str],
    errors: Floats,
) -> dict[str, SimulatedJoint]:
    """By campaign, from joint totals [run, step, number]."""
    lengths = np.diff(given.seconds)
    found, first = {}, 0
    for name in names:
        places = tuple(p for p in group if given.pairs[p].campaign.campaign_id == name)
        counts = first + len(JOINT_COLUMNS)
        found[name] = SimulatedJoint(
            places,
            joint[..., first] / lengths,
            joint[..., counts : counts + len(places) + 1] / lengths[:, None],
            joint[..., first + 1] / lengths,
            np.max([pause_part(given, place) for place in places], axis=0),
            errors,
        )
        first = counts + len(places) + 1
    return found


def listed_course(given: Horizon, place: int, done: Floats) -> Course:
    """Where a campaign never dials: only its list, done after so many seconds by run, may end."""
    return _course(np.zeros((1, 1)), completed_parts(given, place, done), may_complete=True)


def completed_parts(given: Horizon, place: int, done: Floats) -> Floats:
    """Part of each step in which the list is completed and shown as that, [run, step].

    What a dialer stopped while the campaign was running stays stopped by it: there only a list
    that was completed before is shown as completed.
    """
    ends, lengths = given.seconds[1:], np.diff(given.seconds)
    parts = np.clip((ends - done[:, None]) / lengths, 0.0, 1.0)
    stopped = given.stopped_by_dialer_at(place)
    return np.where(np.isnan(stopped), parts, done[:, None] <= stopped)


def pause_part(given: Horizon, place: int) -> Floats:
    """Part of a step that one pause may take, with those that follow it, where none was seen.

    On average: no more than the agents' talks and wrap-ups last; of times that vary more, what is
    left of them does.
    """
    seconds = []
    for stretch in given.stretches:
        pair = stretch.pairs[place]
        campaign, agents = pair.campaign, max(pair.agent_lines, 1)
        talk = (campaign.talk_seconds or 0.0) * max(1.0, 0.5 * (1.0 + campaign.talk_cv**2))
        held = campaign.patience_seconds if campaign.overflow is Overflow.HOLD else 0.0
        taken = talk + campaign.wrap_up_seconds + held
        seconds.append(taken if agents == 1 else min(_IN_A_ROW / agents, 1.0) * taken)
    part = np.array([seconds[s] for s in given.stretch_of]) / np.diff(given.seconds)
    return np.asarray(np.minimum(part, 1.0))


def _course(
    all_busy: Floats,
    completed: Floats,
    may_complete: bool,
    part: Floats | float = 1.0,
    error: Floats | float = 0.0,
) -> Course:
    """Means over the runs of [run, step], with their intervals.

    Parameters
    ----------
    part : of the step that one pause may take
    error : what the runs may be wrong by in the logarithm of the odds of a pause
    """
    all_busy = np.broadcast_to(all_busy, completed.shape)
    means = all_busy.mean(axis=0), completed.mean(axis=0)
    if len(all_busy) < 2:
        return Course(*means)
    never = np.zeros_like(means[1]), np.zeros_like(means[1])
    busy = further_apart(means[0], share_ends(all_busy, part), error)
    ended = share_ends(completed) if may_complete else never
    rest = share_ends(1.0 - all_busy - completed, 1.0, 1.0 if may_complete else part)
    rest = further_apart(1.0 - means[0] - means[1], rest, error)
    return Course(*means, Ends(busy, ended, rest))


def _settled_spans(given: Horizon, stretches: Sequence[Stretch]) -> list[tuple[int, int]]:
    """First and last + 1 steps between which a group of pairs is in a steady state.

    Once a change is forgotten the chances are those of the long run, and all steps until the next
    change show what is left of the same chance: their mean.
    """
    starts = [0] + [
        number
        for number in range(1, len(stretches))
        if stretches[number][1:] != stretches[number - 1][1:]
    ]
    settled = max(settling_seconds(pair) for stretch in stretches for pair in stretch.pairs)
    seconds = given.seconds
    begins = [stretches[number].seconds for number in starts]
    spans = []
    for begin, end in pairwise([*begins, float(seconds[-1])]):
        first = int(np.searchsorted(seconds, begin + settled))
        last = int(np.searchsorted(seconds, end))
        if last - first > 1:
            spans.append((first, last))
    return spans
