"""Which way an answered call of a VICIdial campaign takes, and which agents can get it."""

from __future__ import annotations

from enum import StrEnum

from planner.contracts.problem import CampaignKind
from planner.vicidial.settings import CampaignSettings, SystemSettings

#: campaign_vdad_exten of the routes that play a message first and wait for a key.
SURVEY_EXTENSIONS = frozenset({"8366", "8373", "8374", "8375"})
#: Of those with which machines are told from people.
MACHINE_DETECTING = frozenset({"8369", "8373", "8375"})
#: Agents of this server first, then any.
_OWN_FIRST = frozenset({"8367", "8365"})
AGENT_TRANSFER = "AGENT_XFER"
#: Survey methods after which nobody speaks with an agent.
_WITHOUT_AGENTS = frozenset({"HANGUP", "VOICEMAIL", "CAMPREC_60_WAV", "VMAIL_NO_INST"})


class Search(StrEnum):
    """Which agents a call is offered to."""

    ANY_SERVER = "LB"
    OWN_SERVER_FIRST = "LO"
    OWN_SERVER = "SO"


def plays_message(campaign: CampaignSettings) -> bool:
    """Whether a message is played before anybody is asked for."""
    return campaign.campaign_vdad_exten in SURVEY_EXTENSIONS


def kind_of(campaign: CampaignSettings) -> CampaignKind | None:
    """The kind of a campaign; None where it must be asked: call menus, other extensions."""
    if not plays_message(campaign):
        return CampaignKind.LIVE_TRANSFER
    if campaign.survey_method in _WITHOUT_AGENTS:
        return CampaignKind.BROADCAST
    return CampaignKind.LIVE_TRANSFER if campaign.survey_method == AGENT_TRANSFER else None


def search_of(campaign: CampaignSettings, system: SystemSettings) -> Search:
    """Which agents a call of the campaign is offered to.

    Only a campaign's own agent_search_method of SO, where the system lets it count, keeps calls on
    their server: the route that bears that name does not.
    """
    if system.lets_campaigns_choose_search and campaign.agent_search_method in tuple(Search):
        return Search(campaign.agent_search_method)
    own_first = campaign.campaign_vdad_exten in _OWN_FIRST
    return Search.OWN_SERVER_FIRST if own_first else Search.ANY_SERVER
