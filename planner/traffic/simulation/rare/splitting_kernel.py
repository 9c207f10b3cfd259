"""Runs of one campaign on one dialer that are split where agent lines get scarce, compiled.

States are put in tiers by the busy agent lines. Of each attempt that ends in the last state of a
tier, and that might ask for an agent, so many copies of the run are made that it does ask: with the
chance of that over their number as weight. What the run does by chance above its tier is not
counted, as its copies tell that; a copy ends when it falls below the tier that it was made in. All
that is counted, times its weight, is on average what a run without copies would count.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planner.compiling.compiled import compiled, inlined, lean
from planner.traffic.arguments import Floats
from planner.traffic.simulation.event_queue import Integers, drop_earliest, push
from planner.traffic.simulation.pair_events import (
    account,
    end_attempt,
    end_talk,
    free_agents,
    launch,
    may_launch,
    remaining_duration,
    ring_call,
    set_clock,
    update_status,
)
from planner.traffic.simulation.run_state import ALL_BUSY, ATTEMPT_SECONDS, RunState

#: Places in the numbers of a branch: the time, its bin, its tier, the tier below which it ends, its
#: weight, whether it counts, its depth, and copies of it that are still to be made.
_NOW, _BIN, _TIER, _FLOOR, _WEIGHT, _COUNTED, _DEPTH, _COPIES = range(8)
NUMBERS = 8


class Tiers(NamedTuple):
    """Where runs are split."""

    of_busy: Integers  # tier by busy agent lines
    copies: Floats  # made of each attempt that ends in the last state of a tier, on average
    weights: Floats  # of a copy, over that of the run it is made of


class Branches(NamedTuple):
    """Runs that wait until the copies made of them have ended, by depth."""

    pairs: Any
    campaigns: Any
    groups: Any
    attempt_ends: Floats  # [depth, line]
    talk_ends: Floats
    numbers: Floats  # [depth, number]


@inlined
def busy_lines(pair: Any) -> int:
    """Agent lines that talk or wrap up."""
    return int(pair.agent_lines - free_agents(pair))


@inlined
def count(pair: Any, now: float, weight: float, totals: Floats) -> None:
    """Add what was counted since the last time, times the weight; weight 0 forgets it."""
    account(pair, now)
    under_way = pair.attempts * now
    pair.totals[ATTEMPT_SECONDS] += under_way
    for column in range(totals.size):
        totals[column] += weight * pair.totals[column]
        pair.totals[column] = 0.0
    pair.totals[ATTEMPT_SECONDS] = -under_way


@inlined
def settle(state: RunState, rng: Any, now: float) -> float:
    """After something happened: status, launches, and when the next event is."""
    pair, campaign = state.pairs[0], state.campaigns[0]
    group = state.groups[state.groups.size - 1]
    update_status(pair, campaign, state.joint, now)
    while may_launch(pair, campaign):
        launch(pair, campaign, group, state.attempt_ends, state.pass_factors, rng, now)
    return float(set_clock(pair, campaign, state.attempt_ends, state.talk_ends, rng, now))


@lean
def begin(state: RunState, rng: Any) -> None:
    """Put the talks under way at the start in place."""
    pair, campaign = state.pairs[0], state.campaigns[0]
    campaign.calls += pair.talking
    state.groups[state.groups.size - 1].calls += pair.talking
    while campaign.talk_cv != 1.0 and pair.timed_talks < pair.talking:
        end = remaining_duration(rng, campaign.talk_seconds, campaign.talk_cv, campaign.talk_spread)
        push(state.talk_ends, 0, pair.timed_talks, end)
        pair.timed_talks += 1


@lean
def keep(state: RunState, branches: Branches, depth: int) -> None:
    """Remember the run, of which copies are made."""
    pair = state.pairs[0]
    branches.pairs[depth] = pair
    branches.campaigns[depth] = state.campaigns[0]
    branches.groups[depth] = state.groups[state.groups.size - 1]
    for place in range(pair.timed_attempts):
        branches.attempt_ends[depth, place] = state.attempt_ends[place]
    for place in range(pair.timed_talks):
        branches.talk_ends[depth, place] = state.talk_ends[place]


@lean
def recall(state: RunState, branches: Branches, depth: int) -> None:
    """Go on with a run that was remembered."""
    state.pairs[0] = branches.pairs[depth]
    state.campaigns[0] = branches.campaigns[depth]
    state.groups[state.groups.size - 1] = branches.groups[depth]
    pair = state.pairs[0]
    pair.clock_rate = -1.0  # what is memoryless comes at another time in each copy
    for place in range(pair.timed_attempts):
        state.attempt_ends[place] = branches.attempt_ends[depth, place]
    for place in range(pair.timed_talks):
        state.talk_ends[place] = branches.talk_ends[depth, place]


@lean
def until_attempt_ends(state: RunState, rng: Any, now: float) -> bool:
    """What happens at ``now``, but for the outcome of an attempt; whether an attempt ended."""
    pair, campaign = state.pairs[0], state.campaigns[0]
    group = state.groups[state.groups.size - 1]
    if pair.clock <= now:
        x = rng.random() * pair.clock_rate
        pair.clock_rate = -1.0
        part = (pair.attempts - pair.timed_attempts) / campaign.attempt_seconds
        if x < part:
            return True
        ring_call(pair, campaign, group, state.talk_ends, rng, now, x - part)
    elif pair.timed_attempts > 0 and state.attempt_ends[0] <= now:
        drop_earliest(state.attempt_ends, 0, pair.timed_attempts)
        pair.timed_attempts -= 1
        return True
    else:
        drop_earliest(state.talk_ends, 0, pair.timed_talks)
        pair.timed_talks -= 1
        end_talk(pair, campaign, group, state.talk_ends, rng, now)
    return False


@lean
def copy(
    state: RunState, rng: Any, tiers: Tiers, branches: Branches, branch: Floats, totals: Floats
) -> float:
    """Make copies of the run, if any, in which the attempt that ends asks for an agent.

    Returns the outcome of the attempt in the run that goes on: in the first copy it asks.
    """
    tier, depth = int(branch[_TIER]), int(branch[_DEPTH])
    count(state.pairs[0], branch[_NOW], branch[_WEIGHT], totals)
    copies = np.floor(tiers.copies[tier] + rng.random())
    if copies == 0.0:
        return float(rng.random())
    keep(state, branches, depth)
    for number in range(NUMBERS):
        branches.numbers[depth, number] = branch[number]
    branches.numbers[depth, _COPIES] = copies - 1.0
    become_copy(tiers, branch)
    return 0.0


@inlined
def become_copy(tiers: Tiers, branch: Floats) -> None:
    """The branch is a copy of the run that it was, in the next tier."""
    branch[_DEPTH] += 1.0
    branch[_WEIGHT] *= tiers.weights[int(branch[_TIER])]
    branch[_TIER] += 1.0
    branch[_FLOOR] = branch[_TIER]


@lean
def go_back(state: RunState, rng: Any, tiers: Tiers, branches: Branches, branch: Floats) -> float:
    """The branch has ended: make the next copy of its run, or go on with that run.

    Returns the outcome of the attempt of which copies are made.
    """
    depth = int(branch[_DEPTH]) - 1
    recall(state, branches, depth)
    for number in range(NUMBERS):
        branch[number] = branches.numbers[depth, number]
    if branch[_COPIES] == 0.0:
        return float(rng.random())
    branches.numbers[depth, _COPIES] -= 1.0
    become_copy(tiers, branch)
    return 0.0


@inlined
def to_edges(pair: Any, branch: Floats, following: float, edges: Floats, totals: Floats) -> bool:
    """Count up to the edges of bins that come before the next event; whether the last one did."""
    while following >= edges[int(branch[_BIN]) + 1]:
        place = int(branch[_BIN])
        count(pair, edges[place + 1], branch[_WEIGHT] * branch[_COUNTED], totals[place])
        branch[_BIN] += 1.0
        if place + 2 == edges.size:
            return True
    return False


@inlined
def follow(pair: Any, tiers: Tiers, branch: Floats, totals: Floats) -> bool:
    """Bring the tier of the branch up to date; whether it has fallen below where it began."""
    here = float(tiers.of_busy[busy_lines(pair)])
    if branch[_COUNTED] == 1.0 and here > branch[_TIER]:
        # What follows is told by the copies.
        branch[_COUNTED] = 0.0
    elif here < branch[_TIER] or (branch[_COUNTED] == 0.0 and here == branch[_TIER]):
        count(pair, branch[_NOW], branch[_WEIGHT] * branch[_COUNTED], totals)
        branch[_COUNTED], branch[_TIER] = 1.0, here
    return bool(here < branch[_FLOOR])


@compiled
def run(
    state: RunState,
    rng: Any,
    tiers: Tiers,
    branches: Branches,
    edges: Floats,
    first_bin: int,
    once: bool,
    totals: Floats,
) -> int:
    """One run and all its copies, from ``edges[0]`` to ``edges[-1]``; returns the events.

    Until ``first_bin`` no copies are made. With ``once`` a run ends at its first pause. Totals
    are [bin, column].
    """
    pair, campaign = state.pairs[0], state.campaigns[0]
    group = state.groups[state.groups.size - 1]
    branch, events, fallen = np.zeros(NUMBERS), 0, False
    begin(state, rng)
    following = settle(state, rng, 0.0)
    branch[_TIER], branch[_FLOOR] = tiers.of_busy[busy_lines(pair)], -1.0
    branch[_WEIGHT], branch[_COUNTED] = 1.0, 1.0
    while True:
        outcome = -1.0  # of no attempt
        ended = fallen
        if not ended and once and pair.status == ALL_BUSY:
            ended = True
            weight = branch[_WEIGHT] * branch[_COUNTED]
            count(pair, branch[_NOW], weight, totals[int(branch[_BIN])])
        elif not ended:
            ended = to_edges(pair, branch, following, edges, totals)
        if ended:
            if branch[_DEPTH] == 0.0:
                return events
            outcome = go_back(state, rng, tiers, branches, branch)
        else:
            events += 1
            branch[_NOW] = following
            if until_attempt_ends(state, rng, following):
                outcome = rng.random()
                if branch[_COUNTED] == 1.0 and branch[_BIN] >= first_bin:
                    busy = busy_lines(pair)
                    if busy < pair.agent_lines and tiers.of_busy[busy + 1] > branch[_TIER]:
                        here = totals[int(branch[_BIN])]
                        outcome = copy(state, rng, tiers, branches, branch, here)
        now, place = branch[_NOW], int(branch[_BIN])
        if outcome >= 0.0:
            end_attempt(pair, campaign, group, state.talk_ends, rng, now, outcome)
        following = settle(state, rng, now)
        fallen = False
        if place < first_bin:
            branch[_TIER] = tiers.of_busy[busy_lines(pair)]
        else:
            fallen = follow(pair, tiers, branch, totals[place])
