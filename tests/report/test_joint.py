from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from planner.contracts.projected import CampaignJoint, JointStep, Projection
from planner.contracts.result import Engine
from planner.report.charts.projection import projection_figures
from planner.report.html.reports import html_report
from planner.report.projections.joint import joint_sentences
from planner.report.projections.projection import (
    projection_document,
    projection_text,
    write_projection_files,
)

AT = datetime(2030, 3, 4, 9, tzinfo=UTC)
#: Two dialers that pause independently 40 % of the time.
SHARES: dict[str, Any] = {
    "campaign_id": "Solar",
    "dialers": 2,
    "none_paused": 0.36,
    "some_paused": 0.48,
    "all_paused": 0.16,
    "paused_distribution": (0.36, 0.48, 0.16),
}


def projection(**changes: Any) -> Projection:
    joint = CampaignJoint(**(SHARES | {"engine": Engine.MARKOV} | changes))
    step = JointStep(**(SHARES | {"start": AT, "end": AT + timedelta(minutes=15)} | changes))
    return Projection(
        at=AT, hours=1, assignments=(), campaigns_joint=(joint,), timeline_joint=(step,)
    )


SENTENCE = (
    "Solar: at least one of its 2 dialers dials 84 % of the time; in 48 % one is paused while the "
    "other dials on."
)


def test_a_sentence_answers_whether_any_dialer_dials() -> None:
    assert joint_sentences(projection()) == [SENTENCE]


def test_of_three_dialers_some_are_paused_while_others_dial() -> None:
    shares = {
        "dialers": 3,
        "none_paused": 0.216,
        "some_paused": 0.72,
        "all_paused": 0.064,
        "paused_distribution": (0.216, 0.432, 0.288, 0.064),
    }
    assert joint_sentences(projection(**shares)) == [
        "Solar: at least one of its 3 dialers dials 94 % of the time; in 72 % some are paused "
        "while others dial on."
    ]


def test_one_dialer_alone_needs_no_words() -> None:
    shares = {
        "dialers": 1,
        "none_paused": 0.6,
        "some_paused": 0.0,
        "all_paused": 0.4,
        "paused_distribution": (0.6, 0.4),
    }
    alone = projection(**shares)
    assert joint_sentences(alone) == []
    assert "All dialers of a campaign together" not in projection_text(alone)


def test_text_page_and_json_tell_it() -> None:
    text = projection_text(projection())
    assert "All dialers of a campaign together" in text
    assert "Paused on average" in text
    assert "0.8" in text  # 0 x 0.36 + 1 x 0.48 + 2 x 0.16
    assert "at least one of its 2 dialers dials 84 %" in html_report(projection())
    document = projection_document(projection())
    (joint,) = document["campaigns_joint"]
    assert joint == SHARES | {"paused_distribution": [0.36, 0.48, 0.16], "engine": "markov"}
    (step,) = document["timeline_joint"]
    assert step["from"] == "2030-03-04T09:00:00+00:00"
    assert step["all_paused"] == 0.16


def test_simulated_shares_come_with_their_ends() -> None:
    ends = {"low": {"all_paused": 0.15}, "high": {"all_paused": 0.17}}
    (joint,) = projection_document(projection(**ends))["campaigns_joint"]
    assert (joint["all_paused_low"], joint["all_paused_high"]) == (0.15, 0.17)


def test_files_hold_it_by_campaign_and_by_step(tmp_path: Path) -> None:
    write_projection_files(tmp_path, projection())
    with (tmp_path / "campaigns_joint.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert float(row["some_paused"]) == 0.48
    assert [float(row[f"paused_{count}"]) for count in range(3)] == [0.36, 0.48, 0.16]
    with (tmp_path / "timeline_joint.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert float(row["all_paused"]) == 0.16
    assert row["to"].startswith("2030-03-04T09:15")


def test_a_chart_shows_it_over_time() -> None:
    figures = dict(projection_figures(projection()))
    figure = figures["Dialers of a campaign paused at once"]
    assert "Solar all paused at most 16 %" in figure.alt
    values = figure.chart.data.values
    assert [(v["Dialers"], v["Chance"]) for v in values] == [
        ("None paused", 0.36),
        ("Some paused", 0.48),
        ("All paused", 0.16),
    ]
    assert values[-1]["Bottom"] == pytest.approx(0.93)


def test_steps_that_look_alike_are_one_block() -> None:
    (step,) = projection().timeline_joint
    length = step.end - step.start
    later = step.model_copy(update={"start": step.end, "end": step.end + length})
    other = later.model_copy(
        update={
            "start": later.end,
            "end": later.end + length,
            "none_paused": 0.5,
            "some_paused": 0.34,
        }
    )
    given = projection().model_copy(update={"timeline_joint": (step, later, other)})
    figure = dict(projection_figures(given))["Dialers of a campaign paused at once"]
    blocks = [v for v in figure.chart.data.values if v["Dialers"] == "None paused"]
    assert [(b["From"][11:16], b["To"][11:16], b["Chance"]) for b in blocks] == [
        ("09:00", "09:30", 0.36),
        ("09:30", "09:45", 0.5),
    ]
