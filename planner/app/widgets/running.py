"""A long run of a page: how far it is, stop it, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from planner.app.jobs.jobs import StudyJob
from planner.app.session.text import plain
from planner.app.session.user import run_owner
from planner.app.session.workspace import Workspace
from planner.compiling.compilation import WORDS
from planner.report.words import duration

_REFRESH_SECONDS = 0.5
#: Of how far it is [pixels].
_BAR_WIDTH = 260


def start(workspace: Workspace, name: str, key: object, study: Callable[..., Any]) -> None:
    """Start a run; ``key`` is what it is made from."""
    workspace.start_study(name, key, StudyJob(study, owner=run_owner(workspace.session_id)))


def result(workspace: Workspace, name: str) -> Any:
    """The outcome of a finished run, None while there is none."""
    study = workspace.studies.get(name)
    return study.job.result if study is not None and study.job.done else None


def is_out_of_date(workspace: Workspace, name: str, key: object) -> bool:
    """Whether a run was made from something else than what is asked for now."""
    study = workspace.studies.get(name)
    return study is not None and study.key != key


def is_running(workspace: Workspace, name: str) -> bool:
    """Whether a run of this name is going on."""
    study = workspace.studies.get(name)
    return study is not None and not study.job.done


def show_running(
    workspace: Workspace,
    name: str,
    what: str,
    *,
    stop: str | None = "Stop and keep what is found",
    details: Callable[[StudyJob[Any]], str] = lambda _: "",
) -> None:
    """Progress while it goes on; afterwards only if it failed.

    Parameters
    ----------
    what : is being done, in a word
    stop : words of the button that ends it; None where it can be ended only before it begins
    details : more of what it is at
    """
    study = workspace.studies.get(name)
    if study is None:
        return
    if not study.job.done:
        with st.container(border=True):
            _show_progress(workspace, name, what, stop, details)
    elif study.job.result is None and not study.job.stopping:
        st.error(
            f"{what} failed. This is a fault of the planner, not of your data; the server's log "
            "says more. Nothing was changed.",
            icon=":material/error:",
        )
    elif study.job.result is None:
        st.info("Stopped before anything was found.")


@st.fragment(run_every=_REFRESH_SECONDS)
def _show_progress(
    workspace: Workspace,
    name: str,
    what: str,
    stop: str | None,
    details: Callable[[StudyJob[Any]], str],
) -> None:
    study = workspace.studies.get(name)
    if study is None or study.job.done:
        st.rerun()
        return
    job = study.job
    with st.container(horizontal=True, vertical_alignment="center"):
        _show_progress_bar(job, what)
        words = "Stop waiting" if stop is None and job.waiting else stop
        if words is not None:
            st.button(
                "Stopping …" if job.stopping else words,
                key=f"stop-{name}",
                icon=":material/stop_circle:",
                disabled=job.stopping,
                on_click=job.stop,
            )
    if told := details(job):
        st.markdown(told)


def _show_progress_bar(job: StudyJob[Any], what: str) -> None:
    """How far it is; in a narrow place the button beside it goes below."""
    with st.container(width=_BAR_WIDTH):
        if job.waiting:
            st.progress(job.share, "Waiting for its turn: other runs go first.")
        elif job.compiling.is_on:
            st.progress(0.0, f"{WORDS} {duration(job.compiling.seconds)} so far.")
        else:
            phase = f": {plain(job.phase)}" if job.phase else ""
            text = f"{what} for {duration(job.seconds - job.compiling.seconds)}{phase}"
            st.progress(min(max(job.share, 0.0), 1.0), text)
