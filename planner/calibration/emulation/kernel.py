"""One campaign on one dialer for a day, attempt by attempt, compiled.

All compiled functions lie in this file, so that their cache is made anew when it changes.
"""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

from planner.calibration.attempts import Codes, Floats
from planner.compiling.compiled import compiled
from planner.traffic.simulation.pair_events import duration

ATTEMPT_ENDS, TALK_ENDS, WRAP_ENDS, GIVES_UP, CUT_OFF, AGENTS_CHANGE = range(6)
#: What a callee is: nobody, a machine, a human, a human who asks for an agent.
NOBODY, MACHINE, HUMAN, ASKS = range(4)
#: Columns of the log; times from the start, NaN where something did not happen.
LAUNCHED, ENDED, REQUESTED, CONNECTED, RELEASED, KIND, OUTCOME = range(7)
#: Places of lengths of time in the argument ``lengths``; a cv follows its mean.
ATTEMPT, RING, TALK, WRAP_UP, PATIENCE, LONGEST = 0, 2, 3, 5, 6, 7


@compiled
def draw_kind(rng: Any, human_rate: float, machine_rate: float, transfer_rate: float) -> int:
    """Who takes the call, if anybody."""
    draw = rng.random()
    if draw < human_rate * transfer_rate:
        return ASKS
    if draw < human_rate:
        return HUMAN
    return MACHINE if draw < human_rate + machine_rate else NOBODY


@compiled
def attempt_length(rng: Any, kind: int, mean: float, cv: float, ring_limit: float) -> float:
    """How long an attempt takes; with a ring limit those that nobody takes end there, or early."""
    if ring_limit <= 0.0:
        return duration(rng, mean, cv)
    if kind == NOBODY:
        return ring_limit if rng.random() < 0.8 else 2.0 + 4.0 * rng.random()
    return 5.0 + min(duration(rng, 6.0, 1.0), ring_limit) + duration(rng, 12.0, 0.6)


@compiled
def connect(events: Any, log: Floats, rng: Any, row: int, now: float, lengths: Floats) -> None:
    """An agent takes the call."""
    log[row, CONNECTED] = now
    talk = duration(rng, lengths[TALK], lengths[TALK + 1])
    heapq.heappush(events, (now + talk, TALK_ENDS, row))


@compiled
def hold(events: Any, rng: Any, row: int, now: float, lengths: Floats) -> None:
    """The callee waits, until patience or the longest wait is over."""
    patience = duration(rng, lengths[PATIENCE], 1.0)
    cause = GIVES_UP if patience < lengths[LONGEST] else CUT_OFF
    heapq.heappush(events, (now + min(patience, lengths[LONGEST]), cause, row))


@compiled
def launch(
    events: Any, log: Floats, rng: Any, row: int, now: float, rates: Floats, lengths: Floats
) -> Floats:
    """Start an attempt; returns the log, which may have grown."""
    if row == len(log):
        grown = np.full((2 * row, 7), np.nan)
        grown[:row] = log
        log = grown
    kind = draw_kind(rng, rates[0], rates[1], rates[2])
    length = attempt_length(rng, kind, lengths[ATTEMPT], lengths[ATTEMPT + 1], lengths[RING])
    log[row, LAUNCHED], log[row, KIND], log[row, OUTCOME] = now, kind, 0.0
    heapq.heappush(events, (now + length, ATTEMPT_ENDS, row))
    return log


@compiled
def end_attempt(
    events: Any,
    held: Any,
    log: Floats,
    rng: Any,
    row: int,
    now: float,
    lengths: Floats,
    free: bool,
    holds: bool,
) -> int:
    """An attempt ends; returns how many dial lines become idle, or -1 if an agent took the call."""
    if log[row, KIND] == ASKS:
        log[row, REQUESTED] = now
        if free:
            connect(events, log, rng, row, now, lengths)
            return -1
        if holds:
            held.append(row)
            hold(events, rng, row, now, lengths)
            return 0
    log[row, ENDED] = now
    return 1


@compiled
def end_talk(events: Any, log: Floats, rng: Any, row: int, now: float, lengths: Floats) -> int:
    """A talk ends; returns how many agent lines become free at once."""
    log[row, ENDED] = now
    if lengths[WRAP_UP] > 0.0:
        wrap_up = duration(rng, lengths[WRAP_UP], 1.0)
        heapq.heappush(events, (now + wrap_up, WRAP_ENDS, row))
        return 0
    log[row, RELEASED] = now
    return 1


@compiled
def still_held(held: Any, log: Floats) -> int:
    """The callee who waits longest, -1 if nobody does; who has hung up leaves the line."""
    while len(held) > 0:
        if np.isnan(log[held[0], ENDED]):
            return int(held[0])
        held.pop(0)
    return -1


@compiled
def run_day(
    rng: Any,
    dial_lines: int,
    change_times: Floats,
    change_agents: Codes,
    close: float,
    end: float,
    rate_times: Floats,
    rates: Floats,
    lengths: Floats,
    holds: bool,
) -> Floats:
    """The log of a day, [attempt, column].

    Parameters
    ----------
    rng : random numbers
    dial_lines : N
    change_times, change_agents : from each time on so many agent lines, the first at 0
    close : no launch from here on [s]
    end : where the log is cut off [s]
    rate_times, rates : from each time on human, machine and transfer rate, the first at 0
    lengths : attempt mean and cv, ring limit (0: none), talk mean and cv, wrap-up mean, patience
        mean, longest wait
    holds : whether callees wait for an agent
    """
    log = np.full((1024, 7), np.nan)
    rows, stretch, now = 0, 0, 0.0
    idle, busy, agents = dial_lines, 0, change_agents[0]
    events = [(change_times[k], AGENTS_CHANGE, k) for k in range(1, len(change_times))]
    events.append((np.inf, AGENTS_CHANGE, 0))
    heapq.heapify(events)
    held = [0 for _ in range(0)]
    while True:
        waits = still_held(held, log)
        while waits >= 0 and busy < agents:
            connect(events, log, rng, held.pop(0), now, lengths)
            busy += 1
            waits = still_held(held, log)
        while stretch + 1 < len(rate_times) and rate_times[stretch + 1] <= now:
            stretch += 1
        while idle > 0 and now < close and busy < agents and waits < 0:
            log = launch(events, log, rng, rows, now, rates[stretch], lengths)
            rows, idle = rows + 1, idle - 1
        time, event, row = heapq.heappop(events)
        if time >= end:
            return log[:rows]
        now = time
        if event == ATTEMPT_ENDS:
            freed = end_attempt(events, held, log, rng, row, now, lengths, busy < agents, holds)
            idle, busy = idle + max(freed, 0), busy + (freed < 0)
        elif event == TALK_ENDS:
            idle, busy = idle + 1, busy - end_talk(events, log, rng, row, now, lengths)
        elif event == WRAP_ENDS:
            log[row, RELEASED] = now
            busy -= 1
        elif event == AGENTS_CHANGE:
            agents = change_agents[row]
        elif np.isnan(log[row, CONNECTED]):  # gives up, or is cut off
            log[row, ENDED], log[row, OUTCOME] = now, 1.0 if event == GIVES_UP else 2.0
            idle += 1
