"""A backtest as text, JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from planner.calibration.backtest.result import Backtest, FigureScore
from planner.calibration.backtest.scores import BAND
from planner.contracts.values.told import share_change
from planner.report.documents import to_json
from planner.report.text_layout import NOTHING, bullets, section, table
from planner.report.words import amount, share
from planner.tables.writing import write_csv, write_text

COLUMNS = (
    *("day", "campaign_id", "dialer_id", "figure", "observed", "predicted", "low", "high"),
    *("corrected", "corrected_low", "corrected_high"),
)
TITLES = {
    "attempts": "attempts",
    "requests": "transfer requests",
    "transfers": "transfers",
    "abandoned": "abandoned calls",
    "all_busy_share": "share of time paused",
    "seconds_to_all_busy": "time to the first pause",
}


def backtest_text(tested: Backtest) -> str:
    """How often the bands held, how far off forecasts were, and whether others did better."""
    lines = section(
        f"Backtest: {tested.days} days, each predicted from those before it; 90 % bands",
        [*_scores(tested), *bullets(_words(tested))],
    )
    return "\n".join(lines) + "\n"


def backtest_document(tested: Backtest) -> dict[str, Any]:
    """The scores as plain data."""
    return {
        "days": tested.days,
        "band": BAND,
        "day_widening": tested.day_widening,
        "figures": [
            {
                "figure": s.figure,
                "forecasts": s.forecasts,
                "coverage": s.coverage,
                "coverage_low": s.coverage_low,
                "coverage_high": s.coverage_high,
                "widening": _number(s.widening),
                "widened_coverage": s.widened_coverage,
                "fails": s.fails,
                "bias": s.bias,
                "crps": _number(s.crps),
                "crps_yesterday": _number(s.crps_yesterday),
                "crps_mean": _number(s.crps_mean),
                "interval_score": _number(s.interval_score),
                "calibration": list(tested.levels[s.figure]),
            }
            for s in tested.scores
        ],
        "hours": [
            {
                "hour": h.hour,
                "figure": h.figure,
                "forecasts": h.forecasts,
                "coverage": h.coverage,
            }
            for h in tested.hours
        ],
    }


def write_backtest_files(out: Path, tested: Backtest) -> None:
    """Write every forecast, and the scores.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    rows = [
        (
            *(item.day, item.campaign_id, item.dialer_id, item.figure),
            *(_number(v) for v in (item.observed, *item.band, *(item.widened or item.corrected))),
        )
        for item in tested.forecasts
    ]
    write_csv(out / "backtest.csv", COLUMNS, rows)
    write_text(out / "backtest.json", to_json(backtest_document(tested)))


def _number(value: float | None) -> float | None:
    """A number as files hold it: never and unknown are blank."""
    return None if value is None or not np.isfinite(value) else float(value)


def _scores(tested: Backtest) -> list[str]:
    rows = []
    for item in tested.scores:
        interval = f"{share(item.coverage_low)} to {share(item.coverage_high)}"
        bias = NOTHING if item.bias is None else share_change(item.bias)
        ours, yesterday, mean = (
            amount(v) if np.isfinite(v) else NOTHING
            for v in (item.crps, item.crps_yesterday, item.crps_mean)
        )
        held = f"{share(item.coverage)} of {item.forecasts}"
        rows.append([TITLES[item.figure], held, interval, bias, ours, yesterday, mean])
    columns = ("Figure", ">Held", ">Interval", ">Bias", ">Error", ">As yesterday", ">As the mean")
    return table(columns, rows)


def _words(tested: Backtest) -> Iterator[str]:
    yield (
        "Held, interval and bias are those of the model as it stands. Error is the CRPS, in the "
        "unit of the figure, once forecasts are corrected by how far they were off on the days "
        "before: less is better."
    )
    for item in tested.scores:
        yield from _verdict(item)
    if tested.day_widening > 1:
        yield (
            f"Day-to-day variation has to be {tested.day_widening:.2f} times as large for bands to "
            "hold; the figures for the folder have it."
        )
    yield from tested.notes


def _verdict(item: FigureScore) -> Iterator[str]:
    title = TITLES[item.figure]
    if item.coverage_high < BAND:
        by = (
            ""
            if item.widening is None or not item.fails
            else (f"; corrected and {item.widening:.2f} times as wide they would")
        )
        yield f"{title}: bands hold less often than promised{by}."
    if item.coverage_low > BAND:
        yield f"{title}: bands are wider than they need to be."
    best = min(item.crps_yesterday, item.crps_mean)
    if np.isfinite(best) and best < item.crps:
        which = "as yesterday" if item.crps_yesterday < item.crps_mean else "as the mean"
        yield f"{title}: '{which}' was the better forecast."
