"""Bands of the days: figures between the 5 and the 95 % day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from planner.contracts.problem import Dialer, LineAssignment, Problem
from planner.contracts.projected import Projection
from planner.pipeline.pipeline import project
from planner.traffic.exact.engset import all_busy_share
from planner.traffic.exact.passage import mean_seconds_to_all_busy
from tests.support.builders import solar

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def run(*lines: tuple[int, int], engine: str = "auto", **campaign: Any) -> Projection:
    calendar = {"start": "2026-01-01", "schedule": "Mon-Sun 00:00-24:00"}
    given = Problem(
        dialers=tuple(Dialer(dialer_id=f"D{d}", ports=500) for d in range(len(lines))),
        campaigns=(solar(**(calendar | campaign)),),
        assignments=tuple(
            LineAssignment(campaign_id="Solar", dialer_id=f"D{d}", dial_lines=n, agent_lines=a)
            for d, (n, a) in enumerate(lines)
        ),
    )
    return project(given, at=AT, hours=1, engine=engine)


def days(cv: float, count: int = 400_000) -> np.ndarray:
    """Answer rates of independent days, drawn here."""
    return np.minimum(0.1 * np.random.default_rng(5).gamma(1 / cv**2, cv**2, count), 1.0)


def test_the_first_check_case_on_nine_of_ten_days() -> None:
    """Paused 29 to 49 % of the time, 11.9 to 33.0 abandoned calls an hour."""
    (row,) = run((95, 5), answer_rate_day_cv=0.15).assignments
    assert row.all_busy_share == pytest.approx(0.399945, abs=5e-7)  # of the mean day
    assert row.day_low["all_busy_share"] == pytest.approx(0.29, abs=0.01)
    assert row.day_high["all_busy_share"] == pytest.approx(0.49, abs=0.01)
    assert row.day_low["abandons_per_hour"] == pytest.approx(11.9, abs=0.4)
    assert row.day_high["abandons_per_hour"] == pytest.approx(33.0, abs=0.8)


def test_the_share_moves_with_the_answer_rate_alone() -> None:
    (row,) = run((95, 5), answer_rate_day_cv=0.15).assignments
    low, high = np.quantile(days(0.15), [0.05, 0.95])
    for rate, ends in ((low, row.day_low), (high, row.day_high)):
        load = rate * 0.1 / 25 * 180
        assert ends["all_busy_share"] == pytest.approx(all_busy_share(95, 5, load), abs=0.006)
    busy, slow = (
        float(mean_seconds_to_all_busy(95, 5, 0, 25, rate * 0.1, 180)) for rate in (high, low)
    )
    assert row.day_low["seconds_to_all_busy_mean"] == pytest.approx(busy, rel=0.03)
    assert row.day_high["seconds_to_all_busy_mean"] == pytest.approx(slow, rel=0.03)
    assert row.seconds_to_all_busy_p50 is not None
    assert row.day_low["seconds_to_all_busy_p50"] < row.seconds_to_all_busy_p50
    assert row.day_high["p_all_busy_5min"] > 0.854353


def test_all_rates_together_spread_further_than_one_alone() -> None:
    one = run((95, 5), answer_rate_day_cv=0.15).assignments[0]
    every = {"answer_rate_day_cv": 0.15, "transfer_rate_day_cv": 0.15, "talk_day_cv": 0.15}
    both = run((95, 5), **every).assignments[0]
    assert both.day_low["all_busy_share"] < one.day_low["all_busy_share"] - 0.02
    assert both.day_high["all_busy_share"] > one.day_high["all_busy_share"] + 0.02


def test_rates_stay_within_one() -> None:
    (row,) = run((20, 5), answer_rate=0.9, transfer_rate=0.05, answer_rate_day_cv=0.5).assignments
    attempts = row.day_high["attempts_per_hour"]
    assert row.day_high["live_answers_per_hour"] <= attempts * (1 + 1e-9)


def test_dialers_of_a_campaign_have_the_same_day() -> None:
    """Both pause with p(day): all paused p^2 on the 5 and the 95 % day, not less spread."""
    (joint,) = run((95, 5), (95, 5), answer_rate_day_cv=0.15).campaigns_joint
    assert joint.all_paused == pytest.approx(0.399945**2, abs=1e-6)
    low, high = np.quantile(days(0.15), [0.05, 0.95])
    for rate, end in ((low, joint.day_low), (high, joint.day_high)):
        share = all_busy_share(95, 5, rate * 0.1 / 25 * 180)
        assert end["all_paused"] == pytest.approx(share**2, abs=0.006)


def test_a_simulated_figure_moves_as_the_formula_does() -> None:
    (row,) = run((95, 5), attempt_cv=0.5, answer_rate_day_cv=0.15).assignments
    share = row.all_busy_share
    assert share is not None
    assert row.day_low["all_busy_share"] < share - 0.06
    assert row.day_high["all_busy_share"] > share + 0.06
    assert row.low["all_busy_share"] > row.day_low["all_busy_share"]


def test_where_days_do_not_differ_there_is_no_band() -> None:
    (row,) = run((95, 5)).assignments
    assert row.day_low == row.day_high == {}
