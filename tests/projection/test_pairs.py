"""Which lines are staffed, and which campaigns hold each other back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from planner.contracts.problem import Dialer, Interval, LineAssignment, Problem, TrunkGroup
from planner.projection.pairs import components, limits, pairs_at
from tests.support.builders import solar

MONDAY_NINE = datetime(2030, 3, 4, 9, tzinfo=UTC)


def problem(lines: dict[tuple[str, str], tuple[int, int]], **changes: Any) -> Problem:
    dialers = sorted({dialer for _, dialer in lines})
    fields: dict[str, Any] = {
        "dialers": tuple(Dialer(dialer_id=d, ports=500) for d in dialers),
        "campaigns": tuple(solar(campaign_id=c) for c in sorted({c for c, _ in lines})),
        "assignments": tuple(
            LineAssignment(campaign_id=c, dialer_id=d, dial_lines=n, agent_lines=a)
            for (c, d), (n, a) in lines.items()
        ),
    }
    return Problem(**(fields | changes))


def groups(given: Problem) -> list[list[tuple[str, str]]]:
    pairs = pairs_at(given, None)
    found = components(pairs, limits(given, pairs).sharing)
    return [[pair.key for pair in group] for group in found]


LINES = {("A", "D1"): (50, 5), ("B", "D1"): (20, 5), ("A", "D2"): (40, 5), ("B", "D3"): (9, 5)}


def test_without_limits_nobody_holds_back_anybody() -> None:
    assert groups(problem(LINES)) == [[pair] for pair in LINES]


def test_campaigns_share_the_calls_per_second_of_a_dialer() -> None:
    dialers = (
        Dialer(dialer_id="D1", ports=500, cps=5.0),
        Dialer(dialer_id="D2", ports=500),
        Dialer(dialer_id="D3", ports=500),
    )
    assert groups(problem(LINES, dialers=dialers)) == [
        [("A", "D1"), ("B", "D1")],
        [("A", "D2")],
        [("B", "D3")],
    ]


def test_a_limit_that_lets_all_lines_launch_within_a_thousandth_of_an_attempt_is_none() -> None:
    # 70 lines in 25 ms are 2800 calls a second.
    for cps, limited in ((2799.0, True), (2801.0, False)):
        dialers = (Dialer(dialer_id="D1", ports=500, cps=cps), *problem(LINES).dialers[1:])
        assert (len(groups(problem(LINES, dialers=dialers))) == 3) is limited


@pytest.mark.parametrize(("channels", "limited"), [(119, True), (120, False)])
def test_a_trunk_group_limits_when_its_channels_are_fewer_than_lines(
    channels: int, limited: bool
) -> None:
    # D1 has 70 + 10 lines and D2 40 + 5, whose agent lines take no ports there.
    given = problem(
        LINES,
        dialers=(
            Dialer(dialer_id="D1", ports=500, trunk_group="T"),
            Dialer(dialer_id="D2", ports=500, trunk_group="T", agent_lines_use_ports=False),
            Dialer(dialer_id="D3", ports=500),
        ),
        trunk_groups=(TrunkGroup(trunk_group="T", channels=channels),),
    )
    found = limits(given, pairs_at(given, None))
    # 10 channels are those of the agent lines of D1.
    assert found.group_channels == ({"T": 109.0} if limited else {})
    assert len(groups(given)) == (2 if limited else 4)


def staffed(agents: int, *assigned: int) -> list[int]:
    given = problem(
        {("A", f"D{d}"): (50, lines) for d, lines in enumerate(assigned)},
        campaigns=(solar(campaign_id="A", agent_lines=30),),
        intervals=(Interval(campaign_id="A", from_minute=540, to_minute=600, agent_lines=agents),),
    )
    return [pair.agent_lines for pair in pairs_at(given, MONDAY_NINE)]


def test_fewer_agents_than_lines_are_split_in_proportion_by_largest_remainder() -> None:
    # 7 * (10, 6, 4) / 20 = (3.5, 2.1, 1.4): the one left over goes to the first.
    assert staffed(7, 10, 6, 4) == [4, 2, 1]


def test_enough_agents_staff_all_lines_and_none_staff_none() -> None:
    assert staffed(20, 10, 6, 4) == [10, 6, 4]
    assert staffed(0, 10, 6, 4) == [0, 0, 0]


def test_a_plan_keeps_the_figures_of_no_special_hour() -> None:
    given = problem(
        {("A", "D1"): (50, 5)},
        intervals=(Interval(campaign_id="A", from_minute=0, to_minute=1440, answer_rate=0.9),),
    )
    assert [pair.campaign.answer_rate for pair in pairs_at(given, None)] == [0.1]
    assert [pair.campaign.answer_rate for pair in pairs_at(given, MONDAY_NINE)] == [0.9]
