"""The contracts of the input: what is planned, as frozen and checked data."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    ValidatorFunctionWrapHandler,
    field_serializer,
    field_validator,
    model_validator,
)

from planner.contracts.faults import Fault, InputError
from planner.contracts.fleet.agents import LimitRow, PoolRow, named_limits, pools_in_force
from planner.contracts.fleet.dialer import Dialer, TrunkGroup
from planner.contracts.fleet.line_assignment import AssignmentStop, LineAssignment, PoolLines
from planner.contracts.fleet.references import common_zone, reference_faults
from planner.contracts.limits import MAX_LINES, MAX_VALUE
from planner.contracts.values.fields import (
    ID_SEPARATOR,
    Contract,
    Day,
    DayVariation,
    Identifier,
    Lines,
    RowName,
    Seconds,
    Share,
    Timezone,
)
from planner.contracts.values.times import Interval, Outage
from planner.contracts.values.weekly import Window, merged, parse_schedule

__all__ = [
    "AssignmentStop",
    "Campaign",
    "CampaignKind",
    "CampaignStop",
    "Contract",
    "Dialer",
    "Interval",
    "LimitRow",
    "LineAssignment",
    "Outage",
    "Overflow",
    "PoolLines",
    "PoolRow",
    "Problem",
    "TrunkGroup",
]

#: People type whole per cents: a share is met when it is met to the nearest one.
SHARE_TOLERANCE = 0.005


class CampaignKind(StrEnum):
    """How a campaign uses the callee who answers."""

    LIVE_TRANSFER = "live_transfer"
    BROADCAST = "broadcast"


class Overflow(StrEnum):
    """What happens to a callee who asks for an agent while none is free."""

    DROP = "drop"
    HOLD = "hold"


class CampaignStop(StrEnum):
    """Who stopped a campaign as a whole; blank means nobody did."""

    NONE = ""
    STOPPED = "stopped"
    BY_ADMIN = "stopped_by_admin"


class Campaign(Contract):
    """A dial list being called; units are in the names, rates are per attempt.

    ``agent_lines`` are the most that it may have: its own, and where they are given as None
    (:attr:`own_agent_lines`) what the pools that serve it have together, which the problem
    fills in. ``answer_rate_by_pass`` has the rate of each pass through the dial list where they
    differ; the first is ``answer_rate``, the last goes for all later passes.
    """

    campaign_id: RowName
    kind: CampaignKind = CampaignKind.LIVE_TRANSFER
    agent_lines: Lines = 0
    max_dial_lines: Lines | None = None
    attempt_seconds: Seconds
    answer_rate: Share
    answer_rate_by_pass: tuple[Share, ...] = ()
    transfer_rate: Share | None = None
    talk_seconds: Seconds | None = None
    wrap_up_seconds: Annotated[float, Field(ge=0, le=1e9)] = 0.0
    attempt_cv: Annotated[float, Field(ge=0, le=100)] = 1.0
    talk_cv: Annotated[float, Field(ge=0, le=100)] = 1.0
    overflow: Overflow = Overflow.DROP
    patience_seconds: Seconds = 20.0
    pacing: Annotated[float, Field(gt=0, le=1e6)] | None = None
    value: Annotated[float, Field(ge=0, le=MAX_VALUE)] = 1.0
    allowed_dialers: tuple[Identifier, ...] | None = None
    min_dialers: Annotated[int, Field(ge=0, le=MAX_LINES)] = 1
    min_agent_lines: Annotated[int, Field(ge=1, le=MAX_LINES)] = 1
    survivable_share: Share = 0.0
    max_abandon_rate: Share | None = None
    records: Annotated[int, Field(ge=0, le=10**12)] | None = None
    attempts_per_record: Annotated[int, Field(ge=1, le=1000)] = 1
    start: Day | None = None
    stop: Day | None = None
    schedule: tuple[Window, ...] | None = None
    timezone: Timezone = "UTC"
    status: CampaignStop = CampaignStop.NONE
    answer_rate_day_cv: DayVariation = 0.0
    transfer_rate_day_cv: DayVariation = 0.0
    talk_day_cv: DayVariation = 0.0
    min_transfers_per_hour: Annotated[float, Field(ge=0, le=1e9)] = 0.0
    finish_by: Day | None = None
    min_attempts_per_hour: Annotated[float, Field(ge=0)] = 0.0  # of finish_by, at a moment
    priority: Annotated[int, Field(ge=0, le=1_000_000)] = 1
    # Factors of the answer rate, the transfer rate and the talk time on the day on which
    # ``max_abandon_rate`` is to hold; None: the mean day.
    abandon_day: tuple[float, float, float] | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _complete(cls, values: Any, check: ValidatorFunctionWrapHandler) -> Campaign:
        if not isinstance(values, dict):
            checked: Campaign = check(values)
            return checked
        own = {n: v for n, v in values.items() if n != "agent_lines" or v is not None}
        campaign: Campaign = check(_with_passes(own))
        faults = [
            Fault("Campaign", None, *fault)
            for fault in campaign_faults(campaign, needs_agents="agent_lines" not in values)
        ]
        if faults:
            raise InputError(faults)
        return campaign

    @field_serializer("agent_lines")
    def _write_own_lines(self, _: int) -> int | None:
        return self.own_agent_lines

    @field_validator("allowed_dialers", mode="before")
    @classmethod
    def _read_allowed(cls, value: Any) -> Any:
        return value.split(ID_SEPARATOR) if isinstance(value, str) else value

    @field_validator("schedule", mode="wrap")
    @classmethod
    def _read_schedule(
        cls, value: Any, check: ValidatorFunctionWrapHandler
    ) -> tuple[Window, ...] | None:
        if isinstance(value, str):
            return parse_schedule(value)
        return None if value is None else merged(check(value))

    @property
    def own_agent_lines(self) -> int | None:
        """Agent lines on shift of its own, or its cap on those of pools; None: neither."""
        return self.agent_lines if "agent_lines" in self.model_fields_set else None

    def answer_rate_of_pass(self, number: int) -> float:
        """Live answers per attempt in a pass through the dial list, the first being 1."""
        rates = self.answer_rate_by_pass or (self.answer_rate,)
        return rates[min(number, len(rates)) - 1]

    @property
    def rate_figures(self) -> tuple[object, ...]:
        """All figures that its rates with given lines on a dialer depend on."""
        return (
            self.kind,
            self.attempt_seconds,
            self.answer_rate,
            self.transfer_rate,
            self.talk_seconds,
            self.wrap_up_seconds,
            self.pacing,
            self.patience_seconds if self.overflow is Overflow.HOLD else None,
            self.abandon_day,
        )

    def on_day(self, day: tuple[float, float, float]) -> Campaign:
        """The campaign on a day with factors of its answer rate, transfer rate and talk time."""
        answer, transfer, talk = day
        return self.model_copy(
            update={
                "answer_rate": min(self.answer_rate * answer, 1.0),
                "transfer_rate": min((self.transfer_rate or 0.0) * transfer, 1.0),
                "talk_seconds": (self.talk_seconds or 1.0) * talk,
                "abandon_day": None,
            }
        )

    @property
    def is_live_transfer(self) -> bool:
        """Whether callees are handed to agents."""
        return self.kind is CampaignKind.LIVE_TRANSFER

    @property
    def least_surviving_share(self) -> float:
        """What must survive at the least: the share asked for, met to the nearest per cent.

        1 means all, without tolerance.
        """
        share = self.survivable_share
        return share if share == 1 else max(share - SHARE_TOLERANCE, 0.0)

    @property
    def transfer_probability(self) -> float:
        """q: probability that an attempt becomes a transfer request [0, 1]; 0 for broadcast."""
        return self.answer_rate * (self.transfer_rate or 0.0) if self.is_live_transfer else 0.0

    @property
    def zone(self) -> ZoneInfo:
        """The campaign's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def attempts_left(self) -> int | None:
        """Attempts left in the dial list, None when it is endless."""
        return None if self.records is None else self.records * self.attempts_per_record


def campaign_faults(
    campaign: Campaign, *, needs_agents: bool
) -> Iterator[tuple[str, str | None, str]]:
    """Yield (column, value, expected) for each rule that ties several columns together.

    ``needs_agents``: agent lines were not given, and were not said to be None, those of pools.
    """
    if campaign.is_live_transfer:
        missing = ["agent_lines"] if needs_agents else []
        missing += [c for c in ("transfer_rate", "talk_seconds") if getattr(campaign, c) is None]
        for column in missing:
            yield column, "", "a number: a live-transfer campaign needs it"
    rates = campaign.answer_rate_by_pass
    if rates and rates[0] != campaign.answer_rate:
        yield "answer_rate", str(campaign.answer_rate), f"the first rate by pass, {rates[0]}"
    if campaign.start and campaign.stop and campaign.stop < campaign.start:
        yield "stop", campaign.stop.isoformat(), f"a date on or after start {campaign.start}"
    if campaign.finish_by is not None:
        done_by = campaign.finish_by.isoformat()
        if campaign.records is None:
            yield "finish_by", done_by, "blank, or the records of the dial list in records"
        if campaign.start and campaign.finish_by < campaign.start:
            yield "finish_by", done_by, f"a date on or after start {campaign.start}"
    if campaign.allowed_dialers is not None and not campaign.allowed_dialers:
        yield "allowed_dialers", "", "at least one dialer, or blank for all"


def _with_passes(values: dict[str, Any]) -> dict[str, Any]:
    """Take ``0.3|0.2`` apart: the rate of the first pass, and those of all."""
    cell = values.get("answer_rate")
    if not isinstance(cell, str) or ID_SEPARATOR not in cell:
        return values
    rates = tuple(cell.split(ID_SEPARATOR))
    return values | {"answer_rate": rates[0], "answer_rate_by_pass": rates}


def _staffed(campaign: Campaign, rows: Sequence[PoolRow]) -> Campaign:
    """The campaign with the agent lines that pools have for it, where it has none of its own."""
    if campaign.own_agent_lines is not None or not campaign.is_live_transfer:
        return campaign
    lines = sum(row.agent_lines for row in rows if row.serves(campaign.campaign_id))
    if lines == campaign.agent_lines:
        return campaign
    values = dict(campaign) | {"agent_lines": min(lines, MAX_LINES)}
    # Filled in, not given: it stays blank where the campaign is written.
    return Campaign.model_construct(_fields_set=campaign.model_fields_set, **values)


#: What a problem derives from its tables, once it was asked for.
_DERIVED_FROM = {
    "dialer_index": {"dialers"},
    "campaign_index": {"campaigns"},
    "common_zone": {"campaigns"},
    "failure_domains": {"dialers"},
    "single_failures": {"dialers", "trunk_groups"},
}


class Problem(Contract):
    """A fleet, its campaigns and the current lines: everything one planning run needs."""

    dialers: tuple[Dialer, ...]
    campaigns: tuple[Campaign, ...]
    trunk_groups: tuple[TrunkGroup, ...] = ()
    assignments: tuple[LineAssignment, ...] = ()
    intervals: tuple[Interval, ...] = ()
    outages: tuple[Outage, ...] = ()
    pools: tuple[PoolRow, ...] = ()
    limits: tuple[LimitRow, ...] = ()

    @field_validator("limits")
    @classmethod
    def _name_limits(cls, value: tuple[LimitRow, ...]) -> tuple[LimitRow, ...]:
        return named_limits(value)

    @model_validator(mode="after")
    def _consistent(self) -> Problem:
        faults = [
            Fault(f"{table}[{row}]", None, column, value, expected)
            for table, row, column, value, expected in reference_faults(
                dialers=self.dialers,
                campaigns=self.campaigns,
                trunk_groups=self.trunk_groups,
                assignments=self.assignments,
                intervals=self.intervals,
                outages=self.outages,
                pools=self.pools,
                limits=self.limits,
            )
        ]
        if faults:
            raise InputError(faults)
        self._fill_agent_lines()
        return self

    def _fill_agent_lines(self) -> None:
        """Fill in the agent lines of campaigns that have none of their own, from the pools."""
        if any(c.own_agent_lines is None and c.is_live_transfer for c in self.campaigns):
            rows = pools_in_force(self.pools, None, self.common_zone)
            self.__dict__["campaigns"] = tuple(_staffed(c, rows) for c in self.campaigns)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Problem:
        """Copy with other tables; what was derived from the old ones is not copied."""
        copied = super().model_copy(update=update, deep=deep)
        for name, tables in _DERIVED_FROM.items():
            if tables & (update or {}).keys():
                copied.__dict__.pop(name, None)
        if {"campaigns", "pools"} & (update or {}).keys():
            copied._fill_agent_lines()
        return copied

    @cached_property
    def common_zone(self) -> ZoneInfo:
        """The time zone of most campaigns, of the first one where there are several; else UTC."""
        return common_zone(self.campaigns)

    @cached_property
    def dialer_index(self) -> dict[str, int]:
        """Position of each dialer id in ``dialers``."""
        return {dialer.dialer_id: place for place, dialer in enumerate(self.dialers)}

    @cached_property
    def campaign_index(self) -> dict[str, int]:
        """Position of each campaign id in ``campaigns``."""
        return {campaign.campaign_id: place for place, campaign in enumerate(self.campaigns)}

    @cached_property
    def failure_domains(self) -> tuple[str, ...]:
        """The failure domains in order of first appearance."""
        return tuple(dict.fromkeys(dialer.domain for dialer in self.dialers))

    @cached_property
    def single_failures(self) -> tuple[tuple[str, frozenset[int]], ...]:
        """What may fail: name and positions in ``dialers`` of what is lost with it.

        The failure domains, then the trunk groups whose dialers fail together.
        """
        found = [
            (name, frozenset(d for d, item in enumerate(self.dialers) if item.domain == name))
            for name in self.failure_domains
        ]
        for group in self.trunk_groups:
            members = frozenset(
                d for d, item in enumerate(self.dialers) if item.trunk_group == group.trunk_group
            )
            if group.fails_together and members:
                found.append((f"trunk group {group.trunk_group}", members))
        return tuple(found)

    def failures(self, at_once: int = 1) -> tuple[tuple[str, frozenset[int]], ...]:
        """The cases in which so many of :attr:`single_failures` happen at once."""
        singles = self.single_failures
        return tuple(
            (
                " and ".join(name for name, _ in case),
                frozenset().union(*(members for _, members in case)),
            )
            for case in itertools.combinations(singles, min(at_once, len(singles)))
            if case
        )

    def may_use(self, campaign: Campaign, dialer: Dialer) -> bool:
        """Whether the campaign may have lines on the dialer: in service and allowed."""
        allowed = campaign.allowed_dialers
        return dialer.in_service and (allowed is None or dialer.dialer_id in allowed)
