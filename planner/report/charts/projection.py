"""Charts of a projection, with the words that say the same. Knows no web page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import altair as alt

from planner.contracts.projected import JointStep, Projection
from planner.contracts.result import AssignmentFigures, Status
from planner.contracts.values.per_cent import PER_CENT_LABELS
from planner.report.charts.figure import STATUS_COLOURS, Figure
from planner.report.charts.rows import CLOCK, WIDTH, blocks_in_rows, local_time, pair_name, read_out
from planner.report.charts.state_timeline import DIALING, state_timeline
from planner.report.words import share

#: Chances that differ by less are drawn as one bar, and smaller ones are not drawn.
_SAME_CHANCE = 0.005
#: More curves than this cannot be told apart.
_MOST_CURVES = 8
_STEP_HEIGHT = 26  # pixels
#: Share of a row of the timeline that is left blank above and below.
_BETWEEN = 0.07
#: A passage that is as good as certain within this time needs no longer axis [min].
_SHORT, _LONG, _CERTAIN = 15, 60, 0.995
_HOUR = timedelta(hours=1)


def projection_figures(projection: Projection) -> Iterator[tuple[str, Figure]]:
    """Titles and charts that have something to show."""
    if projection.timeline:
        yield "The hours ahead", state_timeline(projection)
    if any(step.dialers > 1 for step in projection.timeline_joint):
        yield "Dialers of a campaign paused at once", joint_timeline(projection)
    if _reaching(projection):
        yield "Time until all agent lines are busy", time_to_all_busy(projection)
    if _busy_hours(projection):
        yield "All agent lines busy, by hour and dialer", all_busy_by_hour(projection)
    if any(done.p05 for done in projection.completion):
        yield "Dial lists done", completion_band(projection)


#: Of the statuses that they are made of.
_JOINT = {
    "None paused": ("none_paused", STATUS_COLOURS[Status.RUNNING]),
    "Some paused": ("some_paused", "#c99a2e"),
    "All paused": ("all_paused", STATUS_COLOURS[Status.ALL_BUSY]),
}


def joint_timeline(projection: Projection) -> Figure:
    """Chance that none, some, and all dialers of a campaign are paused: a row per campaign."""
    steps = [step for step in projection.timeline_joint if step.dialers > 1]
    by_campaign: dict[str, list[JointStep]] = {}
    for step in steps:
        by_campaign.setdefault(step.campaign_id, []).append(step)
    names = list(by_campaign)
    places = {name: place for place, name in enumerate(names)}
    values: list[dict[str, Any]] = []
    for step in (joined for mine in by_campaign.values() for joined in _joined(mine)):
        low = places[step.campaign_id] + _BETWEEN
        for label, (name, _) in _JOINT.items():
            chance = getattr(step, name)
            high = low + chance * (1 - 2 * _BETWEEN)
            if chance >= _SAME_CHANCE:
                values.append(
                    {
                        "Campaign": step.campaign_id,
                        "Dialers": label,
                        "Chance": chance,
                        "Told": share(chance),
                        "From": local_time(step.start),
                        "To": local_time(step.end),
                        "Top": low,
                        "Bottom": high,
                    }
                )
            low = high
    chart = blocks_in_rows(values, names).encode(
        color=alt.Color(
            "Dialers:N",
            scale=alt.Scale(domain=list(_JOINT), range=[colour for _, colour in _JOINT.values()]),
            legend=alt.Legend(orient="top", title=None),
        ),
        tooltip=["Campaign:N", "Dialers:N", alt.Tooltip("Told:N", title="Chance")],
    )
    told = []
    for name in names:
        worst = max(by_campaign[name], key=lambda s: s.all_paused)
        told.append(f"{name} all paused at most {share(worst.all_paused)}")
    return Figure(chart, f"Dialers paused at once over time: {read_out(told)}.")


def _joined(steps: Sequence[JointStep]) -> Iterator[JointStep]:
    """Neighbours whose chances look the same, as one: hundreds of steps are few blocks."""
    names = [name for name, _ in _JOINT.values()]
    last = steps[0]
    for step in steps[1:]:
        alike = all(abs(getattr(last, n) - getattr(step, n)) < _SAME_CHANCE for n in names)
        if alike and last.end == step.start:
            last = last.model_copy(update={"end": step.end})
        else:
            yield last
            last = step
    yield last


def _data(values: list[dict[str, Any]]) -> alt.InlineData:
    """Data within the chart; a frame would load pandas and be cut at a number of rows."""
    return alt.InlineData(values=values)


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
        {"Line": pair_name(f), "Minutes": minutes, "Chance": chance, "Told": share(chance)}
        for f in shown[:_MOST_CURVES]
        for minutes, chance in sorted(_passage_points(f))
    ]
    base = alt.Chart(_data(values), width=WIDTH, height=240).encode(
        x=alt.X(
            "Minutes:Q",
            title="Minutes from now",
            scale=alt.Scale(domain=[0, end]),
            axis=alt.Axis(format="d", tickMinStep=1),
        ),
        y=alt.Y("Chance:Q", title="Chance", axis=alt.Axis(labelExpr=PER_CENT_LABELS)),
        color=alt.Color("Line:N", sort=None, title=None, legend=alt.Legend(labelLimit=200)),
        tooltip=["Line:N", "Minutes:Q", alt.Tooltip("Told:N", title="Chance")],
    )
    chart = alt.layer(
        base.mark_line(interpolate="monotone", clip=True).encode(
            strokeDash=alt.StrokeDash("Line:N", sort=None, title=None)
        ),
        base.mark_point(filled=True, clip=True),
    )
    told = [f"{pair_name(f)} {share(f.p_all_busy_15min or 0.0)} within 15 min" for f in shown]
    return Figure(chart, f"Chance that all agent lines have been busy: {read_out(told)}.")


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
    lines = {pair_name(f): f.dial_lines for f in projection.assignments if _has_agents(f)}
    paused: dict[tuple[str, datetime], float] = {}
    dialed: dict[tuple[str, datetime], float] = {}
    for step in projection.timeline:
        weight = lines.get(pair_name(step), 0) * (step.end - step.start).total_seconds()
        chance = sum(step.probabilities.get(status, 0.0) for status in DIALING)
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
    end = projection.at + timedelta(hours=projection.hours)
    values = [
        {
            "Dialer": d,
            # The first and the last hour may have begun before, or end after.
            "From": local_time(max(hour, projection.at)),
            "To": local_time(min(hour + _HOUR, end)),
            "Paused": value,
            "Told": share(value),
        }
        for (d, hour), value in shares.items()
    ]
    dialers = list(dict.fromkeys(dialer for dialer, _ in shares))
    chart = (
        alt.Chart(_data(values), width=WIDTH, height=alt.Step(_STEP_HEIGHT))
        .mark_rect()
        .encode(
            x=alt.X("From:T", title=None, axis=CLOCK, scale=alt.Scale(type="utc")),
            x2="To:T",
            y=alt.Y("Dialer:N", sort=dialers, title=None),
            color=alt.Color(
                "Paused:Q",
                title="Paused",
                scale=alt.Scale(scheme="oranges", domain=[0, 1]),
                legend=alt.Legend(labelExpr=PER_CENT_LABELS),
            ),
            tooltip=["Dialer:N", "From:T", alt.Tooltip("Told:N", title="Paused")],
        )
    )
    told = []
    for dialer in dialers:
        mine = {hour: value for (d, hour), value in shares.items() if d == dialer}
        worst = max(mine, key=lambda hour: mine[hour])
        told.append(f"{dialer} at most {share(mine[worst])}, from {worst:%a %H:%M}")
    return Figure(chart, f"Share of dialing time in pauses: {read_out(told)}.")


def completion_band(projection: Projection) -> Figure:
    """When dial lists are done: from the 5 % to the 95 % case, with the middle one."""
    end = projection.at + timedelta(hours=projection.hours)
    shown = [done for done in projection.completion if done.p05]
    values = [
        {
            "Campaign": done.campaign_id,
            "From": local_time(done.p05 or end),
            "To": local_time(done.p95 or end),
            "Half": local_time(done.p50 or end),
        }
        for done in shown
    ]
    start, stop = local_time(projection.at), local_time(end)
    base = alt.Chart(_data(values), width=WIDTH, height=alt.Step(_STEP_HEIGHT)).encode(
        y=alt.Y("Campaign:N", sort=None, title=None)
    )
    time = alt.X(
        "From:T",
        title=None,
        axis=CLOCK,
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
    return Figure(alt.layer(band, half), f"When dial lists are done: {read_out(told)}.")
