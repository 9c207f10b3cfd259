"""Charts on a page, without checking them against the grammar of charts each time."""

from __future__ import annotations

import copy

import streamlit as st
from altair.utils.schemapi import disable_debug_mode

from planner.report.charts.figure import Drawing, Figure

_FIT = {"autosize": {"type": "fit-x", "contains": "padding"}}


def trust_charts() -> None:
    """Let charts be made unchecked: tests check them, and it takes longer than all figures."""
    disable_debug_mode()


def drawing_of(figure: Figure) -> Drawing:
    """The chart as it is sent to a browser."""
    spec = figure.chart.to_dict(validate=False)
    spec.pop("config", None)  # sizes for notebooks
    return Drawing(spec, figure.alt)


def show_figure(figure: Figure | Drawing) -> None:
    """Draw a chart of few marks, with its words for those who do not see it."""
    drawing = figure if isinstance(figure, Drawing) else drawing_of(figure)
    # A copy: Streamlit changes what it is given, and a drawing may be kept for others.
    spec = copy.deepcopy(drawing.spec)
    # Fitted in height as well, axis and legend would leave nothing of a chart of two rows.
    st.vega_lite_chart(spec={**_FIT, **spec}, alt=drawing.alt, width="stretch")
