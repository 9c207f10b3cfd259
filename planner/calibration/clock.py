"""Days and hours of moments on the clock of a place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from planner.calibration.attempts import Codes, Floats
from planner.contracts.faults import Fault, InputError

SECONDS_PER_DAY = 86_400
#: Clocks are changed on quarters of an hour.
_QUARTER = 900
_EPOCH = date(1970, 1, 1).toordinal()


def zone_of(name: str | None) -> ZoneInfo | None:
    """A time zone by its name; None where there is none.

    Raises
    ------
    InputError
        If there is no such zone.
    """
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        wanted = "a time zone such as Europe/Berlin or America/New_York"
        raise InputError([Fault("--timezone", None, None, name, wanted)]) from error


def local_seconds(times: Floats, zone: ZoneInfo) -> Floats:
    """Seconds since 1970 on the clock of the zone, of finite seconds in UTC."""
    if zone.key in ("UTC", "Etc/UTC"):
        return times
    quarters = np.floor_divide(times, _QUARTER).astype(np.int64)
    known, place = np.unique(quarters, return_inverse=True)
    offsets = [_offset(float(quarter) * _QUARTER, zone) for quarter in known]
    return times + np.array(offsets, dtype=np.float64)[place]


def utc_seconds(times: Floats, zone: ZoneInfo) -> Floats:
    """Seconds in UTC of seconds on the clock of the zone; an hour told twice is its first."""
    if zone.key in ("UTC", "Etc/UTC"):
        return times
    known = np.isfinite(times)
    quarters = np.floor_divide(np.where(known, times, 0.0), _QUARTER).astype(np.int64)
    found, place = np.unique(quarters, return_inverse=True)
    offsets = []
    for quarter in found:
        naive = datetime.fromtimestamp(float(quarter) * _QUARTER, UTC).replace(tzinfo=zone)
        offset = naive.utcoffset()
        offsets.append(offset.total_seconds() if offset is not None else 0.0)
    return times - np.array(offsets, dtype=np.float64)[place]


def day_of(local: Floats) -> Codes:
    """Days since 1970 of local seconds."""
    return np.floor_divide(local, SECONDS_PER_DAY).astype(np.int64)


def hour_of(local: Floats) -> Codes:
    """Hours 0 to 23 of local seconds."""
    return (np.mod(local, SECONDS_PER_DAY) // 3600).astype(np.int64)


def date_of(day: int) -> date:
    """The date that is so many days after 1970-01-01."""
    return date.fromordinal(_EPOCH + int(day))


def day_start(day: int, zone: ZoneInfo) -> float:
    """Midnight of a day in the zone, in seconds since 1970 in UTC."""
    return float(utc_seconds(np.array([float(day) * SECONDS_PER_DAY]), zone)[0])


def _offset(seconds: float, zone: ZoneInfo) -> float:
    offset = datetime.fromtimestamp(seconds, zone).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0
