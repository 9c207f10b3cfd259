"""What a simulation totals by campaign: dialers paused at once, and passes through a list."""

from __future__ import annotations

import numpy as np

from planner.traffic.exact.passage import all_busy_transient
from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.network import COLUMNS, JOINT_COLUMNS
from planner.traffic.simulation.simulate import simulate
from tests.support.networks import network


def test_pauses_of_dialers_that_share_nothing_are_independent() -> None:
    runs, end = 400, 1800.0
    world = network({(0, 0): (40, 2), (0, 1): (20, 2)}, q=0.02)
    found = simulate(world, [0.0, end], seed=5, precision=Precision(fewest=runs, most=runs))
    joint = found.joint[:, 0, :] / end
    dialing, all_paused, none, one, two = joint.T
    np.testing.assert_allclose(dialing, 1.0)
    np.testing.assert_allclose(none + one + two, 1.0)
    np.testing.assert_allclose(all_paused, two)
    times = np.linspace(0.0, end, 4001)
    first, second = (
        all_busy_transient(N, 2, 0, times, 25.0, 0.02, 180.0).probability for N in (40, 20)
    )
    for ours, exact in (
        (none, (1 - first) * (1 - second)),
        (one, first * (1 - second) + second * (1 - first)),
        (two, first * second),
    ):
        error = ours.std(ddof=1) / np.sqrt(runs)
        assert abs(ours.mean() - np.trapezoid(exact, times) / end) < 4 * error


def test_joint_seconds_count_only_dialers_that_dial() -> None:
    # Constant attempts of 10 s that all ask for the one agent: from 10 s on both dialers pause.
    # The second is out from 30 s to 60 s: then the first alone is all that dials.
    world = network(
        {(0, 0): (1, 1), (0, 1): (1, 1)},
        q=1.0,
        attempt_seconds=10.0,
        talk_seconds=1000.0,
        attempt_cv=0.0,
        talk_cv=0.0,
        changes=(0.0, 30.0, 60.0),
        in_service=[[True, True], [True, False], [True, True]],
    )
    found = simulate(world, [0.0, 30.0, 60.0, 75.0], seed=1, precision=Precision(fewest=1, most=1))
    assert JOINT_COLUMNS == ("dialing", "all_paused")
    assert found.joint[0].tolist() == [
        [30.0, 20.0, 10.0, 0.0, 20.0],
        [30.0, 30.0, 0.0, 30.0, 0.0],
        # Back at 60 s, its first attempt ends at 70 s.
        [15.0, 5.0, 0.0, 10.0, 5.0],
    ]


def test_each_attempt_has_the_answer_rate_of_its_pass() -> None:
    # Four records, three passes of rates 1, 1/2 (of 1) and 0; everybody hangs up at once.
    world = network(
        {(0, 0): (1, 1)},
        q=1e-12,
        attempt_seconds=10.0,
        attempt_cv=0.0,
        attempts_left=16.0,
        pass_attempts=4.0,
        pass_factors=(1.0, 0.5, 0.0),
    )
    edges = [0.0, 40.5, 80.5, 160.5]
    runs = 400
    found = simulate(world, edges, seed=2, precision=Precision(fewest=runs, most=runs))
    answers = found.totals[:, :, 0, COLUMNS.index("live_answers")]
    assert (answers[:, 0] == 4).all()
    assert (answers[:, 2] == 0).all()  # the last rate goes for the fourth pass as well
    # Binomial: 4 attempts of 1/2.
    assert abs(answers[:, 1].mean() - 2.0) < 4 * np.sqrt(1.0 / runs)
    assert found.completed_at.ravel().tolist() == [160.0] * runs


def test_at_the_turn_of_a_pass_every_attempt_counts_once() -> None:
    # 30 lines on passes of 40: attempts of both are under way at the turn.
    world = network(
        {(0, 0): (30, 1)},
        q=1e-12,
        attempts_left=80.0,
        pass_attempts=40.0,
        pass_factors=(1.0, 0.25),
    )
    runs = 2000
    found = simulate(world, [0.0, 2000.0], seed=3, precision=Precision(fewest=runs, most=runs))
    answers = found.totals[:, 0, 0, COLUMNS.index("live_answers")]
    # 40 certain answers, and 40 of 1/4.
    assert abs(answers.mean() - 50.0) < 4 * np.sqrt(40 * 0.25 * 0.75 / runs) + 0.05
