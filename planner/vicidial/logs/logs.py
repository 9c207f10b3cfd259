"""The rows of VICIdial's logs that tell of attempts, archives included, without duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from planner.vicidial.reading.database import Database, Row

#: A call is looked for in the logs of what comes after its launch for so long.
LONGEST_CALL = timedelta(hours=6)
#: A cycle of an agent begins before the talk that it is logged with.
LONGEST_WAIT = timedelta(hours=12)


class Launch(NamedTuple):
    """One launch of the automatic dialing."""

    server_ip: str
    caller_code: str
    lead_id: int
    launched: float | None  # epoch [s]
    ring_limit: float | None  # [s]
    uniqueid: str


class Ended(NamedTuple):
    """The carrier's account of an attempt."""

    uniqueid: str
    ended: float | None  # epoch of the hang-up [s]
    dial_status: str
    dial_seconds: float
    answered_seconds: float


class Logged(NamedTuple):
    """VICIdial's account of an attempt."""

    campaign_id: str
    lead_id: int
    started: float | None  # epoch of the answer, where it was answered [s]
    ended: float | None
    seconds: float
    status: str
    user: str
    reason: str  # term_reason


class Talk(NamedTuple):
    """One talk of an agent at a screen."""

    connected: float
    talk_seconds: float
    dead_seconds: float
    released: float | None


class Day(NamedTuple):
    """All that is logged about the launches of a day."""

    launches: dict[tuple[str, str], Launch]  # by server and caller code
    extended: dict[tuple[str, str], str]  # uniqueid by server and caller code
    ended: dict[tuple[str, str], Ended]  # by server and caller code
    logged: dict[str, list[Logged]]  # by uniqueid, and by the part before its dot
    remote: dict[tuple[str, int], float]  # epoch of the transfer by caller code and lead
    talks: dict[tuple[str, int], Talk]  # by uniqueid and lead
    queued: dict[tuple[str, int], Row]  # row of the in-group by uniqueid and lead


def read_day(database: Database, day: date) -> Day:
    """What is logged about the launches of a day, on the clock of the database."""
    start = datetime.combine(day, time())
    end = start + timedelta(days=1)
    late = end + LONGEST_CALL
    launches: dict[tuple[str, str], Launch] = {}
    for row in _rows(database, "vicidial_dial_log", "call_date", start, end, _LAUNCH):
        launch = _launch(row)
        launches.setdefault((launch.server_ip, launch.caller_code), launch)
    ended: dict[tuple[str, str], Ended] = {}
    for row in _rows(database, "vicidial_carrier_log", "call_date", start, late, _ENDED):
        ended.setdefault((_text(row["server_ip"]), _text(row["caller_code"])), _ended(row))
    extended: dict[tuple[str, str], str] = {}
    for row in _rows(database, "vicidial_log_extended", "call_date", start, late, _EXTENDED):
        key = (_text(row["server_ip"]), _text(row["caller_code"]))
        extended.setdefault(key, _text(row["uniqueid"]))
        if key not in launches and row["call_date"] < end:
            # Old rows of the dial log are thrown away first.
            launched = launch_in(key[1], row["call_date"], _number(row["epoch"]))
            launches[key] = Launch(*key, int(row["lead_id"] or 0), launched, None, extended[key])
    return Day(
        launches=launches,
        extended=extended,
        ended=ended,
        logged=_logged(database, start, late),
        remote={
            code_key(_text(row["callerid"]), int(row["lead_id"] or 0)): float(row["epoch"])
            for row in _rows(
                database,
                "vicidial_remote_agent_log",
                "call_time",
                start,
                late,
                ("callerid", "lead_id"),
            )
            if row["epoch"] is not None
        },
        talks=_talks(database, start - LONGEST_WAIT, late),
        queued={
            (_text(row["uniqueid"]), int(row["lead_id"] or 0)): row
            for row in _rows(database, "vicidial_closer_log", "call_date", start, late, _QUEUED)
        },
    )


_LAUNCH = ("caller_code", "server_ip", "lead_id", "timeout", "uniqueid")
_ENDED = ("uniqueid", "server_ip", "caller_code", "dialstatus", "dial_time", "answered_time")
_EXTENDED = ("uniqueid", "server_ip", "caller_code", "lead_id", "call_date")
_LOGGED = (
    "uniqueid",
    "lead_id",
    "campaign_id",
    "start_epoch",
    "end_epoch",
    "length_in_sec",
    "status",
    "user",
    "term_reason",
)
_TALK = (
    "uniqueid",
    "lead_id",
    "talk_epoch",
    "talk_sec",
    "dead_sec",
    "dispo_epoch",
    "dispo_sec",
)
_QUEUED = (
    "uniqueid",
    "lead_id",
    "start_epoch",
    "end_epoch",
    "queue_seconds",
    "term_reason",
    "user",
)
#: Width of the narrowest column that holds a caller code.
_SHORTEST_CODE = 20
#: Seconds of a cycle above this are an overflow of their column.
_OVERFLOWN = 65_000


def _rows(
    database: Database,
    table: str,
    clock: str,
    start: datetime,
    end: datetime,
    columns: tuple[str, ...],
) -> Iterator[Row]:
    """Rows of a table and its archive in a span of its clock, which comes as an epoch as well."""
    for name in (table, f"{table}_archive"):
        if clock in database.columns(name):
            yield from database.stream(
                name,
                columns,
                f"WHERE `{clock}` >= %s AND `{clock}` < %s",
                (start, end),
                computed=f"UNIX_TIMESTAMP(`{clock}`) AS epoch",
            )


def _launch(row: Row) -> Launch:
    limit = row["timeout"]
    return Launch(
        _text(row["server_ip"]),
        _text(row["caller_code"]),
        int(row["lead_id"] or 0),
        _number(row["epoch"]),
        float(limit) / 1000 if limit else None,
        _text(row["uniqueid"]),
    )


def code_key(code: str, lead: int) -> tuple[str, int]:
    """What a call is found by where a column is shorter than its caller code."""
    return code[:_SHORTEST_CODE], lead


def launch_in(code: str, logged: datetime, epoch: float | None) -> float | None:
    """The launch that a caller code such as V0304150102 and the lead tells, as an epoch.

    Parameters
    ----------
    code : with month, day and time on the clock of the database
    logged, epoch : a moment soon after, on that clock and as an epoch
    """
    if epoch is None:
        return None
    try:
        launched = datetime.strptime(f"{logged.year}{code[1:11]}", "%Y%m%d%H%M%S")
    except ValueError:
        return epoch
    later = (logged - launched).total_seconds()
    return epoch - later if 0 <= later < LONGEST_CALL.total_seconds() else epoch


def _ended(row: Row) -> Ended:
    return Ended(
        _text(row["uniqueid"]),
        _number(row["epoch"]),
        _text(row["dialstatus"]).upper(),
        float(row["dial_time"] or 0),
        float(row["answered_time"] or 0),
    )


def _logged(database: Database, start: datetime, end: datetime) -> dict[str, list[Logged]]:
    found: dict[str, list[Logged]] = {}
    seen: set[str] = set()
    for row in _rows(database, "vicidial_log", "call_date", start, end, _LOGGED):
        name = _text(row["uniqueid"])
        if name in seen:
            continue
        seen.add(name)
        item = Logged(
            _text(row["campaign_id"]),
            int(row["lead_id"] or 0),
            _number(row["start_epoch"]),
            _number(row["end_epoch"]),
            float(row["length_in_sec"] or 0),
            _text(row["status"]).upper(),
            _text(row["user"]),
            _text(row["term_reason"]),
        )
        for key in {name, name.partition(".")[0]}:
            found.setdefault(key, []).append(item)
    return found


def _talks(database: Database, start: datetime, end: datetime) -> dict[tuple[str, int], Talk]:
    found: dict[tuple[str, int], Talk] = {}
    for row in _rows(database, "vicidial_agent_log", "event_time", start, end, _TALK):
        name, connected = _text(row["uniqueid"]), _number(row["talk_epoch"])
        if not name or not connected:
            continue
        dispo = _number(row["dispo_epoch"])
        talk = Talk(
            connected,
            _seconds(row["talk_sec"]),
            _seconds(row["dead_sec"]),
            dispo + _seconds(row["dispo_sec"]) if dispo else None,
        )
        found[name, int(row["lead_id"] or 0)] = talk
    return found


def _seconds(value: Any) -> float:
    seconds = float(value or 0)
    return seconds if seconds < _OVERFLOWN else 0.0


def _number(value: Any) -> float | None:
    return float(value) if value else None


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
