"""Saved plans with their history, and drafts: in SQLite or PostgreSQL, never half-written."""

from planner.app.store.database import StoreUnavailable, store_url
from planner.app.store.records import (
    DraftEntry,
    PlanEntry,
    SaveConflict,
    Saved,
    ScenarioConflict,
    ScenarioEntry,
    VersionEntry,
)
from planner.app.store.store import Store

__all__ = [
    "DraftEntry",
    "PlanEntry",
    "SaveConflict",
    "Saved",
    "ScenarioConflict",
    "ScenarioEntry",
    "Store",
    "StoreUnavailable",
    "VersionEntry",
    "store_url",
]
