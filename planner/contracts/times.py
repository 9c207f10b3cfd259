"""What changes with time: campaign figures by the hour, and dialers out of service."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from planner.contracts.faults import Fault, InputError
from planner.contracts.fields import Contract, Identifier, Lines, Moment, Seconds, Share
from planner.contracts.weekly import MINUTES_PER_DAY, parse_clock, parse_days


class Interval(Contract):
    """Campaign figures that differ in some hours of some weekdays (campaign's time zone)."""

    campaign_id: Identifier
    days: tuple[int, ...] = tuple(range(7))
    from_minute: Annotated[int, Field(ge=0, lt=MINUTES_PER_DAY)]
    to_minute: Annotated[int, Field(gt=0, le=MINUTES_PER_DAY)]
    agent_lines: Lines | None = None
    answer_rate: Share | None = None
    transfer_rate: Share | None = None
    talk_seconds: Seconds | None = None

    @field_validator("days", mode="before")
    @classmethod
    def _read_days(cls, value: Any) -> Any:
        return parse_days(value) if isinstance(value, str) else value

    @field_validator("days")
    @classmethod
    def _normal_days(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not value or not set(value) <= set(range(7)):
            raise ValueError(f"no weekdays from 0 (Monday) to 6: {value}")
        return tuple(sorted(set(value)))

    @field_validator("from_minute", "to_minute", mode="before")
    @classmethod
    def _read_clock(cls, value: Any) -> Any:
        return parse_clock(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _ordered(self) -> Interval:
        if self.to_minute <= self.from_minute:
            raise InputError([Fault("Interval", None, "to", None, "a time after from")])
        return self

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
