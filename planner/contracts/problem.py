"""The contracts of the input: what is planned, as frozen and checked data."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from planner.contracts.faults import Fault, InputError
from planner.contracts.fields import (
    ID_SEPARATOR,
    MAX_LINES,
    Day,
    Identifier,
    Lines,
    Moment,
    Seconds,
    Share,
    Timezone,
)
from planner.contracts.weekly import (
    MINUTES_PER_DAY,
    Window,
    merged,
    parse_clock,
    parse_days,
    parse_schedule,
)


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


class AssignmentStop(StrEnum):
    """Who stopped a campaign on one dialer; blank means nobody did."""

    NONE = ""
    STOPPED = "stopped"
    BY_ADMIN = "stopped_by_admin"
    BY_DIALER = "stopped_by_dialer"


class Contract(BaseModel):
    """Base of all contracts: frozen, no unknown fields, only finite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class TrunkGroup(Contract):
    """Carrier capacity that several dialers share."""

    trunk_group: Identifier
    channels: Annotated[int, Field(ge=0, le=100 * MAX_LINES)]
    cps: Annotated[float, Field(gt=0, le=1e9)] | None = None
    fails_together: bool = False  # losing the carrier counts as a failure of all its dialers


class Dialer(Contract):
    """A machine that places calls: simultaneous lines, calls per second, what it fails with."""

    dialer_id: Identifier
    ports: Lines
    cps: Annotated[float, Field(gt=0, le=1e9)] | None = None
    failure_domain: Identifier | None = None
    trunk_group: Identifier | None = None
    agent_lines_use_ports: bool = True
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


class Campaign(Contract):
    """A dial list being called; units are in the names, rates are per attempt."""

    campaign_id: Identifier
    kind: CampaignKind = CampaignKind.LIVE_TRANSFER
    agent_lines: Lines = 0
    max_dial_lines: Lines | None = None
    attempt_seconds: Seconds
    answer_rate: Share
    transfer_rate: Share | None = None
    talk_seconds: Seconds | None = None
    wrap_up_seconds: Annotated[float, Field(ge=0, le=1e9)] = 0.0
    attempt_cv: Annotated[float, Field(ge=0, le=100)] = 1.0
    talk_cv: Annotated[float, Field(ge=0, le=100)] = 1.0
    answer_rate_by_pass: tuple[Share, ...] = ()  # empty: one rate for all passes
    answer_rate_day_cv: Annotated[float, Field(ge=0, le=2)] = 0.0
    transfer_rate_day_cv: Annotated[float, Field(ge=0, le=2)] = 0.0
    talk_day_cv: Annotated[float, Field(ge=0, le=2)] = 0.0
    overflow: Overflow = Overflow.DROP
    patience_seconds: Seconds = 20.0
    pacing: Annotated[float, Field(gt=0, le=1e6)] | None = None
    value: Annotated[float, Field(ge=0, le=1e12)] = 1.0
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

    @model_validator(mode="after")
    def _complete(self) -> Campaign:
        faults = [Fault("Campaign", None, *fault) for fault in campaign_faults(self)]
        if faults:
            raise InputError(faults)
        return self

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
        )

    @property
    def is_live_transfer(self) -> bool:
        """Whether callees are handed to agents."""
        return self.kind is CampaignKind.LIVE_TRANSFER

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


def campaign_faults(campaign: Campaign) -> Iterator[tuple[str, str | None, str]]:
    """Yield (column, value, expected) for each rule that ties several columns together."""
    if campaign.is_live_transfer:
        for column in ("agent_lines", "transfer_rate", "talk_seconds"):
            if column not in campaign.model_fields_set or getattr(campaign, column) is None:
                yield column, "", "a number: a live-transfer campaign needs it"
    if campaign.start and campaign.stop and campaign.stop < campaign.start:
        yield "stop", campaign.stop.isoformat(), f"a date on or after start {campaign.start}"
    if campaign.allowed_dialers is not None and not campaign.allowed_dialers:
        yield "allowed_dialers", "", "at least one dialer, or blank for all"


class LineAssignment(Contract):
    """So many lines of one campaign on one dialer, with its live state where known."""

    campaign_id: Identifier
    dialer_id: Identifier
    dial_lines: Lines
    agent_lines: Lines
    locked: bool = False
    busy_agent_lines: Lines | None = None
    status: AssignmentStop = AssignmentStop.NONE

    @model_validator(mode="after")
    def _consistent(self) -> LineAssignment:
        if self.busy_agent_lines is not None and self.busy_agent_lines > self.agent_lines:
            raise InputError(
                [
                    Fault(
                        "LineAssignment",
                        None,
                        "busy_agent_lines",
                        str(self.busy_agent_lines),
                        f"at most the {self.agent_lines} agent lines assigned here",
                    )
                ]
            )
        return self


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


#: What a problem derives from its tables, once it was asked for.
_DERIVED_FROM = {
    "dialer_index": {"dialers"},
    "campaign_index": {"campaigns"},
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
            )
        ]
        if faults:
            raise InputError(faults)
        return self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Problem:
        """Copy with other tables; what was derived from the old ones is not copied."""
        copied = super().model_copy(update=update, deep=deep)
        for name, tables in _DERIVED_FROM.items():
            if tables & (update or {}).keys():
                copied.__dict__.pop(name, None)
        return copied

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


#: (table, row position, column, value, what was expected)
ReferenceFault = tuple[str, int, str, str, str]


def reference_faults(
    *,
    dialers: Sequence[Dialer],
    campaigns: Sequence[Campaign],
    trunk_groups: Sequence[TrunkGroup],
    assignments: Sequence[LineAssignment],
    intervals: Sequence[Interval],
    outages: Sequence[Outage],
) -> Iterator[ReferenceFault]:
    """Yield duplicate keys, references to nothing and overlaps, over all tables together."""
    yield from _duplicates("dialers", "dialer_id", [d.dialer_id for d in dialers])
    yield from _duplicates("trunk_groups", "trunk_group", [t.trunk_group for t in trunk_groups])
    yield from _duplicates("campaigns", "campaign_id", [c.campaign_id for c in campaigns])
    pairs = [f"{a.campaign_id} on {a.dialer_id}" for a in assignments]
    yield from _duplicates("assignments", "campaign_id", pairs)

    dialer_ids = {d.dialer_id for d in dialers}
    campaign_ids = {c.campaign_id for c in campaigns}
    groups = {t.trunk_group for t in trunk_groups}
    for row, dialer in enumerate(dialers):
        if dialer.trunk_group is not None and dialer.trunk_group not in groups:
            expected = "a trunk group of trunk_groups.csv"
            yield "dialers", row, "trunk_group", dialer.trunk_group, expected
    for row, campaign in enumerate(campaigns):
        for dialer_id in campaign.allowed_dialers or ():
            if dialer_id not in dialer_ids:
                yield "campaigns", row, "allowed_dialers", dialer_id, "dialers of dialers.csv"
    tables: tuple[tuple[str, Sequence[Any]], ...] = (
        ("assignments", assignments),
        ("intervals", intervals),
        ("outages", outages),
    )
    for table, rows in tables:
        for row, item in enumerate(rows):
            for column, known in (("campaign_id", campaign_ids), ("dialer_id", dialer_ids)):
                key = getattr(item, column, None)
                if key is not None and key not in known:
                    yield table, row, column, key, f"a {column[:-3]} of {column[:-3]}s.csv"
    yield from _interval_overlaps(intervals)


def _duplicates(table: str, column: str, keys: list[str]) -> Iterator[ReferenceFault]:
    seen: set[str] = set()
    for row, key in enumerate(keys):
        if key in seen:
            yield table, row, column, key, "a key that no earlier row has"
        seen.add(key)


def _interval_overlaps(intervals: Sequence[Interval]) -> Iterator[ReferenceFault]:
    """Two intervals that set the same column of a campaign at the same time are a contradiction."""
    taken: dict[tuple[str, int, str], list[tuple[int, int]]] = {}
    for row, item in enumerate(intervals):
        clash = False
        for day in item.days:
            for column in item.overrides():
                spans = taken.setdefault((item.campaign_id, day, column), [])
                clash |= any(s < item.to_minute and item.from_minute < e for s, e in spans)
                spans.append((item.from_minute, item.to_minute))
        if clash:
            expected = "no overlap with an earlier interval that sets the same column"
            yield "intervals", row, "from", item.campaign_id, expected
