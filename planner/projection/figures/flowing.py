"""Where launches may flow in a simulation, instead of being drawn call by call."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from planner.contracts.problem import Campaign
from planner.projection.effort import Effort, EngineChoice
from planner.projection.figures import exact
from planner.projection.figures.intervals import Interval
from planner.traffic.arguments import Floats
from planner.traffic.simulation.flow.fluid import calm_waits
from planner.traffic.simulation.network import COLUMNS, Network

#: What happens at a request for an agent, its talk and the pause that it may begin takes as long
#: as so many attempts drawn call by call.
_REQUEST = 1.2
#: An attempt that is not memoryless, and asks for nobody, as a part of one drawn call by call. It
#: takes more where pauses are frequent (0.05 to 0.4 of one); told so low because a timeline of some
#: twenty pairs shall rest on 400 runs, which take seven seconds of one core.
_TIMED = 0.025


def flowing(together: Network, effort: Effort) -> Floats | None:
    """Share of the lines that wait in a flow; None where each launch is to be simulated.

    That is so where it was asked for, and where :func:`calm_waits` says that launches do not flow.
    """
    return None if effort.engine is EngineChoice.SIMULATE else calm_waits(together)


def fluid_part(campaign: Campaign) -> float:
    """Time that an attempt takes where launches flow, as a part of one drawn call by call."""
    if not campaign.is_live_transfer:
        return 0.0
    timed = _TIMED if campaign.attempt_cv != 1.0 else 0.0
    return timed + _REQUEST * campaign.transfer_probability


#: What a flow may be wrong by, as a part of the share of lines that wait: found in 48 pairs behind
#: limits of 40 to 80 % use, and the 23 of the regional example, against runs call by call.
_OF_PAUSES, _OF_CALLS = 0.5, 0.15
#: And by what waits by formula may be wrong, as a part of them: half, but for one of 45 broadcasts.
_OF_WAITS = 0.5
#: Of lines that launch at once one waits half as long as the last, on average: so large a part of
#: the attempts a limit that is left out may take away, at most.
_OF_LEFT_OUT = 0.5
#: Standard deviations of a normal variable within which it is in 95 % of cases on both sides, and
#: on one side.
_Z95, _Z90 = 1.959964, 1.644854
#: Shares are not told to be rarer.
_RAREST = 1e-9
_SHARES = (
    *("all_busy_share", "abandon_rate", "transfer_loss", "agent_occupancy"),
    *exact.PASSAGE_HORIZONS,
)
_BY_LINES = ("attempts_per_hour", "live_answers_per_hour")
_CALLS = ("transfers_per_hour", "attempts_per_hour", "live_answers_per_hour", "agent_occupancy")


def waiting_shares(totals: Floats) -> Floats:
    """Of the dial lines that would dial, the part that waits, from totals [run, ..., column]."""
    waiting, trying = (
        totals[..., COLUMNS.index(name)].sum(axis=0)
        for name in ("waiting_seconds", "attempt_seconds")
    )
    return np.asarray(np.maximum(waiting, 0.0) / np.maximum(waiting + trying, 1e-300))


def odds_errors(totals: Floats, left_out: Floats) -> Floats:
    """What a flow may be wrong by in the logarithm of the odds of a pause, [step, pair].

    From totals [run, step, pair, column], and what limits that are left out delay by pair, as
    :func:`with_flow_error` has it.
    """
    return np.asarray(_OF_PAUSES * waiting_shares(totals) + _OF_LEFT_OUT * left_out)


def rareness(share: Floats | float) -> Floats:
    """By how much more the odds of a rare share move than those of a common one.

    What is rare needs many things at once, each of which is a little more or less likely.
    """
    rarer = np.minimum(share, np.subtract(1.0, share))
    return np.asarray(np.maximum(1.0, -np.log(np.clip(rarer, _RAREST, 1.0))))


@lru_cache(maxsize=1)
def _aware() -> tuple[Floats, Floats]:
    """Bounds of an error in standard deviations, and how many of these an interval needs then."""
    normal, bounds = NormalDist(), np.linspace(0.0, 4.0, 81)
    found = []
    for bound in bounds.tolist():
        low, high = 0.0, bound + 3.0
        for _ in range(60):
            middle = 0.5 * (low + high)
            held = normal.cdf(middle - bound) - normal.cdf(-middle - bound)
            low, high = (middle, high) if held < 0.95 else (low, middle)
        found.append(high)
    return bounds, np.array(found)


def with_bound(apart: Floats | float, error: Floats | float) -> Floats:
    """How far from its figure an end is, where besides chance there is an error up to a bound.

    The least distance that holds in 95 % of cases whatever the error up to the bound (T. B.
    Armstrong and M. Kolesar, Econometrica 86, 2018): less than both added up, as chance seldom
    goes furthest in the direction of the error.

    Parameters
    ----------
    apart : how far it is by chance alone, 1.96 standard deviations
    error : the bound, in the same unit
    """
    deviation = np.asarray(apart, dtype=np.float64) / _Z95
    bounds, needed = _aware()
    over = np.asarray(error) / np.maximum(deviation, 1e-300)
    factor = np.where(over < bounds[-1], np.interp(over, bounds, needed), over + _Z90)
    return np.where(deviation > 0.0, factor * deviation, error)


def further_apart(
    share: Floats, ends: tuple[Floats, Floats], error: Floats | float
) -> tuple[Floats, Floats]:
    """Ends of shares, further out by what they may be wrong by in the logarithm of their odds."""
    low, high = ends
    bound = error * rareness(share)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle, below, above = (np.log(part) - np.log1p(-part) for part in (share, low, high))
        fall, rise = (
            np.exp(_further(middle - below, bound)),
            np.exp(_further(above - middle, bound)),
        )
    return low / (low + (1.0 - low) * fall), high * rise / (high * rise + 1.0 - high)


def _further(apart: Floats, bound: Floats) -> Floats:
    """By how much an end is further out for an error: by all of it where chance is unknown."""
    known = np.where(np.isfinite(apart), np.maximum(apart, 0.0), 0.0)
    return np.asarray(with_bound(known, bound) - known)


def with_flow_error(
    row: Mapping[str, Interval],
    waits: float,
    left_out: float = 0.0,
    *,
    measured: float = 0.0,
    broadcast: bool = False,
) -> dict[str, Interval]:
    """Intervals wider by what a flow may be wrong by, in proportion to the lines that wait.

    And by what limits do that are left out of it, as they delay a launch by so small a part of an
    attempt at most (``left_out``). A limit that is followed and lets hardly any line wait makes
    hardly any error: there is no least one.

    Parameters
    ----------
    measured : half width of the share of lines that waits, where that was measured; 0: by formula
    broadcast : its calls are as many as its lines do not wait, as no agents even that out: an error
        of the waits is one of the calls, and measured ones have none but their chance
    """
    of_calls = _OF_CALLS
    if broadcast:
        of_calls = _OF_WAITS if measured == 0.0 else 0.0
    found = {}
    for name, given in row.items():
        value, low, high = _with_measured(given, measured / max(1.0 - waits, 1e-9), name)
        part = waits * (of_calls if name in _CALLS else _OF_PAUSES) + left_out * _OF_LEFT_OUT
        off = part * value
        if name in _SHARES:
            off *= (1.0 - value) * (1.0 if name in _CALLS else float(rareness(value)))
        most = 1.0 if name in _SHARES else math.inf
        found[name] = Interval(
            value,
            None if low is None else max(value - float(with_bound(value - low, off)), 0.0),
            None if high is None else min(value + float(with_bound(high - value, off)), most),
        )
    return found


def _with_measured(given: Interval, part: float, name: str) -> Interval:
    """Ends of what is in proportion to the lines that dial, with the chance of measured waits."""
    value, low, high = given
    if part == 0.0 or name not in _BY_LINES:
        return given
    return Interval(
        value,
        None if low is None else value - math.hypot(value - low, part * value),
        None if high is None else value + math.hypot(high - value, part * value),
    )
