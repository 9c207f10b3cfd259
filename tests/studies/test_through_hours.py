"""The hours ahead: 95 + 5 lines carry 79.260393 transfers an hour (Engset), two of them twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from planner.contracts.problem import Dialer, Interval, LineAssignment, Problem
from planner.studies.through_hours import Stretch, through_hours, total
from tests.support.builders import solar

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)  # a Monday
ONE = 79.260393


def fleet(schedule: str = "Mon-Fri 08:00-17:00", value: float = 1.0) -> Problem:
    return Problem(
        dialers=[Dialer(dialer_id=f"D{n}", ports=100) for n in (1, 2)],
        campaigns=[solar(start="2026-01-01", schedule=schedule, value=value)],
        assignments=[
            LineAssignment(campaign_id="Solar", dialer_id=f"D{n}", dial_lines=95, agent_lines=5)
            for n in (1, 2)
        ],
    )


def rates(found: tuple[Stretch, ...]) -> list[float]:
    return [stretch.value_per_hour for stretch in found]


def test_steady_hours_bring_so_much_each() -> None:
    found = through_hours(fleet(value=3.0), NINE, 4)
    assert total(found) == pytest.approx(4 * 3 * 2 * ONE, rel=1e-6)
    assert (found[0].start, found[-1].end) == (NINE, NINE + timedelta(hours=4))


def test_nothing_is_carried_outside_the_schedule() -> None:
    # From 16:00 there is one hour left until 17:00.
    found = through_hours(fleet(), NINE + timedelta(hours=7), 8)
    assert total(found) == pytest.approx(2 * ONE, rel=1e-6)
    assert rates(found)[-1] == 0


def test_a_dialer_that_goes_down_at_noon_is_missed_from_then_on() -> None:
    noon = NINE + timedelta(hours=3)
    found = through_hours(fleet(), NINE, 5, ["D1"], noon)
    assert total(found) == pytest.approx((3 * 2 + 2 * 1) * ONE, rel=1e-6)
    assert next(s.start for s in found if s.value_per_hour < 1.5 * ONE) == noon


def test_without_a_time_or_with_one_that_has_passed_it_is_down_at_once() -> None:
    for since in (None, NINE - timedelta(hours=1)):
        assert total(through_hours(fleet(), NINE, 2, ["D1"], since)) == pytest.approx(
            2 * ONE, rel=1e-6
        )


def test_a_time_after_the_hours_changes_nothing() -> None:
    late = through_hours(fleet(), NINE, 2, ["D1"], NINE + timedelta(hours=3))
    assert late == through_hours(fleet(), NINE, 2)


def test_figures_change_with_the_hour() -> None:
    # From 10:00 on nobody answers.
    quiet = Interval(campaign_id="Solar", from_minute=600, to_minute=1020, answer_rate=0)
    given = fleet().model_copy(update={"intervals": (quiet,)})
    assert total(through_hours(given, NINE, 3)) == pytest.approx(2 * ONE, rel=1e-6)
