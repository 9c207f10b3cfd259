"""What a VICIdial system does today beside the lines on the board, both by its own loops."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planner.app.editing.edited_lines import EditedLines
from planner.app.jobs.emulation_job import DAYS, HOURS, run_emulation
from planner.app.session.text import plain
from planner.app.session.vicidial_site import site_settings
from planner.app.session.workspace import Workspace
from planner.app.widgets import running

if TYPE_CHECKING:
    from planner.vicidial.emulation.comparison import Emulated

_STUDY = "emulation"
_TITLES = ("Lines", "Value an hour", "Transfers an hour", "Abandoned an hour", "Abandon rate")


def show_today(here: Workspace, edited: EditedLines) -> None:
    """Draw the section, where the fleet was read from a VICIdial system."""
    settings = site_settings(edited.problem)
    if settings is None:
        return
    st.subheader("What VICIdial does today")
    st.caption(
        f"Its own allocation with the settings of {plain(settings.read_at[:16].replace('T', ' '))} "
        f"UTC, and with the lines on the board: {DAYS} days of {HOURS:g} hours each, call by call, "
        "as its own loops dial."
    )
    key = edited.problem
    with st.container(horizontal=True, vertical_alignment="center"):
        failures = st.checkbox("With each failure too", key="emulate-failures")
        if st.button(
            "Emulate",
            key="emulate",
            icon=":material/compare_arrows:",
            disabled=running.is_running(here, _STUDY),
        ):
            work = partial(run_emulation, settings, edited.problem, failures=failures)
            running.start(here, _STUDY, key, work)
            st.rerun()
    running.show_running(here, _STUDY, "Emulating", stop="Stop")
    found: Emulated | None = running.result(here, _STUDY)
    if found is None:
        return
    if running.is_out_of_date(here, _STUDY, key):
        st.caption("The lines were changed since: emulate again to see what they do now.")
    from planner.report.vicidial.emulation import gain_sentences, ways_rows

    frame = pd.DataFrame(ways_rows(found), columns=list(_TITLES))
    st.dataframe(frame, hide_index=True, alt="Today beside the lines on the board, an hour")
    told = "\n".join(f"- The lines on the board, {plain(text)}." for text in gain_sentences(found))
    st.markdown(told)
    st.caption(" ".join(["In brackets the 95 % interval.", *(plain(n) for n in found.notes)]))
