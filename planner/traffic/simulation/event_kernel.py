"""Simulates one run of campaigns on dialers, event by event, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.compiling.compiled import compiled, lean
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


@lean
def pass_gate(
    pair: Any,
    campaign: Any,
    dialer: Any,
    group: Any,
    gate: Any,
    attempt_ends: Floats,
    pass_factors: Floats,
    rng: Any,
    now: float,
) -> None:
    """Launch one attempt of the pair, whose turn it is, behind its gate."""
    # Who has not waited for long does not catch up: turns start from that of the last launch.
    gate.turn = max(pair.turn, gate.turn)
    pair.turn = gate.turn + 1.0 / pair.dial_lines
    dialer.ready, group.ready = now + dialer.spacing, now + group.spacing
    launch(pair, campaign, group, attempt_ends, pass_factors, rng, now)


# Arrays of the state are taken out of it before loops: each access counts its references.


@lean
def queue_at_gate(
    pair: Any,
    campaign: Any,
    dialer: Any,
    group: Any,
    gate: Any,
    leaf: int,
    waiting: Floats,
    keys: Floats,
    winners: Integers,
    attempt_ends: Floats,
    pass_factors: Floats,
    rng: Any,
    now: float,
) -> None:
    """Launch at once what the pair may, if nobody waits and the gate is open; else take a turn.

    ``leaf`` is that of the gate.
    """
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
            pass_gate(pair, campaign, dialer, group, gate, attempt_ends, pass_factors, rng, now)
    waits = may_launch(pair, campaign)
    waiting[pair.place] = pair.turn if waits else np.inf
    if waits and group.calls < group.channels:
        opens = max(now, group.ready, dialer.ready)
        reschedule(keys, winners, leaf, min(keys[leaf], opens))


@lean
def settle_ungated(state: RunState, rng: Any, p: int, now: float) -> None:
    """After something happened at a pair without a gate: its status, launches and clock."""
    keys, winners = state.keys, state.winners
    attempt_ends, talk_ends = state.attempt_ends, state.talk_ends
    pass_factors = state.pass_factors
    pair = state.pairs[p]
    campaign, group = state.campaigns[pair.campaign], state.groups[pair.group]
    update_status(pair, campaign, state.joint, now)
    while may_launch(pair, campaign):
        launch(pair, campaign, group, attempt_ends, pass_factors, rng, now)
    reschedule(keys, winners, p, set_clock(pair, campaign, attempt_ends, talk_ends, rng, now))


@compiled
def settle_gated(
    pairs: Any,
    campaigns: Any,
    dialers: Any,
    groups: Any,
    gates: Any,
    waiting: Floats,
    keys: Floats,
    winners: Integers,
    attempt_ends: Floats,
    talk_ends: Floats,
    joint: Floats,
    pass_factors: Floats,
    rng: Any,
    p: int,
    now: float,
) -> None:
    """After something happened at a pair behind a gate."""
    pair = pairs[p]
    campaign, group = campaigns[pair.campaign], groups[pair.group]
    dialer, gate = dialers[pair.dialer], gates[pair.gate]
    update_status(pair, campaign, joint, now)
    leaf = pairs.size + pair.gate
    queue_at_gate(
        pair,
        campaign,
        dialer,
        group,
        gate,
        leaf,
        waiting,
        keys,
        winners,
        attempt_ends,
        pass_factors,
        rng,
        now,
    )
    count_waiting(pair, campaign, now)
    reschedule(keys, winners, p, set_clock(pair, campaign, attempt_ends, talk_ends, rng, now))


@compiled
def open_gate(
    pairs: Any,
    campaigns: Any,
    dialers: Any,
    groups: Any,
    gates: Any,
    gate_pairs: Integers,
    waiting: Floats,
    keys: Floats,
    winners: Integers,
    attempt_ends: Floats,
    talk_ends: Floats,
    pass_factors: Floats,
    rng: Any,
    g: int,
    now: float,
) -> None:
    """Launch one attempt of those that wait at a gate, and say when to look again."""
    gate = gates[g]
    group = groups[gate.group]
    chosen, chosen_turn, later, waiters = -1, np.inf, np.inf, 0
    if group.calls < group.channels:
        for place in range(gate.first, gate.last):
            turn = waiting[place]
            if turn == np.inf:
                continue
            waiters += 1
            p = gate_pairs[place]
            allowed = max(group.ready, dialers[pairs[p].dialer].ready)
            if allowed > now:
                later = min(later, allowed)
            elif max(turn, gate.turn) < chosen_turn:
                chosen, chosen_turn = p, max(turn, gate.turn)
    if chosen >= 0:
        pair = pairs[chosen]
        campaign, dialer = campaigns[pair.campaign], dialers[pair.dialer]
        # A dial list may have run out elsewhere since the pair took its turn.
        if may_launch(pair, campaign):
            pass_gate(pair, campaign, dialer, group, gate, attempt_ends, pass_factors, rng, now)
            count_waiting(pair, campaign, now)
            time = set_clock(pair, campaign, attempt_ends, talk_ends, rng, now)
            reschedule(keys, winners, chosen, time)
        waiting[pair.place] = pair.turn if may_launch(pair, campaign) else np.inf
        if waiters > 1 or waiting[pair.place] < np.inf:
            # A trunk group may launch on another of its dialers at once.
            of_group = gate.group + 1 < groups.size
            later = max(now, group.ready if of_group else dialer.ready)
    reschedule(keys, winners, pairs.size + g, later)


@compiled
def complete(state: RunState, c: int, now: float) -> None:
    """The dial list of campaign c is done, on all its dialers."""
    for p in range(state.pairs.size):
        if state.pairs[p].campaign == c:
            update_status(state.pairs[p], state.campaigns[c], state.joint, now)


@compiled
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


@compiled
def change(state: RunState, rng: Any, stretch: Stretch, s: int, now: float) -> None:
    """Apply what holds from change ``s`` on."""
    change_figures(state, rng, stretch, s, now)
    for p in range(state.pairs.size):
        pair = state.pairs[p]
        campaign, group = state.campaigns[pair.campaign], state.groups[pair.group]
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
        if state.pairs[p].gate < 0:
            settle_ungated(state, rng, p, now)
        else:
            settle_gated(
                state.pairs,
                state.campaigns,
                state.dialers,
                state.groups,
                state.gates,
                state.waiting,
                state.keys,
                state.winners,
                state.attempt_ends,
                state.talk_ends,
                state.joint,
                state.pass_factors,
                rng,
                p,
                now,
            )


@compiled
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
    pairs, campaigns, groups = state.pairs, state.campaigns, state.groups
    dialers, gates = state.dialers, state.gates
    gate_pairs, waiting = state.gate_pairs, state.waiting
    keys, winners = state.keys, state.winners
    attempt_ends, talk_ends = state.attempt_ends, state.talk_ends
    joint, pass_factors = state.joint, state.pass_factors
    start(state, rng)
    for j in range(edges.size - 1):
        if j == 0 or changes[j] != changes[j - 1]:
            change(state, rng, stretch, changes[j], edges[j])
        while True:
            leaf = winners[1]
            now = keys[leaf]
            if now >= edges[j + 1]:
                break
            if leaf >= pairs.size:
                open_gate(
                    pairs,
                    campaigns,
                    dialers,
                    groups,
                    gates,
                    gate_pairs,
                    waiting,
                    keys,
                    winners,
                    attempt_ends,
                    talk_ends,
                    pass_factors,
                    rng,
                    leaf - pairs.size,
                    now,
                )
                continue
            pair = pairs[leaf]
            campaign, group = campaigns[pair.campaign], groups[pair.group]
            happen(pair, campaign, group, attempt_ends, talk_ends, rng, now)
            if pair.gate < 0:
                settle_ungated(state, rng, leaf, now)
            else:
                settle_gated(
                    pairs,
                    campaigns,
                    dialers,
                    groups,
                    gates,
                    waiting,
                    keys,
                    winners,
                    attempt_ends,
                    talk_ends,
                    joint,
                    pass_factors,
                    rng,
                    leaf,
                    now,
                )
            if campaign.completed_at == now:
                complete(state, pair.campaign, now)
            events += 1
        for p in range(pairs.size):
            if pairs[p].gate >= 0:
                count_waiting(pairs[p], campaigns[pairs[p].campaign], edges[j + 1])
            end_pair_bin(pairs[p], edges[j + 1], totals[bins[j], p])
        end_joint_bin(campaigns, joint, edges[j + 1], joint_totals[bins[j]])
    return events
