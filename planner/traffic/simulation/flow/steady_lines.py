"""Timed attempts of lines that dial one after the other without a break, compiled.

While nothing fills up and an agent is free, nothing hangs on an attempt that asks for nobody but
that the next one follows. So none of them is drawn: of each line it is drawn after how many
attempts one asks for an agent, and when that is. Where something else comes first (a pause begins,
lines fill up, figures change), all that is known by then is that a line has not asked yet: where it
is in its attempt is drawn then, as a line that has not asked walks through its attempts. Both are
the same in distribution as attempts drawn one by one. A list must not end meanwhile.

How many attempts there were is counted as the time over that of one: by A. Wald's identity it is
the same on average (Annals of Mathematical Statistics 15, 1944), with less chance in it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.compiling.compiled import lean
from planner.traffic.arguments import Floats
from planner.traffic.simulation.event_queue import push
from planner.traffic.simulation.flow.fluid_level import count_steady, steady_wait
from planner.traffic.simulation.pair_events import (
    attempt_duration,
    remaining_duration,
)

#: Sums of more attempts than this, and than this times the square of their coefficient of
#: variation, are drawn at once: with their mean and variance, and hardly another skewness.
_FEW, _FEW_VARIED = 4.0, 12.0
#: After so many attempts, and after so many over the square of their coefficient of variation, or
#: times that square, nobody can tell when the first began.
_FORGOTTEN, _FORGOTTEN_ALIKE, _FORGOTTEN_VARIED = 3.0, 0.5, 5.0
#: Constant attempts that end within this part of one end at the same moment.
_ALIKE = 1e-9
#: Walks that end with a request before their time are drawn again, at most so often.
_MOST_WALKS = 50


@lean
def place_of_asks(pair: Any, ends: Floats, number: int) -> int:
    """Where it is kept when a line asks: behind the ends of the attempts of all pairs."""
    return int(ends.size // 2 + pair.heap + number)


@lean
def duration_of_many(campaign: Any, rng: Any, count: float) -> float:
    """Draw how long so many attempts take, one after the other."""
    cv = campaign.attempt_cv
    if cv == 0.0 or count == 0.0:
        return float(count * campaign.attempt_seconds)
    if count <= max(_FEW, _FEW_VARIED * cv * cv):
        length = 0.0
        for _ in range(int(count)):
            length += attempt_duration(campaign, rng)
        return length
    # 1 + s z + s^2 (z^2 - 1) / 2 is positive, and skewed by 3 s as a lognormal sum nearly is.
    spread = cv / np.sqrt(count)
    spread /= np.sqrt(0.5 + np.sqrt(0.25 + 0.5 * spread * spread))
    z = spread * rng.standard_normal()
    return float(count * campaign.attempt_seconds * (1.0 + z + 0.5 * (z * z - spread * spread)))


@lean
def asking_time(pair: Any, campaign: Any, rng: Any, end: float, unasked: float) -> float:
    """Draw when a line asks for an agent whose attempt of now ends at ``end``."""
    more = np.floor(unasked * rng.standard_exponential())
    if more == np.inf:
        return np.inf
    return float(end + more * steady_wait(pair, campaign) + duration_of_many(campaign, rng, more))


@lean
def attempts_unasked(request_rate: float) -> float:
    """Scale of the exponential time whose whole part is the number of attempts before one asks."""
    if request_rate >= 1.0:
        return 0.0
    return float(-1.0 / np.log1p(-request_rate)) if request_rate > 0.0 else np.inf


@lean
def add_steady_line(
    pair: Any, campaign: Any, ends: Floats, rng: Any, number: int, now: float, unasked: float
) -> None:
    """Draw when the line at place ``number`` asks, whose attempt ends at the end there."""
    end = ends[pair.heap + number]
    count_steady(pair, campaign, now - end)
    asks = max(asking_time(pair, campaign, rng, end, unasked), now)
    ends[place_of_asks(pair, ends, number)] = asks
    if asks < pair.asks:
        pair.asks, pair.asker = asks, number


@lean
def begin_steady(pair: Any, campaign: Any, ends: Floats, rng: Any, now: float) -> None:
    """From now on all lines dial without a break."""
    first = 0
    if pair.asks < np.inf:
        # It is known already that the first attempt to end asks for an agent.
        count_steady(pair, campaign, now - pair.asks)
        ends[place_of_asks(pair, ends, 0)] = pair.asks
        pair.asker, first = 0, 1
    pair.steady, pair.unasked = 1, 0.0
    unasked = attempts_unasked(campaign.request_rate)
    for number in range(first, pair.timed_attempts):
        add_steady_line(pair, campaign, ends, rng, number, now, unasked)


@lean
def launch_steady(pair: Any, campaign: Any, ends: Floats, rng: Any, now: float) -> None:
    """One more line dials without a break; its attempt of now is counted already."""
    ends[pair.heap + pair.timed_attempts] = now + attempt_duration(campaign, rng)
    unasked = attempts_unasked(campaign.request_rate)
    add_steady_line(pair, campaign, ends, rng, pair.timed_attempts, now, unasked)
    pair.timed_attempts += 1


@lean
def take_asker(pair: Any, ends: Floats, now: float) -> None:
    """Take off the line that asks first, and find who is the next."""
    last = pair.timed_attempts - 1
    pair.asked_at, pair.asked_place = now, pair.asker
    ends[pair.heap + pair.asker] = ends[pair.heap + last]
    own = place_of_asks(pair, ends, pair.asker)
    ends[own] = ends[place_of_asks(pair, ends, last)]
    pair.timed_attempts = last
    pair.asks, pair.asker = np.inf, -1
    first = place_of_asks(pair, ends, 0)
    for number in range(last):
        if ends[first + number] < pair.asks:
            pair.asks, pair.asker = ends[first + number], number


@lean
def end_steady(pair: Any, campaign: Any, ends: Floats, rng: Any, now: float) -> None:
    """The break comes: draw when the attempts of now end, of lines that have not asked yet."""
    first = pair.heap
    for number in range(pair.timed_attempts):
        end = ends[first + number]
        if end <= now:
            # Constant attempts end at the same moment as that of the line that asks: in the order
            # of their places, so that those behind it come to their end after it.
            behind = pair.asked_at == now and number >= pair.asked_place
            end = end_under_way(pair, campaign, rng, end, now, behind)
        count_steady(pair, campaign, end - now)
        push(ends, first, number, end)
    pair.steady, pair.asks, pair.asker = 0, np.inf, -1


@lean
def end_under_way(
    pair: Any, campaign: Any, rng: Any, end: float, now: float, behind: bool
) -> float:
    """Draw when the attempt of now ends, of a line that dials since ``end`` and has not asked.

    ``behind``: one that ends at this very moment has not ended yet.
    """
    cv, wait = campaign.attempt_cv, steady_wait(pair, campaign)
    each = campaign.attempt_seconds + wait
    if cv == 0.0:
        passed = (now - end) / each
        whole = np.round(passed)
        if np.abs(passed - whole) > _ALIKE * max(whole, 1.0):
            whole = np.floor(passed)
        elif behind:
            return now
        return float(end + each * (whole + 1.0))
    forgotten = _FORGOTTEN + _FORGOTTEN_ALIKE / (cv * cv) + _FORGOTTEN_VARIED * cv * cv
    if now - end > each * forgotten:
        if rng.random() * each < wait:
            return float(now + rng.random() * wait + attempt_duration(campaign, rng))
        spread = campaign.attempt_spread
        return float(now + remaining_duration(rng, campaign.attempt_seconds, cv, spread))
    time = end
    for _ in range(_MOST_WALKS):
        time, asked = end, False
        while time <= now and not asked:
            time += wait + attempt_duration(campaign, rng)
            asked = time <= now and rng.random() < campaign.request_rate
        if not asked:
            return time
    return now + attempt_duration(campaign, rng)
