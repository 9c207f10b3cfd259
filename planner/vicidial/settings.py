"""The settings of a VICIdial system that say who dials how many lines where, as they were read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Contract
from planner.tables.files import content_of
from planner.tables.writing import write_text
from planner.vicidial.tally import CALLS_PLACED, DISABLED, Tally

#: Beside the tables of a planning folder; what was true when the database was read.
SETTINGS_FILE = "vicidial.json"
MAXIMUM_LIMIT, OVERFLOW_ALLOWED = "MAXIMUM_LIMIT", "OVERFLOW_ALLOWED"
ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"
RATIO = "RATIO"
#: Methods with which nothing is dialed by itself.
MANUAL_METHODS = frozenset({"MANUAL", "INBOUND_MAN"})
#: Largest number of lines that one row of remote agents can hold.
MOST_REMOTE_LINES = 255


class ServerSettings(Contract):
    """A row of ``servers``."""

    server_id: str
    server_ip: str
    active: bool = True
    active_asterisk_server: bool = True
    active_agent_login_server: bool = True
    max_vicidial_trunks: int = 23
    outbound_calls_per_second: int = 5
    vicidial_balance_active: bool = False
    balance_trunks_offlimits: int = 0
    vicidial_balance_rank: int = 0
    local_gmt: str = ""
    carrier_logging_active: bool = True

    @property
    def calls_per_second(self) -> float:
        """How fast it launches; the dialing takes what is out of 1 to 200 as 40."""
        valid = 1 <= self.outbound_calls_per_second <= 200
        return float(self.outbound_calls_per_second) if valid else 40.0

    @property
    def dials(self) -> bool:
        """Whether calls are placed here."""
        return self.active and self.active_asterisk_server


class CampaignSettings(Contract):
    """A row of ``vicidial_campaigns``; texts as they stand there."""

    campaign_id: str
    campaign_name: str = ""
    active: bool = True
    dial_method: str = "MANUAL"
    auto_dial_level: str = "0"
    available_only_ratio_tally: str = "N"
    available_only_tally_threshold: str = DISABLED
    available_only_tally_threshold_agents: int = 0
    dial_level_threshold: str = DISABLED
    dial_level_threshold_agents: int = 0
    incall_tally_threshold_seconds: int = 0
    dl_diff_target_method: str = ""
    adaptive_dl_diff_target: int = 0
    adaptive_dropped_percentage: str = ""
    adaptive_maximum_level: str = ""
    dial_timeout: int = 60
    campaign_vdad_exten: str = "8368"
    drop_call_seconds: int = 5
    survey_method: str = ""
    survey_no_response_action: str = ""
    agent_search_method: str = ""
    cpd_amd_action: str = DISABLED
    local_call_time: str = ""
    wrapup_seconds: int = 0
    campaign_allow_inbound: str = "N"
    no_hopper_dialing: str = "N"
    auto_alt_dial: str = ""

    @property
    def level(self) -> float:
        """auto_dial_level as a number; what is none counts as 0, as in the dialing."""
        try:
            value = float(self.auto_dial_level)
        except ValueError:
            return 0.0
        return value if 0 <= value < 1e6 else 0.0

    @property
    def is_manual(self) -> bool:
        """Whether agents dial for themselves."""
        return self.dial_method in MANUAL_METHODS

    @property
    def is_adaptive(self) -> bool:
        """Whether the level is overwritten every 15 seconds."""
        return "ADAPT" in self.dial_method

    @property
    def counts_available_only(self) -> bool:
        """Whether busy agents are left out when calls are allotted."""
        return self.available_only_ratio_tally == "Y"

    @property
    def tally(self) -> Tally:
        """Which agents count, and how many calls each wants."""
        placed = self.dl_diff_target_method == CALLS_PLACED
        return Tally(
            level=self.level,
            available_only=self.counts_available_only,
            target=self.adaptive_dl_diff_target if placed else 0,
            available_threshold=self.available_only_tally_threshold,
            available_threshold_agents=self.available_only_tally_threshold_agents,
            level_threshold=self.dial_level_threshold,
            level_threshold_agents=self.dial_level_threshold_agents,
        )

    @property
    def drop_seconds(self) -> int | None:
        """How long an agent is looked for [s]; None: not at all."""
        if self.drop_call_seconds < 0:
            return None
        return self.drop_call_seconds or 9


class TrunkRow(Contract):
    """A row of ``vicidial_server_trunks``, which has no key."""

    server_ip: str
    campaign_id: str
    dedicated_trunks: int = 0
    trunk_restriction: str = OVERFLOW_ALLOWED


class RemoteAgents(Contract):
    """A row of ``vicidial_remote_agents``: lines of a campaign to agents, on one server."""

    remote_agent_id: int
    user_start: str = ""
    number_of_lines: int = 1
    server_ip: str
    status: str = INACTIVE
    campaign_id: str = ""
    takes_inbound: bool = False

    @property
    def lines(self) -> int:
        """Lines in service."""
        return self.number_of_lines if self.status == ACTIVE else 0


class SystemSettings(Contract):
    """The row of ``system_settings``."""

    db_schema_version: int = 0
    version: str = ""
    outbound_autodial_active: str = "1"
    disable_auto_dial: str = "0"
    auto_dial_limit: str = "4"
    agent_search_method: str = "0"
    outbound_calls_per_second: int = 10
    default_local_gmt: str = ""
    noanswer_log: str = ""
    enable_drop_lists: str = ""

    @property
    def may_dial(self) -> bool:
        """Whether automatic dialing is on for the whole system."""
        return self.outbound_autodial_active != "0" and self.disable_auto_dial != "1"

    @property
    def lets_campaigns_choose_search(self) -> bool:
        """Whether a campaign's agent_search_method is honoured."""
        return self.agent_search_method in {"1", "3"}


class Settings(Contract):
    """All that the dialing of a system rests on, when it was read."""

    read_at: str
    database: str
    system: SystemSettings
    servers: tuple[ServerSettings, ...]
    campaigns: tuple[CampaignSettings, ...]
    trunk_rows: tuple[TrunkRow, ...]
    remote_agents: tuple[RemoteAgents, ...]
    #: Dialer id in the planning folder by server_ip.
    dialer_ids: dict[str, str]
    #: Campaign figures by campaign that were assumed, as the database did not tell them.
    assumed: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    #: What projected figures of a campaign are worth with these settings, where they are not ours.
    regimes: dict[str, str] = Field(default_factory=dict)
    #: Logged-in agents at a screen, by campaign and server_ip.
    screen_agents: dict[str, dict[str, int]] = Field(default_factory=dict)
    #: Campaigns of the planning folder; those that play messages only; attempts per idle agent.
    planned: tuple[str, ...] = ()
    broadcasts: tuple[str, ...] = ()
    pacing: dict[str, float] = Field(default_factory=dict)

    @cached_property
    def server_ips(self) -> dict[str, str]:
        """server_ip by dialer id."""
        return {dialer: ip for ip, dialer in self.dialer_ids.items()}

    @cached_property
    def campaign_by_id(self) -> dict[str, CampaignSettings]:
        """Campaigns by id."""
        return {item.campaign_id: item for item in self.campaigns}

    @cached_property
    def _rows_by_pair(self) -> dict[tuple[str, str], list[TrunkRow]]:
        found: dict[tuple[str, str], list[TrunkRow]] = {}
        for row in self.trunk_rows:
            found.setdefault((row.campaign_id, row.server_ip), []).append(row)
        return found

    @cached_property
    def _agents_by_pair(self) -> dict[tuple[str, str], list[RemoteAgents]]:
        found: dict[tuple[str, str], list[RemoteAgents]] = {}
        for row in self.remote_agents:
            found.setdefault((row.campaign_id, row.server_ip), []).append(row)
        return found

    @cached_property
    def _dedicated_by_server(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in self.trunk_rows:
            found[row.server_ip] = found.get(row.server_ip, 0) + row.dedicated_trunks
        return found

    def dedicated_to_others(self, campaign: str, server_ip: str) -> int:
        """Trunks of a server that rows of other campaigns dedicate, active or not."""
        own = sum(row.dedicated_trunks for row in self.trunk_rows_of(campaign, server_ip))
        return self._dedicated_by_server.get(server_ip, 0) - own

    def trunk_rows_of(self, campaign: str, server_ip: str) -> list[TrunkRow]:
        """Rows of the pair in the order in which they were read; more than one are duplicates."""
        return self._rows_by_pair.get((campaign, server_ip), [])

    def limit(self, campaign: str, server_ip: str) -> int | None:
        """The row MAXIMUM_LIMIT of the pair that the dialing uses: that read last."""
        limits = [
            row.dedicated_trunks
            for row in self.trunk_rows_of(campaign, server_ip)
            if row.trunk_restriction == MAXIMUM_LIMIT
        ]
        return limits[-1] if limits else None

    def remote_agents_of(self, campaign: str, server_ip: str) -> list[RemoteAgents]:
        """Rows of remote agents of the pair, also inactive ones."""
        return self._agents_by_pair.get((campaign, server_ip), [])

    def remote_lines(self, campaign: str, server_ip: str) -> int:
        """Remote agent lines of the pair in service."""
        return sum(row.lines for row in self.remote_agents_of(campaign, server_ip))


def write_settings(folder: Path, settings: Settings) -> None:
    """Keep the settings in a planning folder."""
    write_text(folder / SETTINGS_FILE, settings.model_dump_json(indent=1) + "\n")


def read_settings_file(folder: Path) -> Settings:
    """The settings that were kept in a folder.

    Raises
    ------
    InputError
        If there are none, or somebody changed them.
    """
    path = folder / SETTINGS_FILE
    if not path.is_file():
        wanted = f"a folder with {SETTINGS_FILE}, as planner vicidial read writes it"
        raise InputError([Fault(str(folder), None, None, None, wanted)])
    try:
        return Settings.model_validate_json(content_of(path))
    except ValidationError as error:
        wanted = "the file as planner vicidial read wrote it: it is damaged, or was changed"
        raise InputError([Fault(str(path), None, None, None, wanted)]) from error


def differences(before: Settings, now: Settings) -> list[str]:
    """What of the settings changed between two readings, in words; nothing where all is as it was.

    Levels of adaptive methods are overwritten every 15 seconds, and are no change.
    """
    found: list[str] = []
    for what, key, old, new in (
        ("server", "server_ip", before.servers, now.servers),
        ("campaign", "campaign_id", before.campaigns, now.campaigns),
        ("remote agents", "remote_agent_id", before.remote_agents, now.remote_agents),
    ):
        found += _changed_rows(what, key, old, new)
    old_rows, new_rows = sorted(map(_spelt, before.trunk_rows)), sorted(map(_spelt, now.trunk_rows))
    if old_rows != new_rows:
        gone = _without(old_rows, new_rows)
        come = _without(new_rows, old_rows)
        found += [f"trunk row gone: {row}" for row in gone]
        found += [f"trunk row new: {row}" for row in come]
    system = before.system.model_copy(update={"version": now.system.version})
    if system != now.system:
        found.append("system settings changed")
    return found


def _changed_rows(
    what: str, key: str, before: Iterable[Contract], now: Iterable[Contract]
) -> list[str]:
    old = {getattr(item, key): item for item in before}
    new = {getattr(item, key): item for item in now}
    found = [f"{what} {name} is gone" for name in old if name not in new]
    found += [f"{what} {name} is new" for name in new if name not in old]
    for name, item in old.items():
        if name not in new:
            continue
        was, became = item.model_dump(), new[name].model_dump()
        if isinstance(item, CampaignSettings) and item.is_adaptive:
            was["auto_dial_level"] = became["auto_dial_level"]
        found += [
            f"{what} {name}: {column} was {was[column]}, is {became[column]}"
            for column in was
            if was[column] != became[column]
        ]
    return found


def _spelt(row: TrunkRow) -> str:
    return (
        f"campaign {row.campaign_id}, server {row.server_ip}, {row.dedicated_trunks} "
        f"{row.trunk_restriction}"
    )


def _without(rows: list[str], others: list[str]) -> list[str]:
    """Rows that others do not hold, counted."""
    left: list[Any] = list(others)
    found = []
    for row in rows:
        if row in left:
            left.remove(row)
        else:
            found.append(row)
    return found
