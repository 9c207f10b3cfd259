"""A week at a glance: hours across, campaigns down, a block for as long as lines stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import altair as alt

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
from planner.studies.week import WeekPlan

#: Share of a row that is left blank above and below.
_BETWEEN = 0.07
#: A block shorter than this part of the hours shown has no room for words.
_WORDED = 0.055


class LineBlock(NamedTuple):
    """A time in which a campaign's lines stay as they are: (dial, agent) by dialer."""

    start: datetime
    end: datetime
    lines: tuple[tuple[str, int, int], ...]

    @property
    def words(self) -> str:
        """Dial and agent lines in all: ``120 + 38``."""
        dial, agent = sum(d for _, d, _ in self.lines), sum(a for _, _, a in self.lines)
        return f"{dial} + {agent}" if agent else f"{dial}"


def line_blocks(week: WeekPlan) -> dict[str, list[LineBlock]]:
    """The blocks of each campaign that has lines in the week, in the order of its first plan."""
    found: dict[str, list[LineBlock]] = {}
    for interval in week.intervals:
        result = week.result_of(interval)
        if result is None or result.plan is None:
            continue
        lines: dict[str, list[tuple[str, int, int]]] = {}
        for item in result.plan.assignments:
            row = (item.dialer_id, item.dial_lines, item.agent_lines)
            lines.setdefault(item.campaign_id, []).append(row)
        for name, rows in lines.items():
            blocks, given = found.setdefault(name, []), tuple(sorted(rows))
            if blocks and blocks[-1].end == interval.start and blocks[-1].lines == given:
                blocks[-1] = blocks[-1]._replace(end=interval.end)
            else:
                blocks.append(LineBlock(interval.start, interval.end, given))
    return found


def week_chart(week: WeekPlan, zone: ZoneInfo, start: datetime, end: datetime) -> Figure:
    """The blocks from one moment to another, on a zone's clock; their words are lines in all."""
    rows = line_blocks(week)
    names = list(rows)
    least = (end - start) * _WORDED
    values = [
        value
        for place, blocks in enumerate(rows.values())
        for value in _drawn(names[place], blocks, place, zone, (start, end), least)
    ]
    span = [local_time(start.astimezone(zone)), local_time(end.astimezone(zone))]
    across = alt.X("From:T", title=None, axis=CLOCK, scale=alt.Scale(type="utc", domain=span))
    blocks = blocks_in_rows(values, names).encode(
        x=across,
        color=alt.Color(
            "Shade:N",
            scale=alt.Scale(domain=[0, 1], range=[STATUS_COLOURS[Status.RUNNING], "#2f66b3"]),
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
    told = [f"{name} {len(blocks_of)} times" for name, blocks_of in rows.items()]
    return Figure(
        alt.layer(blocks, words), f"How often lines are set in the week: {read_out(told)}."
    )


def _drawn(
    name: str,
    blocks: list[LineBlock],
    place: int,
    zone: ZoneInfo,
    span: tuple[datetime, datetime],
    least: timedelta,
) -> Iterator[dict[str, Any]]:
    for number, block in enumerate(blocks):
        first, last = max(block.start, span[0]), min(block.end, span[1])
        if first >= last:
            continue
        dialers = ", ".join(f"{d} {dial} + {agent}" for d, dial, agent in block.lines)
        start, end = block.start.astimezone(zone), block.end.astimezone(zone)
        yield {
            "Campaign": name,
            "Words": block.words,
            "Label": block.words if last - first >= least else "",
            "Dialers": dialers,
            "Time": f"{start:%a %H:%M} to {end:%a %H:%M}",
            "Shade": number % 2,
            "From": local_time(first.astimezone(zone)),
            "To": local_time(last.astimezone(zone)),
            "Top": place + _BETWEEN,
            "Middle": place + 0.5,
            "Bottom": place + 1 - _BETWEEN,
        }
