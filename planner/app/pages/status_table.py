"""Every figure of the status page in a table, and when dial lists are done."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from planner.app.session.text import moment_words, plain
from planner.contracts.problem import Problem
from planner.contracts.projected import Projection
from planner.contracts.result import AssignmentFigures, Ending, Engine, Status
from planner.contracts.values.told import share_in_table
from planner.report.charts.figure import STATUS_COLOURS
from planner.report.projections.projection import list_sentences
from planner.report.words import duration, share, to_minute

#: Columns whose words are wider than a grid of many columns leaves them [pixels].
_WIDE = {"In 15 min": 88, "In 60 min": 96, "Runs until": 168}
#: A letter of the longest status that is there, and what lies around it [pixels].
_LETTER, _AROUND = 6.8, 38
#: Longer lists of dial lists are folded; so many campaigns are named.
_MOST_TOLD, _MOST_NAMED = 8, 4


def early_ends(projection: Projection) -> str:
    """Which dial lists end before the charts by formula do, which take no list to run out."""
    end = projection.at + timedelta(hours=projection.hours)
    found = {
        f.campaign_id: f.runs_until
        for f in projection.assignments
        if f.ends_with is Ending.LIST and f.runs_until is not None and f.runs_until < end
    }
    if not found:
        return ""
    first = sorted(found, key=lambda name: found[name])
    named = ", ".join(
        plain(f"{name} {moment_words(to_minute(found[name]))}") for name in first[:_MOST_NAMED]
    )
    rest = len(found) - _MOST_NAMED
    more = f" and {rest} more" if rest > 0 else ""
    return (
        "By formula no dial list runs out in this chart. At these rates done before it ends: "
        f"{named}{more}; *Simulate these figures* shows it."
    )


def show_lists(projection: Projection, problem: Problem, is_simulated: bool) -> None:
    """When dial lists are done; a sentence where that is not known, or later than is shown."""
    if not projection.completion:
        return
    _show_completion(projection)
    told = list_sentences(projection, problem)
    if not told:
        return
    if is_simulated:
        end = moment_words(projection.at + timedelta(hours=projection.hours))
        why = f"Not done by {plain(end)}, where the charts end:"
    else:
        st.subheader("Dial lists")
        why = "*Simulate these figures*, below, tells when these are done:"
    items = "\n".join(f"- {plain(text)}" for text in told)
    if len(told) <= _MOST_TOLD:
        st.markdown(f"{why}\n\n{items}")
        return
    st.markdown(why)
    with st.expander(f"Dial lists that are not done: {len(told)}", icon=":material/list:"):
        st.markdown(items)


def show_table(projection: Projection) -> None:
    """A row for each campaign on each dialer."""
    frame = pd.DataFrame([_row(f) for f in projection.assignments])
    statuses = {str(f.status) for f in projection.assignments}
    columns = st.column_config
    right = {
        name: columns.TextColumn(name, alignment="right", width=_WIDE.get(name))
        for name in frame.columns
        if name not in ("Dialer", "Campaign", "Status", "Why", "What to do", "Made by")
    }
    st.dataframe(
        frame,
        hide_index=True,
        column_config={
            **right,
            "Status": columns.MultiselectColumn(
                "Status",
                options=[str(status) for status in Status],
                color=[STATUS_COLOURS[status] for status in Status],
                width=round(_LETTER * max(map(len, statuses), default=0) + _AROUND),
            ),
        },
        alt="Status of every campaign and dialer",
    )


def _row(figures: AssignmentFigures) -> dict[str, object]:
    return {
        "Dialer": figures.dialer_id,
        "Campaign": figures.campaign_id,
        "Status": [str(figures.status)],
        "Lines": f"{figures.dial_lines} + {figures.agent_lines}",
        "Paused": _share(figures, "all_busy_share"),
        "Until all busy": _time(figures.seconds_to_all_busy_mean),
        "Half of cases": _time(figures.seconds_to_all_busy_p50),
        "9 of 10": _time(figures.seconds_to_all_busy_p90),
        "In 5 min": _share(figures, "p_all_busy_5min"),
        "In 15 min": _share(figures, "p_all_busy_15min"),
        "In 60 min": _share(figures, "p_all_busy_60min"),
        "Runs until": ""
        if figures.runs_until is None
        else moment_words(to_minute(figures.runs_until)),
        "Made by": "formula" if figures.engine is Engine.MARKOV else "simulation",
        "Why": figures.reason,
        "What to do": figures.advice,
    }


def _time(seconds: float | None) -> str:
    return "" if seconds is None else duration(seconds)


def _share(figures: AssignmentFigures, name: str) -> str:
    """The share, and where it is simulated how sure it is."""
    value = getattr(figures, name)
    if value is None:
        return ""
    low, high = figures.low.get(name), figures.high.get(name)
    if low is None or high is None:
        return share(value)
    ends = (share_in_table(low).removesuffix(" %"), share_in_table(high))
    return f"{share(value)} ({'–'.join(ends)})"


def _show_completion(projection: Projection) -> None:
    done = [c for c in projection.completion if c.p05 is not None]
    if not done:
        return
    frame = pd.DataFrame(
        {
            "Campaign": [c.campaign_id for c in done],
            **{
                title: [moment_words(m) if m else "later" for m in moments]
                for title, moments in (
                    ("Early (5 % of cases)", [c.p05 for c in done]),
                    ("Half of the cases", [c.p50 for c in done]),
                    ("Late (95 % of cases)", [c.p95 for c in done]),
                )
            },
        }
    )
    st.dataframe(frame, hide_index=True, alt="When dial lists are done")
