"""What one browser session works on, kept in the session state under one name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from planner.errors import Fault, InputError
from planner.jobs import PlanJob
from planner.pipeline import plan
from planner.plan import PlanOptions, PlanResult
from planner.problem import Problem
from planner.scenario import (
    EditMessage,
    Lines,
    RowKey,
    Scenario,
    apply_edits,
    open_scenario,
    redo,
    take_plan,
    undo,
)

_NAME = "desk"


@dataclass
class Desk:
    """The open scenario, the grid that edits it, and the planning run.

    The grid keeps what was typed as differences to ``grid_lines``, by row position in
    ``grid_rows``; ``revision`` is part of its key, so that a new revision starts it afresh.
    """

    greeted: bool = False
    source: str = ""
    scenario: Scenario | None = None
    messages: tuple[EditMessage, ...] = ()
    revision: int = 0
    grid_lines: Lines = ()
    grid_rows: tuple[RowKey, ...] = ()
    job: PlanJob | None = None
    uploads_read: tuple[str, ...] = ()
    refused: str = ""
    faults: tuple[Fault, ...] = ()

    @property
    def grid_key(self) -> str:
        """Key of the grid of this revision."""
        return f"grid-{self.revision}"

    def open(self, read: Callable[[], Problem], source: str) -> None:
        """Start afresh with what is read; if it has faults, keep them and what is open."""
        try:
            problem = read()
        except InputError as error:
            self.refused, self.faults = source, error.faults
            return
        self.drop_job()
        self.source, self.refused, self.faults = source, "", ()
        self.show(open_scenario(problem))

    def show(self, scenario: Scenario) -> None:
        """Put a scenario in place and let the grid start afresh from it."""
        self.scenario = scenario
        self.messages = ()
        self.grid_lines = scenario.lines
        self.revision += 1

    def show_rows(self, rows: tuple[RowKey, ...]) -> None:
        """Choose the rows of the grid; other rows mean another grid."""
        if self.scenario is not None and rows != self.grid_rows:
            self.grid_rows = rows
            self.show(self.scenario)

    def absorb_edits(self) -> None:
        """Take in what was typed into the grid since the last look."""
        if self.scenario is None:
            return
        state: Any = st.session_state.get(self.grid_key)
        if state is None:
            # The grid was not on the page: what it kept is gone, the scenario is not.
            self.show(self.scenario)
            return
        edits = {
            self.grid_rows[int(position)]: cells for position, cells in state["edited_rows"].items()
        }
        self.scenario, self.messages = apply_edits(self.scenario, edits)

    def undo(self) -> None:
        """Take back the last edit; bad cells count as the last one."""
        self.absorb_edits()
        if self.scenario is not None:
            self.show(self.scenario if self.messages else undo(self.scenario))

    def redo(self) -> None:
        """Bring back the edit that was taken back last."""
        self.absorb_edits()
        if self.scenario is not None:
            self.show(redo(self.scenario))

    def start_job(self, options: PlanOptions, solve: Callable[..., PlanResult] = plan) -> None:
        """Plan the lines as they stand in the grid now."""
        self.absorb_edits()
        if self.scenario is not None:
            self.drop_job()
            self.job = PlanJob(self.scenario.problem, options, solve=solve)

    def take_job(self) -> None:
        """Put the lines of the finished run in place, as one edit."""
        self.absorb_edits()
        result = self.job.result if self.job is not None else None
        if self.scenario is not None and result is not None and result.plan is not None:
            self.show(take_plan(self.scenario, result.plan, result.corrections))
        self.job = None

    def drop_job(self) -> None:
        """Forget the run, and stop it if it is still going."""
        if self.job is not None:
            self.job.stop()
        self.job = None


def desk() -> Desk:
    """The desk of this session."""
    if _NAME not in st.session_state:
        st.session_state[_NAME] = Desk()
    return st.session_state[_NAME]  # type: ignore[no-any-return]
