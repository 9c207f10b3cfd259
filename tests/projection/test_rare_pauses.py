"""Figures of campaigns that seldom pause, and of those that never settle."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from planner.contracts.projected import Projection
from planner.contracts.result import AssignmentFigures, Engine, Status
from planner.pipeline.pipeline import project
from planner.tables.folder import read_folder

CASES = Path(__file__).parents[1] / "data/cases/projection"
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def found(case: str, hours: float, **how: object) -> Projection:
    return project(read_folder(CASES / case), at=AT, hours=hours, **how)


def sound(row: AssignmentFigures) -> None:
    """No figure below 0, no share above 1, every interval around its figure and not of no width."""
    for name, low in row.low.items():
        value, high = getattr(row, name), row.high[name]
        assert 0 <= low <= value <= high, name
        assert high > low, name
        if name.endswith(("_share", "_rate", "_loss", "_occupancy")) or name.startswith("p_"):
            assert high <= 1.0, name


@pytest.mark.parametrize("seed", [100, 101, 102])
def test_rare_pauses_have_intervals_that_hold(seed: int) -> None:
    """Engset exactly: 0.00376149 of the time, 0.0597 abandoned calls an hour."""
    (row,) = found("rare_pauses", 2, engine="simulate", seed=seed).assignments
    sound(row)
    assert row.low["all_busy_share"] <= 0.00376149 <= row.high["all_busy_share"]
    assert row.low["abandons_per_hour"] <= 0.0597 <= row.high["abandons_per_hour"]
    assert row.high["all_busy_share"] < 0.02


def test_rare_pauses_by_formula_are_exact() -> None:
    (row,) = found("rare_pauses", 2).assignments
    assert row.engine is Engine.MARKOV
    assert row.all_busy_share == pytest.approx(0.00376149, abs=5e-9)
    assert row.abandons_per_hour == pytest.approx(0.0597, abs=5e-5)


def test_rare_pauses_with_constant_attempts_are_seen() -> None:
    """0.00396 of the time, by an independent simulation (standard error 0.0002)."""
    (row,) = found("rare_pauses_constant_attempts", 1).assignments
    assert row.engine is Engine.SIMULATE
    sound(row)
    assert row.low["all_busy_share"] <= 0.00396 <= row.high["all_busy_share"]
    assert row.high["all_busy_share"] < 0.02


def rounds(hours: float) -> np.ndarray:
    """Chance that the one agent line of *one_agent_constant* is free, by 12 s from an empty start.

    Nine lines dial in step, 12 s a round; an agent is asked for with 1 - 0.52^9 in each, and talks
    for 300 s, 25 rounds, after which all lines dial anew.
    """
    asked = 1 - 0.52**9
    slots = int(hours * 300)
    begins, dialing = np.zeros(slots + 60), np.zeros(slots + 60)
    begins[0] = 1.0
    for slot in range(slots):
        dialing[slot] += begins[slot]
        begins[slot + 1] += begins[slot] * (1 - asked)
        begins[slot + 1 + 25] += begins[slot] * asked
    return dialing[:slots]


def test_constant_times_are_told_over_the_calls_that_are_simulated() -> None:
    """60 calls of 312 s, from the 11th on."""
    busy = 1 - rounds(7)[260:1820].mean()
    assert busy == pytest.approx(0.961431, abs=5e-7)
    projection = found("one_agent_constant", 4)
    (row,) = projection.assignments
    sound(row)
    assert row.low["all_busy_share"] <= busy <= row.high["all_busy_share"]
    assert row.high["all_busy_share"] - row.low["all_busy_share"] < 2e-4
    assert any("settle" in note for note in projection.notes)


def test_steps_of_what_never_settles_are_their_own() -> None:
    free = rounds(4).reshape(16, 75).mean(axis=1)  # steps of 15 min
    assert free[8] == pytest.approx(0.0268, abs=5e-5)
    steps = found("one_agent_constant", 4).timeline
    for step, exact in zip(steps, free, strict=True):
        running = step.probabilities[Status.RUNNING]
        low, high = step.low[Status.RUNNING], step.high[Status.RUNNING]
        assert low <= running <= high
        # Few runs differ: twice the half width on either side.
        assert (
            running - 2 * (running - low) - 1e-9 <= exact <= running + 2 * (high - running) + 1e-9
        )
