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

from planner.traffic.arguments import Arguments, Floats, checked, require_seconds


class Stationary(NamedTuple):
    """Long-run figures, all finite; rates per second of dialing time (pauses included).

    A pause holds back dial lines while all agent lines are busy; with A >= N there is none to hold
    back, so the rate and the length of pauses are 0 (as with q = 0). All agent lines are still busy
    for a share > 0 of the time when A = N, and never when A > N.
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
    load = given.attempt_rate * given.transfer_probability / given.talk_rate
    # Beyond A = N + 1 nothing changes any more.
    last = np.minimum(given.agent_lines, given.dial_lines + 1)
    order = np.argsort(-last, kind="stable")
    N, b, last = given.dial_lines[order], load[order], last[order]
    share, dialing, idle = np.ones_like(N), np.zeros_like(N), N.copy()
    remaining = np.searchsorted(-last, -np.arange(1, int(last.max(initial=0)) + 1), side="right")
    for a, count in enumerate(remaining, start=1):
        part = slice(0, count)
        share[part], dialing[part], idle[part] = _add_agent_line(
            a, N[part], b[part], share[part], idle[part]
        )
    back = np.argsort(order)
    figures = _figures(given, share[back], dialing[back])
    return Stationary(*(figure.reshape(given.shape) for figure in figures))


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
    N, A = np.meshgrid(np.arange(max_dial_lines + 1), np.arange(max_agent_lines + 1), indexing="ij")
    given = checked(N, A, attempt_seconds, transfer_probability, talk_seconds)
    load = transfer_probability * talk_seconds / attempt_seconds
    lines = np.arange(max_dial_lines + 1.0)
    by_agents = (max_agent_lines + 1, max_dial_lines + 1)
    share, dialing, idle = np.ones(by_agents), np.zeros(by_agents), lines
    for a in range(1, max_agent_lines + 1):
        share[a], dialing[a], idle = _add_agent_line(a, lines, load, share[a - 1], idle)
    figures = _figures(given, share.T.ravel(), dialing.T.ravel())
    return Stationary(*(figure.reshape(N.shape) for figure in figures))


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


def _add_agent_line(
    a: int, lines: Floats, load: Floats | float, share: Floats, idle: Floats
) -> tuple[Floats, Floats, Floats]:
    """All-busy share, mean N - k while an agent line is free, and mean N - k, with ``a`` agents.

    From the share and mean N - k with ``a - 1``. The distribution with ``a`` agent lines is the one
    with ``a - 1`` times (1 - share), and ``share`` on top: all terms are non-negative, so nothing
    cancels, and shares stay in [0, 1], so nothing overflows.
    """
    offered = np.maximum(lines - (a - 1), 0.0) * load * share
    full = offered / (a + offered)
    dialing = idle * (a / (a + offered))
    return full, dialing, dialing + np.maximum(lines - a, 0.0) * full


def _figures(given: Arguments, share: Floats, dialing: Floats) -> Stationary:
    """All figures from the all-busy share and the mean attempts in progress while dialing.

    ``dialing`` is sum_{k<A} pi_k (N - k). The cuts between k and k + 1 give
    mu * sum_k k pi_k = nu*q * dialing. An attempt of the N - A that run on into a pause survives
    the pause's age, Exp(A*mu), with probability A*mu / (A*mu + nu).
    """
    nu, mu, N, A = given.attempt_rate, given.talk_rate, given.dial_lines, given.agent_lines
    requests = nu * given.transfer_probability  # per attempt in progress
    free_rate = A * mu
    held_back = np.maximum(N - A, 0.0)
    in_progress = share * held_back * (free_rate / (free_rate + nu))
    transfers = requests * dialing
    pausing = (held_back > 0) & (A > 0) & (requests > 0)
    return Stationary(
        all_busy_share=np.where(N > 0, share, 0.0),
        mean_busy_agent_lines=transfers / mu,
        transfers_per_second=transfers,
        abandoned_per_second=in_progress * requests,
        attempts_per_second=nu * (dialing + in_progress),
        pauses_per_second=np.where(pausing, share * free_rate, 0.0),
        mean_pause_seconds=np.divide(1.0, free_rate, out=np.zeros_like(N), where=pausing),
    )
