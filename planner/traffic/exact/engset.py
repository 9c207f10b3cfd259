"""Stationary figures of one campaign on one dialer: Engset's finite-source model, exactly.

Markov assumptions: attempts and talks are exponential, every idle dial line dials at once while
an agent line is free, a callee who finds no agent is lost, there is no wrap-up and no limit on
calls per second. With nu = 1/attempt_seconds, mu = 1/talk_seconds, beta = nu*q/mu, the number k of
busy agent lines then has the distribution pi_k ~ C(N, k) beta^k, k = 0..A.

Source: V. B. Iversen, Teletraffic Engineering Handbook (ITU-D SG 2), Engset's formula. The load
beta here is per *idle* dial line, and the all-busy share is the *time* congestion.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from planner.traffic.arguments import Floats, checked, require_seconds


class Stationary(NamedTuple):
    """Long-run figures, all finite; rates per second of dialing time (pauses included).

    A pause is the time in which all agent lines are busy, also where A = N and no dial line is held
    back by it. With A > N there is none, as with q = 0: rate and length are then 0.
    """

    all_busy_share: Floats  # share of time with every agent line busy [0, 1]
    mean_busy_agent_lines: Floats
    transfers_per_second: Floats  # that reached an agent
    abandoned_per_second: Floats  # asked for an agent and got none
    attempts_per_second: Floats
    pauses_per_second: Floats
    mean_pause_seconds: Floats


def stationary(
    dial_lines: ArrayLike,
    agent_lines: ArrayLike,
    attempt_seconds: ArrayLike,
    transfer_probability: ArrayLike,
    talk_seconds: ArrayLike,
) -> Stationary:
    """Stationary figures, one entry per element of the arguments broadcast together.

    Parameters
    ----------
    dial_lines : N >= 0 [lines]
    agent_lines : A >= 0 [lines]; A = 0 never dials, A > N never has all agent lines busy
    attempt_seconds : mean length of an attempt, > 0 [s]
    transfer_probability : q, an attempt asks for an agent, in [0, 1]
    talk_seconds : mean length of a handled transfer, > 0 [s]

    Returns
    -------
    Stationary, arrays of the broadcast shape.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> figures = stationary(95, 5, 25, 0.01, 180)
    >>> round(3600 * float(figures.transfers_per_second), 6)
    79.260393
    """
    given = checked(dial_lines, agent_lines, attempt_seconds, transfer_probability, talk_seconds)
    from planner.traffic.exact.engset_kernel import scattered

    return Stationary(*(figure.reshape(given.shape) for figure in scattered(*given[:-1])))


def stationary_table(
    max_dial_lines: int,
    max_agent_lines: int,
    attempt_seconds: float,
    transfer_probability: float,
    talk_seconds: float,
) -> Stationary:
    """Stationary figures for all line counts at once, indexed ``[N, A]``.

    Parameters
    ----------
    max_dial_lines, max_agent_lines : last N and A, >= 0 [lines]
    attempt_seconds, transfer_probability, talk_seconds : as in :func:`stationary`, numbers

    Returns
    -------
    Stationary, arrays of shape ``(max_dial_lines + 1, max_agent_lines + 1)``.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    given = checked(
        max_dial_lines, max_agent_lines, attempt_seconds, transfer_probability, talk_seconds
    )
    from planner.traffic.exact.engset_kernel import table

    nu, q, mu = (float(value[0]) for value in given[2:5])
    return Stationary(*table(int(max_dial_lines), int(max_agent_lines), nu, q, mu).swapaxes(1, 2))


def all_busy_share(dial_lines: int, agent_lines: int, load: float) -> float:
    """Share of time in which every agent line is busy, Markov assumptions.

    Parameters
    ----------
    dial_lines : N >= 1 [lines]
    agent_lines : A >= 1 [lines]
    load : beta > 0, transfer-request rate of one idle dial line times mean talk time [-]

    Returns
    -------
    Engset time congestion, in (0, 1) up to A = N (for very small shares 0 by underflow); 0 beyond.

    Raises
    ------
    ValueError
        If the lines or the load are out of range.

    Notes
    -----
    Iversen, Teletraffic Engineering Handbook, Engset's formula, by recursion in A.

    Examples
    --------
    >>> round(all_busy_share(95, 5, 0.072), 6)
    0.399945
    """
    if dial_lines < 1 or agent_lines < 1:
        raise ValueError("dial_lines and agent_lines must be at least 1")
    require_seconds("load", np.array([load]))
    share = 1.0
    for a in range(1, min(agent_lines, dial_lines + 1) + 1):
        offered = (dial_lines - a + 1) * load * share
        share = offered / (a + offered)
    return share
