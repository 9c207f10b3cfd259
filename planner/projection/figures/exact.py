"""Exact figures of one campaign on one dialer, and when they hold."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from planner.contracts.problem import Campaign, Overflow
from planner.evaluation import rates
from planner.evaluation.rates import is_markov
from planner.projection.pairs import Limits, Pair
from planner.traffic.exact.passage import (
    first_passage_probability,
    first_passage_quantile,
    mean_seconds_to_all_busy,
)

#: Horizons of the probability that all agent lines become busy [s].
PASSAGE_HORIZONS = {
    "p_all_busy_5min": 300.0,
    "p_all_busy_15min": 900.0,
    "p_all_busy_60min": 3600.0,
}
PASSAGE_QUANTILES = {"seconds_to_all_busy_p50": 0.5, "seconds_to_all_busy_p90": 0.9}
Figures = dict[str, float | None]


def holds(pair: Pair, limits: Limits) -> bool:
    """Whether the exact figures hold: Markov or held callers, and no shared limit in the way."""
    return is_memoryless(pair.campaign) and not any(limits.sharing(pair))


def without(pairs: Iterable[Pair], limits: Limits) -> list[Pair]:
    """The pairs whose exact figures do not hold."""
    memoryless: dict[str, bool] = {}
    found = []
    for pair in pairs:
        name = pair.campaign.campaign_id
        if name not in memoryless:
            memoryless[name] = is_memoryless(pair.campaign)
        if not memoryless[name] or any(limits.sharing(pair)):
            found.append(pair)
    return found


def is_memoryless(campaign: Campaign) -> bool:
    """Whether the chain with dropped or with held callers is that of the campaign."""
    return is_markov(campaign.model_copy(update={"overflow": Overflow.DROP}))


def figures(pair: Pair) -> Figures:
    """Long-run figures; only those that apply.

    Where the assumptions do not hold they are those of the formulas nevertheless.
    """
    if not pair.in_use or (pair.campaign.is_live_transfer and pair.agent_lines == 0):
        return {}
    found = _scalars(pair)
    attempts = found["attempts"]
    answers = pair.campaign.answer_rate * attempts
    result: Figures = {"attempts_per_hour": attempts, "live_answers_per_hour": answers}
    if not pair.campaign.is_live_transfer:
        return result
    handled, abandoned = found["handled"], found["abandoned"]
    requests = handled + abandoned
    return result | {
        "all_busy_share": found["all_busy_share"],
        "agent_occupancy": found["mean_busy_agent_lines"] / pair.agent_lines,
        "transfers_per_hour": handled,
        "abandons_per_hour": abandoned,
        "abandon_rate": abandoned / answers if answers > 0 else None,
        "transfer_loss": abandoned / requests if requests > 0 else None,
        "pauses_per_hour": found["pauses"],
        "mean_pause_seconds": found["mean_pause_seconds"] or None,
    }


def passage(pair: Pair, runs_seconds: float = math.inf) -> Figures:
    """When all agent lines become busy; empty for who has no agents.

    What is held or dropped afterwards does not matter.

    Parameters
    ----------
    runs_seconds : how long the pair runs on: only until then probabilities count what happens;
        quantiles beyond it are None, and so is the mean where the 90 % quantile is
    """
    if not pair.in_use or not pair.campaign.is_live_transfer or pair.agent_lines == 0:
        return {}
    busy = min(pair.busy_agent_lines, pair.agent_lines)
    longest = max(PASSAGE_HORIZONS.values())
    chain = (pair.item.dial_lines, pair.agent_lines, busy, *call_figures(pair))
    found = dict(_passage_of(*chain, runs_seconds if runs_seconds < longest else math.inf))
    for name in PASSAGE_QUANTILES:
        value = found[name]
        if value is not None and value > runs_seconds:
            found[name] = None
    if found["seconds_to_all_busy_p90"] is None:
        found["seconds_to_all_busy_mean"] = None
    return found


def is_held(pair: Pair) -> bool:
    """Whether callers who find no agent wait, and the chain with held callers is the exact one."""
    campaign = pair.campaign
    return campaign.overflow is Overflow.HOLD and not (
        campaign.wrap_up_seconds or campaign.pacing is not None or not campaign.is_live_transfer
    )


def _scalars(pair: Pair) -> dict[str, float]:
    return _scalars_of(pair.campaign, pair.item.dial_lines, pair.agent_lines)


@lru_cache(maxsize=4096)  # an edit, or another world, leaves most lines as they are
def _scalars_of(campaign: Campaign, dial_lines: int, agent_lines: int) -> dict[str, float]:
    found = rates.rates(campaign, [dial_lines], [agent_lines])
    return {name: float(getattr(found, name)[0]) for name in rates.Rates._fields}


def call_figures(pair: Pair) -> tuple[float, float, float]:
    """Attempt seconds, transfer probability, talk seconds."""
    campaign = pair.campaign
    assert campaign.talk_seconds is not None
    return campaign.attempt_seconds, campaign.transfer_probability, campaign.talk_seconds


def call_seconds(pair: Pair) -> float:
    """Mean of a call with all that may follow it: talk, waiting for an agent, wrap-up.

    Whoever waits, however patiently, is served once all others on the dial lines have been.
    """
    campaign = pair.campaign
    talk = campaign.talk_seconds or 0.0
    waiting = 0.0
    if campaign.overflow is Overflow.HOLD:
        rounds = pair.item.dial_lines / max(pair.agent_lines, 1)
        waiting = min(campaign.patience_seconds, rounds * (talk + campaign.wrap_up_seconds))
    return campaign.attempt_seconds + waiting + talk + campaign.wrap_up_seconds


@lru_cache(maxsize=4096)  # plans repeat the same lines on many dialers
def _passage_of(
    N: int, A: int, busy: int, tau: float, q: float, s: float, longest: float
) -> Figures:
    chain = (N, A, busy)
    mean = float(mean_seconds_to_all_busy(*chain, tau, q, s))
    horizons = [min(horizon, longest) for horizon in PASSAGE_HORIZONS.values()]
    within = first_passage_probability(*chain, horizons, tau, q, s)
    result: Figures = {"seconds_to_all_busy_mean": mean if np.isfinite(mean) else None}
    quantiles = first_passage_quantile(*chain, list(PASSAGE_QUANTILES.values()), tau, q, s)
    for name, value in zip(PASSAGE_QUANTILES, quantiles.tolist(), strict=True):
        result[name] = value if np.isfinite(value) else None
    return result | dict(zip(PASSAGE_HORIZONS, within.tolist(), strict=True))
