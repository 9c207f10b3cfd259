"""Estimates put into a planning folder: cells that change, cells that stay, ids that differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.calibration.folder_update import FolderUpdate, update_folder, write_update
from planner.calibration.plan_effect import plan_effect
from planner.calibration.result import REQUEST_RATE, Estimate, Estimates, HourEstimate
from planner.tables.folder import read_folder

CAMPAIGNS = (
    "campaign_id;kind;value;agent_lines;attempt_seconds;answer_rate;transfer_rate;talk_seconds;"
    "schedule\n"
    "Solar;live_transfer;2,5;10;25;0,10;0,10;180;Mon-Fri 09:00-17:00\n"
    "Roof;live_transfer;1;5;30;0,20;0,05;120;Mon-Fri 09:00-17:00\n"
)


def folder(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    (path / "dialers.csv").write_text("dialer_id,ports\nD1,100\nD2,100\n")
    (path / "campaigns.csv").write_text(CAMPAIGNS)
    (path / "assignments.csv").write_text(
        "campaign_id,dialer_id,dial_lines,agent_lines\nSolar,D1,50,5\nSolar,D2,50,5\n"
    )
    (path / "intervals.csv").write_text(
        "campaign_id,days,from,to,agent_lines,answer_rate\n"
        "Solar,Mon-Fri,09:00,12:00,8,0.12\nSolar,Mon-Fri,12:00,17:00,,0.09\n"
        "Roof,,10:00,11:00,,0.3\n"
    )
    return path


def item(figure: str, value: float | None, campaign: str = "Solar") -> Estimate:
    ends = (None, None) if value is None else (value * 0.9, value * 1.1)
    return Estimate(campaign, figure, value, *ends, attempts=5000, days=10, method="sum over days")


def updated(path: Path, *figures: Estimate, hours: tuple[HourEstimate, ...] = ()) -> FolderUpdate:
    return update_folder(folder(path), Estimates(tuple(figures), hours))


def test_only_cells_that_the_logs_tell_change(tmp_path: Path) -> None:
    update = updated(tmp_path / "in", item("answer_rate", 0.123456), item("talk_seconds", 150.0))
    changes = {(c.campaign_id, c.column): (c.old, c.new) for c in update.changes}
    assert changes == {
        ("Solar", "answer_rate"): ("0.1", "0.12346"),
        ("Solar", "talk_seconds"): ("180", "150"),
    }
    write_update(update, make(tmp_path / "out"))
    assert (tmp_path / "out" / "dialers.csv").read_text() == "dialer_id,ports\nD1,100\nD2,100\n"
    after = read_folder(tmp_path / "out")
    before = read_folder(tmp_path / "in")
    assert after.campaigns[1] == before.campaigns[1]
    assert after.campaigns[0].value == 2.5
    assert after.campaigns[0].answer_rate == 0.12346
    assert after.assignments == before.assignments
    assert (tmp_path / "in" / "campaigns.csv").read_text() == CAMPAIGNS


def make(path: Path) -> Path:
    path.mkdir()
    return path


def test_where_only_the_product_is_known_the_transfer_rate_makes_it_right(tmp_path: Path) -> None:
    update = updated(
        tmp_path / "in", item("answer_rate", None), item("transfer_rate", None),
        item(REQUEST_RATE, 0.02),
    )  # fmt: skip
    (change,) = update.changes
    assert (change.column, change.new) == ("transfer_rate", "0.2")
    assert update.after.campaigns[0].transfer_probability == pytest.approx(0.02)


def test_a_variation_whose_interval_holds_one_stays_exponential(tmp_path: Path) -> None:
    update = updated(tmp_path / "in", item("attempt_cv", 1.05), item("talk_cv", 0.6))
    assert {change.column: change.new for change in update.changes} == {"talk_cv": "0.6"}


def test_hours_replace_what_the_table_said_of_the_same_figure(tmp_path: Path) -> None:
    hours = tuple(
        HourEstimate("Solar", (0, 1, 2, 3, 4), 60 * h, 60 * (h + 1), "answer_rate", v, v, v, 900)
        for h, v in ((9, 0.14), (10, 0.10), (11, 0.08))
    )
    update = updated(tmp_path / "in", item("answer_rate", 0.105), hours=hours)
    solar = [i for i in update.after.intervals if i.campaign_id == "Solar"]
    assert [(i.from_minute, i.agent_lines, i.answer_rate) for i in solar] == [
        (540, 8, None),
        (540, None, 0.14),
        (600, None, 0.10),
        (660, None, 0.08),
    ]
    roof = [i for i in update.after.intervals if i.campaign_id == "Roof"]
    assert [i.answer_rate for i in roof] == [0.3]
    assert update.hours == 3


def test_ids_that_do_not_match_are_listed_with_the_nearest(tmp_path: Path) -> None:
    update = updated(tmp_path / "in", item("talk_seconds", 100, "Solar-1"))
    found = {(s.where, s.campaign_id): s.nearest for s in update.strangers}
    assert found == {
        ("logs", "Solar-1"): "Solar",
        ("folder", "Solar"): "Solar-1",
        ("folder", "Roof"): None,
    }
    assert not update.changes


def test_the_effect_tells_value_pauses_and_limits_that_now_break(tmp_path: Path) -> None:
    path = folder(tmp_path / "in")
    text = (
        CAMPAIGNS.replace("schedule\n", "schedule;max_abandon_rate\n")
        .replace("180;Mon-Fri 09:00-17:00", "180;Mon-Fri 09:00-17:00;0,03")
        .replace("120;Mon-Fri 09:00-17:00", "120;Mon-Fri 09:00-17:00;")
    )
    (path / "campaigns.csv").write_text(text)
    update = update_folder(path, Estimates((item("answer_rate", 0.3),)))
    effect = plan_effect(update.before, update.after)
    assert effect is not None
    assert effect.value_after > effect.value_before
    shares = {dialer: (old, new) for _, dialer, old, new in effect.pauses}
    assert shares["D1"][0] is not None
    assert shares["D1"][1] is not None
    assert shares["D1"][1] > shares["D1"][0]
    assert len(effect.breaks) == 1
    assert "Solar" in effect.breaks[0]
