from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from planner.contracts.problem import Dialer, Interval, LineAssignment, Outage, Problem
from planner.contracts.values.weekly import Window
from tests.support.builders import solar


def interval(**changes: Any) -> Interval:
    plain = {"campaign_id": "Solar", "from_minute": "09:00", "to_minute": "10:00"}
    return Interval(**(plain | changes))


def outage(start: datetime, hours: float, dialer_id: str = "D1") -> Outage:
    return Outage(dialer_id=dialer_id, start=start, end=start + timedelta(hours=hours))


NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
D1 = Dialer(dialer_id="D1", ports=100)


def test_spaces_around_an_id_are_no_part_of_it() -> None:
    assert Dialer(dialer_id=" D1 ", ports=1) == Dialer(dialer_id="D1", ports=1)


@pytest.mark.parametrize("name", ["", "  ", "a|b", "a\nb", "a\0", "x" * 201])
def test_what_is_no_dialer_id(name: str) -> None:
    with pytest.raises(ValidationError):
        Dialer(dialer_id=name, ports=1)


def test_windows_and_days_are_put_in_order() -> None:
    windows = (Window(1, 0, 5), Window(0, 5, 9), Window(0, 0, 5))
    assert solar(schedule=windows).schedule == (Window(0, 0, 9), Window(1, 0, 5))
    assert interval(days=(4, 0, 4)).days == (0, 4)


@pytest.mark.parametrize("days", [(), (7,), (-1,)])
def test_what_are_no_days(days: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError, match="no weekdays"):
        interval(days=days)


def test_outages_are_kept_in_utc() -> None:
    tokyo = datetime(2026, 1, 5, 21, tzinfo=timezone(timedelta(hours=9)))
    assert outage(tokyo, 1).start.tzinfo is UTC
    assert outage(tokyo, 1) == outage(NOON, 1)
    with pytest.raises(ValidationError, match="timezone"):
        outage(datetime(2026, 1, 5), 1)
    with pytest.raises(ValidationError, match="not between"):
        outage(datetime.max.replace(tzinfo=UTC) - timedelta(hours=2), 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"agent_lines": -1},
        {"answer_rate": 1.1},
        {"answer_rate": float("nan")},
        {"attempt_seconds": 0},
        {"transfer_rate": None},
        {"talk_seconds": None},
        {"start": "2026-02-01", "stop": "2026-01-01"},
        {"allowed_dialers": ()},
        {"schedule": ()},
        {"schedule": "Mon"},
        {"timezone": "Europe"},
        {"unknown": 1},
    ],
)
def test_a_campaign_that_cannot_be(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        solar(**changes)


def test_a_day_of_dialing_has_the_same_start_and_stop() -> None:
    campaign = solar(start="2026-01-05", stop="2026-01-05")
    assert campaign.start == campaign.stop


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"dialers": (D1, D1)}, "a key that no earlier row has"),
        ({"campaigns": (solar(), solar())}, "a key that no earlier row has"),
        ({"campaigns": (solar(allowed_dialers="D1|D9"),)}, "dialers of dialers.csv"),
        ({"dialers": (Dialer(dialer_id="D1", ports=1, trunk_group="T"),)}, "a trunk group"),
        ({"intervals": (interval(campaign_id="Gone"),)}, "a campaign of campaigns.csv"),
        (
            {"intervals": (interval(agent_lines=1), interval(days="Mon", agent_lines=2))},
            "no overlap with an earlier interval",
        ),
        ({"outages": (outage(NOON, 1, "D9"),)}, "a dialer of dialers.csv"),
    ],
)
def test_tables_that_contradict_each_other(rows: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Problem(**({"dialers": (D1,), "campaigns": (solar(),)} | rows))


def test_intervals_and_outages_that_touch_or_set_different_columns_are_right() -> None:
    problem = Problem(
        dialers=(D1,),
        campaigns=(solar(),),
        intervals=(
            interval(agent_lines=1),
            interval(answer_rate=0.2),
            interval(from_minute="10:00", to_minute="11:00", agent_lines=2),
        ),
        outages=(outage(NOON, 1), outage(NOON + timedelta(hours=1), 1)),
    )
    assert len(problem.intervals) == 3


def test_no_more_lines_are_busy_than_there_are() -> None:
    lines = {"campaign_id": "Solar", "dialer_id": "D1", "dial_lines": 95, "agent_lines": 5}
    assert LineAssignment(**lines, busy_agent_lines=5).busy_agent_lines == 5
    with pytest.raises(ValidationError, match="at most the 5 agent lines"):
        LineAssignment(**lines, busy_agent_lines=6)


def test_a_copy_with_other_tables_derives_its_own_places() -> None:
    dialers = tuple(Dialer(dialer_id=name, ports=1) for name in ("D1", "D2"))
    campaigns = tuple(solar(campaign_id=name) for name in ("A", "B"))
    given = Problem(dialers=dialers, campaigns=campaigns)
    assert given.campaign_index == {"A": 0, "B": 1}
    assert given.dialer_index == {"D1": 0, "D2": 1}
    assert given.failure_domains == ("D1", "D2")
    copy = given.model_copy(update={"campaigns": campaigns[1:], "dialers": dialers[1:]})
    assert copy.campaign_index == {"B": 0}
    assert copy.dialer_index == {"D2": 0}
    assert copy.failure_domains == ("D2",)
    assert given.campaign_index == {"A": 0, "B": 1}
