"""Rates of a campaign with so many dial and agent lines on one dialer, from its figures."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.contracts.problem import Campaign, Overflow
from planner.traffic.exact.engset import stationary, stationary_table
from planner.traffic.exact.hold import stationary as stationary_with_hold

Floats = NDArray[np.float64]
SECONDS_PER_HOUR = 3600.0


class Rates(NamedTuple):
    """Stationary rates per hour, and shares, one entry per (dial lines, agent lines) asked for.

    ``handled`` counts transfers that reached an agent; for a broadcast, live-answered messages.
    """

    handled: Floats
    abandoned: Floats
    live_answered: Floats
    attempts: Floats
    all_busy_share: Floats
    mean_busy_agent_lines: Floats
    pauses: Floats
    mean_pause_seconds: Floats


def is_markov(campaign: Campaign) -> bool:
    """Whether the exact figures hold for the campaign's own parameters.

    They assume exponential times, dropped overflow, no wrap-up and no pacing; limits shared with
    others (calls per second, a dial list) are not looked at here.
    """
    if not campaign.is_live_transfer:
        return True
    return (
        campaign.attempt_cv == 1
        and campaign.talk_cv == 1
        and campaign.overflow is Overflow.DROP
        and campaign.wrap_up_seconds == 0
        and campaign.pacing is None
    )


def rates_table(
    campaign: Campaign, most_dial_lines: int, most_agent_lines: int
) -> tuple[Floats, Floats, Floats, Floats]:
    """Rates of all line counts at once, the same as :func:`rates` gives.

    Returns
    -------
    Handled, abandoned, live-answered and attempted calls per hour, each of shape
    ``(most_agent_lines + 1, most_dial_lines + 1)``; entries with A > N mean nothing.
    """
    if campaign.abandon_day is not None:
        handled, _, _, attempts = rates_table(
            campaign.model_copy(update={"abandon_day": None}), most_dial_lines, most_agent_lines
        )
        _, abandoned, answered, _ = rates_table(
            campaign.on_day(campaign.abandon_day), most_dial_lines, most_agent_lines
        )
        return handled, abandoned, answered, attempts
    if not campaign.is_live_transfer or _by_chain(campaign) or campaign.overflow is Overflow.HOLD:
        agents = np.arange(most_agent_lines + 1)[:, None]
        lines = np.arange(most_dial_lines + 1)[None, :]
        found = rates(campaign, lines, np.minimum(agents, lines))
        return found.handled, found.abandoned, found.live_answered, found.attempts
    assert campaign.talk_seconds is not None
    exact = stationary_table(
        most_dial_lines,
        most_agent_lines,
        campaign.attempt_seconds,
        campaign.transfer_probability,
        campaign.talk_seconds,
    )
    attempts = SECONDS_PER_HOUR * exact.attempts_per_second.T
    return (
        SECONDS_PER_HOUR * exact.transfers_per_second.T,
        SECONDS_PER_HOUR * exact.abandoned_per_second.T,
        campaign.answer_rate * attempts,
        attempts,
    )


def rates(campaign: Campaign, dial_lines: ArrayLike, agent_lines: ArrayLike) -> Rates:
    """Rates of a campaign for arrays of lines (broadcast together).

    Exact under Markov assumptions, also with held callers. With wrap-up or pacing a birth-death
    chain of the same kind with mean-value births, where holding is ignored, as other variations of
    times are: beside such values stand those of the simulation.

    Parameters
    ----------
    dial_lines, agent_lines : integers, 0 <= A <= N [lines]; A is ignored for a broadcast

    Returns
    -------
    Rates per hour, shape of the broadcast input. Where the campaign's abandonment limit is held on
    another day than the mean one, ``abandoned`` and ``live_answered`` are those of that day.
    """
    if campaign.abandon_day is not None:
        mean = rates(campaign.model_copy(update={"abandon_day": None}), dial_lines, agent_lines)
        day = rates(campaign.on_day(campaign.abandon_day), dial_lines, agent_lines)
        return mean._replace(abandoned=day.abandoned, live_answered=day.live_answered)
    lines, agents = np.broadcast_arrays(
        np.asarray(dial_lines, dtype=np.int64), np.asarray(agent_lines, dtype=np.int64)
    )
    if not campaign.is_live_transfer:
        return _broadcast_rates(campaign, lines.astype(np.float64))
    if _by_chain(campaign):
        return _chain_rates(campaign, lines, agents)
    assert campaign.talk_seconds is not None
    figures = campaign.attempt_seconds, campaign.transfer_probability, campaign.talk_seconds
    if campaign.overflow is Overflow.HOLD:
        exact = stationary_with_hold(lines, agents, *figures, campaign.patience_seconds)
    else:
        exact = stationary(lines, agents, *figures)
    attempts = SECONDS_PER_HOUR * exact.attempts_per_second
    return Rates(
        handled=SECONDS_PER_HOUR * exact.transfers_per_second,
        abandoned=SECONDS_PER_HOUR * exact.abandoned_per_second,
        live_answered=campaign.answer_rate * attempts,
        attempts=attempts,
        all_busy_share=exact.all_busy_share,
        mean_busy_agent_lines=exact.mean_busy_agent_lines,
        pauses=SECONDS_PER_HOUR * exact.pauses_per_second,
        mean_pause_seconds=exact.mean_pause_seconds,
    )


def _by_chain(campaign: Campaign) -> bool:
    """Whether agent lines are taken longer than calls, or attempts are paced."""
    return campaign.wrap_up_seconds > 0 or campaign.pacing is not None


def _broadcast_rates(campaign: Campaign, lines: Floats) -> Rates:
    attempts = lines * (SECONDS_PER_HOUR / campaign.attempt_seconds)
    answered = campaign.answer_rate * attempts
    none = np.zeros_like(lines)
    return Rates(answered, none, answered, attempts, none, none, none, none)


def _chain_rates(campaign: Campaign, lines: NDArray[np.int64], agents: NDArray[np.int64]) -> Rates:
    """Birth-death chain over taken agent lines with wrap-up and pacing as mean values.

    An agent line is taken for s + w; of k taken lines k*s/(s+w) still hold a dial line, so
    N - k*s/(s+w) attempts are in progress, at most ceil(pacing * free agent lines).
    """
    assert campaign.talk_seconds is not None
    taken_seconds = campaign.talk_seconds + campaign.wrap_up_seconds
    talking = campaign.talk_seconds / taken_seconds
    flat_lines, flat_agents = lines.ravel().astype(np.float64), agents.ravel()
    size = flat_lines.size
    out = {name: np.zeros(size) for name in Rates._fields}
    for count in np.unique(flat_agents[flat_agents > 0]):
        here = flat_agents == count
        n = flat_lines[here][:, None]
        k = np.arange(count + 1.0)[None, :]
        in_progress = np.maximum(n - k * talking, 0.0)
        if campaign.pacing is not None:
            in_progress = np.minimum(in_progress, np.ceil(campaign.pacing * (count - k)))
            # The call that took the last free agent line is no attempt any more.
            in_progress[:, -1] = np.maximum(in_progress[:, -2] - 1.0, 0.0)
        chain = _stationary_chain(campaign, in_progress, taken_seconds)
        for name, column in zip(Rates._fields, chain, strict=True):
            out[name][here] = column
    return Rates(**{name: column.reshape(lines.shape) for name, column in out.items()})


def _stationary_chain(campaign: Campaign, in_progress: Floats, taken_seconds: float) -> Rates:
    """Rates of chains whose row of ``in_progress`` says how many attempts run in state k."""
    nu = 1.0 / campaign.attempt_seconds
    q = campaign.transfer_probability
    agents = in_progress.shape[1] - 1
    k = np.arange(1, agents + 1)
    with np.errstate(divide="ignore"):
        steps = np.log(in_progress[:, :-1] * (nu * q * taken_seconds)) - np.log(k)
    weights = np.concatenate([np.zeros((len(in_progress), 1)), np.cumsum(steps, axis=1)], axis=1)
    weights = np.exp(weights - weights.max(axis=1, keepdims=True))
    pi = weights / weights.sum(axis=1, keepdims=True)
    share = pi[:, -1]
    busy = pi[:, 1:] @ k
    free_rate = agents / taken_seconds
    paused = in_progress[:, -1] * (free_rate / (free_rate + nu))
    dialing = (pi[:, :-1] * in_progress[:, :-1]).sum(axis=1)
    attempts = SECONDS_PER_HOUR * nu * (dialing + share * paused)
    return Rates(
        handled=SECONDS_PER_HOUR * busy / taken_seconds,
        abandoned=SECONDS_PER_HOUR * share * paused * nu * q,
        live_answered=campaign.answer_rate * attempts,
        attempts=attempts,
        all_busy_share=share,
        mean_busy_agent_lines=busy,
        pauses=SECONDS_PER_HOUR * share * free_rate,
        mean_pause_seconds=np.full(len(share), 1.0 / free_rate),
    )
