"""Status probabilities over a horizon, and when a dial list is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from planner.contracts.problem import Dialer, Interval, LineAssignment, Outage, Problem
from planner.contracts.projected import Completion, Projection
from planner.contracts.result import FIGURE_NAMES, Status
from planner.pipeline.pipeline import project
from planner.projection.effort import Effort, EngineChoice
from planner.projection.pairs import limits
from planner.projection.timeline import timeline
from planner.projection.timeline.horizon import horizon
from tests.support.builders import solar

MONDAY_NINE = datetime(2030, 3, 4, 9, tzinfo=UTC)
CALENDAR: dict[str, Any] = {"start": "2026-01-01", "schedule": "Mon-Sun 00:00-24:00"}
ENGINES = ["auto", "markov", "simulate"]
#: As many requests of a quarter of the attempts: the chain is the same, and quicker to simulate.
FEW_ATTEMPTS: dict[str, Any] = {"attempt_seconds": 100.0, "transfer_rate": 0.4}


def problem(*, line: Mapping[str, Any] | None = None, **changes: Any) -> Problem:
    """Solar with 95 + 5 lines on D1; ``changes`` are of the problem or of the campaign."""
    own = {name: changes.pop(name) for name in ("intervals", "outages") if name in changes}
    fields = {"campaign_id": "Solar", "dialer_id": "D1", "dial_lines": 95, "agent_lines": 5}
    return Problem(
        dialers=(Dialer(dialer_id="D1", ports=1000, cps=changes.pop("cps", None)),),
        campaigns=(solar(**(CALENDAR | changes)),),
        assignments=(LineAssignment(**(fields | dict(line or {}))),),
        **own,
    )


def run(given: Problem, at: datetime = MONDAY_NINE, **arguments: Any) -> Projection:
    found = project(given, at=at, **({"replications": 8} | arguments))
    steps = found.timeline
    assert steps[0].start == at
    assert steps[-1].end == at + timedelta(hours=found.hours)
    for before, after in pairwise(steps):
        assert before.end == after.start
    for step in steps:
        assert sum(step.probabilities.values()) == pytest.approx(1.0, abs=1e-12)
        assert all(0 < chance <= 1 for chance in step.probabilities.values())
    values = [getattr(row, name) for row in found.assignments for name in FIGURE_NAMES]
    assert all(np.isfinite(value) for value in values if value is not None)
    return found


def certain(found: Projection) -> list[tuple[str, Status]]:
    """Start (UTC) and status of steps with one status, the same in a row once."""
    rows: list[tuple[str, Status]] = []
    for step in found.timeline:
        if len(step.probabilities) == 1:
            (status,) = step.probabilities
            if not rows or rows[-1][1] is not status:
                rows.append((f"{step.start.astimezone(UTC):%a %H:%M}", status))
    return rows


def all_busy(found: Projection) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([s.probabilities.get(Status.ALL_BUSY, 0.0) for s in found.timeline])


@pytest.mark.parametrize("campaign", [{}, {"overflow": "hold", "patience_seconds": 60}])
@pytest.mark.parametrize("busy", [0, 4])
def test_both_engines_agree_from_the_state_of_now(campaign: dict[str, Any], busy: int) -> None:
    given = problem(line={"busy_agent_lines": busy}, **FEW_ATTEMPTS, **campaign)
    exact = all_busy(run(given, hours=1))
    stretch = horizon(given, MONDAY_NINE, 1)
    effort = Effort(EngineChoice.SIMULATE, replications=2000, seed=3)
    shared = limits(given, stretch.pairs)
    simulated = timeline.follow(stretch, shared, effort).courses[0].all_busy
    # A mean over a step varies less than one look at it: four deviations of the latter.
    assert simulated == pytest.approx(exact, abs=4 * 0.5 / np.sqrt(2000))
    assert exact[-1] > exact[0] + 0.02 or busy


@pytest.mark.parametrize("busy", [0, 4])
def test_each_simulated_chance_has_an_interval_that_covers_the_exact_one(busy: int) -> None:
    given = problem(line={"busy_agent_lines": busy}, **FEW_ATTEMPTS)
    exact = all_busy(run(given, hours=2))
    steps, inside = 0, 0
    for seed in range(20):
        found = run(given, hours=2, engine="simulate", replications=25, seed=seed)
        for step, truth in zip(found.timeline, exact, strict=True):
            assert step.low.keys() == step.high.keys() >= step.probabilities.keys()
            for status, chance in step.probabilities.items():
                assert 0 <= step.low[status] <= chance <= step.high[status] <= 1
            # The four last steps are settled and share one interval.
            steps += 1
            inside += step.low[Status.ALL_BUSY] <= truth <= step.high[Status.ALL_BUSY]
    # 152 of 160 are expected inside, of about 100 independent ones: 138 is 4 deviations less.
    assert steps == 160
    assert inside >= 138


def test_exact_chances_and_those_of_one_run_have_no_interval() -> None:
    for arguments in ({}, {"engine": "simulate", "replications": 1}):
        found = run(problem(), hours=1, **arguments)
        assert all(step.low == step.high == {} for step in found.timeline)


def test_the_end_of_a_list_has_an_interval_too() -> None:
    # 10,050 attempts an hour in the long run, with its pauses: near the end of the hour.
    given = problem(records=10_100, schedule="Mon-Sun 09:00-10:00")
    found = run(given, hours=2, replications=30)
    assert any(0 < s.low.get(Status.COMPLETED, 0) < 1 for s in found.timeline)
    for step in found.timeline:
        for status, chance in step.probabilities.items():
            assert step.low[status] <= chance <= step.high[status]


def test_a_step_shows_the_average_of_the_transient_probability() -> None:
    found = run(problem(), hours=2)
    # At 300 s it is 0.3835, in the long run 0.3999 (check values, computed independently).
    assert all_busy(found)[-1] == pytest.approx(0.399945, abs=1e-6)
    assert 0.25 < all_busy(found)[0] < 0.3835


@pytest.mark.parametrize("engine", ENGINES)
def test_hours_of_the_schedule_bound_the_dialing(engine: str) -> None:
    given = problem(schedule="Mon-Fri 09:40-10:00", timezone="Europe/Berlin")
    found = run(given, at=datetime(2030, 3, 4, 8, 30, tzinfo=UTC), hours=1, engine=engine)
    assert certain(found) == [("Mon 08:30", Status.SCHEDULED)]
    dialing = [s for s in found.timeline if Status.RUNNING in s.probabilities]
    assert dialing[0].start == datetime(2030, 3, 4, 8, 40, tzinfo=UTC)
    assert dialing[-1].end == datetime(2030, 3, 4, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_night_at_whose_hour_the_clock_goes_forward_opens_an_hour_earlier(engine: str) -> None:
    given = problem(schedule="Mon-Sun 09:00-10:00", timezone="Europe/Berlin")
    # 2030-03-31: from UTC+1 to UTC+2.
    found = run(given, at=datetime(2030, 3, 30, 8, tzinfo=UTC), hours=26, engine=engine)
    starts = [s.start for s in found.timeline if Status.RUNNING in s.probabilities]
    assert datetime(2030, 3, 30, 8, tzinfo=UTC) in starts
    assert datetime(2030, 3, 31, 7, tzinfo=UTC) in starts
    assert datetime(2030, 3, 31, 8, tzinfo=UTC) not in starts


@pytest.mark.parametrize("engine", ENGINES)
def test_an_outage_stops_the_dialer_and_dialing_starts_anew_after_it(engine: str) -> None:
    out = Outage(
        dialer_id="D1",
        start=datetime(2030, 3, 4, 10, 5, tzinfo=UTC),
        end=datetime(2030, 3, 4, 11, 7, tzinfo=UTC),
    )
    found = run(problem(outages=(out,)), hours=3, engine=engine)
    assert certain(found) == [("Mon 10:05", Status.BY_DIALER)]
    stopped = [s for s in found.timeline if Status.BY_DIALER in s.probabilities]
    assert (stopped[0].start, stopped[-1].end) == (out.start, out.end)


def test_after_an_outage_the_exact_engine_starts_from_empty() -> None:
    out = Outage(dialer_id="D1", start=MONDAY_NINE, end=MONDAY_NINE + timedelta(hours=1))
    given = problem(outages=(out,), line={"busy_agent_lines": 5})
    after = all_busy(run(given, hours=2))[4:]
    fresh = all_busy(run(problem(), hours=1))
    assert after == pytest.approx(fresh, abs=1e-12)


@pytest.mark.parametrize("engine", ["auto", "simulate"])
def test_figures_that_change_with_the_hour_change_the_chances(engine: str) -> None:
    given = problem(
        intervals=(
            Interval(campaign_id="Solar", from_minute=600, to_minute=660, answer_rate=0.001),
        )
    )
    shares = all_busy(run(given, hours=3, engine=engine, replications=100))
    # By a hundredth of the requests five lines are never all busy; the hours around it are alike.
    assert shares[4:8][-1] < 0.01
    assert shares[3] == pytest.approx(0.4, abs=0.15)
    assert shares[-1] == pytest.approx(0.4, abs=0.15)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_hour_without_agents_is_a_pause(engine: str) -> None:
    given = problem(
        intervals=(Interval(campaign_id="Solar", from_minute=540, to_minute=600, agent_lines=0),)
    )
    found = run(given, hours=0.5, engine=engine)
    assert certain(found) == [("Mon 09:00", Status.ALL_BUSY)]
    assert found.assignments[0].status is Status.ALL_BUSY
    assert any("agents are on shift for 0 of 5 agent lines" in note for note in found.notes)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("campaign", "line", "status"),
    [
        ({"schedule": None}, {}, Status.UNSCHEDULED),
        ({"start": None}, {}, Status.UNSCHEDULED),
        ({"stop": "2029-12-31"}, {}, Status.UNSCHEDULED),
        ({}, {"dial_lines": 0}, Status.UNSCHEDULED),
        ({}, {"dial_lines": 4}, Status.UNSCHEDULED),
        ({"status": "stopped"}, {}, Status.STOPPED),
        ({}, {"status": "stopped_by_admin"}, Status.BY_ADMIN),
        ({}, {"status": "stopped_by_dialer"}, Status.BY_DIALER),
        ({"start": "2030-03-10"}, {}, Status.SCHEDULED),
        ({"schedule": "Sun 01:00-02:00"}, {}, Status.SCHEDULED),
        ({"records": 0}, {}, Status.COMPLETED),
    ],
)
def test_what_never_dials_keeps_its_status(
    engine: str, campaign: dict[str, Any], line: dict[str, Any], status: Status
) -> None:
    found = run(problem(line=line, **campaign), engine=engine)
    assert certain(found) == [("Mon 09:00", status)]
    assert len(found.assignments) == 1
    assert found.assignments[0].status is status


def test_a_schedule_that_its_stop_date_never_reaches_is_no_fault() -> None:
    given = problem(start="2030-03-05", stop="2030-03-06", schedule="Mon 09:00-10:00")
    found = run(given, hours=72)
    assert certain(found) == [("Mon 09:00", Status.SCHEDULED), ("Thu 00:00", Status.UNSCHEDULED)]


def test_an_empty_list_was_done_at_the_start() -> None:
    (done,) = run(problem(records=0)).completion
    assert done.p05 == done.p50 == done.p95 == MONDAY_NINE


def broadcast(**changes: Any) -> Problem:
    fields: dict[str, Any] = {"kind": "broadcast", "transfer_rate": None, "talk_seconds": None}
    lines = {"dial_lines": 10, "agent_lines": 0}
    return problem(line=lines, **(fields | {"attempt_cv": 0, "attempt_seconds": 30} | changes))


def test_a_list_ends_when_its_last_call_does() -> None:
    # 10 lines take 30 s each time: 200 records of 3 attempts are 60 rounds, 30 minutes.
    found = run(broadcast(records=200, attempts_per_record=3), hours=1, replications=4)
    end = MONDAY_NINE + timedelta(minutes=30)
    assert found.completion == (Completion(campaign_id="Solar", p05=end, p50=end, p95=end),)
    assert certain(found) == [("Mon 09:00", Status.RUNNING), ("Mon 09:30", Status.COMPLETED)]


def test_a_list_goes_on_where_it_was_after_hours() -> None:
    given = broadcast(records=600, schedule="Mon-Sun 09:00-09:20")
    found = run(given, hours=25, replications=4)
    # 40 rounds on Monday, 20 on Tuesday; the calls under way at the end of the hours count.
    (done,) = found.completion
    assert done.p50 is not None
    assert (
        timedelta(0)
        <= done.p50 - (MONDAY_NINE + timedelta(hours=24, minutes=9))
        <= timedelta(minutes=1)
    )
    assert certain(found)[-1] == ("Tue 09:20", Status.COMPLETED)


def test_a_list_longer_than_the_horizon_has_no_time_and_needs_no_simulation() -> None:
    found = run(problem(records=10**6))
    assert found.completion == (Completion(campaign_id="Solar", p05=None, p50=None, p95=None),)
    assert found.notes == ()


def test_the_last_of_a_list_is_spread_over_a_band() -> None:
    found = run(problem(records=10_000), hours=3, replications=64)
    (done,) = found.completion
    assert done.p05 is not None
    assert done.p50 is not None
    assert done.p95 is not None
    assert done.p05 < done.p50 < done.p95
    # 10050 attempts an hour in the long run, and some more before the first pause.
    assert timedelta(minutes=45) < done.p50 - MONDAY_NINE < timedelta(minutes=70)


def test_the_dialers_of_a_campaign_share_its_list() -> None:
    given = broadcast(records=200, attempts_per_record=3)
    two = given.model_copy(
        update={
            "dialers": (*given.dialers, Dialer(dialer_id="D2", ports=100)),
            "assignments": (
                *given.assignments,
                given.assignments[0].model_copy(update={"dialer_id": "D2"}),
            ),
        }
    )
    (done,) = project(two, at=MONDAY_NINE, hours=1, replications=4).completion
    assert done.p50 == MONDAY_NINE + timedelta(minutes=15)
