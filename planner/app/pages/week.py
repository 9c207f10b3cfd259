"""The week page: which lines change when, hours across and campaigns down."""

from __future__ import annotations

import io
import tempfile
import zipfile
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from planner.app.jobs.week_job import run_week
from planner.app.session.text import plain
from planner.app.session.workspace import Workspace, workspace
from planner.app.widgets import running
from planner.app.widgets.charts import kept_figure, show_figure
from planner.app.widgets.empty_page import show_nothing_open
from planner.app.widgets.handing_out import show_handout
from planner.app.widgets.moments import reader_zone
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.notes import counted_calls
from planner.evaluation.running.within_ports import port_notes
from planner.report.charts.week import blocks_as_is, line_blocks, week_chart
from planner.report.plans.given_up import given_up_sentences
from planner.report.plans.handout import Handout, of_week
from planner.report.studies.week import kept_cost, list_sentences, total_pairs, write_week
from planner.report.studies.week_as_is import (
    as_is_rows,
    as_is_sentence,
    as_is_titles,
    needs_plan,
    unset_sentence,
    value_as_is,
)
from planner.report.words import STOPPED_EARLY, amount, share, value_noun, value_words
from planner.studies.week.as_is import TimeAsIs, week_as_is
from planner.studies.week.spans import coming_monday, week_of, week_spell
from planner.studies.week.week import USUAL_SHARE, WeekPlan

_STUDY = "week"
_PURPOSE = "This page plans a week: which lines change when."
#: What fewer moves may cost of the value of the week [per cent], and at first.
_MAY_COST = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_USUAL_COST = round(100 * (1 - USUAL_SHARE), 1)
#: Of all plans together [s].
_TIME_LIMITS = {"Quick: 20 s": 20.0, "Usual: 60 s": 60.0, "Long: 5 minutes": 300.0}
_WHOLE = "Whole week"
_TRIED, _AS_IS = "weeks-tried", "week-as-is"
#: Of the columns of the week as it is [pixels], and the place of the names, which are longest.
_WIDTHS, _RUNS = (90, 130, 560, 110, 110), 2
_VALUE = "Value: each handled call counts with the *value* of its campaign, less what calls cost."
_Key = tuple[Problem, date, PlanOptions, float]


def show() -> None:
    """Draw the page."""
    here = workspace()
    if show_nothing_open(here, "Week", _PURPOSE) or here.edited is None:
        return
    st.title("Week")
    problem = here.edited.problem
    monday, key = _show_start(here, problem)
    running.show_running(here, _STUDY, "Planning the week", stop="Stop and keep what is planned")
    found: WeekPlan | None = running.result(here, _STUDY)
    if found is None or key is None:
        _show_as_is(problem, monday)
        return
    is_old = running.is_out_of_date(here, _STUDY, key)
    if is_old:
        st.caption(
            "Of the fleet, the week and what moves may cost as they were when this was planned."
        )
    call = counted_calls(problem)
    _show_totals(found, call)
    if not is_old and problem.assignments:
        as_is = value_as_is(_times_as_is(problem, found.monday))
        worth = value_words(as_is, call)
        st.markdown(
            f"The lines of the Plan page, kept all week, would bring {worth}, whatever limits say."
        )
    _show_tried(here, found, call)
    if any(result.plan for result in found.plans):
        _show_week(here, found)


def _show_start(here: Workspace, problem: Problem) -> tuple[date, _Key | None]:
    """The fields and the button; the week's Monday, and what a run would be made from.

    Where no time needs lines of its own there is nothing to ask for.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(
            "Week of",
            value=coming_monday(datetime.now(UTC).date()),
            key="week-day",
            width=160,
            help="Any day of it",
        )
        monday = week_of(day if isinstance(day, date) else datetime.now(UTC).date())
        if not needs_plan(_times_as_is(problem, monday)):
            return monday, None
        may_cost = st.select_slider(
            "Fewer moves may cost",
            _MAY_COST,
            _USUAL_COST,
            key="week-may-cost",
            format_func=_cost_words,
            width=300,
            help="Of the value that the week has where lines move wherever that gains anything. "
            "Of the weeks found with so much of it left, the one in which fewest lines move is "
            "taken.",
        )
        limit = _TIME_LIMITS[
            st.selectbox("How long", list(_TIME_LIMITS), key="week-limit", width=200)
        ]
        options = PlanOptions(time_limit=limit, relax=True)
        least_share = 1 - may_cost / 100 if may_cost else 0.0
        key = (problem, monday, options, least_share)
        st.button(
            "Plan the week",
            key="plan-week",
            type="primary",
            icon=":material/calendar_view_week:",
            disabled=running.is_running(here, _STUDY),
            on_click=running.start,
            args=(here, _STUDY, key, partial(run_week, problem, options, monday, least_share)),
        )
    st.caption(f"{_may_cost_sentence(may_cost)} {_VALUE}")
    return monday, key


def _cost_words(per_cent: float) -> str:
    """``at most 0.5 % of the value``; *nothing* where lines move freely."""
    return f"at most {per_cent:g} % of the value" if per_cent else "nothing"


def _may_cost_sentence(per_cent: float) -> str:
    if not per_cent:
        return "Lines move wherever that gains anything."
    return (
        f"As few lines move as are found to, with at least {100 - per_cent:g} % left of the value "
        "that the week has where they move wherever that gains anything."
    )


def _times_as_is(problem: Problem, monday: date) -> tuple[TimeAsIs, ...]:
    """The week with the lines as they are, worked out once; it begins where a plan of it does."""
    known: tuple[object, tuple[TimeAsIs, ...]] | None = st.session_state.get(_AS_IS)
    if known is None or known[0] != (problem, monday):
        times = week_as_is(problem, week_spell(monday, problem.common_zone))
        known = st.session_state[_AS_IS] = (problem, monday), times
    return known[1]


def _show_as_is(problem: Problem, monday: date) -> None:
    """The week before it is planned: what runs when, with the lines that are there now."""
    zone, times = reader_zone(), _times_as_is(problem, monday)
    call = counted_calls(problem)
    rows = as_is_rows(times, zone)
    if not rows:
        st.markdown(plain(as_is_sentence(times, call)))
        return
    what_next = (
        "**Plan the week** gives each time its own lines, as few of them moved as is worth it. "
        "Nothing changes on the Plan page."
        if needs_plan(times)
        else "The same campaigns run whenever any does, with the same figures: no time of this "
        "week needs lines of its own."
    )
    st.markdown(f"{plain(as_is_sentence(times, call))} {what_next}")
    if unset := unset_sentence(problem):
        st.caption(plain(unset))
    for note in port_notes(problem, by_time=True):
        st.caption(plain(note))
    st.subheader("What runs when, with the lines as they are")
    if len(times) > 1:  # else it would be one long bar for each campaign
        show_figure(
            kept_figure(
                "week as it is",
                (times, zone, monday),
                lambda: week_chart(blocks_as_is(times), zone, *week_spell(monday, zone)),
            )
        )
        st.caption(
            f"Dial + agent lines of each campaign while it runs, on the clock of {zone.key}; point "
            "at a block for its dialers. The colour changes where agents or dialers come and go."
        )
    columns = {
        name: st.column_config.TextColumn(
            name, alignment="right" if place > _RUNS else "left", width=_WIDTHS[place]
        )
        for place, name in enumerate(as_is_titles(call))
    }
    frame = pd.DataFrame(rows, columns=list(as_is_titles(call)))
    st.dataframe(frame, hide_index=True, column_config=columns, alt="Times of the week")
    if not needs_plan(times):
        _show_next()


def _show_next() -> None:
    """What can be done where all hours are alike."""
    st.subheader("What to do next")
    pages = st.session_state["pages"]
    best, hours = st.columns(2, gap="medium", border=True)
    with best:
        st.markdown("**One set of lines for all hours.** *Optimise* on the Plan page finds it.")
        st.page_link(pages["Plan"], label="To the Plan page", icon=":material/table_chart:")
    with hours:
        st.markdown(
            "**Hours that differ?** Enter when each campaign is open (table *Campaigns*), hours "
            "with other agents or answer rates (*Hours that differ*) and dialers that will be out "
            "(*Outages*). This page then finds the lines of each time, and which to move when."
        )
        st.page_link(pages["Data"], label="To the Data page", icon=":material/database:")


def _show_totals(week: WeekPlan, call: str) -> None:
    totals = week.totals()
    told = [f"**{name}**: {plain(words)}" for name, words in total_pairs(week, totals, call)]
    told += [f"**Done in time**: {plain(words)}" for words in list_sentences(week, call)]
    st.markdown("\n".join(f"- {text}" for text in told))
    if any(result.stopped_early for result in week.plans):
        st.caption(STOPPED_EARLY)
    given_up = dict.fromkeys(
        text for result in week.plans for text in given_up_sentences(result.given_up)
    )
    if given_up:
        with st.expander(f"Given up in some hours: {len(given_up)}", icon=":material/rule:"):
            st.markdown("\n".join(f"- {plain(text)}" for text in given_up))


def _show_tried(here: Workspace, week: WeekPlan, call: str) -> None:
    """What few moves cost: the weeks planned so far in this session."""
    tried: dict[object, dict[str, str]] = st.session_state.setdefault(_TRIED, {})
    before = here.edited.baseline.assignments if here.edited is not None else ()
    totals = week.totals()
    key = here.studies[_STUDY].key
    least_share = key[3] if isinstance(key, tuple) else 0.0
    may_cost = round(100 * (1 - least_share), 1) if least_share else 0.0
    tried[key] = {
        "Fleet and week": f"{here.source}, {week.monday}",
        "Fewer moves may cost": _cost_words(may_cost),
        "They cost": share(kept_cost(week, totals)),
        f"{value_noun(call).capitalize()} in the week": amount(totals.throughput_value),
        "Lines moved": f"{totals.lines_moved:,}",
        "Rows to set": f"{of_week(week, before).rows:,}",
    }
    if len(tried) > 1:
        st.subheader("What fewer moves cost")
        frame = pd.DataFrame(list(tried.values()))
        right = {
            name: st.column_config.TextColumn(name, alignment="right") for name in frame.columns[1:]
        }
        st.dataframe(frame, hide_index=True, column_config=right, alt="Weeks planned so far")


def _show_week(here: Workspace, week: WeekPlan) -> None:
    zone = reader_zone()
    spell = week_spell(week.monday, zone)
    days = [week.monday + timedelta(days=place) for place in range(7)]
    names = [_WHOLE, *(f"{day:%a} {day.day}" for day in days)]
    picked = st.segmented_control(
        "Days", names, default=_WHOLE, key="week-days", label_visibility="collapsed"
    )
    start, end = spell.start, spell.end
    if picked in names[1:]:
        first = datetime.combine(days[names.index(picked) - 1], datetime.min.time(), zone)
        start, end = first.astimezone(UTC), (first + timedelta(days=1)).astimezone(UTC)
    show_figure(
        kept_figure(
            "week",
            (week, zone, start, end),
            lambda: week_chart(line_blocks(week), zone, start, end),
        )
    )
    st.caption(
        f"Dial + agent lines of each campaign, on the clock of {zone.key}. A block is a time in "
        "which none of its lines changes, the next has another colour; point at one for its "
        "dialers."
    )
    before = here.edited.baseline.assignments if here.edited is not None else ()
    made = of_week(week, before, fleet=here.source, zone=zone)
    st.subheader("Which lines change when")
    _show_changes(made)
    st.download_button(
        "All files of the week",
        data=lambda: _zip(week),
        file_name=f"week-{week.monday}.zip",
        mime="application/zip",
        key="week-files",
        icon=":material/folder_zip:",
        on_click="ignore",
        help="day.csv, projection.csv and plan.json, as the command writes them",
    )
    with st.expander("Hand-out", icon=":material/print:"):
        show_handout(made, "week-handout")


def _show_changes(made: Handout) -> None:
    rows = [
        {
            "When": "" if o.at is None else f"{o.at:%a %H:%M}",
            "No.": s.step,
            "Dialer": s.change.dialer_id,
            "Campaign": s.change.campaign_id,
            "Dial lines": f"{s.change.dial_lines_from} → {s.change.dial_lines_to}",
            "Agent lines": f"{s.change.agent_lines_from} → {s.change.agent_lines_to}",
        }
        for o in made.occasions
        for s in o.settings
    ]
    if not rows:
        st.markdown("None: the lines stay as they are all week.")
        return
    st.markdown(f"{len(rows)} rows at {len(made.occasions)} times.")
    right = {
        name: st.column_config.TextColumn(name, alignment="right")
        for name in ("Dial lines", "Agent lines")
    }
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=right, alt="Lines that change")


def _zip(week: WeekPlan) -> bytes:
    buffer = io.BytesIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        write_week(Path(folder), week)
        for path in sorted(Path(folder).iterdir()):
            archive.write(path, path.name)
    return buffer.getvalue()
