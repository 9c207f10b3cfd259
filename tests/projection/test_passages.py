"""Simulated first passages of pairs that share limits: each alone, or all together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.projection.effort import Budget, Effort, EngineChoice
from planner.projection.figures import passages
from planner.projection.figures.exact import PASSAGE_HORIZONS
from planner.projection.figures.intervals import Interval, share_ends
from planner.projection.network import always_on, network
from planner.projection.pairs import Pair, limits, pairs_at
from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.simulate import simulate
from tests.support.builders import solar

DEVIATIONS = 4.0


def two_campaigns(cps: float | None, **changes: Any) -> Problem:
    """Two campaigns with 60 + 6 lines each on one dialer: 4.8 attempts a second."""
    return Problem(
        dialers=(Dialer(dialer_id="D1", ports=1000, cps=cps),),
        campaigns=tuple(solar(campaign_id=name, **changes) for name in ("A", "B")),
        assignments=tuple(
            LineAssignment(campaign_id=name, dialer_id="D1", dial_lines=60, agent_lines=6)
            for name in ("A", "B")
        ),
    )


def found(problem: Problem, effort: Effort) -> list[dict[str, Interval]]:
    pairs = pairs_at(problem, None)
    return [row for row, _ in passages.passages(pairs, limits(problem, pairs), effort)]


def joint_shares(problem: Problem, pairs: list[Pair], runs: int) -> dict[str, float]:
    world = network([always_on(pairs)], limits(problem, pairs))
    precision = Precision(fewest=runs, most=runs)
    seconds = simulate(world, [0, 3600], seed=5, precision=precision).first_all_busy
    return {name: float((seconds <= at).mean()) for name, at in PASSAGE_HORIZONS.items()}


@pytest.mark.parametrize("changes", [{}, {"attempt_cv": 0.5}, {"pacing": 12.0}, {"talk_cv": 0.7}])
def test_alone_with_what_is_held_back_is_as_together(changes: dict[str, Any]) -> None:
    # Of 5.6 calls a second 4.8 are used: launches wait, a few percent of the attempts are missing.
    problem = two_campaigns(5.6, **changes)
    pairs = pairs_at(problem, None)
    missing = passages.shared_limits.measure(pairs, limits(problem, pairs), Effort(seed=1)).missing
    assert 0.003 < missing.min() <= missing.max() < passages.MOST_MISSING
    runs = 600
    joint = joint_shares(problem, pairs, runs)
    for row in found(problem, Effort(seed=2, budget=Budget(passages=4e6))):
        for name, share in joint.items():
            value, low, high = row[name]
            assert low is not None
            assert high is not None
            error = math.hypot((high - low) / 4, math.sqrt(share * (1 - share) / runs / 2))
            assert value == pytest.approx(share, abs=DEVIATIONS * error + 1e-3), name


def test_what_holds_back_much_is_simulated_together(monkeypatch: pytest.MonkeyPatch) -> None:
    joint: list[bool] = []
    together = passages._together
    monkeypatch.setattr(passages, "_together", lambda *a: joint.append(True) or together(*a))
    effort = Effort(seed=2, budget=Budget(passages=1e5))
    found(two_campaigns(5.6), effort)
    assert joint == []
    # Less than the 4.8 attempts a second that all lines would launch.
    found(two_campaigns(3.0), effort)
    assert joint == [True]


def test_rows_are_the_same_for_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    effort = Effort(seed=4, budget=Budget(passages=3e5))
    problem = two_campaigns(5.6, talk_cv=0.7)
    many = found(problem, effort)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert found(problem, effort) == many
    assert found(problem, Effort(seed=5, budget=effort.budget)) != many


def test_wanted_precision_is_met_where_the_budget_allows_it() -> None:
    problem = two_campaigns(None, talk_cv=0.7)
    pairs = pairs_at(problem, None)
    shared = limits(problem, pairs)
    ((row, met),) = passages.passages(pairs[:1], shared, Effort())
    assert met
    for name, (value, low, high) in row.items():
        assert low is not None
        assert high is not None
        wanted = max(0.02 * value, 0.005 if name in PASSAGE_HORIZONS else 0.0)
        assert (high - low) / 2 <= wanted
    ((_, met),) = passages.passages(pairs[:1], shared, Effort(budget=Budget(passages=1.0)))
    assert not met


def test_ends_of_parts_of_a_step_cover_their_mean() -> None:
    # Parts as of a pause that half of the runs have, of an exponential part of the step.
    rng = np.random.default_rng(3)
    for chance, size in ((0.5, 0.3), (0.2, 0.05), (0.9, 0.9), (0.02, 0.2)):
        cases, runs = 1000, 32
        parts = np.minimum(rng.exponential(size, (runs, cases)), 1.0)
        mean = size * (1 - math.exp(-1 / size)) * chance
        low, high = share_ends(np.where(rng.random((runs, cases)) < chance, parts, 0.0))
        for a, b, truth in ((low, high, mean), (*share_ends_mirrored(rng, chance, size), 1 - mean)):
            inside = np.count_nonzero((a <= truth) & (truth <= b))
            # 950 expected; a binomial falls below 915 once in a million.
            assert inside >= 915, (chance, size)


def share_ends_mirrored(rng: np.random.Generator, chance: float, size: float) -> Any:
    parts = np.minimum(rng.exponential(size, (32, 1000)), 1.0)
    return share_ends(1.0 - np.where(rng.random((32, 1000)) < chance, parts, 0.0))


def test_ends_without_any_pause_are_those_of_no_run_in_so_many() -> None:
    low, high = share_ends(np.zeros((40, 1)))
    assert low[0] == 0
    assert 0.05 < high[0] < 0.12  # the rule of three: about 3 of 40


def test_what_is_asked_to_be_simulated_is_and_the_chain_lies_in_its_intervals() -> None:
    problem = two_campaigns(None)
    pairs = pairs_at(problem, None)[:1]
    shared = limits(problem, pairs)
    effort = Effort(EngineChoice.SIMULATE, seed=3, budget=Budget(passages=1e6))
    ((simulated, _),) = passages.passages(pairs, shared, effort)
    ((exact, _),) = passages.passages(pairs, shared, Effort(seed=3))
    for name, (value, low, high) in simulated.items():
        assert low is not None
        assert high is not None
        # Twice as wide: eight figures of one seed.
        assert abs(exact[name].value - value) <= high - low, name
        assert high - low > 10 * ((exact[name].high or 0.0) - (exact[name].low or 0.0)), name
