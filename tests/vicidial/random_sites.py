"""Databases of VICIdial as years of use leave them: odd settings, stale and half-filled rows."""

from __future__ import annotations

import random
from typing import Any

from tests.vicidial.builder import IP, Site

_LEVELS = ["0", "1", "1.5", "3", "10", "200", "1000", "", "abc", "-1", "9e9", None]
_METHODS = [
    "RATIO",
    "RATIO",
    "RATIO",
    "MANUAL",
    "ADAPT_HARD_LIMIT",
    "ADAPT_TAPERED",
    "INBOUND_MAN",
    "SHARED_RATIO",
    "",
]
_EXTENSIONS = ["8366", "8366", "8368", "8369", "8365", "8367", "8373", "9999", "", None]
_SURVEYS = ["AGENT_XFER", "AGENT_XFER", "HANGUP", "CALLMENU", "VOICEMAIL", "EXTENSION", ""]
_THRESHOLDS = ["DISABLED", "DISABLED", "LOGGED-IN_AGENTS", "WAITING_AGENTS", ""]
_TIMES = ["9am-9pm", "24hours", "odd", "gone", ""]


def fill(site: Site, seed: int, most_servers: int = 40, most_campaigns: int = 300) -> None:
    """Fill an empty database."""
    rng = random.Random(seed)
    servers = [_server(rng, n) for n in range(1, rng.randint(1, most_servers) + 1)]
    campaigns = [_campaign(rng, n) for n in range(rng.randint(1, most_campaigns))]
    site.add_all("servers", servers)
    if campaigns:
        site.add_all("vicidial_campaigns", campaigns)
    if rng.random() < 0.9:
        site.system(
            agent_search_method=rng.choice("0123"),
            auto_dial_limit=rng.choice(["4", "1000", ""]),
            default_local_gmt=rng.choice(["-5.00", "5.50", "", "x", "13.00"]),
            disable_auto_dial=rng.choice("0001"),
        )
    site.calling_times("9am-9pm")
    site.calling_times("24hours", ct_default_start=0, ct_default_stop=2400)
    site.calling_times(
        "odd",
        ct_default_start=2100,
        ct_default_stop=900,
        ct_monday_start=1275,
        ct_monday_stop=9999,
        ct_state_call_times="|CA|",
    )
    for server in servers:
        if rng.random() < 0.8:
            site.heard(server["server_ip"], rng.choice([0, 0, 0, 5, 61, 10**6]))
    ips = [server["server_ip"] for server in servers]
    names = [campaign["campaign_id"] for campaign in campaigns]
    _rows(site, rng, names, ips)


def _rows(site: Site, rng: random.Random, names: list[str], ips: list[str]) -> None:
    """Rows of trunks and agents, some of servers and campaigns that are gone."""
    ips, names = [*ips, "10.9.9.9"], [*names, "GONE", ""]
    pairs = [(rng.choice(names), rng.choice(ips)) for _ in range(rng.randint(0, 4 * len(names)))]
    trunks = [
        {
            "campaign_id": name,
            "server_ip": ip,
            "dedicated_trunks": rng.choice([0, 5, 30, 65_535]),
            "trunk_restriction": rng.choice(["MAXIMUM_LIMIT", "OVERFLOW_ALLOWED", ""]),
        }
        for name, ip in pairs
        for _ in range(rng.choice([1, 1, 1, 2]))
    ]
    agents = [
        {
            "campaign_id": name,
            "server_ip": ip,
            "number_of_lines": rng.choice([0, 1, 5, 20, 255]),
            "user_start": rng.choice([str(1000 + 50 * place), "", "agent7", None]),
            "status": rng.choice(["ACTIVE", "ACTIVE", "INACTIVE", ""]),
        }
        for place, (name, ip) in enumerate(pairs)
        if rng.random() < 0.8
    ]
    live = [
        {
            "user": f"u{place}",
            "campaign_id": name,
            "server_ip": ip,
            "lead_id": 0,
            "extension": rng.choice(["R/1", "SIP/7", ""]),
            "status": rng.choice(["READY", "INCALL", "PAUSED", "QUEUE", ""]),
        }
        for place, (name, ip) in enumerate(pairs)
    ]
    stats = [
        {
            "campaign_id": name,
            "dialable_leads": rng.choice([0, 1, 10**6, None]),
            "calls_today": rng.choice([0, 199, 5000, None]),
            "answers_today": rng.choice([0, 40, 6000, None]),
            "drops_today": rng.choice([0, 3, 10_000]),
            "agent_calls_today": rng.choice([0, 10, 800, None]),
            "agent_custtalk_today": rng.choice([0, 5, 99_999, None]),
        }
        for name in names
        if rng.random() < 0.7
    ]
    for table, rows in (
        ("vicidial_server_trunks", trunks),
        ("vicidial_remote_agents", agents),
        ("vicidial_live_agents", live),
        ("vicidial_campaign_stats", stats),
    ):
        if rows:
            site.add_all(table, rows)


def _server(rng: random.Random, number: int) -> dict[str, Any]:
    return {
        "server_id": rng.choice([f"D{number}", f"D{number}", "same", "", "a|b", "=1+1"]),
        "server_ip": IP.format(number),
        "active": rng.choice(["Y", "Y", "Y", "N", None]),
        "active_asterisk_server": rng.choice(["Y", "Y", "Y", "N"]),
        "active_agent_login_server": rng.choice("YN"),
        "max_vicidial_trunks": rng.choice([0, 23, 100, 500, -1, 32_767, None]),
        "outbound_calls_per_second": rng.choice([0, 1, 20, 200, 201, 65_535, None]),
        "vicidial_balance_active": rng.choice("YN"),
        "local_gmt": rng.choice(["-5.00", "-4.00", "1.00", "", "x", None]),
    }


def _campaign(rng: random.Random, number: int) -> dict[str, Any]:
    return {
        "campaign_id": f"{rng.choice(['C', 'é', '=', '-', 'c '])}{number}",
        "campaign_name": rng.choice(["Sales", "=cmd()", "Zürich ☎", "", None]),
        "active": rng.choice("YYYN"),
        "dial_method": rng.choice(_METHODS),
        "auto_dial_level": rng.choice(_LEVELS),
        "available_only_ratio_tally": rng.choice(["Y", "N", None]),
        "available_only_tally_threshold": rng.choice(_THRESHOLDS),
        "available_only_tally_threshold_agents": rng.randint(0, 9),
        "dl_diff_target_method": rng.choice(["ADAPT_CALC_ONLY", "CALLS_PLACED"]),
        "adaptive_dl_diff_target": rng.choice([0, -5, 40, None]),
        "drop_call_seconds": rng.choice([-128, -1, 0, 5, 127, None]),
        "dial_timeout": rng.choice([0, 4, 30, 255]),
        "campaign_vdad_exten": rng.choice(_EXTENSIONS),
        "survey_method": rng.choice(_SURVEYS),
        "agent_search_method": rng.choice(["", "SO", "LB", "XX"]),
        "local_call_time": rng.choice(_TIMES),
        "wrapup_seconds": rng.choice([0, 5, 9999]),
    }
