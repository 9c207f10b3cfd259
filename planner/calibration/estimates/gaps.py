"""How long a dial line idles between the end of an attempt and the next launch on it."""

from __future__ import annotations

import numpy as np

from planner.calibration.attempts import Attempts, Floats
from planner.calibration.sweep import all_busy_spans, most_at_once

#: Calls looked at of each campaign on each dialer; and the shortest gap that is more than noise.
_MOST_CALLS, _LEAST_GAP = 50_000, 0.2
#: A line that waits longer was not meant to dial [s].
_LONGEST_GAP = 30.0
#: No dialer takes longer than this on average: its lines had nothing to do, or were held back [s].
_LONGEST_MEAN = 10.0
#: After so long without a call another session begins, perhaps with other lines [s].
_BREAK = 900.0


class GapSample:
    """The first calls of each campaign on each dialer."""

    def __init__(self) -> None:
        self._parts: dict[tuple[str, str], list[Floats]] = {}
        self._counts: dict[tuple[str, str], int] = {}

    def add(self, attempts: Attempts) -> None:
        """Look at a piece of a log, unless enough was seen."""
        pairs = attempts.campaign * len(attempts.dialers) + attempts.dialer
        for pair in np.unique(pairs).tolist():
            campaign, dialer = divmod(pair, len(attempts.dialers))
            key = attempts.campaigns[campaign], attempts.dialers[dialer]
            seen = self._counts.get(key, 0)
            if seen >= _MOST_CALLS:
                continue
            rows = np.flatnonzero(pairs == pair)[: _MOST_CALLS - seen]
            part = attempts.where(rows)
            times = (part.launched, part.ended, part.connected, part.released)
            self._parts.setdefault(key, []).append(np.stack(times))
            self._counts[key] = seen + len(rows)

    def seconds(self) -> dict[str, float]:
        """The mean gap of each campaign, where it is more than noise."""
        found: dict[str, list[Floats]] = {}
        for (campaign, _), parts in self._parts.items():
            found.setdefault(campaign, []).append(_gaps(*np.concatenate(parts, axis=1)))
        means = {name: np.concatenate(gaps) for name, gaps in found.items()}
        return {
            name: float(gaps.mean())
            for name, gaps in means.items()
            if len(gaps) >= 100
            and float(np.median(gaps)) >= _LEAST_GAP
            and float(gaps.mean()) <= _LONGEST_MEAN
        }


def _gaps(launched: Floats, ended: Floats, connected: Floats, released: Floats) -> Floats:
    """Gaps of one dialer, session by session: from day to day it may have other lines."""
    order = np.argsort(launched, kind="stable")
    columns = np.stack([launched, ended, connected, released])[:, order]
    latest = np.maximum.accumulate(np.fmax(columns[0], columns[1]))
    breaks = np.flatnonzero(columns[0, 1:] > latest[:-1] + _BREAK) + 1
    return np.concatenate([_session(*part) for part in np.split(columns, breaks, axis=1)])


def _session(launched: Floats, ended: Floats, connected: Floats, released: Floats) -> Floats:
    """Gaps while an agent line was free: the j-th line that is freed dials next.

    With N lines, launch number N + j follows the j-th end, whoever's line it is.
    """
    known = np.isfinite(ended)
    # A log that tells no wrap-up shows agents busy as long as they talk.
    released = np.where(np.isnan(released), ended, released)
    launched, ended = np.sort(launched[known]), np.sort(ended[known])
    if len(ended) < 2:
        return np.zeros(0)
    lines = most_at_once(launched, ended)
    count = len(launched) - lines
    if count <= 0:
        return np.zeros(0)
    starts, ends = ended[:count], launched[lines:]
    gaps = ends - starts
    kept = (gaps >= 0) & (gaps <= _LONGEST_GAP)
    busy = all_busy_spans(connected, released)
    if len(busy):
        # Lines freed while all agents are busy wait for an agent, not for the dialer.
        place = np.searchsorted(busy[:, 1], starts, side="right")
        place = np.minimum(place, len(busy) - 1)
        kept &= ~((busy[place, 0] <= ends) & (busy[place, 1] >= starts))
    return np.asarray(gaps[kept], dtype=np.float64)
