"""Figures in words: what is printed must be true as printed."""

from __future__ import annotations

import pytest

from planner.contracts.result import PlanOptions, PlanStatus, Status
from planner.report.words import (
    amount,
    close_share,
    duration,
    expected_pauses,
    expected_status,
    quality,
    share,
)
from tests.support.results import figures, plan_result


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 %"),
        (1e-9, "under 0.01 %"),
        (0.0005, "0.05 %"),
        (0.00703, "0.70 %"),
        (0.021137, "2.1 %"),
        (0.399945, "40 %"),
        (0.99, "99 %"),
        (0.9962, "99.6 %"),
        (0.999, "99.9 %"),
        (0.9991, "over 99.9 %"),
        (0.999999, "over 99.9 %"),
        (1, "100 %"),
    ],
)
def test_a_share_has_about_two_digits(value: float, text: str) -> None:
    assert share(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.0312, "0.031"), (79.260393, "79.3"), (10050.3, "10,050"), (-2.5, "-2.5")],
)
def test_an_amount_keeps_the_digits_that_matter(value: float, text: str) -> None:
    assert amount(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (4.5, "4.5 s"),
        (36.0, "36 s"),
        (190.271372, "3.2 min"),
        (3 * 3600, "3.0 h"),
        (5 * 86_400, "5 days"),
        (7e10, "over a year"),
    ],
)
def test_a_duration_is_told_in_the_unit_that_fits(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_pauses_are_told_with_share_number_and_length() -> None:
    expected = "paused 40 % of the time, about 40 pauses an hour of 36 s"
    assert expected_pauses(figures()) == expected


def test_rare_pauses_are_told_by_the_time_between_them() -> None:
    # 0.1 pauses an hour are one in 10 hours.
    rare = figures(all_busy_share=0.0005, pauses_per_hour=0.1, mean_pause_seconds=18.0)
    assert expected_pauses(rare) == "paused 0.05 % of the time, about one pause of 18 s in 10 h"


def test_pauses_that_nobody_lives_to_see_are_no_pauses() -> None:
    never = figures(all_busy_share=1e-12, pauses_per_hour=1e-9, mean_pause_seconds=18.0)
    assert expected_pauses(never) == "practically never pauses"


def test_a_campaign_without_agents_never_pauses() -> None:
    broadcast = figures(
        agent_lines=0, all_busy_share=None, pauses_per_hour=None, mean_pause_seconds=None
    )
    assert expected_pauses(broadcast) == "dials without pauses"


def test_a_status_other_than_dialing_comes_first_with_its_reason() -> None:
    closed = figures(status=Status.SCHEDULED, reason="It opens Mon 09:00.")
    words = expected_status(closed)
    assert words.startswith("Scheduled. It opens Mon 09:00. When running: paused 40 %")


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (0.0, "proven the best possible"),
        (1e-9, "proven within 0.01 % of the best possible"),
        (0.0005, "proven within 0.05 % of the best possible"),
        (0.000501, "proven within 0.06 % of the best possible"),  # 0.05 % would be untrue
    ],
)
def test_a_proof_is_rounded_so_that_it_still_holds(gap: float, text: str) -> None:
    assert quality(plan_result(gap=gap)) == text


def test_a_plan_short_of_the_gap_asked_for_says_so() -> None:
    result = plan_result(status=PlanStatus.FEASIBLE, gap=0.0123, options=PlanOptions(gap=0.001))
    expected = "proven within 1.23 % of the best possible, not within the 0.1 % asked for"
    assert quality(result) == expected


def test_a_plan_without_a_bound_claims_nothing() -> None:
    result = plan_result(status=PlanStatus.FEASIBLE, gap=None, bound_per_hour=None)
    assert quality(result) == "how far from the best possible is not known"


def test_shares_that_hardly_differ_keep_two_digits() -> None:
    assert close_share(0.0188) == "1.88 %"
    assert close_share(0.01884) != close_share(0.01896)
