"""Callers who find no agent wait on their dial line: stationary and transient figures, exactly.

Assumptions and symbols of :mod:`planner.traffic.exact.engset`, but a callee who finds no agent is
held, longest first, and gives up after an exponential patience. A pause goes on while anybody is
held. It always starts with N - A attempts in progress and nobody held and ends with A - 1 busy
agent lines and N - A + 1 attempts launched: pauses are alike and independent. While dialing, the
number of busy agent lines is therefore distributed as without holding; only the pauses grow longer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planner.traffic.arguments import require_lines, require_seconds
from planner.traffic.exact.engset import Stationary
from planner.traffic.exact.engset import stationary as stationary_with_drop
from planner.traffic.exact.passage import Transient, ascending_times, busy_line_rates


def stationary(
    dial_lines: ArrayLike,
    agent_lines: ArrayLike,
    attempt_seconds: float,
    transfer_probability: float,
    talk_seconds: float,
    patience_seconds: float,
) -> Stationary:
    """Stationary figures with held callers, one entry per pair of lines.

    Parameters
    ----------
    dial_lines, agent_lines : N >= 0 and A >= 0, broadcast together [lines]
    attempt_seconds, transfer_probability, talk_seconds : as in
        :func:`planner.traffic.exact.engset.stationary`, numbers
    patience_seconds : mean time after which a held caller gives up, > 0 [s]

    Returns
    -------
    Stationary, where the abandoned callers are those who gave up.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    require_seconds("patience_seconds", np.array([patience_seconds]))
    drop = stationary_with_drop(
        dial_lines, agent_lines, attempt_seconds, transfer_probability, talk_seconds
    )
    from planner.traffic.exact.hold_kernel import pause_means

    nu, mu, theta = 1.0 / attempt_seconds, 1.0 / talk_seconds, 1.0 / patience_seconds
    N, A = np.broadcast_arrays(np.asarray(dial_lines), np.asarray(agent_lines))
    length, attempts, held = np.zeros(N.shape), np.zeros(N.shape), np.zeros(N.shape)
    for agents in np.unique(A[(N >= A) & (A > 0)]):
        here = (N >= A) & (agents == A)
        most = int(N[here].max() - agents)
        means = pause_means(most, float(transfer_probability), nu, agents * mu, theta)
        for figure, mean in zip((length, attempts, held), means, strict=True):
            figure[here] = mean[(N[here] - agents).astype(np.int64)]
    # The mean pause over that without holding, less 1; the whole time grows by share * longer.
    longer = np.maximum(length * A * mu - 1.0, 0.0)
    whole = 1.0 + drop.all_busy_share * longer
    pauses = drop.pauses_per_second / whole
    busy = (drop.mean_busy_agent_lines + A * drop.all_busy_share * longer) / whole
    if transfer_probability > 0:
        dialing = drop.transfers_per_second / (nu * transfer_probability)
    else:
        dialing = drop.attempts_per_second / nu
    return Stationary(
        all_busy_share=drop.all_busy_share * (1.0 + longer) / whole,
        mean_busy_agent_lines=busy,
        transfers_per_second=busy * mu,
        abandoned_per_second=pauses * held * theta,
        attempts_per_second=nu * (dialing / whole + pauses * attempts),
        pauses_per_second=pauses,
        mean_pause_seconds=np.where(drop.mean_pause_seconds > 0, length, 0.0),
    )


def all_busy_transient(
    dial_lines: int,
    agent_lines: int,
    busy: int,
    seconds: ArrayLike,
    attempt_seconds: float,
    transfer_probability: float,
    talk_seconds: float,
    patience_seconds: float,
    *,
    attempts_in_progress: int | None = None,
    held_callers: int = 0,
) -> Transient:
    """Probability of a pause at given times, and the seconds paused until then.

    Parameters
    ----------
    dial_lines, agent_lines, busy : N >= A, A >= 1 and busy agent lines at the start, 0..A
    seconds : times >= 0 in ascending order [s]
    attempt_seconds, transfer_probability, talk_seconds, patience_seconds : as in
        :func:`stationary`
    attempts_in_progress, held_callers : what else takes dial lines at the start of a horizon that
        begins in a pause (busy = A); as if the pause had just begun when not given. Together at
        most N - A

    Returns
    -------
    Transient.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    More held callers than arise with a probability of 1e-20 are not told apart; the limit counts
    as reached within a total probability of 1e-12.
    """
    births, deaths = busy_line_rates(
        dial_lines, agent_lines, attempt_seconds, transfer_probability, talk_seconds
    )
    require_seconds("patience_seconds", np.array([patience_seconds]))
    if not 1 <= agent_lines <= dial_lines:
        raise ValueError("agent_lines must be at least 1 and at most dial_lines")
    times = ascending_times(seconds)
    from planner.traffic.exact.hold_kernel import most_held
    from planner.traffic.exact.hold_transient import Chain, march

    spare = dial_lines - agent_lines
    attempts = spare if attempts_in_progress is None else attempts_in_progress
    require_lines("busy", np.array([busy, attempts, held_callers], dtype=np.float64))
    if busy > agent_lines or attempts + held_callers > spare:
        raise ValueError("busy lines must not exceed the lines there are")
    dialing = np.zeros(agent_lines)
    if busy < agent_lines:
        dialing[busy] = 1.0
    chain = Chain(
        births=births[:-1],
        deaths=deaths[:-1],
        spare=spare,
        most=max(most_held(spare, transfer_probability), held_callers),
        q=float(transfer_probability),
        nu=1.0 / attempt_seconds,
        free_rate=agent_lines / talk_seconds,
        theta=1.0 / patience_seconds,
    )
    return Transient(*march(chain, dialing, attempts, held_callers, times))
