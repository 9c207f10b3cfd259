"""Predicts each day of a log from the days before it, with the lines that were in service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from planner.calibration.attempts import Floats
from planner.calibration.backtest.collect import DayCollector, PairDay
from planner.calibration.backtest.correction import Errors
from planner.calibration.backtest.observed import FIGURES, ObservedDay, observe
from planner.calibration.backtest.predict import Predicted, draw_days, predict
from planner.calibration.backtest.result import Backtest, FigureScore, Forecast, HourScore
from planner.calibration.backtest.scores import (
    BAND,
    band_of,
    crps,
    distance,
    holds,
    interval_score,
    share_interval,
    widened,
    widening,
)
from planner.calibration.clock import date_of, hour_of, local_seconds
from planner.calibration.estimates.campaign_days import campaign_days
from planner.calibration.estimates.figures import campaign_figures
from planner.calibration.estimates.hours import hour_figures
from planner.calibration.result import Estimate, HourEstimate
from planner.calibration.tallies import SUMS, Cell
from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Problem

#: Days that a forecast needs before it.
FEWEST_BEFORE = 3
#: Days that might have come, drawn for each forecast; fewer where days are long.
_MOST_DRAWS, _FEWEST_DRAWS, _MOST_ATTEMPTS = 100, 40, 4e6
#: Distances from which a band is widened.
_FEWEST_DISTANCES = 20
_SUM = {name: place for place, name in enumerate(SUMS)}


class _Known(NamedTuple):
    """What the days before tell of a campaign."""

    figures: dict[str, Estimate]
    hours: list[HourEstimate]
    patience: float


@dataclass
class _Past:
    """What was seen and how far forecasts were off, day by day."""

    seen: dict[tuple[str, str, str], list[float]]
    distances: dict[str, list[float]]
    hours: dict[tuple[int, str], list[bool]]
    errors: Errors


def backtest(
    days: DayCollector,
    *,
    seed: int = 0,
    on_progress: Callable[[float, str], None] = lambda *_: None,
) -> Backtest:
    """Predict each day from those before it, and compare.

    Parameters
    ----------
    days : all calls
    seed : of the days that might have come
    on_progress : told the share of the work done, and the day it is at

    Raises
    ------
    InputError
        If no campaign has enough days.
    """
    calls = days.calls()
    assigned = _assigned(days.problem)
    seen = {
        key: found
        for key, own in calls.items()
        if (found := observe(own, assigned.get((key.campaign, key.dialer), 0))) is not None
    }
    cells, sums = days.tallies.cells()
    past = _Past({}, {figure: [] for figure in FIGURES}, {}, Errors())
    forecasts: list[Forecast] = []
    by_day = sorted({(key.day, key.campaign) for key in seen})
    for place, (day, campaign) in enumerate(by_day):
        on_progress(place / len(by_day), date_of(day).isoformat())
        keys = [key for key in seen if (key.day, key.campaign) == (day, campaign)]
        known = _known(campaign, day, cells, sums)
        made: list[Forecast] = []
        if known is not None:
            zone = days.zones.get(campaign, days.zone)
            opened = min(seen[key].opened for key in keys)
            hour = int(hour_of(local_seconds(np.array([opened]), zone))[0])
            today = [seen[key] for key in keys]
            predicted = _predicted(known, today, hour, seed + place)
            if predicted is not None:
                made = _compared(keys, today, predicted, past)
                _note_hours(today, predicted, hour, past)
        forecasts += made
        for key in keys:
            for figure, value in seen[key].figures.items():
                past.seen.setdefault((campaign, key.dialer, figure), []).append(value)
        # Distances of a day count from the next on: no day widens its own band.
        last = by_day[place + 1][0] if place + 1 < len(by_day) else None
        if last != day:
            for item in (f for f in forecasts if f.day == date_of(day).isoformat()):
                past.distances[item.figure].append(distance(item.corrected, item.observed))
    if not forecasts:
        wanted = f"at least {FEWEST_BEFORE + 1} days of calls with their times, answers and talks"
        raise InputError([Fault("--backtest", None, None, None, wanted)])
    return _summed(forecasts, past)


def _assigned(problem: Problem | None) -> dict[tuple[str, str], int]:
    """Agent lines of the current lines."""
    assignments = problem.assignments if problem is not None else ()
    return {(a.campaign_id, a.dialer_id): a.agent_lines for a in assignments}


def _known(campaign: str, day: int, cells: Sequence[Cell], sums: Floats) -> _Known | None:
    rows = [p for p, cell in enumerate(cells) if cell.campaign == campaign and cell.day < day]
    before = [cells[row] for row in rows]
    if len({cell.day for cell in before}) < FEWEST_BEFORE:
        return None
    (found,) = campaign_days(before, sums[rows])
    figures = list(campaign_figures(found, {}))
    lost = found.total("requests") - found.total("transfers")
    waited = found.total("wait_sum")
    return _Known(
        {item.figure: item for item in figures},
        list(hour_figures(campaign, before, sums[rows], figures)),
        waited / lost if waited > 0 and lost > 0 else 0.0,
    )


def _predicted(
    known: _Known, days: Sequence[ObservedDay], first_hour: int, seed: int
) -> Predicted | None:
    attempts = sum(day.figures["attempts"] for day in days)
    draws = int(np.clip(_MOST_ATTEMPTS / max(attempts, 1.0), _FEWEST_DRAWS, _MOST_DRAWS))
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    drawn = draw_days(known.figures, known.patience, draws, rng)
    if drawn is None:
        return None
    values = {n: e.value for n, e in known.figures.items() if e.value is not None}
    return predict(drawn, days, known.hours, values, first_hour, seed)


def _compared(
    keys: Sequence[PairDay], days: Sequence[ObservedDay], found: Predicted, past: _Past
) -> list[Forecast]:
    made = []
    for pair, (key, day) in enumerate(zip(keys, days, strict=True)):
        for figure in FIGURES:
            sample = found.figures[figure][:, pair]
            if figure == "seconds_to_all_busy":
                sample = np.where(sample >= day.seconds, np.inf, sample)
            made.append(_forecast(key, day, figure, sample, past))
            past.errors.note(
                key.campaign, figure, key.day, made[-1].band.middle, day.figures[figure]
            )
    return made


def _forecast(key: PairDay, day: ObservedDay, figure: str, sample: Floats, past: _Past) -> Forecast:
    observed = day.figures[figure]
    before = np.array(past.seen.get((key.campaign, key.dialer, figure), []))
    moved = past.errors.corrected(key.campaign, figure, key.day, sample)
    corrected = band_of(moved)
    wider = None
    if len(past.distances[figure]) >= _FEWEST_DISTANCES:
        top = 1.0 if figure == "all_busy_share" else np.inf
        wider = widened(corrected, widening(np.array(past.distances[figure])), top)
    # What never came on the day counts as its end in scores.
    limit = day.seconds if figure == "seconds_to_all_busy" else np.inf
    own, old = np.minimum(moved, limit), np.minimum(before, limit)
    now = min(observed, limit)
    mean_score = crps(old, now) if len(old) else np.nan
    return Forecast(
        date_of(key.day).isoformat(),
        key.campaign,
        key.dialer,
        figure,
        observed,
        band_of(sample),
        corrected,
        wider,
        float(np.mean(sample < observed) + np.mean(sample == observed) / 2),
        (crps(own, now), _yesterday_score(old, now), mean_score),
        interval_score(band_of(own), now),
    )


def _yesterday_score(before: Floats, observed: float) -> float:
    """CRPS of: as yesterday, give or take what days differed from the day before them."""
    if len(before) < 2:
        return np.nan
    steps = np.diff(before)
    sample = np.maximum(before[-1] + np.concatenate([steps, -steps, [0.0]]), 0.0)
    return crps(sample, observed)


def _note_hours(
    days: Sequence[ObservedDay], found: Predicted, first_hour: int, past: _Past
) -> None:
    for pair, day in enumerate(days):
        for hour in range(len(day.busy_by_hour)):
            for figure, seen, sample in (
                ("all_busy_share", day.busy_by_hour[hour], found.busy_by_hour[:, hour, pair]),
                ("attempts", day.attempts_by_hour[hour], found.attempts_by_hour[:, hour, pair]),
            ):
                key = (first_hour + hour) % 24, figure
                past.hours.setdefault(key, []).append(holds(band_of(sample), seen))


def _summed(forecasts: list[Forecast], past: _Past) -> Backtest:
    scores = tuple(
        _score(figure, [f for f in forecasts if f.figure == figure]) for figure in FIGURES
    )
    tenths = np.arange(0.1, 1.0, 0.1)
    levels = {
        figure: tuple(
            float(np.mean([f.level <= tenth for f in forecasts if f.figure == figure]))
            for tenth in tenths
        )
        for figure in FIGURES
    }
    hours = tuple(
        HourScore(hour, figure, len(held), float(np.mean(held)))
        for (hour, figure), held in sorted(past.hours.items())
    )
    days = len({f.day for f in forecasts})
    return Backtest(tuple(forecasts), scores, hours, levels, days)


def _score(figure: str, forecasts: Sequence[Forecast]) -> FigureScore:
    held = [holds(f.band, f.observed) for f in forecasts]
    low, high = share_interval(sum(held), len(held))
    wider = [holds(f.widened, f.observed) for f in forecasts if f.widened is not None]
    distances = np.array([distance(f.corrected, f.observed) for f in forecasts])
    factor = widening(distances)
    fits = sum(holds(f.corrected, f.observed) for f in forecasts)
    seen = np.array([f.observed for f in forecasts])
    middle = np.array([f.band.middle for f in forecasts])
    finite = np.isfinite(seen) & np.isfinite(middle)
    total = float(np.abs(seen[finite]).sum())
    ours, yesterday, mean = np.array([f.scores for f in forecasts]).T
    compared = np.isfinite(yesterday) & np.isfinite(mean)
    means = [
        float(s[compared].mean()) if compared.any() else np.nan for s in (ours, yesterday, mean)
    ]
    return FigureScore(
        figure,
        len(forecasts),
        float(np.mean(held)),
        low,
        high,
        float(np.mean(wider)) if len(wider) >= _FEWEST_DISTANCES else None,
        factor if np.isfinite(factor) else None,
        share_interval(fits, len(forecasts))[1] < BAND,
        float((middle[finite] - seen[finite]).sum() / total) if total > 0 else None,
        means[0],
        means[1],
        means[2],
        float(np.mean([f.interval_score for f in forecasts])),
    )
