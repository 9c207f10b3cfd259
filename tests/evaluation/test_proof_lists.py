"""Splits that the check of a bound lists: of a whole campaign, or of a box where these are few."""

from __future__ import annotations

import itertools

import numpy as np

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.evaluation.limits.check import check
from planner.evaluation.proof.box import Box
from planner.evaluation.proof.listed import KINDS, Lists
from planner.evaluation.proof.world import World


def two_sites(share: float) -> Problem:
    campaign = Campaign(
        campaign_id="C", agent_lines=24, attempt_seconds=25.0, answer_rate=0.3,
        transfer_rate=0.2, talk_seconds=200.0, survivable_share=share,
    )  # fmt: skip
    dialers = tuple(Dialer(dialer_id=name, ports=300) for name in ("D", "E"))
    return Problem(dialers=dialers, campaigns=(campaign,))


def listed(problem: Problem, low: list[list[int]], high: list[list[int]]) -> set[tuple[int, ...]]:
    """Dial and agent lines of the splits in a box ``[dialer, (dial lines, agent lines)]``."""
    world = World(problem, 1, False)
    lists = Lists(world, np.zeros((1, len(KINDS)), np.int64))
    assert lists.of(0, Box(world.low, world.high)) is None  # too many in all
    found = lists.of(0, Box(np.array([low]), np.array([high])))
    assert found is not None
    rows = np.hstack([found.dial, found.agent])
    return {tuple(row) for row in rows.tolist()}


def test_in_a_box_the_splits_are_those_that_survive() -> None:
    problem = two_sites(0.495)
    expected = set()
    for d, e, x, y in itertools.product(range(80, 91), range(84, 90), (11, 12), (12, 13)):
        lines = LinePlan(
            assignments=(
                LineAssignment(campaign_id="C", dialer_id="D", dial_lines=d, agent_lines=x),
                LineAssignment(campaign_id="C", dialer_id="E", dial_lines=e, agent_lines=y),
            )
        )
        if not {breach.rule for breach in check(problem, lines)}:
            expected.add((d, e, x, y))
    found = listed(problem, [[80, 11], [84, 12]], [[90, 12], [89, 13]])
    assert found == expected
    assert 0 < len(found) < 11 * 6 * 4


def test_a_box_without_a_split_that_survives_is_empty() -> None:
    assert not listed(two_sites(0.5), [[200, 12], [30, 6]], [[220, 18], [60, 6]])
