"""What people write in cells; the right readings are stated by hand."""

from __future__ import annotations

import pytest

from planner.tables import spelling
from planner.tables.spelling import Mark

POINT, COMMA, UNKNOWN = Mark.POINT, Mark.COMMA, Mark.UNKNOWN


@pytest.mark.parametrize(
    ("cell", "mark", "whole", "share", "text"),
    [
        ("12%", POINT, False, True, "0.12"),
        ("12 %", POINT, False, True, "0.12"),
        ("12.5%", POINT, False, True, "0.125"),
        ("12,5 %", COMMA, False, True, "0.125"),
        ("12%", POINT, False, False, "12%"),  # of what?
        ("1,200", POINT, True, False, "1200"),
        ("1,200,000", UNKNOWN, True, False, "1200000"),
        ("1 200", POINT, True, False, "1200"),
        ("1\u202f200", POINT, False, False, "1200"),
        ("1'200", POINT, True, False, "1200"),
        ("1.200", POINT, True, False, "1200"),  # lines are whole, 1.2 are not
        ("1.000", POINT, True, False, "1.000"),  # 1 or 1000
        ("1,000", COMMA, True, False, "1,000"),
        ("1.200", POINT, False, False, "1.200"),
        ("1.200", COMMA, False, False, "1200"),
        ("1,200", COMMA, False, False, "1.200"),
        ("1,234.5", POINT, False, False, "1234.5"),
        ("1.234,5", COMMA, False, False, "1234.5"),
        ("1,234.5", POINT, True, False, "1,234.5"),  # no whole number
        ("0,125", COMMA, False, False, "0.125"),
        ("0,125", POINT, False, False, "0,125"),
        ("0,1", POINT, False, False, "0,1"),
        ("1,000,5", COMMA, False, False, "1,000,5"),
        ("1,20,000", POINT, True, False, "1,20,000"),
        ("many", POINT, True, False, "many"),
    ],
)  # fmt: skip
def test_numbers(cell: str, mark: Mark, whole: bool, share: bool, text: str) -> None:
    assert spelling.number(cell, mark, whole=whole, share=share) == (text, None)


@pytest.mark.parametrize("cell", ["1.200", "1,200"])
def test_a_number_that_may_be_two_is_asked_for(cell: str) -> None:
    read = spelling.number(cell, UNKNOWN, whole=False, share=False)
    assert read.text == cell
    assert read.unsure == f"1200 or 1.200: {cell} may be either"


def test_other_numbers_of_the_sheet_say_what_its_decimal_mark_is() -> None:
    assert spelling.mark_of(["25", "0,3", "1.200"]) is COMMA
    assert spelling.mark_of(["25", "0.3", "1.200"]) is POINT
    assert spelling.mark_of(["25", "1.200"]) is UNKNOWN
    assert spelling.mark_of(["0.3", "0,3"]) is UNKNOWN


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("29.11.2026", "2026-11-29"),
        ("11/29/2026", "2026-11-29"),
        ("29/11/2026", "2026-11-29"),
        ("5/5/2026", "2026-05-05"),
        ("29 Nov 2026", "2026-11-29"),
        ("Nov 29, 2026", "2026-11-29"),
        ("29-Nov-2026", "2026-11-29"),
        ("1 Sept 2026", "2026-09-01"),
        ("29. marraskuu 2026", "29. marraskuu 2026"),  # November in Finnish, and no March
        ("29 junk 2026", "29 junk 2026"),
        ("2026-11-29 00:00:00", "2026-11-29"),
        ("2026-11-29", "2026-11-29"),
        ("31.9.2026", "31.9.2026"),  # there is none
        ("11/29/26", "11/29/26"),
    ],
)
def test_dates(cell: str, text: str) -> None:
    assert spelling.day(cell) == (text, None)


@pytest.mark.parametrize("cell", ["03/04/2026", "4.3.2026"])
def test_a_date_that_may_be_two_is_asked_for(cell: str) -> None:
    unsure = spelling.day(cell).unsure
    assert unsure is not None
    assert "2026-03-04 or 2026-04-03" in unsure


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("9am", "09:00"),
        ("12am", "00:00"),
        ("12 pm", "12:00"),
        ("4:30 p.m.", "16:30"),
        ("4:30", "4:30"),
        ("09:00:00", "09:00"),  # as spreadsheets export it
        ("09:00:30", "09:00:30"),
        ("13pm", "13pm"),
    ],
)
def test_times_of_day(cell: str, text: str) -> None:
    assert spelling.clock(cell) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Mon\u2013Fri 9am\u20135pm", "Mon-Fri 09:00-17:00"),
        ("Monday - Friday 9:00 am - 5:30 pm; Sat 10am-2pm",
         "Mon-Fri 09:00 - 17:30; Sat 10:00-14:00"),
        ("Tues, Thurs 9am to noon", "Tue, Thu 09:00-noon"),
        ("9am-5pm", "Mon-Sun 09:00-17:00"),
        ("Mon-Fri: 09:00-17:00", "Mon-Fri 09:00-17:00"),
        ("Mon-Fri 09:00:00-17:30:00", "Mon-Fri 09:00-17:30"),
    ],
)  # fmt: skip
def test_schedules(cell: str, text: str) -> None:
    assert spelling.schedule(cell) == text


@pytest.mark.parametrize(
    ("cell", "text"), [("4:30", "270"), ("1:02:03", "3723"), ("0:45", "45"), ("4:75", "4:75")]
)
def test_lengths_of_time_in_seconds(cell: str, text: str) -> None:
    assert spelling.seconds(cell) == text


def test_moments() -> None:
    assert spelling.moment("11/29/2026 8:00").text == "2026-11-29T08:00"
    assert spelling.moment("29.11.2026 08:00").text == "2026-11-29T08:00"
    assert spelling.moment("11/29/2026 4:30pm").text == "2026-11-29T16:30"
    assert spelling.moment("2026-11-29T08:00+01:00").text == "2026-11-29T08:00+01:00"
