"""Which lines to move in a scenario: found in the background, listed in order, taken."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from planner.app.editing.edited_lines import open_lines
from planner.app.editing.worlds.levers import Levers
from planner.app.jobs.jobs import StudyJob
from planner.app.pages.whatif.levers import put
from planner.app.session.text import plain
from planner.app.session.workspace import Workspace
from planner.app.widgets import running
from planner.app.widgets.given_up import show_given_up
from planner.app.widgets.handing_out import show_downloads
from planner.contracts.comparison import Comparison, Replanned, World
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Problem
from planner.contracts.result import PlanFigures, PlanOptions
from planner.report.plans.handout import of_moves
from planner.report.plans.moves import calls_on_the_way, move_sentences, way_sentence
from planner.report.studies.whatif import (
    BACK,
    back_sentences,
    first_moves,
    part_of_loss,
    unasked_sentences,
    without_plan_sentences,
)
from planner.report.words import duration, share
from planner.studies.whatif import planning_anew, whatif

#: The moves with their simulation, and a first answer by formula while people wait.
_REPLAN, _FIRST = "replan", "first-moves"
#: Of each scenario [s]; a first answer may be further from the best.
_TIME_LIMIT, _FIRST_LIMIT, _FIRST_GAP = 20.0, 2.0, 0.005
#: Moves that are named above the list, and the least part of the loss that such a move brings back.
_MOST_NAMED, _MATTERS = 3, 0.05
#: More moves than so many scroll, in a box of this height [pixels].
_UNSCROLLED, _HEIGHT = 6, 420


def _key(problem: Problem, levers: Mapping[str, Levers]) -> object:
    return problem, tuple(levers.items())


def planned(here: Workspace, problem: Problem, levers: Mapping[str, Levers]) -> Comparison | None:
    """The scenarios with their moves, where these were found for what is set now."""
    for study in (_REPLAN, _FIRST):
        found: Comparison | None = running.result(here, study)
        if found is not None and not running.is_out_of_date(here, study, _key(problem, levers)):
            return found
    return None


def is_simulated(here: Workspace, problem: Problem, levers: Mapping[str, Levers]) -> bool:
    """Whether what is planned for what is set now was simulated too: a first answer is not."""
    key = _key(problem, levers)
    return running.result(here, _REPLAN) is not None and not running.is_out_of_date(
        here, _REPLAN, key
    )


def show_finding(here: Workspace, problem: Problem, levers: Mapping[str, Levers]) -> None:
    """The buttons that find the moves of all scenarios, and how far that is."""
    if not running.is_running(here, _REPLAN):
        with st.container(horizontal=True, gap="xsmall"):
            _show_buttons(here, problem, levers)
    running.show_running(here, _FIRST, "Finding first moves", stop=None)
    running.show_running(
        here,
        _REPLAN,
        "Finding the moves",
        stop="Stop and keep best",
        details=partial(_doing, here),
    )
    done = any(running.result(here, study) is not None for study in (_REPLAN, _FIRST))
    if done and planned(here, problem, levers) is None:
        st.caption("The scenarios have changed since the moves were found: find them again.")


def _show_buttons(here: Workspace, problem: Problem, levers: Mapping[str, Levers]) -> None:
    worlds = {name: each.expressions for name, each in levers.items()}
    key = _key(problem, levers)
    best = PlanOptions(time_limit=_TIME_LIMIT)
    st.button(
        "Find the moves",
        key="replan",
        icon=":material/alt_route:",
        type="primary",
        help="Plans with few moves for what is left, and simulates the figures: half a minute for "
        "each scenario.",
        on_click=running.start,
        args=(here, _REPLAN, key, partial(whatif, problem, worlds, best, replan=True)),
    )
    if running.is_running(here, _FIRST):
        return
    first = PlanOptions(time_limit=_FIRST_LIMIT, gap=_FIRST_GAP, figures=PlanFigures.FORMULAS)
    made = partial(whatif, problem, worlds, first, replan=True, engine="markov", first=True)
    st.button(
        "At once",
        key="first-moves",
        icon=":material/bolt:",
        help="A first answer within seconds, by formula: good moves, perhaps not the best.",
        on_click=running.start,
        args=(here, _FIRST, key, made),
    )


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
                f"finding the moves for {duration(job.seconds - began)}, at most "
                f"{duration(_TIME_LIMIT)}, then simulating the lines"
            )
        else:
            doing = "done"
        lines.append(f"- **{plain(name)}**: {doing}")
    return "\n".join(lines)


def show_moves(here: Workspace, world: World, new: Campaign | None) -> None:
    """The moves of a scenario in order, those that matter most named on top."""
    again = world.replanned
    if again is None:
        return
    if again.outcome is None:
        why = "\n".join(f"- {plain(text)}" for text in without_plan_sentences(again))
        st.warning(f"{plain(world.name)}: no plan was found.\n\n{why}", icon=":material/block:")
        return
    show_given_up(
        again.given_up, again.left_out, again.limits_broken, again.needed, again.needed_search
    )
    for told in unasked_sentences(again):
        st.markdown(f"- {plain(told)}")
    if not again.outcome.lines:
        st.markdown("**Nothing can run**: there are no lines to move.")
        return
    _show_order(again)
    if again.moves_back:
        with st.expander(f"{BACK} ({len(again.moves_back)} moves)"):
            st.markdown("\n".join(f"- {plain(text)}" for text in back_sentences(again)))
    told = "Puts them in the plan as one edit, which can be undone."
    if new is not None:
        told = f"Opens the plan with these lines and the new campaign {plain(new.campaign_id)}."
    with st.container(horizontal=True):
        st.button(
            "Take these lines",
            key=f"take-{world.name}",
            icon=":material/done_all:",
            help=told,
            on_click=_take,
            args=(here, LinePlan(assignments=again.outcome.lines), new),
        )
        if again.moves:
            show_downloads(
                of_moves(again.moves, title=f"Lines to set: {world.name}", fleet=here.source),
                f"handout-{world.name}",
                is_first=False,
            )


def _show_order(again: Replanned) -> None:
    """The moves, one after the other; many scroll."""
    if not again.moves:
        st.markdown("**No line has to move.**")
        return
    count = "1 move" if len(again.moves) == 1 else f"{len(again.moves)} moves"
    st.markdown(f"**{count}, in this order**{_most(again)}")
    height: Any = "content" if len(again.moves) <= _UNSCROLLED else _HEIGHT
    with st.container(height=height, border=True):
        st.markdown("\n".join(_listed(again)))
    st.caption(plain(way_sentence(again.value_before_moves, again.moves, calls_on_the_way(again))))


def _most(again: Replanned) -> str:
    """Which moves bring back most of the loss."""
    parts = [item for item in first_moves(again) if item.share >= _MATTERS]
    most = sorted(parts, key=lambda item: -item.share)[:_MOST_NAMED]
    if not most:
        return ""
    first, *others = most
    told = [f"move {first.move.step} brings back {part_of_loss(first.share)}"]
    told += [f"move {item.move.step} {share(item.share)}" for item in others]
    return f"; {plain(', '.join(told))}"


def _listed(again: Replanned) -> list[str]:
    back = {item.move.step: item.share for item in first_moves(again)}
    told = []
    for move, words in zip(again.moves, move_sentences(again.moves), strict=True):
        part = back.get(move.step, 0.0)
        gain = f" **Brings back {part_of_loss(part)}.**" if part >= _MATTERS else ""
        told.append(f"1. {plain(words)}{gain}")
    return told


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
