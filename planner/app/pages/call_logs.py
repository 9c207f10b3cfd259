"""Figures from call logs on the data page: drop files, see how they are read, take estimates."""

from __future__ import annotations

import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from planner.app.editing.edited_lines import EditedLines
from planner.app.jobs.calibration_job import CalibrationRun, run_calibration
from planner.app.session.text import plain
from planner.app.session.workspace import Workspace
from planner.app.widgets import running
from planner.app.widgets.charts import show_figure
from planner.calibration.backtest.result import Backtest
from planner.calibration.folder_update import CellChange, update_tables
from planner.calibration.preview import Preview, preview_log
from planner.calibration.readers.log_files import SUFFIXES
from planner.calibration.readers.mapping import read_given
from planner.contracts.faults import Fault, InputError
from planner.contracts.values.per_cent import per_cent
from planner.report.calls.backtest import TITLES
from planner.report.charts.calibration import coverage_chart, estimates_chart, levels_chart
from planner.report.text_layout import NOTHING
from planner.tables.folder import read_uploads
from planner.tables.templates import csv_files

_STUDY = "calibration"
_LOGS = "call-log-files"
#: Of one file [MB]; larger logs are for the command line.
_LARGEST = 500


class _Uploads:
    """Files as they were dropped, in a folder that goes when the session does."""

    def __init__(self, ids: tuple[str, ...]) -> None:
        self.ids = ids
        self.folder = tempfile.TemporaryDirectory(prefix="calls-")
        self.paths: list[Path] = []


def show_call_logs(here: Workspace, edited: EditedLines) -> None:
    """Draw the section; estimates are for the campaigns of the open fleet."""
    st.subheader("From call logs")
    st.caption(
        "Attempt length, answer and transfer rate, talk and wrap-up time from the calls "
        "themselves. Logs of VICIdial, Asterisk, FreeSWITCH, Five9, Twilio, Amazon Connect and "
        "Genesys are known by their header. They are read on this server, and nothing of them is "
        "kept."
    )
    files = st.file_uploader(
        "Call logs",
        type=[suffix.removeprefix(".") for suffix in SUFFIXES],
        accept_multiple_files=True,
        key="call-logs",
        max_upload_size=_LARGEST,
    )
    if not files:
        return
    zone = st.text_input(
        "Time zone of times without an offset", value=_usual_zone(edited), key="call-logs-zone"
    )
    uploads = _kept(files)
    mapping = _mapping(uploads)
    try:
        given = read_given(mapping) if mapping is not None else None
        previews = [preview_log(path, given, zone) for path in uploads.paths]
    except InputError as error:
        _show_faults(error.faults)
        return
    for preview in previews:
        _show_preview(preview)
    _show_start(here, edited, uploads, zone, mapping)
    running.show_running(here, _STUDY, "Reading the logs", stop="Stop")
    run: CalibrationRun | None = running.result(here, _STUDY)
    if run is None:
        return
    if run.found is None:
        _show_faults(run.faults)
        return
    _show_estimates(here, edited, run)
    if run.tested is not None:
        _show_backtest(run.tested)


def _usual_zone(edited: EditedLines) -> str:
    zones = Counter(campaign.timezone for campaign in edited.problem.campaigns)
    return zones.most_common(1)[0][0]


def _kept(files: list[UploadedFile]) -> _Uploads:
    ids = tuple(file.file_id for file in files)
    known = st.session_state.get(_LOGS)
    if isinstance(known, _Uploads) and known.ids == ids:
        return known
    uploads = _Uploads(ids)
    for place, file in enumerate(files):
        # The name is the browser's: only its end is used, for it tells the kind of file.
        folder = Path(uploads.folder.name) / str(place)
        folder.mkdir()
        path = folder / Path(file.name).name
        path.write_bytes(file.getbuffer())
        uploads.paths.append(path)
    st.session_state[_LOGS] = uploads
    return uploads


def _show_faults(faults: tuple[Fault, ...]) -> None:
    told = "\n".join(f"- {plain(str(fault))}" for fault in faults)
    st.error(f"These logs cannot be read:\n{told}", icon=":material/error:")


def _show_preview(preview: Preview) -> None:
    with st.expander(f"{plain(preview.file)} is read as {preview.format}"):
        mapping = pd.DataFrame(preview.mapping, columns=["Field", "Column"])
        st.dataframe(mapping, hide_index=True, alt="Which column is which field")
        rows = pd.DataFrame(preview.rows, columns=list(preview.header))
        st.dataframe(rows, hide_index=True, alt="The first attempts, times in UTC")


def _mapping(uploads: _Uploads) -> Path | None:
    """Lines of a mapping as they are typed, in a file; None where there are none."""
    with st.expander("Columns of a log that is not recognised, or the language of its months"):
        typed = st.text_area(
            "Lines of a mapping: field,column,format",
            key="call-logs-mapping",
            placeholder="campaign_id,=Solar\nlaunched,Start time,%d/%m/%Y %H:%M\nlanguage,Polish",
            help="A column =text stands for the same text in every row. An export that is known "
            "but for some of its columns begins with a line such as like,five9.",
        )
    path = Path(uploads.folder.name) / "mapping"
    path.write_text(typed, encoding="utf-8")
    return path if typed.strip() else None


def _show_start(
    here: Workspace, edited: EditedLines, uploads: _Uploads, zone: str, mapping: Path | None
) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with_backtest = st.checkbox("Predict each day from those before it", key="backtest")
        if st.button(
            "Estimate figures",
            key="calibrate",
            type="primary",
            icon=":material/query_stats:",
            disabled=running.is_running(here, _STUDY),
        ):
            work = partial(
                run_calibration,
                tuple(uploads.paths),
                edited.problem,
                zone,
                mapping=mapping,
                with_backtest=with_backtest,
            )
            running.start(here, _STUDY, uploads.ids, work)
            st.rerun()


def _show_estimates(here: Workspace, edited: EditedLines, run: CalibrationRun) -> None:
    assert run.found is not None
    estimates = run.found.estimates
    widening = run.tested.day_widening if run.tested is not None else 1.0
    content = {name: text.encode() for name, text in csv_files(edited.problem).items()}
    update = update_tables(content, estimates, day_widening=widening)
    for item in update.strangers:
        nearest = f"; the nearest is {plain(item.nearest)}" if item.nearest else ""
        where = "the logs" if item.where == "logs" else "the fleet"
        st.caption(f"{plain(item.campaign_id)} is only in {where}{nearest}.")
    for reading in run.found.readings:
        for warning in reading.warnings:
            st.caption(plain(f"{reading.file}: {warning}"))
    for campaign in edited.problem.campaigns:
        chart = estimates_chart(estimates, campaign)
        if chart is not None:
            st.markdown(f"**{plain(campaign.campaign_id)}**: logs beside the values in use")
            show_figure(chart)
    if not update.changes:
        st.info("The logs change nothing: all figures are those in use, or of other campaigns.")
        return
    picked = _pick(update.changes)
    take = f"Take {len(picked)} figures" if picked else "Take all figures"
    if st.button(take, key="take-figures", type="primary", icon=":material/check:"):
        chosen = [update.changes[place] for place in picked] or list(update.changes)
        taken = {(change.campaign_id, change.column) for change in chosen}
        new = update_tables(content, estimates, taken=taken, day_widening=widening)
        files = {name: data for name, data in new.files.items() if data}
        here.open(lambda: read_uploads(files), here.source)
        here.data_revision += 1
        here.said = f"{len(chosen)} figures of the logs are taken."
        st.rerun()


def _pick(changes: tuple[CellChange, ...]) -> list[int]:
    """The rows that are ticked."""
    frame = pd.DataFrame(
        {
            "Campaign": [change.campaign_id for change in changes],
            "Figure": [change.column for change in changes],
            "In use": [change.old or NOTHING for change in changes],
            "From the logs": [change.new for change in changes],
            "Note": [change.note for change in changes],
        }
    )
    event = st.dataframe(
        frame,
        hide_index=True,
        key="figures-of-logs",
        on_select="rerun",
        selection_mode="multi-row",
        alt="Figures of the logs beside those in use",
    )
    return list(event["selection"]["rows"])


def _show_backtest(tested: Backtest) -> None:
    st.markdown(f"**Backtest**: {tested.days} days, each predicted from those before it")
    show_figure(coverage_chart(tested, TITLES))
    show_figure(levels_chart(tested, TITLES))
    hours = pd.DataFrame(
        {
            "Hour": [f"{item.hour:02d}:00" for item in tested.hours],
            "Figure": [TITLES[item.figure] for item in tested.hours],
            "Forecasts": [item.forecasts for item in tested.hours],
            "Band held": [per_cent(item.coverage) for item in tested.hours],
        }
    )
    with st.expander("By hour"):
        st.dataframe(hours, hide_index=True, alt="How often the band of each hour held")
