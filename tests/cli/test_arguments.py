"""Values of arguments: read, or refused with what was expected."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from planner.cli.arguments import interval, moment, number, week_day, weekly_hour


def test_a_number_is_read_within_its_range() -> None:
    assert number(0, 1)("0") == 0
    assert number(0, 744, above=True)("0.5") == 0.5
    assert number(1, 9, whole=True)("9") == 9


@pytest.mark.parametrize("text", ["", "x", "nan", "-0.1", "1.1", "inf", "1e9", "0x1"])
def test_a_number_outside_its_range_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="expected a number from 0 to 1"):
        number(0, 1)(text)


def test_a_bound_that_is_excluded_is_said_to_be() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="a number above 0 and up to 744"):
        number(0, 744, above=True)("0")


def test_a_whole_number_has_no_fraction() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="a whole number from 1 to 9"):
        number(1, 9, whole=True)("1.5")


def test_a_moment_keeps_its_offset_and_is_utc_without_one() -> None:
    east = timezone(timedelta(hours=1))
    assert moment("2030-03-04T09:00+01:00") == datetime(2030, 3, 4, 9, tzinfo=east)
    assert moment("2030-03-04T09:00Z") == datetime(2030, 3, 4, 9, tzinfo=UTC)
    assert moment("2030-03-04T09:00") == datetime(2030, 3, 4, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "tomorrow", "2030-13-01", "0001-01-01", "9999-12-31T23:59"])
def test_no_moment_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="expected a date and time such as"):
        moment(text)


def test_a_weekly_hour_is_a_weekday_and_a_minute() -> None:
    assert weekly_hour("Mon 09:00") == (0, 540, None)
    assert weekly_hour(" sun 23:59 ") == (6, 1439, None)
    assert weekly_hour("Mon 09:00 America/Chicago") == (0, 540, "America/Chicago")


def test_an_interval_is_an_hour_of_the_week_or_all_of_them() -> None:
    assert interval(" All ") == "all"
    assert interval("Tue 10:30") == (1, 630, None)


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc", "/"])
def test_an_hour_in_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="a time zone such as America/Chicago"):
        weekly_hour(f"Mon 09:00 {zone}")


def test_a_week_is_named_by_a_date() -> None:
    assert week_day("2030-03-04") == date(2030, 3, 4)


@pytest.mark.parametrize("text", ["", "Mon", "2030-02-30", "0001-01-01", "9999-12-31"])
def test_no_date_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="expected a date such as 2030-03-04"):
        week_day(text)


@pytest.mark.parametrize(
    "text", ["", "Mon", "09:00", "Mon-Fri 09:00", "Mon 24:00", "Mon 9", "Xyz 09:00"]
)
def test_no_weekly_hour_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="such as 'Mon 09:00'"):
        weekly_hour(text)
