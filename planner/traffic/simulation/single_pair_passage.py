"""First passages to all agent lines busy of one campaign on one dialer alone, simulated, compiled.

By the rules of dialing without limits of calls per second or channels. What such limits hold back
on average is given: of exponential attempts in progress a share is missing, so that as many fewer
transfer requests come; others are launched a constant wait later. Exponential attempts that end
without a request and are followed by the next at once change nothing and are not simulated at all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.compiling.compiled import compiled
from planner.traffic.arguments import Floats
from planner.traffic.simulation.event_queue import Integers, drop_earliest, push, replace_earliest
from planner.traffic.simulation.pair_events import (
    attempts_until_request,
    duration,
    duration_of,
    remaining_duration,
    spread_of,
)
from planner.traffic.simulation.single_pair import SharedLimitEffect, SinglePair

#: Places in the counts of what is under way.
_ATTEMPTS, _TALKING, _WRAPPING = range(3)


@compiled
def first_passages(
    pair: SinglePair, effect: SharedLimitEffect, longest: float, rng: Any, out: Floats
) -> int:
    """Fill ``out`` with seconds until all agent lines are busy, infinite where beyond ``longest``.

    Returns the number of events.
    """
    attempt_ends = np.empty(pair.dial_lines)
    talk_ends = np.empty(max(pair.agent_lines, pair.busy, 1))
    events = 0
    for run in range(out.size):
        out[run], count = first_passage(pair, effect, longest, rng, attempt_ends, talk_ends)
        events += count
    return events


@compiled
def first_passage(
    pair: SinglePair,
    effect: SharedLimitEffect,
    longest: float,
    rng: Any,
    attempt_ends: Floats,
    talk_ends: Floats,
) -> tuple[float, int]:
    """One run: seconds, and the number of events."""
    count, rates, unasked = np.zeros(3, np.int64), np.zeros(4), np.zeros(1)
    now, events, span = 0.0, 0, 0
    for talk in range(pair.busy):
        if pair.talk_cv != 1.0:
            end = remaining_duration(rng, pair.talk_seconds, pair.talk_cv, spread_of(pair.talk_cv))
            push(talk_ends, 0, talk, end)
        count[_TALKING] += 1
    while count[_TALKING] + count[_WRAPPING] < pair.agent_lines:
        free = pair.agent_lines - count[_TALKING] - count[_WRAPPING]
        most = int(min(pair.dial_lines - count[_TALKING], np.ceil(pair.pacing * free)))
        launch(pair, effect, most, events == 0, rng, now, count, attempt_ends)
        rate = memoryless_rates(pair, effect.kept[span], most, count, rates)
        then = now + rng.standard_exponential() / rate if rate > 0.0 else np.inf
        last = span + 1 == effect.starts.size
        change = np.inf if last else effect.starts[span + 1]
        talks = pair.talk_cv != 1.0 and count[_TALKING] > 0
        talk_end = talk_ends[0] if talks else np.inf
        until = min(then, change, talk_end, longest)
        attempt_end, asks, ended = np.inf, False, 0
        if pair.attempt_cv != 1.0:
            attempt_end, asks, ended = next_attempt_that_matters(
                pair, effect.wait, until, most, rng, count[_ATTEMPTS], attempt_ends, unasked
            )
            events += ended
        now = min(then, change, talk_end, attempt_end)
        if now > longest or now == np.inf:
            return np.inf, events
        events += 1
        if now == change:
            span += 1
        elif now == attempt_end:
            drop_earliest(attempt_ends, 0, count[_ATTEMPTS])
            count[_ATTEMPTS] -= 1
            if asks:
                start_talk(pair, rng, now, count, talk_ends)
        elif now == talk_end:
            drop_earliest(talk_ends, 0, count[_TALKING])
            end_talk(pair, count)
        else:
            ring(pair, rng, now, count, rates, rate, talk_ends)
    return now, events


@compiled
def launch(
    pair: SinglePair,
    effect: SharedLimitEffect,
    most: int,
    first: bool,
    rng: Any,
    now: float,
    count: Integers,
    attempt_ends: Floats,
) -> None:
    """Launch attempts until ``most`` are in progress."""
    spread = spread_of(pair.attempt_cv)
    while count[_ATTEMPTS] < most:
        if pair.attempt_cv != 1.0:
            late = effect.first_launches * rng.random() if first else effect.wait
            end = now + late + duration_of(rng, pair.attempt_seconds, pair.attempt_cv, spread)
            push(attempt_ends, 0, count[_ATTEMPTS], end)
        count[_ATTEMPTS] += 1


@compiled
def memoryless_rates(
    pair: SinglePair, kept: float, most: int, count: Integers, rates: Floats
) -> float:
    """Fill the rates of requests, of attempts that end and are not followed, talks and wrap-ups."""
    rates[:] = 0.0
    if pair.attempt_cv == 1.0:
        ask = pair.transfer_probability * kept
        rates[0] = count[_ATTEMPTS] / pair.attempt_seconds * ask
        if count[_ATTEMPTS] > most:
            rates[1] = count[_ATTEMPTS] / pair.attempt_seconds * (1.0 - ask)
    if pair.talk_cv == 1.0:
        rates[2] = count[_TALKING] / pair.talk_seconds
    if count[_WRAPPING] > 0:
        rates[3] = count[_WRAPPING] / pair.wrap_up_seconds
    return float(rates.sum())


@compiled
def next_attempt_that_matters(
    pair: SinglePair,
    wait: float,
    until: float,
    most: int,
    rng: Any,
    attempts: int,
    attempt_ends: Floats,
    unasked: Floats,
) -> tuple[float, bool, int]:
    """First end up to ``until`` of an attempt that asks for an agent or is not followed by another.

    Those before it are replaced by the attempts that follow them. Returns the end, infinite for
    none, whether it asks, and how many were replaced.
    """
    spread, replaced = spread_of(pair.attempt_cv), 0
    while attempts > 0 and attempt_ends[0] <= until:
        end = attempt_ends[0]
        if unasked[0] <= 0.0:
            unasked[0] = attempts_until_request(rng, pair.transfer_probability)
        unasked[0] -= 1.0
        asks = unasked[0] <= 0.0
        if asks or attempts > most:
            return end, asks, replaced
        length = duration_of(rng, pair.attempt_seconds, pair.attempt_cv, spread)
        replace_earliest(attempt_ends, 0, attempts, end + wait + length)
        replaced += 1
    return np.inf, False, replaced


@compiled
def start_talk(pair: SinglePair, rng: Any, now: float, count: Integers, talk_ends: Floats) -> None:
    """A callee asks for an agent, and one is free."""
    if pair.talk_cv != 1.0:
        end = now + duration(rng, pair.talk_seconds, pair.talk_cv)
        push(talk_ends, 0, count[_TALKING], end)
    count[_TALKING] += 1


@compiled
def end_talk(pair: SinglePair, count: Integers) -> None:
    """A talk ends; its agent wraps up or is free."""
    count[_TALKING] -= 1
    if pair.wrap_up_seconds > 0.0:
        count[_WRAPPING] += 1


@compiled
def ring(
    pair: SinglePair,
    rng: Any,
    now: float,
    count: Integers,
    rates: Floats,
    rate: float,
    talk_ends: Floats,
) -> None:
    """Something memoryless happens: choose what, in proportion to the rates."""
    x = rng.random() * rate
    if x < rates[0]:
        count[_ATTEMPTS] -= 1
        start_talk(pair, rng, now, count, talk_ends)
    elif x < rates[0] + rates[1]:
        count[_ATTEMPTS] -= 1
    elif x < rates[0] + rates[1] + rates[2]:
        end_talk(pair, count)
    else:
        count[_WRAPPING] -= 1
