"""How many calls or agents were busy at once, from starts and ends."""

from __future__ import annotations

import numpy as np

from planner.calibration.attempts import Floats


def level_changes(starts: Floats, ends: Floats) -> tuple[Floats, Floats]:
    """Moments at which the number under way changes, ascending, and the number from then on.

    What ends at a moment is gone before what starts then.
    """
    known = np.isfinite(starts) & np.isfinite(ends)
    times = np.concatenate([ends[known], starts[known]])
    steps = np.concatenate([-np.ones(known.sum()), np.ones(known.sum())])
    order = np.argsort(times, kind="stable")
    times, levels = times[order], np.cumsum(steps[order])
    last = np.append(np.diff(times) > 0, True) if len(times) else np.zeros(0, bool)
    return times[last], levels[last]


def most_at_once(starts: Floats, ends: Floats) -> int:
    """The most under way at once; 0 without any."""
    _, levels = level_changes(starts, ends)
    return int(levels.max(initial=0.0))


def all_busy_spans(connected: Floats, released: Floats, agents: int | None = None) -> Floats:
    """Spans [start, end] in which as many agent lines are busy as there are, or ever were."""
    times, levels = level_changes(connected, released)
    top = most_at_once(connected, released) if agents is None else agents
    full = levels >= max(top, 1)
    if not full.any():
        return np.zeros((0, 2))
    starts = full & ~np.append(False, full[:-1])
    ends = ~full & np.append(False, full[:-1])
    begun, ended = times[starts], times[ends]
    return np.stack([begun, np.append(ended, times[-1])[: len(begun)]], axis=1)
