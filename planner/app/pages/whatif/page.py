"""The what-if page: up to four changed worlds beside things as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from planner.app.editing.edited_lines import EditedLines, open_lines
from planner.app.editing.lever_words import change_words
from planner.app.editing.levers import Levers, in_words, without_unknown
from planner.app.editing.world_cache import WorldCache, new_campaigns
from planner.app.jobs.jobs import StudyJob
from planner.app.pages.whatif.hours import show_hours
from planner.app.pages.whatif.levers import put, show_levers
from planner.app.pages.whatif.saved import MOST_WORLDS, open_linked, show_keep
from planner.app.pages.whatif.table import show_worlds
from planner.app.session.persistence import from_store, show_store_fault
from planner.app.session.text import plain
from planner.app.session.workspace import Setting, Workspace, workspace
from planner.app.widgets import running
from planner.app.widgets.charts import show_figure
from planner.app.widgets.empty_page import show_no_lines, show_nothing_open
from planner.app.widgets.given_up import show_given_up
from planner.contracts.comparison import Comparison, World
from planner.contracts.faults import InputError
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import PlanOptions
from planner.report.charts.studies import tornado_chart, worlds_chart
from planner.report.moves import move_sentences, way_sentence
from planner.report.whatif import (
    first_move_sentences,
    lost_sentences,
    status_sentences,
    unasked_sentences,
)
from planner.report.words import amount, duration
from planner.studies.whatif import planning_anew, whatif

_REPLAN = "replan"
_PURPOSE = "This page tells what happens if a dialer goes down, agents are missing or figures move."
#: So many scenarios have narrow columns.
_NARROW = 3
#: Longer lists are folded.
_MOST_TOLD = 8
#: Of each world planned anew [s].
_TIME_LIMIT = 20.0


def show() -> None:
    """Draw the page."""
    here = workspace()
    if here.wanted_scenarios and here.edited is None:
        st.info("A link to a scenario waits: it opens once a fleet is.", icon=":material/link:")
    if show_nothing_open(here, "What if", _PURPOSE) or here.edited is None:
        return
    if here.wanted_scenarios:
        open_linked(here, here.edited.problem)
    title, count = st.columns([5, 1], vertical_alignment="bottom")
    title.title("What if …")
    st.session_state.setdefault("worlds", max(len(here.worlds), 1))
    number = count.selectbox("Scenarios", range(1, MOST_WORLDS + 1), key="worlds")
    if show_no_lines(here):
        return
    if here.said:
        st.toast(plain(here.said))
        here.said = ""
    problem = here.edited.problem
    results = st.container()  # above the levers, so that both are in view
    levers = _levers(here, problem, int(number or 1))
    try:
        known = world_cache(here, here.edited, levers)
        found = known.comparison(levers)
    except InputError as error:
        faults = "\n".join(
            f"- {plain(f.file)}: {plain(f.value or '')} is not {plain(f.expected)}."
            for f in error.faults
        )
        st.error(f"This cannot be:\n\n{faults}", icon=":material/edit_off:")
        return
    with results:
        show_worlds(found)
        st.caption(
            "If nobody moves a line: quick figures by formula, an hour while running. Planning "
            "anew, below, simulates them."
        )
    _show_consequences(found, levers)
    show_hours(known, levers)
    _show_replan(here, known.problem, levers)
    _show_tornado(known)
    show_store_fault()


def _levers(here: Workspace, problem: Problem, count: int) -> dict[str, Levers]:
    """The controls, one column per scenario; the levers of each by its name."""
    worlds: dict[str, Levers] = {}
    saved = from_store(lambda found: found.scenarios.newest()) or ()
    for place, column in enumerate(st.columns(count, border=True), start=1):
        setting = here.worlds.setdefault(place, Setting(f"Scenario {place}"))
        if f"agents-{place}" not in st.session_state:
            # The controls were not on the page: what they were set to is kept by the workspace.
            setting.levers, _ = without_unknown(setting.levers, problem)
            put(place, setting)
        with column:
            # Of three or more, the columns are too narrow for both in a row.
            one_row = [st.container(), st.container()]
            if count < _NARROW:
                one_row = st.columns([3, 2], vertical_alignment="bottom")
            left, right = one_row
            with left:
                name = st.text_input("Name", key=f"world-name-{place}", max_chars=100).strip()
            levers = show_levers(problem, place, setting, st.columns(2 if count == 1 else 1))
            if not name or name in worlds:
                name = f"Scenario {place}"
            here.worlds[place] = replace(setting, name=name, levers=levers)
            with right:
                show_keep(here, problem, place, saved)
        worlds[name] = levers
    for place in [place for place in here.worlds if place > count]:
        del here.worlds[place]
    return worlds


def _show_consequences(found: Comparison, levers: dict[str, Levers]) -> None:
    figure = worlds_chart(found)
    chart, words = st.columns([1, 1], gap="large")
    with chart:
        show_figure(figure)
    with words:
        for world in found.worlds:
            _show_world(found, world, change_words(levers[world.name]))
    for note in found.notes:
        st.caption(plain(note))


def _show_world(found: Comparison, world: World, changes: Sequence[str]) -> None:
    told = [
        *lost_sentences(world.kept),
        *status_sentences(found.base.kept, world.kept),
        *(
            f"Breaks a limit: {text}"
            for text in world.kept.breaches
            if text not in found.base.kept.breaches
        ),
    ]
    count = "1 consequence" if len(told) == 1 else f"{len(told) or 'no'} consequences"
    with st.expander(f"{plain(world.name)}: {count}", expanded=0 < len(told) <= _MOST_TOLD):
        said = "; ".join(changes) or "Nothing is changed yet: move a slider, or pick a dialer"
        st.caption(f"{plain(said)}.")
        st.markdown("\n".join(f"- {plain(text)}" for text in told) or "No line is lost.")


def _show_replan(here: Workspace, problem: Problem, levers: dict[str, Levers]) -> None:
    st.subheader("Which lines to move then")
    worlds = {name: each.expressions for name, each in levers.items()}
    key = (problem, tuple(levers.items()))
    if not running.is_running(here, _REPLAN):
        st.button(
            "Plan anew with few moves",
            key="replan",
            icon=":material/alt_route:",
            type="primary",
            on_click=running.start,
            args=(
                here,
                _REPLAN,
                key,
                partial(whatif, problem, worlds, PlanOptions(time_limit=_TIME_LIMIT), replan=True),
            ),
        )
    running.show_running(
        here,
        _REPLAN,
        "Planning anew",
        stop="Stop and keep best",
        details=partial(_doing, here),
    )
    found: Comparison | None = running.result(here, _REPLAN)
    if found is None:
        return
    made_from: Any = here.studies[_REPLAN].key
    if running.is_out_of_date(here, _REPLAN, key):
        st.caption("Of the scenarios as they were when this was planned.")
    show_worlds(found)
    for note in found.notes:
        st.caption(plain(note))
    planned = dict(made_from[1])
    for world in found.worlds:
        _show_moves(here, world, planned[world.name].new)


def _doing(here: Workspace, job: StudyJob[Any]) -> str:
    """What the run does with each scenario: it takes one after the other."""
    made_from: Any = here.studies[_REPLAN].key
    lines = []
    for name, _ in made_from[1]:
        began = job.phases.get(planning_anew(name))
        if began is None:
            doing = "working out what happens if nobody reacts" if job.phase == name else "waits"
        elif job.phase == planning_anew(name):
            doing = (
                f"planning anew for {duration(job.seconds - began)}, at most "
                f"{duration(_TIME_LIMIT)}, then simulating the plan"
            )
        else:
            doing = "done"
        lines.append(f"- **{plain(name)}**: {doing}")
    return "\n".join(lines)


def _show_moves(here: Workspace, world: World, new: Campaign | None) -> None:
    again = world.replanned
    if again is None:
        return
    if again.outcome is None:
        wants = [text for conflict in again.conflicts for text in conflict.requirements]
        nothing = (
            "It was stopped before any was found."
            if again.stopped_early
            else "None holds all the limits."
        )
        st.warning(
            f"{plain(world.name)}: no plan. "
            + " ".join(plain(text) for text in wants or [nothing]),
            icon=":material/block:",
        )
        return
    show_given_up(again.given_up, again.left_out, again.limits_broken)
    for told in (*unasked_sentences(again), *first_move_sentences(again)):
        st.markdown(f"- {plain(told)}")
    count = "1 move" if len(again.moves) == 1 else f"{len(again.moves) or 'no'} moves"
    moves, action = st.columns([5, 1])
    with moves.expander(f"{plain(world.name)}: {count}", expanded=len(again.moves) <= _MOST_TOLD):
        st.markdown("\n".join(f"1. {plain(told)}" for told in move_sentences(again.moves)))
        if again.moves:
            st.caption(plain(way_sentence(again.value_before_moves, again.moves)))
    told = "Puts them in the plan as one edit, which can be undone."
    if new is not None:
        told = f"Opens the plan with these lines and the new campaign {plain(new.campaign_id)}."
    with action:
        st.button(
            "Take these lines",
            key=f"take-{world.name}",
            icon=":material/done_all:",
            help=told,
            width="stretch",
            on_click=_take,
            args=(here, LinePlan(assignments=again.outcome.lines), new),
        )


def _take(here: Workspace, line_plan: LinePlan, new: Campaign | None) -> None:
    """Put the lines in place; a campaign that the fleet does not have comes along."""
    if new is None or here.edited is None or new.campaign_id in here.edited.baseline.campaign_index:
        here.take(line_plan)
        here.said = "The lines are in the plan; Undo there takes them back."
        return
    tables = {name: getattr(here.edited.problem, name) for name in Problem.model_fields}
    grown = Problem.model_validate(tables | {"campaigns": (*tables["campaigns"], new)})
    here.open_lines(open_lines(grown), here.source)
    here.take(line_plan)
    for place, setting in here.worlds.items():
        if setting.levers.new is not None and setting.levers.new.campaign_id == new.campaign_id:
            # It is new no more.
            setting.levers = setting.levers.model_copy(update={"new": None})
            put(place, setting)
    here.said = f"The lines are in the plan, and {new.campaign_id} is one of its campaigns."


def _show_tornado(known: WorldCache) -> None:
    st.subheader("What the result hangs on")
    found = known.tornado()
    if found is None or not found.rows:
        st.caption("No figure of this fleet can be varied.")
        return
    found = in_words(found)
    top = found.rows[0]
    st.caption(
        "Each figure 10 % lower and higher, lines as they are, by the planning tables. Most "
        f"hangs on {plain(top.input)}: {amount(top.low_aim)} to {amount(top.high_aim)} value an "
        f"hour, now {amount(found.base_aim)}."
    )
    figure = tornado_chart(found)
    show_figure(figure)


def world_cache(
    workspace: Workspace, edited: EditedLines, levers: Mapping[str, Levers]
) -> WorldCache:
    """What this session has found out about these lines; afresh for others.

    Raises
    ------
    InputError
        If a new campaign has a name that is taken.
    """
    known = workspace.world_cache
    if known is None or known.edited is not edited or known.new != new_campaigns(levers):
        known = workspace.world_cache = WorldCache(edited, levers)
    return known
