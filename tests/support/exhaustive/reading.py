"""Reading a planning folder of csv files into a fleet."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from .fleet import Campaign, Dialer, Fleet, Limit, Pool, TrunkGroup

Row = dict[str, str]
Tables = dict[str, list[Row]]

TABLES = ("dialers", "trunk_groups", "campaigns", "assignments", "agents", "limits")


def read_tables(folder: Path) -> Tables:
    """Read the csv files of a planning folder; a table without a file is empty."""
    tables: Tables = {}
    for name in TABLES:
        path = folder / f"{name}.csv"
        if path.exists():
            text = path.read_text(encoding="utf-8-sig")
            semicolons = ";" in text.partition("\n")[0]
            reader = csv.DictReader(io.StringIO(text), delimiter=";" if semicolons else ",")
            rows = [{k: (v or "").strip() for k, v in row.items() if k} for row in reader]
            tables[name] = [row for row in rows if any(row.values())]
    return tables


def read_folder(folder: Path) -> Fleet:
    """Read a planning folder."""
    return fleet_from_tables(read_tables(folder))


def fleet_from_tables(tables: Tables) -> Fleet:
    """Build a fleet from rows of text."""
    dialers = [_dialer(row) for row in tables["dialers"]]
    return Fleet(
        dialers=dialers,
        trunk_groups=[_trunk_group(row) for row in tables.get("trunk_groups", [])],
        campaigns=[_campaign(row) for row in tables["campaigns"]],
        pools=_pools(tables.get("agents", [])),
        limits=[
            _limit(row, dialers) for row in tables.get("limits", []) if not _has_hours(row)
        ],  # a plan without a moment takes rows without hours
        locks={
            (row["campaign_id"], row["dialer_id"]): (
                int(row.get("dial_lines") or 0),
                int(row.get("agent_lines") or 0),
            )
            for row in tables.get("assignments", [])
            if _truth(row.get("locked", ""), False)
        },
    )


def _dialer(row: Row) -> Dialer:
    return Dialer(
        name=row["dialer_id"],
        ports=int(row["ports"]),
        cps=_float(row, "cps"),
        domain=row.get("failure_domain") or row["dialer_id"],
        trunk_group=row.get("trunk_group", ""),
        agent_lines_use_ports=_truth(row.get("agent_lines_use_ports", ""), True),
        cost_per_attempt=_float(row, "cost_per_attempt") or 0.0,
        cost_per_talk_minute=_float(row, "cost_per_talk_minute") or 0.0,
        in_service=_truth(row.get("in_service", ""), True),
    )


def _trunk_group(row: Row) -> TrunkGroup:
    together = _truth(row.get("fails_together", ""), False)
    return TrunkGroup(row["trunk_group"], int(row["channels"]), _float(row, "cps"), together)


def _campaign(row: Row) -> Campaign:
    _refuse_other_models(row)
    broadcast = row.get("kind") == "broadcast"
    records = _int(row, "records")
    min_dialers, min_agents = _int(row, "min_dialers"), _int(row, "min_agent_lines")
    priority, value = _int(row, "priority"), _float(row, "value")
    return Campaign(
        name=row["campaign_id"],
        broadcast=broadcast,
        agent_lines=_int(row, "agent_lines"),
        max_dial_lines=_int(row, "max_dial_lines"),
        attempt_seconds=float(row["attempt_seconds"]),
        answer_rate=float(row["answer_rate"].split("|")[0]),
        transfer_rate=0.0 if broadcast else float(row["transfer_rate"]),
        talk_seconds=0.0 if broadcast else float(row["talk_seconds"]),
        value=1.0 if value is None else value,
        allowed_dialers=_names(row.get("allowed_dialers", "")),
        min_dialers=1 if min_dialers is None else min_dialers,
        min_agent_lines=1 if min_agents is None else min_agents,
        survivable_share=_float(row, "survivable_share") or 0.0,
        max_abandon_rate=_float(row, "max_abandon_rate"),
        min_transfers_per_hour=_float(row, "min_transfers_per_hour") or 0.0,
        priority=1 if priority is None else priority,
        empty_list=records == 0 or _int(row, "attempts_per_record") == 0,
        stop=date.fromisoformat(row["stop"]) if row.get("stop") else None,
    )


def _refuse_other_models(row: Row) -> None:
    """The formulas here hold for exponential times, drop, no wrap-up and no pacing only."""
    outside = (
        (_float(row, "wrap_up_seconds") or 0.0) > 0
        or row.get("attempt_cv", "") not in ("", "1", "1.0")
        or row.get("talk_cv", "") not in ("", "1", "1.0")
        or row.get("overflow", "") == "hold"
        or row.get("pacing", "") != ""
    )
    if outside:
        raise ValueError(f"campaign {row['campaign_id']}: no exact formulas for its settings")


def _pools(rows: list[Row]) -> list[Pool]:
    """One row per pool: the one without hours, else the largest."""
    chosen: dict[str, Row] = {}
    for row in rows:
        kept = chosen.get(row["pool"])
        rank = (not _has_hours(row), int(row["agent_lines"]))
        if kept is None or rank > (not _has_hours(kept), int(kept["agent_lines"])):
            chosen[row["pool"]] = row
    return [
        Pool(
            name,
            int(row["agent_lines"]),
            _names(row.get("campaigns", "")),
            _names(row.get("dialers", "")),
        )
        for name, row in chosen.items()
    ]


def _limit(row: Row, dialers: Iterable[Dialer]) -> Limit:
    """A dialer must match every column that is filled in."""
    ids, domains = _names(row.get("dialer_id", "")), _names(row.get("failure_domain", ""))
    groups = _names(row.get("trunk_group", ""))
    matched = frozenset(
        d.name
        for d in dialers
        if (ids is None or d.name in ids)
        and (domains is None or d.domain in domains)
        and (groups is None or d.trunk_group in groups)
    )
    return Limit(
        campaign=row.get("campaign_id") or None,
        dialers=matched,
        max_dial_lines=_int(row, "max_dial_lines"),
        max_agent_lines=_int(row, "max_agent_lines"),
        max_lines=_int(row, "max_lines"),
        min_dial_lines=_int(row, "min_dial_lines") or 0,
        min_agent_lines=_int(row, "min_agent_lines") or 0,
    )


def _has_hours(row: Row) -> bool:
    return any(row.get(column) for column in ("days", "from", "to"))


def _names(text: str) -> frozenset[str] | None:
    names = frozenset(part.strip() for part in text.split("|") if part.strip())
    return names or None


def _float(row: Row, column: str) -> float | None:
    return float(row[column]) if row.get(column) else None


def _int(row: Row, column: str) -> int | None:
    return int(row[column]) if row.get(column) else None


def _truth(text: str, default: bool) -> bool:
    return {"true": True, "false": False}.get(text.lower(), default)
