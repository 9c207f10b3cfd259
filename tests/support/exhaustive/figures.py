"""Figures of one campaign on one dialer by Engset's formulas (Markov assumptions).

They depend on the campaign and its lines there, not on the dialer.
"""

from dataclasses import dataclass
from math import comb

from .fleet import Campaign

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Figures:
    """Calls per hour; `handled` are transfers, for a broadcast messages played to people."""

    handled: float
    abandoned: float
    attempts: float
    live_answers: float


def figures(campaign: Campaign, dial_lines: int, agent_lines: int) -> Figures:
    """Figures of `dial_lines` and `agent_lines` of a campaign on one dialer.

    Parameters
    ----------
    campaign : its rates and times are used
    dial_lines : N >= max(A, 1), or 0 [lines]
    agent_lines : A >= 1 for a live transfer where N > 0, else 0 [lines]

    Notes
    -----
    Finite source: pi_k = C(N,k) beta^k / sum_j C(N,j) beta^j for k = 0..A busy agent lines.
    While all are busy nothing is launched and the attempts under way run out.
    """
    if dial_lines == 0:
        return Figures(0.0, 0.0, 0.0, 0.0)
    launches = 1.0 / campaign.attempt_seconds
    if campaign.broadcast:
        attempts = SECONDS_PER_HOUR * launches * dial_lines
        live = attempts * campaign.answer_rate
        return Figures(live, 0.0, attempts, live)
    request = campaign.answer_rate * campaign.transfer_rate
    hang_up = 1.0 / campaign.talk_seconds
    load = launches * request / hang_up
    terms = [comb(dial_lines, k) * load**k for k in range(agent_lines + 1)]
    total = sum(terms)
    shares = [term / total for term in terms]
    all_busy = shares[agent_lines]
    frees = agent_lines * hang_up
    under_way = (dial_lines - agent_lines) * frees / (frees + launches)
    dialing = sum(shares[k] * (dial_lines - k) for k in range(agent_lines))
    attempts = SECONDS_PER_HOUR * launches * (dialing + all_busy * under_way)
    return Figures(
        handled=SECONDS_PER_HOUR * hang_up * sum(k * share for k, share in enumerate(shares)),
        abandoned=SECONDS_PER_HOUR * all_busy * under_way * launches * request,
        attempts=attempts,
        live_answers=attempts * campaign.answer_rate,
    )


def net_value(
    campaign: Campaign, cost_per_attempt: float, cost_per_talk_minute: float, calls: Figures
) -> float:
    """Value per hour of the handled calls less what attempts and talk time cost."""
    talk_minutes = 0.0 if campaign.broadcast else calls.handled * campaign.talk_seconds / 60.0
    return (
        campaign.value * calls.handled
        - cost_per_attempt * calls.attempts
        - cost_per_talk_minute * talk_minutes
    )
