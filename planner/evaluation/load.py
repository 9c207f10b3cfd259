"""What a fleet has and what its campaigns could use of it, before any planning."""

from __future__ import annotations

from dataclasses import dataclass

from planner.contracts.fleet.pools import pools_at, serving
from planner.contracts.problem import Campaign, Problem

_HOUR = 3600.0


@dataclass(frozen=True)
class CampaignLoad:
    """What one campaign could use.

    Attributes
    ----------
    calls_per_dial_line_hour : transfer requests (live answers of a broadcast) that one dial line
        makes in an hour of uninterrupted dialing.
    dial_lines_for_agents : dial lines at which transfer requests come as fast as the agents on
        shift can take them; None for a broadcast, or when no attempt is ever transferred.
    from_pools : its agent lines are those of pools, which may serve others as well.
    """

    campaign_id: str
    kind: str
    agent_lines: int
    calls_per_dial_line_hour: float
    dial_lines_for_agents: float | None
    from_pools: bool = False


@dataclass(frozen=True)
class FleetLoad:
    """Capacity of the dialers in service, and the load of every campaign."""

    dialers: int
    dialers_in_service: int
    failure_domains: int
    ports: int
    agent_lines: int
    campaigns: tuple[CampaignLoad, ...]


def fleet_load(problem: Problem) -> FleetLoad:
    """Capacity and load of a problem; only dialers in service count."""
    working = [dialer for dialer in problem.dialers if dialer.in_service]
    campaigns = tuple(campaign_load(campaign) for campaign in problem.campaigns)
    return FleetLoad(
        dialers=len(problem.dialers),
        dialers_in_service=len(working),
        failure_domains=len({dialer.domain for dialer in working}),
        ports=sum(dialer.ports for dialer in working),
        agent_lines=agents_on_shift(problem),
        campaigns=campaigns,
    )


def agents_on_shift(problem: Problem) -> int:
    """Agent lines on shift: those of a pool once, however many campaigns it serves."""
    rows = pools_at(problem, None)
    own = (c.agent_lines for c in problem.campaigns if c.is_live_transfer and not serving(rows, c))
    return sum(own) + sum(row.agent_lines for row in rows)


def campaign_load(campaign: Campaign) -> CampaignLoad:
    """Balance of requests and agents: ``(N - A) q / tau = A / (s + w)``, solved for ``N``.

    ``N - A`` dial lines dial while ``A`` hold a call; each ends an attempt every ``tau`` seconds,
    which is a request with probability ``q``; an agent line takes one every ``s + w`` seconds.
    """
    if not campaign.is_live_transfer:
        per_line = campaign.answer_rate * _HOUR / campaign.attempt_seconds
        return CampaignLoad(campaign.campaign_id, campaign.kind.value, 0, per_line, None)
    per_line = campaign.transfer_probability * _HOUR / campaign.attempt_seconds
    taken = _HOUR / ((campaign.talk_seconds or 0.0) + campaign.wrap_up_seconds)
    return CampaignLoad(
        campaign_id=campaign.campaign_id,
        kind=campaign.kind.value,
        agent_lines=campaign.agent_lines,
        calls_per_dial_line_hour=per_line,
        dial_lines_for_agents=campaign.agent_lines * (1 + taken / per_line) if per_line else None,
        from_pools=campaign.own_agent_lines is None,
    )
