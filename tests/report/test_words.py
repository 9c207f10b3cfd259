"""Figures in words: what is printed must be true as printed."""

from __future__ import annotations

import pytest

from planner.contracts.result import PlanOptions, PlanStatus, Status
from planner.report.words import (
    duration,
    expected_pauses,
    expected_status,
    quality,
)
from tests.support.results import figures, plan_result


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
    expected = "proven within 1.3 % of the best possible, not within the 0.1 % asked for"
    assert quality(result) == expected


def test_a_plan_without_a_bound_claims_nothing() -> None:
    result = plan_result(status=PlanStatus.FEASIBLE, gap=None, bound_per_hour=None)
    assert quality(result) == "how far from the best possible is not known"
