"""What a limit of calls per second does to one campaign on one dialer: launches that queue.

When a pause ends all idle dial lines launch at once, and wait for their turn; between pauses
launches meet now and then. The chain has the busy agent lines ``k`` and the attempts in progress
``i`` as its state. While ``i`` is less than the dial lines that may dial in ``k``, lines wait and
launches come at the rate that is left to this pair: the other pairs of the dialer are told by that
rate alone. All times are exponential, also the time between launches.

Level ``k`` is left to ``k + 1`` by a transfer request, with one attempt less, and to ``k - 1`` by
an agent line that becomes free. Such a chain is solved level by level: G. Latouche and
V. Ramaswami, Introduction to Matrix Analytic Methods in Stochastic Modeling, 1999, chapter 12.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.traffic.arguments import Floats

Integers = NDArray[np.int64]

#: Chains have at most so many dial lines; more are told by as many, with all else in proportion.
#: They carry less then, as smaller groups do; a limit takes a somewhat larger share of it.
MOST_LINES = 200


class Queued(NamedTuple):
    """Long-run figures per second while dialing, pauses included; the share of time paused."""

    transfers_per_second: float
    abandoned_per_second: float
    attempts_per_second: float
    all_busy_share: float


def queued(
    dial_lines: int,
    agent_lines: int,
    attempt_seconds: float,
    transfer_probability: float,
    taken_seconds: float,
    launches_per_second: float,
    pacing: float = math.inf,
    holding_share: float = 1.0,
) -> Queued:
    """Figures of one pair whose launches come at a limited rate.

    Parameters
    ----------
    dial_lines, agent_lines : N >= A >= 1 [lines]
    attempt_seconds : mean length of an attempt, > 0 [s]
    transfer_probability : q in (0, 1]
    taken_seconds : mean time an agent line is taken, wrap-up included, > 0 [s]
    launches_per_second : at which waiting lines of this pair launch, > 0
    pacing : attempts in progress per free agent line at the most
    holding_share : of the time that an agent line is taken, the share in which a dial line is, too

    Returns
    -------
    Figures per second.

    Examples
    --------
    >>> found = queued(95, 5, 25.0, 0.01, 180.0, 1e6)
    >>> round(3600 * found.transfers_per_second, 2)
    79.26
    """
    scale = 1.0
    if dial_lines > MOST_LINES:
        scale = dial_lines / MOST_LINES
        agent_lines = max(1, round(agent_lines / scale))
        dial_lines, launches_per_second = MOST_LINES, launches_per_second / scale
    k = np.arange(agent_lines)
    most = np.rint(np.maximum(dial_lines - k * holding_share, 0.0)).astype(np.int64)
    if math.isfinite(pacing):
        most = np.minimum(most, np.ceil(pacing * (agent_lines - k)).astype(np.int64))
    level, running = _stationary(
        most, 1.0 / attempt_seconds, transfer_probability, 1.0 / taken_seconds, launches_per_second
    )
    lines = np.arange(agent_lines + 1)
    requests = transfer_probability / attempt_seconds * running
    return Queued(
        transfers_per_second=scale * float(lines @ level) / taken_seconds,
        abandoned_per_second=scale * float(requests[-1]),
        attempts_per_second=scale * float(running.sum()) / attempt_seconds,
        all_busy_share=float(level[-1]),
    )


def queued_broadcast(dial_lines: int, attempt_seconds: float, launches_per_second: float) -> float:
    """Attempts per second of a broadcast whose launches come at a limited rate.

    The truncated Poisson distribution of a repairman with ``dial_lines`` machines (Iversen,
    chapter 9, the machine-repair model), where whose turn it is has launched already.
    """
    nu = 1.0 / attempt_seconds
    lines = np.arange(dial_lines + 1)
    steps = np.log(launches_per_second / (nu * np.maximum(lines, 1)))
    steps[0] = 0.0
    weights = np.cumsum(steps)
    share = np.exp(weights - weights.max())
    share /= share.sum()
    running = np.where((lines > 0) & (lines < dial_lines), lines + 1, lines)
    return min(float(nu * (share @ running)), launches_per_second)


def _stationary(
    most: Integers, nu: float, q: float, free: float, launch: float
) -> tuple[Floats, Floats]:
    """Share of time with each number of busy agent lines, and the mean attempts then.

    ``most[k]`` attempts may be in progress while ``k`` agent lines are busy; with all busy nothing
    is launched.
    """
    agents, size = len(most), int(most.max(initial=0)) + 1
    i = np.arange(size)
    ended, left = np.arange(1, size), np.arange(size - 1)
    own, ups, running = [], [], []
    for k in range(agents + 1):
        here, up = np.zeros((size, size)), np.zeros((size, size))
        now: Floats = i.astype(np.float64)
        if k == agents:
            here[ended, left] = nu * now[1:]
        else:
            # Whose turn it is has launched already: what waits is the turn of the next one.
            now = np.where((i > 0) & (i < most[k]), i + 1.0, now)
            here[ended, left] = nu * (1.0 - q) * now[1:]
            begun = np.arange(min(int(most[k]), size - 1))
            here[begun, begun + 1] += launch
            up[ended, left] = nu * q * now[1:]
            if k == agents - 1:
                waits = ended[ended < most[k]]
                up[waits, waits - 1] = 0.0
                up[waits, waits] = nu * q * now[waits]
        leaving = here.sum(axis=1) + up.sum(axis=1) + k * free
        here[i, i] -= leaving
        own.append(here)
        ups.append(up)
        running.append(now)
    rates: list[Floats] = []  # from each level to the one above, from the last on
    below = own[agents]
    for k in range(agents - 1, -1, -1):
        rate: Floats = np.asarray(np.linalg.solve(-below.T, ups[k].T).T, np.float64)
        rates.append(rate)
        below = own[k] + rates[-1] * ((k + 1) * free)
    levels: list[Floats] = [_null(below)]
    for rate in reversed(rates):
        above: Floats = np.asarray(levels[-1] @ rate, np.float64)
        levels.append(above)
    whole = np.array(levels) / sum(float(level.sum()) for level in levels)
    level: Floats = whole.sum(axis=1)
    attempts: Floats = (whole * np.array(running)).sum(axis=1)
    return level, attempts


def _null(generator: Floats) -> Floats:
    """The stationary distribution of a generator."""
    system = generator.T.copy()
    system[-1] = 1.0
    right = np.zeros(len(generator))
    right[-1] = 1.0
    found: Floats = np.asarray(np.linalg.solve(system, right), np.float64)
    return np.maximum(found, 0.0)
