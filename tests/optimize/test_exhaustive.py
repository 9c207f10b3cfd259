"""The reference solver against documented values, and against plans tried one by one."""

import json
from datetime import date
from itertools import product
from math import inf
from pathlib import Path

import pytest

from tests.support.draw import KINDS, SMALL, Drawn, Size, draw, write_folder
from tests.support.exhaustive import (
    Fleet,
    Verdict,
    fleet_from_tables,
    judge,
    read_folder,
    read_tables,
    solve,
)
from tests.support.exhaustive.figures import figures
from tests.support.exhaustive.fleet import Campaign
from tests.support.exhaustive.shortfall import keys, text

CASES = Path(__file__).parents[1] / "data" / "cases"

RIGHT = {
    (kind, name): right
    for kind in ("nearest", "pools")
    for name, right in json.loads((CASES / kind / "right.json").read_text()).items()
}


def one_campaign(**settings: object) -> Campaign:
    """A campaign of the check values."""
    row = {"campaign_id": "C", **{key: str(value) for key, value in settings.items()}}
    tables = {"dialers": [{"dialer_id": "D", "ports": "1"}], "campaigns": [row]}
    return fleet_from_tables(tables).campaigns[0]


@pytest.mark.parametrize(
    ("dial", "agent", "tau", "q", "talk", "handled", "abandoned", "attempts"),
    [  # the table of check values of the model, section 3
        (95, 5, 25, 0.01, 180, 79.260393, 21.242975, 10050.336778),
        (30, 5, 40, 0.02, 90, 51.371827, 0.218235, 2579.503098),
        (7, 1, 20, 0.3, 50, 60.48, 77.76, 460.8),
    ],
)
def test_figures_are_those_of_the_check_table(
    dial: int,
    agent: int,
    tau: float,
    q: float,
    talk: float,
    handled: float,
    abandoned: float,
    attempts: float,
) -> None:
    campaign = one_campaign(
        agent_lines=1, attempt_seconds=tau, answer_rate=q, transfer_rate=1, talk_seconds=talk
    )
    calls = figures(campaign, dial, agent)
    assert calls.handled == pytest.approx(handled, abs=1e-6)
    assert calls.abandoned == pytest.approx(abandoned, abs=1e-6)
    assert calls.attempts == pytest.approx(attempts, abs=1e-6)
    assert calls.live_answers == pytest.approx(attempts * q, abs=1e-6)


def test_lines_together_carry_more_than_split() -> None:
    campaign = one_campaign(
        agent_lines=10, attempt_seconds=25, answer_rate=0.01, transfer_rate=1, talk_seconds=180
    )
    # the model, section 3: 171.8 an hour on one dialer against 158.5 on two
    assert figures(campaign, 190, 10).handled == pytest.approx(171.8, abs=0.05)
    assert 2 * figures(campaign, 95, 5).handled == pytest.approx(158.5, abs=0.05)


def test_a_broadcast_plays_to_every_live_answer() -> None:
    campaign = one_campaign(kind="broadcast", attempt_seconds=20, answer_rate=0.25)
    calls = figures(campaign, 3, 0)
    assert (calls.attempts, calls.handled, calls.abandoned) == (540.0, 135.0, 0.0)  # 3 x 180


@pytest.mark.parametrize("case", RIGHT, ids="/".join)
def test_nearest_plan_is_right(case: tuple[str, str]) -> None:
    nearest = solve(read_folder(CASES.joinpath(*case))).nearest
    assert nearest is not None
    assert nearest.given_up == RIGHT[case]["given_up"]
    assert nearest.value == pytest.approx(RIGHT[case]["value_per_hour"], abs=1e-5)


@pytest.mark.parametrize("case", RIGHT, ids="/".join)
def test_lines_of_the_right_answers_are_judged_as_told(case: tuple[str, str]) -> None:
    lines = [[(dial, agent) for dial, agent in row] for row in RIGHT[case]["lines"]]
    verdict = judge(read_folder(CASES.joinpath(*case)), lines)
    assert verdict.broken == []
    assert verdict.given_up == RIGHT[case]["given_up"]
    assert verdict.value == pytest.approx(RIGHT[case]["value_per_hour"], abs=1e-5)


@pytest.mark.parametrize(
    ("name", "redundancy", "value"),
    [
        ("two_sites_three_campaigns", 0.0, 143.694617),
        ("two_sites_redundancy_30", 0.3, 84.428316),
    ],
)
def test_halves_on_two_sites(name: str, redundancy: float, value: float) -> None:
    fleet = read_folder(CASES / "bounds" / name)
    exact = solve(fleet, redundancy, share_tolerance=0.0)
    rounded = solve(fleet, redundancy)
    assert exact.plan is not None
    assert rounded.plan is not None
    assert exact.plan.value == pytest.approx(value, abs=1e-6)
    assert rounded.plan.value >= exact.plan.value - 1e-9


def test_better_lines_of_two_sites_keep_every_limit() -> None:
    folder = CASES / "bounds" / "two_sites_4x5"
    fleet = read_folder(folder)
    _, *rows = (folder / "better_lines.txt").read_text().split()
    found = {tuple(row.split(",")[:2]): row.split(",")[2:] for row in rows}
    lines = [
        [
            (int(cell[0]), int(cell[1]))
            for cell in (found.get((c.name, d.name), ("0", "0")) for d in fleet.dialers)
        ]
        for c in fleet.campaigns
    ]
    verdict = judge(fleet, lines, share_tolerance=0.0)
    assert (verdict.broken, verdict.given_up) == ([], {})
    assert verdict.value == pytest.approx(1144.2427, abs=1e-4)


@pytest.mark.parametrize("tolerance", [0.0, 0.005])
def test_nothing_survives_where_both_dialers_fail_together(tolerance: float) -> None:
    fleet = read_folder(CASES / "bounds" / "no_plan_two_failures")
    answer = solve(fleet, failures=2, share_tolerance=tolerance)
    assert (answer.status, answer.plan) == ("infeasible", None)
    assert answer.nearest is not None
    # 30 % of C3 are asked and its dialers share a trunk group: all of it is missing
    assert answer.nearest.given_up == {"1:survivable_share": 30}


def plan_by_plan(fleet: Fleet, drawn: Drawn) -> Verdict | None:
    """The best plan by judging each; None where none keeps what is never given up."""
    order = [text(key) for key in keys(fleet)]
    best: tuple[tuple[float, ...], Verdict] | None = None
    for cells in product(*cells_of(fleet)):
        width = len(fleet.dialers)
        lines = [cells[start : start + width] for start in range(0, len(cells), width)]
        verdict = judge(fleet, lines, drawn.redundancy, drawn.failures)
        if not verdict.broken:
            rank = (*(float(verdict.given_up.get(key, 0)) for key in order), -verdict.value)
            if best is None or rank < best[0]:
                best = rank, verdict
    return None if best is None else best[1]


def cells_of(fleet: Fleet) -> list[list[tuple[int, int]]]:
    """Lines that ports allow, per campaign and dialer."""
    return [
        [(0, 0)]
        + [
            (dial, agent)
            for dial in range(1, dialer.ports + 1)
            for agent in ([0] if campaign.broadcast else range(1, dial + 1))
            if dial + agent * dialer.agent_lines_use_ports <= dialer.ports
        ]
        for campaign in fleet.campaigns
        for dialer in fleet.dialers
    ]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", KINDS)
def test_answer_is_that_of_all_plans_tried_one_by_one(kind: str, seed: int) -> None:
    size = Size(SMALL.dialers, SMALL.campaigns, ports=3) if kind == "two_sites_halves" else SMALL
    drawn = draw(kind, seed, size)
    fleet = fleet_from_tables(drawn.tables)
    answer = solve(fleet, drawn.redundancy, drawn.failures)
    expected = plan_by_plan(fleet, drawn)
    if expected is None:
        assert answer.nearest is None
        return
    assert answer.nearest is not None
    assert answer.nearest.given_up == expected.given_up
    assert answer.nearest.value == pytest.approx(expected.value, rel=1e-9, abs=1e-9)
    assert (answer.plan is not None) == (not expected.given_up)


@pytest.mark.parametrize("seed", range(100, 110))
@pytest.mark.parametrize("kind", KINDS)
def test_plan_is_worth_and_misses_what_is_said(kind: str, seed: int) -> None:
    drawn = draw(kind, seed)
    fleet = fleet_from_tables(drawn.tables)
    plan = solve(fleet, drawn.redundancy, drawn.failures).nearest
    if plan is not None:
        verdict = judge(fleet, plan.lines, drawn.redundancy, drawn.failures)
        assert verdict.broken == []
        assert verdict.given_up == plan.given_up
        assert verdict.value == pytest.approx(plan.value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_a_draw_is_the_same_again_and_as_a_folder(kind: str, tmp_path: Path) -> None:
    drawn = draw(kind, 7)
    assert draw(kind, 7) == drawn
    tables = read_tables(write_folder(drawn.tables, tmp_path / "folder"))
    assert fleet_from_tables(tables) == fleet_from_tables(drawn.tables)


def solar(tables: dict[str, list[dict[str, str]]] | None = None, **settings: str) -> Fleet:
    """One campaign of two agent lines on two dialers of eight ports."""
    row = {
        "campaign_id": "Solar",
        "agent_lines": "2",
        "attempt_seconds": "25",
        "answer_rate": "0.5",
        "transfer_rate": "0.5",
        "talk_seconds": "180",
        **settings,
    }
    dialers = [{"dialer_id": name, "ports": "8"} for name in ("D1", "D2")]
    return fleet_from_tables({"dialers": dialers, "campaigns": [row], **(tables or {})})


def down() -> dict[str, list[dict[str, str]]]:
    """D2 out of service."""
    return {
        "dialers": [
            {"dialer_id": "D1", "ports": "8"},
            {"dialer_id": "D2", "ports": "8", "in_service": "false"},
        ]
    }


@pytest.mark.parametrize(("share", "missing"), [("0.4", 40), ("0.995", 99), ("1", 100)])
def test_a_share_of_one_has_no_tolerance(share: str, missing: int) -> None:
    # one dialer is up, nothing survives: ceil(100 (share - 0.005)), for a share of 1 all
    nearest = solve(solar(down(), survivable_share=share)).nearest
    assert nearest is not None
    assert nearest.given_up == {"1:survivable_share": missing}


def test_priority_0_is_never_given_up() -> None:
    answer = solve(solar(down(), survivable_share="0.4", priority="0", min_dialers="0"))
    assert answer.plan is not None  # without lines nothing must survive
    assert answer.plan.lines == [[(0, 0), (0, 0)]]
    assert solve(solar(down(), survivable_share="0.4", priority="0")).nearest is None


def test_a_lock_stays_but_on_a_dialer_out_of_service() -> None:
    locks = [
        {"campaign_id": "Solar", "dialer_id": name, "dial_lines": "3", "agent_lines": "1",
         "locked": "true"}
        for name in ("D1", "D2")
    ]  # fmt: skip
    both = solve(solar({"assignments": locks}))
    assert both.plan is not None
    assert both.plan.lines == [[(3, 1), (3, 1)]]
    one = solve(solar({"assignments": locks, **down()}))
    assert one.plan is not None
    assert one.plan.lines == [[(3, 1), (0, 0)]]


def test_locks_that_break_a_limit_leave_no_plan_at_all() -> None:
    lock = {"campaign_id": "Solar", "dialer_id": "D1", "dial_lines": "3", "agent_lines": "1"}
    fleet = solar({"assignments": [{**lock, "locked": "true"}]}, min_agent_lines="2")
    assert solve(fleet).nearest is None


def test_a_list_without_hours_left_misses_all() -> None:
    nearest = solve(solar(), attempts_needed={"Solar": inf}).nearest
    assert nearest is not None
    assert nearest.given_up == {"1:finish_by": 100}


def test_attempts_needed_are_counted_over_all_dialers() -> None:
    free = solve(solar())
    assert free.plan is not None
    campaign = solar().campaigns[0]
    attempts = sum(figures(campaign, *cell).attempts for cell in free.plan.lines[0])
    asked = solve(solar(), attempts_needed={"Solar": attempts})
    assert asked.plan is not None
    assert asked.plan.value == pytest.approx(free.plan.value)


def test_a_campaign_past_its_stop_date_asks_for_nothing() -> None:
    answer = solve(solar(stop="2026-11-26", min_dialers="2"), today=date(2026, 11, 27))
    assert answer.plan is not None
    assert answer.plan.lines == [[(0, 0), (0, 0)]]
