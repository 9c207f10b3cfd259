"""How far a campaign's projected figures hold for the way in which VICIdial dials it today."""

from __future__ import annotations

from enum import StrEnum

from planner.vicidial.reading.facts import Facts
from planner.vicidial.reading.fleet import pair_agents
from planner.vicidial.routes import Search, search_of
from planner.vicidial.settings import CampaignSettings, Settings


class Regime(StrEnum):
    """What figures of a campaign are worth with the settings of today."""

    PLANNED = "as projected"
    UPPER_BOUND = "pauses and abandoned calls are an upper bound"
    LOWER_BOUND = "abandoned calls are a lower bound"
    UNKNOWN = "no figures: the level changes every 15 s"


def regime_of(item: CampaignSettings, settings: Settings, facts: Facts) -> Regime:
    """What projected figures of the campaign are worth."""
    if item.is_adaptive or item.dial_method.startswith("SHARED"):
        return Regime.UNKNOWN
    if not item.counts_available_only:
        return Regime.LOWER_BOUND
    servers = [
        s.server_ip
        for s in settings.servers
        if pair_agents(item.campaign_id, s.server_ip, settings, facts)
    ]
    pooled = len(servers) > 1 and search_of(item, settings.system) is not Search.OWN_SERVER
    return Regime.UPPER_BOUND if pooled else Regime.PLANNED


def effective_lines(settings: Settings, campaign: str, server_ip: str) -> int:
    """Most calls of a campaign that a server dials with the settings as they are.

    Without a row of its own, what its agents want and the rows of others leave.
    """
    own = settings.limit(campaign, server_ip)
    if own is not None:
        return own
    server = next(s for s in settings.servers if s.server_ip == server_ip)
    screen = settings.screen_agents.get(campaign, {}).get(server_ip, 0)
    agents = settings.remote_lines(campaign, server_ip) + screen
    wanted = settings.campaign_by_id[campaign].tally.wanted(agents, 0)
    left = server.max_vicidial_trunks - settings.dedicated_to_others(campaign, server_ip)
    return max(min(wanted, left), 0) if agents else 0
