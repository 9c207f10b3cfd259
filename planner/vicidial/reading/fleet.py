"""A VICIdial system as a planning problem: its servers are dialers, its campaigns campaigns."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from planner.contracts.limits import MAX_LINES
from planner.contracts.problem import (
    Campaign,
    CampaignKind,
    CampaignStop,
    Dialer,
    LineAssignment,
    Overflow,
    Problem,
)
from planner.vicidial.reading.calling_times import system_zone, windows_of
from planner.vicidial.reading.database import Row
from planner.vicidial.reading.facts import DOWN_SECONDS, Facts, PairAgents
from planner.vicidial.routes import kind_of, plays_message
from planner.vicidial.settings import CampaignSettings, ServerSettings, Settings

#: Where today has fewer calls, a figure of today says nothing.
FEWEST_CALLS, FEWEST_TALKS = 200, 30
#: Start values of figures that the settings do not tell: to be calibrated.
ASSUMED_ATTEMPT_SECONDS, ASSUMED_ANSWER_RATE = 25.0, 0.2
ASSUMED_TRANSFER_RATE, ASSUMED_TALK_SECONDS = 0.1, 120.0
#: A remote line is ready again when a loop of 2 s has seen its call gone: on average after half.
REMOTE_WRAP_UP_SECONDS = 1.0


class Fleet(NamedTuple):
    """The problem, and what of it had to be assumed."""

    problem: Problem
    assumed: dict[str, tuple[str, ...]]  # columns by campaign
    left_out: dict[str, str]  # campaigns that cannot be planned, and why


def fleet_of(settings: Settings, facts: Facts) -> Fleet:
    """The planning problem of a system."""
    dialers = tuple(_dialer(server, settings, facts) for server in settings.servers)
    campaigns: list[Campaign] = []
    assumed: dict[str, tuple[str, ...]] = {}
    left_out: dict[str, str] = {}
    for item in settings.campaigns:
        why = _why_left_out(item, settings)
        if why:
            left_out[item.campaign_id] = why
            continue
        campaign, guessed = _campaign(item, settings, facts)
        campaigns.append(campaign)
        if guessed:
            assumed[item.campaign_id] = guessed
    assignments = [
        line
        for campaign in campaigns
        for server in settings.servers
        if (line := _assignment(campaign, server, settings, facts)) is not None
    ]
    problem = Problem(dialers=dialers, campaigns=tuple(campaigns), assignments=tuple(assignments))
    return Fleet(problem, assumed, left_out)


def is_up(server: ServerSettings, facts: Facts) -> bool:
    """Whether a server may place calls and was heard of lately; without word of any, all are up."""
    if not facts.server_age:
        return server.dials
    return server.dials and facts.server_age.get(server.server_ip, DOWN_SECONDS) < DOWN_SECONDS


def _dialer(server: ServerSettings, settings: Settings, facts: Facts) -> Dialer:
    return Dialer(
        dialer_id=settings.dialer_ids[server.server_ip],
        ports=min(max(server.max_vicidial_trunks, 0), MAX_LINES),
        cps=server.calls_per_second,
        agent_lines_use_ports=False,
        in_service=is_up(server, facts),
    )


def _why_left_out(item: CampaignSettings, settings: Settings) -> str | None:
    """Why a campaign is no row of the planning folder."""
    name = item.campaign_id
    if not name.isprintable() or not name.strip():
        return "its id holds characters that cannot be shown"
    if item.is_manual:
        return f"dial method {item.dial_method}: agents dial for themselves"
    if item.active:
        return None
    servers = [server.server_ip for server in settings.servers]
    agents = any(settings.remote_lines(name, ip) for ip in servers)
    limits = any(settings.limit(name, ip) for ip in servers)
    return None if agents or limits else "inactive, without lines of its own"


def pair_agents(name: str, ip: str, settings: Settings, facts: Facts) -> int:
    """Agent lines of a campaign on a server: remote ones in service, and agents logged in."""
    live = facts.agents.get((name, ip), PairAgents())
    return settings.remote_lines(name, ip) + live.screen


def _campaign(
    item: CampaignSettings, settings: Settings, facts: Facts
) -> tuple[Campaign, tuple[str, ...]]:
    """The campaign, and which of its figures were assumed."""
    name, kind = item.campaign_id, kind_of(item) or CampaignKind.LIVE_TRANSFER
    is_transfer = kind is CampaignKind.LIVE_TRANSFER
    ips = [server.server_ip for server in settings.servers]
    agents = {ip: pair_agents(name, ip, settings, facts) for ip in ips}
    limits = {ip: settings.limit(name, ip) for ip in ips}
    most = [limit for limit in limits.values() if limit is not None]
    is_limited = bool(most) and all(limits[ip] is not None for ip in ips if agents[ip])
    figures, assumed = _figures(item, kind, facts.stats.get(name, {}))
    remote = any(settings.remote_lines(name, ip) for ip in ips)
    reached = tuple(
        settings.dialer_ids[ip] for ip in ips if agents[ip] or settings.remote_agents_of(name, ip)
    )
    drop_seconds = item.drop_seconds
    given: dict[str, Any] = {
        "campaign_id": name,
        "kind": kind,
        "agent_lines": min(sum(agents.values()), MAX_LINES) if is_transfer else 0,
        "max_dial_lines": min(sum(most), MAX_LINES) if is_limited else None,
        "pacing": pacing_of(item, most, is_transfer=is_transfer),
        "allowed_dialers": reached or None,
        "records": records_of(name, facts),
        "schedule": windows_of(facts.call_times.get(item.local_call_time, {})) or None,
        # VICIdial's campaigns have no dates: what runs has begun.
        "start": datetime.fromisoformat(settings.read_at).date(),
        "timezone": system_zone(settings),
        "status": CampaignStop.NONE if item.active else CampaignStop.STOPPED,
        **figures,
    }
    if is_transfer:
        given["overflow"] = Overflow.DROP if drop_seconds is None else Overflow.HOLD
        if drop_seconds is not None:
            given["patience_seconds"] = float(drop_seconds)
        given["wrap_up_seconds"] = (
            REMOTE_WRAP_UP_SECONDS if remote else _wrap_up(item, facts.stats.get(name, {}))
        )
    return Campaign(**given), assumed


def pacing_of(item: CampaignSettings, limits: list[int], *, is_transfer: bool) -> float | None:
    """Attempts in progress per idle agent line; None where the lines alone limit them."""
    if not is_transfer or not item.counts_available_only or item.level <= 0:
        return None
    return None if limits and item.level >= max(limits) else item.level


def records_of(name: str, facts: Facts) -> int | None:
    """Records left to dial by VICIdial's own counts; None where it has none."""
    row = facts.stats.get(name)
    if row is not None and row["dialable_leads"] is not None:
        return int(row["dialable_leads"])
    return facts.lists.get(name)


def _wrap_up(item: CampaignSettings, stats: Row) -> float:
    talks = int(stats.get("agent_calls_today") or 0)
    if talks >= FEWEST_TALKS and stats.get("agent_acw_today") is not None:
        return float(stats["agent_acw_today"]) / talks
    return float(max(item.wrapup_seconds, 0))


def _figures(
    item: CampaignSettings, kind: CampaignKind, stats: Row
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Rates and times as today shows them, else assumed; and the columns that are assumed."""
    calls, answers = _count(stats, "calls_today"), _count(stats, "answers_today")
    talks, drops = _count(stats, "agent_calls_today"), _count(stats, "drops_today")
    ring_limit = item.dial_timeout if item.dial_timeout > 4 else 60
    found = {"attempt_seconds": float(min(ASSUMED_ATTEMPT_SECONDS, ring_limit))}
    assumed = ["attempt_seconds"]
    if calls >= FEWEST_CALLS and 0 < answers <= calls:
        found["answer_rate"] = answers / calls
    else:
        found["answer_rate"] = ASSUMED_ANSWER_RATE
        assumed.append("answer_rate")
    if kind is CampaignKind.BROADCAST:
        return found, tuple(assumed)
    if not plays_message(item):
        found["transfer_rate"] = 1.0  # whoever answers is sent to an agent
    elif calls >= FEWEST_CALLS and 0 < talks + drops <= answers:
        found["transfer_rate"] = (talks + drops) / answers
    else:
        found["transfer_rate"] = ASSUMED_TRANSFER_RATE
        assumed.append("transfer_rate")
    talked = _count(stats, "agent_custtalk_today")
    if talks >= FEWEST_TALKS and talked:
        found["talk_seconds"] = talked / talks
    else:
        found["talk_seconds"] = ASSUMED_TALK_SECONDS
        assumed.append("talk_seconds")
    return found, tuple(assumed)


def _count(row: Row, column: str) -> float:
    try:
        return max(float(row.get(column) or 0), 0.0)
    except (TypeError, ValueError):
        return 0.0


def _assignment(
    campaign: Campaign, server: ServerSettings, settings: Settings, facts: Facts
) -> LineAssignment | None:
    """Today's lines of a campaign on a server; None where it has none."""
    name, ip = campaign.campaign_id, server.server_ip
    limit = settings.limit(name, ip)
    agents = pair_agents(name, ip, settings, facts)
    if not limit and not agents:
        return None
    lines = limit
    if lines is None:
        # Without a row only the level and the trunks limit what is dialed.
        tally = settings.campaign_by_id[name].tally
        lines = min(tally.wanted(agents, 0), max(server.max_vicidial_trunks, 0))
    live = facts.agents.get((name, ip), PairAgents())
    is_transfer = campaign.is_live_transfer
    agent_lines = min(agents, MAX_LINES) if is_transfer else 0
    return LineAssignment(
        campaign_id=name,
        dialer_id=settings.dialer_ids[ip],
        dial_lines=min(lines, MAX_LINES),
        agent_lines=agent_lines,
        busy_agent_lines=min(live.busy, agent_lines)
        if is_transfer and live != PairAgents()
        else None,
    )
