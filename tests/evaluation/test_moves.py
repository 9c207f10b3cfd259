"""Moves: in an order in which every step fits, and lines that can run."""

from __future__ import annotations

import random
from typing import Any

import pytest

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem, TrunkGroup
from planner.evaluation.arrays import PlanArrays
from planner.evaluation.differences import lines_moved
from planner.evaluation.moves.ordered import ordered_moves
from planner.evaluation.running.runnable import runnable_lines
from tests.support.builders import solar

NEWS = {"kind": "broadcast", "attempt_seconds": 30, "answer_rate": 0.5}


def lines(
    dialer_id: str, dial: int, agents: int, name: str = "Solar", **more: Any
) -> LineAssignment:
    return LineAssignment(
        campaign_id=name, dialer_id=dialer_id, dial_lines=dial, agent_lines=agents, **more
    )


def fleet(draw: random.Random) -> Problem:
    """Dialers that share channels, campaigns that share ports and have agents of their own."""
    return Problem(
        dialers=tuple(
            Dialer(
                dialer_id=f"D{d}",
                ports=draw.randint(4, 12),
                trunk_group=draw.choice([None, "T"]),
                agent_lines_use_ports=draw.random() < 0.7,
                in_service=d == 0 or draw.random() < 0.8,
            )
            for d in range(3)
        ),
        campaigns=(
            solar(campaign_id="A", agent_lines=4),
            solar(campaign_id="B", agent_lines=3, max_dial_lines=10, value=3.0),
            Campaign(campaign_id="N", **NEWS),
        ),
        trunk_groups=(TrunkGroup(trunk_group="T", channels=draw.randint(5, 15)),),
    )


def excess(problem: Problem, state: dict[tuple[str, str], tuple[int, int]]) -> list[str]:
    """Every limit of lines that a state breaks, counted afresh."""
    broken = []
    ports = {
        d.dialer_id: sum(
            n + a * d.agent_lines_use_ports for (_, x), (n, a) in state.items() if x == d.dialer_id
        )
        for d in problem.dialers
    }
    broken += [d.dialer_id for d in problem.dialers if ports[d.dialer_id] > d.ports]
    for group in problem.trunk_groups:
        used = sum(ports[d.dialer_id] for d in problem.dialers if d.trunk_group)
        broken += [group.trunk_group] * (used > group.channels)
    for c in problem.campaigns:
        own = [count for (name, _), count in state.items() if name == c.campaign_id]
        if c.is_live_transfer and sum(a for _, a in own) > c.agent_lines:
            broken.append(f"agents of {c.campaign_id}")
        if c.max_dial_lines is not None and sum(n for n, _ in own) > c.max_dial_lines:
            broken.append(f"lines of {c.campaign_id}")
    return broken


def random_state(problem: Problem, draw: random.Random) -> dict[tuple[str, str], tuple[int, int]]:
    """Lines within every limit: put one campaign after the other where it fits."""
    state: dict[tuple[str, str], tuple[int, int]] = {}
    for _ in range(12):
        campaign = draw.choice(problem.campaigns)
        dialer = draw.choice([d for d in problem.dialers if d.in_service])
        agents = draw.randint(1, 3) if campaign.is_live_transfer else 0
        trial = state | {
            (campaign.campaign_id, dialer.dialer_id): (agents + draw.randint(1, 6), agents)
        }
        if not excess(problem, trial):
            state = trial
    return state


def assignments(state: dict[tuple[str, str], tuple[int, int]]) -> tuple[LineAssignment, ...]:
    return tuple(lines(dialer, n, a, name) for (name, dialer), (n, a) in state.items())


@pytest.mark.parametrize("seed", range(60))
def test_every_step_fits_and_the_last_is_the_plan(seed: int) -> None:
    draw = random.Random(seed)
    problem = fleet(draw)
    state, wanted = random_state(problem, draw), random_state(problem, draw)
    moves = ordered_moves(
        problem, assignments(state), LinePlan(assignments=assignments(wanted))
    ).moves
    for move in moves:
        pair = move.campaign_id, move.dialer_id
        assert state.get(pair, (0, 0)) == (move.dial_lines_from, move.agent_lines_from)
        state = state | {pair: (move.dial_lines_to, move.agent_lines_to)}
        assert excess(problem, state) == []
    assert {pair: count for pair, count in state.items() if count != (0, 0)} == wanted
    assert [move.step for move in moves] == list(range(1, len(moves) + 1))


def test_lines_on_a_dialer_that_is_gone_need_no_move() -> None:
    problem = Problem(
        dialers=(
            Dialer(dialer_id="D1", ports=9, in_service=False),
            Dialer(dialer_id="D2", ports=9),
        ),
        campaigns=(solar(),),
    )
    (move,) = ordered_moves(
        problem, [lines("D1", 5, 2)], LinePlan(assignments=(lines("D2", 6, 2),))
    ).moves
    assert move.instruction == "On D2 start Solar with 6 dial lines and 2 agent lines."


def test_room_is_made_before_it_is_taken() -> None:
    # A is worth nothing, so that nothing is gained by taking its lines in two steps.
    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=10),),
        campaigns=(Campaign(campaign_id="A", value=0, **NEWS), Campaign(campaign_id="B", **NEWS)),
    )
    moves = ordered_moves(
        problem,
        [lines("D1", 9, 0, "A"), lines("D1", 1, 0, "B")],
        LinePlan(assignments=(lines("D1", 3, 0, "A"), lines("D1", 7, 0, "B"))),
    ).moves
    assert [move.instruction for move in moves] == [
        "On D1 lower A from 9 dial lines to 3 dial lines.",
        "On D1 raise B from 1 dial line to 7 dial lines.",
    ]


def test_a_line_that_changes_its_dialer_is_one_line_moved() -> None:
    before = [lines("D1", 9, 3), lines("D2", 5, 1)]
    after = [lines("D1", 6, 1), lines("D2", 7, 3)]
    # Dial lines: 3 taken, 2 added, so 3 moved; agent lines: 2 taken, 2 added, so 2 moved.
    assert lines_moved(before, after) == 5


# Lines that can run


def running(problem: Problem) -> dict[tuple[str, str], tuple[int, int]]:
    return runnable_lines(problem).plan.lines()


def one_dialer(*items: LineAssignment, ports: int = 100, **changes: Any) -> Problem:
    names = dict.fromkeys(item.campaign_id for item in items)
    fields: dict[str, Any] = {
        "dialers": (Dialer(dialer_id="D1", ports=ports),),
        "campaigns": tuple(
            solar() if name == "Solar" else Campaign(campaign_id=name, **NEWS) for name in names
        ),
        "assignments": items,
    }
    return Problem(**(fields | changes))


def test_lines_that_fit_run_as_they_are() -> None:
    assert running(one_dialer(lines("D1", 95, 5))) == {("Solar", "D1"): (95, 5)}


def test_dial_lines_are_cut_in_proportion_to_fewer_ports() -> None:
    problem = one_dialer(lines("D1", 60, 0, "A"), lines("D1", 40, 0, "B"), ports=50)
    assert running(problem) == {("A", "D1"): (30, 0), ("B", "D1"): (20, 0)}


def test_agent_lines_are_cut_too_where_dial_lines_alone_do_not_suffice() -> None:
    # 40 + 10 lines into 15 ports: dial lines alone would leave 5 for 10 agents; 15/50 of 10 is 3.
    assert running(one_dialer(lines("D1", 40, 10), ports=15)) == {("Solar", "D1"): (12, 3)}


def test_by_formula_channels_of_a_trunk_group_cut_lines_of_all_its_dialers() -> None:
    problem = Problem(
        dialers=tuple(Dialer(dialer_id=d, ports=50, trunk_group="T") for d in ("D1", "D2")),
        campaigns=(Campaign(campaign_id="A", **NEWS),),
        trunk_groups=(TrunkGroup(trunk_group="T", channels=45),),
        assignments=(lines("D1", 40, 0, "A"), lines("D2", 20, 0, "A")),
    )
    dial, _ = PlanArrays(problem, LinePlan(assignments=problem.assignments)).running
    assert dial.tolist() == [[30, 15]]
    # A simulation lets them share the channels call by call.
    assert running(problem) == {("A", "D1"): (40, 0), ("A", "D2"): (20, 0)}


@pytest.mark.parametrize(
    ("item", "campaign", "reason"),
    [
        (lines("D1", 9, 2, status="stopped"), {}, "the campaign is stopped on D1"),
        (lines("D1", 9, 2), {"status": "stopped_by_admin"}, "support stopped the campaign"),
        (lines("D1", 9, 2), {"records": 0}, "its dial list is done"),
        (lines("D1", 9, 0), {}, "9 dial and 0 agent lines cannot dial"),
        (lines("D1", 1, 2), {}, "1 dial and 2 agent lines cannot dial"),
        (lines("D1", 9, 2), {"agent_lines": 0}, "nobody is on shift for it"),
    ],
)
def test_lines_that_cannot_run_tell_why(
    item: LineAssignment, campaign: dict[str, Any], reason: str
) -> None:
    found = runnable_lines(one_dialer(item, campaigns=(solar(**campaign),)))
    assert found.plan.assignments == ()
    assert [lost.reason for lost in found.lost] == [reason]
