"""Rules between tables: keys given twice, references to nothing, overlaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from planner.contracts.values.hours import share_a_moment
from planner.contracts.values.lookalikes import hint
from planner.contracts.values.weekly import format_clock

if TYPE_CHECKING:
    from planner.contracts.fleet.agents import LimitRow, PoolRow
    from planner.contracts.problem import Campaign, Dialer, LineAssignment, TrunkGroup
    from planner.contracts.values.hours import RowWithHours
    from planner.contracts.values.times import Interval, Outage

#: Intervals of one campaign are all on its clock, whichever it is.
_ANY_ZONE = ZoneInfo("UTC")

#: (table, row position, column, value, what was expected)
ReferenceFault = tuple[str, int, str, str, str]


class Earlier(str):
    """What was expected, and the position of an earlier row that says otherwise."""

    row: int

    def __new__(cls, expected: str, row: int) -> Earlier:
        """Text with the place of a row."""
        made = super().__new__(cls, expected)
        made.row = row
        return made


def reference_faults(
    *,
    dialers: Sequence[Dialer],
    campaigns: Sequence[Campaign],
    trunk_groups: Sequence[TrunkGroup],
    assignments: Sequence[LineAssignment],
    intervals: Sequence[Interval],
    outages: Sequence[Outage],
    pools: Sequence[PoolRow] = (),
    limits: Sequence[LimitRow] = (),
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
            expected = "a trunk group of trunk_groups.csv" + hint(dialer.trunk_group, groups)
            yield "dialers", row, "trunk_group", dialer.trunk_group, expected
    for row, campaign in enumerate(campaigns):
        for dialer_id in campaign.allowed_dialers or ():
            if dialer_id not in dialer_ids:
                expected = "dialers of dialers.csv" + hint(dialer_id, dialer_ids)
                yield "campaigns", row, "allowed_dialers", dialer_id, expected
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
                    expected = f"a {column[:-3]} of {column[:-3]}s.csv{hint(key, known)}"
                    yield table, row, column, key, expected
    yield from _interval_overlaps(intervals)
    if not pools:
        yield from _without_agents(campaigns)
    yield from _unknown_pools(assignments, {row.pool for row in pools})
    yield from _unknown_in_lists("pools", pools, {"campaigns": campaign_ids, "dialers": dialer_ids})
    domains = {d.domain for d in dialers}
    known_by_field = {"dialer_ids": dialer_ids, "failure_domains": domains, "trunk_groups": groups}
    for row, limit in enumerate(limits):
        if limit.campaign_id is not None and limit.campaign_id not in campaign_ids:
            expected = "a campaign of campaigns.csv" + hint(limit.campaign_id, campaign_ids)
            yield "limits", row, "campaign_id", limit.campaign_id, expected
    yield from _unknown_in_lists("limits", limits, known_by_field)
    yield from _pool_overlaps(pools, campaigns)


def _without_agents(campaigns: Sequence[Campaign]) -> Iterator[ReferenceFault]:
    for row, campaign in enumerate(campaigns):
        if campaign.is_live_transfer and campaign.own_agent_lines is None:
            expected = "a number: a live-transfer campaign needs it where agents.csv has no pools"
            yield "campaigns", row, "agent_lines", "", expected


def _unknown_pools(
    assignments: Sequence[LineAssignment], pools: set[str]
) -> Iterator[ReferenceFault]:
    for row, item in enumerate(assignments):
        for pool in item.pools:
            if pool.pool not in pools:
                expected = "pools of agents.csv" + hint(pool.pool, pools)
                yield "assignments", row, "pools", pool.pool, expected


#: The column and the words for the rows of each field that lists keys.
_LISTED = {
    "campaigns": ("campaigns", "campaigns of campaigns.csv"),
    "dialers": ("dialers", "dialers of dialers.csv"),
    "dialer_ids": ("dialer_id", "dialers of dialers.csv"),
    "failure_domains": ("failure_domain", "failure domains of dialers.csv"),
    "trunk_groups": ("trunk_group", "trunk groups of trunk_groups.csv"),
}


def _unknown_in_lists(
    table: str, rows: Sequence[Any], known: Mapping[str, set[str]]
) -> Iterator[ReferenceFault]:
    for row, item in enumerate(rows):
        for field, keys in known.items():
            column, expected = _LISTED[field]
            for key in getattr(item, field):
                if key not in keys:
                    yield table, row, column, key, expected + hint(key, keys)


def _pool_overlaps(
    pools: Sequence[PoolRow], campaigns: Sequence[Campaign]
) -> Iterator[ReferenceFault]:
    """Two rows of one pool for the same moment say two things about it."""
    zone = common_zone(campaigns)
    before: dict[str, list[tuple[int, PoolRow]]] = {}
    for row, item in enumerate(pools):
        others = before.setdefault(item.pool, [])
        clash = [place for place, other in others if share_a_moment(item, other, zone)]
        if clash:
            expected = "hours that no earlier row of this pool has"
            yield "pools", row, "pool", item.pool, Earlier(expected, clash[0])
        others.append((row, item))


def common_zone(campaigns: Sequence[Campaign]) -> ZoneInfo:
    """The time zone of most campaigns, of the first one where there are several; else UTC."""
    zones = Counter(campaign.timezone for campaign in campaigns)
    return ZoneInfo(zones.most_common(1)[0][0]) if zones else ZoneInfo("UTC")


def _duplicates(table: str, column: str, keys: list[str]) -> Iterator[ReferenceFault]:
    first: dict[str, int] = {}
    for row, key in enumerate(keys):
        earlier = first.setdefault(key, row)
        if earlier != row:
            yield table, row, column, key, Earlier("a key that no earlier row has", earlier)


def _interval_overlaps(intervals: Sequence[Interval]) -> Iterator[ReferenceFault]:
    """Two intervals that set the same column of a campaign at the same time are a contradiction."""
    taken: dict[tuple[str, str], list[tuple[int, RowWithHours]]] = {}
    for row, item in enumerate(intervals):
        hours, clash = item.hours, set[int]()
        for column in item.overrides():
            others = taken.setdefault((item.campaign_id, column), [])
            clash |= {place for place, other in others if share_a_moment(hours, other, _ANY_ZONE)}
            others.append((row, hours))
        if clash:
            expected = "no overlap with an earlier interval that sets the same column"
            value = format_clock(item.from_minute)
            yield "intervals", row, "from", value, Earlier(expected, min(clash))
