"""Timelines where calls per second are nearly all in use, against many runs call by call."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.contracts.projected import TimelineStep
from planner.contracts.result import Status
from planner.projection.effort import Budget, Effort, EngineChoice
from planner.projection.figures.measured_waits import measured_waits
from planner.projection.network import network
from planner.projection.pairs import limits
from planner.projection.timeline import timeline
from planner.projection.timeline.horizon import horizon
from planner.projection.timeline.timeline import HorizonResult
from planner.traffic.simulation.flow.fluid import calm_waits, most_used
from tests.support.builders import solar

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOURS = 1.5
LINES = {"Large": (60, 6), "Middle": (40, 4), "Small": (12, 2)}


def problem(cps: float) -> Problem:
    """Three campaigns behind one limit; the smallest waits longest for its turn."""
    own = {"start": "2026-01-01", "schedule": "Mon-Sun 00:00-24:00", "agent_lines": 20}
    campaigns: tuple[Campaign, ...] = (
        solar(campaign_id="Large", **own),
        solar(campaign_id="Middle", attempt_cv=0.5, **own),
        solar(campaign_id="Small", transfer_rate=0.2, talk_seconds=90.0, **own),
    )
    return Problem(
        dialers=(Dialer(dialer_id="D1", ports=200, cps=cps),),
        campaigns=campaigns,
        assignments=tuple(
            LineAssignment(campaign_id=name, dialer_id="D1", dial_lines=n, agent_lines=a)
            for name, (n, a) in LINES.items()
        ),
    )


def use(given: Problem) -> float:
    ahead = horizon(given, AT, HOURS)
    together = network(ahead.stretches, limits(given, ahead.pairs))
    assert calm_waits(together) is None
    return most_used(together)


def followed(given: Problem, effort: Effort) -> tuple[list[TimelineStep], HorizonResult]:
    """The timeline alone, without the figures that stand beside it."""
    ahead = horizon(given, AT, HOURS)
    found = timeline.follow(ahead, limits(given, ahead.pairs), effort)
    return timeline.steps(ahead, found.courses), found


def chances(found: list[TimelineStep], name: str) -> np.ndarray:
    """Chance of a pause and its ends by step, [value, low, high]."""
    steps = [step for step in found if step.campaign_id == name]
    busy = Status.ALL_BUSY
    rows = [(s.probabilities[busy], s.low[busy], s.high[busy]) for s in steps]
    return np.array(rows).T


@pytest.mark.parametrize(
    ("cps", "least", "most"), [(4.8, 0.75, 0.9), (4.0, 0.9, 1.0), (3.0, 1.2, 1.4), (1.6, 2.3, 2.5)]
)
def test_chances_are_those_of_runs_call_by_call(cps: float, least: float, most: float) -> None:
    """Also where more is asked for than there is."""
    given = problem(cps)
    assert least < use(given) < most
    found, how = followed(given, Effort(seed=1))
    right, _ = followed(given, Effort(EngineChoice.SIMULATE, replications=400, seed=2))
    assert set(how.runs.values()) == {400}
    for name in LINES:
        (value, low, high), (by_call, below, above) = chances(found, name), chances(right, name)
        apart = (value - by_call) / np.hypot((high - low) / 2, (above - below) / 2)
        # Half widths of 95 %: 1.7 of them are 3.3 standard deviations.
        assert np.abs(apart).max() < 1.7, name
        # What runs may be wrong by is little: intervals are no wider than some points.
        assert (high - low).max() < 0.16, name


def test_where_nearly_all_wait_all_goes_call_by_call() -> None:
    given = problem(1.2)
    ahead = horizon(given, AT, HOURS)
    together = network(ahead.stretches, limits(given, ahead.pairs))
    assert most_used(together) > 3.0
    assert measured_waits(together, ahead.seconds, Effort()) is None


def test_lists_whose_passes_differ_go_call_by_call() -> None:
    given = problem(4.8)
    large, *others = given.campaigns
    changed = large.model_copy(update={"answer_rate_by_pass": (0.1, 0.05), "records": 400})
    given = given.model_copy(update={"campaigns": (changed, *others)})
    ahead = horizon(given, AT, HOURS)
    together = network(ahead.stretches, limits(given, ahead.pairs), {"Large": 500})
    assert measured_waits(together, ahead.seconds, Effort()) is None


def test_a_list_that_ends_behind_a_limit_nearly_used_is_done_when_one_call_by_call_is() -> None:
    given = problem(4.8)
    large, *others = given.campaigns
    listed = large.model_copy(update={"records": 6000})
    given = given.model_copy(update={"campaigns": (listed, *others)})
    small = Effort(budget=Budget(horizon=1e6))
    right = Effort(EngineChoice.SIMULATE, replications=200, seed=5)
    ours, by_call = (
        timeline.completion(AT, [listed], followed(given, effort)[1].completed_at)[0]
        for effort in (small, right)
    )
    assert ours.p50 is not None
    assert by_call.p50 is not None
    assert by_call.p05 is not None
    assert by_call.p95 is not None
    spread = (by_call.p95 - by_call.p05) / 3.29
    # The middle of 200 runs is known to 1.25 / sqrt(200) of their spread.
    assert abs(ours.p50 - by_call.p50) < 4.5 * 1.25 * math.sqrt(2 / 200) * spread
