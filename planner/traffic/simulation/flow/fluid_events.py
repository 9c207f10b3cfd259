"""What happens to one campaign on one dialer where launches flow, compiled.

``pair``, ``campaign`` and ``group`` are single records, as in
:mod:`planner.traffic.simulation.pair_events`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.compiling.compiled import inlined, lean
from planner.traffic.arguments import Floats
from planner.traffic.simulation.event_queue import drop_earliest, push, replace_earliest
from planner.traffic.simulation.flow.fluid_level import (
    CALM,
    FILLING,
    answers_of_others,
    is_counted,
    is_lost,
    steady_wait,
)
from planner.traffic.simulation.flow.steady_lines import (
    begin_steady,
    end_steady,
    launch_steady,
    take_asker,
)
from planner.traffic.simulation.pair_events import (
    attempt_duration,
    attempts_until_request,
    end_timed_talk,
    free_agents,
    ring_call,
    start_talk,
)
from planner.traffic.simulation.run_state import (
    ABANDONS,
    ATTEMPT_SECONDS,
    ATTEMPTS,
    LATE_ATTEMPTS,
    LATE_REQUESTS,
    LIVE_ANSWERS,
    WAITING_SECONDS,
)

#: A list is looked at again after this part of the time in which all lines would use it up, and
#: no sooner than after this part of an attempt.
_OF_LIST, _OF_ATTEMPT = 0.1, 0.02
#: While lines fill up, so many timed attempts are launched in one go: by then others may leave
#: more calls per second, or fewer.
LAUNCHES_AHEAD = 16.0


@inlined
def look_seconds(campaign: Any) -> float:
    """How long a list needs no look: at most a part of it is used up until then."""
    part = _OF_LIST * campaign.left / campaign.lines
    return float(campaign.attempt_seconds * max(part, _OF_ATTEMPT))


@lean
def launch_timed(pair: Any, campaign: Any, attempt_ends: Floats, rng: Any, now: float) -> None:
    """Start one attempt with an end of its own."""
    pair.attempts += 1
    campaign.left -= 1.0
    pair.totals[ATTEMPTS] += 1.0
    pair.totals[ATTEMPT_SECONDS] -= now
    if pair.steady == 1:
        launch_steady(pair, campaign, attempt_ends, rng, now)
        return
    end = now + attempt_duration(campaign, rng)
    push(attempt_ends, pair.heap, pair.timed_attempts, end)
    pair.timed_attempts += 1


@inlined
def next_launch(pair: Any, campaign: Any) -> float:
    """When the next timed attempt is launched while the lines fill up; infinite for never."""
    fills = pair.mode == FILLING and pair.attempts < pair.target and campaign.left >= 1.0
    return float(pair.mode_ends) if fills else np.inf


@lean
def end_in_vain(pair: Any, campaign: Any, until: float, attempt_ends: Floats) -> None:
    """End all timed attempts up to ``until`` while who asks is lost: their order does not matter.

    Their outcomes count as means.
    """
    left = 0
    for number in range(pair.timed_attempts):
        end = attempt_ends[pair.heap + number]
        if end <= until:
            pair.totals[ATTEMPT_SECONDS] += end
        else:
            push(attempt_ends, pair.heap, left, end)
            left += 1
    ended = float(pair.timed_attempts - left)
    pair.totals[LATE_ATTEMPTS] += ended
    pair.totals[LIVE_ANSWERS] += ended * campaign.answer_rate
    pair.totals[LATE_REQUESTS] += ended * campaign.request_rate
    pair.totals[ABANDONS] += ended * campaign.request_rate
    pair.attempts -= pair.timed_attempts - left
    pair.timed_attempts = left


@lean
def next_request(
    pair: Any, campaign: Any, now: float, until: float, attempt_ends: Floats, rng: Any
) -> float:
    """When a timed attempt next asks for an agent, up to ``until``; those before it are done.

    Their outcomes count as means where nothing hangs on them. What is launched meanwhile, one
    after the other, is launched ahead: until then nothing else happens to the pair but that
    others leave it more or fewer calls per second.
    """
    if is_lost(pair, campaign):
        end_in_vain(pair, campaign, until, attempt_ends)
        return np.inf
    others = answers_of_others(campaign)
    wait = steady_wait(pair, campaign)
    late = 1.0 if free_agents(pair) <= 0 else 0.0
    while True:
        end = attempt_ends[pair.heap] if pair.timed_attempts > 0 else np.inf
        launch = next_launch(pair, campaign)
        if min(end, launch) > until:
            break
        if launch <= end:
            # Counted as waiting are the lines that do not dial now.
            pair.totals[WAITING_SECONDS] += launch - now
            launch_timed(pair, campaign, attempt_ends, rng, launch)
            pair.mode_ends = launch + 1.0 / pair.launch_rate
            continue
        if pair.unasked <= 0.0:
            pair.unasked = attempts_until_request(rng, campaign.request_rate)
        pair.unasked -= 1.0
        if pair.unasked <= 0.0:
            pair.totals[LIVE_ANSWERS] += 1.0
            return float(end)
        pair.totals[LIVE_ANSWERS] += others
        pair.totals[LATE_ATTEMPTS] += late
        pair.totals[ATTEMPT_SECONDS] += end
        if pair.mode == CALM and pair.attempts <= pair.target and campaign.left >= 1.0:
            campaign.left -= 1.0
            length = attempt_duration(campaign, rng)
            replace_earliest(attempt_ends, pair.heap, pair.timed_attempts, end + wait + length)
            pair.totals[ATTEMPTS] += 1.0
            pair.totals[ATTEMPT_SECONDS] -= end + wait
            pair.totals[WAITING_SECONDS] += wait
        else:
            drop_earliest(attempt_ends, pair.heap, pair.timed_attempts)
            pair.timed_attempts -= 1
            pair.attempts -= 1
            if pair.mode == FILLING:
                pair.totals[WAITING_SECONDS] -= end - now
                pair.mode_ends = max(pair.mode_ends, end)
    return np.inf


@lean
def schedule_timed(
    pair: Any,
    campaign: Any,
    attempt_ends: Floats,
    rng: Any,
    now: float,
    edge: float,
    earliest: float,
) -> float:
    """When a pair with timed attempts happens next, at the latest when talks and clock do."""
    filling = pair.mode == FILLING and pair.launch_rate > 0.0
    if filling:
        earliest = min(earliest, now + LAUNCHES_AHEAD / pair.launch_rate)
    if campaign.left < np.inf and (filling or pair.timed_attempts > 0):
        # Others take of the same list meanwhile.
        earliest = min(earliest, now + look_seconds(campaign))
    # Attempts of a list that ends are counted one by one.
    endless = campaign.left == np.inf
    steady = endless and pair.mode == CALM and pair.attempts <= pair.target
    if steady and pair.steady == 0:
        begin_steady(pair, campaign, attempt_ends, rng, now)
    elif pair.steady == 1 and not steady:
        end_steady(pair, campaign, attempt_ends, rng, now)
    if steady:
        return float(min(earliest, pair.asks))
    earliest = min(earliest, edge)
    if pair.asks == np.inf:
        pair.asks = next_request(pair, campaign, now, earliest, attempt_ends, rng)
        if filling and pair.attempts >= pair.target:
            # The gate hears of the last launch when it comes.
            last = pair.mode_ends - 1.0 / pair.launch_rate
            earliest = min(earliest, max(last, now))
    else:
        earliest = min(earliest, next_launch(pair, campaign))
    return float(min(earliest, pair.asks))


@lean
def schedule(
    pair: Any,
    campaign: Any,
    attempt_ends: Floats,
    talk_ends: Floats,
    rng: Any,
    now: float,
    edge: float,
) -> float:
    """When the pair happens next, at the latest at the edge for timed attempts."""
    rate = (pair.talking - pair.timed_talks) / campaign.talk_seconds
    if pair.held > 0:
        rate += pair.held / campaign.patience_seconds
    if pair.wrapping > 0:
        rate += pair.wrapping / campaign.wrap_up_seconds
    memoryless = campaign.attempt_cv == 1.0
    pair.bound = 0.0
    if memoryless and campaign.uses_agents == 1 and not is_lost(pair, campaign):
        pair.bound = pair.level
        if pair.mode == FILLING:
            pair.bound = max(pair.level, pair.target)
        rate += pair.bound * asking_share(pair, campaign) / campaign.attempt_seconds
    pair.clock_rate = rate
    pair.clock = now + rng.standard_exponential() / rate if rate > 0.0 else np.inf
    earliest = pair.clock
    if pair.timed_talks > 0:
        earliest = min(earliest, talk_ends[pair.heap])
    if memoryless:
        return float(min(earliest, pair.mode_ends))
    return schedule_timed(pair, campaign, attempt_ends, rng, now, edge, earliest)


@lean
def asking_share(pair: Any, campaign: Any) -> float:
    """Of the attempts that end those whose end is drawn: all that are counted, else who asks."""
    return 1.0 if is_counted(pair, campaign) else float(campaign.request_rate)


@lean
def take_request(pair: Any, campaign: Any, talk_ends: Floats, rng: Any, now: float) -> None:
    """A callee asks for an agent, and talks, waits or is lost."""
    late = free_agents(pair) <= 0
    if late:
        pair.totals[LATE_REQUESTS] += 1.0
        pair.totals[LATE_ATTEMPTS] += 1.0
    if not late:
        start_talk(pair, campaign, talk_ends, rng, now)
    elif campaign.patience_seconds > 0.0:
        pair.held += 1
    else:
        pair.totals[ABANDONS] += 1.0


@lean
def ring(pair: Any, campaign: Any, group: Any, talk_ends: Floats, rng: Any, now: float) -> None:
    """The exponential clock of the pair rings: choose what happened, in proportion to its rate."""
    x = rng.random() * pair.clock_rate
    part = pair.bound * asking_share(pair, campaign) / campaign.attempt_seconds
    if x < part and is_counted(pair, campaign):
        pair.level = max(pair.level - 1.0, 0.0)
        if rng.random() < campaign.request_rate:
            pair.totals[LIVE_ANSWERS] += 1.0
            take_request(pair, campaign, talk_ends, rng, now)
        else:
            pair.totals[LIVE_ANSWERS] += answers_of_others(campaign)
            pair.totals[LATE_ATTEMPTS] += 1.0 if free_agents(pair) <= 0 else 0.0
        return
    if x < part:
        # The bound is that of the whole time until now; the level may be lower.
        if x < pair.level * campaign.request_rate / campaign.attempt_seconds:
            pair.level = max(pair.level - 1.0, 0.0)
            if campaign.answer_rate > 0.0:
                pair.totals[LIVE_ANSWERS] += 1.0
            take_request(pair, campaign, talk_ends, rng, now)
        return
    ring_call(pair, campaign, group, talk_ends, rng, now, x - part)


@lean
def happen(
    pair: Any,
    campaign: Any,
    group: Any,
    attempt_ends: Floats,
    talk_ends: Floats,
    rng: Any,
    now: float,
) -> None:
    """The next event of the pair; nothing where only its timed attempts were looked at so far."""
    if pair.clock <= now:
        ring(pair, campaign, group, talk_ends, rng, now)
    elif pair.asks <= now:
        pair.attempts -= 1
        if pair.steady == 1:
            pair.totals[LIVE_ANSWERS] += 1.0
            take_asker(pair, attempt_ends, now)
        else:
            pair.asks = np.inf
            drop_earliest(attempt_ends, pair.heap, pair.timed_attempts)
            pair.timed_attempts -= 1
        pair.totals[ATTEMPT_SECONDS] += now
        take_request(pair, campaign, talk_ends, rng, now)
    elif pair.mode_ends <= now:
        if campaign.attempt_cv != 1.0 and next_launch(pair, campaign) <= now:
            launch_timed(pair, campaign, attempt_ends, rng, now)
        elif campaign.attempt_cv == 1.0:
            pair.level = pair.target
            pair.mode = CALM
    elif pair.timed_talks > 0 and talk_ends[pair.heap] <= now:
        end_timed_talk(pair, campaign, group, talk_ends, rng, now)
