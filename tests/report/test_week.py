"""The printed week: rows that a manager reads, equal hours of several days together."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from planner.contracts.result import PlanOptions, PlanResult, PlanStatus
from planner.report.studies.week import moment_text, week_document, week_text
from planner.report.text_layout import WIDTH
from planner.studies.week.spans import Idle, Moment, WhyNot
from planner.studies.week.week import IntervalPlan, WeekPlan
from tests.support.results import plan_result, two_dialers

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = date(2026, 3, 2)
NONE = PlanResult(status=PlanStatus.NO_PLAN, options=PlanOptions(), stopped_early=True)


def interval(day: int, start: int, hours: int, plan: int | None, **more: Any) -> IntervalPlan:
    at = datetime(2026, 3, 2 + day, start, tzinfo=CHICAGO)
    fields: dict[str, Any] = {
        "interval": 1,
        "start": at,
        "end": at + timedelta(hours=hours),
        "hours": hours,
        "plan": plan,
        "running": () if plan is None else ("Solar",),
        "idle": (),
        "dialers_out": (),
        "lines_moved": 0,
        "lines_added": 0,
    }
    return IntervalPlan(**(fields | more))


def week(*intervals: IntervalPlan, plans: int = 1, **options: Any) -> WeekPlan:
    return WeekPlan(
        monday=MONDAY,
        timezone="America/Chicago",
        options=PlanOptions(**options),
        intervals=intervals,
        plans=(plan_result(), NONE)[:plans],
        problems=(two_dialers(),) * plans,
    )


def rows(text: str) -> list[list[str]]:
    lines = text.splitlines()
    start = lines.index("Intervals") + 1
    found = [line.split() for line in lines[start : lines.index("", start)]]
    titles = next(place for place, row in enumerate(found) if row[0] == "Days")
    return found[titles + 1 :]


def test_the_same_hours_of_several_days_are_one_row() -> None:
    days = [interval(day, 9, 3, 0) for day in (1, 2, 3, 4)]
    found = rows(week_text(week(interval(0, 9, 3, 0, lines_moved=7), *days)))
    assert found == [
        ["Mon", "09:00-12:00", "1", "158.5", "0.04", "%", "7", "all", "campaigns"],
        ["Tue-Fri", "09:00-12:00", "1", "158.5", "0.04", "%", "0", "all", "campaigns"],
    ]


def test_days_that_do_not_follow_each_other_are_listed() -> None:
    days = [interval(day, 9, 3, 0) for day in (0, 1, 3, 4, 5)]
    text = week_text(week(*days))
    assert rows(text)[0][:5] == ["Mon,", "Tue,", "Thu-Sat", "09:00-12:00", "1"]
    assert "\nPlan 1: Mon, Tue, Thu-Sat 09:00-12:00\n" in text


def test_hours_past_midnight_name_the_day_of_their_end() -> None:
    found = rows(week_text(week(interval(0, 20, 4, 0), interval(1, 20, 6, 0))))
    assert [row[:3] for row in found] == [
        ["Mon", "20:00-24:00", "1"],
        ["Tue", "20:00-Wed", "02:00"],
    ]


def test_the_week_is_summed_up_over_its_hours() -> None:
    # 3 h and 5 h of 158.520786 an hour, bound 158.584, 79.260393 left: 1,268, 1,269 and 634.1.
    text = week_text(week(interval(0, 9, 3, 0), interval(1, 9, 5, 0), interval(2, 0, 24, None)))
    assert "  Planned            8 h; in 24 h no campaign can run\n" in text
    assert "  Value in the week  1,268 (158.5 an hour planned)\n" in text
    assert "  Best possible      at most 1,269 of value, gap 0.04 %\n" in text
    assert "  Worst failure      634.1 if the worst failure lasted all these hours\n" in text


def test_with_redundancy_the_bound_is_of_the_aim() -> None:
    text = week_text(week(interval(0, 9, 1, 0), redundancy=0.25))
    assert "  Aim                158.5: 75 % value, 25 % after the worst failure\n" in text
    assert "  Best possible      at most 158.6 of the aim" in text


def test_an_interval_that_was_not_planned_says_so() -> None:
    given = week(interval(0, 9, 1, 0), interval(1, 9, 1, 1, lines_moved=None), plans=2)
    text = week_text(given)
    assert rows(text)[1] == [
        "Tue",
        "09:00-10:00",
        "2",
        "not",
        "planned",
        "-",
        "-",
        "all",
        "campaigns",
    ]
    assert "  Planned            1 h; 1 h have no plan\n" in text
    assert text.endswith("Plan 2: Tue 09:00-10:00\n  Stopped before any plan was found.\n")


def test_who_runs_is_named_where_it_is_short() -> None:
    few = interval(0, 9, 1, 0, idle=(Idle("A", WhyNot.CLOSED),), dialers_out=("D2",))
    many = tuple(f"C{i}" for i in range(9))
    rest = interval(0, 10, 1, 0, running=many, idle=(Idle("A", WhyNot.CLOSED),))
    idle = tuple(Idle(f"N{i}", WhyNot.CLOSED) for i in range(7))
    both = interval(0, 11, 1, 0, running=many, idle=idle)
    found = [" ".join(row[7:]) for row in rows(week_text(week(few, rest, both)))]
    assert found == [
        "Solar; out of service: D2",
        "9 of 10 campaigns, without A",
        "9 of 16 campaigns",
    ]


def test_reasons_are_told_where_they_are_asked_for() -> None:
    assert "of the page" not in week_text(week(interval(0, 9, 1, 0)), why=True)
    assert max(map(len, week_text(week(interval(0, 9, 1, 0)), why=True).splitlines())) <= WIDTH


def test_a_moment_says_when_it_is_and_who_cannot_run_then() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=CHICAGO)
    assert moment_text(Moment(at, "America/Chicago", (Idle("A", WhyNot.OVER),))) == (
        "For Mon 2026-03-02 09:00 (America/Chicago)\n\n"
        "Cannot run then\n  - A: after its stop date.\n\n"
    )
    assert moment_text(Moment(at, "America/Chicago", ())) == (
        "For Mon 2026-03-02 09:00 (America/Chicago)\n\n"
    )


def test_a_week_with_a_price_of_moves_tells_what_keeping_lines_saves_and_costs() -> None:
    # The value of the hours is 158.520786 each, 475.562 in all: a hundredth less than 480.366.
    given = week(interval(0, 9, 3, 0, lines_moved=2), move_cost=2.0)
    kept = given.model_copy(
        update={"value_if_lines_move": 480.366, "lines_moved_if_they_move": 1204}
    )
    text = week_text(kept)
    assert "  Lines kept         2 instead of 1,204 lines moved, for 1.0 % of the value\n" in text
    assert "of value, gap" in text
    assert "Lines kept" not in week_text(given)
    assert week_document(kept)["lines_moved_if_they_move"] == 1204
