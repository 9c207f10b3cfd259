"""Saved plans with their history, and drafts: in SQLite or PostgreSQL, never half-written."""

from planner.app.store.addresses import store_url
from planner.app.store.faults import StoreUnavailable, UnreadableRow
from planner.app.store.records import (
    DeletedPlan,
    DraftEntry,
    PlanEntry,
    SaveConflict,
    Saved,
    ScenarioConflict,
    ScenarioEntry,
    VersionEntry,
)
from planner.app.store.schema import MAX_NOTE
from planner.app.store.store import Store

__all__ = [
    "MAX_NOTE",
    "DeletedPlan",
    "DraftEntry",
    "PlanEntry",
    "SaveConflict",
    "Saved",
    "ScenarioConflict",
    "ScenarioEntry",
    "Store",
    "StoreUnavailable",
    "UnreadableRow",
    "VersionEntry",
    "store_url",
]
