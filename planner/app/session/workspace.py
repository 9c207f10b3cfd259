"""What one browser session works on, kept in the session state under one name."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import streamlit as st

from planner.app.editing.assessment import Assessment, assess
from planner.app.editing.board.typed import read_typed
from planner.app.editing.edited_lines import (
    EditedLines,
    EditMessage,
    Lines,
    PairKey,
    apply_edits,
    open_lines,
    redo,
    take_plan,
    undo,
)
from planner.app.editing.live.live import LiveState
from planner.app.editing.live.lost_dialers import without_dialers
from planner.app.editing.worlds.levers import Levers
from planner.app.editing.worlds.world_cache import WorldCache
from planner.app.jobs.jobs import PlanJob, StudyJob
from planner.app.store import DraftEntry, ScenarioEntry, VersionEntry
from planner.contracts.faults import Fault, InputError
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions

_NAME = "workspace"
#: Key of the board in the session state.
BOARD_KEY = "board"


@dataclass(frozen=True)
class OpenPlan:
    """The saved plan that is open, and the version that was opened or saved last."""

    plan_id: str
    name: str
    version: int


@dataclass(frozen=True)
class Wish:
    """What somebody wants to open while there are unsaved changes: asked about first."""

    edited: EditedLines
    source: str
    open_plan: OpenPlan | None = None
    said: str = ""


@dataclass(frozen=True)
class Study:
    """A long run and what it was made from: with other inputs it is out of date."""

    key: object
    job: StudyJob[Any]


@dataclass
class Workspace:
    """The open lines, the grid that edits them, and the planning run.

    The grid keeps what was typed as differences to ``grid_lines``, by row position in
    ``grid_rows``; ``revision`` is part of its key, so that a new revision starts it afresh.
    ``puts`` counts how often lines were put in place otherwise than by typing.
    ``clean_lines`` are the lines as opened or saved last: others are kept as a draft.
    ``wanted_plan`` and ``wanted_scenarios`` are those of a link: the plan until the store answers,
    scenarios until there is a fleet to open them on.
    ``settled`` says that the board was drawn once, so that what lies below it may follow.
    The board sends what is typed in numbered batches: ``board_applied`` is the last one taken in,
    by the board that it was typed into, and ``board_messages`` are about its cells.
    """

    session_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    greeted: bool = False
    settled: bool = False
    source: str = ""
    edited: EditedLines | None = None
    messages: tuple[EditMessage, ...] = ()
    board_messages: tuple[EditMessage, ...] = ()
    board_applied: dict[str, int] = field(default_factory=dict)
    revision: int = 0
    puts: int = 0
    grid_lines: Lines = ()
    grid_rows: tuple[PairKey, ...] = ()
    job: PlanJob | None = None
    studies: dict[str, Study] = field(default_factory=dict)
    uploads_read: tuple[str, ...] = ()
    refused: str = ""
    faults: tuple[Fault, ...] = ()
    clean_lines: Lines = ()
    open_plan: OpenPlan | None = None
    conflict: VersionEntry | None = None
    wish: Wish | None = None
    is_plan_gone: bool = False
    saves: int = 0
    openings: int = 0
    said: str = ""
    draft_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    draft_lines: Lines | None = None
    offers: tuple[DraftEntry, ...] = ()
    looked_for_drafts: bool = False
    offer_put_off: bool = False
    loaded: tuple[object, Assessment] | None = None
    view: Assessment | None = None
    worlds: dict[int, Setting] = field(default_factory=dict)
    wanted_scenarios: tuple[str, ...] = ()
    wanted_plan: str | None = None
    browser_session: str = ""
    world_cache: WorldCache | None = None
    live: dict[PairKey, LiveState] = field(default_factory=dict)
    live_revision: int = 0
    data_revision: int = 0
    live_read: datetime | None = None
    live_changed: datetime | None = None
    live_messages: tuple[str, ...] = ()
    live_typed: dict[PairKey, int | None] = field(default_factory=dict)
    live_hidden: tuple[PairKey, ...] = ()

    @property
    def grid_key(self) -> str:
        """Key of the grid of this revision."""
        return f"grid-{self.revision}"

    @property
    def is_changed(self) -> bool:
        """Whether there are lines that were neither opened nor saved."""
        return self.edited is not None and self.edited.lines != self.clean_lines

    def open(self, read: Callable[[], Problem], source: str, *, ask: bool = True) -> None:
        """Start afresh with what is read; if it has faults, keep them and what is open.

        Parameters
        ----------
        ask : first, where that leaves unsaved changes behind
        """
        try:
            problem = read()
        except InputError as error:
            self.refused, self.faults = source, error.faults
            return
        wish = Wish(open_lines(problem), source)
        if ask:
            self.open_or_ask(wish)
        else:
            self.grant(wish)

    def open_or_ask(self, wish: Wish) -> None:
        """Start afresh with what is wished; where changes are unsaved, once that is settled."""
        self.absorb_edits()
        self.openings += 1
        if self.is_changed:
            self.wish, self.refused, self.faults = wish, "", ()
        else:
            self.grant(wish)

    def grant(self, wish: Wish) -> None:
        """Open what was wished."""
        self.open_lines(wish.edited, wish.source, wish.open_plan)
        self.said = wish.said

    def open_lines(
        self, edited: EditedLines, source: str, open_plan: OpenPlan | None = None
    ) -> None:
        """Start afresh with these lines; what was being edited stays as a draft of its own."""
        self.drop_job()
        self.drop_studies()
        self.source, self.refused, self.faults = source, "", ()
        self.open_plan, self.conflict, self.said = open_plan, None, ""
        self.wish = None
        self.is_plan_gone = False
        self.clean_lines = edited.lines
        self.draft_id, self.draft_lines = uuid.uuid4().hex, None
        self.loaded = self.view = self.world_cache = None
        self.live, self.live_messages = {}, ()
        self.live_typed, self.live_hidden = {}, ()
        self.live_read = self.live_changed = None
        self.show(edited)

    def show(self, edited: EditedLines) -> None:
        """Put these lines in place and let the grid start afresh from them."""
        self.edited = edited
        self.puts += 1
        self.messages = self.board_messages = ()
        self._restart_grid(edited)

    def _restart_grid(self, edited: EditedLines) -> None:
        self.grid_lines = edited.lines
        self.revision += 1

    def show_rows(self, rows: tuple[PairKey, ...]) -> None:
        """Choose the rows of the grid; other rows mean another grid."""
        if self.edited is not None and rows != self.grid_rows:
            self.grid_rows = rows
            self.show(self.edited)

    def absorb_edits(self) -> None:
        """Take in what was typed into the board and the grid since the last look."""
        if self.edited is None:
            return
        self.edited = self._absorb_board(self.edited)
        state: Any = st.session_state.get(self.grid_key)
        if state is None:
            # The grid was not on the page: what it kept is gone, the edited lines are not.
            self.messages = self.board_messages
            self._restart_grid(self.edited)
            return
        # The browser says which rows; what it may not say is left out.
        edits = {
            self.grid_rows[int(position)]: cells
            for position, cells in state["edited_rows"].items()
            if 0 <= int(position) < len(self.grid_rows)
        }
        self.edited, found = apply_edits(self.edited, edits)
        self.messages = (*self.board_messages, *found)

    def _absorb_board(self, edited: EditedLines) -> EditedLines:
        """Each batch that is new is one step of the history."""
        state: Any = st.session_state.get(BOARD_KEY)
        typed = read_typed(state.get("typed")) if isinstance(state, dict) else None
        if typed is None:
            return edited
        for batch in typed.batches:
            if batch.id <= self.board_applied.get(typed.mount, 0):
                continue
            self.board_applied[typed.mount] = batch.id
            if batch.step is not None:
                edited = self._step(edited, batch.step)
                continue
            edited, found = apply_edits(edited, batch.edits)
            kept = (m for m in self.board_messages if not batch.is_about(m))
            self.board_messages = (*kept, *found)
        return edited

    def _step(self, edited: EditedLines, step: str) -> EditedLines:
        """A step asked for on the board, in its turn; bad cells count as the last edit."""
        if step == "redo":
            return redo(edited)
        if self.board_messages:
            self.board_messages = ()
            return edited
        return undo(edited)

    def undo(self) -> None:
        """Take back the last edit; bad cells count as the last one."""
        self.absorb_edits()
        if self.edited is not None:
            self.show(self.edited if self.messages else undo(self.edited))

    def redo(self) -> None:
        """Bring back the edit that was taken back last."""
        self.absorb_edits()
        if self.edited is not None:
            self.show(redo(self.edited))

    def change(self, edit: Callable[[EditedLines], EditedLines]) -> None:
        """Change the lines as they stand in the grid now, as one edit."""
        self.absorb_edits()
        if self.edited is not None:
            self.show(edit(self.edited))

    def start_job(
        self, options: PlanOptions, *, without: tuple[str, ...] = (), **settings: Any
    ) -> None:
        """Plan the lines as they stand in the grid now, as if some dialers were out of service."""
        self.absorb_edits()
        if self.edited is not None:
            self.drop_job()
            self.job = PlanJob(without_dialers(self.edited.problem, without), options, **settings)
            self.job.stop_with(self)

    def left_out(self) -> tuple[str, ...]:
        """Dialers in service by the files that the planning run does without."""
        if self.job is None or self.edited is None:
            return ()
        planned = {d.dialer_id for d in self.job.problem.dialers if d.in_service}
        dialers = self.edited.problem.dialers
        return tuple(d.dialer_id for d in dialers if d.in_service and d.dialer_id not in planned)

    def take_job(self, rows: tuple[PairKey, ...] | None = None) -> None:
        """Put the lines of the finished run in place, all or those of some rows, as one edit."""
        result = self.job.result if self.job is not None else None
        if result is not None and result.plan is not None:
            self.take(result.plan, rows)
        if rows is None:
            self.job = None

    def take(self, line_plan: LinePlan, rows: tuple[PairKey, ...] | None = None) -> None:
        """Put a plan's lines in place as one edit."""
        self.change(lambda edited: take_plan(edited, line_plan, rows))

    def loaded_assessment(self, edited: EditedLines, at: datetime) -> Assessment:
        """What the lines as loaded amount to, worked out once a minute."""
        key = id(edited.baseline), at.replace(second=0, microsecond=0)
        if self.loaded is None or self.loaded[0] != key:
            self.loaded = key, assess(open_lines(edited.baseline), at)
        return self.loaded[1]

    def drop_job(self) -> None:
        """Forget the run, and stop it if it is still going."""
        if self.job is not None:
            self.job.stop()
        self.job = None

    def start_study(self, name: str, key: object, job: StudyJob[Any]) -> None:
        """Start a long run in place of the one of this name."""
        self.drop_study(name)
        job.stop_with(self)
        self.studies[name] = Study(key, job)

    def drop_study(self, name: str) -> None:
        """Forget a long run, and stop it if it is still going."""
        if name in self.studies:
            self.studies.pop(name).job.stop()

    def drop_studies(self) -> None:
        """Forget all long runs."""
        for name in list(self.studies):
            self.drop_study(name)


def workspace() -> Workspace:
    """The workspace of this session."""
    if _NAME not in st.session_state:
        st.session_state[_NAME] = Workspace()
    return st.session_state[_NAME]  # type: ignore[no-any-return]


@dataclass
class Setting:
    """How a scenario is set: its name, its levers, and what it was saved as.

    ``start`` are the levers that the controls were set to last, for the ``revision``-th time: what
    is in a closed popover has no other way to learn them.
    """

    name: str
    levers: Levers = field(default_factory=Levers)
    saved: ScenarioEntry | None = None
    start: Levers = field(default_factory=Levers)
    revision: int = 0
