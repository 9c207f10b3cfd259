"""The hand-out: what to set, old and new, in an order that works; page, table and files."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import LineAssignment
from planner.contracts.result import Move, PlanOptions
from planner.report.html.handout import handout_page
from planner.report.plans.handout import (
    COLUMNS,
    clock_words,
    of_all_lines,
    of_lines,
    of_moves,
    of_plan,
    of_week,
    table_rows,
    write_handout,
)
from planner.studies.week.week import IntervalPlan, WeekPlan
from tests.support.results import plan_result, two_dialers

CHICAGO = ZoneInfo("America/Chicago")
NINE = datetime(2026, 3, 2, 9, tzinfo=CHICAGO)


def line(campaign: str, dialer: str, dial: int, agent: int) -> LineAssignment:
    return LineAssignment(
        campaign_id=campaign, dialer_id=dialer, dial_lines=dial, agent_lines=agent
    )


def move(step: int, dialer: str, **changes: object) -> Move:
    fields: dict[str, object] = {
        "step": step,
        "campaign_id": "Solar",
        "dialer_id": dialer,
        "dial_lines_from": 10,
        "dial_lines_to": 20,
        "agent_lines_from": 2,
        "agent_lines_to": 2,
        "instruction": "",
        "value_after": 1.0,
    }
    return Move(**(fields | changes))


BEFORE = (line("A", "D1", 10, 2), line("B", "D1", 8, 2), line("C", "D2", 5, 1))
AFTER = (line("A", "D1", 14, 3), line("B", "D1", 4, 2), line("C", "D2", 6, 0))


def test_what_gives_lines_back_comes_first_and_what_stays_is_not_told() -> None:
    handout = of_lines((*BEFORE, line("D", "D2", 3, 1)), (*AFTER, line("D", "D2", 3, 1)), at=NINE)
    assert [row[1:4] for row in table_rows(handout)] == [
        [1, "D1", "B"],  # only lowered
        [2, "D2", "C"],  # a dial line more, an agent line less
        [3, "D1", "A"],  # only raised
    ]
    ((occasion),) = handout.occasions
    assert {name: [s.step for s in rows] for name, rows in occasion.dialers.items()} == {
        "D1": [1, 3],
        "D2": [2],
    }


def test_lines_that_begin_and_end_are_set_from_and_to_none() -> None:
    rows = list(table_rows(of_lines(BEFORE[:1], AFTER[2:])))
    assert [row[2:] for row in rows] == [
        ["D1", "A", 10, 0, 2, 0],
        ["D2", "C", 0, 6, 0, 0],
    ]


def test_moves_keep_their_order_and_tell_what_does_not_hold_meanwhile() -> None:
    handout = of_moves([move(1, "D2", breaks=("Solar does not run.",)), move(2, "D1")])
    page = handout_page(handout)
    assert page.index("D1: set these lines") < page.index("D2: set these lines")
    assert [row[1:3] for row in table_rows(handout)] == [[1, "D2"], [2, "D1"]]
    assert "Meanwhile: Solar does not run." in page


def test_a_plan_hands_out_its_moves_or_else_what_differs() -> None:
    result = plan_result()
    rows = list(table_rows(of_plan(result, ())))
    assert [row[2:] for row in rows] == [
        ["D1", "Solar", 0, 95, 0, 5],
        ["D2", "Solar", 0, 95, 0, 5],
    ]
    moved = plan_result(moves=(move(1, "D2"),))
    assert [row[2] for row in table_rows(of_plan(moved, ()))] == ["D2"]


def week_of_two_plans() -> WeekPlan:
    """Monday 09:00 to 11:00 with one plan, an hour with another, then nobody."""

    def interval(number: int, start: int, hours: int, plan: int | None) -> IntervalPlan:
        at = NINE.replace(hour=start)
        return IntervalPlan(
            interval=number,
            start=at,
            end=at + timedelta(hours=hours),
            hours=hours,
            plan=plan,
            running=(),
            idle=(),
            dialers_out=(),
        )

    plans = tuple(plan_result(plan=LinePlan(assignments=lines)) for lines in (BEFORE, AFTER))
    return WeekPlan(
        monday=date(2026, 3, 2),
        timezone="America/Chicago",
        options=PlanOptions(),
        intervals=(
            interval(1, 9, 1, 0),
            interval(2, 10, 1, 0),
            interval(3, 11, 1, 1),
            interval(4, 12, 1, None),
            interval(5, 13, 1, 0),
        ),
        plans=plans,
        problems=(two_dialers(),) * 2,
    )


def test_a_week_is_handed_out_at_the_moments_at_which_lines_change() -> None:
    handout = of_week(week_of_two_plans(), BEFORE)
    assert [(clock_words(o.at), len(o.settings)) for o in handout.occasions] == [
        ("Mon 2 Mar 2026 11:00 (America/Chicago)", 3),
        ("Mon 2 Mar 2026 13:00 (America/Chicago)", 3),
    ]
    back = {(s.change.campaign_id, s.change.dial_lines_to) for s in handout.occasions[1].settings}
    assert back == {("A", 10), ("B", 8), ("C", 5)}
    (first, *_) = of_week(week_of_two_plans(), (), zone=ZoneInfo("America/New_York")).occasions
    assert clock_words(first.at) == "Mon 2 Mar 2026 10:00 (America/New_York)"


def test_the_page_has_a_box_for_each_row_and_is_made_to_be_printed() -> None:
    page = handout_page(of_lines(BEFORE, AFTER, fleet="<b>north</b>", at=NINE))
    assert page.count('<td class="box">') == 3
    assert "@media print" in page
    assert "D1: set these lines at Mon 2 Mar 2026 09:00 (America/Chicago)" in page
    assert "<script" not in page
    assert "Fleet &lt;b&gt;north&lt;/b&gt;. 3 rows to set." in page
    cells = re.findall(r'<td class="number([^"]*)">(\d+)</td>', page[page.index("D2: set") :])
    # Number, dial lines old and new, agent lines old and new; what is new is bold.
    assert cells == [("", "2"), ("", "5"), (" new", "6"), ("", "1"), (" new", "0")]


def test_dialers_come_in_the_order_in_which_people_count() -> None:
    lines = [line("Solar", name, 5, 1) for name in ("D10", "D2", "Leeds", "D1", "2", "D1b")]
    expected = ["2", "D1", "D1b", "D2", "D10", "Leeds"]
    assert list(of_all_lines(lines).occasions[0].dialers) == expected
    assert list(of_lines([], lines).occasions[0].dialers) == expected


def test_nothing_to_set_is_told() -> None:
    page = handout_page(of_lines(BEFORE, BEFORE))
    assert "Nothing is to be set: the lines stay as they are." in page
    assert "<table" not in page


def test_the_table_lies_beside_the_page_and_no_spreadsheet_runs_it(tmp_path: Path) -> None:
    handout = of_lines((), [line("=A1", "D1", 3, 1)], at=NINE)
    write_handout(tmp_path / "set.html", handout)
    assert {file.name for file in tmp_path.iterdir()} == {"set.html", "set.csv"}
    with (tmp_path / "set.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert tuple(row) == COLUMNS
    assert row["at"] == "2026-03-02T09:00:00-06:00"
    assert row["campaign_id"] == "'=A1"
    (tmp_path / "set.html").unlink()
    write_handout(tmp_path / "set.csv", handout)
    assert [file.name for file in tmp_path.iterdir()] == ["set.csv"]
