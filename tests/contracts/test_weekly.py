from __future__ import annotations

import pytest

from planner.contracts.values.weekly import (
    Window,
    format_clock,
    format_days,
    format_schedule,
    merged,
    parse_clock,
    parse_days,
    parse_schedule,
)


@pytest.mark.parametrize(("text", "minutes"), [("00:00", 0), ("9:05", 545), ("24:00", 1440)])
def test_a_time_of_day(text: str, minutes: int) -> None:
    assert parse_clock(text) == minutes
    assert parse_clock(format_clock(minutes)) == minutes


@pytest.mark.parametrize("text", ["", "9", "9:5", "12:60", "24:01", "-1:00", "٣:00", "9:00:00"])
def test_what_is_no_time_of_day(text: str) -> None:
    with pytest.raises(ValueError, match="no time of day"):
        parse_clock(text)


@pytest.mark.parametrize(
    ("text", "days", "again"),
    [
        ("Mon-Fri", (0, 1, 2, 3, 4), "Mon-Fri"),
        ("sat, SUN", (5, 6), "Sat-Sun"),
        ("Sat-Mon", (0, 5, 6), "Mon,Sat-Sun"),
        ("Wed", (2,), "Wed"),
        ("", (0, 1, 2, 3, 4, 5, 6), ""),
        ("Mon-Sun", (0, 1, 2, 3, 4, 5, 6), ""),
    ],
)
def test_weekdays(text: str, days: tuple[int, ...], again: str) -> None:
    assert parse_days(text) == days
    assert format_days(days) == again


@pytest.mark.parametrize("text", ["Monday", "Mon-", "Mon-Wed-Fri", ",", "1"])
def test_what_are_no_weekdays(text: str) -> None:
    with pytest.raises(ValueError, match="weekday"):
        parse_days(text)


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("Mon 09:00-17:00", [(0, 540, 1020)]),
        ("Tue 1:00-2:00;Mon 1:00-2:00;", [(0, 60, 120), (1, 60, 120)]),
        ("Sun 22:00-02:00", [(0, 0, 120), (6, 1320, 1440)]),
        ("Mon 22:00-00:00", [(0, 1320, 1440)]),
        ("Mon 09:00-12:00; Mon 12:00-17:00", [(0, 540, 1020)]),
        ("Mon 09:00-17:00; Mon 10:00-11:00", [(0, 540, 1020)]),
        ("Mon,Wed 00:00-24:00", [(0, 0, 1440), (2, 0, 1440)]),
    ],
)
def test_a_schedule(text: str, windows: list[tuple[int, int, int]]) -> None:
    assert parse_schedule(text) == tuple(Window(*window) for window in windows)
    assert parse_schedule(format_schedule(parse_schedule(text))) == parse_schedule(text)


@pytest.mark.parametrize(
    "text", ["", ";", "09:00-17:00", "Mon 09:00", "Mon 10:00-10:00", "Mon 24:00-09:00", "Mon 9-17"]
)
def test_what_is_no_schedule(text: str) -> None:
    with pytest.raises(ValueError, match=r"window|form|time of day"):
        parse_schedule(text)


@pytest.mark.parametrize("window", [(7, 0, 1), (-1, 0, 1), (0, 5, 5), (0, -1, 5), (0, 0, 1441)])
def test_what_is_no_window(window: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no part of one weekday"):
        merged([Window(*window)])
