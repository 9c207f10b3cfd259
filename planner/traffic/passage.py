"""When a dialer hits all agent lines busy: first passage of the number of busy agent lines.

Same assumptions and symbols as :mod:`planner.traffic.engset`: from k busy agent lines the number
grows at rate (N - k)*nu*q and falls at rate k*mu, until it first is A.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planner.traffic.arguments import Floats, checked, require_lines


def mean_seconds_to_all_busy(
    dial_lines: ArrayLike,
    agent_lines: ArrayLike,
    busy: ArrayLike,
    attempt_seconds: ArrayLike,
    transfer_probability: ArrayLike,
    talk_seconds: ArrayLike,
) -> Floats:
    """Mean time until all agent lines are busy for the first time.

    Parameters
    ----------
    dial_lines : N >= 0 [lines]
    agent_lines : A >= 0 [lines]
    busy : busy agent lines at the start, 0 <= busy <= A
    attempt_seconds, transfer_probability, talk_seconds : as in
        :func:`planner.traffic.engset.stationary`

    Returns
    -------
    Seconds >= 0 in the broadcast shape; 0 when busy = A, infinite when it never happens (q = 0 or
    A > N) or lies beyond the largest floating-point number.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    J. Keilson, Markov Chain Models: Rarity and Exponentiality, 1979: the mean time from k to k + 1
    is h_k = (1 + k*mu*h_{k-1}) / ((N - k)*nu*q). All terms are positive, so that the relative
    error stays at rounding, however rare the event.

    Examples
    --------
    >>> round(float(mean_seconds_to_all_busy(95, 5, 0, 25, 0.01, 180)), 6)
    190.271372
    """
    shape = np.broadcast_shapes(
        *map(
            np.shape,
            (dial_lines, agent_lines, busy, attempt_seconds, transfer_probability, talk_seconds),
        )
    )
    given = checked(
        np.broadcast_to(np.asarray(dial_lines), shape),
        agent_lines,
        attempt_seconds,
        transfer_probability,
        talk_seconds,
    )
    start = np.broadcast_to(np.asarray(busy, dtype=np.float64), shape).ravel()
    require_lines("busy", start)
    if np.any(start > given.agent_lines):
        raise ValueError("busy must not exceed agent_lines")
    requests = given.attempt_rate * given.transfer_probability
    # Beyond A = N the answer is infinite whatever the number of steps.
    last = np.minimum(given.agent_lines, given.dial_lines + 1)
    step, total = np.zeros_like(start), np.zeros_like(start)
    with np.errstate(divide="ignore", over="ignore"):
        for k in range(int(last.max(initial=0))):
            births = np.maximum(given.dial_lines - k, 0.0) * requests
            step = np.divide(1.0 + k * given.talk_rate * step, births)
            total += np.where((k >= start) & (k < last), step, 0.0)
    never = (given.agent_lines > given.dial_lines) & (start < given.agent_lines)
    return np.where(never, np.inf, total).reshape(shape)
