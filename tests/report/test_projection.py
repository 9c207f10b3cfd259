"""A projection as text, as charts and as one HTML file."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest

from planner.contracts.problem import Problem
from planner.contracts.projected import Completion, Projection, TimelineStep
from planner.contracts.result import AssignmentFigures, Status
from planner.report.charts.projection import projection_figures
from planner.report.html.reports import html_report
from planner.report.projections.projection import (
    letter_of,
    list_sentences,
    next_sentence,
    next_sentences,
    projection_text,
)
from planner.report.text_layout import WIDTH
from tests.support.builders import solar
from tests.support.results import MONDAY_NINE, figures


def step(hour: int, chances: dict[Status, float], **changes: Any) -> TimelineStep:
    fields: dict[str, Any] = {
        "campaign_id": "Solar",
        "dialer_id": "D1",
        "start": MONDAY_NINE + timedelta(hours=hour),
        "end": MONDAY_NINE + timedelta(hours=hour + 1),
        "probabilities": chances,
    }
    return TimelineStep(**(fields | changes))


def passage(**changes: Any) -> AssignmentFigures:
    fields: dict[str, Any] = {
        "seconds_to_all_busy_p50": 140.0,
        "seconds_to_all_busy_p90": 340.0,
        "p_all_busy_5min": 0.854353,
        "p_all_busy_15min": 0.999529,
        "p_all_busy_60min": 1.0,
    }
    return figures(**(fields | changes))


def projection(**changes: Any) -> Projection:
    fields: dict[str, Any] = {
        "at": MONDAY_NINE,
        "hours": 4,
        "assignments": (passage(),),
        "timeline": (
            step(0, {Status.RUNNING: 0.6, Status.ALL_BUSY: 0.4}),
            step(1, {Status.RUNNING: 0.6, Status.ALL_BUSY: 0.4}),
            step(2, {Status.RUNNING: 0.3, Status.ALL_BUSY: 0.1, Status.COMPLETED: 0.6}),
            step(3, {Status.SCHEDULED: 0.2, Status.COMPLETED: 0.8}),
        ),
        "completion": (
            Completion(
                campaign_id="Solar",
                p05=MONDAY_NINE + timedelta(hours=2),
                p50=MONDAY_NINE + timedelta(hours=2.5),
                p95=None,
            ),
        ),
        "notes": ("The list of Solar is short.",),
    }
    return Projection(**(fields | changes))


def test_the_text_tells_what_happens_next_figures_timeline_and_lists() -> None:
    assert (
        projection_text(projection())
        == """\
Projection from 2030-03-04 09:00+00:00 over 4 h

What happens next
  D1 / Solar: all 5 agent lines busy in about 3.2 min (90 % within 5.7 min);
  then paused 40 % of the time.

While running
                         Calls an     Abandon           Pauses an
  Dialer  Dial  Agent        hour        rate  Paused        hour    Of  Made by
Solar
  D1        95      5        79.3       2.1 %    40 %        40.0  36 s  formula

Until all agent lines are busy
  Dialer     Mean  Half within  90 % within  In 5 min  In 15 min  In 60 min
Solar
  D1      3.2 min      2.3 min      5.7 min      85 %    >99.9 %      100 %

Timeline
              09:00 09:30 10:00 10:30 11:00 11:30 12:00 12:30
  D1 / Solar  444444444444444444444444cccccccccccccccccccccccc
  0-9 dialing, paused so many tenths of the time; c Completed

Dial lists
  Campaign  Early (5 % of cases)  Half of the cases  Late (95 % of cases)
  Solar     Mon 04 Mar 11:00      Mon 04 Mar 11:30   later

Notes
  - The list of Solar is short.
"""
    )


def test_a_projection_without_lines_says_so() -> None:
    text = projection_text(Projection(at=MONDAY_NINE, hours=8, assignments=()))
    assert "No lines are assigned." in text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"status": Status.ALL_BUSY}, "all 5 agent lines busy now; paused 40 % of the time."),
        ({"agent_lines": 1, "status": Status.ALL_BUSY}, "the agent line busy now; paused 40 %"),
        (
            {"p_all_busy_60min": 0.03},
            "all 5 agent lines busy within the hour in 3.0 % of cases; paused 40 % of the time.",
        ),
        (
            {"seconds_to_all_busy_mean": None, "seconds_to_all_busy_p90": None},
            "all 5 agent lines busy in about 2.3 min; then paused 40 % of the time.",
        ),
        (
            {"status": Status.SCHEDULED, "reason": "Outside the schedule."},
            "Scheduled. Outside the schedule. When running: all 5 agent lines busy in about",
        ),
    ],
)
def test_a_sentence_fits_what_happens_next(changes: dict[str, Any], told: str) -> None:
    assert next_sentence(passage(**changes)).startswith(f"D1 / Solar: {told}")


def test_without_figures_the_status_says_it_all() -> None:
    row = AssignmentFigures(
        campaign_id="Solar",
        dialer_id="D1",
        dial_lines=3,
        agent_lines=4,
        status=Status.UNSCHEDULED,
        reason="Too few dial lines.",
        engine=figures().engine,
    )
    assert next_sentence(row) == "D1 / Solar: Unscheduled. Too few dial lines."


def test_who_is_all_busy_first_is_told_first_and_who_does_not_dial_last() -> None:
    rows = (
        passage(dialer_id="later", seconds_to_all_busy_p50=500.0),
        passage(dialer_id="closed", seconds_to_all_busy_p50=1.0, status=Status.SCHEDULED),
        passage(dialer_id="sooner", seconds_to_all_busy_p50=20.0),
    )
    told = [text.split()[0] for text in next_sentences(projection(assignments=rows))]
    assert told == ["sooner", "later", "closed"]


@pytest.mark.parametrize(
    ("chances", "letter"),
    [
        ({Status.RUNNING: 1.0}, "0"),
        ({Status.RUNNING: 0.001, Status.ALL_BUSY: 0.999}, "9"),
        # Dialing is likelier than not, and paused for 0.2 of 0.6.
        ({Status.RUNNING: 0.4, Status.ALL_BUSY: 0.2, Status.COMPLETED: 0.4}, "3"),
        ({Status.RUNNING: 0.3, Status.ALL_BUSY: 0.1, Status.COMPLETED: 0.6}, "c"),
        ({Status.UNSCHEDULED: 1.0}, "u"),
        ({Status.BY_ADMIN: 1.0}, "a"),
        ({Status.BY_DIALER: 1.0}, "d"),
        ({Status.STOPPED: 1.0}, "x"),
        ({Status.SCHEDULED: 1.0}, "s"),
    ],
)
def test_a_letter_tells_the_likeliest_status(chances: dict[Status, float], letter: str) -> None:
    assert letter_of(chances) == letter


@pytest.mark.parametrize("name", ["x" * 200, "\x1b[2J", "<b>&amp;"])
def test_no_id_breaks_the_page_or_the_file(name: str) -> None:
    given = projection(
        assignments=(passage(campaign_id=name),),
        timeline=(step(0, {Status.RUNNING: 1.0}, campaign_id=name),),
    )
    lines = projection_text(given).splitlines()
    assert max(len(line) for line in lines) <= WIDTH
    assert all(line.isprintable() for line in lines)
    page = html_report(given)
    assert "\x1b" not in page
    assert "<b>" not in page


def data(chart: Any) -> list[dict[str, Any]]:
    return [row for values in chart.to_dict()["datasets"].values() for row in values]


def shown(given: Projection) -> dict[str, list[dict[str, Any]]]:
    return {title: data(figure.chart) for title, figure in projection_figures(given)}


def test_the_passage_chart_shows_what_is_known_of_the_distribution() -> None:
    points = shown(projection())["Time until all agent lines are busy"]
    assert [(round(p["Minutes"], 3), p["Chance"]) for p in points] == [
        (0.0, 0.0),
        (2.333, 0.5),
        (5.0, 0.854353),
        (5.667, 0.9),
        (15.0, 0.999529),
        (60.0, 1.0),
    ]


def test_the_heat_map_weighs_dial_lines_and_leaves_out_what_does_not_dial() -> None:
    rows = (passage(), passage(campaign_id="Roof", dial_lines=285))
    steps = (
        step(0, {Status.RUNNING: 0.6, Status.ALL_BUSY: 0.4}),
        step(0, {Status.RUNNING: 1.0}, campaign_id="Roof"),
        step(1, {Status.SCHEDULED: 1.0}),
    )
    cells = shown(projection(assignments=rows, timeline=steps))
    # 95 lines paused for 0.4 of the time and 285 for none: 0.1.
    (cell,) = cells["All agent lines busy, by hour and dialer"]
    assert cell["Dialer"] == "D1"
    assert cell["Paused"] == pytest.approx(0.1)


def test_the_band_of_a_list_ends_with_the_horizon() -> None:
    (band,) = shown(projection())["Dial lists done"]
    assert (band["From"][11:16], band["Half"][11:16], band["To"][11:16]) == (
        "11:00",
        "11:30",
        "13:00",
    )


def test_the_hours_of_the_heat_map_begin_and_end_with_the_projection() -> None:
    half_past = MONDAY_NINE + timedelta(minutes=30)
    steps = tuple(
        step(
            0,
            {Status.RUNNING: 0.6, Status.ALL_BUSY: 0.4},
            start=half_past + timedelta(minutes=30 * place),
            end=half_past + timedelta(minutes=30 * (place + 1)),
        )
        for place in range(2)
    )
    cells = shown(projection(at=half_past, hours=1, timeline=steps, completion=()))
    assert [
        (cell["From"][11:16], cell["To"][11:16])
        for cell in cells["All agent lines busy, by hour and dialer"]
    ] == [("09:30", "10:00"), ("10:00", "10:30")]


def test_charts_without_anything_to_show_are_left_out() -> None:
    assert shown(Projection(at=MONDAY_NINE, hours=8, assignments=())) == {}


def test_every_chart_has_words_for_those_who_do_not_see_it() -> None:
    words = [figure.alt for _, figure in projection_figures(projection())]
    assert "D1 / Solar paused 40 %, then Completed" in words[0]
    assert "D1 / Solar over 99.9 % within 15 min" in words[1]
    assert "D1 at most 40 %, from Mon 09:00" in words[2]
    assert "Solar half of the cases by Mon 11:30" in words[3]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_html_report_needs_nothing_else_and_draws_every_chart() -> None:
    page = html_report(projection())
    found = Tags()
    found.feed(page)
    assert "script" not in found.tags
    assert "link" not in found.tags
    assert [link for link in found.links if not link.startswith("#")] == []
    drawings = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert len(drawings) == 4
    for drawing in drawings:
        ElementTree.fromstring(drawing)
    assert "The list of Solar is short." in page


def test_the_same_projection_gives_the_same_file() -> None:
    assert html_report(projection()) == html_report(projection())


def test_a_dial_list_that_is_not_seen_done_says_how_much_is_left() -> None:
    problem = Problem(
        dialers=(),
        campaigns=(
            solar(records=40_000, attempts_per_record=3),
            solar(campaign_id="Roof", records=500),
            solar(campaign_id="Endless"),
        ),
    )
    beyond = [Completion(campaign_id=name, p05=None, p50=None, p95=None) for name in ("Solar",)]
    seen = Completion(campaign_id="Roof", p05=MONDAY_NINE, p50=None, p95=None)
    rows = (
        figures(campaign_id="Solar", dialer_id="D1", attempts_per_hour=3_000.0),
        figures(campaign_id="Solar", dialer_id="D2", attempts_per_hour=1_800.0),
    )
    made = projection(assignments=rows, completion=(*beyond, seen))
    # 40,000 records * 3 attempts / (3,000 + 1,800 an hour) = 25 hours.
    assert list_sentences(made, problem) == [
        "Solar: 120,000 attempts are left, about 25 hours of dialing at these rates."
    ]
    still = projection(assignments=(), completion=tuple(beyond))
    assert list_sentences(still, problem) == ["Solar: 120,000 attempts are left."]
