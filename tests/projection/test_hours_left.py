"""What is told about the time until all agent lines are busy ends with the running."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from planner.contracts.problem import Dialer, LineAssignment, Outage, Problem
from planner.contracts.result import AssignmentFigures, Ending
from planner.pipeline.pipeline import project
from planner.tables.folder import read_folder
from planner.traffic.exact.passage import first_passage_probability
from tests.support.builders import solar

CASES = Path(__file__).parents[1] / "data/cases/projection"
MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
NOON = MONDAY.replace(hour=12)
PASSAGE = (
    "seconds_to_all_busy_mean",
    "seconds_to_all_busy_p50",
    "seconds_to_all_busy_p90",
    "p_all_busy_5min",
    "p_all_busy_15min",
    "p_all_busy_60min",
)


def problem(line: dict[str, Any] | None = None, **campaign: Any) -> Problem:
    """The check case of the model: 95 + 5 lines, from empty."""
    calendar = {"start": "2026-01-01", "schedule": "Mon-Sun 00:00-24:00"}
    fields = {"campaign_id": "Solar", "dialer_id": "D1", "dial_lines": 95, "agent_lines": 5}
    return Problem(
        dialers=(Dialer(dialer_id="D1", ports=1000),),
        campaigns=(solar(**(calendar | campaign)),),
        assignments=(LineAssignment(**(fields | (line or {}))),),
    )


def row(given: Problem, at: datetime = NOON, dialer: str = "D1", **how: Any) -> AssignmentFigures:
    found = project(given, at=at, **({"hours": 1} | how))
    return next(f for f in found.assignments if f.dialer_id == dialer)


@pytest.mark.parametrize("microsecond", [1, 345_678, 999_999])
def test_running_ends_with_its_window_to_the_microsecond(microsecond: int) -> None:
    """A moment too early would still show the status before the change."""
    given = read_folder(CASES / "window_closes")
    at = MONDAY.replace(hour=11, minute=17, second=5, microsecond=microsecond)
    assert row(given, at, engine="markov").runs_until == NOON


@pytest.mark.parametrize("engine", ["auto", "markov", "simulate"])
def test_what_happens_after_the_window_closes_does_not_count(engine: str) -> None:
    given = read_folder(CASES / "window_closes")
    found = row(given, MONDAY.replace(hour=11, minute=59), engine=engine)
    assert found.runs_until == NOON
    assert found.ends_with is Ending.WINDOW
    for name in ("p_all_busy_5min", "p_all_busy_15min", "p_all_busy_60min"):
        # P(all busy within 60 s) of the model's check values.
        if engine == "simulate":
            half = (found.high[name] - found.low[name]) / 2
            # Twice the half width: a false alarm once in some 10,000 seeds.
            assert abs(getattr(found, name) - 0.053133690) < 2 * half
            assert half < 0.01
        else:
            assert getattr(found, name) == pytest.approx(0.053133690, abs=5e-10)
    assert found.seconds_to_all_busy_p50 is None
    assert found.seconds_to_all_busy_p90 is None
    assert found.seconds_to_all_busy_mean is None


def test_an_outage_that_begins_soon_ends_it_on_that_dialer_only() -> None:
    given = read_folder(CASES / "outage_soon")
    at = MONDAY.replace(hour=11)
    down = row(given, at, "D1")
    assert down.p_all_busy_5min == pytest.approx(0.053133690, abs=5e-10)
    assert (down.runs_until, down.ends_with) == (at + timedelta(seconds=60), Ending.OUTAGE)
    other = row(given, at, "D2")
    assert other.p_all_busy_5min == pytest.approx(0.854353242, abs=5e-10)
    # The window of D2 closes seven hours later.
    assert (other.runs_until, other.ends_with) == (at + timedelta(hours=7), Ending.WINDOW)
    assert other.seconds_to_all_busy_mean == pytest.approx(190.271372, abs=5e-7)


def test_the_end_of_a_window_keeps_the_quantiles_before_it() -> None:
    """Half of the cases are over within about 3 min, 90 % only after more than 5."""
    at = MONDAY.replace(hour=11, minute=55)
    found = row(problem(schedule="Mon-Fri 09:00-12:00"), at)
    half = found.seconds_to_all_busy_p50
    assert half is not None
    assert half < 300
    assert first_passage_probability(95, 5, 0, half, 25, 0.01, 180) == pytest.approx(0.5)
    assert found.seconds_to_all_busy_p90 is None
    assert found.seconds_to_all_busy_mean is None
    assert found.p_all_busy_60min == pytest.approx(0.854353242, abs=5e-10)


@pytest.mark.parametrize("engine", ["auto", "markov", "simulate"])
@pytest.mark.parametrize(
    ("campaign", "line"),
    [
        ({"status": "stopped"}, {}),
        ({"schedule": "Mon-Fri 15:00-17:00"}, {}),
        ({"records": 0}, {}),
        ({}, {"status": "stopped_by_dialer"}),
        ({"start": None}, {}),
    ],
)
def test_rows_that_do_not_run_have_none(
    campaign: dict[str, Any], line: dict[str, Any], engine: str
) -> None:
    found = row(problem(line, **campaign), engine=engine, replications=2)
    assert all(getattr(found, name) is None for name in PASSAGE)
    assert not found.low.keys() & set(PASSAGE)
    assert (found.runs_until, found.ends_with) == (None, None)
    assert found.all_busy_share is not None  # while it runs


def test_a_list_that_ends_first_ends_it() -> None:
    """One constant attempt of 60 s on each of 10 lines, then the list is done.

    All 10 attempts end at 60 s, each asks with q = 0.1, one agent line: busy unless none asks.
    """
    given = problem(
        {"dial_lines": 10, "agent_lines": 1},
        records=10,
        attempt_seconds=60.0,
        attempt_cv=0.0,
        answer_rate=1.0,
    )
    found = row(given, seed=4)
    expected = 1 - 0.9**10
    for name in ("p_all_busy_5min", "p_all_busy_15min", "p_all_busy_60min"):
        assert found.low[name] <= expected <= found.high[name]
        assert found.high[name] - found.low[name] < 0.05
    assert found.ends_with is Ending.LIST
    # Busy at 60 s in 65 % of the cases: half of them are told, 90 % never are.
    assert found.seconds_to_all_busy_p50 == pytest.approx(60.0)
    assert found.seconds_to_all_busy_p90 is None
    assert found.seconds_to_all_busy_mean is None


def test_dialers_that_share_a_list_end_with_it_together() -> None:
    """3000 attempts on 190 lines of 25 s end after some 400 s: about P(T <= 400 s), not P(15 min).

    The list ends at 3000 x 25 / 190 = 395 s if nobody paused; pauses delay it, and the last
    attempts and talks run on. So the share lies between that of 5 min and that of an endless list.
    """
    given = read_folder(CASES / "completed_then_outage")
    found = row(given, seed=2)
    p15, low = found.p_all_busy_15min, found.low["p_all_busy_15min"]
    assert p15 is not None
    assert low >= 0.85
    assert found.high["p_all_busy_15min"] < 0.999
    assert found.ends_with is Ending.LIST
    assert found.runs_until is not None
    assert timedelta(seconds=395) < found.runs_until - NOON < timedelta(seconds=1800)


def test_a_list_that_outlasts_the_hour_ends_what_comes_after_it() -> None:
    """Rare pauses, one in days: a list of two hours tells no mean and no quantile."""
    given = problem(
        {"dial_lines": 20, "agent_lines": 5},
        records=28_800,
        attempt_seconds=5.0,
        answer_rate=0.02,
        transfer_rate=0.05,
        talk_seconds=60.0,
    )
    found = row(given)
    assert found.ends_with is Ending.LIST
    # 20 lines of 5 s: 4 attempts a second, two hours for 28,800 but for some that are paused.
    assert found.runs_until is not None
    assert found.runs_until - NOON == pytest.approx(timedelta(hours=2), rel=0.02)
    assert found.seconds_to_all_busy_p50 is None
    assert found.seconds_to_all_busy_mean is None
    assert found.p_all_busy_60min is not None


def test_the_first_of_outage_and_window_ends_it() -> None:
    given = problem(schedule="Mon-Fri 09:00-12:30").model_copy(
        update={
            "outages": (
                Outage(
                    dialer_id="D1",
                    start=NOON + timedelta(minutes=20),
                    end=NOON + timedelta(hours=2),
                ),
            )
        }
    )
    found = row(given)
    assert (found.runs_until, found.ends_with) == (NOON + timedelta(minutes=20), Ending.OUTAGE)


def test_a_list_ends_at_one_moment_wherever_that_is_told() -> None:
    """The headline's end and the half of the cases of the completion are one figure."""
    given = problem(records=600)
    found = project(given, at=NOON, hours=4, seed=2)
    (line,), (done,) = found.assignments, found.completion
    assert line.ends_with is Ending.LIST
    assert line.runs_until == done.p50
    # 95 lines make 600 attempts of 25 s in some 158 s, and talks of three minutes go on after them.
    assert NOON + timedelta(seconds=158) < done.p50 < NOON + timedelta(seconds=158 + 4 * 180 + 125)


def test_a_short_list_is_followed_in_hundreds_of_runs_however_long_the_horizon() -> None:
    """No run can hold more attempts than there are: 400 of them are no work."""
    found = project(problem(records=600), at=NOON, hours=24, seed=2)
    assert any(note.startswith("Timeline from 400 simulated runs") for note in found.notes)
