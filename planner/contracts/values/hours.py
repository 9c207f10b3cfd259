"""Hours in which a row holds: weekdays or dates, from and to, on the clock of a time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from planner.contracts.faults import Fault, InputError
from planner.contracts.values.fields import Contract, Day, Timezone
from planner.contracts.values.weekly import MINUTES_PER_DAY, format_days, parse_clock, parse_days

_DAY = timedelta(days=1)
_LIST = re.compile(r"[,;|]")
#: A weekday from 0 (Monday) to 6, or a date.
DayOfRow = int | Day
#: Windows that meet at all meet within a year, in which every change of the clocks lies.
_YEAR = tuple(date(2026, 1, 1) + timedelta(days=n) for n in range(372))


def parse_row_days(text: str) -> tuple[int | date, ...]:
    """Weekdays (``Mon-Fri``) or dates (``2026-12-24,2026-12-31``); blank is ``()``: every day.

    Raises
    ------
    ValueError
        If a part is neither.
    """
    if not text.strip():
        return ()
    if not re.search(r"\d", text):
        return parse_days(text)
    return tuple(date.fromisoformat(part.strip()) for part in _LIST.split(text) if part.strip())


def format_row_days(days: Sequence[int | date]) -> str:
    """Text that :func:`parse_row_days` reads back."""
    dates = [day.isoformat() for day in days if isinstance(day, date)]
    weekdays = tuple(day for day in days if not isinstance(day, date))
    return ",".join(dates) if dates else format_days(weekdays) if weekdays else ""


def normal_days(days: Sequence[int | date]) -> tuple[int | date, ...]:
    """Weekdays or dates in order, each once; all seven weekdays are ``()``.

    Raises
    ------
    ValueError
        If there are weekdays and dates, or a number that is no weekday.
    """
    if any(not isinstance(day, date) and not 0 <= day <= 6 for day in days):
        raise ValueError(f"no weekdays from 0 (Monday) to 6: {tuple(days)}")
    dates = sorted({day for day in days if isinstance(day, date)})
    weekdays = sorted({day for day in days if not isinstance(day, date)})
    if dates and weekdays:
        raise ValueError("weekdays and dates in one row: write two rows")
    return tuple(dates) if dates else tuple(weekdays) if len(weekdays) < 7 else ()


class RowWithHours(Contract):
    """A row that holds in some hours: of weekdays or of dates; without any it always holds.

    ``from_`` and ``to`` are minutes from midnight on the clock of ``timezone`` (None: that of most
    campaigns). Where ``to`` is not after ``from_`` the row holds until ``to`` of the next day.
    """

    days: tuple[DayOfRow, ...] = ()
    from_: Annotated[int, Field(ge=0, lt=MINUTES_PER_DAY)] | None = None
    to: Annotated[int, Field(gt=0, le=MINUTES_PER_DAY)] | None = None
    timezone: Timezone | None = None

    @field_validator("days", mode="before")
    @classmethod
    def _read_days(cls, value: Any) -> Any:
        return parse_row_days(value) if isinstance(value, str) else value

    @field_validator("days")
    @classmethod
    def _normal_days(cls, value: tuple[int | date, ...]) -> tuple[int | date, ...]:
        return normal_days(value)

    @field_validator("from_", "to", mode="before")
    @classmethod
    def _read_clock(cls, value: Any) -> Any:
        return parse_clock(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _opens(self) -> RowWithHours:
        if self.from_ is not None and self.from_ == self.to:
            wanted = "another time than from; blank from and to are the whole day"
            raise InputError([Fault(type(self).__name__, None, "to", None, wanted)])
        return self

    @property
    def has_hours(self) -> bool:
        """Whether there are moments at which it does not hold."""
        return bool(self.days) or self.window != (0, MINUTES_PER_DAY)

    @property
    def names_dates(self) -> bool:
        """Whether it is about dates, and so goes before rows about weekdays."""
        return any(isinstance(day, date) for day in self.days)

    @property
    def window(self) -> tuple[int, int]:
        """Minutes from midnight of the day on which it begins; beyond 1,440 on the next one."""
        start = self.from_ or 0
        end = MINUTES_PER_DAY if self.to is None else self.to
        return start, end if end > start else end + MINUTES_PER_DAY

    def at_all_hours(self) -> Self:
        """The row without its hours, as it stands in the problem of one moment."""
        return self.model_copy(update={"days": (), "from_": None, "to": None, "timezone": None})

    def zone(self, otherwise: ZoneInfo) -> ZoneInfo:
        """Its time zone, else the one given."""
        return otherwise if self.timezone is None else ZoneInfo(self.timezone)

    def begins_on(self, day: date) -> bool:
        """Whether its window begins on a day of its clock."""
        return not self.days or day in self.days or day.weekday() in self.days

    def holds_at(self, moment: datetime, otherwise: ZoneInfo) -> bool:
        """Whether it holds at a moment.

        Parameters
        ----------
        moment : with a UTC offset
        otherwise : the time zone of rows that name none
        """
        local = moment.astimezone(self.zone(otherwise))
        minute = local.hour * 60 + local.minute
        start, end = self.window
        today = start <= minute < end and self.begins_on(local.date())
        over_midnight = minute < end - MINUTES_PER_DAY and self.begins_on(local.date() - _DAY)
        return today or over_midnight

    def spells(
        self, days: Sequence[date], otherwise: ZoneInfo
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield its windows that begin on some days of its clock, from and to in UTC."""
        zone = self.zone(otherwise)
        for day in days:
            if self.begins_on(day):
                first, last = (_moment(day, minutes, zone) for minutes in self.window)
                if first < last:  # else the clock is put forward over it
                    yield first, last


def share_a_moment(one: RowWithHours, other: RowWithHours, otherwise: ZoneInfo) -> bool:
    """Whether two rows hold at the same moment, and neither goes before the other there."""
    if one.names_dates != other.names_dates:
        return False
    if one.zone(otherwise) == other.zone(otherwise):
        return _share_a_clock(one, other)
    days = sorted({d + n * _DAY for r in (one, other) for d in r.days if isinstance(d, date)
                   for n in (-1, 0, 1)}) if one.names_dates else _YEAR  # fmt: skip
    spells = sorted(s for row in (one, other) for s in row.spells(days, otherwise))
    # Windows of one row never overlap, so that two neighbours that do are one of each.
    return any(a[1] > b[0] for a, b in pairwise(spells))


def _share_a_clock(one: RowWithHours, other: RowWithHours) -> bool:
    taken = _minutes(one)
    return any(s < end and start < e for start, end in _minutes(other) for s, e in taken)


def _minutes(row: RowWithHours) -> list[tuple[int, int]]:
    """Windows in minutes: of dates from the year 1, of weekdays from Monday, for two weeks."""
    start, end = row.window
    found = []
    for day in row.days or range(7):
        weeks = (0,) if isinstance(day, date) else (0, 7)
        for week in weeks:
            count = day.toordinal() if isinstance(day, date) else day + week
            found.append((count * MINUTES_PER_DAY + start, count * MINUTES_PER_DAY + end))
    return found


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    days, minute = divmod(minutes, MINUTES_PER_DAY)
    clock = time(minute // 60, minute % 60)
    return datetime.combine(day + days * _DAY, clock, zone).astimezone(UTC)
