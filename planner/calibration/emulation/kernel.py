"""One campaign on one dialer for a day, attempt by attempt, compiled; the semantics of MODEL 2.

All compiled functions lie in this file, so that their cache is made anew when it changes.
"""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

from planner.calibration.attempts import Codes, Floats
from planner.compiled import compiled

ATTEMPT_ENDS, TALK_ENDS, WRAP_ENDS, GIVES_UP, CUT_OFF, AGENTS_CHANGE = range(6)
#: What a callee is: nobody, a machine, a human, a human who asks for an agent.
NOBODY, MACHINE, HUMAN, ASKS = range(4)
#: Columns of the log; times from the start, NaN where something did not happen.
LAUNCHED, ENDED, REQUESTED, CONNECTED, RELEASED, KIND, OUTCOME = range(7)


@compiled
def duration(rng: Any, mean: float, cv: float) -> float:
    """Draw a time: constant, exponential or lognormal."""
    if cv == 0.0:
        return mean
    if cv == 1.0:
        return mean * float(rng.standard_exponential())
    variance = np.log1p(cv * cv)
    return float(mean * np.exp(np.sqrt(variance) * rng.standard_normal() - 0.5 * variance))


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
    lengths : attempt mean, attempt cv, ring limit (0: none), talk mean, talk cv, wrap-up mean,
        patience mean, longest wait
    holds : whether callees wait for an agent
    """
    log = np.full((1024, 7), np.nan)
    rows = 0
    events = [(change_times[k], AGENTS_CHANGE, k) for k in range(1, len(change_times))]
    events.append((np.inf, AGENTS_CHANGE, 0))
    heapq.heapify(events)
    idle, busy, agents = dial_lines, 0, change_agents[0]
    held = [0 for _ in range(0)]
    now, stretch = 0.0, 0
    while True:
        # Held callees first, then launches, as long as an agent line is free.
        while len(held) > 0 and busy < agents:
            row = held.pop(0)
            if np.isnan(log[row, ENDED]):
                busy += 1
                log[row, CONNECTED] = now
                heapq.heappush(
                    events, (now + duration(rng, lengths[3], lengths[4]), TALK_ENDS, row)
                )
        waiting = False
        for row in held:
            waiting = waiting or np.isnan(log[row, ENDED])
        while idle > 0 and now < close and busy < agents and not waiting:
            if rows == len(log):
                grown = np.full((2 * rows, 7), np.nan)
                grown[:rows] = log
                log = grown
            while stretch + 1 < len(rate_times) and rate_times[stretch + 1] <= now:
                stretch += 1
            kind = draw_kind(rng, rates[stretch, 0], rates[stretch, 1], rates[stretch, 2])
            length = attempt_length(rng, kind, lengths[0], lengths[1], lengths[2])
            log[rows, LAUNCHED], log[rows, KIND], log[rows, OUTCOME] = now, kind, 0.0
            heapq.heappush(events, (now + length, ATTEMPT_ENDS, rows))
            idle -= 1
            rows += 1
        time, event, row = heapq.heappop(events)
        if time >= end:
            break
        now = time
        if event == ATTEMPT_ENDS:
            if log[row, KIND] != ASKS:
                log[row, ENDED] = now
                idle += 1
            else:
                log[row, REQUESTED] = now
                if busy < agents:
                    busy += 1
                    log[row, CONNECTED] = now
                    talk = duration(rng, lengths[3], lengths[4])
                    heapq.heappush(events, (now + talk, TALK_ENDS, row))
                elif holds:
                    held.append(row)
                    patience = duration(rng, lengths[6], 1.0)
                    cause = GIVES_UP if patience < lengths[7] else CUT_OFF
                    heapq.heappush(events, (now + min(patience, lengths[7]), cause, row))
                else:
                    log[row, ENDED] = now
                    idle += 1
        elif event == TALK_ENDS:
            log[row, ENDED] = now
            idle += 1
            if lengths[5] > 0.0:
                heapq.heappush(events, (now + duration(rng, lengths[5], 1.0), WRAP_ENDS, row))
            else:
                log[row, RELEASED] = now
                busy -= 1
        elif event == WRAP_ENDS:
            log[row, RELEASED] = now
            busy -= 1
        elif event in {GIVES_UP, CUT_OFF}:
            if np.isnan(log[row, CONNECTED]):
                log[row, ENDED] = now
                log[row, OUTCOME] = 1.0 if event == GIVES_UP else 2.0
                idle += 1
        elif event == AGENTS_CHANGE:
            agents = change_agents[row]
    return log[:rows]
