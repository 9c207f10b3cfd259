"""Figures as people read them: one rounding for each kind, true as printed."""

from __future__ import annotations

import pytest

from planner.contracts.values.told import (
    amount,
    amount_beside,
    share,
    share_at_most,
    share_beside,
    share_change,
    share_set,
)


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
    ("value", "text"),
    [
        (0, "0 %"),
        (1e-15, "0 %"),
        (1e-7, "0.01 %"),
        (0.0005, "0.05 %"),
        (0.000501, "0.06 %"),
        (0.00991, "1.0 %"),
        (0.0121, "1.3 %"),
        (0.0346, "3.5 %"),
        (0.101, "11 %"),
        (0.9991, "100 %"),
        (1.5, "150 %"),
    ],
)
def test_a_claim_is_rounded_up(value: float, text: str) -> None:
    assert share_at_most(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.03, "3 %"), (0.025, "2.5 %"), (1, "100 %"), (0.1 + 0.2, "30 %")]
)
def test_what_somebody_set_keeps_its_own_digits(value: float, text: str) -> None:
    assert share_set(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.124, "-12 %"),
        (0.0346, "+3.5 %"),
        (0.0006, "+0.06 %"),
        (0.0004, "0 %"),
        (-0.9999, "-99.9 %"),
        (-1, "-100 %"),
        (2.5, "+250 %"),
    ],
)
def test_a_change_is_rounded_as_a_share_and_signed(value: float, text: str) -> None:
    assert share_change(value) == text


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        (0.0346, 0.03, "3.5 %"),
        (0.0304, 0.03, "3.04 %"),
        (0.0300004, 0.03, "3.00004 %"),
        (0.796, 0.8, "79.6 %"),
        (0.03, 0.03, "3.0 %"),
    ],
)
def test_a_share_is_told_from_its_limit(value: float, limit: float, text: str) -> None:
    assert share_beside(value, limit) == text


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [(158.5, 160, "158.5"), (999.8, 1000, "999.8"), (3.04, 3, "3.04"), (0.31, 0.3, "0.31")],
)
def test_an_amount_is_told_from_its_limit(value: float, limit: float, text: str) -> None:
    assert amount_beside(value, limit) == text
