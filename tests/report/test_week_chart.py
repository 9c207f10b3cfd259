"""The week as a chart: lines are written into blocks that have room for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from planner.report.charts.week import LineBlock, week_chart

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "dial", "agent", "told"),
    [
        (9, 100, 14, "100 + 14"),  # a working day: 56 of 1040 pixels, for 8 letters
        (8, 30, 13, "30 + 13"),
        (3, 100, 14, ""),
        (3, 4, 0, "4"),
    ],
)
def test_lines_are_written_where_they_fit(hours: int, dial: int, agent: int, told: str) -> None:
    block = LineBlock(MONDAY, MONDAY + timedelta(hours=hours), (("D1", dial, agent),))
    week = MONDAY, MONDAY + timedelta(days=7)
    spec = week_chart({"Solar": [block]}, ZoneInfo("UTC"), *week).chart.to_dict()
    drawn = [
        row["Label"]
        for layer in spec["layer"]
        if layer["mark"]["type"] == "text"
        for row in layer["data"].get("values") or spec["datasets"][layer["data"]["name"]]
    ]
    assert drawn == ([told] if told else [])
