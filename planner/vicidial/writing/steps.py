"""One change of a VICIdial setting: its statement, the one that undoes it, and its log entry.

Every statement says what it expects to find: it changes nothing where it was made already, or where
somebody else changed the row meanwhile.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from planner.contracts.problem import Contract
from planner.vicidial.settings import (
    MAXIMUM_LIMIT,
    CampaignSettings,
    RemoteAgents,
    TrunkRow,
)

TRUNKS = "vicidial_server_trunks"
Value = str | int


class Phase(IntEnum):
    """In this order every state in between is one that people can work in."""

    LIMIT = 0  # what no row limits yet: it would dial what others give up
    LOWER_TRUNKS = 1
    LOWER_AGENTS = 2
    WITHHOLD = 3  # campaigns that get less eager
    RAISE_AGENTS = 4
    LET_GO = 5  # campaigns that get more eager
    RAISE_TRUNKS = 6


class Statement(Contract):
    """A statement with %s for its values."""

    text: str
    values: tuple[Value, ...]


class LogEntry(Contract):
    """What the admin page notes of such a change."""

    section: str
    kind: str
    record: str
    code: str


class Step(Contract):
    """A change and its undoing."""

    phase: Phase
    what: str  # in words
    do: Statement
    undo: Statement
    log: LogEntry
    undo_log: LogEntry


class Names(NamedTuple):
    """How a campaign and a server are called in words."""

    campaign: str
    dialer: str

    def __str__(self) -> str:
        return f"{self.campaign} on {self.dialer}"


_ROW = "server_ip = %s AND campaign_id = %s AND dedicated_trunks = %s AND trunk_restriction = %s"
_COLUMNS = "server_ip, campaign_id, dedicated_trunks, trunk_restriction"


def _lines(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"


def _cells(row: TrunkRow) -> tuple[Value, ...]:
    return (row.server_ip, row.campaign_id, row.dedicated_trunks, row.trunk_restriction)


def _trunk_log(kind: str, row: TrunkRow) -> LogEntry:
    section = "SERVERS_TRUNK" if kind == "ADD" else "SERVERTRUNKS"
    return LogEntry(
        section=section, kind=kind, record=row.server_ip, code=f"ADMIN {kind} SERVER TRUNK"
    )


def limit(row: TrunkRow, lines: int) -> TrunkRow:
    """The row as a limit of so many lines."""
    return row.model_copy(update={"dedicated_trunks": lines, "trunk_restriction": MAXIMUM_LIMIT})


def _insert(row: TrunkRow, fewer_than: int) -> Statement:
    """Add a row unless there are as many equal ones already."""
    there = f"(SELECT COUNT(*) FROM {TRUNKS} AS t WHERE {_ROW})"
    return Statement(
        text=f"INSERT INTO {TRUNKS} ({_COLUMNS}) SELECT %s, %s, %s, %s FROM DUAL "
        f"WHERE {there} < %s",
        values=(*_cells(row), *_cells(row), fewer_than),
    )


def _insert_limit(row: TrunkRow) -> Statement:
    """Add a limit unless the pair has one already."""
    pair = "server_ip = %s AND campaign_id = %s AND trunk_restriction = %s"
    return Statement(
        text=f"INSERT INTO {TRUNKS} ({_COLUMNS}) SELECT %s, %s, %s, %s FROM DUAL "
        f"WHERE (SELECT COUNT(*) FROM {TRUNKS} AS t WHERE {pair}) = 0",
        values=(*_cells(row), row.server_ip, row.campaign_id, row.trunk_restriction),
    )


def _delete(row: TrunkRow) -> Statement:
    return Statement(text=f"DELETE FROM {TRUNKS} WHERE {_ROW} LIMIT 1", values=_cells(row))


def add_trunks(phase: Phase, names: Names, row: TrunkRow) -> Step:
    """A limit where the pair has none."""
    return Step(
        phase=phase,
        what=f"{names}: at most {_lines(row.dedicated_trunks)}, until now without a limit",
        do=_insert_limit(row),
        undo=_delete(row),
        log=_trunk_log("ADD", row),
        undo_log=_trunk_log("DELETE", row),
    )


def delete_trunks(phase: Phase, names: Names, row: TrunkRow, equal_rows: int) -> Step:
    """A row less; ``equal_rows`` equal ones there were before, it included."""
    return Step(
        phase=phase,
        what=f"{names}: without its row {row.dedicated_trunks} {row.trunk_restriction}",
        do=_delete(row),
        undo=_insert(row, equal_rows),
        log=_trunk_log("DELETE", row),
        undo_log=_trunk_log("ADD", row),
    )


def set_trunks(phase: Phase, names: Names, before: TrunkRow, after: TrunkRow) -> Step:
    """Another number of lines."""

    def change(old: TrunkRow, new: TrunkRow) -> Statement:
        return Statement(
            text=f"UPDATE {TRUNKS} SET dedicated_trunks = %s, trunk_restriction = %s "
            f"WHERE {_ROW} LIMIT 1",
            values=(new.dedicated_trunks, new.trunk_restriction, *_cells(old)),
        )

    was = f"{before.dedicated_trunks}"
    if before.trunk_restriction != MAXIMUM_LIMIT:
        was += f" {before.trunk_restriction}"
    return Step(
        phase=phase,
        what=f"{names}: at most {_lines(after.dedicated_trunks)} instead of {was}",
        do=change(before, after),
        undo=change(after, before),
        log=_trunk_log("MODIFY", after),
        undo_log=_trunk_log("MODIFY", before),
    )


def set_agents(phase: Phase, names: Names, before: RemoteAgents, after: RemoteAgents) -> Step:
    """Another number of remote agent lines in service."""

    def change(old: RemoteAgents, new: RemoteAgents) -> Statement:
        return Statement(
            text="UPDATE vicidial_remote_agents SET number_of_lines = %s, status = %s "
            "WHERE remote_agent_id = %s AND number_of_lines = %s AND status = %s",
            values=(
                new.number_of_lines,
                new.status,
                old.remote_agent_id,
                old.number_of_lines,
                old.status,
            ),
        )

    log = LogEntry(
        section="REMOTEAGENTS",
        kind="MODIFY",
        record=str(before.remote_agent_id),
        code="ADMIN MODIFY REMOTE AGENTS ENTRY",
    )
    return Step(
        phase=phase,
        what=f"{names}: remote agents {before.remote_agent_id} ({before.user_start}) with "
        f"{_lines(after.lines)} instead of {before.lines}",
        do=change(before, after),
        undo=change(after, before),
        log=log,
        undo_log=log,
    )


def set_campaign(phase: Phase, before: CampaignSettings, after: CampaignSettings) -> Step:
    """Another dial method, tally or level, all at once."""

    def change(old: CampaignSettings, new: CampaignSettings) -> Statement:
        guard = "campaign_id = %s AND dial_method = %s AND available_only_ratio_tally = %s"
        values: tuple[Value, ...] = (
            new.dial_method,
            new.available_only_ratio_tally,
            new.auto_dial_level,
            old.campaign_id,
            old.dial_method,
            old.available_only_ratio_tally,
        )
        if not old.is_adaptive:  # whose level changes every 15 s
            guard, values = f"{guard} AND auto_dial_level = %s", (*values, old.auto_dial_level)
        return Statement(
            text="UPDATE vicidial_campaigns SET dial_method = %s, available_only_ratio_tally = %s, "
            f"auto_dial_level = %s WHERE {guard}",
            values=values,
        )

    changed = [
        f"{column} {getattr(after, column)} instead of {getattr(before, column)}"
        for column in ("dial_method", "available_only_ratio_tally", "auto_dial_level")
        if getattr(after, column) != getattr(before, column)
    ]
    log = LogEntry(
        section="CAMPAIGNS",
        kind="MODIFY",
        record=before.campaign_id,
        code="ADMIN MODIFY CAMPAIGN",
    )
    return Step(
        phase=phase,
        what=f"{before.campaign_id}: {', '.join(changed)}",
        do=change(before, after),
        undo=change(after, before),
        log=log,
        undo_log=log,
    )
