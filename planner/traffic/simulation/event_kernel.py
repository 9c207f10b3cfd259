"""Simulates one run of campaigns on dialers, event by event, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.compiling.compiled import compiled, inlined, lean
from planner.traffic.arguments import Floats
from planner.traffic.simulation.event_queue import Integers, push, reschedule
from planner.traffic.simulation.outside_changes import (
    change_figures,
    end_joint_bin,
    end_pair_bin,
)
from planner.traffic.simulation.pair_events import (
    account,
    count_waiting,
    end_calls,
    happen,
    launch,
    may_launch,
    remaining_duration,
    serve_held,
    set_clock,
    update_status,
)
from planner.traffic.simulation.run_state import ATTEMPT_SECONDS, RunState, Stretch


@inlined
def pass_gate(state: RunState, rng: Any, p: int, now: float) -> None:
    """Launch one attempt of pair p, whose turn it is, behind its gate."""
    pair = state.pairs[p]
    dialer, group, gate = (
        state.dialers[pair.dialer],
        state.groups[pair.group],
        state.gates[pair.gate],
    )
    # Who has not waited for long does not catch up: turns start from that of the last launch.
    gate.turn = max(pair.turn, gate.turn)
    pair.turn = gate.turn + 1.0 / pair.dial_lines
    dialer.ready, group.ready = now + dialer.spacing, now + group.spacing
    campaign = state.campaigns[pair.campaign]
    launch(pair, campaign, group, state.attempt_ends, state.pass_factors, rng, now)


@inlined
def queue_at_gate(state: RunState, rng: Any, p: int, now: float) -> None:
    """Launch at once what pair p may, if nobody waits and its gate is open; else take a turn."""
    keys, winners = state.keys, state.winners
    pair = state.pairs[p]
    campaign, group = state.campaigns[pair.campaign], state.groups[pair.group]
    dialer, leaf = state.dialers[pair.dialer], state.pairs.size + pair.gate
    if group.freed == 1:
        # Whoever waited for a channel may be of another pair.
        group.freed = 0
        reschedule(keys, winners, leaf, now)
    if keys[leaf] == np.inf:
        while (
            may_launch(pair, campaign)
            and max(group.ready, dialer.ready) <= now
            and group.calls < group.channels
        ):
            pass_gate(state, rng, p, now)
    waits = may_launch(pair, campaign)
    state.waiting[pair.place] = pair.turn if waits else np.inf
    if waits and group.calls < group.channels:
        opens = max(now, group.ready, dialer.ready)
        reschedule(keys, winners, leaf, min(keys[leaf], opens))
    count_waiting(pair, campaign, now)


@inlined
def set_alarm(state: RunState, rng: Any, p: int, now: float) -> None:
    """Say when pair p happens next."""
    pair = state.pairs[p]
    campaign = state.campaigns[pair.campaign]
    time = set_clock(pair, campaign, state.attempt_ends, state.talk_ends, rng, now)
    reschedule(state.keys, state.winners, p, time)


@inlined
def settle(state: RunState, rng: Any, p: int, now: float) -> None:
    """After something happened at pair p: its status, its launches, and when it happens next."""
    pair = state.pairs[p]
    campaign = state.campaigns[pair.campaign]
    update_status(pair, campaign, state.joint, now)
    if pair.gate < 0:
        group = state.groups[pair.group]
        while may_launch(pair, campaign):
            launch(pair, campaign, group, state.attempt_ends, state.pass_factors, rng, now)
    else:
        queue_at_gate(state, rng, p, now)
    set_alarm(state, rng, p, now)


@inlined
def next_at_gate(state: RunState, g: int, now: float) -> tuple[int, float, int]:
    """The pair at gate g whose turn it is, -1 if none may launch now; when one may; who waits."""
    gate = state.gates[g]
    group = state.groups[gate.group]
    chosen, chosen_turn, later, waiters = -1, np.inf, np.inf, 0
    if group.calls < group.channels:
        for place in range(gate.first, gate.last):
            turn = state.waiting[place]
            if turn == np.inf:
                continue
            waiters += 1
            p = state.gate_pairs[place]
            allowed = max(group.ready, state.dialers[state.pairs[p].dialer].ready)
            if allowed > now:
                later = min(later, allowed)
            elif max(turn, gate.turn) < chosen_turn:
                chosen, chosen_turn = p, max(turn, gate.turn)
    return chosen, later, waiters


@inlined
def open_gate(state: RunState, rng: Any, g: int, now: float) -> None:
    """Launch one attempt of those that wait at gate g, and say when to look again."""
    chosen, later, waiters = next_at_gate(state, g, now)
    if chosen >= 0:
        pair, gate = state.pairs[chosen], state.gates[g]
        campaign, group = state.campaigns[pair.campaign], state.groups[gate.group]
        # A dial list may have run out elsewhere since the pair took its turn.
        if may_launch(pair, campaign):
            pass_gate(state, rng, chosen, now)
            count_waiting(pair, campaign, now)
            set_alarm(state, rng, chosen, now)
        state.waiting[pair.place] = pair.turn if may_launch(pair, campaign) else np.inf
        if waiters > 1 or state.waiting[pair.place] < np.inf:
            # A trunk group may launch on another of its dialers at once.
            of_group = gate.group + 1 < state.groups.size
            later = max(now, group.ready if of_group else state.dialers[pair.dialer].ready)
    reschedule(state.keys, state.winners, state.pairs.size + g, later)


@lean
def complete(state: RunState, c: int, now: float) -> None:
    """The dial list of campaign c is done, on all its dialers."""
    for p in range(state.pairs.size):
        if state.pairs[p].campaign == c:
            update_status(state.pairs[p], state.campaigns[c], state.joint, now)


@lean
def lose_calls(pair: Any, campaign: Any, group: Any, now: float) -> None:
    """The dialer fails: all calls on it are lost."""
    account(pair, now)
    lost = pair.attempts + pair.talking + pair.held
    pair.totals[ATTEMPT_SECONDS] += pair.attempts * now
    if pair.attempts > 0:
        campaign.factors *= 1.0 - pair.attempts / campaign.in_progress
        campaign.in_progress -= pair.attempts
    pair.attempts, pair.talking, pair.held = 0, 0, 0
    pair.timed_attempts, pair.timed_talks = 0, 0
    end_calls(campaign, group, lost, now)


@lean
def change(state: RunState, rng: Any, stretch: Stretch, s: int, now: float) -> None:
    """Apply what holds from change ``s`` on."""
    change_figures(state, rng, stretch, s, now)
    for p in range(state.pairs.size):
        pair = state.pairs[p]
        campaign, group = state.campaigns[pair.campaign], state.groups[pair.group]
        pair.dial_lines = stretch.dial_lines[s, p]
        pair.agent_lines = stretch.agent_lines[s, p]
        pair.window_open = stretch.window_open[s, p]
        if stretch.in_service[s, p] == 0 and pair.in_service == 1:
            lose_calls(pair, campaign, group, now)
        pair.in_service = stretch.in_service[s, p]
        serve_held(pair, campaign, state.talk_ends, rng, now)
    for g in range(state.gates.size):
        # All pairs may want to launch now: none of them is first, they take turns.
        reschedule(state.keys, state.winners, state.pairs.size + g, now)
    for p in range(state.pairs.size):
        settle(state, rng, p, now)


@lean
def start(state: RunState, rng: Any) -> None:
    """Put the talks under way at the start in place, and find lists that are empty already."""
    for p in range(state.pairs.size):
        pair = state.pairs[p]
        campaign = state.campaigns[pair.campaign]
        campaign.calls += pair.talking
        state.groups[pair.group].calls += pair.talking
        while campaign.talk_cv != 1.0 and pair.timed_talks < pair.talking:
            end = remaining_duration(
                rng, campaign.talk_seconds, campaign.talk_cv, campaign.talk_spread
            )
            push(state.talk_ends, pair.heap, pair.timed_talks, end)
            pair.timed_talks += 1
    for c in range(state.campaigns.size):
        end_calls(state.campaigns[c], state.groups[-1], 0, 0.0)


@lean
def run_until(state: RunState, rng: Any, end: float) -> int:
    """Event after event until ``end``; returns how many."""
    pairs, keys, winners = state.pairs, state.keys, state.winners
    events = 0
    while True:
        leaf = winners[1]
        now = keys[leaf]
        if now >= end:
            return events
        if leaf >= pairs.size:
            open_gate(state, rng, leaf - pairs.size, now)
            continue
        pair = pairs[leaf]
        campaign, group = state.campaigns[pair.campaign], state.groups[pair.group]
        happen(pair, campaign, group, state.attempt_ends, state.talk_ends, rng, now)
        settle(state, rng, leaf, now)
        if campaign.completed_at == now:
            complete(state, pair.campaign, now)
        events += 1


@compiled
def run(
    state: RunState,
    rng: Any,
    stretch: Stretch,
    edges: Floats,
    changes: Integers,
    bins: Integers,
    totals: Floats,
    joint_totals: Floats,
) -> int:
    """Simulate from ``edges[0]`` to ``edges[-1]``; returns the number of events.

    From ``edges[j]`` on, what holds is change ``changes[j]``, and all that is counted is added to
    ``totals[bins[j]]``, by pair and column, and to ``joint_totals[bins[j]]``, by campaign.
    """
    events = 0
    pairs, campaigns = state.pairs, state.campaigns
    start(state, rng)
    for j in range(edges.size - 1):
        if j == 0 or changes[j] != changes[j - 1]:
            change(state, rng, stretch, changes[j], edges[j])
        events += run_until(state, rng, edges[j + 1])
        for p in range(pairs.size):
            if pairs[p].gate >= 0:
                count_waiting(pairs[p], campaigns[pairs[p].campaign], edges[j + 1])
            end_pair_bin(pairs[p], edges[j + 1], totals[bins[j], p])
        end_joint_bin(campaigns, state.joint, edges[j + 1], joint_totals[bins[j]])
    return events
