"""A store of its own for every test, so that none meets the plans of another, or of a user."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_store(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File of the store; it is made when it is first used."""
    monkeypatch.delenv("PLANNER_FOLDER", raising=False)
    file = tmp_path_factory.mktemp("store") / "plans.db"
    monkeypatch.setenv("PLANNER_DB", f"sqlite:///{file}")
    return file
