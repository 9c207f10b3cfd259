"""What happens to one campaign on one dialer in a simulation, compiled.

``pair``, ``campaign`` and ``group`` are single records of the arrays of
:class:`planner.traffic.simulation.run_state.RunState`, which makes calls cheap; heaps are
passed where needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.compiling.compiled import lean
from planner.traffic.arguments import Floats
from planner.traffic.simulation.event_queue import drop_earliest, push
from planner.traffic.simulation.run_state import (
    ABANDONS,
    ALL_BUSY,
    ALL_PAUSED,
    ATTEMPT_SECONDS,
    ATTEMPTS,
    CLOSED,
    COMPLETED,
    DIALING,
    LATE_ATTEMPTS,
    LATE_REQUESTS,
    LATE_TALK_SECONDS,
    LIVE_ANSWERS,
    OUT_OF_SERVICE,
    PAUSED_COUNTS,
    PAUSES,
    RUNNING,
    TALK_SECONDS,
    TRANSFERS,
    WAITING_SECONDS,
    WRAP_UP_SECONDS,
)


@lean
def spread_of(cv: float) -> float:
    """Standard deviation of the logarithm of a lognormal time."""
    return float(np.sqrt(np.log1p(cv * cv)))


@lean
def duration(rng: Any, mean: float, cv: float) -> float:
    """Draw a time: constant, exponential or lognormal."""
    return duration_of(rng, mean, cv, spread_of(cv))


@lean
def duration_of(rng: Any, mean: float, cv: float, spread: float) -> float:
    """As :func:`duration`, with the spread of the logarithm known: it need not be found anew."""
    if cv == 0.0:
        return mean
    if cv == 1.0:
        return mean * float(rng.standard_exponential())
    return float(mean * np.exp(spread * (rng.standard_normal() - 0.5 * spread)))


@lean
def attempts_until_request(rng: Any, request_rate: float) -> float:
    """Draw how many attempts it takes until one asks for an agent, that one included.

    One number instead of one for each attempt: their outcomes are independent of all else.
    """
    if request_rate >= 1.0:
        return 1.0
    if request_rate <= 0.0:
        return np.inf
    return float(1.0 + np.floor(-rng.standard_exponential() / np.log1p(-request_rate)))


@lean
def remaining_duration(rng: Any, mean: float, cv: float, spread: float) -> float:
    """Draw what is left of a time that is under way since long: of a length-biased one, a part."""
    if cv == 1.0:
        return mean * float(rng.standard_exponential())
    # A lognormal weighted by its length is the lognormal with a mean longer by 1 + cv^2.
    return duration_of(rng, mean * (1.0 + cv * cv), cv, spread) * float(rng.random())


@lean
def attempt_duration(campaign: Any, rng: Any) -> float:
    """Draw how long an attempt takes."""
    spread = campaign.attempt_spread
    return duration_of(rng, campaign.attempt_seconds, campaign.attempt_cv, spread)


@lean
def talk_duration(campaign: Any, rng: Any) -> float:
    """Draw how long a talk takes."""
    return duration_of(rng, campaign.talk_seconds, campaign.talk_cv, campaign.talk_spread)


@lean
def account(pair: Any, now: float) -> None:
    """Add the time since the last change of the pair to its totals."""
    passed = now - pair.since
    pair.totals[pair.status] += passed
    pair.totals[TALK_SECONDS] += passed * pair.talking
    pair.totals[WRAP_UP_SECONDS] += passed * pair.wrapping
    if pair.status == ALL_BUSY:
        pair.totals[LATE_TALK_SECONDS] += passed * pair.talking
    pair.since = now


@lean
def free_agents(pair: Any) -> int:
    """Agent lines that can take a call; negative while more talk than are still there."""
    return int(pair.agent_lines - pair.talking - pair.wrapping)


@lean
def account_joint(campaign: Any, joint: Floats, now: float) -> None:
    """Add the time since the last change of any of the campaign's dialers to its joint totals."""
    passed = now - campaign.joint_since
    campaign.joint_since = now
    if campaign.dialing > 0:
        first = campaign.joint_first
        joint[first + DIALING] += passed
        joint[first + PAUSED_COUNTS + campaign.paused] += passed
        if campaign.paused == campaign.dialing:
            joint[first + ALL_PAUSED] += passed


@lean
def update_status(pair: Any, campaign: Any, joint: Floats, now: float) -> None:
    """Bring the status of the pair up to date."""
    if pair.in_service == 0:
        status = OUT_OF_SERVICE
    elif campaign.completed_at <= now:
        status = COMPLETED
    elif pair.window_open == 0:
        status = CLOSED
    elif campaign.uses_agents == 1 and free_agents(pair) <= 0:
        status = ALL_BUSY
    else:
        status = RUNNING
    if status == pair.status:
        return
    account(pair, now)
    account_joint(campaign, joint, now)
    campaign.dialing += (status <= ALL_BUSY) - (pair.status <= ALL_BUSY)
    campaign.paused += (status == ALL_BUSY) - (pair.status == ALL_BUSY)
    pair.status = status
    if status == ALL_BUSY:
        pair.totals[PAUSES] += 1.0
        pair.first_busy = min(pair.first_busy, now)


@lean
def may_launch(pair: Any, campaign: Any) -> bool:
    """Whether the pair has an idle dial line that would dial, but for gates."""
    if pair.status != RUNNING or campaign.left < 1.0:
        return False
    if pair.attempts + pair.talking + pair.held >= pair.dial_lines:
        return False
    if campaign.uses_agents == 0:
        return True
    return bool(pair.attempts < campaign.pacing * free_agents(pair))


@lean
def count_waiting(pair: Any, campaign: Any, now: float) -> None:
    """Bring the dial lines that would launch up to date, and add the time that they waited."""
    pair.totals[WAITING_SECONDS] += pair.waiting * (now - pair.waiting_since)
    pair.waiting_since = now
    pair.waiting = 0.0
    if may_launch(pair, campaign):
        idle = pair.dial_lines - pair.attempts - pair.talking - pair.held
        pair.waiting = idle
        if campaign.uses_agents == 1:
            allowed = np.ceil(campaign.pacing * free_agents(pair)) - pair.attempts
            pair.waiting = min(float(idle), allowed)


@lean
def take_from_list(campaign: Any, pass_factors: Floats, number: int) -> None:
    """Take one attempt of the dial list of campaign ``number``; its pass sets its answer rate."""
    if campaign.pass_attempts < np.inf:
        begun = np.floor((campaign.listed - campaign.left) / campaign.pass_attempts)
        last = pass_factors.shape[1] - 1
        campaign.factor = pass_factors[number, int(min(begun, float(last)))]
    campaign.left -= 1.0
    campaign.in_progress += 1.0
    campaign.factors += campaign.factor


@lean
def answer_factor(campaign: Any) -> float:
    """Factor of the answer rate of an attempt that ends: the mean of those in progress.

    Which of them ends matters only while one pass follows the other; each counts once.
    """
    factor = campaign.factor
    if campaign.pass_attempts < np.inf and campaign.in_progress > 0.0:
        factor = campaign.factors / campaign.in_progress
    campaign.in_progress -= 1.0
    campaign.factors -= factor
    return float(factor)


@lean
def launch(
    pair: Any,
    campaign: Any,
    group: Any,
    attempt_ends: Floats,
    pass_factors: Floats,
    rng: Any,
    now: float,
) -> None:
    """Start one attempt."""
    take_from_list(campaign, pass_factors, pair.campaign)
    campaign.calls += 1
    group.calls += 1
    pair.attempts += 1
    pair.totals[ATTEMPTS] += 1.0
    pair.totals[ATTEMPT_SECONDS] -= now  # its end is added when it comes
    if campaign.attempt_cv != 1.0:
        end = now + attempt_duration(campaign, rng)
        push(attempt_ends, pair.heap, pair.timed_attempts, end)
        pair.timed_attempts += 1


@lean
def end_calls(campaign: Any, group: Any, count: int, now: float) -> None:
    """Release the dial lines of calls that ended; the dial list may be completed by that."""
    if count > 0 and group.calls >= group.channels:
        group.freed = 1
    group.calls -= count
    campaign.calls -= count
    if campaign.left < 1.0 and campaign.calls == 0:
        campaign.completed_at = min(campaign.completed_at, now)


@lean
def start_talk(pair: Any, campaign: Any, talk_ends: Floats, rng: Any, now: float) -> None:
    """Connect a callee, who holds a dial line already, to a free agent line."""
    account(pair, now)
    pair.talking += 1
    pair.totals[TRANSFERS] += 1.0
    if campaign.talk_cv != 1.0:
        end = now + talk_duration(campaign, rng)
        push(talk_ends, pair.heap, pair.timed_talks, end)
        pair.timed_talks += 1


@lean
def serve_held(pair: Any, campaign: Any, talk_ends: Floats, rng: Any, now: float) -> None:
    """Give free agent lines to held callers."""
    while pair.held > 0 and free_agents(pair) > 0:
        pair.held -= 1
        start_talk(pair, campaign, talk_ends, rng, now)


@lean
def end_attempt(
    pair: Any,
    campaign: Any,
    group: Any,
    talk_ends: Floats,
    rng: Any,
    now: float,
    outcome: float,
) -> None:
    """An attempt ends; ``outcome`` is uniform on [0, 1)."""
    pair.attempts -= 1
    pair.totals[ATTEMPT_SECONDS] += now
    factor = answer_factor(campaign)
    if outcome < factor * campaign.answer_rate:
        pair.totals[LIVE_ANSWERS] += 1.0
    late = campaign.uses_agents == 1 and free_agents(pair) <= 0
    if late:
        pair.totals[LATE_ATTEMPTS] += 1.0
    if outcome < factor * campaign.request_rate:
        if not late:
            start_talk(pair, campaign, talk_ends, rng, now)
            return
        pair.totals[LATE_REQUESTS] += 1.0
        if campaign.patience_seconds > 0.0:
            pair.held += 1
            return
        pair.totals[ABANDONS] += 1.0
    end_calls(campaign, group, 1, now)


@lean
def end_talk(pair: Any, campaign: Any, group: Any, talk_ends: Floats, rng: Any, now: float) -> None:
    """A talk ends; its agent wraps up or is free."""
    account(pair, now)
    pair.talking -= 1
    if campaign.wrap_up_seconds > 0.0:
        pair.wrapping += 1
    else:
        serve_held(pair, campaign, talk_ends, rng, now)
    end_calls(campaign, group, 1, now)


@lean
def ring_call(
    pair: Any, campaign: Any, group: Any, talk_ends: Floats, rng: Any, now: float, x: float
) -> None:
    """A talk, a held caller's patience or a wrap-up ends; ``x`` is uniform over their rates."""
    part = (pair.talking - pair.timed_talks) / campaign.talk_seconds
    if x < part:
        end_talk(pair, campaign, group, talk_ends, rng, now)
        return
    x -= part
    if pair.held > 0 and (pair.wrapping == 0 or x < pair.held / campaign.patience_seconds):
        pair.held -= 1
        pair.totals[ABANDONS] += 1.0
        end_calls(campaign, group, 1, now)
    elif pair.wrapping > 0:
        account(pair, now)
        pair.wrapping -= 1
        serve_held(pair, campaign, talk_ends, rng, now)


@lean
def ring_clock(
    pair: Any, campaign: Any, group: Any, talk_ends: Floats, rng: Any, now: float
) -> None:
    """The exponential clock of the pair rings: choose what ended, in proportion to its rate."""
    x = rng.random() * pair.clock_rate
    pair.clock_rate = -1.0  # drawn anew from the new state
    part = (pair.attempts - pair.timed_attempts) / campaign.attempt_seconds
    if x < part:
        # x / part is uniform again: it decides the outcome.
        end_attempt(pair, campaign, group, talk_ends, rng, now, x / part)
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
    """The next event of the pair."""
    if pair.clock <= now:
        ring_clock(pair, campaign, group, talk_ends, rng, now)
    elif pair.timed_attempts > 0 and attempt_ends[pair.heap] <= now:
        drop_earliest(attempt_ends, pair.heap, pair.timed_attempts)
        pair.timed_attempts -= 1
        end_attempt(pair, campaign, group, talk_ends, rng, now, rng.random())
    else:
        end_timed_talk(pair, campaign, group, talk_ends, rng, now)


@lean
def end_timed_talk(
    pair: Any, campaign: Any, group: Any, talk_ends: Floats, rng: Any, now: float
) -> None:
    """The talk ends whose end is the next of those that are known."""
    drop_earliest(talk_ends, pair.heap, pair.timed_talks)
    pair.timed_talks -= 1
    end_talk(pair, campaign, group, talk_ends, rng, now)


@lean
def set_clock(
    pair: Any, campaign: Any, attempt_ends: Floats, talk_ends: Floats, rng: Any, now: float
) -> float:
    """When the pair happens next; its exponential clock is drawn anew where its rate changed."""
    rate = (pair.attempts - pair.timed_attempts) / campaign.attempt_seconds
    rate += (pair.talking - pair.timed_talks) / campaign.talk_seconds
    if pair.held > 0:
        rate += pair.held / campaign.patience_seconds
    if pair.wrapping > 0:
        rate += pair.wrapping / campaign.wrap_up_seconds
    if rate != pair.clock_rate:
        pair.clock_rate = rate
        pair.clock = now + rng.standard_exponential() / rate if rate > 0.0 else np.inf
    earliest = pair.clock
    if pair.timed_attempts > 0:
        earliest = min(earliest, attempt_ends[pair.heap])
    if pair.timed_talks > 0:
        earliest = min(earliest, talk_ends[pair.heap])
    return float(earliest)
