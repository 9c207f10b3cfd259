from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from planner.contracts.projected import Projection
from planner.contracts.result import AssignmentFigures
from planner.report.documents import assignment_row
from planner.report.html.reports import html_report
from planner.report.projections.days import day_sentences
from planner.report.projections.projection import projection_text
from planner.tables.folder_writing import write_projection
from tests.support.results import figures

AT = datetime(2030, 3, 4, 9, tzinfo=UTC)


def row() -> AssignmentFigures:
    low = {"all_busy_share": 0.29, "abandons_per_hour": 11.9, "seconds_to_all_busy_mean": 126.0}
    high = {"all_busy_share": 0.49, "abandons_per_hour": 33.0, "seconds_to_all_busy_mean": 324.0}
    return figures(day_low=low, day_high=high)


def test_a_sentence_tells_busy_and_slow_days() -> None:
    assert day_sentences([row(), figures()]) == [
        "Solar on D1: paused 29 to 49 % of the time on nine of ten days; all agent lines busy "
        "after 2.1 min on a busy day, after 5.4 min on a slow one."
    ]


def test_the_difference_to_an_interval_is_explained_once() -> None:
    projection = Projection(at=AT, hours=1, assignments=(row(), row()))
    text = projection_text(projection)
    assert text.count("Days differ:") == 1
    assert "29 to 49 %" in text
    assert html_report(projection).count("Days differ:") == 1
    assert "Days differ:" not in projection_text(
        Projection(at=AT, hours=1, assignments=(figures(),))
    )


def test_bands_are_columns_and_keys_of_their_own(tmp_path: Path) -> None:
    assert assignment_row(row())["all_busy_share_day_low"] == 0.29
    write_projection(tmp_path / "projection.csv", [row()])
    header, cells = (tmp_path / "projection.csv").read_text().splitlines()[:2]
    found = dict(zip(header.split(","), cells.split(","), strict=True))
    assert found["abandons_per_hour_day_low"] == "11.9"
    assert found["abandons_per_hour_day_high"] == "33.0"
