"""The what-if page: up to four changed worlds beside things as they are."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from planner.errors import InputError
from planner.levers import Levers, in_words
from planner.plan import LinePlan, PlanOptions
from planner.problem import Problem
from planner.study_charts import tornado_chart, worlds_chart
from planner.ui import running
from planner.ui.desk import Desk, desk
from planner.ui.figures import show_figure
from planner.ui.nothing import show_no_lines, show_nothing_open
from planner.ui.text import plain
from planner.whatif import whatif
from planner.whatif_report import TITLES, lost_sentences, side_by_side, status_sentences
from planner.words import amount
from planner.worlds import Comparison, World

_REPLAN, _TORNADO = "replan", "tornado"
_PURPOSE = "This page tells what happens if a dialer goes down, agents are missing or figures move."
_MOST_WORLDS = 4
#: Longer lists are folded.
_MOST_TOLD = 8
#: Of each world planned anew [s].
_TIME_LIMIT = 20.0


def show() -> None:
    """Draw the page."""
    here = desk()
    if show_nothing_open(here, "What if", _PURPOSE) or here.scenario is None:
        return
    title, count = st.columns([5, 1], vertical_alignment="bottom")
    title.title("What if …")
    number = count.selectbox("Scenarios", range(1, _MOST_WORLDS + 1), key="worlds")
    if show_no_lines(here):
        return
    problem = here.scenario.problem
    results = st.container()  # above the levers, so that both are in view
    worlds = _levers(problem, int(number or 1))
    try:
        found = whatif(problem, worlds, engine="markov")
    except InputError as error:
        faults = "\n".join(
            f"- {plain(f.file)}: {plain(f.value or '')} is not {plain(f.expected)}."
            for f in error.faults
        )
        st.error(f"This cannot be:\n\n{faults}", icon=":material/edit_off:")
        return
    with results:
        _show_rows(found)
        st.caption(
            "If nobody moves a line: quick figures by formula, an hour while running. Planning "
            "anew, below, simulates them."
        )
    _show_consequences(found)
    _show_replan(here, problem, worlds)
    _show_tornado(problem)


def _levers(problem: Problem, count: int) -> dict[str, tuple[str, ...]]:
    """The controls, one column per scenario; the expressions of each by its name."""
    worlds: dict[str, tuple[str, ...]] = {}
    for number, place in enumerate(st.columns(count, border=True), start=1):
        with place:
            name = st.text_input("Name", f"Scenario {number}", key=f"world-name-{number}").strip()
            levers = _one(problem, str(number), st.columns(2 if count == 1 else 1))
        if not name or name in worlds:
            name = f"Scenario {number}"
        worlds[name] = levers.expressions
    return worlds


def _one(problem: Problem, place: str, columns: list[DeltaGenerator]) -> Levers:
    """The levers of one scenario, in one or two columns."""

    def per_cent(label: str, name: str, low: int, high: int, words: str) -> int:
        return int(
            st.slider(label, low, high, 0, 5, format="%+d %%", key=f"{name}-{place}", help=words)
        )

    with columns[0]:
        down = st.multiselect(
            "Dialers down",
            [d.dialer_id for d in problem.dialers if d.in_service],
            key=f"down-{place}",
            placeholder="None",
        )
        agents = per_cent("Agents on shift", "agents", -100, 100, "Agent lines that have an agent")
        channels = 0
        if problem.trunk_groups:
            channels = per_cent("Carrier channels", "channels", -100, 100, "Of every trunk group")
    with columns[-1]:
        of = st.multiselect(
            "Agents, answers and talk of",
            [c.campaign_id for c in problem.campaigns],
            key=f"of-{place}",
            placeholder="All campaigns",
        )
        answers = per_cent("Answer rate", "answers", -90, 100, "Live answers per attempt")
        talk = per_cent("Talk time", "talk", -50, 100, "How long agents talk")
    more = st.text_area(
        "More changes, one a line",
        key=f"more-{place}",
        placeholder="campaign.Solar.value*=2",
        height=70,
        help="TABLE.ID.COLUMN, an operator (=, +=, -=, *=, /=) and a value, such as "
        "dialer.D1.ports=80 or trunk_group.T.cps=40",
    )
    return Levers(
        down=tuple(down),
        campaigns=tuple(of),
        agents=agents,
        answers=answers,
        talk=talk,
        channels=channels,
        more=tuple(more.splitlines()),
    )


def _show_consequences(found: Comparison) -> None:
    figure = worlds_chart(found)
    chart, words = st.columns([1, 1], gap="large")
    with chart:
        show_figure(figure)
    with words:
        for world in found.worlds:
            _show_world(found, world)
    for note in found.notes:
        st.caption(plain(note))


def _show_rows(found: Comparison) -> None:
    titles = [title.removeprefix(">") for title in TITLES]
    frame = pd.DataFrame(side_by_side(found), columns=titles)
    right = {
        title: st.column_config.TextColumn(title, alignment="right")
        for given, title in zip(TITLES, titles, strict=True)
        if given.startswith(">")
    }
    st.dataframe(frame, hide_index=True, column_config=right, alt="Scenarios side by side")


def _show_world(found: Comparison, world: World) -> None:
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
        if not world.expressions:
            st.caption("Nothing is changed yet: move a slider, or pick a dialer.")
        st.markdown("\n".join(f"- {plain(text)}" for text in told) or "No line is lost.")


def _show_replan(here: Desk, problem: Problem, worlds: dict[str, tuple[str, ...]]) -> None:
    st.subheader("Which lines to move then")
    key = (problem, tuple(worlds.items()))
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
    running.show_running(here, _REPLAN, "Planning anew")
    found: Comparison | None = running.result(here, _REPLAN)
    if found is None:
        return
    if running.is_out_of_date(here, _REPLAN, key):
        st.caption("Of the scenarios as they were when this was planned.")
    _show_rows(found)
    for world in found.worlds:
        _show_moves(here, world)


def _show_moves(here: Desk, world: World) -> None:
    again = world.replanned
    if again is None:
        return
    if again.outcome is None:
        wants = [text for conflict in again.conflicts for text in conflict.requirements]
        st.warning(
            f"{plain(world.name)}: no plan. "
            + " ".join(plain(text) for text in wants or ["No plan was found in time."]),
            icon=":material/block:",
        )
        return
    count = "1 move" if len(again.moves) == 1 else f"{len(again.moves) or 'no'} moves"
    with st.expander(f"{plain(world.name)}: {count}", expanded=len(again.moves) <= 10):
        st.markdown("\n".join(f"1. {plain(move.instruction)}" for move in again.moves))
        st.button(
            "Take these lines",
            key=f"take-{world.name}",
            icon=":material/done_all:",
            help="Puts them in the plan as one edit, which can be undone.",
            on_click=here.take,
            args=(LinePlan(assignments=again.outcome.lines), None),
        )


def _show_tornado(problem: Problem) -> None:
    st.subheader("What the result hangs on")
    found = whatif(problem, {}, tornado=True, engine="markov").tornado
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
