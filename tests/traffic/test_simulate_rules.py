"""The rules of dialing, one by one, on runs with constant times whose outcome is exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.traffic.simulation.estimates import Precision
from planner.traffic.simulation.network import COLUMNS
from planner.traffic.simulation.simulate import Simulated, simulate
from tests.support.networks import network

ONCE = Precision(fewest=1, most=1)
#: Attempts of exactly 10 s that are never answered.
SILENT: dict[str, Any] = {"q": 0.0, "attempt_seconds": 10.0, "attempt_cv": 0.0}
#: Every attempt of exactly 10 s asks for an agent; talks last exactly 100 s.
EAGER: dict[str, Any] = {
    "q": 1.0,
    "attempt_seconds": 10.0,
    "attempt_cv": 0.0,
    "talk_seconds": 100.0,
    "talk_cv": 0.0,
}


def once(lines: dict[tuple[int, int], tuple[int, int]], edges: list[float], **figures: Any) -> Any:
    """Totals by name, [bin, pair], of one run."""
    outcome = run(lines, edges, **figures)
    return dict(zip(COLUMNS, np.moveaxis(outcome.totals[0], -1, 0), strict=True))


def run(
    lines: dict[tuple[int, int], tuple[int, int]], edges: list[float], **figures: Any
) -> Simulated:
    return simulate(network(lines, **figures), edges, seed=1, precision=ONCE)


def test_idle_lines_redial_at_once() -> None:
    # 3 lines start at 0, 10, ..., 90.
    totals = once({(0, 0): (3, 1)}, [0, 99], **SILENT)
    assert totals["attempts"].tolist() == [[30]]
    assert totals["running"].tolist() == [[99]]


def test_dialing_pauses_while_all_agents_are_busy_and_resumes_in_a_burst() -> None:
    # At 10 s both attempts ask: one gets the agent until 110 s, one is abandoned. At 110 s both
    # lines dial; at 120 s again. Bins end just after.
    totals = once({(0, 0): (2, 1)}, [0, 11, 109, 119, 121], **EAGER)
    assert totals["attempts"][:, 0].tolist() == [2, 0, 2, 0]
    assert totals["transfers"][:, 0].tolist() == [1, 0, 0, 1]
    assert totals["abandons"][:, 0].tolist() == [1, 0, 0, 1]
    assert totals["pauses"][:, 0].tolist() == [1, 0, 0, 1]
    assert totals["all_busy"][:, 0].tolist() == [1, 98, 1, 1]
    assert totals["running"][:, 0].tolist() == [10, 0, 9, 1]
    assert totals["talk_seconds"][:, 0].tolist() == [1, 98, 1, 1]


def test_all_agents_busy_is_a_pause_with_as_many_dial_lines_as_well() -> None:
    totals = once({(0, 0): (2, 2)}, [0, 109], **EAGER)
    assert totals["all_busy"].tolist() == [[99]]
    assert totals["pauses"].tolist() == [[1]]


def test_wrap_up_frees_the_line_but_not_the_agent() -> None:
    # Talk 10-110, wrap-up from 110 on with a mean far beyond the end: the one line stays idle.
    totals = once({(0, 0): (1, 1)}, [0, 111, 200], wrap_up_seconds=1e9, **EAGER)
    assert totals["all_busy"][1].tolist() == [89]
    assert totals["talk_seconds"][:, 0].tolist() == [100, 0]
    assert totals["attempts"][:, 0].tolist() == [1, 0]
    assert totals["pauses"][:, 0].tolist() == [1, 0]


def test_held_callers_wait_for_the_next_agent() -> None:
    # Three ask at 10 s: the agent serves one after the other, dialing rests until 310 s.
    totals = once({(0, 0): (3, 1)}, [0, 309, 311], patience_seconds=1e9, **EAGER)
    assert totals["transfers"][:, 0].tolist() == [3, 0]
    assert totals["attempts"][:, 0].tolist() == [3, 3]
    assert totals["pauses"][:, 0].tolist() == [1, 0]


def test_held_callers_lose_patience() -> None:
    totals = once({(0, 0): (3, 1)}, [0, 109], patience_seconds=1e-6, **EAGER)
    assert (totals["transfers"].item(), totals["abandons"].item()) == (1, 2)


def test_pacing_keeps_attempts_below_its_multiple_of_free_agents() -> None:
    # 2.5 * 2 free agents: launches while fewer than 5 are in progress, so 5 at a time.
    totals = once({(0, 0): (50, 2)}, [0, 9], pacing=2.5, **SILENT)
    assert totals["attempts"].item() == 5
    # Below one attempt per agent one still dials.
    totals = once({(0, 0): (50, 2)}, [0, 9], pacing=0.1, **SILENT)
    assert totals["attempts"].item() == 1


def test_calls_per_second_space_the_launches_of_a_dialer() -> None:
    # Launches at 0, 0.5, 1.0, ... 4.5.
    totals = once({(0, 0): (50, 2)}, [0, 4.9], dialer_cps=2.0, **SILENT)
    assert totals["attempts"].item() == 10


def test_campaigns_share_calls_per_second_in_proportion_to_their_lines() -> None:
    # 40 launches while both always wait: 10 and 30.
    lines = {(0, 0): (100, 1), (1, 0): (300, 1)}
    totals = once(lines, [0, 9.9], dialer_cps=4.0, **SILENT)
    assert totals["attempts"][0].tolist() == [10, 30]
    # Campaign 0 without agents dials nothing: all for campaign 1.
    totals = once(lines, [0, 9.9], dialer_cps=4.0, agent_lines=[0, 1], **SILENT)
    assert totals["attempts"][0].tolist() == [0, 40]


def test_dialers_share_the_calls_per_second_of_their_trunk_group() -> None:
    lines = {(0, 0): (100, 1), (0, 1): (100, 1), (0, 2): (7, 1)}
    totals = once(
        lines,
        [0, 9.9],
        dialer_group=[0, 0, -1],
        group_cps=(4.0,),
        group_channels=(np.inf,),
        **SILENT,
    )
    assert totals["attempts"][0].tolist() == [20, 20, 7]


def test_a_trunk_group_carries_no_more_calls_than_channels() -> None:
    lines = {(0, 0): (100, 1), (0, 1): (100, 1)}
    totals = once(
        lines, [0, 25], dialer_group=0, group_cps=(np.inf,), group_channels=(30.0,), **SILENT
    )
    # 30 at 0, 10 and 20 s.
    assert totals["attempts"].sum() == 90
    assert totals["attempts"][0].tolist() == [45, 45]


def test_a_dialer_in_a_trunk_group_keeps_its_own_limit() -> None:
    lines = {(0, 0): (100, 1), (0, 1): (100, 1)}
    totals = once(
        lines,
        [0, 9.9],
        dialer_cps=[1.0, np.inf],
        dialer_group=0,
        group_cps=(4.0,),
        group_channels=(np.inf,),
        **SILENT,
    )
    assert totals["attempts"][0].tolist() == [10, 30]


def test_a_dial_list_is_shared_by_its_dialers_and_completes_with_the_last_call() -> None:
    # 2 + 3 lines: 5 attempts at 0 and 10 s, 2 at 20 s; the last ends at 30 s.
    lines = {(0, 0): (2, 1), (0, 1): (3, 1)}
    outcome = run(lines, [0, 50], attempts_left=12.0, **SILENT)
    totals = dict(zip(COLUMNS, np.moveaxis(outcome.totals[0, 0], -1, 0), strict=True))
    assert outcome.completed_at.tolist() == [[30]]
    assert totals["attempts"].sum() == 12
    assert totals["completed"].tolist() == [20, 20]
    assert totals["running"].tolist() == [30, 30]


def test_a_list_with_nothing_left_is_completed_from_the_start() -> None:
    outcome = run({(0, 0): (2, 1)}, [0, 50], attempts_left=0.0, **SILENT)
    assert outcome.completed_at.tolist() == [[0]]
    assert outcome.totals[0, 0, 0, COLUMNS.index("completed")] == 50


def test_a_talk_under_way_keeps_the_list_from_completing() -> None:
    outcome = run({(0, 0): (1, 1)}, [0, 500], attempts_left=1.0, **EAGER)
    assert outcome.completed_at.tolist() == [[110]]


def test_outside_its_windows_a_campaign_launches_nothing_but_finishes_its_calls() -> None:
    totals = once(
        {(0, 0): (2, 1)},
        [0, 15, 40, 60],
        changes=(0.0, 15.0, 40.0),
        window_open=[[True], [False], [True]],
        answer_rate=1.0,
        **SILENT,
    )
    assert totals["attempts"][:, 0].tolist() == [4, 0, 4]
    assert totals["live_answers"][:, 0].tolist() == [2, 2, 2]
    assert totals["closed"][:, 0].tolist() == [0, 25, 0]


def test_an_outage_loses_the_calls_and_the_list_goes_on_elsewhere() -> None:
    lines = {(0, 0): (2, 1), (0, 1): (2, 1)}
    outcome = run(
        lines,
        [0, 100],
        changes=(0.0, 15.0, 35.0),
        in_service=[[True, True], [False, True], [True, True]],
        attempts_left=20.0,
        **SILENT,
    )
    totals = dict(zip(COLUMNS, np.moveaxis(outcome.totals[0, 0], -1, 0), strict=True))
    # Dialer 0 launches 2 at 0 and 10 s, loses those of 10 s, launches again from 35 s on (35, 45).
    # Dialer 1 launches 2 at each of 0, 10, ..., 50 s. Of 20 attempts, 2 * 6 and 2 * 4.
    assert totals["attempts"].tolist() == [8, 12]
    assert totals["live_answers"].tolist() == [6, 12]
    assert totals["out_of_service"].tolist() == [20, 0]
    assert outcome.completed_at.tolist() == [[60]]


def test_talks_lost_in_an_outage_free_their_agents() -> None:
    totals = once(
        {(0, 0): (1, 1)},
        [0, 50, 60, 69, 200],
        changes=(0.0, 50.0, 60.0),
        in_service=[[True], [False], [True]],
        **EAGER,
    )
    # 10-50 s, lost; 70-170 s; 180-200 s.
    assert totals["talk_seconds"][:, 0].tolist() == [40, 0, 0, 120]
    assert totals["running"][:, 0].tolist() == [10, 0, 9, 11]


def test_agent_lines_that_leave_finish_their_talks() -> None:
    # Two talks from 10 s; one agent line from 50 s on: still 2 talk until 110 s, then one.
    totals = once(
        {(0, 0): (4, 2)},
        [0, 50, 110, 119, 130],
        changes=(0.0, 50.0),
        agent_lines=[[2], [1]],
        **EAGER,
    )
    assert totals["talk_seconds"][:, 0].tolist() == [80, 120, 0, 10]
    assert totals["running"][:, 0].tolist() == [10, 0, 9, 1]


def test_talks_under_way_outlast_a_change_of_the_talk_time() -> None:
    totals = once(
        {(0, 0): (1, 1)},
        [0, 111, 200],
        changes=(0.0, 50.0),
        talk_seconds=[[100.0], [5.0]],
        **{name: value for name, value in EAGER.items() if name != "talk_seconds"},
    )
    # 10-110 s; then 120-125, 135-140, 150-155, 165-170, 180-185, 195-200.
    assert totals["talk_seconds"][:, 0].tolist() == [100, 30]


def test_a_broadcast_needs_no_agents() -> None:
    figures = {**SILENT, "answer_rate": 1.0}
    totals = once({(0, 0): (3, 0)}, [0, 95], uses_agents=False, **figures)
    assert totals["attempts"].item() == 30
    assert totals["live_answers"].item() == 27
    assert totals["running"].item() == 95


def test_without_agent_lines_a_live_transfer_campaign_waits() -> None:
    totals = once({(0, 0): (3, 0)}, [0, 95], **SILENT)
    assert totals["attempts"].item() == 0
    assert totals["all_busy"].item() == 95


def test_talks_at_the_start_end_some_time() -> None:
    # One of two agents talks, for what is left of 100 s: a uniform part of it.
    outcome = simulate(
        network({(0, 0): (3, 2)}, busy=1, **{**EAGER, "q": 0.0}),
        [0, 200],
        seed=2,
        precision=Precision(fewest=400, most=400),
    )
    talked = outcome.totals[:, 0, 0, COLUMNS.index("talk_seconds")]
    assert talked.max() < 100
    # Standard deviation of the mean: 100 / sqrt(12 * 400) = 1.44.
    assert talked.mean() == pytest.approx(50, abs=5 * 1.44)


def test_the_first_pause_is_told() -> None:
    assert run({(0, 0): (2, 1)}, [0, 50], **EAGER).first_all_busy.tolist() == [[10]]
    assert run({(0, 0): (2, 1)}, [0, 50], **SILENT).first_all_busy.tolist() == [[np.inf]]
    busy = run({(0, 0): (2, 1)}, [0, 50], busy=1, **EAGER)
    assert busy.first_all_busy.tolist() == [[0]]


@pytest.mark.parametrize(
    "figures",
    [
        {"dialer_cps": 0.0},
        {"attempt_seconds": 0.0},
        {"attempt_cv": -1.0},
        {"patience_seconds": np.inf},
        {"talk_seconds": np.nan},
        {"busy": 4},
        {"busy": -1},
        {"q": 1.5},
        {"dialer_group": 0},
        {"changes": (0.0, 5.0, 5.0)},
        {"changes": (1.0,)},
        {"attempts_left": -1.0},
    ],
)
def test_impossible_networks_are_refused(figures: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        run({(0, 0): (3, 1)}, [0, 10], **figures)


@pytest.mark.parametrize("edges", [[0], [1, 2], [0, 0], [0, np.inf], [0, np.nan], [0, 2, 1]])
def test_impossible_bins_are_refused(edges: list[float]) -> None:
    with pytest.raises(ValueError, match="bin_edges must"):
        run({(0, 0): (3, 1)}, edges)


def test_attempts_in_progress_and_waiting_lines_are_totalled() -> None:
    # Four lines, one launch a second at 0, 1, 2 and 3 s: 3 + 2 + 1 seconds times lines wait.
    world = network({(0, 0): (4, 1)}, q=0, attempt_cv=0.0, attempt_seconds=1000.0, dialer_cps=1.0)
    outcome = simulate(world, [0, 1.5, 10], seed=1, precision=Precision(fewest=1, most=1))
    totals = dict(zip(COLUMNS, np.moveaxis(outcome.totals[0, :, 0], -1, 0), strict=True))
    # Until 1.5 s: the first line dials for 1.5 s, the second for 0.5 s.
    assert totals["attempt_seconds"].tolist() == pytest.approx([2.0, 10 + 9 + 8 + 7 - 2.0])
    assert totals["waiting_seconds"].tolist() == pytest.approx([3 + 2 * 0.5, 2.0])


def test_late_talk_is_that_while_no_agent_is_free() -> None:
    world = network({(0, 0): (20, 2)}, q=0.5, attempt_seconds=10.0, wrap_up_seconds=30.0)
    outcome = simulate(world, [0, 5000], seed=1, precision=Precision(fewest=1, most=1))
    totals = dict(zip(COLUMNS, np.moveaxis(outcome.totals[0, 0], -1, 0), strict=True))
    late, paused = totals["late_talk_seconds"][0], totals["all_busy"][0]
    # Two agents talk or wrap up in a pause; agents talk 180 of 210 seconds.
    assert late < 2 * paused
    assert late / paused == pytest.approx(2 * 180 / 210, rel=0.1)
