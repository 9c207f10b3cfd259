"""Fewer people answer in later passes through the list: figures and timeline follow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.contracts.projected import Projection
from planner.contracts.result import Status
from planner.pipeline.pipeline import project
from planner.projection.passes import highest_rate, pass_attempts, pass_factors
from planner.traffic.exact.engset import all_busy_share
from tests.support.builders import solar

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def campaign(**changes: Any) -> Any:
    fields = {
        "start": "2026-01-01",
        "schedule": "Mon-Sun 00:00-24:00",
        "answer_rate": 0.3,
        "answer_rate_by_pass": (0.3, 0.1),
        "transfer_rate": 0.1,
        "records": 1000,
        "attempts_per_record": 3,
    }
    return solar(**(fields | changes))


def run(hours: float, lines: tuple[int, int] = (40, 4), **changes: Any) -> Projection:
    given = Problem(
        dialers=(Dialer(dialer_id="D1", ports=500),),
        campaigns=(campaign(**changes),),
        assignments=(
            LineAssignment(
                campaign_id="Solar", dialer_id="D1", dial_lines=lines[0], agent_lines=lines[1]
            ),
        ),
    )
    return project(given, at=AT, hours=hours, seed=3)


def test_the_first_pass_has_the_figures_of_now() -> None:
    """``all_busy_share`` is that of the pass of now: Engset with 0.3 x 0.1."""
    (row,) = run(1, records=100_000).assignments
    load = 0.3 * 0.1 / 25 * 180
    assert row.all_busy_share == pytest.approx(all_busy_share(40, 4, load), rel=1e-9)


def test_the_second_pass_pauses_less() -> None:
    """Once the second pass has settled, pauses are those of its rate, by Engset.

    By Engset 3,344 attempts an hour in the first pass, 4,852 in the second: of 8,000 records the
    second pass begins after 2.4 hours and ends after 4.0.
    """
    found = run(3.75, records=8000)
    first = next(s for s in found.timeline if s.start == AT + timedelta(minutes=15))
    last = next(s for s in found.timeline if s.end == AT + timedelta(hours=3.75))
    for step, rate in ((first, 0.3), (last, 0.1)):
        exact = all_busy_share(40, 4, rate * 0.1 / 25 * 180)
        low, high = step.low[Status.ALL_BUSY], step.high[Status.ALL_BUSY]
        half = (high - low) / 2
        # Twice the half width: a false alarm once in some 10,000 seeds.
        assert abs(step.probabilities[Status.ALL_BUSY] - exact) <= 2 * half < 0.2


def test_the_list_is_done_sooner_where_later_passes_answer_less() -> None:
    """One agent, one line, constant times: every answer is a talk of 100 s after 10 s of ringing.

    Ten records, two passes. All answer at first: 10 x 110 s. Nobody does in the second: 10 x 10 s.
    """
    found = run(
        1,
        lines=(1, 1),
        records=10,
        attempts_per_record=2,
        answer_rate=1.0,
        answer_rate_by_pass=(1.0, 0.0),
        transfer_rate=1.0,
        attempt_seconds=10.0,
        talk_seconds=100.0,
        attempt_cv=0.0,
        talk_cv=0.0,
    )
    (done,) = found.completion
    assert done.p05 == done.p50 == done.p95 == AT + timedelta(seconds=1200)


def test_the_last_rate_goes_for_all_later_passes() -> None:
    one = campaign()
    two = campaign(campaign_id="B", answer_rate=0.1, answer_rate_by_pass=(0.1, 0.2, 0.05))
    factors = pass_factors([one, two])
    np.testing.assert_allclose(factors, [[1, 1 / 3, 1 / 3], [0.5, 1, 0.25]])
    # An hour with half the answers has half of them in every pass.
    assert highest_rate(two.model_copy(update={"answer_rate": 0.05})) == pytest.approx(0.1)
    assert pass_attempts(one, {"Solar": 3000}) == 1000
    assert pass_attempts(one, {}) == np.inf
    assert pass_attempts(campaign(answer_rate_by_pass=()), {"Solar": 3000}) == np.inf
