"""The headline figures in a row, each with its change against another state of the lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import streamlit as st

from planner.app.editing.assessment import Headline
from planner.app.session.text import plain
from planner.report.words import amount, share

#: Relative changes below this are rounding.
_ROUNDING = 1e-9


class _Figure(NamedTuple):
    name: str
    label: str
    words: Callable[[float], str]
    better: Literal["normal", "inverse", "off"]
    help: str


_FIGURES = (
    _Figure(
        "transfers_per_hour",
        "Transfers per hour",
        amount,
        "normal",
        "Callees who reach an agent, while the campaigns run",
    ),
    _Figure(
        "messages_per_hour",
        "Messages per hour",
        amount,
        "normal",
        "Live callees who hear the message of a broadcast, while it runs",
    ),
    _Figure(
        "surviving_value_per_hour",
        "Value/h after worst failure",
        amount,
        "normal",
        "Value per hour that is left when the failure that costs most happens",
    ),
    _Figure(
        "abandon_rate",
        "Abandon rate",
        share,
        "inverse",
        "Callees who asked for an agent and got none, per live-answered call of live-transfer "
        "campaigns",
    ),
    _Figure(
        "paused_share",
        "Time paused",
        share,
        "inverse",
        "Share of time in which a dial line stands still because all agent lines are busy, mean "
        "over the dial lines of live-transfer campaigns",
    ),
    _Figure(
        "ports_used",
        "Ports used",
        "{:,.0f}".format,
        "off",
        "Simultaneous lines taken, of those on dialers in service",
    ),
)
#: Figures that a fleet without such campaigns has no place for.
_OF_ONE_KIND = ("transfers_per_hour", "messages_per_hour")


def show_headline(
    now: Headline, before: Headline | None, against: str, *, border: bool = True
) -> None:
    """The figures of ``now``; ``against`` names what ``before`` is, in a word."""
    shown = [f for f in _FIGURES if f.name not in _OF_ONE_KIND or getattr(now, f.name) is not None]
    for place, figure in zip(st.columns(len(shown)), shown, strict=True):
        with place:
            _show_figure(figure, now, before, against, border)


def _show_figure(
    figure: _Figure, now: Headline, before: Headline | None, against: str, border: bool
) -> None:
    value, unit, explained = getattr(now, figure.name), "", figure.help
    if figure.name == "ports_used":
        unit = f" of {now.ports:,}"
    if figure.name == "surviving_value_per_hour":
        unit = " /h"
        if now.worst_failure_domain is not None:
            explained += f": the loss of {plain(now.worst_failure_domain)}"
    delta, is_change = _change(figure, value, getattr(before, figure.name, None))
    st.metric(
        figure.label,
        "–" if value is None else figure.words(value) + unit,
        delta,
        delta_color=figure.better if is_change else "off",
        delta_arrow="auto" if is_change else "off",
        delta_description=None if delta is None else f"vs {against}",
        help=explained,
        border=border,
        height="stretch",
    )


def _change(figure: _Figure, value: float | None, before: float | None) -> tuple[str | None, bool]:
    """The change in words, and whether there is one."""
    if value is None or before is None:
        return None, False
    change = value - before
    if abs(change) <= _ROUNDING * max(abs(before), 1.0):
        return "±0", False
    sign = "+" if change > 0 else "-"
    if figure.words is share:
        # The difference of two shares is no share of anything.
        return f"{sign}{amount(100 * abs(change))} pts", True
    return sign + figure.words(abs(change)), True
