"""The time a dialer takes from the end of an attempt to the next launch on its line."""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from planner.calibration.attempts import Attempts
from planner.calibration.estimates.gaps import GapSample

DAY = 86_400.0
Call = tuple[float, float, float]  # launched, ended, connected


def dialed(
    start: float, lines: int, gap: float, calls: int, seed: int, talk_of: int = 0
) -> list[Call]:
    """Calls of ten to thirty seconds, of lines that dial again ``gap`` seconds after each.

    Every ``talk_of``-th call is taken by the only agent for half a minute, in which nobody dials.
    """
    rng = np.random.default_rng(seed)
    free = [(start, line) for line in range(lines)]
    found: list[Call] = []
    paused_until = -np.inf
    while len(found) < calls:
        moment, line = heapq.heappop(free)
        if moment < paused_until:
            heapq.heappush(free, (paused_until, line))
            continue
        end, connected = moment + float(rng.uniform(10.0, 30.0)), np.nan
        if talk_of and len(found) % talk_of == talk_of - 1:
            end, connected = moment + 31.0, moment + 1.0
            paused_until = end
        found.append((moment, end, connected))
        heapq.heappush(free, (end + gap, line))
    return found


def measured(calls: list[Call]) -> dict[str, float]:
    launched, ended, connected = np.array(sorted(calls)).T
    none, zeros = np.full(len(calls), np.nan), np.zeros(len(calls), np.int64)
    flags = zeros.astype(np.int8)
    sample = GapSample()
    sample.add(
        Attempts(
            ["Solar"],
            ["D1"],
            zeros,
            zeros,
            launched,
            ended,
            connected,
            connected,
            none,
            flags,
            flags,
            flags,
            zeros,
        )
    )
    return sample.seconds()


def test_the_gap_is_that_of_lines_which_change_from_day_to_day() -> None:
    calls = dialed(0.0, 30, 1.5, 900, seed=1) + dialed(DAY, 24, 1.5, 900, seed=2)
    assert measured(calls)["Solar"] == pytest.approx(1.5)


def test_lines_that_wait_for_an_agent_are_no_gap_where_the_log_tells_no_wrap_up() -> None:
    # Five lines are freed in each pause of 30 s: as gaps they would double the mean.
    found = measured(dialed(0.0, 6, 2.0, 1200, seed=3, talk_of=40))
    assert found["Solar"] == pytest.approx(2.0)


def test_lines_that_mostly_have_nothing_to_do_tell_no_gap() -> None:
    # One call every six seconds, whatever lines there are: no dialer that dials again at once.
    rng = np.random.default_rng(4)
    launched = 6.0 * np.arange(2000.0)
    calls = [(t, t + float(rng.uniform(5.0, 90.0)), np.nan) for t in launched]
    assert measured(calls) == {}
