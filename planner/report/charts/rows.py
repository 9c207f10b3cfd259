"""Charts of rows over time: the axes, clocks and names that they share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import altair as alt

from planner.contracts.projected import TimelineStep
from planner.contracts.result import AssignmentFigures
from planner.report.text_layout import clean

WIDTH, ROW = 640, 25  # pixels
CLOCK = alt.Axis(format="%a %H:%M", grid=False, labelOverlap=True)
#: More than so many are counted, not read out.
MOST_READ_OUT = 8


def blocks_in_rows(values: list[dict[str, Any]], names: Sequence[str]) -> alt.Chart:
    """Blocks from "From" to "To" and "Top" to "Bottom", in rows of height 1 with these names."""
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=values), width=WIDTH, height=ROW * len(names))
        .mark_rect()
        .encode(
            x=alt.X("From:T", title=None, axis=CLOCK, scale=alt.Scale(type="utc")),
            x2="To:T",
            y=alt.Y(
                "Bottom:Q",
                title=None,
                scale=rows_scale(names),
                axis=named_rows(names),
            ),
            y2="Top:Q",
        )
    )
    return chart


def rows_scale(names: Sequence[str]) -> alt.Scale:
    """A scale of rows of height 1, the first on top."""
    return alt.Scale(domain=[0, len(names)], reverse=True, nice=False)


def named_rows(names: Sequence[str]) -> alt.Axis:
    """An axis that names rows of height 1: unlike a chart of small charts, one view can stretch."""
    # JSON spells a list of printable strings as Vega's expressions do.
    listed = json.dumps([clean(name) for name in names], ensure_ascii=False)
    label = f"{listed}[floor(datum.value)]"
    return alt.Axis(
        values=[place + 0.5 for place in range(len(names))],
        labelExpr=label,
        labelLimit=200,
        labelOverlap=False,
        grid=False,
        ticks=False,
        domain=False,
    )


def pair_name(item: TimelineStep | AssignmentFigures) -> str:
    """The name of a row: dialer and campaign."""
    return f"{item.dialer_id} / {item.campaign_id}"


def local_time(moment: datetime) -> str:
    """The time of the projection's own clock, whatever that of the reader."""
    return f"{moment.replace(tzinfo=None).isoformat()}Z"


def read_out(parts: Sequence[str]) -> str:
    """The first parts as words, and how many more there are."""
    rest = len(parts) - MOST_READ_OUT
    return "; ".join(parts[:MOST_READ_OUT]) + (f"; and {rest} more" if rest > 0 else "")
