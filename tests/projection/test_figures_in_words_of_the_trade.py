"""Occupancy, pauses and the abandon rate, as the trade means them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.projection.effort import Budget, Effort, EngineChoice
from planner.projection.rows import rows_at
from planner.tables.folder import read_folder
from tests.support.builders import solar

CASES = Path(__file__).parents[1] / "data/cases/projection"
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def wrap_up_chain(N: int, A: int, tau: float, q: float, s: float, w: float) -> dict[str, float]:
    """Long-run figures with exponential wrap-ups: the whole chain, solved by brute force.

    States are talks, wrap-ups and attempts in progress. While an agent is free all idle lines dial.
    """
    states: dict[tuple[int, int, int], int] = {}
    rates: list[tuple[int, int, float]] = []

    def place(talks: int, wraps: int, attempts: int) -> int:
        if talks + wraps < A:
            attempts = N - talks  # idle lines launch at once
        state = talks, wraps, attempts
        if state not in states:
            states[state] = len(states)
            todo.append(state)
        return states[state]

    todo: list[tuple[int, int, int]] = []
    place(0, 0, N)
    while todo:
        talks, wraps, attempts = state = todo.pop()
        here = states[state]
        paused = talks + wraps == A
        if attempts:
            asked = (talks, wraps) if paused else (talks + 1, wraps)
            rates.append((here, place(*asked, attempts - 1), attempts / tau * q))
            rates.append((here, place(talks, wraps, attempts - 1), attempts / tau * (1 - q)))
        if talks:
            rates.append((here, place(talks - 1, wraps + 1, attempts), talks / s))
        if wraps:
            rates.append((here, place(talks, wraps - 1, attempts), wraps / w))
    size = len(states)
    generator = np.zeros((size, size))
    for start, end, rate in rates:
        generator[start, end] += rate
        generator[start, start] -= rate
    system = np.vstack([generator.T, np.ones(size)])
    pi = np.linalg.lstsq(system, np.append(np.zeros(size), 1.0), rcond=None)[0]
    talks, wraps, attempts = np.array(list(states)).T
    paused = talks + wraps == A
    begins = sum(pi[a] * rate for a, b, rate in rates if paused[b] and not paused[a])
    return {
        "agent_occupancy": float(pi @ (talks + wraps)) / A,
        "all_busy_share": float(pi[paused].sum()),
        "pauses_per_hour": 3600.0 * float(begins),
        "abandons_per_hour": 3600.0 * float((pi * paused * attempts).sum()) / tau * q,
        "transfers_per_hour": 3600.0 * float(pi @ talks) / s,
    }


def problem(dial_lines: int, agent_lines: int, **campaign: Any) -> Problem:
    calendar = {"start": "2026-01-01", "schedule": "Mon-Sun 00:00-24:00"}
    return Problem(
        dialers=(Dialer(dialer_id="D1", ports=1000),),
        campaigns=(solar(**(calendar | campaign)),),
        assignments=(
            LineAssignment(
                campaign_id="Solar",
                dialer_id="D1",
                dial_lines=dial_lines,
                agent_lines=agent_lines,
            ),
        ),
    )


@pytest.mark.parametrize("lines", [(12, 3), (9, 5)])
def test_occupancy_counts_talk_and_wrap_up(lines: tuple[int, int]) -> None:
    times = {"attempt_seconds": 20.0, "talk_seconds": 60.0, "wrap_up_seconds": 30.0}
    given = problem(*lines, answer_rate=0.5, transfer_rate=0.2, **times)
    expected = wrap_up_chain(*lines, 20.0, 0.1, 60.0, 30.0)
    effort = Effort(EngineChoice.SIMULATE, seed=3, budget=Budget(passages=1e6))
    (row,) = rows_at(given, AT, effort).figures()
    for name, value in expected.items():
        low, high = row.low[name], row.high[name]
        middle, half = (low + high) / 2, (high - low) / 2
        # Twice the half width: a false alarm once in some 10,000 seeds.
        assert abs(middle - value) <= 2 * half, name
        assert half < 0.06 * value, name


@pytest.mark.parametrize("engine", ["markov", "simulate"])
def test_all_agents_busy_is_a_pause_with_as_many_dial_lines(engine: str) -> None:
    """Each of 12 lines talks for r = q s / (tau + q s) of the time, all at once for r^12."""
    given = read_folder(CASES / "equal_dial_and_agent_lines")
    effort = Effort(EngineChoice(engine), budget=Budget(passages=1e6))
    (row,) = rows_at(given, AT, effort).figures()
    load = 0.6 * 0.5 * 120
    share = (load / (25 + load)) ** 12
    # A pause ends with the first of 12 talks: share * 12 / 120 s of them a second.
    pauses = 3600 * share * 12 / 120
    if engine == "markov":
        assert row.all_busy_share == pytest.approx(share, rel=1e-9)
        assert row.pauses_per_hour == pytest.approx(pauses, rel=1e-9)
        assert row.mean_pause_seconds == pytest.approx(10.0)
    else:
        for name, exact in (("pauses_per_hour", pauses), ("mean_pause_seconds", 10.0)):
            # Twice the half width: a false alarm once in some 10,000 seeds.
            half = (row.high[name] - row.low[name]) / 2
            assert abs(getattr(row, name) - exact) <= 2 * half < 2 * exact, name
    assert row.abandons_per_hour == 0.0
    assert row.abandon_rate == 0.0
