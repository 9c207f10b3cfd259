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


def settled(times: dict[str, Floats], zone: ZoneInfo) -> dict[str, Floats]:
    """Moments of calls whose clock had no offset, those of an hour told twice in its right half.

    Read as the first half (:func:`utc_seconds`), a call seems to end before it began, or that half
    later than it did: then what is ambiguous of it was in the second.

    Parameters
    ----------
    times : by field, NaN where there are none; ``launched`` is what the others follow
    """
    launched = times.get("launched")
    if launched is None or len(times) < 2 or zone.key in ("UTC", "Etc/UTC"):
        return times
    again = _told_twice(launched, zone)
    rest = {name: found for name, found in times.items() if name != "launched"}
    twice = {name: _told_twice(found, zone) for name, found in rest.items()}
    if not again.any() and not any(found.any() for found in twice.values()):
        return times
    # In the second half as well where all that follows on a single clock would be so much later.
    latest = np.fmin.reduce([np.where(twice[n] > 0, np.inf, rest[n]) for n in rest])
    late = (again > 0) & np.isfinite(latest) & (latest - launched >= again)
    began = launched + np.where(late, again, 0.0)
    moved = {
        name: found + np.where((twice[name] > 0) & (found < began), twice[name], 0.0)
        for name, found in rest.items()
    }
    return {"launched": began, **moved}


def _told_twice(times: Floats, zone: ZoneInfo) -> Floats:
    """How much later each moment comes again on the clock of the zone, 0 where it does not."""
    known = np.isfinite(times)
    quarters = np.floor_divide(np.where(known, times, 0.0), _QUARTER).astype(np.int64)
    found, place = np.unique(quarters, return_inverse=True)
    again = []
    for quarter in found:
        local = datetime.fromtimestamp(float(quarter) * _QUARTER, zone)
        first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
        lag = (first - second).total_seconds() if first and second else 0.0
        again.append(max(lag, 0.0) if local.fold == 0 else 0.0)
    return np.where(known, np.array(again, dtype=np.float64)[place], 0.0)


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
