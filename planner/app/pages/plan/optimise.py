"""Optimise in the background: how far it is, stop it, see what it would change, take it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from planner.app.editing.assessment import Assessment, assess
from planner.app.editing.edited_lines import EditedLines, PairKey, take_plan
from planner.app.editing.live.lost_dialers import lost_dialers, without_dialers
from planner.app.jobs.jobs import PlanJob
from planner.app.pages.live_panel import take_live
from planner.app.pages.plan.effects import show_effects
from planner.app.pages.plan.helps import limits_told, show_helps
from planner.app.session.text import plain
from planner.app.session.user import run_owner
from planner.app.session.workspace import Workspace
from planner.app.widgets.given_up import show_given_up
from planner.app.widgets.headline import show_headline
from planner.compiling.compilation import WORDS
from planner.contracts.answers import NearestPlan
from planner.contracts.line_plan import LinePlan
from planner.contracts.result import PlanOptions, PlanResult, Progress
from planner.contracts.values.told import share_at_most
from planner.evaluation.differences import changes
from planner.evaluation.notes import counted_calls
from planner.report.plans.moves import move_sentences, way_sentence
from planner.report.plans.plan import TOGETHER, together_sentences
from planner.report.words import amount, duration, quality

_REFRESH_SECONDS = 0.5
#: Longer lists are folded.
_MOST_TOLD = 8
#: Two lines of text, or a button.
_STRIP_PIXELS = 70
#: Whether dialers that are lost are planned with all the same.
_COUNT_LOST = "count-lost"
_IDLE = (
    "**Optimise** finds the best lines for every row that is not locked, and proves how good they "
    "are. Nothing changes until you take the result."
)


def show_optimise(workspace: Workspace, view: Assessment) -> None:
    """What Optimise does, how far it is, and what it came to, in a strip that is always there.

    Its height never changes: what lies below it, above all the grid, stays where it is.
    """
    with st.container(height=_STRIP_PIXELS, border=False, vertical_alignment="center"):
        job = workspace.job
        if job is None:
            _show_idle(workspace)
        elif not job.done:
            _show_progress(workspace)
        elif job.result is None:
            with _words_and_buttons(_failure(job)):
                _show_close(workspace)
        else:
            _show_ending(workspace, job.result, _as_planned(workspace, view))


def _show_idle(workspace: Workspace) -> None:
    """What Optimise does; where dialers are lost, that it does without them."""
    lost = _lost(workspace)
    if not lost:
        st.markdown(_IDLE)
        return
    it = "it" if len(lost) == 1 else "them"
    words = (
        f":material/power_off: **Lost: {plain(', '.join(lost))}.** *Optimise* plans without {it}."
    )
    with _words_and_buttons(words):
        st.checkbox(f"Count {it} in", key=_COUNT_LOST)


def _lost(workspace: Workspace) -> tuple[str, ...]:
    if workspace.edited is None:
        return ()
    return lost_dialers(workspace.edited.problem, workspace.live)


def _as_planned(workspace: Workspace, view: Assessment) -> Assessment:
    """The lines as they are without the dialers that the plan does without."""
    out = workspace.left_out()
    if not out:
        return view
    baseline = without_dialers(view.edited.baseline, out)
    return assess(view.edited.changed(baseline=baseline), view.at)


def show_proposal(workspace: Workspace, view: Assessment, at: datetime) -> None:
    """What the finished run found, in detail; it lies below the grid."""
    result = workspace.job.result if workspace.job is not None and workspace.job.done else None
    if result is None or workspace.edited is None:
        return
    if result.plan is None:
        if result.nearest is not None:
            show_given_up(
                result.nearest.given_up,
                result.left_out,
                needed=result.nearest.needed,
                needed_search=result.nearest.needed_search,
            )
            nearest = take_plan(workspace.edited, result.nearest.plan)
            show_effects(view, assess(nearest, at, view))
        _show_conflicts(result)
    elif changes(workspace.edited.problem, result.plan) or result.binding:
        with st.container(border=True):
            _show_result(workspace, workspace.edited, result, _as_planned(workspace, view), at)


def start_job(workspace: Workspace) -> None:
    """Plan with the options that the page shows."""
    if workspace.edited is not None:
        take_live(workspace, workspace.edited)
    workspace.start_job(
        PlanOptions(redundancy=st.session_state.get("redundancy", 0) / 100),
        without=() if st.session_state.get(_COUNT_LOST) else _lost(workspace),
        owner=run_owner(workspace.session_id),
    )


@st.fragment(run_every=_REFRESH_SECONDS)
def _show_progress(workspace: Workspace) -> None:
    job = workspace.job
    if job is None or job.done:
        st.rerun()
        return
    with _words_and_buttons(_progress_words(job)):
        st.button(
            "Stopping …" if job.stopping else "Stop and keep best",
            key="stop",
            icon=":material/stop_circle:",
            disabled=job.stopping,
            on_click=job.stop,
        )


def _words_and_buttons(words: str) -> DeltaGenerator:
    """Words, and to their right a place for buttons: side by side, so that the height will do."""
    left, right = st.columns([5, 4], vertical_alignment="center", gap="xsmall")
    left.markdown(words)
    return right.container(horizontal=True, horizontal_alignment="right", gap="xsmall")


def _progress_words(job: PlanJob) -> str:
    if job.waiting:
        return "Waiting for its turn: other runs go first. Your lines stay as they are."
    if job.compiling.is_on:
        then = "Then it stops." if job.stopping else "Then it optimises."
        return f"{WORDS} {duration(job.compiling.seconds)} so far. {then}"
    seconds, limit = job.seconds - job.compiling.seconds, duration(job.options.time_limit)
    return f"Optimising for {seconds:.0f} s, at most {limit}. {_found_words(job.progress)}"


def _found_words(progress: Progress | None) -> str:
    """Best value so far, proven bound and the gap between them."""
    value = None if progress is None else progress.value_per_hour
    bound = None if progress is None else progress.bound_per_hour
    gap = None if progress is None else progress.gap
    if value is None:
        return "No plan is found yet; your lines stay as they are."
    words = f"Best plan so far: **{amount(value)}** an hour"
    if bound is not None:
        words += f"; no plan can exceed **{amount(bound)}**"
    return words + ("." if gap is None else f", a gap of **{share_at_most(gap)}**.")


def _failure(job: PlanJob) -> str:
    if job.stopping:
        return "Stopped before planning began. Your lines are unchanged."
    return (
        ":material/error: **Planning failed.** This is a fault of the planner, not of your data; "
        "the server's log says more. Your lines are unchanged."
    )


def _show_ending(workspace: Workspace, result: PlanResult, view: Assessment) -> None:
    """What a finished run came to, in a sentence, and what can be done with it."""
    if result.plan is None or workspace.edited is None:
        with _words_and_buttons(_no_plan_words(result)):
            if result.nearest is not None:
                _show_nearest_choice(workspace, result.nearest)
            _show_close(workspace)
        return
    if not changes(workspace.edited.problem, result.plan):
        words = ":material/check: Your lines are already this plan: nothing to change."
        with _words_and_buttons(f"{words} {quality(result).capitalize()}."):
            _show_close(workspace)
        return
    now = view.evaluation.value.throughput_value_per_hour
    then = result.value.throughput_value_per_hour if result.value is not None else now
    call = view.headline.counted_calls
    what = f"**{amount(then)}** {call}s an hour" if call else f"value **{amount(then)}** an hour"
    out = workspace.left_out()
    without = f" without {plain(', '.join(out))}" if out else ""
    words = f"**Proposed plan**{without}: {what}, now {amount(now)}"
    with _words_and_buttons(f"{words}{_lose_words(result)}. More below the board."):
        _show_choice(workspace, workspace.edited, result.plan)


def _lose_words(result: PlanResult) -> str:
    """How many campaigns pay for it: whoever takes it at once has not seen what lies below."""
    count = len(result.losses)
    if not count:
        return ""
    return f"; **{'1 campaign loses' if count == 1 else f'{count} campaigns lose'} over a tenth**"


def _show_nearest_choice(workspace: Workspace, nearest: NearestPlan) -> None:
    st.button(
        "Take the nearest plan",
        key="take-nearest",
        type="primary",
        icon=":material/rule:",
        on_click=_take_nearest,
        args=(workspace, nearest),
        help="Puts its lines in place as one edit; what it gives up is listed below the board.",
    )


def _take_nearest(workspace: Workspace, nearest: NearestPlan) -> None:
    workspace.take(nearest.plan)
    workspace.drop_job()


def _show_close(workspace: Workspace) -> None:
    st.button("Close", key="discard", on_click=workspace.drop_job)


def _no_plan_words(result: PlanResult) -> str:
    if result.nearest is not None:
        value = amount(result.nearest.value_per_hour)
        return (
            ":material/block: **There is no such plan**: some requirements cannot hold together. "
            f"The nearest plan brings **{value}** an hour; what it gives up is listed below the "
            "board."
        )
    if result.conflicts:
        return (
            ":material/block: **There is no such plan**: some requirements cannot hold together. "
            "They are listed below the board. Your lines are unchanged."
        )
    if result.stopped_early:
        return "Stopped before any plan was found. Your lines are unchanged."
    return ":material/warning: No plan holds all the limits. Your lines are unchanged."


def _show_result(
    workspace: Workspace, edited: EditedLines, result: PlanResult, view: Assessment, at: datetime
) -> None:
    assert result.plan is not None
    line_plan = result.plan
    show_given_up(
        result.given_up, result.left_out, result.limits_broken, result.needed, result.needed_search
    )
    frame = _change_frame(edited, line_plan)
    st.subheader("Your lines are this plan" if frame.empty else "Proposed plan")
    st.markdown(f"{_ending(workspace, result)} after {_took(result)}; {quality(result)}.")
    problem = workspace.job.problem if workspace.job is not None else edited.problem
    if frame.empty:
        _show_binding(workspace, result)
        show_helps(workspace, problem, result)
        return
    proposed = assess(take_plan(edited, line_plan), at, view)
    show_headline(proposed.headline, view.headline, "now", border=False)
    show_effects(view, proposed)
    left, right = st.columns(2)
    with left:
        rows = "1 row changes" if len(frame) == 1 else f"{len(frame)} rows change"
        st.markdown(f"{rows}; tick some to take only these.")
        st.dataframe(
            frame,
            hide_index=True,
            on_select="rerun",
            selection_mode="multi-row",
            key=rows_key(edited, line_plan),
            alt="Changes of the proposed plan",
        )
    with right:
        _show_binding(workspace, result)
    show_helps(workspace, problem, result)
    _show_moves(edited, result)


def _show_moves(edited: EditedLines, result: PlanResult) -> None:
    """The moves in their order, as long as the lines are those from which they lead."""
    if not result.moves or result.plan is None:
        return
    if changes(edited.problem, result.plan) != result.changes:
        st.caption("The lines were edited since: optimise again for the order of the moves.")
        return
    count = "1 move" if len(result.moves) == 1 else f"{len(result.moves)} moves"
    with st.expander(f"{count}, in this order", expanded=len(result.moves) <= _MOST_TOLD):
        st.markdown("\n".join(f"1. {plain(told)}" for told in move_sentences(result.moves)))
        call = "" if result.options.redundancy else counted_calls(edited.problem)
        st.caption(plain(way_sentence(result.value_before_moves, result.moves, call)))


def _took(result: PlanResult) -> str:
    return "less than a second" if result.seconds < 1 else duration(result.seconds)


def _ending(workspace: Workspace, result: PlanResult) -> str:
    if not result.stopped_early:
        return "Done"
    return (
        "Stopped" if workspace.job is not None and workspace.job.stopping else "Time limit reached"
    )


def _show_choice(workspace: Workspace, edited: EditedLines, plan: LinePlan) -> None:
    picked = _picked_rows(edited, plan)
    st.button(
        "Take all",
        key="take",
        type="primary",
        icon=":material/done_all:",
        on_click=workspace.take_job,
    )
    count = "1 row" if len(picked) == 1 else f"{len(picked)} rows"
    st.button(
        f"Take {count}" if picked else "Take ticked",
        key="take-rows",
        icon=":material/done:",
        disabled=not picked,
        help="Tick rows below the grid to take only these; single rows may break limits.",
        on_click=workspace.take_job,
        args=(picked,),
    )
    st.button("Discard", key="discard", icon=":material/close:", on_click=workspace.drop_job)


def _picked_rows(edited: EditedLines, plan: LinePlan) -> tuple[PairKey, ...]:
    """The rows that are ticked in the table below."""
    selection: Any = st.session_state.get(rows_key(edited, plan))
    ticked = selection["selection"]["rows"] if selection else []
    changed = changes(edited.problem, plan)
    return tuple(
        (changed[row].campaign_id, changed[row].dialer_id) for row in ticked if row < len(changed)
    )


def rows_key(edited: EditedLines, plan: LinePlan) -> str:
    """Ticks are kept by position, so other rows are another table."""
    changed = changes(edited.problem, plan)
    return f"proposed-{hash(tuple((c.campaign_id, c.dialer_id) for c in changed))}"


def _change_frame(edited: EditedLines, plan: LinePlan) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Campaign": change.campaign_id,
                "Dialer": change.dialer_id,
                "Dial lines": f"{change.dial_lines_from} → {change.dial_lines_to}",
                "Agent lines": f"{change.agent_lines_from} → {change.agent_lines_to}",
            }
            for change in changes(edited.problem, plan)
        ]
    )


def _show_binding(workspace: Workspace, result: PlanResult) -> None:
    told = limits_told(workspace, result)
    if told:
        reasons = "\n".join(f"- {plain(reason)}" for reason in told)
        st.markdown(f"What holds the plan back:\n\n{reasons}")


def _show_conflicts(result: PlanResult) -> None:
    for conflict in result.conflicts:
        wants = "\n".join(f"- {plain(text)}" for text in conflict.requirements)
        helps = "\n".join(f"- {plain(text)}" for text in conflict.relaxations)
        st.error(
            f"These requirements cannot hold together:\n\n{wants}"
            + (f"\n\nAny of these would help:\n\n{helps}" if helps else ""),
            icon=":material/block:",
        )
    together = together_sentences(result)
    if together:
        listed = "\n".join(f"- {plain(text)}" for text in together)
        st.info(f"**{TOGETHER}**:\n\n{listed}", icon=":material/build:")
