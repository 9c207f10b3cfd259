from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from planner.contracts.problem import Campaign, Dialer, Interval, Problem
from planner.projection.hours.calendar import (
    figures_at,
    has_stopped,
    is_open,
    next_open,
    open_spells,
)
from tests.support.builders import solar

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(schedule: str, **changes: object) -> Campaign:
    dates = {"start": date(2026, 1, 1)} | changes
    return solar(schedule=schedule, timezone="Europe/Berlin", **dates)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def open_hours(campaign: Campaign, start: str, end: str) -> float:
    spells = list(open_spells(campaign, utc(start), utc(end)))
    return sum((s.end - s.start for s in spells), timedelta(0)) / timedelta(hours=1)


# Berlin is UTC+1 in winter: Monday 2026-01-05 09:00 is 08:00 UTC.
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-01-05T07:59:59.999999", False),
        ("2026-01-05T08:00", True),
        ("2026-01-05T15:59:59.999999", True),
        ("2026-01-05T16:00", False),
        ("2026-01-04T10:00", False),  # Sunday
    ],
)
def test_a_window_takes_its_first_moment_and_not_its_last(moment: str, expected: bool) -> None:
    assert is_open(berlin("Mon-Fri 09:00-17:00"), utc(moment)) is expected


def test_the_offset_of_the_moment_does_not_matter() -> None:
    tokyo = datetime(2026, 1, 5, 17, 0, tzinfo=timezone(timedelta(hours=9)))
    assert is_open(berlin("Mon 09:00-17:00"), tokyo)


def test_a_moment_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="UTC offset"):
        is_open(berlin("Mon 09:00-17:00"), datetime(2026, 1, 5, 12))


def test_dates_count_where_the_campaign_is() -> None:
    campaign = berlin("Mon-Sun 00:00-24:00", start=date(2026, 1, 5), stop=date(2026, 1, 6))
    assert not is_open(campaign, utc("2026-01-04T22:59:59"))
    assert is_open(campaign, utc("2026-01-04T23:00"))  # midnight in Berlin
    assert is_open(campaign, utc("2026-01-06T22:59:59"))  # the stop date is a day of dialing
    assert not has_stopped(campaign, utc("2026-01-06T22:59:59"))
    assert not is_open(campaign, utc("2026-01-06T23:00"))
    assert has_stopped(campaign, utc("2026-01-06T23:00"))


def test_a_campaign_without_schedule_or_dates_is_never_open() -> None:
    week = (utc("2026-01-05T00:00"), utc("2026-01-12T00:00"))
    for campaign in (solar(start=date(2026, 1, 1)), solar(schedule="Mon-Sun 00:00-24:00")):
        assert not is_open(campaign, week[0])
        assert list(open_spells(campaign, *week)) == []
        assert next_open(campaign, week[0]) is None


# 2026-03-29 02:00 -> 03:00 in Berlin (01:00 UTC); 2026-10-25 03:00 -> 02:00 (01:00 UTC).
@pytest.mark.parametrize(
    ("window", "day", "hours"),
    [
        ("01:00-04:00", "2026-03-29", 2.0),
        ("02:00-03:00", "2026-03-29", 0.0),
        ("02:30-03:30", "2026-03-29", 0.5),
        ("00:00-24:00", "2026-03-29", 23.0),
        ("01:00-04:00", "2026-10-25", 4.0),
        ("02:00-03:00", "2026-10-25", 2.0),
        ("02:15-02:45", "2026-10-25", 1.0),
        ("00:00-24:00", "2026-10-25", 25.0),
        ("01:00-04:00", "2026-10-18", 3.0),
    ],
)
def test_windows_when_the_clock_changes(window: str, day: str, hours: float) -> None:
    campaign = berlin(f"Sun {window}")
    before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    assert open_hours(campaign, f"{before}T12:00", f"{day}T23:30") == hours


def test_a_window_that_occurs_twice_closes_in_between() -> None:
    spells = open_spells(
        berlin("Sun 02:15-02:45"), utc("2026-10-24T12:00"), utc("2026-10-25T12:00")
    )
    assert list(spells) == [
        (utc("2026-10-25T00:15"), utc("2026-10-25T00:45")),
        (utc("2026-10-25T01:15"), utc("2026-10-25T01:45")),
    ]


def test_spells_agree_with_the_clock_minute_by_minute() -> None:
    """The two ways to ask are computed apart: by offsets, and by the local clock."""
    campaign = berlin("Sat 22:00-02:20; Sun 02:40-03:10; Mon 00:00-24:00", stop=date(2026, 10, 26))
    for start in (utc("2026-03-28T12:00"), utc("2026-10-24T12:00")):
        spells = list(open_spells(campaign, start, start + timedelta(days=3)))
        for minute in range(3 * 24 * 60):
            moment = start + timedelta(minutes=minute)
            assert is_open(campaign, moment) == any(s <= moment < e for s, e in spells), moment


def test_round_the_clock_is_one_spell() -> None:
    campaign = berlin("Mon-Sun 00:00-24:00")
    start, end = utc("2026-03-27T10:07:03"), utc("2026-04-02T10:00")
    assert list(open_spells(campaign, start, end)) == [(start, end)]


def test_an_empty_horizon_has_no_spell() -> None:
    start = utc("2026-01-05T12:00")
    assert list(open_spells(berlin("Mon-Sun 00:00-24:00"), start, start)) == []


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-01-05T12:00", "2026-01-05T12:00"),  # open now
        ("2026-01-05T16:00", "2026-01-06T08:00"),
        ("2026-01-09T16:00", "2026-01-12T08:00"),  # over the weekend
        ("2025-06-01T00:00", "2026-01-01T08:00"),  # a Thursday, the start date
        ("2026-03-27T16:00", "2026-03-30T07:00"),  # summer time from here on
    ],
)
def test_next_open(moment: str, expected: str) -> None:
    assert next_open(berlin("Mon-Fri 09:00-17:00"), utc(moment)) == utc(expected)


def test_next_open_skips_a_window_that_the_clock_skips() -> None:
    # Sunday 02:00-03:00 does not exist on 2026-03-29; a week later it is 00:00 UTC.
    opens = next_open(berlin("Sun 02:00-03:00"), utc("2026-03-23T00:00"))
    assert opens == utc("2026-04-05T00:00")


def test_next_open_ends_with_the_stop_date() -> None:
    campaign = berlin("Mon 09:00-17:00", stop=date(2026, 1, 10))
    assert next_open(campaign, utc("2026-01-05T16:00")) is None


def test_figures_at_applies_the_interval_of_the_local_hour() -> None:
    campaign = berlin("Mon-Fri 09:00-17:00")
    problem = Problem(
        dialers=(Dialer(dialer_id="D1", ports=1),),
        campaigns=(campaign,),
        intervals=(
            Interval(
                campaign_id="Solar",
                days="Mon-Fri",
                from_minute="09:00",
                to_minute="12:00",
                agent_lines=4,
            ),
            Interval(
                campaign_id="Solar", days="Mon", from_minute="10:00", to_minute="11:00",
                answer_rate=0.3,
            ),
        ),
    )  # fmt: skip
    lines_and_rate = [
        (f.agent_lines, f.answer_rate)
        for f in (
            figures_at(problem, campaign, datetime(2026, 1, day, hour, tzinfo=BERLIN))
            for day, hour in ((5, 8), (5, 9), (5, 10), (5, 12), (6, 10))
        )
    ]
    assert lines_and_rate == [(10, 0.1), (4, 0.1), (4, 0.3), (10, 0.1), (4, 0.1)]
