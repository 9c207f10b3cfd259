"""What would help most, asked for by a click; each change can be tried as a scenario."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from planner.app.editing.worlds.levers import Levers
from planner.app.pages.whatif.levers import put
from planner.app.session.text import plain
from planner.app.session.workspace import Setting, Workspace
from planner.app.widgets import running
from planner.contracts.problem import Problem
from planner.contracts.result import PlanResult, Progress
from planner.evaluation.notes import counted_calls
from planner.pipeline.pipeline import compare
from planner.report.plans.helps import CUT_OFF, HelpRow, help_notes, help_rows
from planner.report.words import value_noun

_STUDY = "helps"
#: Changes that are listed; a plan on the command line tells all.
_MOST = 10
_ASK = "Tell what would help most"
_WHAT = (
    "Makes the plan again with one agent, port, channel, call per second or dialer more, with an "
    "agent moved, and with each limit a step lower: several times the work of the plan."
)


def show_helps(workspace: Workspace, problem: Problem, result: PlanResult) -> None:
    """The button, how far it is, and the changes by what they bring."""
    running.show_running(workspace, _STUDY, "Comparing plans")
    found: PlanResult | None = running.result(workspace, _STUDY)
    if found is None or running.is_out_of_date(workspace, _STUDY, id(result)):
        st.button(
            _ASK,
            key="helps",
            icon=":material/lightbulb:",
            help=_WHAT,
            disabled=running.is_running(workspace, _STUDY),
            on_click=running.start,
            args=(workspace, _STUDY, id(result), partial(study, problem, result)),
        )
        return
    if found.helps_stopped_early:
        st.caption(CUT_OFF)
    rows = help_rows(found.helps)
    if not rows:
        st.markdown("Nothing that was tried brings more.")
        return
    noun = value_noun(counted_calls(problem))
    st.markdown(f"What would help most, in {noun} an hour:")
    for place, row in enumerate(rows[:_MOST]):
        _show_row(workspace, place, row)
    for note in help_notes(found):
        st.caption(plain(note))


def limits_told(workspace: Workspace, result: PlanResult) -> tuple[str, ...]:
    """What holds a plan back, with what each limit costs once that was compared."""
    found: PlanResult | None = running.result(workspace, _STUDY)
    if found is None or running.is_out_of_date(workspace, _STUDY, id(result)):
        return result.binding
    return found.binding or result.binding


def study(
    problem: Problem,
    result: PlanResult,
    *,
    on_progress: Callable[[float, str], None],
    stop: Callable[[], bool],
) -> PlanResult:
    """The plan with what one more is worth, told as a run of a page."""

    def tell(progress: Progress) -> None:
        done, _, of = progress.phase.removeprefix("what would help: ").partition(" of ")
        on_progress(int(done) / max(int(of or 1), 1), "")

    return compare(problem, result, on_progress=tell, stop=stop)


def _show_row(workspace: Workspace, place: int, row: HelpRow) -> None:
    words, brings, button = st.columns([6, 3, 1], vertical_alignment="center")
    words.markdown(plain(row.words[:1].upper() + row.words[1:]))
    brings.markdown(f"**+{row.brings}**" + ("" if row.ends == row.brings else f" ({row.ends})"))
    if button.button("Try", key=f"help-{place}", help=plain(" ".join(row.expressions))):
        _try(workspace, row)
        st.switch_page(st.session_state["pages"]["What if"])


def _try(workspace: Workspace, row: HelpRow) -> None:
    """The change as the first scenario of the page that compares them."""
    before = workspace.worlds.get(0)
    revision = before.revision if before is not None else 0
    setting = Setting(row.words, Levers(more=row.expressions), None, revision=revision)
    workspace.worlds[0] = setting
    put(0, setting)
