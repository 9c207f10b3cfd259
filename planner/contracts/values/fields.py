"""The kinds of value that the contracts are made of, with their ranges and spellings."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from planner.contracts.limits import MAX_LINES, MAX_VALUE, YEARS


class Contract(BaseModel):
    """Base of all contracts: frozen, no unknown fields, only finite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


#: One line of text; spaces around it are no part of it.
Identifier = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"
    ),
]
#: In place of an id, in expressions of what-if: every row of a table.
EVERY = "*"


def _of_one_row(value: str) -> str:
    if value == EVERY:
        raise ValueError(f"{EVERY} means all of them in what-if expressions")
    return value


#: What names a row of a table, there and in expressions.
RowName = Annotated[Identifier, AfterValidator(_of_one_row)]
Lines = Annotated[int, Field(ge=0, le=MAX_LINES)]
Share = Annotated[float, Field(ge=0, le=1)]
#: From a millionth of a second on: with shorter times rates pass what numbers of a computer hold.
Seconds = Annotated[float, Field(ge=1e-6, le=1e9)]
FIRST_DATE, LAST_DATE = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
#: What separates ids, or rates, in one cell.
ID_SEPARATOR = "|"


def _listed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(value.split(ID_SEPARATOR)) if value.strip() else ()


#: Ids of one cell; none means all.
Ids = Annotated[tuple[Identifier, ...], BeforeValidator(_listed)]
#: How much the daily mean of a figure differs between days: its coefficient of variation.
DayVariation = Annotated[float, Field(ge=0, le=2)]
Cost = Annotated[float, Field(ge=0, le=MAX_VALUE)]


def _date_of(value: Any) -> Any:
    return date.fromisoformat(value.strip()) if isinstance(value, str) else value


# pydantic alone would read the text 20260901 as seconds since 1970.
Day = Annotated[date, BeforeValidator(_date_of), Field(ge=FIRST_DATE, le=LAST_DATE)]


def _moment_of(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    moment = datetime.fromisoformat(value.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _in_utc(value: datetime) -> datetime:
    if not FIRST_DATE < value.date() < LAST_DATE:
        raise ValueError(f"not between {FIRST_DATE} and {LAST_DATE}")
    return value.astimezone(UTC)


#: Kept in UTC, where differences between moments are times that pass.
Moment = Annotated[AwareDatetime, BeforeValidator(_moment_of), AfterValidator(_in_utc)]


def _known_timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no IANA time zone: {value!r}") from error
    return value


Timezone = Annotated[Identifier, AfterValidator(_known_timezone)]
