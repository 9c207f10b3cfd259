"""Scenarios through the hours ahead: what a dialer that goes down at noon costs today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

import pandas as pd
import streamlit as st

from planner.app.editing.worlds.levers import Levers
from planner.app.editing.worlds.world_cache import WorldCache
from planner.app.widgets.charts import show_figure
from planner.app.widgets.moments import chosen_moment
from planner.evaluation.notes import counted_calls
from planner.report.charts.figure import Drawing
from planner.report.plans.losses import BEFORE, change
from planner.report.words import amount, value_noun, value_title
from planner.studies.through_hours import Stretch, total

#: The lines as they are first; told apart by their dashes as well.
_COLOURS = ("#7d8694", "#1f7a54", "#b35c00", "#2f66b3", "#9c3d75")
_HORIZONS = {"4 hours": 4, "8 hours": 8, "24 hours": 24}


def show_hours(world_cache: WorldCache, levers: Mapping[str, Levers]) -> None:
    """Value through the hours, before and scenarios; asked for, or where a time counts."""
    timed = any(each.down_from is not None for each in levers.values())
    if not timed and not st.toggle("Follow the scenarios through the hours ahead", key="hours-on"):
        return
    st.subheader("Through the hours ahead")
    picked = st.segmented_control(
        "For", list(_HORIZONS), default="8 hours", key="whatif-hours", label_visibility="collapsed"
    )
    hours = _HORIZONS[picked or "8 hours"]
    at = chosen_moment().replace(second=0, microsecond=0)
    courses = {
        name: world_cache.through_hours(each, at, hours, _since(each.down_from, at))
        for name, each in {BEFORE: Levers(), **levers}.items()
    }
    # A changed value of calls is one of the scenarios' figures: then they are not counted alike.
    is_valued = any("value" in text for each in levers.values() for text in each.expressions)
    call = "" if is_valued else counted_calls(world_cache.problem)
    chart, table = st.columns([3, 2], gap="large")
    with chart:
        show_figure(_drawing(courses, value_title(call)))
    with table:
        _show_totals(courses, hours, value_noun(call))
    st.caption(
        "If nobody moves a line: steady figures by formula within each campaign's hours, with what "
        "intervals.csv says of them; dial lists do not run out."
    )


def _since(clock: time | None, at: datetime) -> datetime | None:
    return None if clock is None else datetime.combine(at.date(), clock, at.tzinfo)


def _show_totals(courses: Mapping[str, tuple[Stretch, ...]], hours: int, noun: str) -> None:
    base = total(courses[BEFORE])
    frame = pd.DataFrame(
        {
            "Scenario": list(courses),
            f"{noun.capitalize()} in {hours} hours": [
                amount(total(course)) for course in courses.values()
            ],
            "Change": [
                "–" if name == BEFORE else change(base, total(course))
                for name, course in courses.items()
            ],
        }
    )
    right = {
        name: st.column_config.TextColumn(name, alignment="right") for name in frame.columns[1:]
    }
    st.dataframe(frame, hide_index=True, column_config=right, alt="Scenarios through the hours")


def _drawing(courses: Mapping[str, tuple[Stretch, ...]], title: str) -> Drawing:
    rows = [
        {
            "Time": moment.isoformat(),
            title: s.value_per_hour,
            "Scenario": name,
            "Told": amount(s.value_per_hour),
        }
        for name, course in courses.items()
        for s in course
        for moment in (s.start, s.end)
    ]
    names = list(courses)
    encoding = {
        "x": {
            "field": "Time",
            "type": "temporal",
            "title": None,
            "axis": {"format": "%H:%M", "labelOverlap": True},
        },
        "y": {"field": title, "type": "quantitative"},
        "color": {
            "field": "Scenario",
            "type": "nominal",
            "scale": {"domain": names, "range": list(_COLOURS[: len(names)])},
            "legend": {"orient": "bottom", "title": None, "labelLimit": 0},
        },
        "strokeDash": {"field": "Scenario", "type": "nominal", "scale": {"domain": names}},
        "tooltip": [
            {"field": "Scenario", "type": "nominal"},
            {"field": "Time", "type": "temporal", "format": "%H:%M"},
            {"field": "Told", "type": "nominal", "title": title},
        ],
    }
    told = "; ".join(
        f"{name} "
        + ", ".join(f"{amount(s.value_per_hour)} from {s.start:%H:%M}" for s in course[:4])
        for name, course in courses.items()
    )
    spec = {
        "data": {"values": rows},
        "height": 260,
        "mark": {"type": "line", "strokeWidth": 2.5},
        "encoding": encoding,
    }
    return Drawing(spec, f"{title} through the hours: {told}.")
