"""How long dialers remember how they began, and the figures of those that never settle.

Calls whose times hardly vary stay in step: with one agent line and constant times each round of
attempts, talk, and attempts anew takes as long as the one before, but for the rounds in which
nobody asked for an agent. What a round's length varies by adds up, round by round; when the sum is
about half a round, nobody can tell any more when the first began. Lines whose attempts are alike
also stay in step with each other, until each of them has had a talk.
"""

from __future__ import annotations

import math

import numpy as np

from planner.projection.figures.exact import call_seconds
from planner.projection.pairs import Pair
from planner.traffic.arguments import Floats
from planner.traffic.simulation.estimates import student_t
from planner.traffic.simulation.interval_ends import NONE_SEEN, poisson_factors

#: Calls after which the state at the start is forgotten where times vary as usual.
USUAL_CALLS = 5.0
#: Variance of the sum of rounds, in squared rounds, at which the first is forgotten.
_FORGOTTEN = 0.25
#: Who needs more calls than this does not settle within any day of dialing.
MOST_SETTLING_CALLS = 200.0
#: Calls after which lines that still dial in step are no longer waited for: what they ask for
#: together is little by then.
_MOST_IN_STEP = 40.0
#: With fewer runs that differ from the others than this, their count is a Poisson one.
_FEW_RUNS = 60


def settling_calls(pair: Pair) -> float:
    """Calls until the state at the start is forgotten; infinite for never."""
    campaign = pair.campaign
    if not campaign.is_live_transfer or campaign.transfer_probability == 0.0:
        # Attempts alone: they start in step and are counted over many of them.
        return USUAL_CALLS
    tau = campaign.attempt_seconds
    lines = max(pair.item.dial_lines - pair.agent_lines + 1, 1)
    asked = -math.expm1(lines * math.log1p(-min(campaign.transfer_probability, 1.0 - 1e-12)))
    wait = tau / asked
    variance = (
        (tau * campaign.attempt_cv) ** 2
        + (wait * wait) * (1.0 - asked)
        + ((campaign.talk_seconds or 0.0) * campaign.talk_cv) ** 2
        + campaign.wrap_up_seconds**2
    )
    mean = wait + (campaign.talk_seconds or 0.0) + campaign.wrap_up_seconds
    if variance <= 0.0:
        return math.inf
    apart = min(_attempts_in_step(pair) * tau / call_seconds(pair), _MOST_IN_STEP)
    return max(USUAL_CALLS, _FORGOTTEN * mean * mean / variance, apart)


def _attempts_in_step(pair: Pair) -> float:
    """Attempts of a line until it no longer dials in step with those that began with it.

    Their lengths vary by that much, or one of them led to a talk.
    """
    campaign = pair.campaign
    varied = _FORGOTTEN / campaign.attempt_cv**2 if campaign.attempt_cv > 0.0 else math.inf
    return min(varied, 1.0 / campaign.transfer_probability) if pair.item.dial_lines > 1 else 0.0


def never_settles(pair: Pair) -> bool:
    """Whether the pair has no long-run figures that anybody would live to see."""
    return settling_calls(pair) > MOST_SETTLING_CALLS


def settling_seconds(pair: Pair) -> float:
    """Seconds until the state at the start is forgotten."""
    return settling_calls(pair) * call_seconds(pair)


def mean_of_runs(values: Floats, unit: float) -> tuple[float, float, float]:
    """Mean of independent runs that hardly differ, and the ends of its 95 % interval.

    Where only few runs differ from the middle one, how many do is as uncertain as a Poisson count,
    on either side; where none does, one may by ``unit``.
    """
    runs = len(values)
    mean = float(values.mean())
    middle = float(np.median(values))
    off = values - middle
    tiny = 1e-9 * max(abs(middle), 1e-300)
    above, below = off[off > tiny], -off[off < -tiny]
    if len(above) + len(below) >= min(_FEW_RUNS, runs - 1) > 0:
        half = student_t(runs - 1) * float(values.std(ddof=1)) / math.sqrt(runs)
        return mean, mean - half, mean + half
    most = max((float(side.max()) for side in (above, below) if len(side)), default=unit)
    (more_low, more_high), (less_low, less_high) = (
        _around(side, runs, most) for side in (above, below)
    )
    return mean, middle + more_low - less_high, middle + more_high - less_low


def _around(side: Floats, runs: int, most: float) -> tuple[float, float]:
    """Ends of what the runs on one side add to the mean."""
    if not len(side):
        return 0.0, NONE_SEEN / runs * most
    # Sizes differ as well: as much as the count where they do.
    size, square = float(side.mean()), float((side * side).mean())
    low, high = poisson_factors(np.array([len(side) * size * size / square]))
    total = len(side) * size / runs
    return total * float(low[0]), total * float(high[0])
