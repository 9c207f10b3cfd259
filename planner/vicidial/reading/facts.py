"""What a VICIdial system is doing: agents logged in, today's figures, lists, calling times."""

from __future__ import annotations

from typing import NamedTuple

from planner.vicidial.reading.database import Database, Row

#: A server that has not been heard of for so long is down [s].
DOWN_SECONDS = 60
#: Extension of a remote agent's line.
REMOTE_PREFIX = "R/"
#: Agents whose row is older are not counted by the dialing [s].
FRESH_AGENT_SECONDS = 10
BUSY_STATUSES = frozenset({"INCALL", "QUEUE", "MQUEUE"})
WAITING_STATUSES = frozenset({"READY", "CLOSER", "DONE"})


class PairAgents(NamedTuple):
    """Agents of a campaign on a server, right now."""

    remote: int = 0  # lines that are there
    remote_busy: int = 0
    screen: int = 0  # logged in, paused ones included
    screen_busy: int = 0
    screen_paused: int = 0

    @property
    def busy(self) -> int:
        """Agent lines in a call."""
        return self.remote_busy + self.screen_busy


class Facts(NamedTuple):
    """What is true at a moment, beside the settings."""

    server_age: dict[str, int]  # seconds since a server was heard of, by server_ip
    agents: dict[tuple[str, str], PairAgents]  # by campaign and server_ip
    stats: dict[str, Row]  # row of vicidial_campaign_stats by campaign
    lists: dict[str, int]  # leads that can be dialed in active lists, by campaign
    call_times: dict[str, Row]  # row of vicidial_call_times by its id
    inbound_calls: dict[str, int]  # inbound calls by server_ip


_STATS = (
    "campaign_id",
    "dialable_leads",
    "calls_today",
    "answers_today",
    "drops_today",
    "drops_today_pct",
    "agent_calls_today",
    "agent_custtalk_today",
    "agent_acw_today",
)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CALL_TIMES = (
    "call_time_id",
    "ct_default_start",
    "ct_default_stop",
    *(f"ct_{day}_{end}" for day in DAYS for end in ("start", "stop")),
    "ct_state_call_times",
    "ct_holidays",
)


def read_facts(database: Database) -> Facts:
    """What is true now; what a release or the user's rights do not tell is empty."""
    return Facts(
        server_age=read_server_ages(database),
        agents=read_agents(database),
        stats={r["campaign_id"]: r for r in database.select("vicidial_campaign_stats", _STATS)},
        lists=_dialable(database),
        call_times={
            row["call_time_id"]: row for row in database.select("vicidial_call_times", _CALL_TIMES)
        },
        inbound_calls={
            row["server_ip"]: int(row["calls"])
            for row in database.select(
                "vicidial_auto_calls",
                ["server_ip"],
                "WHERE call_type = 'IN' GROUP BY server_ip",
                computed="COUNT(*) AS calls",
            )
        },
    )


def read_server_ages(database: Database) -> dict[str, int]:
    """Seconds since each server was last heard of, by the clock of the database."""
    known = database.columns("server_updater")
    heard = "db_time" if "db_time" in known else "last_update"
    rows = database.select(
        "server_updater",
        ["server_ip"],
        f"WHERE {heard} IS NOT NULL GROUP BY server_ip" if heard in known else "",
        computed=f"MIN(TIMESTAMPDIFF(SECOND, {heard}, NOW())) AS age" if heard in known else "",
    )
    return {row["server_ip"]: int(row["age"]) for row in rows if row.get("age") is not None}


def read_agents(database: Database) -> dict[tuple[str, str], PairAgents]:
    """Agents that are logged in and remote lines that are there, by campaign and server."""
    rows = database.select(
        "vicidial_live_agents",
        ["campaign_id", "server_ip", "status"],
        "GROUP BY campaign_id, server_ip, status, remote",
        computed=f"extension LIKE '{REMOTE_PREFIX}%%' AS remote, COUNT(*) AS agents",
    )
    found: dict[tuple[str, str], PairAgents] = {}
    for row in rows:
        pair = (row["campaign_id"] or "", row["server_ip"])
        before, count = found.get(pair, PairAgents()), int(row["agents"])
        busy = count if row["status"] in BUSY_STATUSES else 0
        if row["remote"]:
            found[pair] = before._replace(
                remote=before.remote + count, remote_busy=before.remote_busy + busy
            )
        else:
            paused = count if row["status"] == "PAUSED" else 0
            found[pair] = before._replace(
                screen=before.screen + count,
                screen_busy=before.screen_busy + busy,
                screen_paused=before.screen_paused + paused,
            )
    return found


def _dialable(database: Database) -> dict[str, int]:
    """Leads that can be dialed by VICIdial's own count, of active lists."""
    rows = database.select(
        "vicidial_lists",
        ["campaign_id", "cache_count_dialable_new"],
        "WHERE active = 'Y'",
    )
    found: dict[str, int] = {}
    for row in rows:
        count = row["cache_count_dialable_new"]
        if row["campaign_id"] and count is not None:
            found[row["campaign_id"]] = found.get(row["campaign_id"], 0) + int(count)
    return found
