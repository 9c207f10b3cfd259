"""What calls bring: their value, less what attempts and minutes of talk cost on their dialer."""

from __future__ import annotations

from collections.abc import Iterable

from planner.contracts.problem import Campaign, Dialer, Problem
from planner.contracts.result import AssignmentFigures


def call_worth(campaign: Campaign, dialer: Dialer) -> float:
    """Value of one handled call, less what its talk costs; a message played costs no talk."""
    minutes = (campaign.talk_seconds or 0.0) / 60.0 if campaign.is_live_transfer else 0.0
    return campaign.value - dialer.cost_per_talk_minute * minutes


def net_value(campaign: Campaign, dialer: Dialer, handled: float, attempts: float) -> float:
    """Value of the calls and attempts of a campaign on a dialer, both an hour."""
    return call_worth(campaign, dialer) * handled - dialer.cost_per_attempt * attempts


def net_values(problem: Problem, rows: Iterable[AssignmentFigures]) -> dict[tuple[int, int], float]:
    """Value per hour of rows of figures, by campaign and dialer."""
    found = {}
    for row in rows:
        c, d = problem.campaign_index[row.campaign_id], problem.dialer_index[row.dialer_id]
        found[c, d] = net_value(
            problem.campaigns[c],
            problem.dialers[d],
            row.handled_per_hour or 0.0,
            row.attempts_per_hour or 0.0,
        )
    return found
