"""Dialers that share a list, wrap-ups and passes, against an independent model in SimPy."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.pipeline.pipeline import project
from tests.projection.campaign_in_simpy import InSimPy, Rules
from tests.support.builders import solar

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
SECONDS = 900.0
RULES = Rules(
    lines=((12, 2), (8, 2)),
    attempt_seconds=20.0,
    attempt_cv=0.3,
    answer_rates=(0.5, 0.1),
    transfer_rate=0.4,
    talk_seconds=60.0,
    wrap_up_seconds=0.0,
    records=150,
    attempts=450,
)


def theirs(rules: Rules, runs: int = 300) -> np.ndarray:
    """Shares of the time with 0, 1, 2 dialers paused while any is running, and their errors."""
    found = []
    for number in range(runs):
        model = InSimPy(rules, random.Random(number))
        model.run(SECONDS)
        found.append(model.paused)
    seconds = np.array(found)
    total = seconds.sum(axis=1).mean()
    return np.stack([seconds.mean(axis=0) / total, seconds.std(axis=0, ddof=1) / total / runs**0.5])


@pytest.mark.parametrize("wrap_up", [0.0, 30.0])
def test_the_number_paused_agrees(wrap_up: float) -> None:
    rules = replace(RULES, wrap_up_seconds=wrap_up)
    given = Problem(
        dialers=tuple(Dialer(dialer_id=f"D{d}", ports=50) for d in range(2)),
        campaigns=(
            solar(
                start="2026-01-01",
                schedule="Mon-Sun 00:00-24:00",
                attempt_seconds=rules.attempt_seconds,
                attempt_cv=rules.attempt_cv,
                answer_rate=rules.answer_rates[0],
                answer_rate_by_pass=rules.answer_rates,
                transfer_rate=rules.transfer_rate,
                talk_seconds=rules.talk_seconds,
                wrap_up_seconds=wrap_up,
                records=rules.records,
                attempts_per_record=3,
            ),
        ),
        assignments=tuple(
            LineAssignment(campaign_id="Solar", dialer_id=f"D{d}", dial_lines=n, agent_lines=a)
            for d, (n, a) in enumerate(rules.lines)
        ),
    )
    (step,) = project(given, at=AT, hours=SECONDS / 3600, replications=400).timeline_joint
    shares, errors = theirs(rules)
    for ours, share, error in zip(step.paused_distribution, shares, errors, strict=True):
        # The planner's own 400 runs err about as much; 5 of both together is never exceeded.
        assert abs(ours - share) < 5 * np.hypot(error, error)
    assert 0.02 < step.all_paused < 0.9
