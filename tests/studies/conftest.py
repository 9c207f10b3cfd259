"""For tests of batches: results come to disk two problems at a time."""

from __future__ import annotations

import pytest


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.studies.batch.run.CHUNK_SIZE", 2)
