"""What a VICIdial system does right now: agents, calls and the status of each campaign on a server.

Settings are read now and then, the live tables at every look.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from planner.contracts.problem import AssignmentStop, CampaignKind
from planner.contracts.result import Status
from planner.contracts.values.weekly import Window
from planner.tables.writing import csv_lines
from planner.vicidial.reading.calling_times import system_zone, windows_of
from planner.vicidial.reading.database import Database
from planner.vicidial.reading.facts import (
    BUSY_STATUSES,
    DOWN_SECONDS,
    Facts,
    read_facts,
    read_server_ages,
)
from planner.vicidial.reading.fleet import records_of
from planner.vicidial.reading.reading import read_settings
from planner.vicidial.routes import kind_of
from planner.vicidial.settings import CampaignSettings, Settings

#: The dialing pauses an agent whose row is older [s].
FRESH_SECONDS = 30
COLUMNS = (
    "campaign_id",
    "dialer_id",
    "dial_lines",
    "agent_lines",
    "busy_agent_lines",
    "status",
    "as_of",
)
_STOPS = {
    Status.STOPPED: AssignmentStop.STOPPED,
    Status.BY_ADMIN: AssignmentStop.BY_ADMIN,
    Status.BY_DIALER: AssignmentStop.BY_DIALER,
}


class Pair(NamedTuple):
    """A campaign on a server with lines there, by the settings."""

    campaign: CampaignSettings
    server_ip: str
    dialer_id: str
    kind: CampaignKind
    dial_lines: int
    spelt: str  # the first cells of its row of the live file
    pauses: bool  # while all its agent lines are busy
    status: Status | None  # what the settings alone say; None: it depends


class Basis(NamedTuple):
    """What changes seldom: the settings, and what follows from them."""

    settings: Settings
    pairs: tuple[Pair, ...]
    windows: dict[str, tuple[Window, ...]]  # by calling times
    zone: ZoneInfo
    records: dict[str, int | None]


class Row(NamedTuple):
    """A campaign on a server at a moment."""

    campaign_id: str
    dialer_id: str
    dial_lines: int
    agent_lines: int
    busy_agent_lines: int | None  # None for a broadcast
    calls: int  # in progress, talking ones included
    status: Status
    as_of: datetime
    spelt: str  # its first cells


def read_basis(database: Database) -> Basis:
    """Settings, calling times and lists as they are now."""
    settings, facts = read_settings(database), read_facts(database)
    return Basis(
        settings,
        tuple(_pairs(settings, facts)),
        {name: windows_of(row) for name, row in facts.call_times.items()},
        ZoneInfo(system_zone(settings)),
        {c.campaign_id: records_of(c.campaign_id, facts) for c in settings.campaigns},
    )


def _pairs(settings: Settings, facts: Facts) -> list[Pair]:
    """Campaigns on the servers where they have lines or agents."""
    found = []
    for campaign in settings.campaigns:
        name, kind = campaign.campaign_id, kind_of(campaign) or CampaignKind.LIVE_TRANSFER
        for server in settings.servers:
            ip = server.server_ip
            limit, remote = settings.limit(name, ip), settings.remote_lines(name, ip)
            live = facts.agents.get((name, ip))
            agents = remote + (live.screen if live else 0)
            if not limit and not agents:
                continue
            if limit is None:
                limit = min(campaign.tally.wanted(agents, 0), max(server.max_vicidial_trunks, 0))
            status = None
            if campaign.local_call_time not in facts.call_times or not (limit and agents):
                status = Status.UNSCHEDULED  # without an agent nothing is dialed, messages included
            elif not settings.system.may_dial:
                status = Status.BY_ADMIN
            elif not server.dials:
                status = Status.BY_DIALER
            pauses = kind is CampaignKind.LIVE_TRANSFER and campaign.counts_available_only
            dialer = settings.dialer_ids[ip]
            spelt = csv_lines([[name, dialer, limit]]).rstrip("\n")
            found.append(Pair(campaign, ip, dialer, kind, limit, spelt, pauses, status))
    return found


def look(database: Database, basis: Basis) -> list[Row]:
    """All pairs as they are now."""
    clock = database.query("SELECT UNIX_TIMESTAMP() AS now")[0]
    now = datetime.fromtimestamp(int(clock["now"]), UTC)
    ages = read_server_ages(database)
    agents = _agents(database)
    calls = _calls(database)
    hopper = {
        row["campaign_id"]: int(row["leads"])
        for row in database.select(
            "vicidial_hopper", ["campaign_id"], "GROUP BY campaign_id", computed="COUNT(*) AS leads"
        )
    }
    dialing = {campaign for campaign, _ in calls}
    local = now.astimezone(basis.zone)
    closed = {name for name, windows in basis.windows.items() if not _is_open(windows, local)}
    empty = {
        name
        for name, records in basis.records.items()
        if records == 0 and not hopper.get(name) and name not in dialing
    }
    silent = {
        server.server_ip
        for server in basis.settings.servers
        if ages and ages.get(server.server_ip, DOWN_SECONDS) >= DOWN_SECONDS
    }
    as_of = {ip: now - timedelta(seconds=max(age, 0)) for ip, age in ages.items()}
    rows = []
    for pair in basis.pairs:
        name, ip = pair.campaign.campaign_id, pair.server_ip
        there, busy = agents.get((name, ip), (0, 0))
        if pair.status is not None:
            status = pair.status
        elif ip in silent or not there:
            status = Status.BY_DIALER  # lines that are set and not there: nobody keeps them up
        elif not pair.campaign.active or pair.campaign.is_manual:
            status = Status.STOPPED
        elif name in empty:
            status = Status.COMPLETED
        elif pair.campaign.local_call_time in closed:
            status = Status.SCHEDULED
        elif busy >= there and pair.pauses:
            status = Status.ALL_BUSY
        else:
            status = Status.RUNNING
        is_transfer = pair.kind is CampaignKind.LIVE_TRANSFER
        rows.append(
            Row(
                name,
                pair.dialer_id,
                pair.dial_lines,
                there if is_transfer else 0,
                busy if is_transfer else None,
                calls.get((name, ip), 0),
                status,
                as_of.get(ip, now),
                pair.spelt,
            )
        )
    return rows


def _is_open(windows: Sequence[Window], local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    return any(
        w.day == local.weekday() and w.start_minute <= minute < w.end_minute for w in windows
    )


def _agents(database: Database) -> dict[tuple[str, str], tuple[int, int]]:
    """Agent lines that can take calls or have one, and those that have one, by pair."""
    fresh = (
        f"AND last_update_time >= NOW() - INTERVAL {FRESH_SECONDS} SECOND"
        if "last_update_time" in database.columns("vicidial_live_agents")
        else ""
    )
    rows = database.select(
        "vicidial_live_agents",
        ["campaign_id", "server_ip", "status"],
        f"WHERE status <> 'PAUSED' {fresh} GROUP BY campaign_id, server_ip, status",
        computed="COUNT(*) AS agents",
    )
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        pair, count = (row["campaign_id"] or "", row["server_ip"]), int(row["agents"])
        lines, busy = found.get(pair, (0, 0))
        in_call = count if row["status"] in BUSY_STATUSES else 0
        found[pair] = (lines + count, busy + in_call)
    return found


def _calls(database: Database) -> dict[tuple[str, str], int]:
    """Outbound calls in progress by pair."""
    rows = database.select(
        "vicidial_auto_calls",
        ["campaign_id", "server_ip"],
        "WHERE call_type <> 'IN' GROUP BY campaign_id, server_ip",
        computed="COUNT(*) AS calls",
    )
    return {(row["campaign_id"] or "", row["server_ip"]): int(row["calls"]) for row in rows}


def live_file(rows: Sequence[Row]) -> str:
    """The live file; thousands of rows take some hundredths of a second."""
    moments = {row.as_of: row.as_of.isoformat(timespec="seconds") for row in rows}
    lines = [",".join(COLUMNS)]
    for row in rows:
        busy = "" if row.busy_agent_lines is None else row.busy_agent_lines
        stop = _STOPS.get(row.status, "")
        lines.append(f"{row.spelt},{row.agent_lines},{busy},{stop},{moments[row.as_of]}")
    return "\n".join(lines) + "\n"
