"""Who may be put where: rows of agent pools, and rows of limits on sums of lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from planner.contracts.faults import Fault, InputError
from planner.contracts.values.fields import ID_SEPARATOR, Identifier, Ids, Lines, RowName
from planner.contracts.values.hours import RowWithHours

#: What a row of limits may hold, and which of them only where it names a campaign.
MOST_FIELDS = ("max_dial_lines", "max_agent_lines", "max_lines")
LEAST_FIELDS = ("min_dial_lines", "min_agent_lines")


class PoolRow(RowWithHours):
    """Agent lines on shift at one place, in some hours or always.

    ``campaigns`` and ``dialers`` are those that the agents can work for and sit at; none means all.
    """

    pool: RowName
    agent_lines: Lines
    campaigns: Ids = ()
    dialers: Ids = ()

    @field_validator("pool")
    @classmethod
    def _can_be_listed(cls, value: str) -> str:
        if ID_SEPARATOR in value:
            raise ValueError(f"{ID_SEPARATOR} separates pools elsewhere")
        return value

    def serves(self, campaign_id: str) -> bool:
        """Whether its agents can work for a campaign."""
        return not self.campaigns or campaign_id in self.campaigns

    def reaches(self, dialer_id: str) -> bool:
        """Whether its agents can sit at a dialer."""
        return not self.dialers or dialer_id in self.dialers


class LimitRow(RowWithHours):
    """Most and least lines over all that a row names, in some hours or always.

    A dialer counts if it matches every one of ``dialer_ids``, ``failure_domains`` and
    ``trunk_groups`` that is filled in. ``limit`` names the row; in a table its line does otherwise.
    """

    limit: RowName | None = None
    campaign_id: Identifier | None = None
    dialer_ids: Ids = ()
    failure_domains: Ids = ()
    trunk_groups: Ids = ()
    max_dial_lines: Annotated[int, Field(ge=0, le=10**9)] | None = None
    max_agent_lines: Annotated[int, Field(ge=0, le=10**9)] | None = None
    max_lines: Annotated[int, Field(ge=0, le=10**9)] | None = None
    min_dial_lines: Annotated[int, Field(ge=0, le=10**9)] | None = None
    min_agent_lines: Annotated[int, Field(ge=0, le=10**9)] | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> LimitRow:
        faults = []
        for name in LEAST_FIELDS:
            least = getattr(self, name)
            if least is None:
                continue
            if self.campaign_id is None:
                faults.append((name, least, "blank, or a campaign in campaign_id: it is a "
                               "requirement of one campaign"))  # fmt: skip
            for other in (name.replace("min_", "max_"), "max_lines"):
                most = getattr(self, other)
                if most is not None and least > most:
                    faults.append((name, least, f"at most the {most} of {other}"))
                    break
        if faults:
            raise InputError([Fault("LimitRow", None, c, str(v), w) for c, v, w in faults])
        return self

    @property
    def limits_nothing(self) -> bool:
        """Whether no number is filled in."""
        return all(getattr(self, name) is None for name in (*MOST_FIELDS, *LEAST_FIELDS))

    def counts(self, dialer_id: str, domain: str, trunk_group: str | None) -> bool:
        """Whether lines on a dialer count."""
        return (
            (not self.dialer_ids or dialer_id in self.dialer_ids)
            and (not self.failure_domains or domain in self.failure_domains)
            and (not self.trunk_groups or trunk_group in self.trunk_groups)
        )


def pools_in_force(
    rows: Sequence[PoolRow], moment: datetime | None, zone: ZoneInfo
) -> tuple[PoolRow, ...]:
    """At most one row of each pool, in the order in which the pools first appear.

    Parameters
    ----------
    rows : of agents.csv
    moment : with a UTC offset; rows for a date go before rows for weekdays. None: no special time;
        then the row without hours, else the largest
    zone : of rows that name none
    """
    found: dict[str, PoolRow] = {}
    for row in sorted(rows, key=lambda row: _goes_behind(row, moment)):
        if moment is None or row.holds_at(moment, zone):
            found.setdefault(row.pool, row)
    return tuple(found[name] for name in dict.fromkeys(r.pool for r in rows) if name in found)


def _goes_behind(row: PoolRow, moment: datetime | None) -> tuple[bool, int]:
    if moment is None:
        return row.has_hours, -row.agent_lines
    return not row.names_dates, 0


def limits_in_force(
    rows: Sequence[LimitRow], moment: datetime | None, zone: ZoneInfo
) -> tuple[LimitRow, ...]:
    """The rows that hold at a moment; without one those without hours."""
    if moment is None:
        return tuple(row for row in rows if not row.has_hours)
    return tuple(row for row in rows if row.holds_at(moment, zone))


def named_limits(rows: Iterable[LimitRow]) -> tuple[LimitRow, ...]:
    """Rows without a name get the line that they would have in a table."""
    return tuple(
        row.model_copy(update={"limit": str(line)}) if row.limit is None else row
        for line, row in enumerate(rows, start=2)
    )
