"""Saved plans with their history, and drafts: in SQLite or PostgreSQL, never half-written."""

from planner.store.database import StoreUnavailable, store_url
from planner.store.records import (
    DraftEntry,
    PlanEntry,
    SaveConflict,
    Saved,
    ScenarioConflict,
    ScenarioEntry,
    VersionEntry,
)
from planner.store.store import Store

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
