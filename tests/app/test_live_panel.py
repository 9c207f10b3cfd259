"""Large snapshots are read in a process of their own, with the same result."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from planner.app.editing.live.live_rows import read_snapshot
from planner.app.jobs import worker_process
from planner.app.pages import live_panel

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
HEADER = "campaign_id,dialer_id,dial_lines,agent_lines,busy_agent_lines\n"


def snapshot(rows: int) -> bytes:
    return (HEADER + "".join(f"Solar,D{row},95,5,3\n" for row in range(rows))).encode()


def test_a_large_snapshot_is_read_elsewhere_with_the_same_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = []

    def apart(*arguments: object) -> object:
        started.append(arguments)
        return worker_process.apart(*arguments)

    monkeypatch.setattr(live_panel, "apart", apart)
    small, large = snapshot(100), snapshot(6000)
    assert live_panel._read(small, NOW) == read_snapshot(small, NOW)
    assert not started
    assert live_panel._read(large, NOW) == read_snapshot(large, NOW)
    assert len(started) == 1
