"""For tests of studies: batches that come to disk often."""

from __future__ import annotations

import pytest


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches come to disk two problems at a time."""
    monkeypatch.setattr("planner.studies.batch.run.CHUNK_SIZE", 2)
