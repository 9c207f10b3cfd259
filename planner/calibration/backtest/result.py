"""What a backtest finds."""

from __future__ import annotations

from dataclasses import dataclass

from planner.calibration.backtest.scores import Band

#: A band that needs more is not mended by variation between days.
_MOST_WIDENING = 2.0


@dataclass(frozen=True)
class Forecast:
    """One figure of a campaign on a dialer on a day: what was seen, and what was predicted.

    ``band`` is that of the model as it stands, ``corrected`` moved by how far it was off on the
    days before, ``widened`` by as much as would have held then (None for too few days). Infinity
    stands for never. ``level`` is the share of the model's days below what was seen.
    """

    day: str
    campaign_id: str
    dialer_id: str
    figure: str
    observed: float
    band: Band
    corrected: Band
    widened: Band | None
    level: float
    scores: tuple[float, float, float]  # CRPS: corrected, same as yesterday, same as the mean
    interval_score: float


@dataclass(frozen=True)
class FigureScore:
    """How well one figure was predicted, over all days, campaigns and dialers."""

    figure: str
    forecasts: int
    coverage: float
    coverage_low: float
    coverage_high: float
    widened_coverage: float | None  # of bands corrected and widened; None for too few
    widening: float | None  # of the corrected bands, for 90 % of all forecasts to hold
    fails: bool  # whether the corrected bands hold less often than chance allows
    bias: float | None  # mean of predicted less observed, relative to the mean observed
    crps: float
    crps_yesterday: float
    crps_mean: float
    interval_score: float


@dataclass(frozen=True)
class HourScore:
    """How often the 90 % band of an hour of the day held."""

    hour: int
    figure: str
    forecasts: int
    coverage: float


@dataclass(frozen=True)
class Backtest:
    """Forecasts of all days that have enough days before them, and their scores."""

    forecasts: tuple[Forecast, ...]
    scores: tuple[FigureScore, ...]
    hours: tuple[HourScore, ...]
    levels: dict[str, tuple[float, ...]]  # by figure, share of observations below each tenth
    days: int
    notes: tuple[str, ...] = ()

    @property
    def day_widening(self) -> float:
        """By how much day-to-day variation must be widened for bands to hold; at least 1.

        Only figures count whose bands fail beyond chance: the middle one of their factors.
        """
        failing = sorted(
            score.widening
            for score in self.scores
            if score.widening is not None and score.figure != "seconds_to_all_busy" and score.fails
        )
        return min(max(failing[len(failing) // 2], 1.0), _MOST_WIDENING) if failing else 1.0
