"""The what-if page: up to four scenarios beside things as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from planner.app.editing.edited_lines import EditedLines
from planner.app.editing.worlds.lever_words import change_words
from planner.app.editing.worlds.levers import Levers, in_words, without_unknown
from planner.app.editing.worlds.world_cache import WorldCache, new_campaigns
from planner.app.pages.whatif.compared import show_lists, show_losses, show_picture
from planner.app.pages.whatif.first_look import show_first_look
from planner.app.pages.whatif.hours import show_hours
from planner.app.pages.whatif.levers import put, show_levers
from planner.app.pages.whatif.moves import is_simulated, planned, show_finding, show_moves
from planner.app.pages.whatif.saved import MOST_WORLDS, open_linked, show_keep
from planner.app.pages.whatif.table import show_worlds
from planner.app.pages.whatif.today import show_today
from planner.app.session.persistence import from_store, show_store_fault
from planner.app.session.text import plain
from planner.app.session.workspace import Setting, Workspace, workspace
from planner.app.widgets.charts import kept_figure, show_figure
from planner.app.widgets.empty_page import show_no_lines, show_nothing_open
from planner.contracts.comparison import Comparison
from planner.contracts.faults import InputError
from planner.contracts.problem import Problem
from planner.evaluation.notes import counted_calls
from planner.report.charts.studies import tornado_chart
from planner.report.plans.losses import BEFORE
from planner.report.words import amount, value_per_hour
from planner.studies.whatif import BASE

_PURPOSE = "This page tells what happens if a dialer goes down, agents are missing or figures move."
#: So many scenarios have columns wide enough for two fields in a row.
_WIDE = 2


def show() -> None:
    """Draw the page."""
    here = workspace()
    if here.wanted_scenarios and here.edited is None:
        st.info("A link to a scenario waits: it opens once a fleet is.", icon=":material/link:")
    if show_nothing_open(here, "What if", _PURPOSE) or here.edited is None:
        return
    if here.wanted_scenarios:
        open_linked(here, here.edited.problem)
    title, count = st.columns([5, 1], vertical_alignment="center")
    title.title("What if …")
    st.session_state.setdefault("worlds", max(len(here.worlds), 1))
    if show_no_lines(here):
        return
    if here.said:
        st.toast(plain(here.said))
        here.said = ""
    number = int(st.session_state["worlds"])
    is_changed = _show_scenarios(here, here.edited, number)
    if is_changed or number > 1:  # before, there is nothing to stand beside another
        count.selectbox("Scenarios side by side", range(1, MOST_WORLDS + 1), key="worlds")
    show_store_fault()
    show_today(here, here.edited)


def _show_scenarios(here: Workspace, edited: EditedLines, count: int) -> bool:
    """The controls, and what comes of them: of one scenario side by side, of more below.

    The result is whether anything is changed.
    """
    if count == 1:
        controls, results = st.columns([3, 11], gap="medium")
    else:
        together = st.container()  # above the controls, so that both are in view
        controls, results = st.container(), st.container()
    with controls:
        levers = _levers(here, edited.problem, count)
    try:
        known = world_cache(here, edited, levers)
        quick = known.comparison(levers)
    except InputError as error:
        faults = "\n".join(f"- {plain(str(fault))}." for fault in error.faults)
        results.error(f"This cannot be:\n\n{faults}", icon=":material/edit_off:")
        return True
    is_changed = any(each.expressions for each in levers.values())
    found = planned(here, known.problem, levers) or quick
    if count > 1:
        with together:
            show_worlds(found)
    with results:
        if count == 1 and not is_changed:
            show_first_look(here, known)
        else:
            _show_results(here, found, quick, known.problem, levers)
    # Beside the controls, which are longer than what a small fleet has to tell.
    with results if count == 1 else st.container():
        show_hours(known, levers)
        _show_tornado(known)
    return is_changed


def _show_results(
    here: Workspace,
    found: Comparison,
    quick: Comparison,
    problem: Problem,
    levers: dict[str, Levers],
) -> None:
    """Losses first, beside them the moves; of the scenario that is looked at."""
    names = [world.name for world in found.worlds]
    name = names[0]
    if len(names) > 1:
        picked = st.segmented_control("Look at", names, default=name, key=f"look-{'|'.join(names)}")
        name = picked or name
    world = next(world for world in found.worlds if world.name == name)
    table, moves = st.columns([13, 7], gap="medium")
    with table:
        before = quick.base.kept.value_per_hour
        is_other = amount(before) != amount(found.base.kept.value_per_hour)
        show_losses(found.base, world, change_words(levers[name]), before if is_other else None)
    with moves:
        show_finding(here, problem, levers)
        show_moves(here, world, levers[name].new)
        show_picture(found.base, world)
    show_lists(found.base, world)
    how = "quick figures by formula; *Find the moves* simulates them"
    if is_simulated(here, problem, levers):
        how = "simulated"
    st.caption(f"An hour while running, {how}. " + " ".join(plain(note) for note in found.notes))


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
            left, right = st.container(), st.container()
            if count == _WIDE:
                left, right = st.columns([3, 2], vertical_alignment="bottom")
            with left:
                name = st.text_input("Name", key=f"world-name-{place}", max_chars=100).strip()
            levers = show_levers(problem, place, setting, [st.container()])
            if not name or name in worlds or name in (BASE, BEFORE) or not name.isprintable():
                name = f"Scenario {place}"
            here.worlds[place] = replace(setting, name=name, levers=levers)
            with right:
                show_keep(here, problem, place, saved)
        worlds[name] = levers
    for place in [place for place in here.worlds if place > count]:
        del here.worlds[place]
    return worlds


def _show_tornado(known: WorldCache) -> None:
    st.subheader("What the result hangs on")
    found, call = known.tornado(), counted_calls(known.problem)
    if found is not None and call:  # calls are counted: a value of 1 is no figure of theirs
        rows = tuple(row for row in found.rows if not row.input.endswith(".value"))
        found = found.model_copy(update={"rows": rows})
    if found is None or not found.rows:
        st.caption("No figure of this fleet can be varied.")
        return
    told = in_words(found)
    top = told.rows[0]
    st.caption(
        "Each figure 10 % lower and higher, lines as they are, by the planning tables. Most "
        f"hangs on {plain(top.input)}: {amount(top.low_aim)} to {amount(top.high_aim)} "
        f"{value_per_hour(call)}, now {amount(told.base_aim)}."
    )
    show_figure(kept_figure("tornado", (found, call), lambda: tornado_chart(told, call)))


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
