"""Charts of a comparison of scenarios and of a frontier, with the words that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from planner.contracts.comparison import Comparison, Tornado
from planner.contracts.values.per_cent import PER_CENT_LABELS
from planner.report.charts.figure import Figure
from planner.report.studies.frontier import current_sentence
from planner.report.studies.whatif import named_outcomes
from planner.report.words import amount, share, value_title
from planner.studies.frontier import CurrentLines, Frontier, FrontierPoint

_WIDTH, _STEP = 640, 24  # pixels
_MOST_BARS = 20
#: A bar shorter than this part of the longest cannot be seen.
_SEEN = 0.005
_READ_OUT = 6
#: Of the span of the plans and of the largest, beside the outermost points.
_MARGIN, _LEAST_MARGIN = 0.08, 0.01
#: Legible on white for those who do not tell red from green.
_HANDLED, _LOW, _HIGH = "#1f7a54", "#b35c00", "#2f66b3"
#: Always within a bar.
_SURVIVING = "#f2c14e"

#: Of abandoned calls; both ends stand out from light and from dark ground.
_NOW, _FRONTIER = "#c2318a", "#8a8f99"
#: About so many on an axis: by themselves there are many where all plans are alike.
_TICKS = 6
#: Points that make a line.
_LINE = 2
_FEW_TO_MANY = ["#3b82d6", "#9a8a94", "#d9822b"]


def worlds_chart(found: Comparison) -> Figure:
    """Value an hour of every scenario as bars, what survives the worst failure as ticks."""
    values = [
        {
            "Scenario": name,
            "Value an hour": outcome.value_per_hour,
            "After the worst failure": outcome.surviving_value_per_hour,
        }
        for name, outcome in named_outcomes(found)
    ]
    base = alt.Chart(alt.InlineData(values=values), width=_WIDTH, height=alt.Step(_STEP)).encode(
        y=alt.Y("Scenario:N", sort=None, title=None, axis=alt.Axis(labelLimit=260))
    )
    counted = {outcome.counted_calls for _, outcome in named_outcomes(found)}
    title = value_title(counted.pop() if len(counted) == 1 else "")
    bars = base.mark_bar(color=_HANDLED).encode(
        x=alt.X("Value an hour:Q", title=f"{title}; tick: after the worst failure")
    )
    ticks = base.mark_tick(color=_SURVIVING, thickness=4).encode(x="After the worst failure:Q")
    told = [f"{v['Scenario']} {amount(v['Value an hour'])}" for v in values]  # type: ignore[arg-type]
    return Figure(alt.layer(bars, ticks), f"{title}: {_read_out(told)}.")


def tornado_chart(tornado: Tornado, call: str = "") -> Figure:
    """Aim with each input 10 % lower and higher, the largest span on top.

    ``call`` is what is counted in place of value (:func:`planner.evaluation.notes.counted_calls`).
    """
    span = max((row.span for row in tornado.rows), default=0.0)
    shown = [row for row in tornado.rows[:_MOST_BARS] if row.span >= _SEEN * span]
    values: list[dict[str, Any]] = []
    for row in shown:
        for end, aim in (("10 % lower", row.low_aim), ("10 % higher", row.high_aim)):
            values.append({"Input": row.input, "Aim": aim, "Base": tornado.base_aim, "End": end})
    chart = (
        alt.Chart(alt.InlineData(values=values), width=_WIDTH, height=alt.Step(_STEP))
        .mark_bar(opacity=0.75)
        .encode(
            y=alt.Y("Input:N", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
            x=alt.X(
                "Aim:Q",
                title=value_title(call) if call else "What the plan aims at, value an hour",
                scale=alt.Scale(zero=False),
                axis=alt.Axis(tickCount=_TICKS),
            ),
            x2="Base:Q",
            color=alt.Color(
                "End:N",
                title=None,
                sort=None,
                scale=alt.Scale(domain=["10 % lower", "10 % higher"], range=[_LOW, _HIGH]),
                legend=alt.Legend(orient="top"),  # in view before the bars are
            ),
        )
    )
    told = [f"{r.input} {amount(r.low_aim)} to {amount(r.high_aim)}" for r in shown]
    return Figure(
        alt.layer(chart), f"Aim an hour when an input changes by 10 %: {_read_out(told)}."
    )


def frontier_chart(found: Frontier) -> Figure:
    """Plans by value and surviving value, beside the lines as they are, with their frontier."""
    layers = _frontier_line(found)
    if found.points:
        plans = _plans(found).properties(width=_WIDTH)
        labels = plans.mark_text(dy=-11).encode(text="Plan:N", color=alt.value("#444"))
        layers += [plans.mark_circle(size=90, opacity=1), labels]
    return Figure(alt.layer(*layers, *_now(found)), _plans_told(found))


def clickable_frontier(found: Frontier) -> Figure:
    """The same, whose points can be selected as ``plan``: its field ``Plan`` is the number."""
    picked = alt.selection_point(name="plan", fields=["Plan"], on="click")
    points = (
        _plans(found)
        .mark_circle(size=260, opacity=1)
        .encode(opacity=alt.condition(picked, alt.value(1), alt.value(0.5)))
        .add_params(picked)
    )
    # Beside its point, not on it: a click on a number would pick nothing.
    numbers = _plans(found).mark_text(dy=-24).encode(text="Plan:N", color=alt.value(_FRONTIER))
    layers = [*_frontier_line(found), points, numbers, *_now(found)]
    return Figure(alt.layer(*layers), _plans_told(found))


def _axes(found: Frontier) -> dict[str, Any]:
    """Both axes, with room for the plans and the lines as they are."""
    shown: list[FrontierPoint | CurrentLines] = list(found.points)
    if found.current is not None:
        shown.append(found.current)
    return {
        "x": alt.X(
            "Value an hour:Q",
            title=value_title(found.counted_calls),
            scale=_around([p.throughput_value_per_hour for p in shown]),
            axis=alt.Axis(tickCount=_TICKS),
        ),
        "y": alt.Y(
            "After the worst failure:Q",
            scale=_around([p.surviving_value_per_hour for p in shown]),
            axis=alt.Axis(tickCount=_TICKS),
        ),
    }


def _plans(found: Frontier) -> alt.Chart:
    values = [
        {
            "Plan": point.number,
            "Value an hour": point.throughput_value_per_hour,
            "After the worst failure": point.surviving_value_per_hour,
            "Abandon rate": point.abandon_rate,
            "Told": share(point.abandon_rate),
            "Value told": amount(point.throughput_value_per_hour),
            "Left told": amount(point.surviving_value_per_hour),
        }
        for point in found.points
    ]
    return alt.Chart(alt.InlineData(values=values), height=360).encode(
        **_axes(found),
        color=alt.Color(
            "Abandon rate:Q",
            scale=alt.Scale(range=_FEW_TO_MANY),
            legend=alt.Legend(labelExpr=PER_CENT_LABELS, orient="bottom", tickCount=4),
        ),
        tooltip=[
            "Plan:N",
            alt.Tooltip("Value told:N", title=value_title(found.counted_calls)),
            alt.Tooltip("Left told:N", title="After the worst failure"),
            alt.Tooltip("Told:N", title="Abandon rate"),
        ],
    )


def _frontier_line(found: Frontier) -> list[alt.Chart]:
    """A line through the plans that no other beats in both axes."""
    best = float("-inf")
    values = []
    for point in found.points:  # most value first
        if point.surviving_value_per_hour > best:
            best = point.surviving_value_per_hour
            values.append(
                {"Value an hour": point.throughput_value_per_hour, "After the worst failure": best}
            )
    if len(values) < _LINE:
        return []
    line = alt.Chart(alt.InlineData(values=values)).encode(**_axes(found))
    return [line.mark_line(color=_FRONTIER, strokeWidth=2)]


def _now(found: Frontier) -> list[alt.Chart]:
    """The lines as they are: a diamond with its words."""
    now = found.current
    if now is None:
        return []
    values = [
        {
            "Value an hour": now.throughput_value_per_hour,
            "After the worst failure": now.surviving_value_per_hour,
            "Words": "as it is now",
        }
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(**_axes(found))
    return [
        base.mark_point(shape="diamond", size=700, strokeWidth=3, color=_NOW, opacity=1),
        base.mark_text(dy=24, color=_NOW, fontWeight="bold").encode(text="Words:N"),
    ]


def _around(values: Sequence[float]) -> alt.Scale:
    """A scale that leaves room for points at its ends, also where all are as large."""
    low, high = min(values), max(values)
    room = max((high - low) * _MARGIN, abs(high) * _LEAST_MARGIN, _LEAST_MARGIN)
    return alt.Scale(domain=[low - room, high + room], nice=True)


def _plans_told(found: Frontier) -> str:
    now = current_sentence(found) if found.current is not None else ""
    if not found.points:
        return now
    told = [
        f"plan {p.number} {amount(p.throughput_value_per_hour)}, after the worst failure "
        f"{amount(p.surviving_value_per_hour)}, abandoned {share(p.abandon_rate)}"
        for p in found.points
    ]
    return f"{value_title(found.counted_calls)}: {_read_out(told)}. {now}".rstrip()


def _read_out(parts: Sequence[str]) -> str:
    rest = len(parts) - _READ_OUT
    return "; ".join(parts[:_READ_OUT]) + (f"; and {rest} more" if rest > 0 else "")
