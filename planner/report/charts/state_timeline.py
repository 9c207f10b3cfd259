"""The hours ahead at a glance: rows are campaigns on dialers, colours their likeliest statuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import altair as alt

from planner.contracts.projected import Projection, TimelineStep
from planner.contracts.result import AssignmentFigures, Status
from planner.report.charts.figure import STATUS_COLOURS, Figure
from planner.report.charts.rows import (
    CLOCK,
    WIDTH,
    blocks_in_rows,
    local_time,
    named_rows,
    pair_name,
    read_out,
    rows_scale,
)
from planner.report.words import share

DIALING = (Status.RUNNING, Status.ALL_BUSY)
#: A status less likely than this is drawn paler: it may as well be another.
_SURE = 0.75
_PALE = 0.5
#: A block shorter than this part of the horizon has no room for words.
_WORDED = 0.13
#: Share of a row that is left blank above and below.
_BETWEEN = 0.07


class Block(NamedTuple):
    """A time in which a row has one likeliest status.

    ``chance`` is that it has it or, of dialing, that it dials or pauses; ``paused`` the share of
    the dialing time in pauses.
    """

    status: Status
    start: datetime
    end: datetime
    chance: float
    paused: float

    @property
    def is_sure(self) -> bool:
        """Whether another status is unlikely."""
        return self.chance >= _SURE


def state_timeline(projection: Projection) -> Figure:
    """Likeliest status over time: a row per campaign and dialer, those of a dialer together.

    Dialing says how much of it is pauses, where days differ between which shares on nine of ten.
    """
    rows = state_rows(projection)
    bands = {pair_name(f): _band(f) for f in projection.assignments}
    names = list(rows)
    least = timedelta(hours=projection.hours) * _WORDED
    values = [
        # The band is one of the figures of the first moment: other hours have other agents.
        _drawn(name, block, place, bands.get(name, "") if block is blocks[0] else "", least)
        for place, (name, blocks) in enumerate(rows.items())
        for block in blocks
    ]
    present = [status for status in Status if any(v["Status"] == status for v in values)]
    blocks = blocks_in_rows(values, names).encode(
        color=alt.Color(
            "Status:N",
            scale=alt.Scale(
                domain=[status.value for status in present],
                range=[STATUS_COLOURS[status] for status in present],
            ),
            legend=alt.Legend(orient="top", title=None, labelLimit=0, columns=4),
        ),
        opacity=alt.Opacity("Opacity:Q", scale=None, legend=None),
        tooltip=["Line:N", "Status:N", "How sure:N", "Paused:N", "Time:N"],
    )
    words = (
        alt.Chart(alt.InlineData(values=[v for v in values if v["Words"]]), width=WIDTH)
        .mark_text(align="left", dx=6, color="white", fontSize=11, clip=True)
        .encode(
            x=alt.X("From:T", title=None, axis=CLOCK, scale=alt.Scale(type="utc")),
            y=alt.Y("Middle:Q", title=None, scale=rows_scale(names), axis=named_rows(names)),
            text="Words:N",
        )
    )
    told = [
        f"{name} {', then '.join(dict.fromkeys(str(b.status) for b in blocks_of))}"
        for name, blocks_of in rows.items()
    ]
    return Figure(alt.layer(blocks, words), f"Likeliest statuses over time: {read_out(told)}.")


def state_rows(projection: Projection) -> dict[str, list[Block]]:
    """The blocks of each row, by its name; rows of one dialer follow each other."""
    order = list(dict.fromkeys(step.dialer_id for step in projection.timeline))
    found = {
        pair: list(_blocks(list(steps)))
        for pair, steps in groupby(projection.timeline, key=lambda s: (s.dialer_id, s.campaign_id))
    }
    return {
        " / ".join(pair): found[pair] for pair in sorted(found, key=lambda p: order.index(p[0]))
    }


def likeliest(chances: Mapping[Status, float]) -> tuple[Status, float, float]:
    """The likeliest status, how likely it is, and the share of dialing in pauses.

    Dialing and pausing count together: a row that pauses now and then dials.
    """
    paused = chances.get(Status.ALL_BUSY, 0.0)
    dialing = chances.get(Status.RUNNING, 0.0) + paused
    others = {status: chance for status, chance in chances.items() if status not in DIALING}
    other = max(others, key=lambda status: others[status], default=None)
    if other is not None and others[other] > dialing:
        return other, others[other], 0.0
    part = paused / dialing if dialing else 0.0
    return (Status.ALL_BUSY if part > 0.5 else Status.RUNNING), dialing, part


def _blocks(steps: Sequence[TimelineStep]) -> Iterator[Block]:
    """Neighbours with the same likeliest status, as sure, joined; figures are means over time."""
    told = [(*likeliest(step.probabilities), step) for step in steps]
    for (status, _), group in groupby(told, key=lambda item: (item[0], item[1] >= _SURE)):
        parts = list(group)
        seconds = [(p[3].end - p[3].start).total_seconds() for p in parts]
        whole = sum(seconds) or 1.0
        yield Block(
            status,
            parts[0][3].start,
            parts[-1][3].end,
            sum(p[1] * s for p, s in zip(parts, seconds, strict=True)) / whole,
            sum(p[2] * s for p, s in zip(parts, seconds, strict=True)) / whole,
        )


def _band(figures: AssignmentFigures) -> str:
    """``29 to 49 %`` where days differ."""
    name = "all_busy_share"
    if name not in figures.day_low or name not in figures.day_high:
        return ""
    low, high = share(figures.day_low[name]), share(figures.day_high[name])
    return f"{low.removesuffix(' %')} to {high} on 9 of 10 days"


def _drawn(name: str, block: Block, place: int, band: str, least: timedelta) -> dict[str, Any]:
    dials = block.status in DIALING
    paused = f"paused {band or share(block.paused)}" if dials and block.paused else ""
    is_worded = block.is_sure and block.end - block.start >= least
    return {
        "Line": name,
        "Status": block.status.value,
        "How sure": share(block.chance),
        "Paused": f"{share(block.paused)} of the dialing time" if dials else "does not dial",
        "Time": f"{block.start:%a %H:%M} to {block.end:%a %H:%M}",
        "Opacity": 1 if block.is_sure else _PALE,
        "Words": paused if is_worded else "",
        "From": local_time(block.start),
        "To": local_time(block.end),
        "Top": place + _BETWEEN,
        "Middle": place + 0.5,
        "Bottom": place + 1 - _BETWEEN,
    }
