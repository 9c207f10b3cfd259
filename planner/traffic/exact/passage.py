"""When a dialer hits all agent lines busy, and how likely it is to be there at a given time.

Same assumptions and symbols as :mod:`planner.traffic.exact.engset`: from k busy agent lines the
number grows at rate (N - k)*nu*q while k < A, and falls at rate k*mu. In a pause the attempts that
still run change neither the number of busy agent lines nor, as all idle lines dial again
afterwards, what follows the pause: the number of busy agent lines is a birth-death chain of its
own.

Distributions are right to 1e-9 or better, absolutely and relatively, in any range (see
:mod:`planner.traffic.exact.uniformization`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from planner.traffic.arguments import Floats, checked, require_lines


class Transient(NamedTuple):
    """All agent lines busy, from a known state on."""

    probability: Floats  # all agent lines busy at each time [0, 1]
    seconds_all_busy: Floats  # expected, from the start to each time
    distribution: Floats  # of the number of busy agent lines, 0..A, at the last time


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
        :func:`planner.traffic.exact.engset.stationary`

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


def first_passage_probability(
    dial_lines: int,
    agent_lines: int,
    busy: int,
    seconds: ArrayLike,
    attempt_seconds: float,
    transfer_probability: float,
    talk_seconds: float,
) -> Floats:
    """Probability that all agent lines have been busy at least once within given times.

    Parameters
    ----------
    dial_lines, agent_lines, busy : N, A and busy agent lines at the start, 0 <= busy <= A
    seconds : times >= 0, any shape [s]
    attempt_seconds, transfer_probability, talk_seconds : as in
        :func:`planner.traffic.exact.engset.stationary`

    Returns
    -------
    Probabilities in [0, 1], shape of ``seconds``.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> first_passage_probability(95, 5, 0, [60, 300, 900], 25, 0.01, 180).round(9).tolist()
    [0.05313369, 0.854353242, 0.999528777]
    """
    births, deaths = busy_line_rates(
        dial_lines, agent_lines, attempt_seconds, transfer_probability, talk_seconds
    )
    start = _start(busy, agent_lines)
    times, order = _ascending("seconds", seconds, np.inf)
    if start[-1] == 1.0:
        result = np.ones_like(times)
    elif agent_lines > dial_lines or transfer_probability == 0.0:
        result = np.zeros_like(times)
    else:
        from planner.traffic.exact.uniformization import march

        _, spent, _ = march(births[:-1], deaths[:-1], start[:-1], times)
        result = np.minimum(births[-2] * spent, 1.0)
    return result[order].reshape(np.shape(seconds))


def first_passage_quantile(
    dial_lines: int,
    agent_lines: int,
    busy: int,
    probability: ArrayLike,
    attempt_seconds: float,
    transfer_probability: float,
    talk_seconds: float,
) -> Floats:
    """Time within which all agent lines have been busy with given probabilities.

    Parameters
    ----------
    dial_lines, agent_lines, busy : N, A and busy agent lines at the start, 0 <= busy <= A
    probability : in [0, 1), any shape
    attempt_seconds, transfer_probability, talk_seconds : as in
        :func:`planner.traffic.exact.engset.stationary`

    Returns
    -------
    Seconds, shape of ``probability``; infinite where it never happens.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    births, deaths = busy_line_rates(
        dial_lines, agent_lines, attempt_seconds, transfer_probability, talk_seconds
    )
    start = _start(busy, agent_lines)
    levels, order = _ascending("probability", probability, 1.0)
    if start[-1] == 1.0:
        result = np.zeros_like(levels)
    elif agent_lines > dial_lines or transfer_probability == 0.0:
        result = np.full_like(levels, np.inf)
    else:
        from planner.traffic.exact.uniformization import quantiles

        result = quantiles(births[:-1], deaths[:-1], start[:-1], levels)
    result[levels == 0.0] = 0.0
    return result[order].reshape(np.shape(probability))


def all_busy_transient(
    dial_lines: int,
    agent_lines: int,
    busy: int | Floats,
    seconds: ArrayLike,
    attempt_seconds: float,
    transfer_probability: float,
    talk_seconds: float,
) -> Transient:
    """Probability of all agent lines busy at given times, and the seconds spent so until then.

    The average over a horizon is ``seconds_all_busy`` there over its length.

    Parameters
    ----------
    dial_lines, agent_lines : N >= 0, A >= 0 [lines]
    busy : busy agent lines at the start, or their distribution over 0..A
    seconds : times >= 0 in ascending order [s]
    attempt_seconds, transfer_probability, talk_seconds : as in
        :func:`planner.traffic.exact.engset.stationary`

    Returns
    -------
    Transient.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> round(float(all_busy_transient(95, 5, 0, [300], 25, 0.01, 180).probability[0]), 9)
    0.383514596
    """
    births, deaths = busy_line_rates(
        dial_lines, agent_lines, attempt_seconds, transfer_probability, talk_seconds
    )
    start = _start(busy, agent_lines)
    times = ascending_times(seconds)
    if births.sum() + deaths.sum() == 0.0:
        return Transient(np.full_like(times, start[-1]), start[-1] * times, start)
    from planner.traffic.exact.uniformization import march  # loads the compiler: only where used

    probability, spent, distribution = march(births, deaths, start, times)
    return Transient(probability, spent, distribution)


def ascending_times(seconds: ArrayLike) -> Floats:
    """Flat array of times; raises ValueError unless they are >= 0, finite and ascending."""
    times = np.asarray(seconds, dtype=np.float64).ravel()
    if not np.all((times >= 0) & np.isfinite(times)) or np.any(np.diff(times) < 0):
        raise ValueError("seconds must be at least 0, finite and ascend")
    return times


def busy_line_rates(
    dial_lines: int,
    agent_lines: int,
    attempt_seconds: float,
    transfer_probability: float,
    talk_seconds: float,
) -> tuple[Floats, Floats]:
    """Rates up and down of the number of busy agent lines, 0..A."""
    given = checked(dial_lines, agent_lines, attempt_seconds, transfer_probability, talk_seconds)
    busy = np.arange(agent_lines + 1.0)
    births = np.maximum(dial_lines - busy, 0.0) * (given.attempt_rate * given.transfer_probability)
    births[-1] = 0.0
    return births, busy * given.talk_rate


def _start(busy: int | Floats, agent_lines: int) -> Floats:
    """Distribution over 0..A of the number of busy agent lines at the start."""
    given = np.asarray(busy, dtype=np.float64)
    if given.ndim == 0:
        require_lines("busy", given)
        if given > agent_lines:
            raise ValueError("busy must not exceed agent_lines")
        start = np.zeros(agent_lines + 1)
        start[int(given)] = 1.0
        return start
    total = given.sum()
    if given.shape != (agent_lines + 1,) or not (given >= 0).all() or abs(total - 1.0) > 1e-6:
        raise ValueError("busy must be a number or a distribution over 0..agent_lines")
    return np.asarray(given / total)


def _ascending(
    name: str, values: ArrayLike, below: float
) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.intp]]]:
    """Flat sorted values in [0, below), and the positions that undo the sorting."""
    flat = np.asarray(values, dtype=np.float64).ravel()
    if not np.all((flat >= 0) & (flat < below)):
        raise ValueError(f"{name} must be at least 0 and below {below}")
    order = np.argsort(flat, kind="stable")
    return flat[order], np.argsort(order)
