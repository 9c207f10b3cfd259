"""What changes with time: campaign figures by the hour, and dialers out of service."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from planner.contracts.faults import Fault, InputError
from planner.contracts.values.fields import Contract, Identifier, Lines, Moment, Seconds, Share
from planner.contracts.values.hours import DayOfRow, RowWithHours, normal_days, parse_row_days
from planner.contracts.values.weekly import MINUTES_PER_DAY, Window, parse_clock


class Interval(Contract):
    """Campaign figures that differ in some hours of weekdays or dates (campaign's time zone).

    Where ``to_minute`` is not after ``from_minute`` it is that of the next day. An interval of a
    date goes before those of weekdays.
    """

    campaign_id: Identifier
    days: tuple[DayOfRow, ...] = tuple(range(7))
    from_minute: Annotated[int, Field(ge=0, lt=MINUTES_PER_DAY)]
    to_minute: Annotated[int, Field(gt=0, le=MINUTES_PER_DAY)]
    agent_lines: Lines | None = None
    answer_rate: Share | None = None
    transfer_rate: Share | None = None
    talk_seconds: Seconds | None = None

    @field_validator("days", mode="before")
    @classmethod
    def _read_days(cls, value: Any) -> Any:
        return (parse_row_days(value) or tuple(range(7))) if isinstance(value, str) else value

    @field_validator("days")
    @classmethod
    def _normal_days(cls, value: tuple[int | date, ...]) -> tuple[int | date, ...]:
        if not value:
            raise ValueError("no weekdays and no dates")
        return normal_days(value) or tuple(range(7))

    @field_validator("from_minute", "to_minute", mode="before")
    @classmethod
    def _read_clock(cls, value: Any) -> Any:
        return parse_clock(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _opens(self) -> Interval:
        if self.to_minute == self.from_minute:
            wanted = "another time than from; one that is not after from is of the next day"
            raise InputError([Fault("Interval", None, "to", None, wanted)])
        return self

    @cached_property
    def hours(self) -> RowWithHours:
        """When it holds."""
        days = () if len(self.days) == 7 and not self.names_dates else self.days
        return RowWithHours.model_construct(days=days, from_=self.from_minute, to=self.to_minute)

    @property
    def names_dates(self) -> bool:
        """Whether it is about dates, and so goes before intervals of weekdays."""
        return isinstance(self.days[0], date)

    def windows(self) -> tuple[Window, ...]:
        """Its hours as windows of the week; of dates those of their weekdays."""
        days = {day.weekday() if isinstance(day, date) else day for day in self.days}
        end = self.to_minute
        if end > self.from_minute:
            return tuple(Window(day, self.from_minute, end) for day in sorted(days))
        late = (Window(day, self.from_minute, MINUTES_PER_DAY) for day in days)
        early = (Window((day + 1) % 7, 0, end) for day in days)
        return tuple(sorted((*late, *early)))

    def overrides(self) -> dict[str, float | int]:
        """Return the campaign columns that this interval sets."""
        names = ("agent_lines", "answer_rate", "transfer_rate", "talk_seconds")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


class Outage(Contract):
    """A time in which a dialer is out of service, in UTC; text without an offset is UTC."""

    dialer_id: Identifier
    start: Moment
    end: Moment

    @model_validator(mode="after")
    def _ordered(self) -> Outage:
        if self.end <= self.start:
            expected = f"a time after start {self.start.isoformat()}"
            raise InputError([Fault("Outage", None, "end", self.end.isoformat(), expected)])
        return self
