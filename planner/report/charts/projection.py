"""Charts of a projection, with the words that say the same. Knows no web page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import altair as alt

from planner.contracts.projected import Projection, TimelineStep
from planner.contracts.result import AssignmentFigures, Status
from planner.report.charts.figure import STATUS_COLOURS, Figure
from planner.report.text_layout import clean
from planner.report.words import share

#: Chances that differ by less are drawn as one bar, and smaller ones are not drawn.
_SAME_CHANCE = 0.005
#: More curves than this cannot be told apart.
_MOST_CURVES = 8
_WIDTH, _ROW, _STEP_HEIGHT = 640, 25, 26  # pixels
#: Share of a row of the timeline that is left blank above and below.
_BETWEEN = 0.07
#: A passage that is as good as certain within this time needs no longer axis [min].
_SHORT, _LONG, _CERTAIN = 15, 60, 0.995
_HOUR = timedelta(hours=1)
_CLOCK = alt.Axis(format="%a %H:%M", grid=False, labelOverlap=True)
_DIALING = (Status.RUNNING, Status.ALL_BUSY)


def projection_figures(projection: Projection) -> Iterator[tuple[str, Figure]]:
    """Titles and charts that have something to show."""
    if projection.timeline:
        yield "Statuses", status_timeline(projection)
    if any(step.dialers > 1 for step in projection.timeline_joint):
        yield "Dialers of a campaign paused at once", joint_timeline(projection)
    if _reaching(projection):
        yield "Time until all agent lines are busy", time_to_all_busy(projection)
    if _busy_hours(projection):
        yield "All agent lines busy, by hour and dialer", all_busy_by_hour(projection)
    if any(done.p05 for done in projection.completion):
        yield "Dial lists done", completion_band(projection)


def status_timeline(projection: Projection) -> Figure:
    """Chance of each status over time: a row per campaign and dialer, split by chance."""
    values: list[dict[str, Any]] = []
    told: list[str] = []
    names: list[str] = []
    for pair, steps in groupby(projection.timeline, key=_pair):
        merged = list(_merged(list(steps)))
        for step in merged:
            values += _blocks(pair, step, len(names))
        names.append(pair)
        likely = [max(s.probabilities, key=lambda key: s.probabilities[key]) for s in merged]
        told.append(f"{pair} {', then '.join(dict.fromkeys(str(status) for status in likely))}")
    present = [status for status in Status if any(v["Status"] == status for v in values)]
    chart = _blocks_in_rows(values, names).encode(
        color=alt.Color(
            "Status:N",
            scale=alt.Scale(
                domain=[status.value for status in present],
                range=[STATUS_COLOURS[status] for status in present],
            ),
            legend=alt.Legend(orient="bottom", title=None, labelLimit=0, columns=2),
        ),
        tooltip=["Line:N", "Status:N", alt.Tooltip("Chance:Q", format=".0%")],
    )
    return Figure(chart, f"Likeliest statuses over time: {_read_out(told)}.")


#: Of the statuses that they are made of.
_JOINT = {
    "None paused": ("none_paused", STATUS_COLOURS[Status.RUNNING]),
    "Some paused": ("some_paused", "#c99a2e"),
    "All paused": ("all_paused", STATUS_COLOURS[Status.ALL_BUSY]),
}


def joint_timeline(projection: Projection) -> Figure:
    """Chance that none, some, and all dialers of a campaign are paused: a row per campaign."""
    steps = [step for step in projection.timeline_joint if step.dialers > 1]
    names = list(dict.fromkeys(step.campaign_id for step in steps))
    values: list[dict[str, Any]] = []
    for step in steps:
        low = names.index(step.campaign_id) + _BETWEEN
        for label, (name, _) in _JOINT.items():
            chance = getattr(step, name)
            high = low + chance * (1 - 2 * _BETWEEN)
            if chance >= _SAME_CHANCE:
                values.append(
                    {
                        "Campaign": step.campaign_id,
                        "Dialers": label,
                        "Chance": chance,
                        "From": _local(step.start),
                        "To": _local(step.end),
                        "Top": low,
                        "Bottom": high,
                    }
                )
            low = high
    chart = _blocks_in_rows(values, names).encode(
        color=alt.Color(
            "Dialers:N",
            scale=alt.Scale(domain=list(_JOINT), range=[colour for _, colour in _JOINT.values()]),
            legend=alt.Legend(orient="bottom", title=None),
        ),
        tooltip=["Campaign:N", "Dialers:N", alt.Tooltip("Chance:Q", format=".0%")],
    )
    told = []
    for name in names:
        worst = max((s for s in steps if s.campaign_id == name), key=lambda s: s.all_paused)
        told.append(f"{name} all paused at most {share(worst.all_paused)}")
    return Figure(chart, f"Dialers paused at once over time: {_read_out(told)}.")


def _blocks_in_rows(values: list[dict[str, Any]], names: Sequence[str]) -> alt.Chart:
    """Blocks from "From" to "To" and "Top" to "Bottom", in rows of height 1 with these names."""
    chart: alt.Chart = (
        alt.Chart(_data(values), width=_WIDTH, height=_ROW * len(names))
        .mark_rect()
        .encode(
            x=alt.X("From:T", title=None, axis=_CLOCK, scale=alt.Scale(type="utc")),
            x2="To:T",
            y=alt.Y(
                "Bottom:Q",
                title=None,
                scale=alt.Scale(domain=[0, len(names)], reverse=True, nice=False),
                axis=_named_rows(names),
            ),
            y2="Top:Q",
        )
    )
    return chart


def _named_rows(names: Sequence[str]) -> alt.Axis:
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


def _data(values: list[dict[str, Any]]) -> alt.InlineData:
    """Data within the chart; a frame would load pandas and be cut at a number of rows."""
    return alt.InlineData(values=values)


def _pair(item: TimelineStep | AssignmentFigures) -> str:
    return f"{item.dialer_id} / {item.campaign_id}"


def _merged(steps: Sequence[TimelineStep]) -> Iterator[TimelineStep]:
    """Join neighbours whose chances look the same."""
    last = steps[0]
    for step in steps[1:]:
        known = {*last.probabilities, *step.probabilities}
        before, now = last.probabilities, step.probabilities
        if all(abs(before.get(s, 0.0) - now.get(s, 0.0)) < _SAME_CHANCE for s in known):
            last = last.model_copy(update={"end": step.end})
        else:
            yield last
            last = step
    yield last


def _blocks(pair: str, step: TimelineStep, place: int) -> Iterator[dict[str, Any]]:
    """Blocks of a step, one upon the other, in the row at a place."""

    def height(chance: float) -> float:
        return place + 1 - _BETWEEN - chance * (1 - 2 * _BETWEEN)

    low = 0.0
    for status in Status:
        chance = step.probabilities.get(status, 0.0)
        if chance >= _SAME_CHANCE:
            yield {
                "Line": pair,
                "Status": status.value,
                "Chance": chance,
                "From": _local(step.start),
                "To": _local(step.end),
                "Low": low,
                "High": low + chance,
                "Bottom": height(low),
                "Top": height(low + chance),
            }
        low += chance


def _local(moment: datetime) -> str:
    """The time of the projection's own clock, whatever that of the reader."""
    return f"{moment.replace(tzinfo=None).isoformat()}Z"


def _reaching(projection: Projection) -> list[AssignmentFigures]:
    """Those of a first passage to draw, the soonest first."""
    known = [f for f in projection.assignments if f.p_all_busy_60min]
    return sorted(known, key=lambda f: -(f.p_all_busy_15min or 0.0))


def time_to_all_busy(projection: Projection) -> Figure:
    """Chance that all agent lines have been busy within so many minutes, per line."""
    shown = _reaching(projection)
    certain = all((f.p_all_busy_15min or 0.0) >= _CERTAIN for f in shown[:_MOST_CURVES])
    end = _SHORT if certain else _LONG
    values = [
        {"Line": _pair(f), "Minutes": minutes, "Chance": chance}
        for f in shown[:_MOST_CURVES]
        for minutes, chance in sorted(_passage_points(f))
    ]
    base = alt.Chart(_data(values), width=_WIDTH, height=240).encode(
        x=alt.X(
            "Minutes:Q",
            title="Minutes from now",
            scale=alt.Scale(domain=[0, end]),
            axis=alt.Axis(format="d", tickMinStep=1),
        ),
        y=alt.Y("Chance:Q", title="Chance", axis=alt.Axis(format="%")),
        color=alt.Color("Line:N", sort=None, title=None, legend=alt.Legend(labelLimit=200)),
        tooltip=["Line:N", "Minutes:Q", alt.Tooltip("Chance:Q", format=".0%")],
    )
    chart = alt.layer(
        base.mark_line(interpolate="monotone", clip=True).encode(
            strokeDash=alt.StrokeDash("Line:N", sort=None, title=None)
        ),
        base.mark_point(filled=True, clip=True),
    )
    told = [f"{_pair(f)} {share(f.p_all_busy_15min or 0.0)} within 15 min" for f in shown]
    return Figure(chart, f"Chance that all agent lines have been busy: {_read_out(told)}.")


def _passage_points(figures: AssignmentFigures) -> Iterator[tuple[float, float]]:
    """Known points of the distribution, in minutes."""
    yield 0.0, float(figures.seconds_to_all_busy_p50 == 0)
    for minutes, chance in (
        (5.0, figures.p_all_busy_5min),
        (15.0, figures.p_all_busy_15min),
        (60.0, figures.p_all_busy_60min),
    ):
        if chance is not None:
            yield minutes, chance
    for chance, seconds in (
        (0.5, figures.seconds_to_all_busy_p50),
        (0.9, figures.seconds_to_all_busy_p90),
    ):
        if seconds:
            yield seconds / 60, chance


def _busy_hours(projection: Projection) -> dict[tuple[str, datetime], float]:
    """Share of the dialing time in pauses by dialer and hour, mean over dial lines."""
    lines = {_pair(f): f.dial_lines for f in projection.assignments if _has_agents(f)}
    paused: dict[tuple[str, datetime], float] = {}
    dialed: dict[tuple[str, datetime], float] = {}
    for step in projection.timeline:
        weight = lines.get(_pair(step), 0) * (step.end - step.start).total_seconds()
        chance = sum(step.probabilities.get(status, 0.0) for status in _DIALING)
        if weight * chance <= 0:
            continue
        key = step.dialer_id, step.start.replace(minute=0, second=0, microsecond=0)
        busy = step.probabilities.get(Status.ALL_BUSY, 0.0)
        paused[key] = paused.get(key, 0.0) + weight * busy
        dialed[key] = dialed.get(key, 0.0) + weight * chance
    return {key: paused[key] / dialed[key] for key in dialed}


def _has_agents(figures: AssignmentFigures) -> bool:
    return figures.agent_lines > 0 and figures.dial_lines > 0


def all_busy_by_hour(projection: Projection) -> Figure:
    """Heat map of the share of dialing time in which all agent lines are busy."""
    shares = _busy_hours(projection)
    values = [
        {"Dialer": d, "From": _local(hour), "To": _local(hour + _HOUR), "Paused": value}
        for (d, hour), value in shares.items()
    ]
    dialers = list(dict.fromkeys(dialer for dialer, _ in shares))
    chart = (
        alt.Chart(_data(values), width=_WIDTH, height=alt.Step(_STEP_HEIGHT))
        .mark_rect()
        .encode(
            x=alt.X("From:T", title=None, axis=_CLOCK, scale=alt.Scale(type="utc")),
            x2="To:T",
            y=alt.Y("Dialer:N", sort=dialers, title=None),
            color=alt.Color(
                "Paused:Q",
                title="Paused",
                scale=alt.Scale(scheme="oranges", domain=[0, 1]),
                legend=alt.Legend(format="%"),
            ),
            tooltip=["Dialer:N", "From:T", alt.Tooltip("Paused:Q", format=".0%")],
        )
    )
    told = []
    for dialer in dialers:
        mine = {hour: value for (d, hour), value in shares.items() if d == dialer}
        worst = max(mine, key=lambda hour: mine[hour])
        told.append(f"{dialer} at most {share(mine[worst])}, from {worst:%a %H:%M}")
    return Figure(chart, f"Share of dialing time in pauses: {_read_out(told)}.")


def completion_band(projection: Projection) -> Figure:
    """When dial lists are done: from the 5 % to the 95 % case, with the middle one."""
    end = projection.at + timedelta(hours=projection.hours)
    shown = [done for done in projection.completion if done.p05]
    values = [
        {
            "Campaign": done.campaign_id,
            "From": _local(done.p05 or end),
            "To": _local(done.p95 or end),
            "Half": _local(done.p50 or end),
        }
        for done in shown
    ]
    start, stop = _local(projection.at), _local(end)
    base = alt.Chart(_data(values), width=_WIDTH, height=alt.Step(_STEP_HEIGHT)).encode(
        y=alt.Y("Campaign:N", sort=None, title=None)
    )
    time = alt.X(
        "From:T",
        title=None,
        axis=_CLOCK,
        scale=alt.Scale(type="utc", domain=[start, stop]),
    )
    band = base.mark_bar(color=STATUS_COLOURS[Status.COMPLETED], opacity=0.45).encode(
        x=time, x2="To:T"
    )
    half = base.mark_tick(color=STATUS_COLOURS[Status.COMPLETED], thickness=4).encode(x="Half:T")
    told = [
        f"{done.campaign_id} "
        + (f"half of the cases by {done.p50:%a %H:%M}" if done.p50 else "seldom within the horizon")
        for done in shown
    ]
    return Figure(alt.layer(band, half), f"When dial lists are done: {_read_out(told)}.")


def _read_out(parts: Sequence[str]) -> str:
    rest = len(parts) - _MOST_CURVES
    return "; ".join(parts[:_MOST_CURVES]) + (f"; and {rest} more" if rest > 0 else "")
