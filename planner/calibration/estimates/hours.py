"""Figures by hour of the day, shrunk to the campaign's own by how much its hours really differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from planner.calibration.attempts import Floats
from planner.calibration.estimates.clusters import between_variance
from planner.calibration.result import Estimate, HourEstimate
from planner.calibration.tallies import SUMS, Cell

#: Sum and size of each figure that may differ by hour.
_FIGURES = {
    "answer_rate": ("humans", "attempts"),
    "transfer_rate": ("requests", "humans"),
    "talk_seconds": ("talk_sum", "talks"),
}
_SUM = {name: place for place, name in enumerate(SUMS)}
_FEWEST_DAYS, _FEWEST_HOURS = 3, 3
_HOUR_MINUTES = 60
_UPPER = 0.975


class _Hours(NamedTuple):
    """Sums of a figure by day and hour, [day, hour]."""

    hours: list[int]
    sums: Floats
    sizes: Floats
    squares: Floats
    attempts: Floats  # [hour]


def hour_figures(
    campaign_id: str, cells: Sequence[Cell], sums: Floats, figures: Sequence[Estimate]
) -> Iterator[HourEstimate]:
    """Estimate each figure in each hour, where the log shows that hours differ.

    Parameters
    ----------
    campaign_id : the campaign
    cells, sums : of all campaigns
    figures : its estimates over all hours; only figures that are known there come by hour

    Notes
    -----
    An hour's factor is what it brought by what it would bring at the rates of its days, so that
    differences between days are no differences between hours. Factors are normal around 1 with a
    variance by moments (empirical Bayes); the interval is that of the posterior.
    """
    known = {item.figure: item for item in figures if item.value}
    rows = [place for place, cell in enumerate(cells) if cell.campaign == campaign_id]
    weekdays = tuple(sorted({(cells[row].day + 3) % 7 for row in rows}))
    for figure in _FIGURES:
        if figure not in known:
            continue
        found = _hours(figure, [cells[row] for row in rows], sums[rows])
        if len(found.hours) < _FEWEST_HOURS or len(found.sums) < _FEWEST_DAYS:
            continue
        for place, value, low, high in _shrunk(known[figure], found):
            yield HourEstimate(
                campaign_id,
                weekdays,
                found.hours[place] * _HOUR_MINUTES,
                (found.hours[place] + 1) * _HOUR_MINUTES,
                figure,
                value,
                low,
                high,
                round(found.attempts[place]),
            )


def _hours(figure: str, cells: Sequence[Cell], sums: Floats) -> _Hours:
    total, size = (_SUM[name] for name in _FIGURES[figure])
    squares = _SUM["talk_squares"] if figure == "talk_seconds" else total
    days, day = np.unique([cell.day for cell in cells], return_inverse=True)
    hours, hour = np.unique([cell.hour for cell in cells], return_inverse=True)
    grids = np.zeros((4, len(days), len(hours)))
    for grid, column in zip(grids, (total, size, squares, _SUM["attempts"]), strict=True):
        np.add.at(grid, (day, hour), sums[:, column])
    busy = grids[1].sum(axis=0) > 0
    kept = grids[1].sum(axis=1) > 0
    grids = grids[:, kept][:, :, busy]
    listed = [int(hour) for hour in hours[busy]]
    return _Hours(listed, grids[0], grids[1], grids[2], grids[3].sum(axis=0))


def _shrunk(overall: Estimate, found: _Hours) -> Iterator[tuple[int, float, float, float]]:
    """Place, value and ends of each hour; none where hours do not differ."""
    assert overall.value is not None
    value, share = overall.value, overall.figure.endswith("_rate")
    daily = found.sums.sum(axis=1) / found.sizes.sum(axis=1)
    expected = found.sizes * daily[:, None]
    if (expected.sum(axis=0) <= 0).any():
        return
    factors = found.sums.sum(axis=0) / expected.sum(axis=0)
    variances = _variances(found, expected, factors, value, share)
    spread = between_variance(factors, variances)
    if spread <= 0:
        return
    weights = spread / (spread + variances)
    posterior = 1.0 + weights * (factors - 1.0)
    reach = stats.norm.ppf(_UPPER) * np.sqrt(spread * variances / (spread + variances))
    top = 1.0 if share else np.inf
    for place in range(len(found.hours)):
        ends = (posterior[place] + sign * reach[place] for sign in (-1, 1))
        low, high = (float(np.clip(value * end, 0.0, top)) for end in ends)
        yield place, float(min(value * posterior[place], top)), low, high


def _variances(
    found: _Hours, expected: Floats, factors: Floats, value: float, share: bool
) -> Floats:
    """Of the factors: by days as clusters, and no less than counting makes them vary."""
    residuals = ((found.sums - factors * expected) ** 2).sum(axis=0)
    days = np.maximum((expected > 0).sum(axis=0), 2)
    clustered = residuals * days / (days - 1) / expected.sum(axis=0) ** 2
    if share:
        one = value * (1 - value)
    else:
        mean = found.sums.sum() / found.sizes.sum()
        one = max(float(found.squares.sum() / found.sizes.sum() - mean**2), 1e-12)
    counted: Floats = one * found.sizes.sum(axis=0) / expected.sum(axis=0) ** 2
    variances: Floats = np.maximum(clustered, np.maximum(counted, 1e-12))
    return variances
