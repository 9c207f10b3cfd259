"""What each column of a table may hold, in words, and cells in their plainest spelling."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from planner.contracts.fields import ID_SEPARATOR, MAX_LINES
from planner.contracts.problem import Contract
from planner.contracts.weekly import format_clock, format_days, format_schedule

#: Read from the column ``answer_rate``.
_WITHOUT_COLUMN = ("answer_rate_by_pass",)

#: Columns whose name is no name in Python, or does not tell the unit.
_COLUMN_NAMES = {"from_minute": "from", "to_minute": "to"}

_WORDS = {
    "dialer_id": "one line of text without |, at most 200 characters",
    "allowed_dialers": "dialer ids separated by |",
    "schedule": "weekly windows such as 'Mon-Fri 09:00-17:00; Sat 10:00-14:00'",
    "timezone": "an IANA time zone such as Europe/Berlin or America/New_York",
    "days": "weekdays such as 'Mon-Fri' or 'Sat,Sun', or blank for all",
    "from_minute": "a time of day from 00:00 to 23:59",
    "to_minute": "a time of day from 00:01 to 24:00",
}
_FORMATS = {
    "date": "a date from 1970 to 2199 such as 2026-09-30",
    "date-time": "a date and time from 1970 to 2199 such as 2026-09-30T08:00:00+02:00",
}


@cache
def columns(contract: type[Contract]) -> dict[str, str]:
    """Field of each column of the table that holds a contract, in order."""
    return {
        _COLUMN_NAMES.get(field, field): field
        for field in contract.model_fields
        if field not in _WITHOUT_COLUMN
    }


@cache
def expected(contract: type[Contract], field: str) -> str:
    """Say in words what a cell of the column may hold."""
    return _WORDS.get(field) or _in_words(_schema(contract, field))


@cache
def fields_of_type(contract: type[Contract], kind: str) -> tuple[str, ...]:
    """Fields whose cells hold the JSON type ``kind``: integer, number, string or boolean."""
    return tuple(
        field
        for field in contract.model_fields
        if field not in _WORDS and _schema(contract, field).get("type") == kind
    )


def sample(contract: type[Contract], field: str) -> str:
    """Give a cell that the column accepts, unless it holds a moment."""
    return {"integer": str(MAX_LINES), "number": "1"}.get(_schema(contract, field)["type"], "x")


def tidy(contract: type[Contract], field: str, cell: str, *, decimal_comma: bool) -> str:
    """Take the spaces around a cell away, and the decimal comma of a number."""
    text = cell.strip()
    if decimal_comma and "." not in text and field in fields_of_type(contract, "number"):
        return text.replace(",", ".")
    return text


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
    words += f" from {schema['minimum']:,g} to {schema['maximum']:,.0f}"
    return words + ", such as 0.25 for 25 %" if schema["maximum"] == 1 else words


_SPELT: dict[str, Callable[[Any], str]] = {
    "allowed_dialers": ID_SEPARATOR.join,
    "schedule": format_schedule,
    "days": format_days,
    "from_minute": format_clock,
    "to_minute": format_clock,
}


def spelt(field: str, value: Any) -> object:
    """Give a value of a contract as its cell holds it; plain values stay as they are."""
    return _SPELT[field](value) if field in _SPELT and value is not None else value
