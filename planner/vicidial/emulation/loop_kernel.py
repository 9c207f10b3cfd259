"""Simulates servers that dial as VICIdial does: in loops, each for its own agents. Compiled.

What an attempt, a request, a talk and a wait are is as in :mod:`planner.traffic.simulation`; what
differs is who launches when.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.compiling.compiled import lean
from planner.traffic.simulation.pair_events import duration
from planner.vicidial.allocation import allot, calls_wanted, fill
from planner.vicidial.emulation.event_heap import (
    EVENTS,
    EVER_HELD,
    HELD,
    OVERFLOWN,
    drop_first,
    push,
)
from planner.vicidial.emulation.loop_state import (
    ABANDONS,
    ALL_BUSY,
    ANY_SERVER,
    ATTEMPTS,
    BALANCE,
    LIVE_ANSWERS,
    MOST_HELD,
    NO_THRESHOLD,
    OWN_SERVER,
    OWN_SERVER_FIRST,
    PAUSES,
    REQUESTS,
    RUNNING,
    TALK_SECONDS,
    TRANSFERS,
    WAITING,
)

_LOOP, _FILL, _ATTEMPT_ENDS, _TALK_ENDS, _AGENT_FREE, _GIVES_UP = range(6)

_allot, _fill, _calls_wanted = lean(allot), lean(fill), lean(calls_wanted)


@lean
def _is_below(kind: int, agents: int, ready: int, in_call: int) -> bool:
    there = ready if kind == WAITING else ready + in_call
    return kind != NO_THRESHOLD and there < agents


@lean
def _wanted(world: Any, c: int, ready: int, in_call: int) -> int:
    """Calls that a campaign wants on a server with so many agents, as in ``tally``."""
    only = world.campaigns[c].available_only == 1 or _is_below(
        world.campaigns[c].available_threshold,
        world.campaigns[c].available_threshold_agents,
        ready,
        in_call,
    )
    counted = max((ready if only else ready + in_call) + world.campaigns[c].target, 0)
    low = _is_below(
        world.campaigns[c].level_threshold,
        world.campaigns[c].level_threshold_agents,
        ready,
        in_call,
    )
    return int(
        _calls_wanted(1.0 if low else world.campaigns[c].level, counted, in_call if only else 0)
    )


@lean
def _free_since(world: Any, a: int, c: int) -> float:
    """When the agent became free who has been so for longest."""
    return float(world.free_times[world.pairs[a, c].ring_first + world.pairs[a, c].ring_head])


@lean
def _take_agent(world: Any, a: int, c: int, now: float) -> None:
    """The agent who is free for longest gets a call."""
    world.pairs[a, c].ring_head = (world.pairs[a, c].ring_head + 1) % world.pairs[a, c].agents
    world.pairs[a, c].free -= 1
    if world.pairs[a, c].free == 0:
        world.pairs[a, c].all_busy_since = now
        world.pairs[a, c].totals[PAUSES] += 1.0


@lean
def _agent_for(world: Any, c: int, s: int) -> int:
    """Server of the agent that a call of a campaign on a server gets; -1 if none is free."""
    if world.campaigns[c].search != ANY_SERVER and world.pairs[s, c].free > 0:
        return s
    if world.campaigns[c].search == OWN_SERVER:
        return -1
    best, longest = -1, np.inf
    for a in range(world.servers.size):
        if world.pairs[a, c].free > 0 and _free_since(world, a, c) < longest:
            best, longest = a, _free_since(world, a, c)
    return best


@lean
def _held_for(world: Any, c: int, a: int) -> int:
    """Place of the caller that a free agent gets: who waited longest; -1 if nobody."""
    held, first = world.held, -1
    for place in range(world.scalars[HELD]):
        if held[place, 1] != c:
            continue
        if held[place, 0] == a or world.campaigns[c].search == ANY_SERVER:
            return place
        if world.campaigns[c].search == OWN_SERVER_FIRST and first < 0:
            first = place
    return first


@lean
def _end_wait(world: Any, place: int) -> None:
    """A caller waits no more."""
    held = world.held
    world.pairs[held[place, 0], held[place, 1]].waiting -= 1
    world.scalars[HELD] -= 1
    for later in range(place, world.scalars[HELD]):
        for column in range(4):
            held[later, column] = held[later + 1, column]


@lean
def _end_call(world: Any, s: int, c: int, is_balance: int) -> None:
    world.servers[s].calls -= 1
    world.pairs[s, c].balance -= is_balance


@lean
def _launch(
    world: Any, s: int, c: int, new: int, first: float, gap: float, kind: int, rng: Any
) -> int:
    """Launch so many attempts, the first at ``first``, as far as the list goes; how many were."""
    if world.campaigns[c].left < new:
        new = int(world.campaigns[c].left)
    for place in range(new):
        end = first + place * gap
        end += duration(rng, world.campaigns[c].attempt_seconds, world.campaigns[c].attempt_cv)
        push(world, end, (_ATTEMPT_ENDS, s, c, 0, 0, kind))
    world.pairs[s, c].attempts += new
    world.pairs[s, c].balance += new * kind
    world.servers[s].calls += new
    world.campaigns[c].left -= new
    world.pairs[s, c].totals[ATTEMPTS] += new
    world.pairs[s, c].totals[BALANCE] += new * kind
    return new


@lean
def _loop(world: Any, s: int, now: float, rng: Any) -> None:
    """One loop of a server's dialing, whose campaigns come by who waited longest."""
    campaigns = world.campaigns.size
    order, turns = world.order, world.turns
    for c in range(campaigns):
        turn = _free_since(world, s, c) if world.pairs[s, c].free > 0 else now
        place = c
        while place > 0 and turns[place - 1] > turn:
            turns[place], order[place] = turns[place - 1], order[place - 1]
            place -= 1
        turns[place], order[place] = turn, c
    launched, used = 0, world.servers[s].calls
    for c in order:
        ready, in_call = world.pairs[s, c].free, world.pairs[s, c].in_call
        if ready + in_call == 0 or world.campaigns[c].level <= 0.0:
            continue
        new, short = _allot(
            _wanted(world, c, ready, in_call),
            world.pairs[s, c].attempts + world.pairs[s, c].talking + world.pairs[s, c].waiting,
            used,
            world.servers[s].trunks,
            world.pairs[s, c].own_limit,
            world.pairs[s, c].dedicated_to_others,
        )
        world.pairs[s, c].shortage = short
        used += new
        gap = world.servers[s].launch_gap
        launched += _launch(world, s, c, new, now + launched * gap, gap, 0, rng)
    again = now + world.loop_seconds + launched * world.servers[s].launch_gap
    push(world, again, (_LOOP, s, 0, 0, 0, 0))


@lean
def _fill_others(world: Any, now: float, rng: Any) -> None:
    """One loop of the balance dialing."""
    servers, launched = world.servers.size, 0
    for c in range(world.campaigns.size):
        needed, agents = 0, 0
        for s in range(servers):
            needed += world.pairs[s, c].shortage - world.pairs[s, c].balance
            agents += world.pairs[s, c].free + world.pairs[s, c].in_call
        for s in world.balance_order:
            if agents == 0 or world.servers[s].up == 0 or world.pairs[s, c].shortage > 0:
                continue
            new = _fill(
                needed,
                world.servers[s].calls,
                world.servers[s].trunks,
                world.servers[s].off_limits,
                world.pairs[s, c].own_limit,
                world.pairs[s, c].dedicated_to_others,
                world.pairs[s, c].balance,
            )
            first = now + launched * world.fill_gap
            new = _launch(world, s, c, new, first, world.fill_gap, 1, rng)
            launched += new
            needed -= new
    again = now + world.loop_seconds + launched * world.fill_gap
    push(world, again, (_FILL, 0, 0, 0, 0, 0))


@lean
def _talk(
    world: Any,
    s: int,
    c: int,
    a: int,
    is_balance: int,
    now: float,
    until: float,
    rng: Any,
) -> None:
    """A caller and an agent, who was taken already, talk."""
    talk = duration(rng, world.campaigns[c].talk_seconds, world.campaigns[c].talk_cv)
    world.pairs[a, c].in_call += 1
    world.pairs[s, c].talking += 1
    world.pairs[s, c].totals[TRANSFERS] += 1.0
    world.pairs[a, c].totals[TALK_SECONDS] += min(talk, until - now)
    push(world, now + talk, (_TALK_ENDS, s, c, a, 0, is_balance))


@lean
def _end_attempt(
    world: Any, s: int, c: int, is_balance: int, now: float, until: float, rng: Any
) -> None:
    """An attempt ends, perhaps with a caller who asks for an agent."""
    world.pairs[s, c].attempts -= 1
    outcome = rng.random()
    if outcome < world.campaigns[c].answer_rate:
        world.pairs[s, c].totals[LIVE_ANSWERS] += 1.0
    asks = outcome < world.campaigns[c].answer_rate * world.campaigns[c].transfer_rate
    if not asks or world.campaigns[c].uses_agents == 0:
        _end_call(world, s, c, is_balance)
        return
    world.pairs[s, c].totals[REQUESTS] += 1.0
    a = _agent_for(world, c, s)
    if a >= 0:
        _take_agent(world, a, c, now)
        _talk(world, s, c, a, is_balance, now, until, rng)
        return
    place = world.scalars[HELD]
    if world.campaigns[c].wait_limit <= 0.0 or place == MOST_HELD:
        world.pairs[s, c].totals[ABANDONS] += 1.0
        _end_call(world, s, c, is_balance)
        return
    world.scalars[EVER_HELD] += 1
    number = world.scalars[EVER_HELD]
    world.held[place, 0], world.held[place, 1] = s, c
    world.held[place, 2], world.held[place, 3] = number, is_balance
    world.scalars[HELD] += 1
    world.pairs[s, c].waiting += 1
    wait = world.campaigns[c].wait_limit
    if world.campaigns[c].patience_seconds < np.inf:
        wait = min(wait, world.campaigns[c].patience_seconds * rng.standard_exponential())
    push(world, now + wait, (_GIVES_UP, s, c, 0, number, is_balance))


@lean
def _give_up(world: Any, s: int, c: int, number: int, is_balance: int) -> None:
    """A caller has waited long enough, unless an agent came."""
    for place in range(world.scalars[HELD]):
        if world.held[place, 2] == number:
            _end_wait(world, place)
            world.pairs[s, c].totals[ABANDONS] += 1.0
            _end_call(world, s, c, is_balance)
            return


@lean
def _free_agent(world: Any, a: int, c: int, now: float, until: float, rng: Any) -> None:
    """An agent is ready again: for who waits longest, else for the next."""
    place = _held_for(world, c, a)
    if place >= 0:
        s, is_balance = world.held[place, 0], world.held[place, 3]
        _end_wait(world, place)
        _talk(world, s, c, a, is_balance, now, until, rng)
        return
    if world.pairs[a, c].free == 0:
        world.pairs[a, c].totals[ALL_BUSY] += now - world.pairs[a, c].all_busy_since
    agents = world.pairs[a, c].agents
    behind = (world.pairs[a, c].ring_head + world.pairs[a, c].free) % agents
    world.free_times[world.pairs[a, c].ring_first + behind] = now
    world.pairs[a, c].free += 1


@lean
def _end_talk(
    world: Any,
    s: int,
    c: int,
    a: int,
    is_balance: int,
    now: float,
    until: float,
    rng: Any,
) -> None:
    """A talk ends; its agent wraps up or is ready."""
    world.pairs[s, c].talking -= 1
    world.pairs[a, c].in_call -= 1
    _end_call(world, s, c, is_balance)
    wrap_up = world.campaigns[c].wrap_up_seconds
    if wrap_up <= 0.0:
        _free_agent(world, a, c, now, until, rng)
        return
    if world.campaigns[c].wrap_up_is_loop == 1:
        wrap_up *= 2.0 * rng.random()
    else:
        wrap_up *= rng.standard_exponential()
    push(world, now + wrap_up, (_AGENT_FREE, 0, c, a, 0, 0))


@lean
def _begin(world: Any, rng: Any) -> None:
    """All loops start, not in step."""
    for s in range(world.servers.size):
        if world.servers[s].up == 1:
            push(world, rng.random() * world.loop_seconds, (_LOOP, s, 0, 0, 0, 0))
    if world.balance_order.size > 0:
        push(world, rng.random() * world.loop_seconds, (_FILL, 0, 0, 0, 0, 0))


@lean
def _finish(world: Any, until: float) -> None:
    """Count what goes on at the end."""
    servers, campaigns = world.pairs.shape
    for s in range(servers):
        for c in range(campaigns):
            if (
                world.servers[s].up == 1
                and world.pairs[s, c].agents > 0
                and world.campaigns[c].uses_agents == 1
            ):
                world.pairs[s, c].totals[RUNNING] = until
                if world.pairs[s, c].free == 0:
                    world.pairs[s, c].totals[ALL_BUSY] += until - world.pairs[s, c].all_busy_since


@lean
def dial_day(world: Any, until: float, rng: Any) -> bool:
    """Dial for a day, from a new state on; whether there was room for all events."""
    _begin(world, rng)
    while world.scalars[EVENTS] > 0 and world.scalars[OVERFLOWN] == 0:
        now = world.times[0]
        if now >= until:
            break
        events = world.events
        kind, s, c, a = events[0, 0], events[0, 1], events[0, 2], events[0, 3]
        number, is_balance = events[0, 4], events[0, 5]
        drop_first(world)
        if kind == _ATTEMPT_ENDS:
            _end_attempt(world, s, c, is_balance, now, until, rng)
        elif kind == _LOOP:
            _loop(world, s, now, rng)
        elif kind == _TALK_ENDS:
            _end_talk(world, s, c, a, is_balance, now, until, rng)
        elif kind == _AGENT_FREE:
            _free_agent(world, a, c, now, until, rng)
        elif kind == _GIVES_UP:
            _give_up(world, s, c, number, is_balance)
        else:
            _fill_others(world, now, rng)
    _finish(world, until)
    return bool(world.scalars[OVERFLOWN] == 0)
