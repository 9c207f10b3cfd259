"""What is left of each campaign's value if nobody reacts, and after the moves, as a picture."""

from __future__ import annotations

from typing import Any

import altair as alt

from planner.contracts.comparison import World
from planner.contracts.values.per_cent import PER_CENT_LABELS
from planner.report.charts.figure import Figure
from planner.report.charts.rows import WIDTH, read_out
from planner.report.plans.losses import (
    BEFORE,
    MOVED,
    UNMOVED,
    Line,
    campaign_lines,
    counted,
    total_lines,
)
from planner.report.words import amount, share, value_noun

_ROW = 26  # pixels
#: More campaigns than so many are not drawn: those that lose least.
_MOST = 20
#: Told apart by form as well: a band, a bar within it, a tick across.
_BEFORE, _LOST, _KEPT, _MOVED = "#c3c8d1", "#b35c00", "#1f7a54", "#2f66b3"
#: A bar of less than this part of before is one of a loss.
_WHOLE = 0.9995
_TOGETHER = "All together"


def losses_chart(base: World, world: World) -> Figure:
    """Per cents of before: a bar of what is left if nobody reacts, a tick after the moves.

    Campaigns that lose most on top, under all together. Those without any value before are not
    drawn: there are no per cents of nothing.
    """
    total, *_ = total_lines(base, world)
    title, noun = f"{total.name}, as a share of before", value_noun(counted(base, world))
    lines = [total._replace(name=_TOGETHER), *campaign_lines(base, world)[:_MOST]]
    drawn = [line for line in lines if (line.before or 0.0) > 0]
    values = [_row(line) for line in drawn]
    names = [line.name for line in drawn]
    rows = alt.Chart(alt.InlineData(values=values), width=WIDTH, height=alt.Step(_ROW)).encode(
        y=alt.Y("Name:N", sort=names, title=None, axis=alt.Axis(labelLimit=200)),
        tooltip=[alt.Tooltip(f"{title} told:N", title=title) for title in (BEFORE, UNMOVED, MOVED)],
    )
    x = alt.X(
        f"{UNMOVED}:Q",
        title=title,
        axis=alt.Axis(labelExpr=PER_CENT_LABELS, tickCount=6),
        scale=alt.Scale(zero=True),
    )
    layers = [
        rows.mark_bar(color=_BEFORE, size=18).encode(x=alt.X(f"{BEFORE}:Q", title=title)),
        rows.mark_bar(size=10).encode(
            x=x,
            color=alt.condition("datum.Lost", alt.value(_LOST), alt.value(_KEPT)),
        ),
    ]
    if any(v[MOVED] is not None for v in values):
        ticks = rows.mark_tick(color=_MOVED, thickness=4, size=22)
        layers.append(ticks.encode(x=alt.X(f"{MOVED}:Q", title=title)))
    return Figure(alt.layer(*layers), f"Left of the {noun} before: {read_out(_told(drawn))}.")


def legend_sentence(world: World) -> str:
    """How the picture is read."""
    words = "Grey: before. Bar: if nobody reacts, green where all is kept, else orange."
    again = world.replanned
    return words + (" Blue tick: after the moves." if again and again.outcome else "")


def _row(line: Line) -> dict[str, Any]:
    before, unmoved = line.before or 0.0, line.unmoved or 0.0
    return {
        "Name": line.name,
        BEFORE: 1.0,
        UNMOVED: unmoved / before,
        MOVED: None if line.moved is None else line.moved / before,
        "Lost": unmoved / before < _WHOLE,
        f"{BEFORE} told": amount(before),
        f"{UNMOVED} told": amount(unmoved),
        f"{MOVED} told": "not planned" if line.moved is None else amount(line.moved),
    }


def _told(lines: list[Line]) -> list[str]:
    told = []
    for line in lines:
        before = line.before or 1.0
        words = f"{line.name} {share((line.unmoved or 0.0) / before)}"
        if line.moved is not None:
            words += f", after the moves {share(line.moved / before)}"
        told.append(words)
    return told
