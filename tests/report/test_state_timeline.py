"""The hours ahead: each status takes as much of a row as it has of the time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from planner.contracts.projected import Projection, TimelineStep
from planner.contracts.result import AssignmentFigures, Status
from planner.report.charts.state_timeline import likeliest, state_rows, state_timeline
from tests.support.results import MONDAY_NINE, figures


def step(place: int, chances: dict[Status, float], **changes: Any) -> TimelineStep:
    """A quarter of an hour, the place-th from nine o'clock on."""
    fields: dict[str, Any] = {
        "campaign_id": "Solar",
        "dialer_id": "D1",
        "start": MONDAY_NINE + timedelta(minutes=15 * place),
        "end": MONDAY_NINE + timedelta(minutes=15 * (place + 1)),
        "probabilities": chances,
    }
    return TimelineStep(**(fields | changes))


def projection(*steps: TimelineStep, rows: tuple[AssignmentFigures, ...] = ()) -> Projection:
    return Projection(at=MONDAY_NINE, hours=1, assignments=rows, timeline=steps)


def drawn(given: Projection) -> list[dict[str, Any]]:
    blocks, _ = state_timeline(given).chart.layer
    return list(blocks.data.values)


@pytest.mark.parametrize(
    ("chances", "expected"),
    [
        ({Status.RUNNING: 0.6, Status.ALL_BUSY: 0.4}, (Status.RUNNING, 1.0, 0.4)),
        ({Status.RUNNING: 0.2, Status.ALL_BUSY: 0.8}, (Status.ALL_BUSY, 1.0, 0.8)),
        # Dialing in all is likelier than the end of the list, and paused for 0.2 of 0.6.
        (
            {Status.RUNNING: 0.4, Status.ALL_BUSY: 0.2, Status.COMPLETED: 0.4},
            (Status.RUNNING, 0.6, 1 / 3),
        ),
        ({Status.RUNNING: 0.3, Status.COMPLETED: 0.7}, (Status.COMPLETED, 0.7, 0.0)),
        ({Status.BY_DIALER: 1.0}, (Status.BY_DIALER, 1.0, 0.0)),
    ],
)
def test_dialing_and_pausing_count_together(
    chances: dict[Status, float], expected: tuple[Status, float, float]
) -> None:
    status, chance, paused = likeliest(chances)
    assert (status, chance, paused) == (expected[0], *map(pytest.approx, expected[1:]))


def test_neighbours_with_the_same_status_are_one_block_and_its_pauses_their_mean() -> None:
    steps = [step(n, {Status.RUNNING: 1 - p, Status.ALL_BUSY: p}) for n, p in enumerate((0.1, 0.2))]
    given = projection(*steps, step(2, {Status.COMPLETED: 0.9, Status.RUNNING: 0.1}))
    first, second = state_rows(given)["D1 / Solar"]
    assert (first.status, first.start, first.end) == (
        Status.RUNNING,
        MONDAY_NINE,
        MONDAY_NINE + timedelta(minutes=30),
    )
    assert first.paused == pytest.approx(0.15)
    assert second.status is Status.COMPLETED


def heights(parts: list[dict[str, Any]]) -> dict[str, float]:
    """Of the whole height of a row, what is seen of each status: the next lies over the rest."""
    ends = [*(part["Top"] for part in parts[1:]), parts[-1]["Bottom"]]
    whole = ends[-1] - parts[0]["Top"]
    return {
        part["Status"]: (end - part["Top"]) / whole for part, end in zip(parts, ends, strict=True)
    }


def test_a_bar_shows_the_pauses_that_its_words_tell() -> None:
    given = projection(step(0, {Status.RUNNING: 0.6, Status.ALL_BUSY: 0.4}))
    parts = drawn(given)
    assert heights(parts) == pytest.approx({str(Status.RUNNING): 0.6, str(Status.ALL_BUSY): 0.4})
    assert [part["Words"] for part in parts] == ["dials 60 %, paused 40 %", ""]


def test_where_no_status_is_sure_all_are_seen_and_no_words() -> None:
    chances = {Status.COMPLETED: 0.4, Status.RUNNING: 0.4, Status.ALL_BUSY: 0.2}
    parts = drawn(projection(step(0, chances)))
    assert heights(parts) == pytest.approx({str(status): p for status, p in chances.items()})
    assert [part["Words"] for part in parts] == ["", "", ""]


def test_other_pauses_are_another_block() -> None:
    shares = (0.1, 0.15, 0.45)
    given = projection(
        *(step(n, {Status.RUNNING: 1 - p, Status.ALL_BUSY: p}) for n, p in enumerate(shares))
    )
    first, second = state_rows(given)["D1 / Solar"]
    assert (first.paused, second.paused) == (pytest.approx(0.125), pytest.approx(0.45))


def test_pauses_about_half_of_the_time_are_one_block() -> None:
    shares = (0.49, 0.51, 0.48, 0.53)
    given = projection(
        *(step(n, {Status.RUNNING: 1 - p, Status.ALL_BUSY: p}) for n, p in enumerate(shares))
    )
    (block,) = state_rows(given)["D1 / Solar"]
    assert block.paused == pytest.approx(0.5025)
    assert block.status is Status.ALL_BUSY


def test_where_days_differ_the_band_stands_in_the_row() -> None:
    row = figures(day_low={"all_busy_share": 0.29}, day_high={"all_busy_share": 0.49})
    given = projection(step(0, {Status.RUNNING: 0.6, Status.ALL_BUSY: 0.4}), rows=(row,))
    assert drawn(given)[0]["Words"] == "dials, paused 29 to 49 % on 9 of 10 days"


def test_rows_of_a_dialer_follow_each_other() -> None:
    dials = {Status.RUNNING: 1.0}
    given = projection(
        step(0, dials),
        step(0, dials, dialer_id="D2"),
        step(0, dials, campaign_id="Roof"),
    )
    assert list(state_rows(given)) == ["D1 / Solar", "D1 / Roof", "D2 / Solar"]
