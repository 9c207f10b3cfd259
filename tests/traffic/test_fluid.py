"""Runs in which launches flow, against formulas and runs call by call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.traffic.exact import engset, hold
from planner.traffic.exact.passage import all_busy_transient
from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.flow.fluid import calm_waits
from planner.traffic.simulation.network import COLUMNS, Network
from planner.traffic.simulation.simulate import simulate
from tests.support.networks import network

TAU, S = 25.0, 180.0
WARM_UP, END = 2000.0, 20_000.0


def totals(world: Network, seed: int, runs: int, calm: np.ndarray | None) -> np.ndarray:
    """Totals once the start is forgotten, [run, pair, column]."""
    precision = Precision(fewest=runs, most=runs)
    found = simulate(world, [0.0, WARM_UP, END], seed=seed, precision=precision, calm=calm)
    return found.totals[:, 1]


def per_second(found: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard error by pair."""
    values = found[..., COLUMNS.index(name)] / (END - WARM_UP)
    return values.mean(axis=0), values.std(axis=0, ddof=1) / len(values) ** 0.5


def test_without_limits_a_flow_has_the_figures_of_engset() -> None:
    lines = {(0, 0): (95, 5), (1, 0): (30, 5), (2, 0): (7, 1)}
    q = [0.01, 0.02, 0.3]
    world = network(lines, q=q, answer_rate=[0.2, 0.5, 0.6])
    found = totals(world, 1, 200, np.zeros((1, 3)))
    exact = engset.stationary([95, 30, 7], [5, 5, 1], TAU, q, S)
    for name, value in (
        ("all_busy", exact.all_busy_share),
        ("transfers", exact.transfers_per_second),
        ("abandons", exact.abandoned_per_second),
        ("attempts", exact.attempts_per_second),
        ("pauses", exact.pauses_per_second),
        ("live_answers", exact.attempts_per_second * [0.2, 0.5, 0.6]),
    ):
        mean, error = per_second(found, name)
        assert np.all(np.abs(mean - value) < 4 * error), name


def test_held_callers_of_a_flow_are_those_of_the_chain() -> None:
    world = network({(0, 0): (40, 4)}, q=0.02, patience_seconds=20.0)
    found = totals(world, 2, 300, np.zeros((1, 1)))
    exact = hold.stationary(40, 4, TAU, 0.02, S, 20.0)
    mean, error = per_second(found, "all_busy")
    assert abs(mean[0] - exact.all_busy_share) < 4 * error[0]
    mean, error = per_second(found, "transfers")
    assert abs(mean[0] - exact.transfers_per_second) < 4 * error[0]


def test_a_flow_from_a_known_state_is_the_transient_of_the_chain() -> None:
    runs, edges = 1500, np.linspace(0.0, 1200.0, 13)
    world = network({(0, 0): (60, 4)}, q=0.02, busy=2)
    precision = Precision(fewest=runs, most=runs)
    found = simulate(world, edges, seed=3, precision=precision, calm=np.zeros((1, 1)))
    ours = found.totals[:, :, 0, COLUMNS.index("all_busy")]
    exact = all_busy_transient(60, 4, 2, edges, TAU, 0.02, S).seconds_all_busy
    error = ours.std(axis=0, ddof=1) / runs**0.5
    assert np.all(np.abs(ours.mean(axis=0) - np.diff(exact)) < 4.5 * error)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"attempt_cv": 0.0},
        {"attempt_cv": 0.6, "talk_cv": 0.5},
        {"wrap_up_seconds": 30.0},
        {"patience_seconds": 20.0},
        {"pacing": 6.0},
    ],
)
def test_behind_a_limit_a_flow_is_as_call_by_call(changes: dict[str, Any]) -> None:
    # Two campaigns behind six calls a second: some three are made, and a resumed one waits.
    world = network({(0, 0): (50, 6), (1, 0): (40, 5)}, q=0.025, dialer_cps=6.0, **changes)
    calm = calm_waits(world)
    assert calm is not None
    flow, calls = totals(world, 4, 400, calm), totals(world, 5, 60, None)
    for name in ("all_busy", "transfers", "attempts", "pauses", "waiting_seconds"):
        (ours, our_error), (theirs, their_error) = per_second(flow, name), per_second(calls, name)
        if name == "waiting_seconds" and "pacing" in changes:
            continue  # what pacing holds back is not told apart
        told = {"all_busy": 0.02, "pauses": 0.02, "waiting_seconds": 0.15}.get(name, 0.004) * theirs
        assert np.all(np.abs(ours - theirs) < 4 * np.hypot(our_error, their_error) + told), name


def test_windows_outages_and_talk_times_change_a_flow_as_they_change_calls() -> None:
    world = network(
        {(0, 0): (40, 4), (0, 1): (30, 3)},
        q=0.03,
        changes=(0.0, 600.0, 900.0, 1500.0),
        window_open=[[True, True], [True, True], [False, False], [True, True]],
        in_service=[[True, True], [True, False], [True, True], [True, True]],
        talk_seconds=[[180.0], [90.0], [90.0], [240.0]],
        agent_lines=[[4, 3], [4, 3], [4, 3], [2, 3]],
        dialer_cps=5.0,
    )
    edges, runs = np.arange(0.0, 2401.0, 150.0), 400
    precision = Precision(fewest=runs, most=runs)
    calm = calm_waits(world)
    flow = simulate(world, edges, seed=6, precision=precision, calm=calm)
    calls = simulate(world, edges, seed=7, precision=precision)
    for name in ("running", "all_busy", "closed", "out_of_service", "talk_seconds"):
        ours, theirs = (found.totals[..., COLUMNS.index(name)] for found in (flow, calls))
        error = np.hypot(ours.std(axis=0), theirs.std(axis=0)) / runs**0.5
        assert np.all(np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) < 4.5 * error + 1.0), name
    error = np.hypot(flow.joint.std(axis=0), calls.joint.std(axis=0)) / runs**0.5
    apart = np.abs(flow.joint.mean(axis=0) - calls.joint.mean(axis=0))
    assert np.all(apart < 4.5 * error + 1.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"attempts_left": 1000.0, "pass_attempts": 500.0, "pass_factors": (1.0, 0.5)},
        {"dialer_cps": 1.5},
        {"dialer_cps": 2.0},
    ],
)
def test_passes_that_differ_and_limits_nearly_used_are_simulated_call_by_call(
    changes: dict[str, Any],
) -> None:
    # 50 lines make nearly two attempts a second.
    assert calm_waits(network({(0, 0): (50, 6)}, q=0.01, **changes)) is None
    assert calm_waits(network({(0, 0): (50, 6)}, q=0.01, dialer_cps=6.0)) is not None


def test_a_flow_with_passes_that_differ_is_refused() -> None:
    world = network({(0, 0): (50, 6)}, attempts_left=1000.0, pass_attempts=500.0)
    with pytest.raises(ValueError, match="each pass"):
        simulate(world, [0.0, 10.0], seed=1, calm=np.zeros((1, 1)))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"attempt_cv": 0.6, "talk_cv": 0.5},
        {"wrap_up_seconds": 30.0, "patience_seconds": 15.0},
        {"pacing": 8.0, "attempt_cv": 0.0},
        {"uses_agents": False, "q": 0.0},
    ],
)
def test_a_list_that_flows_ends_when_one_call_by_call_does(changes: dict[str, Any]) -> None:
    """Two campaigns on two dialers behind limits; the first has a list, which both dialers use."""
    lines = {(0, 0): (50, 6), (0, 1): (30, 3), (1, 0): (40, 4)}
    given = {"q": [0.015, 0.01], "dialer_cps": [6.0, 2.6]} | changes
    world = network(lines, attempts_left=[4000.0, np.inf], **given)
    waits = calm_waits(world)
    assert waits is not None
    edges, runs = np.arange(0.0, 4801.0, 600.0), 200
    precision = Precision(fewest=runs, most=runs)
    call = simulate(world, edges, seed=1, precision=precision)
    flow = simulate(world, edges, seed=2, precision=precision, calm=waits)
    done, ours = call.completed_at[:, 0], flow.completed_at[:, 0]
    assert np.isfinite(done).all()
    assert np.isfinite(ours).all()
    error = np.hypot(done.std(ddof=1), ours.std(ddof=1)) / runs**0.5
    # A limit lets launches wait a little longer than a flow has it: by a second or two.
    assert abs(done.mean() - ours.mean()) < 4.5 * error + 2.0
    # The spread of 200 runs is known to 5 %.
    assert 0.75 < ours.std(ddof=1) / done.std(ddof=1) < 1.33
    assert np.isinf(flow.completed_at[:, 1]).all()
    for name, least in (("attempts", 2.0), ("transfers", 0.5), ("all_busy", 5.0)):
        by_call, by_flow = (
            found.totals[..., COLUMNS.index(name)].mean(axis=0) for found in (call, flow)
        )
        spread = np.hypot(*(f.totals[..., COLUMNS.index(name)].std(axis=0) for f in (call, flow)))
        allowed = 4.5 * spread / runs**0.5 + 0.003 * by_call + least
        assert np.all(np.abs(by_call - by_flow) < allowed), name


def test_no_more_is_launched_than_a_list_has() -> None:
    lines = {(0, 0): (50, 6), (0, 1): (30, 3)}
    for cv in (1.0, 0.5):
        world = network(lines, q=0.015, attempts_left=6000.0, attempt_cv=cv)
        found = simulate(
            world,
            [0.0, 4800.0],
            seed=3,
            precision=Precision(fewest=40, most=40),
            calm=np.zeros((1, 2)),
        )
        made = found.totals[:, 0, :, COLUMNS.index("attempts")].sum(axis=1)
        # Memoryless ones vary by the root of their number, as their ends do.
        assert abs(made.mean() - 6000.0) < (4.5 * 6000.0**0.5 / 40**0.5 if cv == 1.0 else 1.0)


def test_on_a_large_dialer_launches_flow_up_to_its_limit() -> None:
    """Where a launch waits for a thousandth of an attempt it does not matter who is next."""
    pairs = {(number, 0): (3000, 30) for number in range(4)}
    shared = network(pairs, q=0.0012, attempt_seconds=25.0, talk_seconds=180.0, dialer_cps=520.0)
    waits = calm_waits(shared)
    assert waits is not None
    edges, few = [0.0, 900.0, 3600.0], Precision(fewest=8, most=8)
    by_call = simulate(shared, edges, seed=1, precision=few, judged=slice(1, None))
    flows = simulate(
        shared,
        edges,
        seed=2,
        precision=Precision(fewest=100, most=100),
        judged=slice(1, None),
        calm=waits,
    )
    used = float(by_call.figures["attempts_per_second"].mean.sum()) / 520.0
    assert 0.7 < used < 0.95
    for name in ("all_busy_share", "transfers_per_second", "attempts_per_second"):
        one, other = by_call.figures[name], flows.figures[name]
        # Four pairs that are alike: the mean over them, with the errors of independent pairs.
        apart = float(np.mean(one.mean) - np.mean(other.mean))
        error = float(
            np.hypot(np.linalg.norm(one.half_width), np.linalg.norm(other.half_width)) / 4
        )
        assert abs(apart) < 2.0 * error


def test_calls_are_no_surer_than_the_pauses_that_were_not_seen() -> None:
    # A flow knows all of these figures but for the pauses, which take 1e-4 of the time.
    lines, agents, q, talk = 200, 12, 0.0035, 120.0
    world = network({(0, 0): (lines, agents)}, q=q, talk_seconds=talk)
    exact = engset.stationary([lines], [agents], TAU, [q], talk)
    assert 1e-4 < exact.all_busy_share[0] < 2e-4
    found = simulate(
        world,
        [0.0, 1500.0, 8700.0],
        seed=1,
        precision=Precision(fewest=24, most=24),
        judged=slice(1, None),
        steady=True,
        calm=np.zeros((1, 1)),
    )
    assert found.totals[:, 1, 0, COLUMNS.index("pauses")].sum() == 0
    for name, value in (
        ("transfers_per_second", exact.transfers_per_second),
        ("attempts_per_second", exact.attempts_per_second),
    ):
        low, high = (float(end[0]) for end in found.ends[name])
        assert low <= float(value[0]) <= high, name
        # No wider than what pauses not seen may take.
        assert high - low < 0.001 * float(value[0])
