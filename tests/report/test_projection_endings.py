"""What is said about a campaign whose running ends within the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from planner.contracts.projected import Projection
from planner.contracts.result import AssignmentFigures, Ending, Status
from planner.report.projections.projection import next_sentence, next_sentences, projection_text
from tests.support.results import figures

AT = datetime(2030, 3, 4, 9, tzinfo=UTC)


def ending(what: Ending, minutes: float, chance: float, **changes: Any) -> AssignmentFigures:
    fields: dict[str, Any] = {
        "runs_until": AT + timedelta(minutes=minutes),
        "ends_with": what,
        "p_all_busy_5min": 0.01,
        "p_all_busy_15min": chance,
        "p_all_busy_60min": chance,
        "seconds_to_all_busy_mean": None,
    }
    return figures(**(fields | changes))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            ending(Ending.LIST, 14, 0.03),
            "dials until the list ends at about 09:14; a pause before that is unlikely: 3.0 %.",
        ),
        (
            ending(Ending.WINDOW, 30, 0.05),
            "dials until its window closes at 09:30; a pause before that is unlikely: 5.0 %.",
        ),
        (
            ending(Ending.OUTAGE, 30, 0.85),
            "dials until D1 goes out of service at 09:30; all 5 agent lines busy before that in "
            "85 % of cases.",
        ),
        (
            ending(Ending.WINDOW, 30, 1.0, status=Status.ALL_BUSY),
            "all 5 agent lines busy now; dials and pauses until its window closes at 09:30.",
        ),
    ],
)
def test_the_end_comes_first_where_it_is_within_the_hour(row: AssignmentFigures, told: str) -> None:
    assert next_sentence(row, AT) == f"D1 / Solar: {told}"


def test_an_end_hours_away_changes_nothing() -> None:
    late = ending(Ending.WINDOW, 300, 0.99, seconds_to_all_busy_mean=190.0)
    assert next_sentence(late, AT).startswith("D1 / Solar: all 5 agent lines busy in about")


def test_the_text_says_until_when_each_runs() -> None:
    row = ending(Ending.LIST, 14, 0.03)
    text = projection_text(Projection(at=AT, hours=1, assignments=(row,)))
    assert "Runs until" in text
    assert "09:14" in text
    assert next_sentences(Projection(at=AT, hours=1, assignments=(row,))) == [
        next_sentence(row, AT)
    ]
