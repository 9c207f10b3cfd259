"""Simulated figures against the exact engine, and against a model written in SimPy."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from planner.traffic.exact import engset, hold
from planner.traffic.exact.passage import all_busy_transient, first_passage_probability
from planner.traffic.simulation.estimates import (
    Estimate,
    Fit,
    Precision,
    estimate,
    shortfalls,
    student_t,
)
from planner.traffic.simulation.network import COLUMNS
from planner.traffic.simulation.simulate import simulate
from tests.support.networks import network
from tests.support.simpy_model import Dialer, Rules

#: A correct simulation fails a test of this level once in so many seeds; ours is fixed.
LEVEL = 1e-5


def most_outside(intervals: int, share: float = 0.05) -> int:
    """Smallest count that a binomial (intervals, share) exceeds with a probability below LEVEL."""
    tail = 1.0
    for count in range(intervals + 1):
        tail -= math.comb(intervals, count) * share**count * (1 - share) ** (intervals - count)
        if tail < LEVEL:
            return count
    return intervals


def fixed(replications: int) -> Precision:
    return Precision(fewest=replications, most=replications)


@pytest.mark.parametrize("patience", [0.0, 15.0])
def test_intervals_cover_the_exact_figures(patience: float) -> None:
    rng = np.random.default_rng(11)
    outside = np.zeros(2)
    cases = 30
    for case in range(cases):
        A = int(rng.integers(1, 8))
        N = A + int(rng.integers(1, 60))
        tau, s = rng.uniform(10, 60), rng.uniform(30, 300)
        q = min(1.0, rng.uniform(0.3, 3) * A * tau / s / N)
        world = network(
            {(0, 0): (N, A)}, q=q, attempt_seconds=tau, talk_seconds=s, patience_seconds=patience
        )
        outcome = simulate(
            world,
            [0, 10 * s, 60 * s],
            seed=case,
            precision=fixed(40),
            judged=slice(1, None),
        )
        exact = (
            hold.stationary(N, A, tau, q, s, patience)
            if patience
            else engset.stationary(N, A, tau, q, s)
        )
        for j, name in enumerate(("all_busy_share", "transfers_per_second")):
            mean, half_width = outcome.figures[name]
            outside[j] += abs(float(mean[0]) - float(getattr(exact, name))) > half_width[0]
    assert (outside <= most_outside(cases)).all()


def test_first_passage_and_transient_share_follow_the_exact_law() -> None:
    replications = 3000
    outcome = simulate(
        network({(0, 0): (95, 5)}, busy=2), [0, 150, 300], seed=5, precision=fixed(replications)
    )
    arguments = (95, 5, 2, [150.0, 300.0], 25.0, 0.01, 180.0)
    expected = first_passage_probability(*arguments)
    found = (outcome.first_all_busy[:, 0] <= np.array([[150.0], [300.0]])).mean(axis=1)
    # 5 standard deviations of a share.
    np.testing.assert_array_less(
        np.abs(found - expected), 5 * np.sqrt(expected * (1 - expected) / replications)
    )
    spent = outcome.totals[:, :, 0, COLUMNS.index("all_busy")]
    exact = np.diff(all_busy_transient(*arguments).seconds_all_busy, prepend=0.0)
    error = spent.std(axis=0) / math.sqrt(replications)
    np.testing.assert_array_less(np.abs(spent.mean(axis=0) - exact), 5 * error)


@pytest.mark.parametrize("talk_cv", [0.0, 0.7, 2.5])
def test_without_pauses_the_shape_of_talks_does_not_matter(talk_cv: float) -> None:
    # Insensitivity: Engset's distribution depends on the talk time by its mean alone.
    outcome = simulate(
        network({(0, 0): (12, 12)}, q=0.1, talk_cv=talk_cv),
        [0, 4e3, 5e4],
        seed=8,
        precision=fixed(40),
        judged=slice(1, None),
    )
    mean, half_width = outcome.figures["mean_busy_agent_lines"]
    exact = float(engset.stationary(12, 12, 25.0, 0.1, 180.0).mean_busy_agent_lines)
    assert abs(float(mean[0]) - exact) < 2.5 * half_width[0]
    assert half_width[0] < 0.02 * exact


@pytest.mark.parametrize(
    "rules",
    [
        Rules(20, 3, 25, 0.05, 60, attempt_cv=0.4, talk_cv=1.5),
        Rules(20, 3, 25, 0.05, 60, wrap_up_seconds=30),
        Rules(20, 3, 25, 0.05, 60, patience_seconds=20, attempt_cv=0.0),
        Rules(20, 3, 25, 0.05, 60, pacing=3.0, wrap_up_seconds=15, patience_seconds=20),
        Rules(20, 3, 25, 0.05, 60, cps=0.5),
    ],
)
def test_agrees_with_an_independent_model_in_simpy(rules: Rules) -> None:
    warm_up, seconds, replications = 500.0, 6000.0, 12
    theirs = [
        Dialer(rules, random.Random(number), warm_up).run(seconds) for number in range(replications)
    ]
    outcome = simulate(
        network(
            {(0, 0): (rules.dial_lines, rules.agent_lines)},
            q=rules.q,
            attempt_seconds=rules.attempt_seconds,
            attempt_cv=rules.attempt_cv,
            talk_seconds=rules.talk_seconds,
            talk_cv=rules.talk_cv,
            wrap_up_seconds=rules.wrap_up_seconds,
            patience_seconds=rules.patience_seconds or 0.0,
            pacing=rules.pacing,
            dialer_cps=rules.cps,
        ),
        [0, warm_up, warm_up + seconds],
        seed=3,
        precision=fixed(200),
    )
    for name in ("transfers", "abandons", "attempts", "all_busy"):
        ours = outcome.totals[:, 1, 0, COLUMNS.index(name)]
        sample = np.array([counts[name] for counts in theirs])
        error = math.hypot(
            sample.std(ddof=1) / math.sqrt(replications), ours.std(ddof=1) / math.sqrt(len(ours))
        )
        # Student's t with 11 degrees exceeds 6 once in 10,000 seeds.
        assert abs(sample.mean() - ours.mean()) <= 6 * error, name


def test_outcome_is_the_same_for_any_number_of_threads_and_new_for_another_seed() -> None:
    world = network({(0, 0): (40, 3), (1, 0): (20, 2)}, attempt_cv=0.5, dialer_cps=3.0)
    one, two, other = (
        simulate(world, [0, 2000], seed=seed, precision=fixed(10), threads=threads)
        for seed, threads in ((4, 1), (4, 3), (5, 1))
    )
    np.testing.assert_array_equal(one.totals, two.totals)
    assert (one.totals != other.totals).any()
    assert one.events == two.events


def test_replications_are_added_until_the_figures_are_exact_enough() -> None:
    world = network({(0, 0): (30, 3)}, q=0.05, talk_seconds=60.0)
    outcome = simulate(world, [0, 500, 3e4], seed=6, judged=slice(1, None))
    assert outcome.met
    assert len(outcome.totals) > Precision().fewest
    for name, (mean, half_width) in outcome.figures.items():
        share = name in ("all_busy_share", "abandon_rate", "transfer_loss")
        assert half_width[0] <= max(0.02 * mean[0], 0.005 * share), name


def test_a_budget_that_is_too_small_is_said() -> None:
    world = network({(0, 0): (30, 3)}, q=0.05, talk_seconds=60.0)
    few = simulate(world, [0, 1000], seed=6, precision=Precision(most=20))
    assert not few.met
    assert len(few.totals) == 20
    events = simulate(world, [0, 1000], seed=6, precision=Precision(events=few.events))
    assert not events.met
    assert events.events < 1.5 * few.events


def test_figures_that_do_not_apply_are_not_a_number() -> None:
    outcome = simulate(network({(0, 0): (3, 1)}, q=0.0), [0, 100], seed=1)
    assert np.isnan(outcome.figures["mean_pause_seconds"].mean[0])
    assert outcome.figures["transfers_per_second"] == Estimate(np.zeros(1), np.zeros(1))
    assert not np.isnan(estimate(outcome.totals)["all_busy_share"].mean[0])


def test_ratio_of_means() -> None:
    # Numerators 2, 4, 6 over 1, 2, 3: exactly 2, nothing left over. Over 1, 1, 1: the mean 4 with
    # a standard error of 2 / sqrt(3).
    values = np.array([[2.0], [4.0], [6.0]])
    fit = Fit.of(None, values)
    assert fit.ratio(values, values / 2) == (pytest.approx(2), pytest.approx(0))
    mean, half_width = fit.ratio(values, np.ones((3, 1)))
    assert float(mean[0]) == pytest.approx(4)
    assert float(half_width[0]) == pytest.approx(student_t(2) * 2 / math.sqrt(3))


def test_what_is_known_to_be_zero_on_average_explains_the_chance_it_moved() -> None:
    # 10 + 3 x exactly: the mean is 10 although x is 0.5 on average here.
    x = np.array([[-1.0], [0.0], [1.0], [2.0]])
    mean, half_width = Fit.of(x[..., None], x).ratio(10 + 3 * x, np.ones((4, 1)))
    assert float(mean[0]) == pytest.approx(10)
    assert float(half_width[0]) == pytest.approx(0, abs=1e-12)


def test_intervals_of_a_steady_state_are_narrower_and_hold_the_exact_share() -> None:
    """The share is 0.399945 (Engset, check value); of 40 intervals 2 miss it on average.

    Seven or more miss with a probability of 0.3 %.
    """
    world = network({(0, 0): (95, 5)})
    edges = [0, 2050, 22550]
    few = Precision(fewest=16, most=16)
    missed, narrower = 0, 0
    for seed in range(40):
        plain, steady = (
            simulate(world, edges, seed=seed, precision=few, judged=slice(1, None), steady=known)
            for known in (False, True)
        )
        mean, half_width = (float(x[0]) for x in steady.figures["all_busy_share"])
        missed += abs(mean - 0.399945) > half_width
        narrower += half_width < plain.figures["all_busy_share"].half_width[0]
    assert missed < 7
    assert narrower > 30


def test_a_steady_state_has_no_changes_and_no_end() -> None:
    with pytest.raises(ValueError, match="steady"):
        simulate(network({(0, 0): (3, 1)}, attempts_left=9.0), [0, 9], seed=1, steady=True)


@pytest.mark.parametrize(
    ("degrees", "quantile"), [(8, 2.306), (9, 2.262), (15, 2.131), (30, 2.042), (120, 1.980)]
)
def test_students_t_table(degrees: int, quantile: float) -> None:
    # Any printed table of Student's t, two-sided 5 %.
    assert student_t(degrees) == pytest.approx(quantile, abs=1e-3)


def test_what_never_happens_warns_of_nothing() -> None:
    # Warnings are errors here: a figure of nothing has no width to reach.
    never = Estimate(np.zeros(1), np.ones(1))
    figures = dict.fromkeys(
        ("transfers_per_second", "abandoned_per_second", "pauses_per_second"), never
    )
    figures["mean_pause_seconds"] = Estimate(np.full(1, np.nan), np.ones(1))
    with np.errstate(all="raise"):
        assert shortfalls(figures, Precision())[0] == np.inf
