"""The hand-out page: what to set, dialer by dialer, to print and to tick off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import streamlit as st

from planner.app.session.text import plain
from planner.app.session.workspace import Workspace, workspace
from planner.app.widgets import running
from planner.app.widgets.empty_page import show_no_lines, show_nothing_open
from planner.app.widgets.handing_out import show_handout
from planner.app.widgets.moments import is_picked, pick_moment, reader_zone
from planner.contracts.comparison import Comparison
from planner.evaluation.differences import line_differences
from planner.report.plans.handout import Handout, of_all_lines, of_lines, of_moves, of_plan, of_week
from planner.studies.week.week import WeekPlan

_PURPOSE = "This page prints what to set on which dialer."
_ALL = "All lines on the Plan page, as they are"
_CHANGED = "The lines on the Plan page, against those as opened"


def show() -> None:
    """Draw the page."""
    here = workspace()
    if show_nothing_open(here, "Hand-out", _PURPOSE) or here.edited is None:
        return
    title, what, when = st.columns([2, 3, 2], vertical_alignment="center")
    title.title("Hand-out")
    with when:
        at = pick_moment("To be set", "handout-at").astimezone(reader_zone())
    known = dict(_sources(here))
    picked = what.selectbox("Of what", list(known), key="handout-of", format_func=plain)
    if picked is None or (picked == _ALL and show_no_lines(here)):
        return
    made = known[picked]()
    if made.is_list and _CHANGED not in known:
        st.caption(
            "Nothing has changed since the fleet was opened. Once lines are edited, optimised or "
            "planned for a week, what is to be set is picked under *Of what*."
        )
    if is_picked():  # a week has its own times, and what is set now needs none
        made = made._replace(
            occasions=tuple(o if o.at else o._replace(at=at) for o in made.occasions)
        )
    show_handout(made, "handout")


def _sources(here: Workspace) -> Iterator[tuple[str, Callable[[], Handout]]]:
    """What there is to hand out, by name: made when it is picked."""
    assert here.edited is not None
    edited, fleet = here.edited, here.source
    before = edited.baseline.assignments
    now = edited.line_plan.assignments
    if line_differences(before, now):
        yield _CHANGED, lambda: of_lines(before, now, fleet=fleet)
    yield _ALL, lambda: of_all_lines(now, fleet=fleet)
    result = here.job.result if here.job is not None and here.job.done else None
    if result is not None and result.plan is not None:
        yield (
            "What Optimise found, against the lines on the Plan page",
            lambda: of_plan(result, now, fleet=fleet),
        )
    week: WeekPlan | None = running.result(here, "week")
    if week is not None and any(found.plan for found in week.plans):
        yield (
            "The week, hour by hour",
            lambda: of_week(week, before, fleet=fleet, zone=reader_zone()),
        )
    compared: Comparison | None = running.result(here, "replan")
    for world in compared.worlds if compared is not None else ():
        again = world.replanned
        if again is not None and again.outcome is not None:
            yield (
                f"The moves of {world.name}",
                partial(of_moves, again.moves, title=f"Lines to set: {world.name}", fleet=fleet),
            )
