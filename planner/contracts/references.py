"""Rules between tables: keys given twice, references to nothing, overlaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from planner.contracts.hours import share_a_moment

if TYPE_CHECKING:
    from planner.contracts.agents import LimitRow, PoolRow
    from planner.contracts.problem import Campaign, Dialer, LineAssignment, TrunkGroup
    from planner.contracts.times import Interval, Outage

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
    if not pools:
        yield from _without_agents(campaigns)
    yield from _unknown_pools(assignments, {row.pool for row in pools})
    yield from _unknown_in_lists("pools", pools, {"campaigns": campaign_ids, "dialers": dialer_ids})
    domains = {d.domain for d in dialers}
    known_by_field = {"dialer_ids": dialer_ids, "failure_domains": domains, "trunk_groups": groups}
    for row, limit in enumerate(limits):
        if limit.campaign_id is not None and limit.campaign_id not in campaign_ids:
            yield "limits", row, "campaign_id", limit.campaign_id, "a campaign of campaigns.csv"
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
                yield "assignments", row, "pools", pool.pool, "pools of agents.csv"


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
                    yield table, row, column, key, expected


def _pool_overlaps(
    pools: Sequence[PoolRow], campaigns: Sequence[Campaign]
) -> Iterator[ReferenceFault]:
    """Two rows of one pool for the same moment say two things about it."""
    zone = common_zone(campaigns)
    earlier: dict[str, list[PoolRow]] = {}
    for row, item in enumerate(pools):
        others = earlier.setdefault(item.pool, [])
        if any(share_a_moment(item, other, zone) for other in others):
            yield "pools", row, "pool", item.pool, "hours that no earlier row of this pool has"
        others.append(item)


def common_zone(campaigns: Sequence[Campaign]) -> ZoneInfo:
    """The time zone of most campaigns, of the first one where there are several; else UTC."""
    zones = Counter(campaign.timezone for campaign in campaigns)
    return ZoneInfo(zones.most_common(1)[0][0]) if zones else ZoneInfo("UTC")


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
