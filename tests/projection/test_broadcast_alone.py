"""A broadcast alone on a dialer whose calls per second suffice: no call of it is a pause."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.pipeline.pipeline import project


def test_a_broadcast_alone_within_its_calls_per_second_is_simulated() -> None:
    # 38 lines of 45 s make 38 * 3600 / 45 = 3,040 attempts an hour, far below 9 a second; three in
    # ten are answered.
    notices = Campaign(
        campaign_id="Notices",
        kind="broadcast",
        attempt_seconds=45.0,
        answer_rate=0.3,
        start="2026-01-01",
        schedule="Mon-Sun 00:00-24:00",
    )
    problem = Problem(
        dialers=(Dialer(dialer_id="D", ports=200, cps=9.0),),
        campaigns=(notices,),
        assignments=(
            LineAssignment(campaign_id="Notices", dialer_id="D", dial_lines=38, agent_lines=0),
        ),
    )
    (row,) = project(problem, at=datetime(2026, 3, 2, 9, tzinfo=UTC), hours=1.0).assignments
    assert row.attempts_per_hour == pytest.approx(3040, rel=0.02)
    assert row.live_answers_per_hour == pytest.approx(912, rel=0.05)
