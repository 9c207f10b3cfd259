"""Optimise in the background: how far it is, stop it, see what it would change, take it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from planner.jobs import PlanJob
from planner.outlook import Outlook, outlook
from planner.pipeline import changes
from planner.plan import LinePlan, PlanOptions, PlanResult
from planner.scenario import RowKey, Scenario, take_plan
from planner.ui.desk import Desk
from planner.ui.headline import show_headline
from planner.ui.people import run_owner
from planner.ui.text import plain
from planner.words import amount, duration, quality, share

_REFRESH_SECONDS = 0.5


def show_optimise(desk: Desk, view: Outlook, at: datetime) -> None:
    """The run's controls, its progress while it goes on, and afterwards what it found."""
    if desk.job is None:
        return
    with st.container(border=True):
        if not desk.job.done:
            _show_progress(desk)
        elif desk.job.result is None:
            _show_failure(desk)
        else:
            _show_result(desk, desk.job.result, view, at)


def start_job(desk: Desk) -> None:
    """Plan with the options that the page shows."""
    desk.start_job(
        PlanOptions(redundancy=st.session_state.get("redundancy", 0) / 100),
        owner=run_owner(desk.session_id),
    )


@st.fragment(run_every=_REFRESH_SECONDS)
def _show_progress(desk: Desk) -> None:
    job = desk.job
    if job is None or job.done:
        st.rerun()
        return
    progress = job.progress
    value = None if progress is None else progress.value_per_hour
    bound = None if progress is None else progress.bound_per_hour
    gap = None if progress is None else progress.gap
    best, proven, distance, action = st.columns([1, 1, 1, 1], vertical_alignment="center")
    best.metric("Best plan so far", "–" if value is None else f"{amount(value)} value/h")
    proven.metric("No plan can exceed", "–" if bound is None else f"{amount(bound)} value/h")
    distance.metric("Gap between them", "–" if gap is None else share(gap))
    action.button(
        "Stopping …" if job.stopping else "Stop and keep best",
        key="stop",
        icon=":material/stop_circle:",
        disabled=job.stopping,
        on_click=job.stop,
        width="stretch",
    )
    st.caption(_phase(job))


def _phase(job: PlanJob) -> str:
    if job.waiting:
        return "Waiting for its turn: other runs go first. Your lines stay as they are."
    limit = duration(job.options.time_limit)
    return f"Optimising for {job.seconds:.0f} s, at most {limit}. Your lines stay as they are."


def _show_failure(desk: Desk) -> None:
    if desk.job is not None and desk.job.stopping:
        st.info("Stopped before planning began. Your lines are unchanged.")
    else:
        st.error(
            "Planning failed. This is a fault of the planner, not of your data; the server's log "
            "says more. Your lines are unchanged.",
            icon=":material/error:",
        )
    st.button("Close", key="discard", on_click=desk.drop_job)


def _show_result(desk: Desk, result: PlanResult, view: Outlook, at: datetime) -> None:
    if result.plan is None or desk.scenario is None:
        _show_no_plan(desk, result)
        return
    st.subheader("Proposed plan")
    st.markdown(f"{_ending(desk, result)} after {duration(result.seconds)}; {quality(result)}.")
    frame = _change_frame(desk.scenario, result.plan)
    if frame.empty:
        st.success("Your lines are already this plan: nothing to change.", icon=":material/check:")
        _show_binding(result)
        st.button("Close", key="discard", on_click=desk.drop_job)
        return
    proposed = outlook(take_plan(desk.scenario, result.plan, result.corrections), at, view)
    show_headline(proposed.headline, view.headline, "now", border=False)
    _show_choice(desk, desk.scenario, result.plan)
    left, right = st.columns(2)
    with left:
        rows = "1 row changes" if len(frame) == 1 else f"{len(frame)} rows change"
        before, after = (v.evaluation.value.throughput_value_per_hour for v in (view, proposed))
        st.markdown(
            f"{rows}; handled calls are worth **{amount(after)}** an hour, now {amount(before)}."
        )
        st.dataframe(
            frame,
            hide_index=True,
            on_select="rerun",
            selection_mode="multi-row",
            key=rows_key(desk.scenario, result.plan),
            alt="Changes of the proposed plan",
        )
    with right:
        _show_binding(result)


def _ending(desk: Desk, result: PlanResult) -> str:
    if not result.stopped_early:
        return "Done"
    return "Stopped" if desk.job is not None and desk.job.stopping else "Time limit reached"


def _show_choice(desk: Desk, scenario: Scenario, plan: LinePlan) -> None:
    picked = _picked_rows(scenario, plan)
    with st.container(horizontal=True):
        st.button(
            "Take all",
            key="take",
            type="primary",
            icon=":material/done_all:",
            on_click=desk.take_job,
        )
        count = "1 row" if len(picked) == 1 else f"{len(picked)} rows"
        st.button(
            f"Take {count}" if picked else "Take ticked rows",
            key="take-rows",
            icon=":material/done:",
            disabled=not picked,
            help="Tick rows below to take only these; single rows may break limits.",
            on_click=desk.take_job,
            args=(picked,),
        )
        st.button("Discard", key="discard", icon=":material/close:", on_click=desk.drop_job)


def _picked_rows(scenario: Scenario, plan: LinePlan) -> tuple[RowKey, ...]:
    """The rows that are ticked in the table below."""
    selection: Any = st.session_state.get(rows_key(scenario, plan))
    ticked = selection["selection"]["rows"] if selection else []
    changed = changes(scenario.problem, plan)
    return tuple(
        (changed[row].campaign_id, changed[row].dialer_id) for row in ticked if row < len(changed)
    )


def rows_key(scenario: Scenario, plan: LinePlan) -> str:
    """Ticks are kept by position, so other rows are another table."""
    changed = changes(scenario.problem, plan)
    return f"proposed-{hash(tuple((c.campaign_id, c.dialer_id) for c in changed))}"


def _change_frame(scenario: Scenario, plan: LinePlan) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Campaign": change.campaign_id,
                "Dialer": change.dialer_id,
                "Dial lines": f"{change.dial_lines_from} → {change.dial_lines_to}",
                "Agent lines": f"{change.agent_lines_from} → {change.agent_lines_to}",
            }
            for change in changes(scenario.problem, plan)
        ]
    )


def _show_binding(result: PlanResult) -> None:
    if result.binding:
        reasons = "\n".join(f"- {plain(reason)}" for reason in result.binding)
        st.markdown(f"What holds the plan back:\n\n{reasons}")


def _show_no_plan(desk: Desk, result: PlanResult) -> None:
    if not result.conflicts:
        st.warning(
            "Stopped before any plan was found. Your lines are unchanged."
            if result.stopped_early
            else "No plan holds all the limits. Your lines are unchanged.",
            icon=":material/warning:",
        )
    for conflict in result.conflicts:
        wants = "\n".join(f"- {plain(text)}" for text in conflict.requirements)
        helps = "\n".join(f"- {plain(text)}" for text in conflict.relaxations)
        st.error(
            f"These requirements cannot hold together:\n\n{wants}"
            + (f"\n\nAny of these would help:\n\n{helps}" if helps else ""),
            icon=":material/block:",
        )
    st.button("Close", key="discard", on_click=desk.drop_job)
