"""The status page: what each dialer will do from a moment on, and how sure that is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import pandas as pd
import streamlit as st

from planner.app.editing.clock import next_change
from planner.app.editing.live import with_live
from planner.app.jobs.jobs import unstoppable
from planner.app.pages.live_panel import show_live
from planner.app.pages.lost_panel import show_lost
from planner.app.session.text import moment_words, plain
from planner.app.session.workspace import Workspace, workspace
from planner.app.widgets import running
from planner.app.widgets.charts import show_figure
from planner.app.widgets.empty_page import show_no_lines, show_nothing_open
from planner.app.widgets.moments import pick_moment, reader_zone
from planner.contracts.problem import Problem
from planner.contracts.projected import CampaignJoint, JointStep, Projection
from planner.contracts.result import AssignmentFigures, Engine, Status
from planner.pipeline import project
from planner.report.charts.figure import STATUS_COLOURS
from planner.report.charts.projection import projection_figures
from planner.report.days import EXPLAINED, day_sentences
from planner.report.joint import joint_sentences
from planner.report.projection import list_sentences, next_sentences
from planner.report.words import duration, share

_STUDY = "status"
_PURPOSE = "This page tells what every dialer will do through the hours."
_HORIZONS = {"4 hours": 4, "8 hours": 8, "24 hours": 24, "3 days": 72, "7 days": 168}
#: More rows than this are filtered before they are drawn.
_MOST_SENTENCES = 6
#: A page is not drawn anew by the clock before so long [s].
_SOONEST_TURN = 0.5


def show() -> None:
    """Draw the page."""
    here = workspace()
    if show_nothing_open(here, "Status", _PURPOSE) or here.edited is None:
        return
    title, moment, horizon, dialers = st.columns([2, 1, 1, 2], vertical_alignment="bottom")
    title.title("Status")
    with moment:
        at = pick_moment("From", "status-at").astimezone(reader_zone())
    hours = _HORIZONS[horizon.selectbox("For", list(_HORIZONS), index=1, key="status-hours")]
    if show_no_lines(here):
        return
    show_live(here, here.edited)
    show_lost(here, here.edited)
    problem = with_live(here.edited.problem, here.live, here.live_hidden)
    if not problem.assignments:
        return
    used = list(dict.fromkeys(a.dialer_id for a in here.edited.line_plan.assignments))
    picked = dialers.multiselect(
        "Dialers", used, key="status-dialers", placeholder=f"All {len(used)} dialers"
    )
    projection, is_simulated = _projection(here, problem, at, hours)
    _show_projection(_of(projection, set(picked or used)))
    _show_lists(projection, problem, is_simulated)
    if not _is_picked():
        _turn_with_the_clock(problem, projection.at)


def _turn_with_the_clock(problem: Problem, at: datetime) -> None:
    """Draw the page anew when a window or an outage begins or ends."""
    change = next_change(problem, at)
    if change is not None:
        wait = max((change - datetime.now(UTC)).total_seconds(), _SOONEST_TURN)
        st.fragment(_turn, run_every=wait)(change)


def _turn(change: datetime) -> None:
    if datetime.now(UTC) >= change:
        st.rerun()


def _projection(
    here: Workspace, problem: Problem, at: datetime, hours: float
) -> tuple[Projection, bool]:
    """At once by formula; simulated where somebody asked for it and nothing changed since.

    The second result says which.
    """
    key = (problem, hours, at.replace(second=0, microsecond=0) if _is_picked() else None)
    found = running.result(here, _STUDY)
    is_current = found is not None and not running.is_out_of_date(here, _STUDY, key)
    quick = found if is_current else project(problem, at=at, hours=hours, engine="markov")
    running.show_running(here, _STUDY, "Simulating", stop=None)
    if not is_current and not running.is_running(here, _STUDY):
        formulas = [note for note in quick.notes if note.startswith("By formulas")]
        if formulas or list_sentences(quick, problem):
            _offer_simulation(here, problem, at, hours, key)
    if quick.notes:
        with st.expander("What these figures leave out", icon=":material/info:"):
            st.markdown("\n".join(f"- {plain(note)}" for note in quick.notes))
    return quick, is_current


def _is_picked() -> bool:
    return st.session_state.get("status-at") is not None


def _offer_simulation(
    here: Workspace, problem: Problem, at: datetime, hours: float, key: object
) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Simulate these figures",
            key="simulate",
            icon=":material/casino:",
            on_click=running.start,
            args=(
                here,
                _STUDY,
                key,
                partial(unstoppable, partial(project, problem, at=at, hours=hours)),
            ),
            help="Call by call, each with its 95 % interval. Takes some seconds to a minute.",
        )
        st.markdown("These are quick figures by formula, good for a first look.")


_Joint = TypeVar("_Joint", CampaignJoint, JointStep)


def _seen(joints: tuple[_Joint, ...], campaigns: set[str]) -> tuple[_Joint, ...]:
    return tuple(joint for joint in joints if joint.campaign_id in campaigns)


def _of(projection: Projection, dialers: set[str]) -> Projection:
    seen = {f.campaign_id for f in projection.assignments if f.dialer_id in dialers}
    return projection.model_copy(
        update={
            "assignments": tuple(f for f in projection.assignments if f.dialer_id in dialers),
            "timeline": tuple(s for s in projection.timeline if s.dialer_id in dialers),
            # Of all dialers of each campaign that is in view, also those that are not.
            "campaigns_joint": _seen(projection.campaigns_joint, seen),
            "timeline_joint": _seen(projection.timeline_joint, seen),
        }
    )


def _show_projection(projection: Projection) -> None:
    st.subheader("What happens next")
    sentences = next_sentences(projection)
    st.markdown("\n".join(f"- {plain(text)}" for text in sentences[:_MOST_SENTENCES]))
    if len(sentences) > _MOST_SENTENCES:
        st.caption(f"and {len(sentences) - _MOST_SENTENCES} more, in the table.")
    _show_together(projection)
    _show_table(projection)
    _show_days(projection)
    end = projection.at + timedelta(hours=projection.hours)
    span = f"{moment_words(projection.at)} to {moment_words(end)}"
    st.caption(f"Charts: {plain(span)}, on your clock.")
    for title, figure in projection_figures(projection):
        st.subheader(title)
        show_figure(figure)


def _show_together(projection: Projection) -> None:
    """How many dialers of a campaign pause at once, of campaigns on several of them."""
    sentences = joint_sentences(projection)
    if not sentences:
        return
    st.subheader("All dialers of a campaign together")
    st.markdown("\n".join(f"- {plain(text)}" for text in sentences[:_MOST_SENTENCES]))
    if len(sentences) > _MOST_SENTENCES:
        st.caption(f"and {len(sentences) - _MOST_SENTENCES} more, in the chart.")


def _show_days(projection: Projection) -> None:
    """Between which values figures lie on nine of ten days, where days differ."""
    sentences = day_sentences(projection.assignments)
    if not sentences:
        return
    with st.expander("From day to day", icon=":material/calendar_month:"):
        st.markdown("\n".join([EXPLAINED, "", *(f"- {plain(text)}" for text in sentences)]))


def _show_lists(projection: Projection, problem: Problem, is_simulated: bool) -> None:
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
        why = "*Simulate these figures*, above, tells when these are done:"
    st.markdown("\n".join([why, "", *(f"- {plain(text)}" for text in told)]))


def _show_table(projection: Projection) -> None:
    frame = pd.DataFrame([_row(f) for f in projection.assignments])
    columns = st.column_config
    right = {
        name: columns.TextColumn(name, alignment="right")
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
                width=255,
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
        "Runs until": "" if figures.runs_until is None else moment_words(figures.runs_until),
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
    return f"{share(value)} ({100 * low:.1f}–{100 * high:.1f})"


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
