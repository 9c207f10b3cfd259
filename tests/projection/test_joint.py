"""Dialers of a campaign together: none, some, and all of them paused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.contracts.problem import Dialer, LineAssignment, Outage, Problem
from planner.contracts.projected import Projection
from planner.contracts.result import Engine
from planner.pipeline.pipeline import project
from planner.tables.folder import read_folder
from planner.traffic.exact.passage import all_busy_transient
from tests.support.builders import solar

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
#: Engset's time congestion of 95 + 5 lines, a check value of the model.
P = 0.399945


def problem(*lines: tuple[int, int], cps: float | None = None, **campaign: Any) -> Problem:
    calendar = {"start": "2026-01-01", "schedule": "Mon-Sun 00:00-24:00"}
    return Problem(
        dialers=tuple(
            Dialer(dialer_id=f"D{d}", ports=1000, cps=cps) for d in range(1, len(lines) + 1)
        ),
        campaigns=(solar(**(calendar | {"agent_lines": 1000} | campaign)),),
        assignments=tuple(
            LineAssignment(campaign_id="Solar", dialer_id=f"D{d}", dial_lines=n, agent_lines=a)
            for d, (n, a) in enumerate(lines, start=1)
        ),
    )


def run(given: Problem, **how: Any) -> Projection:
    return project(given, at=AT, **({"hours": 4} | how))


@pytest.mark.parametrize("engine", ["auto", "markov"])
def test_ten_agents_as_five_and_five(engine: str) -> None:
    (joint,) = run(read_folder(ROOT / "data/quickstart"), engine=engine).campaigns_joint
    assert joint.none_paused == pytest.approx((1 - P) ** 2, abs=2e-6)  # 0.360
    assert joint.some_paused == pytest.approx(2 * P * (1 - P), abs=2e-6)  # 0.480
    assert joint.all_paused == pytest.approx(P**2, abs=2e-6)  # 0.160
    shares = [joint.none_paused, joint.some_paused, joint.all_paused]
    assert joint.paused_distribution == pytest.approx(shares, abs=1e-15)
    assert (joint.dialers, joint.engine, joint.low) == (2, Engine.MARKOV, {})


def test_simulated_intervals_hold_the_exact_shares() -> None:
    (joint,) = run(read_folder(ROOT / "data/quickstart"), engine="simulate").campaigns_joint
    assert joint.engine is Engine.SIMULATE
    for name, exact in (
        ("none_paused", (1 - P) ** 2),
        ("some_paused", 2 * P * (1 - P)),
        ("all_paused", P**2),
    ):
        half = (joint.high[name] - joint.low[name]) / 2
        assert joint.low[name] <= getattr(joint, name) <= joint.high[name]
        # Twice the half width: a false alarm once in some 10,000 seeds.
        assert abs(getattr(joint, name) - exact) < 2 * half < 0.05


def test_of_three_different_dialers_the_number_paused_is_a_sum_of_independent_ones() -> None:
    given = problem((95, 5), (40, 3), (20, 4))
    found = run(given)
    shares = [row.all_busy_share for row in found.assignments]
    (joint,) = found.campaigns_joint
    expected = np.ones(1)
    for share in shares:
        assert share is not None
        expected = np.convolve(expected, [1 - share, share])
    assert joint.paused_distribution == pytest.approx(expected.tolist(), abs=1e-12)
    assert joint.none_paused == pytest.approx(expected[0])
    assert joint.all_paused == pytest.approx(expected[-1])


@pytest.mark.parametrize("engine", ["auto", "simulate"])
def test_the_first_step_averages_what_both_do_at_the_same_time(engine: str) -> None:
    """Both start empty: the chance that both pause is the mean of p(t)^2, not the square of p."""
    found = run(problem((95, 5), (95, 5)), engine=engine, hours=1, replications=400)
    times = np.linspace(0, 900, 9001)
    p = all_busy_transient(95, 5, 0, times, 25, 0.01, 180).probability
    step = found.timeline_joint[0]
    for name, exact in (
        ("all_paused", np.trapezoid(p * p, times) / 900),
        ("none_paused", np.trapezoid((1 - p) ** 2, times) / 900),
    ):
        if engine == "auto":
            assert getattr(step, name) == pytest.approx(exact, abs=1e-5)
        else:
            half = (step.high[name] - step.low[name]) / 2
            assert abs(getattr(step, name) - exact) < 2 * half < 0.08
    assert step.none_paused + step.some_paused + step.all_paused == pytest.approx(1.0)


def test_only_dialers_that_run_then_count() -> None:
    """With D2 out from the second hour on, all that runs is D1: some but not all cannot be."""
    out = Outage(dialer_id="D2", start=AT + timedelta(hours=1), end=AT + timedelta(hours=2))
    given = problem((95, 5), (95, 5)).model_copy(update={"outages": (out,)})
    found = run(given)
    by_hour = {step.start.hour: step for step in found.timeline_joint}
    assert by_hour[12].dialers == by_hour[14].dialers == 2
    alone = by_hour[13]
    assert alone.dialers == 1
    assert alone.some_paused == pytest.approx(0.0, abs=1e-12)
    assert alone.all_paused == pytest.approx(P, abs=1e-4)
    assert len(alone.paused_distribution) == 2
    # Both run now: both count in the long run.
    assert found.campaigns_joint[0].dialers == 2
    later = project(given, at=AT + timedelta(hours=1, minutes=1), hours=1)
    assert later.campaigns_joint[0].dialers == 1
    assert later.campaigns_joint[0].all_paused == pytest.approx(P, abs=1e-6)


def test_a_broadcast_is_never_paused_and_has_none() -> None:
    found = run(problem((95, 0), (95, 0), kind="broadcast"))
    assert found.campaigns_joint == ()
    assert found.timeline_joint == ()


def test_dialers_that_share_a_list_are_counted_while_it_lasts() -> None:
    given = read_folder(ROOT / "tests/data/cases/projection/completed_then_outage")
    found = project(given, at=AT, hours=4, replications=60)
    first = found.timeline_joint[0]
    assert first.dialers == 2
    assert first.none_paused + first.some_paused + first.all_paused == pytest.approx(1.0)
    assert first.high["none_paused"] > first.none_paused > first.low["none_paused"] > 0
    # Completed long before: nothing dials in the third hour, also not on D1 in its outage.
    assert all(step.start < AT + timedelta(hours=2) for step in found.timeline_joint)


@pytest.mark.parametrize("engine", ["markov", "simulate"])
def test_of_one_dialer_never_only_some_are_paused(engine: str) -> None:
    found = run(problem((50, 5), wrap_up_seconds=20.0), engine=engine, hours=1)
    for told in (*found.campaigns_joint, *found.timeline_joint):
        assert told.some_paused == 0.0
        assert "some_paused" not in {**told.low, **told.high}
        for name, low in told.low.items():
            assert low <= getattr(told, name) <= told.high[name]
