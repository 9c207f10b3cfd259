"""How far a campaign's projected figures hold for the way in which VICIdial dials it today."""

from __future__ import annotations

from enum import StrEnum

from planner.vicidial.facts import Facts
from planner.vicidial.fleet import pair_agents
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
