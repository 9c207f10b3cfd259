"""Timed attempts of lines that dial without a break, against renewal theory and call by call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.traffic.simulation.estimates import (
    Precision,
    balances,
    estimate,
    expected_outcomes,
)
from planner.traffic.simulation.flow.fluid import FLUID_CAMPAIGN
from planner.traffic.simulation.flow.steady_lines import duration_of_many
from planner.traffic.simulation.network import COLUMNS, Network
from planner.traffic.simulation.simulate import simulate
from tests.support.networks import network

TAU = 25.0
WARM_UP, END = 4000.0, 24_000.0
NAMES = ("all_busy", "attempts", "transfers", "pauses", "abandons", "attempt_seconds")


def per_second(world: Network, seed: int, runs: int, *, flows: bool) -> dict[str, np.ndarray]:
    """Mean and standard error of what the first pair does, once the start is forgotten."""
    precision = Precision(fewest=runs, most=runs)
    calm = np.zeros((1, len(world.campaign))) if flows else None
    found = simulate(world, [0.0, WARM_UP, END], seed=seed, precision=precision, calm=calm)
    values = found.totals[:, 1, 0] / (END - WARM_UP)
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / runs**0.5
    return {n: np.array([mean[COLUMNS.index(n)], error[COLUMNS.index(n)]]) for n in NAMES}


@pytest.mark.parametrize("cv", [0.0, 0.2, 0.7, 1.6])
def test_lines_that_never_wait_for_an_agent_are_renewal_processes(cv: float) -> None:
    # As many agents as lines: each line dials until one asks, then talks, as if it were alone.
    lines, q, talk = 6, 0.05, 100.0
    # Talks that differ, so that constant attempts forget how they began.
    given = {"q": q, "attempt_cv": cv, "talk_seconds": talk}
    found = per_second(network({(0, 0): (lines, lines)}, **given), 5, 400, flows=True)
    rounds = lines / (TAU / q + talk)
    exact = {
        "transfers": rounds,
        "attempts": rounds / q,
        "attempt_seconds": rounds / q * TAU,
        "all_busy": (talk * rounds / lines) ** lines,
    }
    for name, value in exact.items():
        mean, error = found[name]
        assert abs(mean - value) < 4 * error, name


@pytest.mark.parametrize(
    ("lines", "changes"),
    [
        # Constant times throughout: much happens at the same moment.
        ((7, 2), {"q": 0.06, "attempt_cv": 0.0, "talk_cv": 0.0, "talk_seconds": 93.7}),
        ((40, 6), {"q": 0.01, "attempt_cv": 0.0}),
        ((40, 6), {"q": 0.012, "attempt_cv": 0.15, "talk_cv": 0.5}),
        ((40, 6), {"q": 0.012, "attempt_cv": 1.7}),
        ((30, 5), {"q": 0.02, "attempt_cv": 0.4, "pacing": 4.0, "wrap_up_seconds": 20.0}),
    ],
)
def test_what_nobody_looks_at_is_as_call_by_call(
    lines: tuple[int, int], changes: dict[str, Any]
) -> None:
    world = network({(0, 0): lines}, **changes)
    call = per_second(world, 1, 150, flows=False)
    flow = per_second(world, 2, 300, flows=True)
    for name in NAMES:
        (theirs, error), (ours, own) = call[name], flow[name]
        assert abs(theirs - ours) < 4.2 * np.hypot(error, own), name
    assert flow["pauses"][0] > 0.0


@pytest.mark.parametrize(("cv", "count"), [(0.0, 7.0), (0.3, 2.0), (0.3, 40.0), (1.5, 60.0)])
def test_many_attempts_at_once_last_as_long_as_one_after_the_other(cv: float, count: float) -> None:
    campaign = np.zeros(1, FLUID_CAMPAIGN)
    campaign["attempt_seconds"], campaign["attempt_cv"] = TAU, cv
    campaign["attempt_spread"] = np.log1p(cv * cv) ** 0.5
    rng, draws = np.random.default_rng(3), 20_000
    made = np.array([duration_of_many(campaign[0], rng, count) for _ in range(draws)])
    # Means add up, and so do variances; that of one is (cv tau)^2.
    deviation = cv * TAU * count**0.5
    assert abs(made.mean() - count * TAU) <= 4.5 * deviation / draws**0.5 + 1e-9
    assert made.std() == pytest.approx(deviation, rel=0.04 * (1 + cv), abs=1e-9)
    assert made.min() > 0.0


@pytest.mark.parametrize("flows", [True, False])
@pytest.mark.parametrize(
    "changes",
    [
        {"attempt_cv": 0.5, "patience_seconds": 25.0, "talk_cv": 1.5},
        {"attempt_cv": 0.5, "wrap_up_seconds": 30.0},
        {"attempt_cv": 0.5, "patience_seconds": 25.0, "wrap_up_seconds": 30.0},
    ],
)
def test_what_is_zero_on_average_is_so_where_attempts_are_timed(
    changes: dict[str, Any], flows: bool
) -> None:
    world = network({(0, 0): (25, 3)}, q=0.04, talk_seconds=120.0, answer_rate=0.5, **changes)
    runs = 200 if flows else 60
    precision = Precision(fewest=runs, most=runs)
    found = simulate(
        world,
        [0.0, WARM_UP, END],
        seed=7,
        precision=precision,
        judged=slice(1, None),
        steady=True,
        calm=np.zeros((1, 1)) if flows else None,
    )
    known = balances(world, expected_outcomes(world, found.totals), slice(1, None))[:, 0]
    used = np.abs(known).max(axis=0) > 0.0
    # Requests and talks, and those in vain where these are not counted by their mean.
    assert used[:3].tolist() == [True, True, "patience_seconds" in changes]
    error = known.std(axis=0, ddof=1) / runs**0.5
    # What is in progress at the ends of the time counted is a part of an attempt or a talk.
    assert np.all(np.abs(known.mean(axis=0)[used]) < 4.5 * error[used])
    # So the figures are those without that knowledge, but for chance.
    plain = estimate(found.totals, slice(1, None))
    for name in ("all_busy_share", "abandoned_per_second", "transfers_per_second"):
        ours, theirs = found.figures[name], plain[name]
        apart = abs(float(ours.mean[0] - theirs.mean[0]))
        assert apart < 2.3 * float(theirs.half_width[0]), name
