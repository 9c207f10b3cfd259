"""A pause with held callers as a chain of (attempts in progress, held callers), compiled.

In a pause, i attempts run and h callers are held. An attempt ends at rate i*nu; with probability q
its callee is held. A held caller gives up at rate h*theta. An agent line is freed at rate A*mu and
takes the first held caller; with nobody held the pause ends. Nothing is launched, so i never grows,
and with i unchanged h only falls: taken in that order, every state depends on earlier ones only,
and all sums below have non-negative terms.
"""

from __future__ import annotations

import numpy as np

from planner.compiling.compiled import compiled
from planner.traffic.arguments import Floats


@compiled
def most_held(attempts: int, q: float) -> int:
    """More held callers than this arise with a probability of about 1e-20 or less.

    At most as many as the attempts that ask for an agent, which are binomial.
    """
    if q <= 0.0 or q >= 1.0:
        return int(np.ceil(q)) * attempts
    probability = attempts * np.log1p(-q)
    for h in range(attempts):
        probability += np.log((attempts - h) / (h + 1) * (q / (1.0 - q)))
        if h > attempts * q and probability < np.log(1e-21):
            return h
    return attempts


@compiled
def pause_means(
    attempts: int, q: float, nu: float, free_rate: float, theta: float
) -> tuple[Floats, Floats, Floats]:
    """Expected length, attempt-seconds and held-caller-seconds of a pause.

    Each indexed by the attempts in progress at its start, 0..``attempts``, nobody held yet.
    """
    held = most_held(attempts, q)
    means = np.zeros((3, attempts + 1))
    fewer, now = np.zeros((3, held + 1)), np.zeros((3, held + 1))
    for i in range(attempts + 1):
        for h in range(held + 1):
            leave = i * nu + h * theta + free_rate
            more = min(h + 1, held)
            for j in range(3):
                reward = 1.0 if j == 0 else (float(i) if j == 1 else float(h))
                value = reward + i * nu * (q * fewer[j, more] + (1.0 - q) * fewer[j, h])
                if h > 0:
                    value += (h * theta + free_rate) * now[j, h - 1]
                now[j, h] = value / leave
        means[:, i] = now[:, 0]
        fewer, now = now, fewer
    return means[0], means[1], means[2]
