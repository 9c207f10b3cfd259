"""Figures of a campaign: what is known, what is not and why, and published call lengths."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.calibration.attempts import Attempts
from planner.calibration.estimates.estimate import estimate
from planner.calibration.result import REQUEST_RATE, Estimate, Estimates
from planner.calibration.tallies import Tallies

DAY = 86_400.0
#: 2026-11-02 09:00:00 UTC, a Monday.
NINE = 1793610000.0
#: Counts of call lengths by second, of the Bank Marketing data set (UCI Machine Learning
#: Repository; S. Moro, P. Cortez, P. Rita, Decision Support Systems 62, 2014; CC BY 4.0).
LENGTHS = Path(__file__).parents[1] / "data" / "bank_call_lengths.csv"


def log(
    days: np.ndarray,
    *,
    answered: np.ndarray,
    human: np.ndarray,
    asked: np.ndarray,
    talk: np.ndarray | None = None,
    tries: np.ndarray | None = None,
) -> Attempts:
    count = len(days)
    launched = NINE + DAY * days + np.arange(count) % 3600
    zeros = np.zeros(count, np.int64)
    requested = np.where(asked, launched + 10, np.nan)
    talk = np.full(count, 100.0) if talk is None else talk
    return Attempts(
        campaigns=["Solar"],
        dialers=["D1"],
        campaign=zeros,
        dialer=zeros,
        launched=launched,
        ended=np.where(asked, launched + 10 + talk, launched + 20),
        requested=requested,
        connected=requested,
        released=np.full(count, np.nan),
        answered=answered.astype(np.int8),
        human=human.astype(np.int8),
        outcome=zeros.astype(np.int8),
        attempt_pass=zeros if tries is None else tries,
    )


def estimated(attempts: Attempts) -> Estimates:
    tallies = Tallies()
    tallies.add(attempts)
    return estimate(tallies)


def found(estimates: Estimates, figure: str) -> Estimate:
    item = estimates.of("Solar", figure)
    assert item is not None
    return item


def test_the_rates_of_a_log_of_like_days() -> None:
    """Of 1,000 attempts on each of four days 300 are answered, 100 by humans, 20 ask."""
    place = np.tile(np.arange(1000), 4)
    estimates = estimated(
        log(
            np.repeat(np.arange(4.0), 1000),
            answered=place < 300,
            human=place < 100,
            asked=place < 20,
        )
    )
    assert found(estimates, "answer_rate").value == pytest.approx(0.1)
    assert found(estimates, "transfer_rate").value == pytest.approx(0.2)
    assert found(estimates, REQUEST_RATE).value == pytest.approx(0.02)
    # 20 ask after 10 s, 980 end after 20 s.
    assert found(estimates, "attempt_seconds").value == pytest.approx(19.8)
    assert found(estimates, "answer_rate").days == 4
    assert found(estimates, "answer_rate").attempts == 4000


def test_where_machines_are_not_told_apart_only_the_product_is_known() -> None:
    place = np.tile(np.arange(1000), 4)
    attempts = log(
        np.repeat(np.arange(4.0), 1000),
        answered=place < 300,
        human=np.where(place < 300, -1, 0),
        asked=place < 20,
    )
    estimates = estimated(attempts)
    for figure in ("answer_rate", "transfer_rate"):
        assert found(estimates, figure).value is None
        assert "only the product" in found(estimates, figure).note
    assert found(estimates, REQUEST_RATE).value == pytest.approx(0.02)


def test_one_day_is_said_to_be_too_narrow_and_tells_nothing_of_days() -> None:
    place = np.arange(1000)
    estimates = estimated(
        log(np.zeros(1000), answered=place < 300, human=place < 100, asked=place < 20)
    )
    assert "too narrow" in found(estimates, "answer_rate").note
    assert found(estimates, "answer_rate").trust == "one day only"
    assert found(estimates, "answer_rate_day_cv").value is None


def test_answer_rates_by_pass_where_the_log_knows_passes() -> None:
    place = np.tile(np.arange(1000), 4)
    tries = np.where(place < 500, 1, 2)
    human = (place < 100) | ((place >= 500) & (place < 540))
    estimates = estimated(
        log(
            np.repeat(np.arange(4.0), 1000),
            answered=human,
            human=human,
            asked=place < 20,
            tries=tries,
        )
    )
    assert found(estimates, "answer_rate_pass_1").value == pytest.approx(0.2)
    assert found(estimates, "answer_rate_pass_2").value == pytest.approx(0.08)
    assert estimates.of("Solar", "answer_rate_pass_3") is None


def test_published_lengths_of_real_calls() -> None:
    """Mean 258.2 s, cv 1.0; of successes 537.3 s, cv 0.73 (figures of the data set's authors)."""
    rows = list(csv.DictReader(LENGTHS.open()))
    seconds = np.array([float(row["seconds"]) for row in rows])
    for column, mean, variation in (
        ("calls", 258.2, 257.5 / 258.2),
        ("successes", 537.3, 392.5 / 537.3),
    ):
        talk = np.repeat(seconds, [int(row[column]) for row in rows])
        every = np.ones(len(talk), bool)
        # Drawn over days at random, so that the days are alike.
        days = np.random.default_rng(1).integers(0, 20, len(talk)).astype(float)
        estimates = estimated(log(days, answered=every, human=every, asked=every, talk=talk))
        assert found(estimates, "talk_seconds").value == pytest.approx(mean, abs=0.05)
        assert found(estimates, "talk_cv").value == pytest.approx(variation, abs=0.003)


def test_a_few_calls_of_over_an_hour_are_said_to_rule_the_variation() -> None:
    place = np.tile(np.arange(500), 4)
    every = np.ones(2000, bool)
    talk = np.where(place == 0, 7200.0, 100.0 + place % 10)
    estimates = estimated(
        log(np.repeat(np.arange(4.0), 500), answered=every, human=every, asked=every, talk=talk)
    )
    note = found(estimates, "talk_cv").note
    assert note.startswith("4 calls of over an hour rule it; 0.02")


def test_hours_that_do_not_differ_get_no_figures_and_those_that_do_come_near() -> None:
    rng = np.random.default_rng(3)

    def hourly(rates: np.ndarray) -> Estimates:
        count = 4000
        tallies = Tallies()
        for day in range(8):
            for hour, rate in enumerate(rates):
                human = rng.random(count) < rate
                asked = human & (rng.random(count) < 0.1)
                days = np.full(count, float(day))
                part = log(days, answered=human, human=human, asked=asked)
                tallies.add(replace(part, launched=part.launched + 3600.0 * hour))
        return estimate(tallies)

    alike = [h for h in hourly(np.full(4, 0.1)).hours if h.figure == "answer_rate"]
    assert all(abs(h.value - 0.1) < 0.004 for h in alike)
    rates = np.array([0.05, 0.10, 0.15, 0.20])
    hours = [h for h in hourly(rates).hours if h.figure == "answer_rate"]
    assert [h.from_minute // 60 for h in hours] == [9, 10, 11, 12]
    assert [h.value for h in hours] == pytest.approx(rates, rel=0.06)
    assert all(h.low < rate < h.high for h, rate in zip(hours, rates, strict=True))
