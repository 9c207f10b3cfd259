"""The status page: what each dialer will do from a moment on, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from planner.app.editing.clock import idle_advice, next_change, next_run
from planner.app.editing.live.live import with_live
from planner.app.jobs.jobs import unstoppable
from planner.app.pages.live_panel import show_busy, show_live
from planner.app.pages.lost_panel import show_lost
from planner.app.pages.status_board import board, status_chips, together
from planner.app.pages.status_table import early_ends, show_lists, show_table
from planner.app.session.text import moment_words, plain
from planner.app.session.workspace import Workspace, workspace
from planner.app.widgets import running
from planner.app.widgets.charts import show_figure
from planner.app.widgets.empty_page import show_no_lines, show_nothing_open
from planner.app.widgets.kept_projection import charts_of, quick_projection
from planner.app.widgets.moments import is_picked, pick_clock, pick_moment, reader_zone
from planner.app.widgets.site_notes import show_site_notes
from planner.contracts.problem import Problem
from planner.contracts.projected import CampaignJoint, JointStep, Projection
from planner.pipeline.pipeline import project
from planner.projection.hours.calendar import has_calendar
from planner.report.charts.figure import Drawing
from planner.report.projections.days import EXPLAINED, day_sentences
from planner.report.projections.next_events import next_events
from planner.report.projections.projection import list_sentences

_STUDY = "status"
_PURPOSE = "This page tells what every dialer will do through the hours."
_HORIZONS = {"4 hours": 4, "8 hours": 8, "24 hours": 24, "3 days": 72, "7 days": 168}
#: Campaigns that start, named; rows of the timeline that are drawn.
_MOST_NAMED, _MOST_ROWS = 4, 80
#: Whether somebody wants to see now though nothing runs.
_STAY = "status-now"
#: A moment so close to now is now.
_NOW_SECONDS = 120
#: A page is not drawn anew by the clock before so long [s].
_SOONEST_TURN = 0.5


def show() -> None:
    """Draw the page."""
    here = workspace()
    if show_nothing_open(here, "Status", _PURPOSE) or here.edited is None:
        return
    now, hours, dialers = _show_choices(here.edited.problem)
    if show_no_lines(here):
        return
    show_live(here, here.edited)
    show_lost(here, here.edited)
    problem = with_live(here.edited.problem, here.live, here.live_hidden)
    if not problem.assignments:
        show_busy(here, here.edited)
        return
    used = [d.dialer_id for d in problem.dialers]
    picked = dialers.multiselect(
        "Dialers", used, key="status-dialers", placeholder=f"All {len(used)} dialers"
    )
    show_site_notes(here.edited.problem)
    at = _opening(here, problem, now).astimezone(reader_zone())
    projection, is_simulated = _projection(problem, here, at, hours)
    seen = _of(projection, set(picked or used))
    _show_board(seen, problem, picked or used, "" if is_simulated else early_ends(seen))
    show_lists(projection, problem, is_simulated)
    _show_sureness(here, problem, projection, hours, is_simulated)
    show_busy(here, here.edited)
    if not is_picked():
        _turn_with_the_clock(problem, max(projection.at, now))


def _show_choices(problem: Problem) -> tuple[datetime, int, DeltaGenerator]:
    """Title and fields: the moment, how many hours, and the place of the dialers' field."""
    title, moment, clock, horizon, dialers = st.columns(
        [2, 2, 2, 1, 2], vertical_alignment="center"
    )
    title.title("Status")
    with clock:
        pick_clock(dict.fromkeys(c.timezone for c in problem.campaigns), "status-clock")
    with moment:
        at = pick_moment("From", "status-at")
    hours = _HORIZONS[horizon.selectbox("For", list(_HORIZONS), index=1, key="status-hours")]
    return at, hours, dialers


def _opening(here: Workspace, problem: Problem, now: datetime) -> datetime:
    """The moment to open at: now, or when something next runs, which is told."""
    if is_picked() or here.live_read is not None:
        return now
    found = next_run(problem, now)
    if found is None:
        told = ["Nothing runs now, and nothing will as things are set.", *_remedies(problem, now)]
        if not all(has_calendar(campaign) for campaign in problem.campaigns):
            told.append("Both stand in the table Campaigns of the Data page.")
        st.info("\n\n".join(told), icon=":material/bedtime:")
        return now
    if found.at <= now:
        # Who watches it run sees it end, and is not shown a later moment unasked.
        st.session_state[_STAY] = True
        return now
    who = _named(found.campaigns)
    starts = "starts" if len(found.campaigns) == 1 else "start"
    wait, now_button = st.columns([5, 1], vertical_alignment="center")
    is_now = st.session_state.get(_STAY, False)
    shown = "Shown is now." if is_now else "Shown is that moment."
    wait.info(
        f"**Nothing runs now.** Next, {plain(moment_words(found.at))}: {plain(who)} {starts}. "
        f"{shown}",
        icon=":material/schedule:",
    )
    now_button.button(
        "Show then" if is_now else "Show now",
        key="status-stay",
        width="stretch",
        on_click=st.session_state.update,
        args=({_STAY: not is_now},),
    )
    return now if is_now else found.at


def _remedies(problem: Problem, now: datetime) -> list[str]:
    """What to do so that something runs, and for which campaigns."""
    return [
        f"**{plain(_named(campaigns))}**: {plain(advice)}"
        for advice, campaigns in idle_advice(problem, now).items()
    ]


def _named(campaigns: Sequence[str]) -> str:
    rest = len(campaigns) - _MOST_NAMED
    return ", ".join(campaigns[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


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
    problem: Problem, here: Workspace, at: datetime, hours: float
) -> tuple[Projection, bool]:
    """At once by formula; simulated where somebody asked for it and nothing changed since.

    The second result says which.
    """
    found = running.result(here, _STUDY)
    key = _key(problem, at, hours)
    if found is not None and not running.is_out_of_date(here, _STUDY, key):
        return found, True
    # To the minute: who looks at the same hours sees the same, unless something changed since.
    minute = at.replace(second=0, microsecond=0)
    change = next_change(problem, minute)
    if change is None or change > at:
        at = minute
    return quick_projection(problem, at, hours), False


def _key(problem: Problem, at: datetime, hours: float) -> object:
    """What a simulation is made from; one of now holds while the page is looked at."""
    is_now = not is_picked() and abs((datetime.now(UTC) - at).total_seconds()) < _NOW_SECONDS
    return problem, hours, None if is_now else at.replace(second=0, microsecond=0)


def _show_sureness(
    here: Workspace, problem: Problem, quick: Projection, hours: float, is_simulated: bool
) -> None:
    """What the figures are made by, what they leave out, and a simulation where that helps."""
    running.show_running(here, _STUDY, "Simulating", stop=None)
    if not is_simulated and not running.is_running(here, _STUDY):
        formulas = [note for note in quick.notes if note.startswith("By formulas")]
        if formulas or list_sentences(quick, problem):
            _offer_simulation(here, problem, quick.at, hours, _key(problem, quick.at, hours))
    if quick.notes:
        with st.expander("What these figures leave out", icon=":material/info:"):
            st.markdown("\n".join(f"- {plain(note)}" for note in quick.notes))


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


def _show_board(
    projection: Projection, problem: Problem, dialers: Sequence[str], left_out: str
) -> None:
    events = next_events(projection, problem)
    st.html(status_chips(projection.assignments))
    st.html(board(problem, dialers, projection.assignments, events))
    told = together(projection)
    if told:
        st.subheader("All dialers of a campaign together")
        st.html(told)
    end = projection.at + timedelta(hours=projection.hours)
    charts = charts_of(_drawable(projection))
    if charts:
        _show_chart(*charts[0])
        st.caption(
            f"{plain(moment_words(projection.at))} to {plain(moment_words(end))}, "
            f"{reader_zone().key}. {left_out}"
        )
        rest = len({(s.dialer_id, s.campaign_id) for s in projection.timeline}) - _MOST_ROWS
        if rest > 0:
            st.caption(f"{rest} more rows are not drawn: pick dialers above.")
    st.subheader("Every figure")
    show_table(projection)
    _show_days(projection)
    for titled in charts[1:]:
        _show_chart(*titled)


def _show_chart(title: str, figure: Drawing) -> None:
    st.subheader(title)
    show_figure(figure)


def _drawable(projection: Projection) -> Projection:
    """The projection with as many rows of its timeline as can be drawn and read."""
    pairs = list(dict.fromkeys((s.dialer_id, s.campaign_id) for s in projection.timeline))
    seen = set(pairs[:_MOST_ROWS])
    steps = tuple(s for s in projection.timeline if (s.dialer_id, s.campaign_id) in seen)
    campaigns = list(dict.fromkeys(s.campaign_id for s in projection.timeline_joint))
    joint = _seen(projection.timeline_joint, set(campaigns[:_MOST_ROWS]))
    return projection.model_copy(update={"timeline": steps, "timeline_joint": joint})


def _show_days(projection: Projection) -> None:
    """Between which values figures lie on nine of ten days, where days differ."""
    sentences = day_sentences(projection.assignments)
    if not sentences:
        return
    with st.expander("From day to day", icon=":material/calendar_month:"):
        st.markdown("\n".join([EXPLAINED, "", *(f"- {plain(text)}" for text in sentences)]))
