"""Values of command-line arguments: read, or refused in a sentence."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from planner.contracts.weekly import DAY_NAMES, MINUTES_PER_DAY, parse_clock, parse_days

#: Moments outside these years are typing errors, and would overflow in time zones.
_YEARS = range(1970, 2200)
#: Every interval of the week.
ALL = "all"


class WeeklyHour(NamedTuple):
    """A moment of any week: ``day`` 0 = Monday, minutes from midnight; zone None: not said."""

    day: int
    minute: int
    zone: str | None = None


def number(
    low: float, high: float, *, above: bool = False, whole: bool = False
) -> Callable[[str], float]:
    """Reader of a number in ``[low, high]``, or ``(low, high]`` with ``above``."""

    def read(text: str) -> float:
        try:
            value = int(text) if whole else float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high or (above and value == low):
            kind = "a whole number" if whole else "a number"
            span = (
                f"above {low:g} and up to {high:.10g}" if above else f"from {low:g} to {high:.10g}"
            )
            raise argparse.ArgumentTypeError(f"{text!r}: expected {kind} {span}")
        return value

    return read


def moment(text: str) -> datetime:
    """An ISO 8601 moment; UTC where it has no offset."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or value.year not in _YEARS:
        expected = (
            "a date and time such as 2030-03-04T09:00+01:00 (UTC without an offset), "
            f"from {_YEARS[0]} to {_YEARS[-1]}"
        )
        raise argparse.ArgumentTypeError(f"{text!r}: expected {expected}")
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def week_day(text: str) -> date:
    """An ISO date, which names the week in which it lies."""
    try:
        value = date.fromisoformat(text.strip())
    except ValueError:
        value = date.min
    if value.year not in _YEARS:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a date such as 2030-03-04")
    return value


def interval(text: str) -> WeeklyHour | str:
    """``all``, or a weekly hour."""
    return ALL if text.strip().lower() == ALL else weekly_hour(text)


def weekly_hour(text: str) -> WeeklyHour:
    """Weekday and minute of the day of ``Mon 09:00``, or of ``Mon 09:00 America/Chicago``."""
    day, clock, zone = [*text.split(maxsplit=2), "", "", ""][:3]
    try:
        days, minute = parse_days(day), parse_clock(clock)
    except ValueError:
        days, minute = (), 0
    if len(days) != 1 or not day or minute == MINUTES_PER_DAY:
        expected = f"a weekday ({', '.join(DAY_NAMES)}) and a time, such as 'Mon 09:00', or all"
        raise argparse.ArgumentTypeError(f"{text!r}: expected {expected}")
    if zone:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            expected = "a time zone such as America/Chicago after the time"
            raise argparse.ArgumentTypeError(f"{text!r}: expected {expected}") from error
    return WeeklyHour(days[0], minute, zone or None)
