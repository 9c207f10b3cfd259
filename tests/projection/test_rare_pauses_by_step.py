"""Intervals of the steps of a timeline where runs are few and pauses rare: they hold."""

from __future__ import annotations

from datetime import UTC, datetime

from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.contracts.result import Status
from planner.pipeline.pipeline import project
from planner.projection.effort import Effort, EngineChoice
from planner.projection.pairs import limits
from planner.projection.timeline import timeline
from planner.projection.timeline.horizon import horizon
from tests.support.builders import solar

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def problem(dial_lines: int, agent_lines: int) -> Problem:
    item = {"campaign_id": "Solar", "dial_lines": dial_lines, "agent_lines": agent_lines}
    return Problem(
        dialers=(Dialer(dialer_id="D1", ports=1000),),
        campaigns=(solar(agent_lines=40, start="2026-01-01", schedule="Mon-Sun 00:00-24:00"),),
        assignments=(LineAssignment(**(item | {"dialer_id": "D1"})),),
    )


def test_few_runs_without_a_pause_tell_that_pauses_are_rare() -> None:
    """A pause of 20 agents ends within seconds: none in ten runs is far less than a tenth."""
    given = problem(120, 20)
    exact = project(given, at=AT, hours=2)
    found = project(given, at=AT, hours=2, engine="simulate", replications=10)
    for step, right in zip(found.timeline, exact.timeline, strict=True):
        chance = right.probabilities.get(Status.ALL_BUSY, 0.0)
        assert chance < 1e-3
        assert step.low[Status.ALL_BUSY] <= chance <= step.high[Status.ALL_BUSY] < 0.05


def test_intervals_of_steps_hold_where_pauses_are_seen_in_some_runs() -> None:
    given = problem(40, 5)
    ahead = horizon(given, AT, 1)
    exact = timeline.steps(ahead, timeline.by_formula(ahead).courses)
    held = total = 0
    for seed in range(60):
        effort = Effort(EngineChoice.SIMULATE, replications=10, seed=seed)
        found = timeline.follow(ahead, limits(given, ahead.pairs), effort)
        for step, right in zip(timeline.steps(ahead, found.courses), exact, strict=True):
            chance = right.probabilities.get(Status.ALL_BUSY, 0.0)
            held += step.low[Status.ALL_BUSY] <= chance <= step.high[Status.ALL_BUSY]
            total += 1
    # 228 of 240 expected; the steps of a run are alike, as if there were half as many: 0.90 of
    # these is three and a half standard deviations below.
    assert held >= 0.9 * total
