"""What a fleet has and could use, as text."""

from __future__ import annotations

from collections.abc import Sequence

from planner.contracts.problem import CampaignKind
from planner.evaluation.load import CampaignLoad, FleetLoad
from planner.report.plans.plan import _text
from planner.report.text_layout import NOTHING, bullets, pairs, section, table
from planner.report.words import amount


def check_text(load: FleetLoad, breaches: Sequence[str], notes: Sequence[str] = ()) -> str:
    """What a fleet has, what its campaigns could use, what the current lines break, and notes."""
    return _text(
        [
            "No faults found.",
            *section("Fleet", _fleet(load)),
            *section("Load", _load(load)),
            *section("Limits that the current lines break", bullets(breaches)),
            *section("Notes", bullets(notes)),
        ]
    )


def _fleet(load: FleetLoad) -> list[str]:
    kinds = [campaign.kind.replace("_", " ") for campaign in load.campaigns]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    return pairs(
        [
            ("Dialers", f"{load.dialers_in_service} of {load.dialers} in service"),
            ("Failure domains", str(load.failure_domains)),
            ("Ports", f"{load.ports:,}"),
            ("Campaigns", counts or "none"),
            ("Agent lines", f"{load.agent_lines:,}"),
        ]
    )


def _load(load: FleetLoad) -> list[str]:
    """What an idle dial line brings: requests to be handed to agents, or messages played."""
    rows = [
        [
            campaign.campaign_id,
            campaign.kind.replace("_", " "),
            _agents(campaign) if _is_live(campaign) else NOTHING,
            f"{amount(campaign.calls_per_dial_line_hour)} "
            f"{'requests' if _is_live(campaign) else 'messages'}",
            NOTHING
            if campaign.dial_lines_for_agents is None
            else f"{campaign.dial_lines_for_agents:,.0f}",
        ]
        for campaign in load.campaigns
    ]
    titles = [">Agent lines", ">Per dial line and hour", ">Dial lines to fill the agents"]
    return table(["Campaign", "Kind", *titles], rows)


def _agents(campaign: CampaignLoad) -> str:
    return f"up to {campaign.agent_lines}" if campaign.from_pools else str(campaign.agent_lines)


def _is_live(campaign: CampaignLoad) -> bool:
    return campaign.kind == CampaignKind.LIVE_TRANSFER
