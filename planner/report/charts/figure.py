"""A chart as data, with the words that say the same. Knows no web page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from planner.contracts.result import Status

if TYPE_CHECKING:
    import altair as alt


Spec = dict[str, Any]

#: White text is legible on each of them, and they stand out from light and from dark ground. They
#: never stand alone: the label is always beside them.
STATUS_COLOURS = {
    Status.RUNNING: "#1f7a54",
    Status.ALL_BUSY: "#b35c00",
    Status.SCHEDULED: "#4a6a94",
    Status.UNSCHEDULED: "#666c76",
    Status.COMPLETED: "#2f66b3",
    Status.STOPPED: "#7a4fa8",
    Status.BY_ADMIN: "#9c3d75",
    Status.BY_DIALER: "#b3332a",
}


class Figure(NamedTuple):
    """A chart and its text for those who do not see it."""

    chart: alt.LayerChart | alt.FacetChart | alt.Chart
    alt: str


class Drawing(NamedTuple):
    """As a figure, spelled in Vega-Lite: made anew at every edit, and Altair takes its time."""

    spec: Spec
    alt: str
