"""Reads the settings out of a VICIdial database of any release."""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Contract
from planner.vicidial.reading.database import Database, Row
from planner.vicidial.settings import (
    CampaignSettings,
    RemoteAgents,
    ServerSettings,
    Settings,
    SystemSettings,
    TrunkRow,
)

#: Without one of these the database is not one of VICIdial.
NEEDED_TABLES = ("servers", "vicidial_campaigns", "vicidial_server_trunks")
Item = TypeVar("Item", bound=Contract)


def read_settings(database: Database) -> Settings:
    """The settings as they are now.

    Raises
    ------
    InputError
        If the database is not one of VICIdial, or the user may not see its tables.
    """
    missing = [
        Fault(str(database.address), None, None, table, "a table that this user may SELECT from")
        for table in NEEDED_TABLES
        if not database.columns(table)
    ]
    if missing:
        raise InputError(missing)
    servers = [_item(ServerSettings, row) for row in _rows(database, "servers", ServerSettings)]
    servers = list({server.server_ip: server for server in servers if server.server_ip}.values())
    if not servers:
        wanted = "at least one row of servers with a server_ip"
        raise InputError([Fault(str(database.address), None, None, None, wanted)])
    system = _rows(database, "system_settings", SystemSettings)
    campaigns = _campaigns(database)
    spelling = {campaign.campaign_id.casefold(): campaign.campaign_id for campaign in campaigns}
    return Settings(
        read_at=datetime.now(UTC).isoformat(timespec="seconds"),
        database=str(database.address),
        system=_item(SystemSettings, system[0]) if system else SystemSettings(),
        servers=tuple(servers),
        campaigns=tuple(campaigns),
        trunk_rows=tuple(
            _item(TrunkRow, _respelt(row, spelling))
            for row in _rows(database, "vicidial_server_trunks", TrunkRow)
        ),
        remote_agents=tuple(
            _item(RemoteAgents, _respelt(row, spelling)) for row in _remote_agents(database)
        ),
        dialer_ids=dialer_ids(servers),
    )


def _rows(database: Database, table: str, contract: type[Contract], order: str = "") -> list[Row]:
    return database.select(table, contract.model_fields, order)


def _campaigns(database: Database) -> list[CampaignSettings]:
    rows = _rows(database, "vicidial_campaigns", CampaignSettings, "ORDER BY campaign_id")
    return [_item(CampaignSettings, row) for row in rows if row["campaign_id"]]


def _respelt(row: Row, spelling: Mapping[str, str]) -> Row:
    """The row with the campaign's id as the campaign has it: the database ignores its case."""
    campaign = row["campaign_id"] or ""
    return row | {"campaign_id": spelling.get(campaign.casefold(), campaign)}


def _remote_agents(database: Database) -> list[Row]:
    columns = [name for name in RemoteAgents.model_fields if name != "takes_inbound"]
    rows = database.select(
        "vicidial_remote_agents",
        [*columns, "closer_campaigns"],
        "ORDER BY remote_agent_id",
    )
    return [row | {"takes_inbound": _names_groups(row["closer_campaigns"])} for row in rows]


def _names_groups(text: str | None) -> bool:
    """Whether a list of inbound groups, such as `` SALES SUPPORT -``, names any."""
    return bool(set((text or "").split()) - {"-"})


def dialer_ids(servers: list[ServerSettings]) -> dict[str, str]:
    """Dialer id by server_ip: server_id where it is one, else the address."""
    ids = [server.server_id.strip() for server in servers]
    return {
        server.server_ip: name
        if name and ids.count(name) == 1 and "|" not in name and name.isprintable()
        else server.server_ip
        for server, name in zip(servers, ids, strict=True)
    }


def _item(contract: type[Item], row: Mapping[str, Any]) -> Item:
    """The row as a contract; what is NULL, absent or not of its kind is the default."""
    given = {}
    for name, field in contract.model_fields.items():
        value = row.get(name)
        if value is not None:
            given[name] = _as(field.annotation, value)
    return contract(**{name: value for name, value in given.items() if value is not None})


def _as(kind: Any, value: Any) -> Any:
    """A value of the database as a bool of Y and N, a whole number or text; None: it is none."""
    if isinstance(kind, types.UnionType):
        kind = get_args(kind)[0]
    if kind is bool:
        return value if isinstance(value, bool) else str(value).upper() in {"Y", "1"}
    if kind is int:
        try:
            return int(value)
        except (TypeError, ValueError):
            return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
