"""Times of a week in the hour that the clock shows twice."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from planner.report.studies.week import hours_words

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        # On 2026-11-01 at 06:00 UTC the clock goes from 02:00 EDT back to 01:00 EST.
        ((5, 0), (5, 30), "01:00 (UTC-04:00)-01:30 (UTC-04:00)"),
        ((6, 0), (6, 30), "01:00 (UTC-05:00)-01:30 (UTC-05:00)"),
        ((4, 0), (7, 0), "00:00-02:00"),
        ((14, 0), (22, 0), "09:00-17:00"),
    ],
)
def test_windows_that_look_alike_carry_their_offset(
    start: tuple[int, int], end: tuple[int, int], text: str
) -> None:
    first, last = (datetime(2026, 11, 1, *clock, tzinfo=UTC) for clock in (start, end))
    assert hours_words(first, last, NEW_YORK) == text
