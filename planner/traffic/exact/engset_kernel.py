"""Engset's recursion and the figures that follow from it, compiled."""

from __future__ import annotations

import numpy as np

from planner.compiling.compiled import compiled, lean
from planner.traffic.arguments import Floats

FIGURES = 7  # in the order of planner.traffic.exact.engset.Stationary


@lean
def add_agent_line(
    a: float, lines: float, load: float, share: float, idle: float
) -> tuple[float, float, float]:
    """All-busy share, mean N - k while an agent line is free, and mean N - k, with ``a`` agents.

    From the share and mean N - k with ``a - 1``. The distribution with ``a`` agent lines is the one
    with ``a - 1`` times (1 - share), and ``share`` on top: all terms are non-negative, so nothing
    cancels, and shares stay in [0, 1], so nothing overflows.
    """
    offered = max(lines - a + 1.0, 0.0) * load * share
    below = 1.0 / (a + offered)
    full = offered * below
    dialing = idle * (a * below)
    return full, dialing, dialing + max(lines - a, 0.0) * full


@lean
def figures(
    N: float, A: float, nu: float, q: float, mu: float, share: float, dialing: float
) -> tuple[float, float, float, float, float, float, float]:
    """All figures from the all-busy share and the mean attempts in progress while dialing.

    ``dialing`` is sum_{k<A} pi_k (N - k). The cuts between k and k + 1 give
    mu * sum_k k pi_k = nu*q * dialing. An attempt of the N - A that run on into a pause survives
    the pause's age, Exp(A*mu), with probability A*mu / (A*mu + nu).
    """
    requests = nu * q  # per attempt in progress
    free_rate = A * mu
    held_back = max(N - A, 0.0)
    in_progress = share * held_back * (free_rate / (free_rate + nu))
    transfers = requests * dialing
    pausing = 1.0 if N >= A > 0.0 and requests > 0.0 else 0.0
    return (
        share if N > 0.0 else 0.0,
        transfers / mu,
        transfers,
        in_progress * requests,
        nu * (dialing + in_progress),
        pausing * share * free_rate,
        pausing / max(free_rate, mu),  # A = 0 never pauses
    )


@compiled
def scattered(N: Floats, A: Floats, nu: Floats, q: Floats, mu: Floats) -> Floats:
    """Figures [figure, entry] of unrelated entries."""
    out = np.empty((FIGURES, N.size))
    for j in range(N.size):
        share, dialing, idle = 1.0, 0.0, N[j]
        load = nu[j] * q[j] / mu[j]
        # Beyond A = N + 1 nothing changes any more.
        for a in range(1, int(min(A[j], N[j] + 1.0)) + 1):
            share, dialing, idle = add_agent_line(a, N[j], load, share, idle)
        values = figures(N[j], A[j], nu[j], q[j], mu[j], share, dialing)
        for k in range(FIGURES):
            out[k, j] = values[k]
    return out


@compiled
def table(lines: int, agents: int, nu: float, q: float, mu: float) -> Floats:
    """Figures [figure, A, N] of all N <= lines and A <= agents."""
    out = np.empty((FIGURES, agents + 1, lines + 1))
    load = nu * q / mu
    share, dialing, idle = np.ones(lines + 1), np.zeros(lines + 1), np.arange(lines + 1.0)
    for a in range(agents + 1):
        for N in range(lines + 1):
            if a > 0:
                share[N], dialing[N], idle[N] = add_agent_line(a, N, load, share[N], idle[N])
            values = figures(N, a, nu, q, mu, share[N], dialing[N])
            for j in range(FIGURES):
                out[j, a, N] = values[j]
    return out
