"""Which rows of pools and limits are in force, worked out by hand from the rules."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.fleet.line_assignment import LineAssignment
from planner.contracts.fleet.pools import (
    counted_dialers,
    limits_at,
    pools_at,
    without_a_moment,
)
from planner.contracts.problem import Campaign, Dialer, Problem, TrunkGroup
from tests.support.builders import solar

NEW_YORK = "America/New_York"
D1 = Dialer(dialer_id="D1", ports=10, failure_domain="East", trunk_group="T")
D2 = Dialer(dialer_id="D2", ports=10)


def pool(**changes: Any) -> PoolRow:
    return PoolRow(**({"pool": "Dallas", "agent_lines": 3} | changes))


def fleet(**tables: Any) -> Problem:
    plain = {
        "dialers": (D1, D2),
        "trunk_groups": (TrunkGroup(trunk_group="T", channels=9),),
        "campaigns": (solar(),),
    }
    return Problem(**(plain | tables))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def lines_at(problem: Problem, moment: str) -> list[int]:
    return [row.agent_lines for row in pools_at(problem, utc(moment))]


def test_a_pool_has_the_row_of_the_hour_and_nobody_outside_its_rows() -> None:
    # 2026-11-30 is a Monday.
    given = fleet(
        pools=(
            pool(days="Mon-Fri", from_="08:00", to="12:00", agent_lines=4),
            pool(days="Mon-Fri", from_="12:00", to="17:00", agent_lines=2),
        )
    )
    assert lines_at(given, "2026-11-30T07:59") == []
    assert lines_at(given, "2026-11-30T08:00") == [4]
    assert lines_at(given, "2026-11-30T12:00") == [2]
    assert lines_at(given, "2026-11-28T09:00") == []  # a Saturday


def test_a_row_for_a_date_goes_before_rows_for_weekdays() -> None:
    given = fleet(pools=(pool(days="Mon-Fri", agent_lines=9), pool(days="2026-11-30")))
    assert lines_at(given, "2026-11-30T09:00") == [3]
    assert lines_at(given, "2026-12-01T09:00") == [9]


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    given = fleet(pools=(pool(days="Fri", from_="22:00", to="02:00"),))
    assert lines_at(given, "2026-11-27T21:59") == []
    assert lines_at(given, "2026-11-27T22:00") == [3]
    assert lines_at(given, "2026-11-28T01:59") == [3]
    assert lines_at(given, "2026-11-28T02:00") == []
    assert lines_at(given, "2026-11-27T01:00") == []  # that began on Thursday
    of_a_date = fleet(pools=(pool(days="2026-11-27", from_="22:00", to="02:00"),))
    assert lines_at(of_a_date, "2026-11-28T01:00") == [3]


def test_hours_are_read_on_the_rows_clock_else_on_that_of_most_campaigns() -> None:
    rows = (pool(from_="09:00", to="10:00"),)
    east = (solar(timezone=NEW_YORK), solar(campaign_id="B", timezone=NEW_YORK))
    given = fleet(campaigns=(*east, solar(campaign_id="C")), pools=rows)
    # New York is at UTC-5 in winter, at UTC-4 in summer.
    assert lines_at(given, "2026-11-30T14:30") == [3]
    assert lines_at(given, "2026-07-01T13:30") == [3]
    assert lines_at(given, "2026-07-01T14:30") == []
    own = fleet(campaigns=east, pools=(pool(from_="09:00", to="10:00", timezone="UTC"),))
    assert lines_at(own, "2026-07-01T09:30") == [3]


def test_without_a_moment_the_row_without_hours_else_the_largest() -> None:
    given = fleet(
        pools=(
            pool(),
            pool(days="2026-12-24", agent_lines=8),
            pool(pool="Floor", days="Mon", agent_lines=1),
            pool(pool="Floor", days="Tue", agent_lines=5),
        )
    )
    assert [(r.pool, r.agent_lines) for r in pools_at(given, None)] == [("Dallas", 3), ("Floor", 5)]
    (told,) = without_a_moment(given)
    assert "Floor" in told
    assert "largest row" in told


def test_limits_of_some_hours_hold_then_and_not_without_a_moment() -> None:
    always, noon = LimitRow(max_lines=5), LimitRow(max_lines=3, from_="08:00", to="12:00")
    given = fleet(limits=(always, noon))
    assert [r.max_lines for r in limits_at(given, None)] == [5]
    assert [r.max_lines for r in limits_at(given, utc("2026-11-30T09:00"))] == [5, 3]
    assert [r.max_lines for r in limits_at(given, utc("2026-11-30T12:00"))] == [5]
    assert any("3" in told for told in without_a_moment(given))  # line 3 is its name
    assert noon.at_all_hours() == LimitRow(max_lines=3)


def test_a_moment_without_its_offset_is_refused() -> None:
    for rows_at in (pools_at, limits_at):
        with pytest.raises(ValueError, match="UTC offset"):
            rows_at(fleet(), datetime(2026, 11, 30))


def test_a_dialer_counts_if_it_matches_every_column_that_is_filled_in() -> None:
    given = fleet()

    def counted(**columns: Any) -> list[str]:
        return [d.dialer_id for d in counted_dialers(given, LimitRow(max_lines=1, **columns))]

    assert counted() == ["D1", "D2"]
    assert counted(dialer_ids="D2") == ["D2"]
    assert counted(failure_domains="East|D2") == ["D1", "D2"]  # D2 is its own domain
    assert counted(trunk_groups="T") == ["D1"]
    assert counted(dialer_ids="D2", trunk_groups="T") == []


def test_unnamed_limits_are_named_after_their_line() -> None:
    given = fleet(limits=(LimitRow(max_lines=1), LimitRow(limit="Carrier", max_lines=2)))
    assert [row.limit for row in given.limits] == ["2", "Carrier"]


def without_agents(**changes: Any) -> Campaign:
    return solar(agent_lines=None, **changes)


def test_a_campaign_without_agents_of_its_own_has_those_of_the_pools_that_serve_it() -> None:
    rows = (
        pool(campaigns="Solar"),
        pool(pool="Floor", agent_lines=4),
        pool(pool="Else", agent_lines=9, campaigns="B"),
    )
    given = fleet(campaigns=(without_agents(), solar(campaign_id="B", agent_lines=2)), pools=rows)
    first, second = given.campaigns
    assert (first.own_agent_lines, first.agent_lines) == (None, 7)
    assert (second.own_agent_lines, second.agent_lines) == (2, 2)
    fewer = given.model_copy(update={"pools": rows[:1]})
    assert fewer.campaigns[0].agent_lines == 3
    assert Problem.model_validate_json(given.model_dump_json()) == given
    assert Problem.model_validate_json(given.model_dump_json()).campaigns[0].own_agent_lines is None


def test_without_pools_a_live_transfer_campaign_needs_agents_of_its_own() -> None:
    with pytest.raises(ValidationError, match="agent_lines"):
        fleet(campaigns=(without_agents(),))
    # Where there are pools a campaign that none serves cannot run, which is no fault.
    given = fleet(campaigns=(without_agents(),), pools=(pool(agent_lines=0),))
    assert given.campaigns[0].agent_lines == 0


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"pools": (pool(campaigns="Gone"),)}, "campaigns of campaigns.csv"),
        ({"pools": (pool(dialers="D1|D9"),)}, "dialers of dialers.csv"),
        ({"pools": (pool(), pool(agent_lines=1))}, "hours that no earlier row of this pool has"),
        (
            {"pools": (pool(days="Mon", from_="22:00", to="03:00"),
                       pool(days="Tue", from_="02:00", to="04:00"))},
            "hours that no earlier row",
        ),
        (
            {"pools": (pool(days="Sun", from_="22:00", to="03:00"), pool(days="Mon"))},
            "hours that no earlier row",
        ),
        # 09:00 in New York is 14:00 UTC in winter.
        (
            {"pools": (pool(from_="09:00", to="10:00", timezone=NEW_YORK),
                       pool(from_="14:30", to="15:00", timezone="UTC"))},
            "hours that no earlier row",
        ),
        ({"limits": (LimitRow(campaign_id="Gone", max_lines=1),)}, "a campaign of campaigns.csv"),
        ({"limits": (LimitRow(dialer_ids="D9", max_lines=1),)}, "dialers of dialers.csv"),
        ({"limits": (LimitRow(failure_domains="D1", max_lines=1),)}, "failure domains of"),
        ({"limits": (LimitRow(trunk_groups="U", max_lines=1),)}, "trunk groups of"),
    ],
)  # fmt: skip
def test_rows_of_pools_and_limits_that_cannot_be(tables: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        fleet(**tables)


def test_hours_of_one_pool_that_only_touch_or_differ_in_date_and_weekday_are_right() -> None:
    rows = (
        pool(days="Mon", from_="22:00", to="02:00"),
        pool(days="Tue", from_="02:00", to="04:00"),
        pool(days="2026-12-01"),
        pool(days="Tue", from_="09:00", to="10:00", timezone=NEW_YORK),
        pool(days="Tue", from_="04:00", to="13:00", timezone="UTC"),
    )
    assert len(fleet(pools=rows).pools) == 5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"days": "Mon,2026-12-24"}, "days"),
        ({"days": (0, date(2026, 12, 24))}, "weekdays and dates in one row"),
        ({"days": "someday"}, "no weekday"),
        ({"from_": "24:00"}, "from_"),
        ({"from_": "09:00", "to": "09:00"}, "another time than from"),
        ({"timezone": "Mars"}, "no IANA time zone"),
        ({"pool": "a|b"}, "separates pools"),
        ({"agent_lines": -1}, "agent_lines"),
    ],
)
def test_a_pool_row_that_cannot_be(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        pool(**changes)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"min_dial_lines": 2}, "a campaign in campaign_id"),
        ({"min_agent_lines": 2, "dialer_ids": "D1"}, "a campaign in campaign_id"),
        ({"campaign_id": "Solar", "min_dial_lines": 5, "max_dial_lines": 4}, "at most the 4"),
        ({"campaign_id": "Solar", "min_agent_lines": 5, "max_lines": 4}, "at most the 4"),
    ],
)
def test_a_least_without_a_campaign_or_above_the_most(columns: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        LimitRow(**columns)


def test_who_sits_where_is_read_and_is_not_more_than_sit_there() -> None:
    row = {"campaign_id": "Solar", "dialer_id": "D1", "dial_lines": 9, "agent_lines": 3}
    item = LineAssignment(**row, pools="Dallas:2|At: lanta:1")
    assert item.pools == (("Dallas", 2), ("At: lanta", 1))
    for bad in ("Dallas:4", "Dallas", "Dallas:x", ":2", "Dallas:1|Dallas:1", "Dallas:-1"):
        with pytest.raises(ValidationError):
            LineAssignment(**row, pools=bad)
    with pytest.raises(ValidationError, match=r"pools of agents\.csv"):
        fleet(assignments=(LineAssignment(**row, pools="Gone:1"),), pools=(pool(),))


def test_a_rate_for_each_pass_through_the_list() -> None:
    campaign = solar(answer_rate="0.3|0.2|0.1")
    assert (campaign.answer_rate, campaign.answer_rate_by_pass) == (0.3, (0.3, 0.2, 0.1))
    assert [campaign.answer_rate_of_pass(n) for n in (1, 2, 3, 4)] == [0.3, 0.2, 0.1, 0.1]
    assert solar().answer_rate_by_pass == ()
    assert solar().answer_rate_of_pass(7) == solar().answer_rate
    for bad in ("0.3|", "0.3|2", "|0.3"):
        with pytest.raises(ValidationError):
            solar(answer_rate=bad)
    with pytest.raises(ValidationError, match="the first rate by pass"):
        solar(answer_rate=0.2, answer_rate_by_pass=(0.3, 0.2))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"finish_by": "2026-12-24"}, "the records of the dial list"),
        ({"finish_by": "2026-12-24", "records": 5, "start": "2026-12-25"}, "on or after start"),
        ({"priority": -1}, "priority"),
        ({"min_transfers_per_hour": -1}, "min_transfers_per_hour"),
        ({"answer_rate_day_cv": 2.5}, "answer_rate_day_cv"),
    ],
)
def test_requirements_that_cannot_be(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        solar(**changes)
