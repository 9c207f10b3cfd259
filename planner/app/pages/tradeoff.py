"""The trade-off page: throughput, what survives a failure and abandoned calls; take a plan."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from planner.app.session.text import plain
from planner.app.session.workspace import Workspace, workspace
from planner.app.widgets import running
from planner.app.widgets.charts import kept_figure, show_clickable, show_figure
from planner.app.widgets.empty_page import show_nothing_open
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.contracts.values.told import share_at_most
from planner.evaluation.notes import counted_calls
from planner.report.charts.studies import clickable_frontier, frontier_chart
from planner.report.plans.losses import change
from planner.report.studies.frontier import (
    against_sentence,
    command_to_plan,
    current_sentence,
    sweep_sentences,
)
from planner.report.words import STOPPED_EARLY, amount, share, value_noun, value_rate, value_title
from planner.studies.frontier import (
    Frontier,
    FrontierPoint,
    current_lines,
    frontier,
)

_STUDY = "frontier"
_PICKED = "frontier-picked"
_PURPOSE = "This page finds the plans worth choosing from."
#: Weights on what survives; with as many the command finds the same plans.
_SIZES = {"Coarse: 3 weights": 3, "Usual: 5 weights": 5, "Fine: 11 weights": 11}


class _Picked(NamedTuple):
    """What was ticked in the table and clicked in the chart, and which place counts."""

    ticked: Sequence[int] = ()
    numbers: Sequence[int] = ()
    choice: Sequence[int] = ()


def show() -> None:
    """Draw the page."""
    here = workspace()
    if show_nothing_open(here, "Trade-off", _PURPOSE) or here.edited is None:
        return
    st.title("Trade-off")
    st.markdown(
        "More calls now, more calls left when something fails, or fewer abandoned calls: shown are "
        "the plans that no other plan found beats in all three. Click one in the chart, or tick "
        "its row in the table, to look at it; then take it."
    )
    problem = here.edited.problem
    _show_start(here, problem)
    running.show_running(here, _STUDY, "Planning")
    found: Frontier | None = running.result(here, _STUDY)
    if found is None:
        _show_now(problem)
        return
    if running.is_out_of_date(here, _STUDY, _fleet(problem)):
        st.caption("Of the fleet and the locks as they were when this was planned.")
    if not found.points:
        _show_none(found)
        return
    _show_points(here, found)


def _fleet(problem: Problem) -> object:
    """What a frontier is made from: the fleet and the locked lines."""
    locked = tuple(a for a in problem.assignments if a.locked)
    return problem.model_copy(update={"assignments": locked})


def _show_start(here: Workspace, problem: Problem) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        size = st.selectbox("How many plans", list(_SIZES), key="frontier-size", width=240)
        points = _SIZES[size]
        st.button(
            "Find the plans",
            key="find",
            type="primary",
            icon=":material/scatter_plot:",
            disabled=running.is_running(here, _STUDY),
            on_click=running.start,
            args=(
                here,
                _STUDY,
                _fleet(problem),
                partial(frontier, problem, PlanOptions(), points=points),
            ),
        )
    st.caption(
        "Each weight is planned with the limits as they are, then with a half and a quarter of the "
        "abandoned calls: on a large fleet up to a minute each. Stop at any time and keep what is "
        "found."
    )


def _show_now(problem: Problem) -> None:
    """The lines as they are, on the chart that the plans will be drawn on."""
    now = current_lines(problem)
    if now is None:
        return
    call = counted_calls(problem)
    alone = Frontier(options=PlanOptions(), points=(), sweep=(), current=now, counted_calls=call)
    st.markdown(
        f"{plain(current_sentence(alone))} The plans will be drawn beside them: right is more "
        f"{value_noun(call)}, up is more that is left after the worst failure."
    )
    with st.container(width=720):
        show_figure(kept_figure("now", (now, call), lambda: frontier_chart(alone)))


def _show_none(found: Frontier) -> None:
    wants = [text for conflict in found.conflicts for text in conflict.requirements]
    told = "\n".join(f"- {plain(text)}" for text in wants)
    if told:
        st.error(f"These requirements cannot hold together:\n\n{told}", icon=":material/block:")
    else:
        st.warning("Stopped before any plan was found.", icon=":material/warning:")


def _show_points(here: Workspace, found: Frontier) -> None:
    # The lines as they are now, which may be others than when the plans were found.
    now = current_lines(here.edited.problem) if here.edited is not None else None
    found = found.model_copy(update={"current": now})
    if now is not None:
        st.markdown(plain(current_sentence(found)))
    chart, table = st.columns([1, 1], gap="large")
    figure = kept_figure("frontier", (found,), lambda: clickable_frontier(found))
    with chart:
        clicked = show_clickable(figure, "frontier-chart")
    with table:
        st.caption(
            "In brackets: against the lines now. By keyboard: Tab into the table, arrow keys to a "
            "row, Shift + Space to tick it."
        )
        frame = _frame(found)
        right = {
            name: st.column_config.TextColumn(name, alignment="right") for name in frame.columns[1:]
        }
        rows: Any = st.dataframe(
            frame,
            hide_index=True,
            column_config=right,
            on_select="rerun",
            selection_mode="single-row",
            key="frontier-rows",
            alt="Plans to choose from",
        )
    picked = _picked(found, clicked, rows)
    if picked is not None:
        _show_picked(here, picked, found)
    if found.stopped_early:
        st.caption(STOPPED_EARLY)
    told = sweep_sentences(found)
    if told:
        with st.expander(f"Searches that gave nothing more: {len(told)}"):
            st.markdown("\n".join(f"- {plain(text)}" for text in told))


def _frame(found: Frontier) -> pd.DataFrame:
    points, now = found.points, found.current

    def beside(value: float, before: float | None) -> str:
        """The figure, and its change against the lines now."""
        return amount(value) + ("" if before is None else f" ({change(before, value)})")

    return pd.DataFrame(
        {
            "Plan": [p.number for p in points],
            value_title(found.counted_calls): [
                beside(p.throughput_value_per_hour, now.throughput_value_per_hour if now else None)
                for p in points
            ],
            "After the worst failure": [
                beside(p.surviving_value_per_hour, now.surviving_value_per_hour if now else None)
                for p in points
            ],
            "Abandon rate": [share(p.abandon_rate) for p in points],
            "Proven within": [share_at_most(p.gap) for p in points],
        }
    )


def _picked(found: Frontier, clicked: Any, rows: Any) -> FrontierPoint | None:
    """The plan of the row that was ticked or of the point that was clicked, whichever was last."""
    ticked = [*rows["selection"]["rows"]]
    numbers = [int(item["Plan"]) for item in clicked["selection"].get("plan") or []]
    before: _Picked = st.session_state.get(_PICKED) or _Picked()
    choice = before.choice
    if ticked != before.ticked:
        choice = ticked
    elif numbers != before.numbers:
        choice = [number - 1 for number in numbers]
    st.session_state[_PICKED] = _Picked(ticked, numbers, choice)
    return found.points[choice[0]] if choice and choice[0] < len(found.points) else None


def _show_picked(here: Workspace, point: FrontierPoint, found: Frontier) -> None:
    against, now, call = "", found.current, found.counted_calls
    command = command_to_plan(found.options, point)
    if now is not None:
        against = f"\n\n**Against the lines now**: {plain(against_sentence(point, now, call))}"
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**Plan {point.number}**: {value_rate(point.throughput_value_per_hour, call)}, "
            f"{amount(point.surviving_value_per_hour)} left when "
            f"{plain(point.worst_failure_domain or 'nothing')} fails, abandon rate "
            f"{share(point.abandon_rate)}."
            f"{against}\n\nOn the command line: `{command}`"
        )
        st.space("stretch")
        if st.button(
            "Take this plan", key="take-point", type="primary", icon=":material/done_all:"
        ):
            here.take(LinePlan(assignments=point.lines))
            here.said = f"Plan {point.number} of the trade-off is in the grid; Undo takes it back."
            st.switch_page(st.session_state["pages"]["Plan"])
