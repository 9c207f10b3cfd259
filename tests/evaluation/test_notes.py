"""What check says beside faults; each sentence follows from the tables given."""

from __future__ import annotations

from typing import Any

import pytest

from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.problem import Dialer, Problem, TrunkGroup
from planner.evaluation.notes import problem_notes
from tests.support.builders import solar

EAST = Dialer(dialer_id="D1", ports=10, failure_domain="East")
WEST = Dialer(dialer_id="D2", ports=10, failure_domain="West")


def notes(**tables: Any) -> tuple[str, ...]:
    return problem_notes(Problem(**({"dialers": (EAST, WEST), "campaigns": (solar(),)} | tables)))


def test_a_plain_fleet_has_none() -> None:
    assert notes() == ()


def test_a_message_that_counts_as_much_as_a_transfer_is_told_until_values_are_said() -> None:
    news = solar(campaign_id="News", kind="broadcast")
    (told,) = notes(campaigns=(solar(), news))
    assert told.startswith("A message of News counts as much as a transfer")
    more = news.model_copy(update={"campaign_id": "More"})
    (told,) = notes(campaigns=(solar(), news, more))
    assert told.startswith("A message of 2 broadcasts counts")
    assert notes(campaigns=(solar(value=20.0), news)) == ()
    assert notes(campaigns=(news, more)) == ()


def test_pools_that_nobody_can_use_and_campaigns_that_none_serves() -> None:
    news = solar(campaign_id="News", kind="broadcast", value=0.1)
    told = notes(
        campaigns=(solar(agent_lines=None), solar(campaign_id="B"), news),
        pools=(PoolRow(pool="P", agent_lines=1, campaigns="News"),),
    )
    assert len(told) == 3
    assert told[0].startswith("Pool P: nobody can use its agent lines")
    assert told[1] == "Campaign Solar: no pool of agents serves it; it cannot run."
    assert told[2] == (
        "Campaign B: no pool of agents serves it; it has its own 10 agent lines."
    )  # fmt: skip


def test_a_pool_at_a_dialer_out_of_service_cannot_be_used() -> None:
    down = WEST.model_copy(update={"in_service": False})
    (told,) = notes(dialers=(EAST, down), pools=(PoolRow(pool="P", agent_lines=1, dialers="D2"),
                                                 PoolRow(pool="Q", agent_lines=1)))  # fmt: skip
    assert told.startswith("Pool P: nobody")


def test_limits_about_nothing() -> None:
    empty, nowhere = notes(
        limits=(
            LimitRow(dialer_ids="D1"),
            LimitRow(limit="X", dialer_ids="D1", failure_domains="West", max_lines=1),
        )
    )
    assert empty == "Limit 2: no number is filled in, so that it limits nothing."
    assert nowhere.startswith("Limit X: no dialer matches all of its columns")


@pytest.mark.parametrize(
    ("share", "changes", "told"),
    [
        (0.5, {}, None),  # 1 - 1/2
        (0.505, {}, None),  # met to the nearest per cent
        (0.51, {}, "at most 50 %"),
        (1.0, {}, "at most 50 %"),
        (0.5, {"allowed_dialers": "D1"}, "at most 0 %"),
    ],
)
def test_shares_that_cannot_survive(
    share: float, changes: dict[str, Any], told: str | None
) -> None:
    found = notes(campaigns=(solar(survivable_share=share, **changes),))
    assert [told in note for note in found] == [True] if told else found == ()


def test_dialers_that_fail_with_their_trunk_group_count_as_one() -> None:
    dialers = tuple(d.model_copy(update={"trunk_group": "T"}) for d in (EAST, WEST))
    group = TrunkGroup(trunk_group="T", channels=9, fails_together=True)
    (told,) = notes(
        dialers=dialers, trunk_groups=(group,), campaigns=(solar(survivable_share=0.4),)
    )
    assert "1 failure takes all dialers" in told


def test_zones_without_daylight_saving_and_names_that_look_alike() -> None:
    zone, case, accent = notes(
        campaigns=(
            solar(timezone="EST"),
            solar(campaign_id="SOLAR"),
            solar(campaign_id="Caf\u00e9"),
            solar(campaign_id="Cafe\u0301"),
        )
    )
    assert zone.startswith("Time zone EST has no daylight saving time; America/New_York")
    assert case == "Campaigns Solar and SOLAR differ in upper and lower case only, and are two."
    assert "Caf<U+00E9>, Cafe<U+0301>" in accent
