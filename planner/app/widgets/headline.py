"""The headline figures in a row, each with its change against another state of the lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Literal, NamedTuple

import streamlit as st

from planner.app.editing.assessment import Headline
from planner.app.session.text import plain
from planner.report.words import amount, share

#: Label of what is left after the worst failure; with its name where there is one.
_WORST, _WORST_OF = "After the worst failure", "After losing {}"
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
        "value_per_hour",
        "Value an hour",
        amount,
        "normal",
        "What all handled calls are worth in an hour while the campaigns run, less what calls "
        "cost, by the planning tables: what Optimise raises",
    ),
    _Figure(
        "transfers_per_hour",
        "Transfers an hour",
        amount,
        "normal",
        "Callees who reach an agent, while the campaigns run",
    ),
    _Figure(
        "messages_per_hour",
        "Messages an hour",
        amount,
        "normal",
        "Live callees who hear the message of a broadcast, while it runs",
    ),
    _Figure(
        "surviving_value_per_hour",
        _WORST,
        amount,
        "normal",
        "Value an hour that is left when the failure that costs most happens",
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
    now: Headline,
    before: Headline | None,
    against: str,
    *,
    border: bool = True,
    over: Mapping[str, str] | None = None,
) -> None:
    """The figures of ``now``.

    Parameters
    ----------
    against : what ``before`` is, in a word
    over : words of what is past its limit, by figure: these stand out
    """
    shown = [f for f in _FIGURES if f.name not in _OF_ONE_KIND or getattr(now, f.name) is not None]
    if now.counted_calls and (before is None or before.counted_calls == now.counted_calls):
        shown = [figure for figure in shown if figure.name != "value_per_hour"]  # it is the next
    with st.container(key=f"tiles-{_key(against)}"):
        for place, figure in zip(st.columns(len(shown), gap="xsmall"), shown, strict=True):
            with place:
                _show_figure(figure, now, before, against, border, (over or {}).get(figure.name))


def _show_figure(
    figure: _Figure,
    now: Headline,
    before: Headline | None,
    against: str,
    border: bool,
    over: str | None,
) -> None:
    value = getattr(now, figure.name)
    label, unit, explained = _words_of(figure, now)
    delta, is_change = _change(figure, value, getattr(before, figure.name, None), against)
    # Only what stands out has a place of its own: each costs the browser time at every edit.
    place = f"over-{figure.name}-{_key(against)}"
    with st.container(key=place, height="stretch") if over else nullcontext():
        st.metric(
            label,
            "–" if value is None else figure.words(value) + unit,
            plain(over) if over else delta,
            delta_color="red" if over else figure.better if is_change else "off",
            delta_arrow="auto" if is_change and not over else "off",
            delta_description=f"vs {against}" if is_change and not over else None,
            help=explained,
            border=border,
            height="stretch",
        )


def _words_of(figure: _Figure, now: Headline) -> tuple[str, str, str]:
    """Label, unit and explanation."""
    label, unit, explained = figure.label, "", figure.help
    if now.counted_calls and figure.name in _OF_ONE_KIND:
        explained += f". Each {now.counted_calls} counts 1, so this is also the value an hour"
    if figure.name == "ports_used":
        unit = f" of {now.ports:,}"
    if figure.name == "surviving_value_per_hour" and now.worst_failure_domain is not None:
        label = _WORST_OF.format(plain(now.worst_failure_domain))
        explained += f": the loss of {plain(now.worst_failure_domain)}"
    return label, unit, explained


def _key(against: str) -> str:
    return against.replace(" ", "-")


def _change(
    figure: _Figure, value: float | None, before: float | None, against: str
) -> tuple[str | None, bool]:
    """The change in words, and whether there is one."""
    if value is None or before is None:
        return None, False
    change = value - before
    if abs(change) <= _ROUNDING * max(abs(before), 1.0):
        return f"as {against}", False
    sign = "+" if change > 0 else "-"
    if figure.words is share:
        # The difference of two shares is no share of anything.
        return f"{sign}{amount(100 * abs(change))} pts", True
    return sign + figure.words(abs(change)), True
