"""One run of campaigns on dialers whose launches flow instead of coming one by one, compiled.

Of thousands of attempts an hour few ask for an agent, and only those change what happens. So the
attempts in progress are a level here, where they are memoryless: it falls as attempts end and rises
as calls per second let idle lines launch, and requests for an agent come from it at its rate. What
agents and callers do is drawn event by event. Attempts that are not memoryless have times of their
own; those that end unanswered and are followed by the next are passed over in one go.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.compiling.compiled import compiled, inlined, lean
from planner.traffic.arguments import Floats
from planner.traffic.simulation.event_kernel import start
from planner.traffic.simulation.event_queue import Integers, reschedule
from planner.traffic.simulation.flow.fluid_events import (
    happen,
    launch_timed,
    look_seconds,
    schedule,
)
from planner.traffic.simulation.flow.fluid_level import (
    AT_ONCE,
    CALM,
    FILLING,
    aim,
    fall_rate,
    flow,
    is_counted,
    level_ends,
    round_by_chance,
)
from planner.traffic.simulation.flow.steady_lines import end_steady
from planner.traffic.simulation.outside_changes import (
    change_figures,
    end_joint_bin,
    end_pair_bin,
)
from planner.traffic.simulation.pair_events import account, serve_held, update_status
from planner.traffic.simulation.run_state import (
    ATTEMPT_SECONDS,
    ATTEMPTS,
    RUNNING,
    RunState,
    Stretch,
)

#: What is kept of each dialer and of each gate: demand of those whose lines are all in use, lines
#: of those that fill up, lines of the others.
DEMAND, FILLING_LINES, OTHER_LINES = range(3)
#: Rates closer than this are equal, relatively.
SAME_RATE = 1e-9


@lean
def share_gate(state: RunState, rates: Floats, rng: Any, own: int, now: float, edge: float) -> None:
    """Split the calls per second of the gate of pair ``own`` among the pairs that fill up there.

    Who has all lines in use takes what these need, at most a share by dial lines; the rest goes to
    the others in proportion to theirs. When pair ``own`` happens next is for the caller to say.
    """
    pairs, dialers = state.pairs, state.dialers
    number = pairs[own].gate
    gate, whole = state.gates[number], rates[dialers.size + number]
    spacing = state.groups[gate.group].spacing
    if gate.one_limit == 1:
        hold_back(state, rates, number, now)
    of_group = np.inf if spacing == 0.0 else spare(1.0 / spacing, whole)
    if gate.filling == 1 and is_filling(pairs[own]):  # mostly one fills up alone
        rate = own_rate(pairs[own], dialers, rates, of_group, whole)
        launch_at(state, rng, own, own, min(rate, of_group), now, edge)
        return
    asked = 0.0
    for place in range(gate.first, gate.last):
        pair = pairs[state.gate_pairs[place]]
        if is_filling(pair):
            asked += own_rate(pair, dialers, rates, of_group, whole)
    squeezed = min(1.0, of_group / asked) if asked > 0.0 else 1.0
    for place in range(gate.first, gate.last):
        p = state.gate_pairs[place]
        if is_filling(pairs[p]):
            rate = squeezed * own_rate(pairs[p], dialers, rates, of_group, whole)
            launch_at(state, rng, p, own, rate, now, edge)


@lean
def is_filling(pair: Any) -> bool:
    """Whether launches of the pair wait, as its lines fill up."""
    return bool(pair.mode == FILLING and pair.status == RUNNING)


@lean
def launch_at(
    state: RunState, rng: Any, p: int, own: int, rate: float, now: float, edge: float
) -> None:
    """Let pair p launch so many calls per second from now on, while pair ``own`` happens."""
    pair = state.pairs[p]
    if rate == pair.launch_rate:
        return
    campaign = state.campaigns[pair.campaign]
    flow(pair, campaign, now)
    pair.launch_rate = rate
    if campaign.attempt_cv == 1.0 or pair.mode_ends == np.inf or p == own:
        level_ends(pair, campaign, now)
    if p != own:
        ends, talks = state.attempt_ends, state.talk_ends
        time = schedule(pair, campaign, ends, talks, rng, now, edge)
        reschedule(state.keys, state.winners, p, time)


@lean
def hold_back(state: RunState, rates: Floats, number: int, now: float) -> None:
    """Let who has all lines in use, and needs more than its share by dial lines, fall back to that.

    Memoryless attempts alone, and where only the dialer or only its trunk group has a limit.
    """
    pairs, gate, whole = state.pairs, state.gates[number], rates[state.dialers.size + number]
    for place in range(gate.first, gate.last):
        pair = pairs[state.gate_pairs[place]]
        campaign = state.campaigns[pair.campaign]
        if pair.kind != OTHER_LINES or pair.mode != CALM or campaign.attempt_cv != 1.0:
            continue
        of_dialer = state.dialers[pair.dialer].spacing
        spacing = max(of_dialer, state.groups[gate.group].spacing)
        if min(of_dialer, state.groups[gate.group].spacing) > 0.0:
            continue
        of = whole if of_dialer == 0.0 else rates[pair.dialer]
        filling = of[FILLING_LINES] + pair.dial_lines
        left = 1.0 / spacing - of[DEMAND] + pair.demand
        most = max(left / filling, 1.0 / spacing / (of[FILLING_LINES] + of[OTHER_LINES]))
        need = pair.target * fall_rate(pair, campaign)
        if most * pair.dial_lines < need * (1.0 - SAME_RATE):
            flow(pair, campaign, now)
            pair.mode, pair.launch_rate = FILLING, -1.0
            count_lines(pair, campaign, rates[pair.dialer], whole)
            gate.filling += 1


@lean
def count_lines(pair: Any, campaign: Any, of_dialer: Floats, of_gate: Floats) -> None:
    """Bring what is kept of the dialer and the gate of a pair up to date."""
    kind, demand = -1, 0.0
    if pair.status == RUNNING and campaign.left >= 1.0:
        kind = FILLING_LINES
        if pair.mode != FILLING:
            kind, demand = OTHER_LINES, pair.target / campaign.attempt_seconds
    if demand != pair.demand:
        of_dialer[DEMAND] += demand - pair.demand
        of_gate[DEMAND] += demand - pair.demand
        pair.demand = demand
    if kind != pair.kind:
        if pair.kind >= 0:
            of_dialer[pair.kind] -= pair.dial_lines
            of_gate[pair.kind] -= pair.dial_lines
        if kind >= 0:
            of_dialer[kind] += pair.dial_lines
            of_gate[kind] += pair.dial_lines
        pair.kind = kind


@lean
def spare(rate: float, of: Floats) -> float:
    """Calls per second left to those that fill up."""
    lines = of[FILLING_LINES] + of[OTHER_LINES]
    return float(max(rate - of[DEMAND], rate * of[FILLING_LINES] / lines))


@lean
def own_rate(pair: Any, dialers: Any, rates: Floats, of_group: float, whole: Floats) -> float:
    """Calls per second that a pair that fills up may launch, as far as its dialer goes."""
    spacing = dialers[pair.dialer].spacing
    if spacing == 0.0:
        return float(of_group * pair.dial_lines / whole[FILLING_LINES])
    of = rates[pair.dialer]
    return float(spare(1.0 / spacing, of) * pair.dial_lines / of[FILLING_LINES])


@inlined
def settle(
    state: RunState, rates: Floats, rng: Any, p: int, now: float, edge: float, filled: bool
) -> None:
    """After something happened at a pair: its status, launches and clock.

    ``filled``: whether it was filling up before.
    """
    pairs, campaigns = state.pairs, state.campaigns
    pair = pairs[p]
    campaign = campaigns[pair.campaign]
    update_status(pair, campaign, state.joint, now)
    filling = pair.mode == FILLING
    aim(pair, campaign, now)
    if is_counted(pair, campaign):
        round_by_chance(pair, rng)
    if pair.mode == FILLING and (pair.gate < 0 or not filling):
        fill_at_once(pair, campaign, state.attempt_ends, rng, now)
    if pair.gate >= 0:
        tell_gate(state, rates, rng, p, now, edge, filled)
    time = schedule(pair, campaign, state.attempt_ends, state.talk_ends, rng, now, edge)
    reschedule(state.keys, state.winners, p, time)


@inlined
def tell_gate(
    state: RunState, rates: Floats, rng: Any, p: int, now: float, edge: float, filled: bool
) -> None:
    """Bring what is kept of a pair's gate up to date, and who may launch how much."""
    pair = state.pairs[p]
    gate, whole = state.gates[pair.gate], rates[state.dialers.size + pair.gate]
    kind = pair.kind
    count_lines(pair, state.campaigns[pair.campaign], rates[pair.dialer], whole)
    if filled == (pair.mode == FILLING) and kind == pair.kind:
        return
    gate.filling += int(pair.mode == FILLING) - int(filled)
    if gate.filling > 0:
        share_gate(state, rates, rng, p, now, edge)


@lean
def fill_at_once(pair: Any, campaign: Any, attempt_ends: Floats, rng: Any, now: float) -> None:
    """Launch what waits for no gate, or is so little that it waits no longer than any other."""
    most = np.inf if pair.gate < 0 else AT_ONCE
    if campaign.attempt_cv == 1.0:
        if pair.target - pair.level <= most:
            launched = min(pair.target - pair.level, campaign.left)
            pair.totals[ATTEMPTS] += launched
            campaign.left -= launched
            pair.level, pair.mode, pair.mode_ends = pair.level + launched, CALM, np.inf
    elif pair.target - pair.attempts <= most:
        while pair.attempts < pair.target and campaign.left >= 1.0:
            launch_timed(pair, campaign, attempt_ends, rng, now)
        pair.mode, pair.mode_ends = CALM, np.inf


@lean
def lose_calls(pair: Any, now: float) -> None:
    """The dialer fails: all calls on it are lost."""
    account(pair, now)
    pair.totals[ATTEMPT_SECONDS] += pair.attempts * now
    pair.attempts, pair.talking, pair.held, pair.level = 0, 0, 0, 0.0
    pair.timed_attempts, pair.timed_talks, pair.asks = 0, 0, np.inf


@lean
def change(
    state: RunState,
    rates: Floats,
    rng: Any,
    stretch: Stretch,
    calm: Floats,
    s: int,
    now: float,
    edge: float,
) -> None:
    """Apply what holds from change ``s`` on."""
    for p in range(state.pairs.size):
        pair = state.pairs[p]
        if pair.steady == 1:
            campaign = state.campaigns[pair.campaign]
            end_steady(pair, campaign, state.attempt_ends, rng, now)
    change_figures(state, rng, stretch, s, now)
    for p in range(state.pairs.size):
        pair = state.pairs[p]
        pair.agent_lines, pair.calm = stretch.agent_lines[s, p], calm[s, p]
        pair.window_open = stretch.window_open[s, p]
        pair.unasked = 0.0  # drawn anew by the rate of now
        if stretch.in_service[s, p] == 0 and pair.in_service == 1:
            lose_calls(pair, now)
        pair.in_service = stretch.in_service[s, p]
        serve_held(pair, state.campaigns[pair.campaign], state.talk_ends, rng, now)
    for p in range(state.pairs.size):
        settle(state, rates, rng, p, now, edge, state.pairs[p].mode == FILLING)


@lean
def look_ahead(state: RunState, rng: Any, now: float, edge: float) -> None:
    """Look at the timed attempts up to the next edge."""
    for p in range(state.pairs.size):
        pair = state.pairs[p]
        campaign = state.campaigns[pair.campaign]
        if campaign.attempt_cv != 1.0:
            time = schedule(pair, campaign, state.attempt_ends, state.talk_ends, rng, now, edge)
            reschedule(state.keys, state.winners, p, time)


@lean
def begin_lists(state: RunState, rng: Any) -> None:
    """Look at the lists at once, each as long as chance lets it seem.

    A level falls by means; how many of so many memoryless attempts have ended varies by their root.
    """
    for c in range(state.campaigns.size):
        campaign = state.campaigns[c]
        if 1.0 <= campaign.left < np.inf:
            if campaign.attempt_cv == 1.0:
                varied = campaign.left + np.sqrt(campaign.left) * rng.standard_normal()
                campaign.left = max(varied, 1.0)
            reschedule(state.keys, state.winners, state.pairs.size + state.gates.size + c, 0.0)


@lean
def look_at_list(state: RunState, rates: Floats, rng: Any, c: int, now: float, edge: float) -> None:
    """Bring what is left of a list up to now; nothing is launched any more once it is empty.

    It is completed when the last of the calls has ended: the last of ``n`` memoryless attempts
    does when the level is below an exponential variable.
    """
    pairs, campaign = state.pairs, state.campaigns[c]
    level, calls = 0.0, 0
    for p in range(pairs.size):
        if pairs[p].campaign == c:
            flow(pairs[p], campaign, now)
            calls += pairs[p].timed_attempts + pairs[p].talking + pairs[p].held
            if is_counted(pairs[p], campaign):
                calls += int(pairs[p].level)
            else:
                level += pairs[p].level
    leaf = pairs.size + state.gates.size + c
    if campaign.left >= 1.0:
        reschedule(state.keys, state.winners, leaf, now + look_seconds(campaign))
        return
    done = campaign.emptied == 1.0 and calls == 0 and level <= campaign.last
    if done:
        campaign.completed_at = now
    next_look = np.inf if done else now + look_seconds(campaign)
    reschedule(state.keys, state.winners, leaf, next_look)
    if done or campaign.emptied == 0.0:
        campaign.last = rng.standard_exponential()
        campaign.emptied = 1.0
        for p in range(pairs.size):
            if pairs[p].campaign == c:
                if done:
                    pairs[p].level = 0.0
                settle(state, rates, rng, p, now, edge, pairs[p].mode == FILLING)


@lean
def happen_until(state: RunState, rates: Floats, rng: Any, edge: float) -> int:
    """All events before the edge; returns their number."""
    events = 0
    while True:
        p = state.winners[1]
        now = state.keys[p]
        if now >= edge:
            return events
        if p >= state.pairs.size:
            number = p - state.pairs.size - state.gates.size
            look_at_list(state, rates, rng, number, now, edge)
            continue
        pair = state.pairs[p]
        campaign = state.campaigns[pair.campaign]
        flow(pair, campaign, now)
        filled = pair.mode == FILLING
        group = state.groups[pair.group]
        happen(pair, campaign, group, state.attempt_ends, state.talk_ends, rng, now)
        settle(state, rates, rng, p, now, edge, filled)
        events += 1


@compiled
def run(
    state: RunState,
    rng: Any,
    stretch: Stretch,
    calm: Floats,
    edges: Floats,
    changes: Integers,
    bins: Integers,
    totals: Floats,
    joint_totals: Floats,
) -> int:
    """Simulate as :func:`planner.traffic.simulation.event_kernel.run` does.

    ``calm`` is the share of the lines of a pair that wait while nothing fills up, [change, pair].
    """
    events = 0
    pairs, campaigns, joint = state.pairs, state.campaigns, state.joint
    rates = np.zeros((state.dialers.size + state.gates.size, 3))  # by dialer, then by gate
    start(state, rng)
    begin_lists(state, rng)
    for j in range(edges.size - 1):
        edge = edges[j + 1]
        if j == 0 or changes[j] != changes[j - 1]:
            change(state, rates, rng, stretch, calm, changes[j], edges[j], edge)
        else:
            look_ahead(state, rng, edges[j], edge)
        events += happen_until(state, rates, rng, edge)
        for p in range(pairs.size):
            pair = pairs[p]
            flow(pair, campaigns[pair.campaign], edge)
            end_pair_bin(pair, edge, totals[bins[j], p])
        end_joint_bin(campaigns, joint, edge, joint_totals[bins[j]])
    return events
