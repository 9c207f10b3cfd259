"""Intervals of few events: exact binomial ends, Poisson counts, gamma times."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.projection.figures.binomial import all_share_ends, share_ends
from planner.projection.figures.settling import mean_of_runs
from planner.traffic.simulation.interval_ends import duration_factors, poisson_factors


def tail(count: int, runs: int, chance: float) -> float:
    """P(at least ``count``) of a binomial, by its sum."""
    return sum(
        math.comb(runs, k) * chance**k * (1 - chance) ** (runs - k) for k in range(count, runs + 1)
    )


@pytest.mark.parametrize(("count", "runs"), [(1, 10), (3, 24), (20, 64), (39, 400), (61, 64)])
def test_ends_of_a_share_leave_a_fortieth_on_either_side(count: int, runs: int) -> None:
    """Clopper and Pearson's definition."""
    low, high = share_ends(count, runs)
    assert tail(count, runs, low) == pytest.approx(0.025, rel=1e-6)
    assert 1 - tail(count + 1, runs, high) == pytest.approx(0.025, rel=1e-6)


def test_none_and_all_of_the_runs_have_one_end() -> None:
    low, high = share_ends(0, 40)
    assert low == 0.0
    assert (1 - high) ** 40 == pytest.approx(0.025, rel=1e-9)
    assert share_ends(40, 40) == (pytest.approx(1 - high), 1.0)


@pytest.mark.parametrize("runs", [24, 400])
def test_a_share_is_covered_at_every_size(runs: int) -> None:
    """Coverage, summed exactly over the binomial: at least 93 %, whatever the chance."""
    low, high = all_share_ends(runs)
    counts = np.arange(runs + 1)
    logs = np.array(
        [math.lgamma(runs + 1) - math.lgamma(k + 1) - math.lgamma(runs - k + 1) for k in counts]
    )
    for chance in (1e-4, 1e-3, 0.004, 0.01, 0.03, 0.1, 0.2, 0.5, 0.8, 0.97, 0.999):
        weights = np.exp(logs + counts * math.log(chance) + (runs - counts) * math.log1p(-chance))
        assert weights[(low <= chance) & (chance <= high)].sum() > 0.93


#: Quantiles of chi-squared, any table: 95 % limits of Poisson means for counts of 1, 5 and 20.
GARWOOD = {1: (0.0253, 5.572), 5: (1.623, 11.668), 20: (12.217, 30.888)}


@pytest.mark.parametrize("count", GARWOOD)
def test_ends_of_a_poisson_count_are_garwoods(count: int) -> None:
    low, high = (float(end[0]) * count for end in poisson_factors(np.array([float(count)])))
    expected = GARWOOD[count]
    # The approximation errs to the safe side where counts are smallest.
    assert low == pytest.approx(expected[0], rel=0.02, abs=0.013)
    assert low <= expected[0] * 1.001
    assert high == pytest.approx(expected[1], rel=0.01)


def test_ends_of_a_mean_of_exponential_times_cover_it() -> None:
    rng = np.random.default_rng(1)
    for count in (1, 2, 5, 30):
        means = rng.exponential(size=(20_000, count)).mean(axis=1)
        low, high = (float(end[0]) for end in duration_factors(np.array([float(count)])))
        held = (means * low <= 1.0) & (means * high >= 1.0)
        assert 0.945 < held.mean() < 0.985


def test_runs_that_hardly_differ_have_an_interval_nevertheless() -> None:
    """One run in 24 is longer by 1: the mean surplus is that of a Poisson count of one."""
    values = np.full(24, 10.0)
    assert mean_of_runs(values, 0.5) == (10.0, 10.0 - 3.688879 / 24 / 2, 10.0 + 3.688879 / 24 / 2)
    values[3] = 11.0
    mean, low, high = mean_of_runs(values, 0.5)
    assert mean == pytest.approx(10 + 1 / 24)
    assert low == pytest.approx(10 + 0.0131 / 24 - 3.688879 / 24, abs=2e-4)
    assert high == pytest.approx(10 + 5.57 / 24, rel=1e-3)


def test_few_runs_that_differ_are_covered() -> None:
    """Of 400 runs 2 % are longer: the mean surplus is 0.02."""
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(400):
        values = 10.0 + (rng.random(400) < 0.02)
        _, low, high = mean_of_runs(values, 1.0)
        held += low <= 10.02 <= high
    # 95 % at least: 365 of 400 or fewer once in a thousand seeds.
    assert held > 365
