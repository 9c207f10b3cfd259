"""What was seen on a day: the lines in service, and what they came to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.calibration.attempts import Floats
from planner.calibration.backtest.collect import Calls
from planner.calibration.sweep import level_changes, most_at_once

HOUR = 3600.0
#: Agent lines come and go; how many there are is told from the launches of each slot [s].
SLOT = 1800.0
#: A number of busy agents dials on if it launches so much of what others do.
_DIALS_SHARE, _DIALS_LEAST = 0.1, 2
_SHORTEST_DAY = 600.0
FIGURES = (
    "attempts",
    "requests",
    "transfers",
    "abandoned",
    "all_busy_share",
    "seconds_to_all_busy",
)


@dataclass(frozen=True)
class ObservedDay:
    """A campaign on a dialer on one day; times in seconds from its first launch."""

    opened: float  # first launch, in seconds since 1970
    seconds: float  # from the first launch to the last
    dial_lines: int
    agent_lines: tuple[int, ...]  # by slot since the first launch
    dials: tuple[bool, ...]  # whether the slot was one of dialing
    figures: dict[str, float]  # seconds_to_all_busy is infinite if it never was
    busy_by_hour: tuple[float, ...]  # share of each hour with all agent lines busy
    attempts_by_hour: tuple[float, ...]

    @property
    def open_seconds(self) -> float:
        """Time of dialing, pauses included."""
        return float(_slot_lengths(len(self.dials), self.seconds)[list(self.dials)].sum())


def observe(calls: Calls, assigned_agents: int = 0) -> ObservedDay | None:
    """Sum up a day; None where nothing was dialed for some minutes.

    Parameters
    ----------
    calls : of the day
    assigned_agents : agent lines known to be there, for days on which they never were all busy
    """
    opened = float(calls.launched[0])
    seconds = float(calls.launched[-1]) - opened
    if seconds < _SHORTEST_DAY:
        return None
    slots = int(np.ceil(seconds / SLOT))
    last = max(float(np.nanmax(moments, initial=opened + seconds)) for moments in calls)
    released = np.where(np.isfinite(calls.released), calls.released, calls.ended)
    released = np.where(np.isfinite(calls.connected) & np.isnan(released), last, released)
    times, levels = level_changes(calls.connected - opened, released - opened)
    launches = calls.launched - opened
    agents, dials = _agents_by_slot(times, levels, launches, slots, seconds, assigned_agents)
    busy, first = _all_busy(times, levels, agents, dials, seconds)
    requests = np.isfinite(calls.requested) | np.isfinite(calls.connected)
    lost = requests & np.isnan(calls.connected) & np.isfinite(calls.ended)
    ended = np.where(np.isfinite(calls.ended), calls.ended, last)
    lengths = _slot_lengths(slots, seconds)
    open_seconds = float(lengths[dials].sum())
    hours = int(np.ceil(seconds / HOUR))
    hour = (np.arange(slots) * SLOT // HOUR).astype(int)
    return ObservedDay(
        opened,
        seconds,
        max(most_at_once(calls.launched, ended), *agents),
        tuple(agents),
        tuple(dials.tolist()),
        {
            "attempts": float(len(launches)),
            "requests": float(requests.sum()),
            "transfers": float(np.isfinite(calls.connected).sum()),
            "abandoned": float(lost.sum()),
            "all_busy_share": float(busy.sum() / max(open_seconds, 1.0)),
            "seconds_to_all_busy": first,
        },
        tuple((np.bincount(hour, busy) / np.bincount(hour, lengths)).tolist()),
        tuple(np.bincount((launches // HOUR).astype(int), minlength=hours)[:hours].tolist()),
    )


def _slot_lengths(slots: int, seconds: float) -> Floats:
    return np.asarray(np.minimum(SLOT, seconds - SLOT * np.arange(slots)), dtype=np.float64)


def _agents_by_slot(
    times: Floats, levels: Floats, launches: Floats, slots: int, seconds: float, assigned: int
) -> tuple[list[int], Floats]:
    """Agent lines in service in each slot, and whether it dialed.

    There is one more agent line than were busy at the most while there were launches. A slot in
    which dialing never stopped has as many as the others of the day, or as are assigned.
    """
    known, dials = [], []
    for slot in range(slots):
        start, end = SLOT * slot, min(SLOT * (slot + 1), seconds)
        spans, at = _spans(times, levels, start, end)
        lines = _lines_told(spans, at, launches)
        known.append(lines)
        first, last = np.searchsorted(launches, [start, end])
        dials.append(last > first or lines > 0)
    most = max(1, *(abs(lines) for lines in known))
    if not any(lines == most for lines in known):
        most = max(most, assigned)
    return [lines if lines > 0 else most for lines in known], np.array(dials)


def _lines_told(spans: Floats, at: Floats, launches: Floats) -> int:
    """Agent lines by where dialing stops; less than 0: it never does, so many at the least."""
    top = int(at.max(initial=0.0))
    inside = np.searchsorted(launches, spans[:, 1]) - np.searchsorted(launches, spans[:, 0])
    placed = np.bincount(at.astype(int), inside, minlength=top + 1)
    spent = np.bincount(at.astype(int), spans[:, 1] - spans[:, 0], minlength=top + 1)
    if placed.sum() == 0:
        full = spent[top] >= 0.9 * spent.sum() and top > 0
        return top if full else 0
    rates = placed / np.maximum(spent, 1.0)
    level_rate = placed.sum() / max(float(spent[placed > 0].sum()), 1.0)
    dialing = (placed >= min(_DIALS_LEAST, placed.max())) & (rates >= _DIALS_SHARE * level_rate)
    lines = int(np.flatnonzero(dialing).max(initial=0)) + 1
    return lines if lines <= top else -lines


def _spans(times: Floats, levels: Floats, start: float, end: float) -> tuple[Floats, Floats]:
    """Spans [start, end] of one level each within a time, and their levels."""
    inside = (times > start) & (times < end)
    edges = np.concatenate([[start], times[inside], [end]])
    before = levels[times <= start]
    at = np.concatenate([[before[-1] if len(before) else 0.0], levels[inside]])
    return np.stack([edges[:-1], edges[1:]], axis=1), at


def _all_busy(
    times: Floats, levels: Floats, agents: list[int], dials: Floats, seconds: float
) -> tuple[Floats, float]:
    """Seconds with all agent lines busy in each slot, and the first moment of that."""
    busy, first = np.zeros(len(agents)), np.inf
    for slot, lines in enumerate(agents):
        if not dials[slot]:
            continue
        start, end = SLOT * slot, min(SLOT * (slot + 1), seconds)
        spans, at = _spans(times, levels, start, end)
        full = at >= lines
        busy[slot] = float((spans[full, 1] - spans[full, 0]).sum())
        if full.any() and first == np.inf:
            first = float(spans[full, 0][0])
    return busy, first
