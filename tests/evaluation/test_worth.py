"""Changes that are tried are what their expressions say; limits are told with what they cost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from planner.contracts.answers import Worth
from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.problem import Dialer, LineAssignment, Problem, TrunkGroup
from planner.evaluation.running.cannot_run import without_campaigns
from planner.evaluation.worth import resources
from planner.evaluation.worth.changed import Changed
from planner.evaluation.worth.held import Held, ends_words, range_words, told_limits
from planner.evaluation.worth.limits import step_of, without_limits
from planner.studies.changes import changed_problem
from tests.support.builders import solar, tiny_problem


def with_everything() -> Problem:
    """A fleet with every kind of limit and resource that a change may be about."""
    return Problem(
        dialers=(
            Dialer(dialer_id="D.1", ports=20, cps=1.5, trunk_group="T"),
            Dialer(dialer_id="D2", ports=20),
        ),
        trunk_groups=(TrunkGroup(trunk_group="T", channels=15, cps=2.0),),
        campaigns=(
            solar(
                min_dialers=3,
                min_agent_lines=3,
                survivable_share=0.4,
                max_abandon_rate=0.03,
                max_dial_lines=30,
                allowed_dialers=("D2",),
                min_transfers_per_hour=12.0,
                records=5000,
                finish_by="2026-12-24",
            ),
            solar(campaign_id="Pooled", agent_lines=None, survivable_share=0.02),
        ),
        assignments=(
            LineAssignment(
                campaign_id="Solar", dialer_id="D2", dial_lines=4, agent_lines=1, locked=True
            ),
        ),
        pools=(PoolRow(pool="Dallas", agent_lines=6, campaigns="Pooled"),),
        limits=(
            LimitRow(campaign_id="Solar", dialer_ids="D2", min_agent_lines=2, max_lines=12),
            LimitRow(limit="west", max_dial_lines=25),
        ),
    )


def changes_of(problem: Problem) -> Iterator[Changed]:
    whole = list(without_limits(problem, keep_current=False))
    yield from whole
    yield from (step for change in whole if (step := step_of(problem, change)) is not None)
    yield from resources.more_agent_lines(problem)
    yield from resources.larger_pools(problem)
    yield from resources.more_ports(problem)
    yield from resources.more_calls_per_second(problem)
    yield from resources.more_channels(problem)
    names = [c.campaign_id for c in problem.campaigns if resources.has_own_agents(c)]
    if len(names) > 1 and problem.campaigns[0].agent_lines > 0:
        yield resources.agent_moved(problem, names[0], names[1])


@pytest.mark.parametrize("problem", [with_everything(), *map(tiny_problem, range(40))])
def test_a_change_is_what_its_expressions_make(problem: Problem) -> None:
    for change in changes_of(problem):
        expected = changed_problem(problem, change.expressions)
        assert change.problem.model_dump() == expected.model_dump(), change.expressions
        assert change.problem.model_dump() != problem.model_dump(), change.expressions


def test_every_kind_of_limit_and_resource_is_changed() -> None:
    found = {change.limit for change in changes_of(with_everything())}
    assert found == {
        "min_dialers", "min_agent_lines", "survivable_share", "max_abandon_rate", "max_dial_lines",
        "allowed_dialers", "min_transfers_per_hour", "finish_by", "locked", "max_lines",
        "agent_lines", "pool", "ports", "cps", "trunk_cps", "channels",
    }  # fmt: skip


def test_steps_are_between_the_limit_and_none() -> None:
    steps = {
        change.expressions
        for whole in without_limits(with_everything(), keep_current=False)
        if (change := step_of(with_everything(), whole)) is not None
    }
    assert steps == {
        ("campaign.Solar.min_dialers=2",),
        ("campaign.Solar.min_agent_lines=2",),
        ("campaign.Solar.survivable_share=0.35",),
        ("campaign.Solar.max_abandon_rate=0.04",),
        ("campaign.Solar.max_dial_lines=31",),
        ("campaign.Solar.min_transfers_per_hour=10.8",),
        ("limit.2.min_agent_lines=1",),
        ("limit.2.max_lines=13",),
        ("limit.west.max_dial_lines=26",),
    }  # 2 % of Pooled less 5 is nothing, which is no step


def test_all_current_lines_kept_are_no_locks_of_a_file() -> None:
    assert all(c.limit != "locked" for c in without_limits(with_everything(), keep_current=True))


@pytest.mark.parametrize(
    ("worth", "ends", "words"),
    [
        (Worth(15.14, 14.96, 15.21), "14.9 to 15.3", "15.1 an hour (14.9 to 15.3)"),
        (Worth(0.2566, 0.2566, 0.2566), "0.26", "0.26 an hour"),
        (Worth(0.2, 0.0, 0.2411), "0 to 0.25", "0.2 an hour (0 to 0.25)"),
        (Worth(1618.04, 1618.0, 1618.31), "1,618 to 1,619", None),
    ],
)
def test_ranges_are_rounded_so_that_they_hold(worth: Worth, ends: str, words: str | None) -> None:
    assert ends_words(worth) == ends
    assert words is None or range_words(worth) == words


def test_limits_are_told_with_their_cost_the_costliest_first() -> None:
    problem = with_everything()
    held = [
        Held("agent_lines", ("Solar",), "Solar: all 10 agent lines on shift are assigned"),
        Held("ports", ("D2",), "D2: all 20 ports are in use"),
        Held("ports", ("D.1",), "D.1: all 20 ports are in use"),
        Held("channels", ("T",), "Trunk group T: all 15 channels are in use"),
        Held("min_dialers", ("Solar",), "Solar: on the fewest dialers allowed by min_dialers"),
    ]
    tried = {
        ("agent_lines", "Solar"): Worth(2.0, 2.0, 2.0),
        ("locked", "Solar", "D2"): Worth(7.0, 6.0, 8.0),
        ("max_lines", "limit", "2"): Worth(3.0, 3.0, 3.0),
        ("ports", "D2"): Worth(0.0, 0.0, 0.0),  # known to bring nothing: not told
        ("ports", "D.1"): Worth(0.0, 0.0, 0.3),  # not decided by the gap, and all in use
        ("max_dial_lines", "Solar"): Worth(0.0, 0.0, 0.3),  # not decided, and there is room
    }
    assert told_limits(problem, held, tried) == (
        "Solar on D2: its lines are locked, which costs 7.0 an hour (6.0 to 8.0).",
        "Limit 2: at most 12 (max_lines), which costs 3.0 an hour.",
        "Solar: all 10 agent lines on shift are assigned; one more would bring 2.0 an hour.",
        "D.1: all 20 ports are in use; one more would bring 0.3 an hour at most.",
        "Trunk group T: all 15 channels are in use.",
        "Solar: on the fewest dialers allowed by min_dialers.",
    )


def test_dialers_are_added_where_a_pool_names_a_campaign_that_cannot_run() -> None:
    problem = without_campaigns(with_everything(), {"Pooled"})
    for change in resources.more_dialers(problem):
        assert len(change.problem.dialers) == 3
        assert [c.campaign_id for c in change.problem.campaigns] == ["Solar"]
