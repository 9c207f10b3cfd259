"""VICIdial's calling times as weekly windows, and its offsets as time zones."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from planner.contracts.values.weekly import MINUTES_PER_DAY, Window, merged
from planner.vicidial.reading.database import Row
from planner.vicidial.reading.facts import DAYS
from planner.vicidial.settings import Settings

#: Zones of the offsets that most sites are in; the operating system knows of their summer time.
_ZONES = {
    -4.0: "America/Halifax",
    -5.0: "America/New_York",
    -6.0: "America/Chicago",
    -7.0: "America/Denver",
    -8.0: "America/Los_Angeles",
    0.0: "Europe/London",
    1.0: "Europe/Paris",
    2.0: "Europe/Athens",
    5.5: "Asia/Kolkata",
    8.0: "Asia/Manila",
    10.0: "Australia/Sydney",
}
_NO_CALLS = 2400


def windows_of(times: Row) -> tuple[Window, ...]:
    """Windows of a row of vicidial_call_times.

    A day of 0 to 0 has the default times; one of 2400 to 2400, or whose end is not after its
    start, has none. Empty where no day has any.
    """
    found = []
    for day, name in enumerate(DAYS):
        start, stop = (_number(times.get(f"ct_{name}_{end}")) for end in ("start", "stop"))
        if start == 0 and stop == 0:
            start, stop = (_number(times.get(f"ct_default_{end}")) for end in ("start", "stop"))
        if start == _NO_CALLS and stop == _NO_CALLS:
            continue
        first, last = _minutes(start), _minutes(stop)
        if first < last:
            found.append(Window(day, first, last))
    return merged(found) if found else ()


def _number(value: Any) -> int:
    try:
        return max(int(value), 0)
    except (TypeError, ValueError):
        return 0


def _minutes(clock: int) -> int:
    """Minutes since midnight of 900 or 2130; times past the end of the day are its end."""
    return min(clock // 100 * 60 + min(clock % 100, 59), MINUTES_PER_DAY)


def zone_of(offset: str) -> str | None:
    """A time zone with this offset in winter, such as -5.00; None where it is no offset."""
    try:
        hours = float(offset)
    except ValueError:
        return None
    name = _ZONES.get(hours)
    if name is None and hours.is_integer():
        name = f"Etc/GMT{-int(hours):+d}"  # whose sign is the other way round
    try:
        return ZoneInfo(name).key if name is not None else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def system_zone(settings: Settings) -> str:
    """Time zone of the servers, or UTC."""
    offsets = [server.local_gmt for server in settings.servers]
    offsets.append(settings.system.default_local_gmt)
    return next((zone for offset in offsets if (zone := zone_of(offset))), "UTC")
