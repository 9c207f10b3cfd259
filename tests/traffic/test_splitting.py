"""Split runs against chains and closed forms, far beyond what ordinary runs see."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.traffic.exact import engset, hold
from planner.traffic.simulation.network import COLUMNS, Network
from planner.traffic.simulation.rare.splitting import split_runs, tiers
from tests.support.generators import absorbing_generator, transition_matrix
from tests.support.networks import network

TAU, S = 25.0, 120.0
CALL = TAU + S
#: Runs are split from the second bin on and counted from the third on.
EDGES = CALL * np.array([0.0, 7.0, 10.0, 30.0])
SECONDS = EDGES[3] - EDGES[2]


def counted(world: Network, runs: int, seed: int = 1) -> np.ndarray:
    """Totals of the last bin, [run, column]."""
    return split_runs(world, EDGES, seed=seed, runs=runs, first_bin=1).totals[:, 2]


def agrees(values: np.ndarray, exact: float, precise: float) -> None:
    """Within 4.5 standard errors of the exact mean, these being that small a part of it."""
    error = values.std(ddof=1) / len(values) ** 0.5
    assert error <= precise * exact
    assert abs(values.mean() - exact) <= 4.5 * error


def by_second(found: np.ndarray, name: str) -> np.ndarray:
    return np.asarray(found[:, COLUMNS.index(name)] / SECONDS)


def test_a_share_of_four_in_a_hundred_million_is_that_of_engset() -> None:
    """20 + 5 lines; ordinary runs of a year would see a pause in every third of them."""
    q = 0.02 * 5 / 20 * TAU / S
    found = counted(network({(0, 0): (20, 5)}, q=q, talk_seconds=S), 500)
    exact = engset.stationary([20], [5], TAU, [q], S)
    agrees(by_second(found, "all_busy"), float(exact.all_busy_share[0]), 0.08)
    agrees(by_second(found, "pauses"), float(exact.pauses_per_second[0]), 0.08)
    agrees(q * by_second(found, "late_attempts"), float(exact.abandoned_per_second[0]), 0.1)


def test_what_is_common_stays_what_it_is() -> None:
    """Copies, their weights and what is not counted leave every other mean as it was."""
    q = 0.3 * 8 / 60 * TAU / S
    found = counted(network({(0, 0): (60, 8)}, q=q, talk_seconds=S), 400)
    exact = engset.stationary([60], [8], TAU, [q], S)
    seconds = by_second(found, "all_busy") + by_second(found, "running")
    agrees(seconds, 1.0, 0.01)
    agrees(by_second(found, "transfers"), float(exact.transfers_per_second[0]), 0.03)
    agrees(by_second(found, "talk_seconds"), float(exact.mean_busy_agent_lines[0]), 0.03)
    agrees(by_second(found, "attempts"), float(exact.attempts_per_second[0]), 0.01)


@pytest.mark.parametrize("cv", [0.0, 0.4])
def test_lines_that_know_nothing_of_each_other_are_all_busy_as_seldom_as_they_should(
    cv: float,
) -> None:
    """As many agent lines as dial lines, constant times or lognormal ones: the product of each."""
    busy = 0.3 / 1.3
    q = TAU / S * 0.3
    world = network({(0, 0): (12, 12)}, q=q, talk_seconds=S, attempt_cv=cv, talk_cv=cv)
    agrees(by_second(counted(world, 600), "all_busy"), busy**12, 0.15)


def test_on_the_distribution_of_talks_alone_no_share_hangs() -> None:
    """Exponential attempts, constant talks: Engset's share (Sevastyanov 1957)."""
    q = 0.1 * 5 / 20 * TAU / S
    world = network({(0, 0): (20, 5)}, q=q, talk_seconds=S, talk_cv=0.0)
    share = engset.all_busy_share(20, 5, TAU**-1 * q * S)
    agrees(by_second(counted(world, 400), "all_busy"), float(share), 0.06)


def test_held_callers_of_rare_pauses_are_those_of_the_chain() -> None:
    q = 0.1 * 5 / 20 * TAU / S
    world = network({(0, 0): (20, 5)}, q=q, talk_seconds=S, patience_seconds=20.0)
    found = counted(world, 600)
    exact = hold.stationary([20], [5], TAU, q, S, 20.0)
    agrees(by_second(found, "all_busy"), float(exact.all_busy_share[0]), 0.06)
    agrees(by_second(found, "abandons"), float(exact.abandoned_per_second[0]), 0.15)


@pytest.mark.parametrize("busy", [0, 3])
def test_a_first_pause_within_minutes_is_as_likely_as_by_the_chain(busy: int) -> None:
    q = 0.05 * 5 / 20 * TAU / S
    world = network({(0, 0): (20, 5)}, q=q, talk_seconds=S, busy=busy)
    edges = np.array([0.0, 300.0, 900.0])
    found = split_runs(world, edges, seed=3, runs=3000, once=True).totals
    first = found[..., COLUMNS.index("pauses")].cumsum(axis=1)
    for place, seconds in enumerate(edges[1:].tolist()):
        chance = transition_matrix(absorbing_generator(20, 5, TAU, q, S), seconds)[busy, 5]
        agrees(first[:, place], chance, 0.1)


@pytest.mark.parametrize(
    "changes",
    [{}, {"wrap_up_seconds": 60.0}, {"pacing": 2.0}, {"attempt_cv": 0.0, "talk_cv": 0.5}],
)
def test_tiers_go_up_with_the_busy_lines_and_weights_make_up_for_copies(
    changes: dict[str, Any],
) -> None:
    q = 0.004
    found = tiers(network({(0, 0): (40, 6)}, q=q, talk_seconds=S, **changes))
    assert found.of_busy[0] == 0
    assert set(np.diff(found.of_busy)) <= {0, 1}
    assert found.of_busy[-1] >= 1
    # Each attempt asks with the chance q: in so many copies, each of which weighs that much less.
    assert found.copies[:-1] * found.weights[:-1] == pytest.approx(q)


def test_the_same_seed_gives_the_same_totals_whatever_the_threads() -> None:
    world = network({(0, 0): (20, 5)}, q=0.002, talk_seconds=S, attempt_cv=0.0)
    one, three = (split_runs(world, EDGES, seed=5, runs=6, threads=n).totals for n in (1, 3))
    assert np.array_equal(one, three)
    assert not np.array_equal(one, split_runs(world, EDGES, seed=6, runs=6).totals)
