"""The level of attempts in progress of one campaign on one dialer, compiled.

Attempts end at the rate of their mean, so that a level that nothing fills falls exponentially, and
one that a steady launch rate fills approaches that rate times the mean.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.compiling.compiled import lean
from planner.traffic.simulation.pair_events import free_agents
from planner.traffic.simulation.run_state import (
    ABANDONS,
    ATTEMPT_SECONDS,
    ATTEMPTS,
    LATE_ATTEMPTS,
    LATE_REQUESTS,
    LIVE_ANSWERS,
    RUNNING,
    WAITING_SECONDS,
)

#: All idle lines in use; filling up; nothing is launched.
CALM, FILLING, DRAINING = range(3)
#: So few lines that become idle together wait no longer than any other.
AT_ONCE = 1.5
_ROUNDING = 1e-9


@lean
def is_lost(pair: Any, campaign: Any) -> bool:
    """Whether who asks for an agent now is lost."""
    return bool(
        campaign.uses_agents == 1 and campaign.patience_seconds == 0.0 and free_agents(pair) <= 0
    )


@lean
def is_counted(pair: Any, campaign: Any) -> bool:
    """Whether what is left of memoryless attempts is a number of calls that end one by one.

    So it is while nothing is launched and who asks is not lost: of a level below 1 nobody knows
    whether it asks, and launches go on when a call too many has ended, not a part of one.
    """
    return bool(
        pair.mode == DRAINING
        and (pair.target == 0.0 or pair.level >= pair.target + 1.0 - _ROUNDING)
        and campaign.uses_agents == 1
        and campaign.attempt_cv == 1.0
        and not is_lost(pair, campaign)
    )


@lean
def round_by_chance(pair: Any, rng: Any) -> None:
    """Make a whole number of calls of a level, the same on average."""
    whole = np.floor(pair.level)
    if pair.level - whole > _ROUNDING:
        pair.level = whole + (1.0 if rng.random() < pair.level - whole else 0.0)


@lean
def fall_rate(pair: Any, campaign: Any) -> float:
    """Rate at which attempts end that are not drawn one by one: those that ask for an agent are."""
    left = 1.0
    if campaign.uses_agents == 1 and not is_lost(pair, campaign):
        left = max(1.0 - campaign.request_rate, _ROUNDING)
    return float(left / campaign.attempt_seconds)


@lean
def answers_of_others(campaign: Any) -> float:
    """Share of the attempts that ask for nobody which a person answers."""
    if campaign.request_rate >= 1.0:
        return 0.0
    return float((campaign.answer_rate - campaign.request_rate) / (1.0 - campaign.request_rate))


@lean
def steady_wait(pair: Any, campaign: Any) -> float:
    """Seconds that a launch waits while nothing fills up."""
    return float(pair.calm / (1.0 - pair.calm) * campaign.attempt_seconds)


@lean
def count_steady(pair: Any, campaign: Any, seconds: float) -> None:
    """Count so much time of lines that dial without a break; less than none is taken back."""
    wait = steady_wait(pair, campaign)
    attempts = seconds / (campaign.attempt_seconds + wait)
    pair.totals[ATTEMPTS] += attempts
    pair.totals[LIVE_ANSWERS] += attempts * answers_of_others(campaign)
    # All of the time counts as that of an attempt: a part of it is that of a wait.
    pair.totals[ATTEMPT_SECONDS] -= attempts * wait
    pair.totals[WAITING_SECONDS] += attempts * wait


@lean
def flow(pair: Any, campaign: Any, now: float) -> None:
    """Bring the level of memoryless attempts up to now, and count what came and went."""
    passed = now - pair.flow_since
    pair.flow_since = now
    if passed <= 0.0:
        return
    if campaign.attempt_cv != 1.0:
        if pair.status == RUNNING:
            pair.totals[WAITING_SECONDS] += max(pair.wanted - pair.attempts, 0.0) * passed
        if pair.steady == 1:
            count_steady(pair, campaign, pair.timed_attempts * passed)
        return
    if is_counted(pair, campaign):
        pair.totals[ATTEMPT_SECONDS] += pair.level * passed
        return
    rate = fall_rate(pair, campaign)
    before, area = pair.level, pair.level * passed
    if pair.mode != CALM:
        limit = pair.launch_rate / rate if pair.mode == FILLING else 0.0
        left = (before - limit) * np.exp(-rate * passed)
        pair.level = limit + left
        area = limit * passed + (before - limit - left) / rate
    ended = area * rate
    launched = max(pair.level - before + ended, 0.0)
    pair.totals[ATTEMPTS] += launched
    campaign.left -= launched
    pair.totals[ATTEMPT_SECONDS] += area
    if pair.status == RUNNING:
        pair.totals[WAITING_SECONDS] += max(pair.wanted * passed - area, 0.0)
    if is_lost(pair, campaign):
        pair.totals[LATE_ATTEMPTS] += ended
        pair.totals[LATE_REQUESTS] += ended * campaign.request_rate
        pair.totals[ABANDONS] += ended * campaign.request_rate
        pair.totals[LIVE_ANSWERS] += ended * campaign.answer_rate
        return
    if campaign.uses_agents == 0:
        pair.totals[LIVE_ANSWERS] += ended * campaign.answer_rate
    else:
        pair.totals[LIVE_ANSWERS] += ended * answers_of_others(campaign)
    if campaign.uses_agents == 1 and free_agents(pair) <= 0:
        pair.totals[LATE_ATTEMPTS] += ended


@lean
def aim(pair: Any, campaign: Any, now: float) -> None:
    """Say how many attempts shall be in progress, and whether the level rises to that or falls."""
    memoryless = campaign.attempt_cv == 1.0
    if pair.status != RUNNING or campaign.left < 1.0:
        pair.mode, pair.target, pair.wanted = DRAINING, 0.0, 0.0
        pair.mode_ends = np.inf
        return
    idle = float(pair.dial_lines - pair.talking - pair.held)
    if campaign.uses_agents == 1:
        idle = min(idle, np.ceil(campaign.pacing * free_agents(pair)))
    pair.wanted = max(idle, 0.0)
    if not memoryless:
        pair.target = pair.wanted
        filled, next_launch = pair.mode == FILLING, pair.mode_ends
        pair.mode = CALM if pair.attempts >= pair.target else FILLING
        level_ends(pair, campaign, now)
        if filled and pair.mode == FILLING and now < next_launch < np.inf:
            pair.mode_ends = next_launch
        return
    pair.target = pair.wanted * (1.0 - pair.calm)
    missing = pair.target - pair.level
    pair.mode = CALM
    if missing > _ROUNDING:
        pair.mode = FILLING
    elif missing < -_ROUNDING:
        pair.mode = DRAINING
    level_ends(pair, campaign, now)


@lean
def level_ends(pair: Any, campaign: Any, now: float) -> None:
    """When the level reaches its aim; of timed attempts, when the next is launched."""
    pair.mode_ends = np.inf
    if campaign.attempt_cv != 1.0:
        if pair.mode == FILLING and pair.launch_rate > 0.0:
            pair.mode_ends = now + 1.0 / pair.launch_rate
        return
    rate = fall_rate(pair, campaign)
    if pair.mode == FILLING:
        limit = pair.launch_rate / rate
        if limit <= pair.target:  # it falls, or rises, to what its launches keep up
            return
        if pair.level >= pair.target:  # by rounding, where a gate is shared out at that moment
            pair.mode_ends = now
        else:
            pair.mode_ends = now + np.log((limit - pair.level) / (limit - pair.target)) / rate
    elif is_counted(pair, campaign):
        return
    elif pair.mode == DRAINING and 0.0 < pair.target < pair.level:
        pair.mode_ends = now + np.log(pair.level / pair.target) / rate
