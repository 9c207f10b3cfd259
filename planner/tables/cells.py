"""What each column of a table may hold, in words, and cells in their plainest spelling."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from planner.contracts.limits import MAX_LINES, YEARS
from planner.contracts.problem import Campaign
from planner.contracts.values.fields import ID_SEPARATOR, Contract
from planner.contracts.values.hours import format_row_days
from planner.contracts.values.weekly import format_clock, format_schedule
from planner.tables import spelling
from planner.tables.spelling import Mark, Understood

#: Columns whose name is no name in Python, does not tell the unit, or is of one where many stand.
_COLUMN_NAMES = {
    "from_minute": "from",
    "to_minute": "to",
    "from_": "from",
    "dialer_ids": "dialer_id",
    "failure_domains": "failure_domain",
    "trunk_groups": "trunk_group",
}
#: Fields that share the cell of another one.
_BY_PASS = "answer_rate_by_pass"
SHARED_CELLS = {
    _BY_PASS: "answer_rate",
    "min_attempts_per_hour": "finish_by",
    "abandon_day": "max_abandon_rate",
}
#: Fields of a row with hours come last.
_LAST = ("days", "from_", "to", "timezone")

_WORDS = {
    "dialer_id": "one line of text without |, at most 200 characters",
    "allowed_dialers": "dialer ids separated by |",
    "schedule": "weekly windows such as 'Mon-Fri 09:00-17:00; Sat 10:00-14:00'",
    "timezone": "an IANA time zone such as Europe/Berlin or America/New_York",
    "days": "weekdays such as 'Mon-Fri' or 'Sat,Sun', dates such as 2026-12-24, or blank for all",
    "from_minute": "a time of day from 00:00 to 23:59",
    "to_minute": "a time of day from 00:01 to 24:00",
    "from_": "a time of day from 00:00 to 23:59, or blank",
    "to": "a time of day from 00:01 to 24:00, or blank",
    "pools": "agent lines by pool such as 'Dallas:2|Atlanta:1'",
    "campaigns": "campaign ids separated by |, or blank for all",
    "dialers": "dialer ids separated by |, or blank for all",
    "dialer_ids": "dialer ids separated by |, or blank for all",
    "failure_domains": "failure domains separated by |, or blank for all",
    "trunk_groups": "trunk groups separated by |, or blank for all",
    "pool": "one line of text without |, at most 200 characters",
}
#: Columns of numbers up to this may be filled in per cent.
_MOST_IN_PER_CENT = 2
_YEARS = f"from {YEARS[0]} to {YEARS[-1]}"
_FORMATS = {
    "date": f"a date {_YEARS} such as 2026-09-30",
    "date-time": f"a date and time {_YEARS} such as 2026-09-30T08:00:00+02:00",
}


@cache
def columns(contract: type[Contract]) -> dict[str, str]:
    """Field of each column of the table that holds a contract, in order."""
    own = [name for name in contract.model_fields if name not in SHARED_CELLS]
    if "from_" in own:
        own.sort(key=lambda name: name in _LAST)
    return {_COLUMN_NAMES.get(field, field): field for field in own}


@cache
def expected(contract: type[Contract], field: str) -> str:
    """Say in words what a cell of the column may hold."""
    words = _WORDS.get(field) or _in_words(_schema(contract, field))
    return (
        f"{words}; or one for each pass, such as 0.3|0.2" if _has_passes(contract, field) else words
    )


def _has_passes(contract: type[Contract], field: str) -> bool:
    return field == SHARED_CELLS[_BY_PASS] and _BY_PASS in contract.model_fields


@cache
def fields_of_type(contract: type[Contract], kind: str) -> tuple[str, ...]:
    """Fields whose cells hold the JSON type ``kind``: integer, number, string or boolean."""
    return tuple(
        field
        for field in contract.model_fields
        if field not in _WORDS and _schema(contract, field).get("type") == kind
    )


def choices(contract: type[Contract], field: str) -> tuple[str, ...]:
    """What a cell may hold where that is one of a few words; blank left out; none elsewhere."""
    if field in _WORDS:
        return ()
    schema = _schema(contract, field)
    if schema.get("type") == "boolean":
        return "true", "false"
    return tuple(str(value) for value in schema.get("enum", ()) if value)


def sample(contract: type[Contract], field: str) -> str:
    """Give a cell that the column accepts, unless it holds a moment."""
    return {"integer": str(MAX_LINES), "number": "1"}.get(_schema(contract, field)["type"], "x")


def understood(contract: type[Contract], field: str, cell: str, mark: Mark) -> Understood:
    """A cell in the spelling that its contract reads, as far as it can mean one thing only.

    Parameters
    ----------
    contract, field : whose cell it is
    cell : as it stands in the file
    mark : what stands before the fraction in the numbers of the sheet
    """
    text = cell.strip()
    kind = _spelling(contract, field)
    if kind in ("integer", "number", "share"):
        if field.endswith("_seconds") and ":" in text:
            return Understood(spelling.seconds(text))
        if _has_passes(contract, field) and ID_SEPARATOR in text:
            return spelling.each(text, mark)
        return spelling.number(text, mark, whole=kind == "integer", share=kind == "share")
    read = _READ.get(kind, Understood)(text)
    return read if isinstance(read, Understood) else Understood(read)


def _days(cell: str) -> Understood:
    return spelling.dates(cell) if re.search(r"\d", cell) else Understood(spelling.days(cell))


_READ: dict[str, Callable[[str], Understood | str]] = {
    "boolean": spelling.truth,
    "enum": spelling.word,
    "schedule": spelling.schedule,
    "days": _days,
    "clock": spelling.clock,
    "date": spelling.day,
    "date-time": spelling.moment,
}


@cache
def _spelling(contract: type[Contract], field: str) -> str:
    """How the cells of a column may be spelt."""
    if field in ("from_minute", "to_minute", "from_", "to"):
        return "clock"
    if field in ("schedule", "days"):
        return field
    if field in _WORDS:
        return "text"
    schema = _schema(contract, field)
    if "enum" in schema:
        return "enum"
    if schema.get("format") in _FORMATS:
        return str(schema["format"])
    kind = str(schema.get("type"))
    return "share" if kind == "number" and schema.get("maximum", 9) <= _MOST_IN_PER_CENT else kind


def is_whole(cell: str) -> bool:
    """Whether a cell is free of a fraction; spreadsheets write 95 as 95.0 at times.

    Text such as 1.000, which may be meant as one thousand, is not taken for a 1.
    """
    return "." not in cell or re.fullmatch(r"\s*[+-]?\d+\.0\s*", cell) is not None


@cache
def _schema(contract: type[Contract], field: str) -> dict[str, Any]:
    """JSON schema of a field, without its reference and its alternative null."""
    document = contract.model_json_schema()
    schema: dict[str, Any] = document["properties"][field]
    for option in schema.get("anyOf", []):
        if option.get("type") != "null":
            schema = option
    if "$ref" in schema:
        schema = document["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _in_words(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        *others, last = (value or "blank" for value in schema["enum"])
        return f"{', '.join(others)} or {last}"
    kind = schema.get("type")
    if kind == "boolean":
        return "true or false"
    if kind in ("integer", "number"):
        return _number_in_words(schema)
    return _FORMATS.get(schema.get("format", "")) or "one line of text, at most 200 characters"


def _number_in_words(schema: dict[str, Any]) -> str:
    words = "a whole number" if schema["type"] == "integer" else "a number"
    if "exclusiveMinimum" in schema:
        return f"{words} above {schema['exclusiveMinimum']:,g}, at most {schema['maximum']:,.0f}"
    words += f" from {_plain(schema['minimum'])} to {schema['maximum']:,.0f}"
    return words + ", such as 0.25 for 25 %" if schema["maximum"] == 1 else words


def _plain(number: float) -> str:
    """``0.000001``, which people read, and not ``1e-06``."""
    return f"{number:f}" if 0 < number < 1e-4 else f"{number:,g}"


_SPELT: dict[str, Callable[[Any], str]] = {
    "allowed_dialers": ID_SEPARATOR.join,
    "schedule": format_schedule,
    "days": format_row_days,
    "from_minute": format_clock,
    "to_minute": format_clock,
    "from_": format_clock,
    "to": format_clock,
    "pools": lambda lines: ID_SEPARATOR.join(f"{name}:{count}" for name, count in lines),
    **dict.fromkeys(
        ("campaigns", "dialers", "dialer_ids", "failure_domains", "trunk_groups"),
        ID_SEPARATOR.join,
    ),
}


def spelt(item: Contract, field: str) -> object:
    """Give the value of a field as its cell holds it; plain values stay as they are."""
    value = getattr(item, field)
    if isinstance(item, Campaign):
        if field == "answer_rate" and item.answer_rate_by_pass:
            return ID_SEPARATOR.join(map(repr, item.answer_rate_by_pass))
        if field == "agent_lines" and item.is_live_transfer:
            return item.own_agent_lines
    return _SPELT[field](value) if field in _SPELT and value is not None else value
