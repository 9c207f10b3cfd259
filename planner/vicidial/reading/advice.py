"""What of a VICIdial system makes a forecast wrong, what it does to it, and what mends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.contracts.problem import Contract
from planner.vicidial.reading.facts import DOWN_SECONDS, Facts, PairAgents
from planner.vicidial.reading.fleet import is_up, pair_agents
from planner.vicidial.routes import Search, kind_of, plays_message, search_of
from planner.vicidial.settings import (
    MAXIMUM_LIMIT,
    MOST_REMOTE_LINES,
    CampaignSettings,
    ServerSettings,
    Settings,
    TrunkRow,
)
from planner.vicidial.tally import DISABLED


class Warning(Contract):  # noqa: A001 (the trade's word; nobody here raises Python's)
    """Something about a campaign or a server that a planner must know."""

    code: str
    where: str
    what: str
    effect: str
    mend: str


def warnings_of(settings: Settings, facts: Facts) -> list[Warning]:
    """All warnings: the system's, the servers', then the campaigns'."""
    found = list(_system(settings))
    for server in settings.servers:
        found += _server(server, settings, facts)
    for campaign in settings.campaigns:
        if campaign.active and not campaign.is_manual:
            found += _campaign(campaign, settings, facts)
            found += _agents(campaign, settings, facts)
            found += _limits(campaign, settings, facts)
    return found + list(_rows(settings))


def _system(settings: Settings) -> Iterator[Warning]:
    if not settings.system.may_dial:
        yield Warning(
            code="auto_dialing_off",
            where="system",
            what="automatic dialing is switched off for the whole system",
            effect="nothing is dialed until it is on; figures are of a system that dials",
            mend="system_settings: disable_auto_dial = 0 and outbound_autodial_active = 1",
        )


def _server(server: ServerSettings, settings: Settings, facts: Facts) -> Iterator[Warning]:
    name, ip = settings.dialer_ids[server.server_ip], server.server_ip
    where = f"server {name}"
    if server.dials and not is_up(server, facts):
        age = facts.server_age.get(ip)
        heard = "never" if age is None else f"{age:,} s ago"
        yield Warning(
            code="server_silent",
            where=where,
            what=f"it is switched on, and was last heard of {heard} (limit {DOWN_SECONDS} s)",
            effect="planned as out of service: its lines go to the other servers",
            mend="see whether its scripts run, or set active = N",
        )
    limits = sum(
        row.dedicated_trunks
        for row in settings.trunk_rows
        if row.server_ip == ip and row.trunk_restriction == MAXIMUM_LIMIT
    )
    if limits > server.max_vicidial_trunks:
        yield Warning(
            code="limits_above_trunks",
            where=where,
            what=f"rows MAXIMUM_LIMIT add up to {limits:,} lines, above its "
            f"{server.max_vicidial_trunks:,} trunks",
            effect="VICIdial dials them all the same: a row of its own replaces the cut at the "
            "trunks, so the server and its carrier get more calls than they are meant to",
            mend="lower the rows so that they add up to max_vicidial_trunks at most (planner "
            "vicidial write does)",
        )
    inbound = facts.inbound_calls.get(ip, 0)
    if inbound:
        yield Warning(
            code="inbound_calls",
            where=where,
            what=f"{inbound:,} inbound calls use its trunks now",
            effect="a plan that uses all ports leaves no trunk for inbound calls",
            mend="lower ports in dialers.csv by the most inbound calls at a time",
        )
    if server.dials and not server.carrier_logging_active:
        yield Warning(
            code="no_carrier_log",
            where=where,
            what="carrier_logging_active is N",
            effect="how long unanswered attempts ring is not logged: attempt_seconds then rests on "
            "the ring limit and is too long",
            mend="servers: carrier_logging_active = Y",
        )


def _campaign(item: CampaignSettings, settings: Settings, facts: Facts) -> Iterator[Warning]:
    yield from _dialing(item)
    yield from _counting(item, settings)
    yield from _calling_times(item, facts)


def _dialing(item: CampaignSettings) -> Iterator[Warning]:
    where = f"campaign {item.campaign_id}"
    if not item.counts_available_only:
        by_threshold = item.available_only_tally_threshold != DISABLED
        yield Warning(
            code="dials_while_busy",
            where=where,
            what="available_only_ratio_tally is N"
            + (" (but below its threshold of agents)" if by_threshold else ""),
            effect="it dials for busy agents too and never pauses: abandoned calls are far above "
            "the projected ones, which are only a lower bound; 'planner vicidial emulate' shows "
            "what it does",
            mend="available_only_ratio_tally = Y (planner vicidial write sets it)",
        )
    if item.is_adaptive:
        yield Warning(
            code="adaptive",
            where=where,
            what=f"dial method {item.dial_method} overwrites auto_dial_level every 15 s, up to "
            f"{item.adaptive_maximum_level or 'its maximum'}",
            effect="the level of this reading, and so pacing, does not last; figures hold for this "
            "moment only",
            mend="dial_method = RATIO (planner vicidial write sets it)",
        )
    if item.dial_method.startswith("SHARED"):
        yield Warning(
            code="shared_agents",
            where=where,
            what=f"dial method {item.dial_method}: several campaigns dial for the same agents",
            effect="agent lines are counted for each of them: together the figures are too good",
            mend="dial_method = RATIO with agents of its own, or plan the campaigns as one",
        )


def _counting(item: CampaignSettings, settings: Settings) -> Iterator[Warning]:
    where = f"campaign {item.campaign_id}"
    limit = settings.system.auto_dial_limit
    if _number(limit) is not None and item.level > (_number(limit) or 0.0):
        yield Warning(
            code="level_above_limit",
            where=where,
            what=f"auto_dial_level {item.auto_dial_level} is above the system's auto_dial_limit "
            f"{limit}",
            effect="the next change on the campaign's admin page cuts the level",
            mend="system_settings: raise auto_dial_limit (1000 and more are valid)",
        )
    if kind_of(item) is None:
        yield Warning(
            code="kind_unknown",
            where=where,
            what=f"a survey with method {item.survey_method or 'unknown'}: what follows the key is "
            "not in the settings",
            effect="planned as live transfer to its agents; calls in a call menu are not counted "
            "by the dialing, so more are in progress than planned",
            mend="say in campaigns.csv which kind it is, and how many press the key",
        )
    if item.incall_tally_threshold_seconds:
        yield Warning(
            code="long_calls_not_counted",
            where=where,
            what=f"agents in a call of more than {item.incall_tally_threshold_seconds} s are not "
            "counted",
            effect="it dials less than its level says while calls are long",
            mend="incall_tally_threshold_seconds = 0",
        )


def _calling_times(item: CampaignSettings, facts: Facts) -> Iterator[Warning]:
    where = f"campaign {item.campaign_id}"
    times = facts.call_times.get(item.local_call_time)
    if times is None:
        yield Warning(
            code="no_calling_times",
            where=where,
            what=f"its calling times {item.local_call_time!r} are not among the system's",
            effect="no schedule: its status is Unscheduled, nothing is projected",
            mend="fill in schedule in campaigns.csv",
        )
    elif any(str(times.get(c) or "").strip("| ") for c in ("ct_state_call_times", "ct_holidays")):
        yield Warning(
            code="special_calling_times",
            where=where,
            what=f"its calling times {item.local_call_time} differ by state or holiday",
            effect="the schedule is that of ordinary days and states: fewer leads can be called "
            "then than projected",
            mend="shorten schedule in campaigns.csv for such days",
        )


def _agents(item: CampaignSettings, settings: Settings, facts: Facts) -> Iterator[Warning]:
    name, where = item.campaign_id, f"campaign {item.campaign_id}"
    servers = [s.server_ip for s in settings.servers]
    agents = {ip: pair_agents(name, ip, settings, facts) for ip in servers}
    there = [ip for ip in servers if agents[ip]]
    search = search_of(item, settings.system)
    if len(there) > 1 and search is not Search.OWN_SERVER:
        yield Warning(
            code="agents_pooled",
            where=where,
            what=f"a call goes to agents of any of its {len(there)} servers (route "
            f"{item.campaign_vdad_exten}, search {search})",
            effect="its agents are one pool while each server dials for its own: pauses and "
            "abandoned calls per dialer are projected too high, an upper bound",
            mend="agent_search_method = SO for the campaign, with agent_search_method 1 or 3 in "
            "system_settings (releases since 2023; with fewer agents per server more are "
            "abandoned)",
        )
    screen = sum(facts.agents.get((name, ip), PairAgents()).screen for ip in servers)
    if screen:
        yield Warning(
            code="screen_agents",
            where=where,
            what=f"{screen:,} agents are logged in at a screen",
            effect="no setting moves them: a plan that gives them to another server can only be "
            "told, not written",
            mend="let them log in on the planned server (phone alias, pllb_grouping)",
        )
    rows = [row for ip in servers for row in settings.remote_agents_of(name, ip)]
    for row in rows:
        if row.number_of_lines >= MOST_REMOTE_LINES:
            yield Warning(
                code="remote_lines_at_most",
                where=where,
                what=f"remote agents {row.remote_agent_id} ({row.user_start}) have "
                f"{MOST_REMOTE_LINES} lines, the most that a row can hold",
                effect="if more were typed in, they were cut silently: fewer agent lines than "
                "people",
                mend="add a second row of remote agents for the rest",
            )
    if any(row.takes_inbound and row.lines for row in rows):
        yield Warning(
            code="agents_take_inbound",
            where=where,
            what="its remote agents also take calls of inbound groups",
            effect="they are busier than projected",
            mend="plan with fewer agent_lines, or take the groups from closer_campaigns",
        )
    if plays_message(item) and item.survey_no_response_action == "OPTIN":
        yield Warning(
            code="silence_opts_in",
            where=where,
            what="survey_no_response_action is OPTIN: who presses nothing is sent to an agent too",
            effect="transfer_rate is of all who stay, machines included",
            mend="survey_no_response_action = OPTOUT or DROP",
        )


def _limits(item: CampaignSettings, settings: Settings, facts: Facts) -> Iterator[Warning]:
    name, where = item.campaign_id, f"campaign {item.campaign_id}"
    limited = any(settings.limit(name, s.server_ip) is not None for s in settings.servers)
    for server in settings.servers:
        ip, dialer = server.server_ip, settings.dialer_ids[server.server_ip]
        if not server.dials:
            continue
        agents, limit = pair_agents(name, ip, settings, facts), settings.limit(name, ip)
        others = settings.dedicated_to_others(name, ip)
        if agents and limit is None and others:
            left = max(server.max_vicidial_trunks - others, 0)
            yield Warning(
                code="starves",
                where=f"{where} on {dialer}",
                what=f"it has no row MAXIMUM_LIMIT there, while rows of others dedicate {others:,} "
                f"of {server.max_vicidial_trunks:,} trunks",
                effect=f"it dials into what others leave free, at most {left:,} calls with all "
                "others counted: nothing while they use their lines",
                mend="give it a row MAXIMUM_LIMIT (planner vicidial write does)",
            )
        if limited and limit is None and server.vicidial_balance_active:
            yield Warning(
                code="balance_without_zero",
                where=f"{where} on {dialer}",
                what="balance fill is on there, and the campaign has limits elsewhere but no row "
                "here",
                effect="what a limit cuts elsewhere is dialed from here: more lines than the limits"
                " say, for agents of other servers",
                mend="a row MAXIMUM_LIMIT of 0 (planner vicidial write does), or "
                "vicidial_balance_active = N",
            )
        if limit is not None and 0 < limit < agents:
            yield Warning(
                code="fewer_lines_than_agents",
                where=f"{where} on {dialer}",
                what=f"{limit:,} dial lines for {agents:,} agent lines; talking calls count",
                effect="some agents can never have a call",
                mend="raise the row above the number of agents, or move agents",
            )


def _rows(settings: Settings) -> Iterator[Warning]:
    known = {s.server_ip for s in settings.servers}
    told: set[tuple[str, str]] = set()
    for row in settings.trunk_rows:
        campaign = settings.campaign_by_id.get(row.campaign_id)
        dialer = settings.dialer_ids.get(row.server_ip, row.server_ip)
        where = f"trunk row of {row.campaign_id} on {dialer}"
        pair = (row.campaign_id, row.server_ip)
        same = settings.trunk_rows_of(*pair)
        if len(same) > 1 and pair not in told:
            told.add(pair)
            yield _duplicates(where, same)
        if row.server_ip not in known:
            yield Warning(
                code="unknown_server",
                where=where,
                what="there is no such server",
                effect="none: it is left out",
                mend="delete the row",
            )
        elif (campaign is None or not campaign.active) and row.dedicated_trunks:
            yield Warning(
                code="stale_row",
                where=where,
                what=f"{row.dedicated_trunks:,} trunks are dedicated to a campaign that "
                + ("is not active" if campaign else "does not exist"),
                effect="they are taken from every campaign without a row MAXIMUM_LIMIT there",
                mend="delete the row, or set it to 0",
            )


def _duplicates(where: str, rows: Sequence[TrunkRow]) -> Warning:
    numbers = ", ".join(f"{row.dedicated_trunks:,} {row.trunk_restriction}" for row in rows)
    limits = [row for row in rows if row.trunk_restriction == MAXIMUM_LIMIT]
    holds = "which limit holds is chance, and all of them take trunks from others"
    if len(limits) == 1:
        holds = f"the limit of {limits[0].dedicated_trunks:,} holds; all take trunks from others"
    elif not limits:
        holds = "none limits it, and all of them take trunks from others"
    return Warning(
        code="duplicate_row",
        where=where,
        what=f"{len(rows)} rows ({numbers}); of limits the dialing takes the one read last",
        effect=holds,
        mend="keep one of them (planner vicidial write does)",
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
