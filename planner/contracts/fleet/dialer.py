"""Machines that place calls, and the carrier capacity that they share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from planner.contracts.limits import MAX_LINES
from planner.contracts.values.fields import ID_SEPARATOR, Contract, Cost, Identifier, Lines, RowName


class TrunkGroup(Contract):
    """Carrier capacity that several dialers share."""

    trunk_group: RowName
    channels: Annotated[int, Field(ge=0, le=100 * MAX_LINES)]
    cps: Annotated[float, Field(gt=0, le=1e9)] | None = None
    fails_together: bool = False  # losing the carrier counts as a failure of all its dialers


class Dialer(Contract):
    """A machine that places calls: simultaneous lines, calls per second, what it fails with."""

    dialer_id: RowName
    ports: Lines
    cps: Annotated[float, Field(gt=0, le=1e9)] | None = None
    failure_domain: Identifier | None = None
    trunk_group: Identifier | None = None
    agent_lines_use_ports: bool = True
    cost_per_attempt: Cost = 0.0  # in the unit of the campaigns' value
    cost_per_talk_minute: Cost = 0.0
    in_service: bool = True

    @field_validator("dialer_id")
    @classmethod
    def _can_be_listed(cls, value: str) -> str:
        if ID_SEPARATOR in value:
            raise ValueError(f"{ID_SEPARATOR} separates dialer ids elsewhere")
        return value

    @property
    def domain(self) -> str:
        """The failure domain; a dialer without one fails alone."""
        return self.failure_domain if self.failure_domain is not None else self.dialer_id
