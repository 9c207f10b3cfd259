"""Each day predicted from the days before it, with the lines that were in service."""

from __future__ import annotations

import re

import numpy as np
import pytest

from planner.calibration.backtest.collect import DayCollector
from planner.calibration.backtest.correction import Errors
from planner.calibration.backtest.observed import FIGURES
from planner.calibration.backtest.result import Backtest
from planner.calibration.backtest.run import backtest
from planner.calibration.emulation.days import Shift, Truth, emulate
from planner.contracts.faults import InputError
from planner.report.calls.backtest import backtest_document, backtest_text

TRUTH = Truth(
    dialers=("D1",), dial_lines=30, agent_lines=4, answer_rate=0.2, talk_seconds=120.0,
    answer_rate_day_cv=0.2,
)  # fmt: skip
#: Monday 2026-10-05, 09:00 UTC.
OPENS = 1_791_190_800.0


def forecasts_of(truth: Truth, days: int, hours: float = 1.0, seed: int = 4) -> Backtest:
    collector = DayCollector()
    collector.add(emulate(truth, Shift(OPENS, days, hours), seed))
    return backtest(collector)


@pytest.fixture(scope="module")
def found() -> Backtest:
    return forecasts_of(TRUTH, 24)


def test_each_day_with_three_before_it_is_predicted(found: Backtest) -> None:
    assert found.days == 21
    assert {f.figure for f in found.forecasts} == set(FIGURES)
    assert found.forecasts[0].day == "2026-10-08"
    assert len(found.forecasts) == 21 * len(FIGURES)


def test_bands_of_a_site_like_the_model_hold_as_often_as_promised(found: Backtest) -> None:
    """Of 21 independent days fewer than 16 of 90 % would hold once in a hundred (binomial)."""
    for score in found.scores:
        assert score.coverage >= 16 / 21, score.figure


def test_no_day_serves_its_own_forecast() -> None:
    """Another last day changes nothing of the forecasts before it."""
    longer, shorter = forecasts_of(TRUTH, 7), forecasts_of(TRUTH, 6)
    assert len(shorter.forecasts) == 3 * len(FIGURES)
    assert shorter.forecasts == longer.forecasts[: len(shorter.forecasts)]


def test_lines_that_change_from_day_to_day_are_followed() -> None:
    """With one to four agent lines a forecast that knows them beats any that does not."""
    scores = {s.figure: s for s in forecasts_of(Truth(**{**vars(TRUTH), "away": 3}), 14).scores}
    assert scores["transfers"].crps < min(
        scores["transfers"].crps_yesterday, scores["transfers"].crps_mean
    )


def test_too_few_days_are_refused() -> None:
    with pytest.raises(InputError, match="at least 4 days"):
        forecasts_of(TRUTH, 3)


def test_errors_of_days_before_correct_only_beyond_chance() -> None:
    errors, sample = Errors(), np.array([0.5])
    for day, seen in enumerate((0.38, 0.40, 0.42, 0.39)):
        errors.note("Solar", "all_busy_share", day, 0.5, seen)
    assert errors.corrected("Solar", "all_busy_share", 2, sample) == pytest.approx(0.5)
    # The mean error in logits, four days of six: believed for two thirds.
    logits = [np.log(p / (1 - p)) for p in (0.38, 0.40, 0.42, 0.39)]
    expected = 1 / (1 + np.exp(-np.mean(logits) * 4 / 6))
    assert errors.corrected("Solar", "all_busy_share", 4, sample) == pytest.approx(expected)
    for day, seen in enumerate((400.0, 600.0, 480.0, 530.0)):
        errors.note("Solar", "attempts", day, 500.0, seen)
    assert errors.corrected("Solar", "attempts", 4, np.array([500.0])) == 500


def test_the_report_says_what_held_and_who_was_better(found: Backtest) -> None:
    text = backtest_text(found)
    assert re.search(r"share of time .*\n +paused", text), "wrapped at 80 columns"
    assert "90 % bands" in text
    document = backtest_document(found)
    assert [f["figure"] for f in document["figures"]] == list(FIGURES)
    assert all(len(f["calibration"]) == 9 for f in document["figures"])
