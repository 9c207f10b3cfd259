"""Weeks cut into the times in which the same campaigns run with the same figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.contracts.problem import Campaign, Dialer, Interval, LineAssignment, Outage, Problem
from planner.studies.week.spans import (
    Span,
    WhyNot,
    at_moment,
    coming_monday,
    spans,
    week_of,
    week_spell,
    weekly_moment,
    why_not,
)
from tests.support.builders import solar

MONDAY = date(2026, 3, 2)
NEW_YORK = "America/New_York"


def open_in(name: str, zone: str, schedule: str = "Mon 09:00-17:00", **changes: Any) -> Campaign:
    return solar(
        campaign_id=name, timezone=zone, schedule=schedule, start=date(2026, 1, 1), **changes
    )


def fleet(*campaigns: Campaign, **tables: Any) -> Problem:
    dialers = (Dialer(dialer_id="D1", ports=10), Dialer(dialer_id="D2", ports=10))
    return Problem(dialers=dialers, campaigns=campaigns, **tables)


def week(problem: Problem, monday: date = MONDAY) -> tuple[Span, ...]:
    return spans(problem, week_spell(monday, problem.common_zone))


def running(found: tuple[Span, ...]) -> list[tuple[str, str, set[str]]]:
    """(from, to, who) of each span in which somebody runs, in UTC."""
    return [
        (
            f"{s.spell.start:%a %H:%M}",
            f"{s.spell.end:%a %H:%M}",
            {c.campaign_id for c in s.running_set.campaigns},
        )
        for s in found
        if s.running_set.campaigns
    ]


def test_campaigns_of_two_zones_overlap_where_their_clocks_say() -> None:
    # Before daylight-saving time New York is 5 hours behind UTC, Chicago 6.
    found = week(fleet(open_in("East", NEW_YORK), open_in("Central", "America/Chicago")))
    assert running(found) == [
        ("Mon 14:00", "Mon 15:00", {"East"}),
        ("Mon 15:00", "Mon 22:00", {"East", "Central"}),
        ("Mon 22:00", "Mon 23:00", {"Central"}),
    ]
    # Nothing of the week is left out: Monday 00:00 to Monday 00:00 in New York, and the night of
    # 8 March 2026 has no hour from 2 to 3.
    assert sum(span.hours for span in found) == 167
    assert found[0].spell.start == datetime(2026, 3, 2, 5, tzinfo=UTC)
    assert found[-1].spell.end == datetime(2026, 3, 9, 4, tzinfo=UTC)
    assert all(before.spell.end == after.spell.start for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("monday", "hour"), [(date(2026, 3, 2), 14), (date(2026, 3, 9), 13), (date(2026, 11, 2), 14)]
)
def test_the_week_decides_how_far_the_zones_are_apart(monday: date, hour: int) -> None:
    # Daylight-saving time in New York: 8 March to 1 November 2026; in London 29 March to
    # 25 October. At 09:00 in London it is 09:00 UTC in all three weeks.
    found = week(fleet(open_in("West", NEW_YORK), open_in("Isles", "Europe/London")), monday)
    starts = {
        frozenset(s.running_set.campaigns): s.spell.start for s in found if s.running_set.campaigns
    }
    assert [f"{start:%H:%M}" for start in starts.values()] == ["09:00", f"{hour}:00", "17:00"]


def test_hourly_figures_cut_only_while_their_campaign_runs() -> None:
    few = Interval(campaign_id="A", days=(0,), from_minute=8 * 60, to_minute=12 * 60, agent_lines=4)
    found = week(fleet(open_in("A", "UTC"), intervals=(few,)))
    agents = [
        (s.spell.start.hour, s.spell.end.hour, s.running_set.campaigns[0].agent_lines)
        for s in found
        if s.running_set.campaigns
    ]
    assert agents == [(9, 12, 4), (12, 17, 10)]


def test_the_same_hours_of_several_days_are_one_running_set() -> None:
    found = week(fleet(open_in("A", "UTC", "Mon-Fri 09:00-17:00")))
    open_spans = [span for span in found if span.running_set.campaigns]
    assert len(open_spans) == 5
    assert len({span.running_set for span in open_spans}) == 1


def test_an_outage_takes_its_dialer_out_of_its_hours() -> None:
    out = Outage(
        dialer_id="D2",
        start=datetime(2026, 3, 2, 10, tzinfo=UTC),
        end=datetime(2026, 3, 2, 11, tzinfo=UTC),
    )
    found = week(fleet(open_in("A", "UTC"), outages=(out,)))
    working = [
        (s.spell.start.hour, s.spell.end.hour, [d.in_service for d in s.running_set.dialers])
        for s in found
        if s.running_set.campaigns
    ]
    assert working == [(9, 10, [True, True]), (10, 11, [True, False]), (11, 17, [True, True])]


def test_start_and_stop_dates_cut_the_week_on_the_campaigns_own_clock() -> None:
    given = open_in("A", NEW_YORK, "Mon-Sun 00:00-24:00")
    dates = {"start": date(2026, 3, 3), "stop": date(2026, 3, 4)}
    found = week(fleet(given.model_copy(update=dates)))
    assert running(found) == [("Tue 05:00", "Thu 05:00", {"A"})]
    assert [span.idle[0].why for span in found if span.idle] == [WhyNot.NOT_STARTED, WhyNot.OVER]


def test_what_a_campaign_does_not_say_does_not_close_it() -> None:
    found = week(fleet(solar()))
    assert [(s.hours, len(s.running_set.campaigns)) for s in found] == [(168.0, 1)]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"status": "stopped"}, WhyNot.STOPPED),
        ({"status": "stopped_by_admin"}, WhyNot.BY_ADMIN),
        ({"records": 0}, WhyNot.COMPLETED),
        ({"records": 1}, None),
        ({"start": date(2026, 3, 2)}, None),
        ({"start": date(2026, 3, 3)}, WhyNot.NOT_STARTED),
        ({"start": None, "stop": date(2026, 3, 2)}, None),
        ({"start": None, "stop": date(2026, 3, 1)}, WhyNot.OVER),
        ({"schedule": "Mon 12:00-13:00"}, None),
        ({"schedule": "Mon 11:00-12:00"}, WhyNot.CLOSED),
        ({"schedule": "Mon 09:00-17:00", "timezone": NEW_YORK}, WhyNot.CLOSED),
    ],
)
def test_a_campaign_that_cannot_run_says_why(changes: dict[str, Any], why: WhyNot | None) -> None:
    campaign = solar(**({"start": date(2026, 1, 1)} | changes))
    assert why_not(campaign, datetime(2026, 3, 2, 12, tzinfo=UTC)) == why


def test_a_moment_has_only_who_can_run_and_only_their_lines() -> None:
    lines = tuple(
        LineAssignment(campaign_id=name, dialer_id="D1", dial_lines=2, agent_lines=1)
        for name in ("A", "B")
    )
    given = fleet(
        open_in("A", "UTC"),
        open_in("B", "UTC", "Tue 09:00-17:00"),
        assignments=lines,
        intervals=(
            Interval(campaign_id="A", from_minute=0, to_minute=600, agent_lines=3),
            Interval(campaign_id="B", from_minute=0, to_minute=600, agent_lines=3),
        ),
    )
    found, idle = at_moment(given, weekly_moment(MONDAY, 0, 540, ZoneInfo("UTC")))
    assert [(c.campaign_id, c.agent_lines) for c in found.campaigns] == [("A", 3)]
    assert [a.campaign_id for a in found.assignments] == ["A"]
    assert idle == (("B", WhyNot.CLOSED),)
    assert found.intervals == ()


def test_the_reference_clock_is_that_of_most_campaigns() -> None:
    east, west = open_in("A", NEW_YORK), open_in("B", "UTC")
    assert fleet(west, east).common_zone.key == "UTC"
    assert fleet(west, east, open_in("C", NEW_YORK)).common_zone.key == NEW_YORK


def test_weeks_begin_on_monday() -> None:
    # 2 March 2026 is a Monday.
    assert [week_of(date(2026, 3, day)) for day in (2, 8)] == [MONDAY, MONDAY]
    assert [coming_monday(date(2026, 3, day)) for day in (2, 3, 8)] == [
        MONDAY,
        date(2026, 3, 9),
        date(2026, 3, 9),
    ]
