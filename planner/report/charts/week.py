"""A week at a glance: hours across, campaigns down, a block for as long as lines stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import altair as alt

from planner.contracts.problem import LineAssignment
from planner.contracts.result import Status
from planner.report.charts.figure import STATUS_COLOURS, Figure
from planner.report.charts.rows import (
    CLOCK,
    WIDTH,
    blocks_in_rows,
    local_time,
    named_rows,
    read_out,
    rows_scale,
)
from planner.studies.week.as_is import TimeAsIs
from planner.studies.week.week import WeekPlan

#: Share of a row that is left blank above and below.
_BETWEEN = 0.07
#: What all hours have on a screen of 1280, a letter of a block's words, and what is left and right
#: of them: words are drawn where they fit [pixels].
_HOURS, _LETTER, _BESIDE = 1040, 5.8, 8
#: Shade of a time in which a campaign could run and has no lines.
_BLANK = 2


class LineBlock(NamedTuple):
    """A time in which a campaign's lines stay as they are: (dial, agent) by dialer."""

    start: datetime
    end: datetime
    lines: tuple[tuple[str, int, int], ...]

    @property
    def words(self) -> str:
        """Dial and agent lines in all: ``120 + 38``."""
        if not self.lines:
            return "no lines"
        dial, agent = sum(d for _, d, _ in self.lines), sum(a for _, _, a in self.lines)
        return f"{dial} + {agent}" if agent else f"{dial}"


def line_blocks(week: WeekPlan) -> dict[str, list[LineBlock]]:
    """The blocks of each campaign that has lines in the week, in the order of its first plan."""
    found: dict[str, list[LineBlock]] = {}
    for interval in week.intervals:
        result = week.result_of(interval)
        if result is not None and result.plan is not None:
            for name, lines in _by_campaign(result.plan.assignments).items():
                _prolong(found, name, LineBlock(interval.start, interval.end, lines))
    return found


def blocks_as_is(times: Iterable[TimeAsIs]) -> dict[str, list[LineBlock]]:
    """The blocks in which each campaign runs with the lines that it has, also where it has none."""
    found: dict[str, list[LineBlock]] = {}
    for time in times:
        lines = _by_campaign(time.lines.assignments)
        for name in time.running:
            _prolong(found, name, LineBlock(time.start, time.end, lines.get(name, ())))
    return found


def _by_campaign(
    assignments: Iterable[LineAssignment],
) -> dict[str, tuple[tuple[str, int, int], ...]]:
    lines: dict[str, list[tuple[str, int, int]]] = {}
    for item in assignments:
        row = (item.dialer_id, item.dial_lines, item.agent_lines)
        lines.setdefault(item.campaign_id, []).append(row)
    return {name: tuple(sorted(rows)) for name, rows in lines.items()}


def _prolong(found: dict[str, list[LineBlock]], name: str, block: LineBlock) -> None:
    """Add a block, or make the last one longer where the lines go on."""
    blocks = found.setdefault(name, [])
    if blocks and blocks[-1].end == block.start and blocks[-1].lines == block.lines:
        blocks[-1] = blocks[-1]._replace(end=block.end)
    else:
        blocks.append(block)


def week_chart(
    rows: Mapping[str, list[LineBlock]], zone: ZoneInfo, start: datetime, end: datetime
) -> Figure:
    """The blocks from one moment to another, on a zone's clock; their words are lines in all."""
    names = list(rows)
    values = [
        value
        for place, blocks in enumerate(rows.values())
        for value in _drawn(names[place], blocks, place, zone, (start, end))
    ]
    span = [local_time(start.astimezone(zone)), local_time(end.astimezone(zone))]
    across = alt.X("From:T", title=None, axis=CLOCK, scale=alt.Scale(type="utc", domain=span))
    blocks = blocks_in_rows(values, names).encode(
        x=across,
        color=alt.Color(
            "Shade:N",
            scale=alt.Scale(
                domain=[0, 1, _BLANK],
                range=[STATUS_COLOURS[Status.RUNNING], "#2f66b3", "#6b7280"],
            ),
            legend=None,
        ),
        tooltip=["Campaign:N", "Time:N", alt.Tooltip("Words:N", title="Dial + agent"), "Dialers:N"],
    )
    words = (
        alt.Chart(alt.InlineData(values=[v for v in values if v["Label"]]), width=WIDTH)
        .mark_text(align="left", dx=4, color="white", fontSize=11, clip=True)
        .encode(
            x=across,
            y=alt.Y("Middle:Q", title=None, scale=rows_scale(names), axis=named_rows(names)),
            text="Label:N",
        )
    )
    told = [f"{name} {len(blocks_of)}" for name, blocks_of in rows.items()]
    return Figure(
        alt.layer(blocks, words),
        f"In how many times of the week each campaign has lines that stay: {read_out(told)}.",
    )


def _fits(words: str, part: float) -> bool:
    """Whether words have room in a block of this part of the hours."""
    return part * _HOURS >= _LETTER * len(words) + _BESIDE


def _drawn(
    name: str,
    blocks: list[LineBlock],
    place: int,
    zone: ZoneInfo,
    span: tuple[datetime, datetime],
) -> Iterator[dict[str, Any]]:
    shade, before = 1, None
    for block in blocks:
        # Another colour where lines change, so that a row of one colour is one that stays.
        shade, before = shade if block.lines == before else 1 - shade, block.lines
        first, last = max(block.start, span[0]), min(block.end, span[1])
        if first >= last:
            continue
        dialers = ", ".join(f"{d} {dial} + {agent}" for d, dial, agent in block.lines)
        start, end = block.start.astimezone(zone), block.end.astimezone(zone)
        part = (last - first) / (span[1] - span[0])
        yield {
            "Campaign": name,
            "Words": block.words,
            "Label": block.words if _fits(block.words, part) else "",
            "Dialers": dialers,
            "Time": f"{start:%a %H:%M} to {end:%a %H:%M}",
            "Shade": shade if block.lines else _BLANK,
            "From": local_time(first.astimezone(zone)),
            "To": local_time(last.astimezone(zone)),
            "Top": place + _BETWEEN,
            "Middle": place + 0.5,
            "Bottom": place + 1 - _BETWEEN,
        }
