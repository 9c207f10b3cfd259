"""Figures of campaigns that seldom pause, and of those that never settle."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.contracts.projected import Projection
from planner.contracts.result import AssignmentFigures, Engine, Status
from planner.pipeline.pipeline import project
from planner.projection.effort import Budget, Effort, EngineChoice
from planner.projection.rows import rows_at
from planner.tables.folder import read_folder

CASES = Path(__file__).parents[1] / "data/cases/projection"
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
#: All the events of a projection for what is asked for, and few for the figures beside it.
LONG_RUN, PASSAGES = Budget(passages=1e6), Budget(figures=1e6)


def found(case: str, hours: float, **how: object) -> Projection:
    return project(read_folder(CASES / case), at=AT, hours=hours, **how)


def row_of(given: Problem, effort: Effort) -> AssignmentFigures:
    """The figures alone, without the timeline that a projection has beside them."""
    (row,) = rows_at(given, AT, effort).figures()
    return row


def sound(row: AssignmentFigures) -> None:
    """No figure below 0, no share above 1, every interval around its figure and not of no width."""
    for name, low in row.low.items():
        value, high = getattr(row, name), row.high[name]
        assert 0 <= low <= value <= high, name
        assert high > low, name
        if name.endswith(("_share", "_rate", "_loss", "_occupancy")) or name.startswith("p_"):
            assert high <= 1.0, name


def tells(found: AssignmentFigures, name: str, exact: float) -> None:
    """Right to twice the half width of its interval, on whose scale it is no wider than a third."""
    value, low, high = (
        math.log(v) for v in (getattr(found, name), found.low[name], found.high[name])
    )
    half = (high - low) / 2
    assert half < 0.35
    assert abs(value - math.log(exact)) < 2 * half


@pytest.mark.parametrize("seed", [100, 101, 102])
def test_rare_pauses_have_intervals_that_hold(seed: int) -> None:
    """Engset exactly: 0.00376149 of the time, 0.0597 abandoned calls an hour."""
    effort = Effort(EngineChoice.SIMULATE, seed=seed, budget=LONG_RUN)
    row = row_of(read_folder(CASES / "rare_pauses"), effort)
    sound(row)
    tells(row, "all_busy_share", 0.00376149)
    tells(row, "abandons_per_hour", 0.0597)


def test_rare_pauses_by_formula_are_exact() -> None:
    row = row_of(read_folder(CASES / "rare_pauses"), Effort())
    assert row.engine is Engine.MARKOV
    assert row.all_busy_share == pytest.approx(0.00376149, abs=5e-9)
    assert row.abandons_per_hour == pytest.approx(0.0597, abs=5e-5)


def test_rare_pauses_with_constant_attempts_are_seen() -> None:
    """0.00396 of the time, by an independent simulation (standard error 0.0002)."""
    effort = Effort(budget=LONG_RUN)
    row = row_of(read_folder(CASES / "rare_pauses_constant_attempts"), effort)
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


def alone(
    dial: int, agents: int, *, budget: Budget = LONG_RUN, **campaign: object
) -> AssignmentFigures:
    """The row of one campaign on one dialer: attempts of 25 s, talks of 120 s."""
    fields = {
        "campaign_id": "C",
        "agent_lines": agents,
        "attempt_seconds": 25.0,
        "answer_rate": 0.5,
        "talk_seconds": 120.0,
        "start": "2026-01-01",
        "schedule": "Mon-Sun 00:00-24:00",
    }
    item = LineAssignment(campaign_id="C", dialer_id="D", dial_lines=dial, agent_lines=agents)
    given = Problem(
        dialers=(Dialer(dialer_id="D", ports=1000),),
        campaigns=(Campaign(**(fields | campaign)),),
        assignments=(item,),
    )
    found = row_of(given, Effort(seed=3, budget=budget))
    assert found.engine is Engine.SIMULATE
    return found


@pytest.mark.parametrize("talk_cv", [0.0, 0.4])
def test_three_hundred_thousandths_of_the_time_are_told(talk_cv: float) -> None:
    """As many agent lines as dial lines: each line is busy as if it were alone."""
    busy = 3e-5**0.2
    q = 25.0 / 120.0 * busy / (1.0 - busy)
    found = alone(5, 5, transfer_rate=q / 0.5, attempt_cv=0.4, talk_cv=talk_cv)
    tells(found, "all_busy_share", 3e-5)
    tells(found, "pauses_per_hour", 3e-5 * 5 / 120.0 * 3600.0)
    tells(found, "mean_pause_seconds", 120.0 / 5)
    assert found.abandons_per_hour == found.high["abandons_per_hour"] == 0.0  # nobody else dials


def test_a_first_pause_that_comes_in_one_hour_of_ten_thousand_is_told() -> None:
    """Nine lines whose constant attempts ask with a chance of 1e-7, in 12 rounds of 25 s or 144."""
    found = alone(9, 1, budget=PASSAGES, transfer_rate=2e-7, attempt_cv=0.0)
    sound(found)
    tells(found, "p_all_busy_5min", -math.expm1(9 * 12 * math.log1p(-1e-7)))
    tells(found, "p_all_busy_60min", -math.expm1(9 * 144 * math.log1p(-1e-7)))


def test_a_pause_of_once_in_many_lives_is_not_told_as_never() -> None:
    """Engset: 5.6e-12 of the time; talks alone are constant, on which that does not hang."""
    weights = [math.comb(60, k) * (0.02 * 8 / 60) ** k for k in range(9)]
    found = alone(60, 8, transfer_rate=0.02 * 8 / 60 * 25 / 120 / 0.5, talk_cv=0.0)
    sound(found)
    tells(found, "all_busy_share", weights[8] / sum(weights))


def test_attempts_are_no_better_known_than_the_talks_that_keep_lines_from_them() -> None:
    """One line, constant times: an attempt each 25 s, but for a talk of 120 s in 5e6 of them."""
    q = 2e-7
    found = alone(1, 1, transfer_rate=q / 0.5, attempt_cv=0.0, talk_cv=0.0)
    exact = 3600.0 / (25.0 + 120.0 * q)
    assert found.low["attempts_per_hour"] <= exact <= found.high["attempts_per_hour"]
    assert found.high["attempts_per_hour"] - found.low["attempts_per_hour"] < 1e-3 * exact
