"""So many lines of one campaign on one dialer, with its live state where known."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import field_validator, model_validator

from planner.contracts.faults import Fault, InputError
from planner.contracts.values.fields import ID_SEPARATOR, Contract, Identifier, Lines, Moment


class AssignmentStop(StrEnum):
    """Who stopped a campaign on one dialer; blank means nobody did."""

    NONE = ""
    STOPPED = "stopped"
    BY_ADMIN = "stopped_by_admin"
    BY_DIALER = "stopped_by_dialer"


class PoolLines(NamedTuple):
    """So many agent lines of a pool."""

    pool: str
    lines: int


def _read_pool_lines(cell: str) -> tuple[PoolLines, ...]:
    """Agent lines by pool of ``Dallas:2|Atlanta:1``."""
    found = []
    for part in cell.split(ID_SEPARATOR) if cell.strip() else ():
        name, _, lines = part.rpartition(":")
        found.append(PoolLines(name.strip(), int(lines)))
    return tuple(found)


class LineAssignment(Contract):
    """So many lines of one campaign on one dialer, with its live state where known.

    ``pools`` says whose agents sit there, as far as it is known; ``as_of`` when it was so.
    """

    campaign_id: Identifier
    dialer_id: Identifier
    dial_lines: Lines
    agent_lines: Lines
    locked: bool = False
    busy_agent_lines: Lines | None = None
    status: AssignmentStop = AssignmentStop.NONE
    pools: tuple[PoolLines, ...] = ()
    as_of: Moment | None = None

    @field_validator("pools", mode="before")
    @classmethod
    def _read_pools(cls, value: Any) -> Any:
        return _read_pool_lines(value) if isinstance(value, str) else value

    @field_validator("pools")
    @classmethod
    def _each_pool_once(cls, value: tuple[PoolLines, ...]) -> tuple[PoolLines, ...]:
        names = [item.pool for item in value]
        if len(set(names)) < len(names) or not all(i.pool and i.lines >= 0 for i in value):
            raise ValueError("a pool without a name, with lines below 0, or named twice")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> LineAssignment:
        words = f"at most the {self.agent_lines} agent lines assigned here"
        faults = []
        if self.busy_agent_lines is not None and self.busy_agent_lines > self.agent_lines:
            value = str(self.busy_agent_lines)
            faults.append(Fault("LineAssignment", None, "busy_agent_lines", value, words))
        if sum(item.lines for item in self.pools) > self.agent_lines:
            value = ID_SEPARATOR.join(f"{item.pool}:{item.lines}" for item in self.pools)
            faults.append(Fault("LineAssignment", None, "pools", value, words))
        if faults:
            raise InputError(faults)
        return self
