"""Weekly windows as people write them: ``Mon-Fri 09:00-17:00; Sat 10:00-14:00``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MINUTES_PER_DAY = 24 * 60


class Window(NamedTuple):
    """Part of one weekday: ``day`` 0 = Monday; minutes from local midnight, start < end."""

    day: int
    start_minute: int
    end_minute: int


_PART = re.compile(
    r"(?P<days>[A-Za-z]{3}(?:\s*[-,]\s*[A-Za-z]{3})*)\s+(?P<start>[0-9:]+)\s*-\s*(?P<end>[0-9:]+)"
)


def parse_clock(text: str) -> int:
    """Minutes since midnight of ``HH:MM``; ``24:00`` is the end of the day.

    Raises
    ------
    ValueError
        If the text is no time of day.
    """
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", text.strip())
    if not match:
        raise ValueError(f"no time of day as HH:MM: {text!r}")
    hour, minute = int(match[1]), int(match[2])
    if minute > 59 or hour * 60 + minute > MINUTES_PER_DAY:
        raise ValueError(f"no time of day from 00:00 to 24:00: {text!r}")
    return hour * 60 + minute


def format_clock(minutes: int) -> str:
    """``HH:MM`` of minutes since midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def parse_days(text: str) -> tuple[int, ...]:
    """Weekdays of ``Mon-Fri``, ``Sat,Sun`` or blank (all seven), sorted, 0 = Monday.

    Raises
    ------
    ValueError
        If a name is no weekday.
    """
    if not text.strip():
        return tuple(range(7))
    days: set[int] = set()
    for part in text.split(","):
        ends = [_day(name) for name in part.split("-")]
        if len(ends) > 2:
            raise ValueError(f"no range of weekdays: {part.strip()!r}")
        first, last = ends[0], ends[-1]
        days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return tuple(sorted(days))


def format_days(days: tuple[int, ...]) -> str:
    """Return the shortest text that :func:`parse_days` reads back; blank for all seven."""
    if len(days) == 7:
        return ""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][1] + 1:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    names = (DAY_NAMES[a] if a == b else f"{DAY_NAMES[a]}-{DAY_NAMES[b]}" for a, b in runs)
    return ",".join(names)


@lru_cache(maxsize=1024)  # thousands of campaigns share a few schedules
def parse_schedule(text: str) -> tuple[Window, ...]:
    """Windows of a weekly schedule, sorted, overlapping ones merged.

    A window that ends at or before its start runs past midnight and is split there.

    Raises
    ------
    ValueError
        If a part is not ``DAYS HH:MM-HH:MM`` or a window is empty.
    """
    windows: list[Window] = []
    for part in text.split(";"):
        if not part.strip():
            continue
        match = _PART.fullmatch(part.strip())
        if not match:
            raise ValueError(f"not of the form 'Mon-Fri 09:00-17:00': {part.strip()!r}")
        start, end = parse_clock(match["start"]), parse_clock(match["end"])
        if start in (end, MINUTES_PER_DAY):
            raise ValueError(f"a window that never opens: {part.strip()!r}")
        for day in parse_days(match["days"]):
            if start < end:
                windows.append(Window(day, start, end))
            else:
                windows.append(Window(day, start, MINUTES_PER_DAY))
                if end > 0:
                    windows.append(Window((day + 1) % 7, 0, end))
    return merged(windows)


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Sort windows and join those that overlap or touch within a day.

    Raises
    ------
    ValueError
        If there is none, or one is no part of a day.
    """
    joined: list[Window] = []
    for window in sorted(windows):
        if not (
            0 <= window.day < 7 and 0 <= window.start_minute < window.end_minute <= MINUTES_PER_DAY
        ):
            raise ValueError(f"no part of one weekday: {window}")
        last = joined[-1] if joined else None
        if last and last.day == window.day and window.start_minute <= last.end_minute:
            joined[-1] = last._replace(end_minute=max(last.end_minute, window.end_minute))
        else:
            joined.append(window)
    if not joined:
        raise ValueError("a schedule without a window")
    return tuple(joined)


def format_schedule(windows: tuple[Window, ...]) -> str:
    """Text that :func:`parse_schedule` reads back to the same windows."""
    days_of: dict[tuple[int, int], list[int]] = {}
    for day, start, end in windows:
        days_of.setdefault((start, end), []).append(day)
    return "; ".join(
        f"{format_days(tuple(days)) or 'Mon-Sun'} {format_clock(start)}-{format_clock(end)}"
        for (start, end), days in days_of.items()
    )


def _day(name: str) -> int:
    wanted = name.strip().capitalize()
    if wanted not in DAY_NAMES:
        raise ValueError(f"no weekday ({', '.join(DAY_NAMES)}): {name.strip()!r}")
    return DAY_NAMES.index(wanted)
