"""Figures where all times are constant, so that everything happens on a lattice of moments."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.projection.effort import Budget, Effort, EngineChoice
from planner.projection.rows import rows_at

AT = datetime(2030, 3, 4, 9, tzinfo=UTC)
LINES, ATTEMPT, TALK, ASKED = 12, 25.0, 120.0, 0.15


def test_no_moment_of_the_lattice_is_counted_too_often() -> None:
    """As many agent lines as dial lines: each dials for 25 s and, with a chance of 0.15, talks.

    So it makes an attempt every 25 + 0.15 * 120 s. All moments are multiples of 5 s, as are the
    ends of what would be counted without care: of 60 talk times that is 5 s in 7,200 too many.
    """
    campaign = Campaign(
        campaign_id="C", agent_lines=LINES, attempt_seconds=ATTEMPT, answer_rate=0.5,
        transfer_rate=ASKED / 0.5, talk_seconds=TALK, attempt_cv=0.0, talk_cv=0.0,
        start="2026-01-01", schedule="Mon-Sun 00:00-24:00",
    )  # fmt: skip
    item = LineAssignment(campaign_id="C", dialer_id="D", dial_lines=LINES, agent_lines=LINES)
    given = Problem(
        dialers=(Dialer(dialer_id="D", ports=100),), campaigns=(campaign,), assignments=(item,)
    )
    found = []
    for seed in range(12):
        effort = Effort(EngineChoice.SIMULATE, seed=seed, budget=Budget(1e6, 1e5))
        (row,) = rows_at(given, AT, effort).figures()
        found.append(row.attempts_per_hour or 0.0)
    exact = LINES * 3600 / (ATTEMPT + ASKED * TALK)
    error = np.std(found, ddof=1) / np.sqrt(len(found))
    assert np.mean(found) == pytest.approx(exact, abs=4 * error)
    assert 4 * error < 5.0 / 7200 / 2 * exact
