"""Charts of an outlook, with the words that say the same. Knows no web page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import altair as alt
import pandas as pd

from planner.outlook import Outlook, status_shares
from planner.plan import Status

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
#: Visible on the bars and on both grounds.
_TICK_COLOUR = "#9aa3b0"
#: A label fits into a bar segment from this share on.
_LABELLED_SHARE = 0.12
#: More dialers than this are counted, not read out one by one.
_READ_OUT = 6
_BAR = 34  # pixels per dialer


class Figure(NamedTuple):
    """A chart and its text for those who do not see it."""

    chart: alt.LayerChart | alt.FacetChart | alt.Chart
    alt: str


def transfers_by_dialer(now: Outlook, baseline: Outlook) -> Figure:
    """Handled transfers per hour of each dialer as bars, those of the baseline as ticks."""
    values, before = now.transfers_by_dialer(), baseline.transfers_by_dialer()
    frame = pd.DataFrame(
        {
            "Dialer": list(values),
            "Transfers per hour": list(values.values()),
            "Loaded lines": [before[dialer] for dialer in values],
        }
    )
    dialer = alt.Y("Dialer:N", sort=None, title=None)
    tooltip = [
        alt.Tooltip("Dialer:N"),
        alt.Tooltip("Transfers per hour:Q", format=".1f"),
        alt.Tooltip("Loaded lines:Q", format=".1f"),
    ]
    base = alt.Chart(frame).encode(y=dialer, tooltip=tooltip)
    bars = base.mark_bar(color=STATUS_COLOURS[Status.RUNNING]).encode(
        x=alt.X("Transfers per hour:Q", title=None)
    )
    ticks = base.mark_tick(color=_TICK_COLOUR, thickness=4, size=28).encode(
        x=alt.X("Loaded lines:Q", title=None)
    )
    chart = alt.layer(bars, ticks).properties(height=alt.Step(_BAR))
    told = _told(f"{name} {value:.1f}" for name, value in values.items())
    return Figure(chart, f"Handled transfers per hour by dialer: {told}.")


def statuses_by_dialer(now: Outlook) -> Figure:
    """Share of time in each status of each dialer's dial lines, as bars of 100 %."""
    shares = status_shares(now)
    order = [status for status in Status if any(status in row for row in shares.values())]
    frame = pd.DataFrame(
        [
            {
                "Dialer": dialer,
                "Status": status.value,
                "Share": share,
                "Label": f"{share:.0%}" if share >= _LABELLED_SHARE else "",
                "Order": order.index(status),
            }
            for dialer, row in shares.items()
            for status, share in row.items()
        ],
        columns=["Dialer", "Status", "Share", "Label", "Order"],
    )
    share = alt.X("Share:Q", stack="zero", axis=alt.Axis(format="%"), title="Share of time")
    base = alt.Chart(frame).encode(
        y=alt.Y("Dialer:N", sort=list(shares), title=None, scale=alt.Scale(domain=list(shares))),
        order=alt.Order("Order:Q"),
        tooltip=["Dialer:N", "Status:N", alt.Tooltip("Share:Q", format=".1%")],
    )
    bars = base.mark_bar().encode(
        x=share,
        color=alt.Color(
            "Status:N",
            scale=alt.Scale(
                domain=[status.value for status in order],
                range=[STATUS_COLOURS[status] for status in order],
            ),
            legend=alt.Legend(orient="bottom", title=None, labelLimit=0, columns=2),
        ),
    )
    labels = base.mark_text(color="white", fontWeight="bold").encode(
        x=alt.X("Share:Q", stack="zero", bandPosition=0.5), text="Label:N"
    )
    chart = alt.layer(bars, labels).properties(height=alt.Step(_BAR))
    told = _told(
        f"{dialer} " + ", ".join(f"{share:.0%} {status}" for status, share in row.items())
        for dialer, row in shares.items()
    )
    return Figure(chart, f"Share of time by status and dialer: {told}.")


def _told(parts: Iterable[str]) -> str:
    known = list(parts)
    if not known:
        return "no lines yet"
    rest = len(known) - _READ_OUT
    return "; ".join(known[:_READ_OUT]) + (f"; and {rest} more" if rest > 0 else "")
