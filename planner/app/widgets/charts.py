"""Charts on a page, without checking them against the grammar of charts each time."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import streamlit as st
from altair.utils.schemapi import disable_debug_mode

from planner.report.charts.figure import Drawing, Figure

_KEPT = "kept-charts"
_FIT = {"autosize": {"type": "fit-x", "contains": "padding"}}


def trust_charts() -> None:
    """Let charts be made unchecked: tests check them, and it takes longer than all figures."""
    disable_debug_mode()


def drawing_of(figure: Figure) -> Drawing:
    """The chart as it is sent to a browser."""
    spec = figure.chart.to_dict(validate=False)
    spec.pop("config", None)  # sizes for notebooks
    return Drawing(spec, figure.alt)


def kept_figure(name: str, made_from: tuple[object, ...], make: Callable[[], Figure]) -> Drawing:
    """A chart that is made anew only when what it is made from is another.

    Every run of a page comes by its charts, and to make one takes as long as all else that the run
    does. A session keeps the last of each name; what has not changed is the same object, so that
    comparing costs nothing.
    """
    kept: dict[str, tuple[tuple[object, ...], Drawing]] = st.session_state.setdefault(_KEPT, {})
    found = kept.get(name)
    if found is None or found[0] != made_from:
        found = kept[name] = made_from, drawing_of(make())
    return found[1]


def show_figure(figure: Figure | Drawing) -> None:
    """Draw a chart of few marks, with its words for those who do not see it."""
    drawing = figure if isinstance(figure, Drawing) else drawing_of(figure)
    st.vega_lite_chart(spec=_fitted(drawing), alt=drawing.alt, width="stretch")


def show_clickable(drawing: Drawing, key: str) -> Any:
    """Draw a chart whose points can be selected; the result is what is."""
    return st.vega_lite_chart(
        spec=_fitted(drawing), alt=drawing.alt, width="stretch", on_select="rerun", key=key
    )


def _fitted(drawing: Drawing) -> dict[str, Any]:
    # A copy: Streamlit changes what it is given, and a drawing may be kept for others.
    # Fitted in height as well, axis and legend would leave nothing of a chart of two rows.
    return {**_FIT, **copy.deepcopy(drawing.spec)}
