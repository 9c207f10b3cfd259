"""Figures of emulated days with their intervals, and what two ways of dialing differ by."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from planner.traffic.arguments import Floats
from planner.traffic.simulation.estimates import student_t
from planner.vicidial.emulation.emulation import Days, column

#: Fewer events than this and their number has no normal distribution.
_FEW = 50
_Z = 1.959964


class Figure(NamedTuple):
    """A figure with the ends of its 95 % interval; days are independent."""

    value: float
    low: float
    high: float


#: Figures per hour, of what is counted.
RATES = {
    "attempts_per_hour": "attempts",
    "live_answers_per_hour": "live_answers",
    "transfers_per_hour": "transfers",
    "abandons_per_hour": "abandons",
    "pauses_per_hour": "pauses",
}
#: Shares: what of what.
SHARES = {
    "all_busy_share": ("all_busy", "running"),
    "abandon_rate": ("abandons", "live_answers"),
    "transfer_loss": ("abandons", "requests"),
}
FIGURES = (*RATES, *SHARES)


def figures(
    days: Days, campaign: int | None = None, server: int | None = None
) -> dict[str, Figure]:
    """Figures of a campaign, of a campaign on a server, or of all together."""

    def count(name: str) -> Floats:
        chosen = column(days, name)
        if server is not None:
            chosen = chosen[:, server : server + 1]
        if campaign is not None:
            chosen = chosen[:, :, campaign : campaign + 1]
        return np.asarray(chosen.sum(axis=(1, 2)))

    found = {name: rate(count(source), days.hours) for name, source in RATES.items()}
    for name, (part, whole) in SHARES.items():
        if count(whole).sum() > 0:
            found[name] = share(count(part), count(whole))
    return found


def rate(counts: Floats, hours: float) -> Figure:
    """Events per hour of days; where they are few, from their number alone as well."""
    mean = float(counts.mean()) / hours
    half = _half_width(counts) / hours
    low, high = mean - half, mean + half
    total = float(counts.sum())
    if total < _FEW:
        exposure = hours * counts.size
        few_low, few_high = _poisson(total)
        low, high = min(low, few_low / exposure), max(high, few_high / exposure)
    return Figure(mean, max(low, 0.0), high)


def share(part: Floats, whole: Floats) -> Figure:
    """A ratio of sums over days, in [0, 1], with the variance of the linearised ratio."""
    value = float(part.sum() / whole.sum())
    half = _half_width((part - value * whole) / whole.mean())
    low, high = value - half, value + half
    if part.sum() < _FEW:
        few_low, few_high = _poisson(float(part.sum()))
        low, high = min(low, few_low / whole.sum()), max(high, few_high / whole.sum())
    return Figure(value, max(low, 0.0), min(high, 1.0))


def difference(before: Floats, after: Floats, hours: float) -> Figure:
    """Events per hour more than before; the days of both are independent."""
    mean = float(after.mean() - before.mean()) / hours
    half = math.hypot(_half_width(before), _half_width(after)) / hours
    return Figure(mean, mean - half, mean + half)


def _half_width(values: Floats) -> float:
    spread = float(values.std(ddof=1)) / math.sqrt(values.size)
    return student_t(values.size - 1) * spread


def _poisson(count: float) -> tuple[float, float]:
    """95 % interval of a Poisson mean from one count (Wilson and Hilferty's approximation)."""
    low = count * (1 - 1 / (9 * count) - _Z / (3 * math.sqrt(count))) ** 3 if count else 0.0
    more = count + 1
    high = more * (1 - 1 / (9 * more) + _Z / (3 * math.sqrt(more))) ** 3
    return max(low, 0.0), high
