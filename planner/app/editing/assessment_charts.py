"""Charts of an assessment, with the words that say the same. Knows no web page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from planner.app.editing.assessment import Assessment, status_shares
from planner.contracts.result import Status
from planner.contracts.values.per_cent import PER_CENT_LABELS
from planner.contracts.values.told import amount
from planner.contracts.values.told import share as share_words
from planner.report.charts.figure import STATUS_COLOURS, Drawing, Spec

if TYPE_CHECKING:
    pass


#: Visible on the bars and on both grounds.
_TICK_COLOUR = "#9aa3b0"
#: A label fits into a bar segment from this share on.
_LABELLED_SHARE = 0.12
#: More dialers than this are counted, not read out one by one.
_READ_OUT = 6
_BAR = 34  # pixels per dialer


def transfers_by_dialer(now: Assessment, baseline: Assessment) -> Drawing:
    """Handled transfers an hour of each dialer as bars, those of the baseline as ticks."""
    values, before = now.transfers_by_dialer(), baseline.transfers_by_dialer()
    rows: list[Spec] = [
        {
            "Dialer": dialer,
            "Transfers an hour": value,
            "Loaded lines": before[dialer],
            "Told": amount(value),
            "Loaded told": amount(before[dialer]),
        }
        for dialer, value in values.items()
    ]
    tooltip = [
        {"field": "Dialer", "type": "nominal"},
        {"field": "Told", "type": "nominal", "title": "Transfers an hour"},
        {"field": "Loaded told", "type": "nominal", "title": "Loaded lines"},
    ]
    shared = {
        "y": {"field": "Dialer", "type": "nominal", "sort": None, "title": None},
        "tooltip": tooltip,
    }
    bars = {"type": "bar", "color": STATUS_COLOURS[Status.RUNNING]}
    ticks = {"type": "tick", "color": _TICK_COLOUR, "thickness": 4, "size": 28}
    layers = [
        _layer(bars, shared, x=_amount("Transfers an hour")),
        _layer(ticks, shared, x=_amount("Loaded lines")),
    ]
    told = _told(f"{name} {amount(value)}" for name, value in values.items())
    return Drawing(_spec(rows, layers), f"Handled transfers an hour by dialer: {told}.")


def statuses_by_dialer(now: Assessment) -> Drawing:
    """Share of time in each status of each dialer's dial lines, as bars of 100 %."""
    shares = status_shares(now)
    order = [status for status in Status if any(status in row for row in shares.values())]
    rows: list[Spec] = [
        {
            "Dialer": dialer,
            "Status": status.value,
            "Share": share,
            "Told": share_words(share),
            "Label": share_words(share) if share >= _LABELLED_SHARE else "",
            "Order": order.index(status),
        }
        for dialer, row in shares.items()
        for status, share in row.items()
    ]
    dialers = list(shares)
    share = {"field": "Share", "type": "quantitative", "stack": "zero"}
    shared = {
        "y": {
            "field": "Dialer",
            "type": "nominal",
            "sort": dialers,
            "title": None,
            "scale": {"domain": dialers},
        },
        "order": {"field": "Order", "type": "quantitative"},
        "tooltip": [
            {"field": "Dialer", "type": "nominal"},
            {"field": "Status", "type": "nominal"},
            {"field": "Told", "type": "nominal", "title": "Share"},
        ],
    }
    colour = {
        "field": "Status",
        "type": "nominal",
        "scale": {
            "domain": [status.value for status in order],
            "range": [STATUS_COLOURS[status] for status in order],
        },
        "legend": {"orient": "bottom", "title": None, "labelLimit": 0, "columns": 2},
    }
    words = {"type": "text", "color": "white", "fontWeight": "bold"}
    layers = [
        _layer(
            {"type": "bar"},
            shared,
            x=share | {"axis": {"labelExpr": PER_CENT_LABELS}, "title": "Share of time"},
            color=colour,
        ),
        _layer(
            words,
            shared,
            x=share | {"bandPosition": 0.5},
            text={"field": "Label", "type": "nominal"},
        ),
    ]
    told = _told(
        f"{dialer} " + ", ".join(f"{share_words(share)} {status}" for status, share in row.items())
        for dialer, row in shares.items()
    )
    return Drawing(_spec(rows, layers), f"Share of time by status and dialer: {told}.")


def _amount(field: str) -> Spec:
    return {"field": field, "type": "quantitative", "title": None}


def _layer(mark: Spec, shared: Spec, **channels: Spec) -> Spec:
    return {"mark": mark, "encoding": shared | channels}


def _spec(rows: list[Spec], layers: list[Spec]) -> Spec:
    return {"data": {"values": rows}, "height": {"step": _BAR}, "layer": layers}


def _told(parts: Iterable[str]) -> str:
    known = list(parts)
    if not known:
        return "no lines yet"
    rest = len(known) - _READ_OUT
    return "; ".join(known[:_READ_OUT]) + (f"; and {rest} more" if rest > 0 else "")
