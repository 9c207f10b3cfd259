"""What the store hands out: entries to list, what was saved, and the conflict of two savers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from planner.app.editing.edited_lines import EditedLines


@dataclass(frozen=True)
class PlanEntry:
    """A saved plan in a list: its newest version."""

    plan_id: str
    name: str
    version: int
    author: str
    note: str
    saved_at: datetime


@dataclass(frozen=True)
class DeletedPlan:
    """A plan that was deleted and can still be brought back."""

    plan_id: str
    name: str
    deleted_at: datetime


@dataclass(frozen=True)
class VersionEntry:
    """One version of a saved plan; versions count from 1."""

    plan_id: str
    version: int
    author: str
    note: str
    saved_at: datetime


@dataclass(frozen=True)
class DraftEntry:
    """Work that was not saved: whose, on what, and how many rows differ from what was opened."""

    draft_id: str
    source: str
    rows_changed: int
    saved_at: datetime
    plan_id: str | None
    based_on: int | None


@dataclass(frozen=True)
class Saved:
    """A version, or a draft with its history of edits, as it was saved."""

    name: str
    edited: EditedLines


@dataclass(frozen=True)
class ScenarioEntry:
    """One version of a saved what-if scenario."""

    scenario_id: str
    name: str
    version: int
    author: str
    note: str
    saved_at: datetime


class ScenarioConflict(Exception):
    """Somebody saved the scenario since it was opened; nothing was written.

    Attributes
    ----------
    newest : the version that is there now.
    """

    def __init__(self, newest: ScenarioEntry) -> None:
        super().__init__(f"version {newest.version} was saved by {newest.author} meanwhile")
        self.newest = newest


class SaveConflict(Exception):
    """Somebody saved the plan since it was opened; nothing was written.

    Attributes
    ----------
    newest : the version that is there now.
    """

    def __init__(self, newest: VersionEntry) -> None:
        super().__init__(f"version {newest.version} was saved by {newest.author} meanwhile")
        self.newest = newest
