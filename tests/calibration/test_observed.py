"""What is seen of a day: lines in service, pauses and the first of them, from made-up calls."""

from __future__ import annotations

import numpy as np
import pytest

from planner.calibration.backtest.collect import Calls
from planner.calibration.backtest.observed import observe
from planner.calibration.emulation.days import Shift, Truth, emulate
from planner.calibration.sweep import all_busy_spans, level_changes, most_at_once

NAN = np.nan


def calls(attempts: object, dialer: int = 0) -> Calls:
    own = attempts.where(attempts.dialer == dialer)  # type: ignore[attr-defined]
    return Calls(own.launched, own.ended, own.requested, own.connected, own.released)


def test_levels_count_what_ends_before_what_starts() -> None:
    times, levels = level_changes(np.array([0.0, 1.0, 3.0]), np.array([3.0, 2.0, 5.0]))
    assert times.tolist() == [0, 1, 2, 3, 5]
    assert levels.tolist() == [1, 2, 1, 1, 0]
    assert most_at_once(np.array([0.0, 1.0]), np.array([1.0, 2.0])) == 1


def test_spans_in_which_all_agents_are_busy() -> None:
    spans = all_busy_spans(np.array([0.0, 2.0, 6.0]), np.array([5.0, 4.0, 9.0]))
    assert spans.tolist() == [[2, 4]]
    one = all_busy_spans(np.array([0.0, 2.0, 6.0]), np.array([5.0, 4.0, 9.0]), agents=1)
    assert one.tolist() == [[0, 5], [6, 9]]


def test_a_day_worked_out_by_hand() -> None:
    """One agent line: busy from 100 to 400 s and from 1000 to 1200 s, and nobody dials then."""
    launches = [t for t in range(0, 2000, 10) if not (100 <= t < 400 or 1000 <= t < 1200)]
    launched = np.array([float(t) for t in launches])
    ended = launched + 9.0
    requested, connected = np.full((2, len(launched)), NAN)
    for start, end in ((100.0, 400.0), (1000.0, 1200.0)):
        row = launches.index(int(start) - 10)
        requested[row] = connected[row] = start
        ended[row] = end
    lost = launches.index(990) - 1
    requested[lost] = ended[lost]
    day = observe(Calls(launched + 1e9, ended + 1e9, requested + 1e9, connected + 1e9, ended + 1e9))
    assert day is not None
    assert day.agent_lines == (1, 1)
    assert day.seconds == 1990
    assert day.figures["attempts"] == len(launches)
    assert day.figures["requests"] == 3
    assert day.figures["transfers"] == 2
    assert day.figures["abandoned"] == 1
    assert day.figures["all_busy_share"] == pytest.approx(500 / 1990)
    assert day.figures["seconds_to_all_busy"] == 100


@pytest.mark.parametrize("whole_seconds", [False, True])
def test_lines_in_service_are_those_that_were_there(whole_seconds: bool) -> None:
    truth = Truth(dial_lines=60, agent_lines=4, dialers=("D1",))
    attempts = emulate(truth, Shift(1.79e9, 1, 3.0), 3)
    seen = calls(attempts)
    if whole_seconds:
        seen = Calls(*(np.floor(column) for column in seen))
    day = observe(seen)
    assert day is not None
    assert set(day.agent_lines) == {4}
    assert day.dial_lines == pytest.approx(60, abs=1 if whole_seconds else 0)


def test_the_emulated_days_come_to_the_exact_long_run_figures() -> None:
    """A check case of the model: 95 and 5 lines, attempts of 25 s, one in a hundred asks, 180 s."""
    hours = 48.0
    attempts = emulate(Truth(), Shift(1.79e9, 1, hours), 11)
    time = 2 * hours
    requests = np.isfinite(attempts.requested).sum()
    handled = np.isfinite(attempts.connected).sum()
    # Some 40 pauses an hour, exponential of 36 s: the time that dials has a standard error of
    # sqrt(2 * 40 * 96) * 36 s of 0.6 * 96 h, 1.5 %; that of 2,000 lost calls in bursts is 3 %.
    assert len(attempts) / time == pytest.approx(10050.336778, rel=0.045)
    assert handled / time == pytest.approx(79.260393, rel=0.045)
    assert (requests - handled) / time == pytest.approx(21.242975, rel=0.1)
    seen = [observe(calls(attempts, dialer)) for dialer in (0, 1)]
    found = np.mean([day.figures["all_busy_share"] for day in seen if day is not None])
    assert found == pytest.approx(0.399945, rel=0.07)
