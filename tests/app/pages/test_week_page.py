"""The week page without a browser: a week planned, shown, handed out."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.pages import ROOT, finished, go_to, new_session, text

HEADER = "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds"


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A dialer of 8 ports; A runs Monday 9 to 11, B 10 to 12, each with one agent."""
    (tmp_path / "dialers.csv").write_text("dialer_id,ports\nD,8\n")
    (tmp_path / "campaigns.csv").write_text(
        f"{HEADER},start,schedule\n"
        "A,1,25,0.1,0.5,60,2026-01-01,Mon 09:00-11:00\n"
        "B,1,25,0.1,0.5,60,2026-01-01,Mon 10:00-12:00\n"
    )
    monkeypatch.setenv("PLANNER_FOLDER", str(tmp_path))
    return go_to(new_session().run(), "week")


def planned(app: AppTest) -> AppTest:
    app.date_input(key="week-day").set_value(date(2026, 3, 4)).run()
    app.select_slider(key="week-may-cost").set_value(0.0).run()
    app.button(key="plan-week").click().run()
    finished(app, "week")
    assert not app.exception
    return app


def test_a_week_tells_which_lines_change_when(two: AppTest) -> None:
    planned(two)
    (changes,) = [d.value for d in two.dataframe if "When" in d.value]
    # Alone each has 7 + 1 lines; together 3 + 1 each on the 8 ports (test_handout.py of the
    # command has the same week).
    assert list(zip(changes["When"], changes["Campaign"], changes["Dial lines"], strict=True)) == [
        ("Mon 09:00", "A", "0 → 7"),
        ("Mon 10:00", "A", "7 → 3"),
        ("Mon 10:00", "B", "0 → 3"),
        ("Mon 11:00", "A", "3 → 0"),
        ("Mon 11:00", "B", "3 → 7"),
    ]
    assert "**Planned**: 3 h; in 165 h no campaign can run" in text(two)
    assert "5 rows at 3 times." in text(two)


def test_before_it_is_planned_the_week_shows_what_runs_when(two: AppTest) -> None:
    two.date_input(key="week-day").set_value(date(2026, 3, 4)).run()
    assert not two.exception
    (times,) = [d.value for d in two.dataframe if "Ports used" in d.value]
    assert list(zip(times["Days"], times["Hours"], times["Runs"], strict=True)) == [
        ("Mon", "09:00-10:00", "A"),
        ("Mon", "10:00-11:00", "all campaigns"),
        ("Mon", "11:00-12:00", "B"),
    ]
    assert "in the 3 h in which a campaign runs" in text(two)
    slider = two.select_slider(key="week-may-cost")
    assert slider.value == 0.5
    assert slider.options[3] == "at most 0.5 % of the value"
    assert slider.options[0] == "nothing"
    assert "with at least 99.5 % left of the value" in two.caption[0].value


def test_a_change_of_what_moves_may_cost_makes_the_week_out_of_date(two: AppTest) -> None:
    planned(two)
    assert "as they were when this was planned" not in text(two)
    two.select_slider(key="week-may-cost").set_value(2.0).run()
    assert "as they were when this was planned" in text(two)


def test_weeks_planned_with_more_or_fewer_moves_stand_beside_each_other(two: AppTest) -> None:
    planned(two)
    assert not [d for d in two.dataframe if "Rows to set" in d.value]
    two.select_slider(key="week-may-cost").set_value(5.0).run()
    two.button(key="plan-week").click().run()
    finished(two, "week")
    assert not two.exception
    (tried,) = [d.value for d in two.dataframe if "Rows to set" in d.value]
    assert list(tried["Fewer moves may cost"]) == ["nothing", "at most 5 % of the value"]
    week = two.session_state["workspace"].studies["week"].job.result
    value = week.totals().value
    assert value >= 0.95 * week.value_if_lines_move
    cost = float(tried["They cost"][1].removesuffix(" %"))
    assert cost == pytest.approx(100 * (1 - value / week.value_if_lines_move), abs=0.05)
    assert tried["Rows to set"][0] == "5"


def test_the_week_can_be_handed_out_and_taken_away(two: AppTest) -> None:
    planned(two)
    from planner.app.pages.week import _zip

    week = two.session_state["workspace"].studies["week"].job.result
    with zipfile.ZipFile(io.BytesIO(_zip(week))) as archive:
        assert {"day.csv", "projection.csv", "plan.json"} <= set(archive.namelist())
    go_to(two, "hand-out")
    two.selectbox(key="handout-of").set_value("The week, hour by hour").run()
    assert not two.exception
    shown = " ".join(item.proto.body for item in two.get("html"))
    assert "D: set these lines at Mon 2 Mar 2026 10:00 (UTC)" in shown


def changed_quickstart(folder: Path, **texts: str) -> Path:
    """A folder of the example; ``schedule`` and ``start`` of its campaign are others."""
    usual = {"schedule": "Mon-Sun 00:00-24:00", "start": "2026-01-01"}
    for path in (ROOT / "data" / "quickstart").glob("*.csv"):
        text = path.read_text("utf-8")
        for name, other in texts.items():
            text = text.replace(usual[name], other)
        (folder / path.name).write_text(text, "utf-8")
    return folder


def test_where_no_time_needs_lines_of_its_own_nothing_is_to_be_planned(app: AppTest) -> None:
    go_to(app, "week")
    assert "One set of lines for all hours.** *Optimise* on the Plan page finds it" in text(app)
    assert not [b for b in app.button if b.label == "Plan the week"]
    assert not app.select_slider
    (times,) = [d.value for d in app.dataframe if "Ports used" in d.value]
    assert times.iloc[0].tolist() == [
        "Mon-Sun", "all hours", "all campaigns", "200 of 200", "158.5"
    ]  # fmt: skip


def test_windows_that_all_campaigns_share_need_the_same_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = changed_quickstart(tmp_path, schedule="Mon-Fri 09:00-17:00")
    monkeypatch.setenv("PLANNER_FOLDER", str(folder))
    app = go_to(new_session().run(), "week")
    assert "in the 40 h in which a campaign runs" in text(app)
    assert "no time of this week needs lines of its own" in text(app)
    assert not app.select_slider


def test_campaigns_without_a_calendar_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = changed_quickstart(tmp_path, schedule="", start="")
    monkeypatch.setenv("PLANNER_FOLDER", str(folder))
    app = go_to(new_session().run(), "week")
    assert app.caption[0].value.startswith("Without a start date or weekly hours: Solar")
    go_to(app, "status")
    assert "Set a start date and the weekly hours in which it may dial" in app.info[0].value
    assert "Both stand in the table Campaigns" in app.info[0].value


def test_a_week_in_which_nothing_runs_says_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = changed_quickstart(tmp_path, start="2099-01-01")
    monkeypatch.setenv("PLANNER_FOLDER", str(folder))
    app = go_to(new_session().run(), "week")
    assert "No campaign runs in this week" in text(app)
    assert "*Optimise*" not in text(app)
    assert not app.select_slider


def test_a_planned_week_stands_beside_the_lines_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = changed_quickstart(tmp_path)
    (folder / "outages.csv").write_text(
        "dialer_id,start,end\nD2,2026-03-02 00:00,2026-03-03 00:00\n"
    )
    monkeypatch.setenv("PLANNER_FOLDER", str(folder))
    app = planned(go_to(new_session().run(), "week"))
    # Engset for 95 + 5 lines: 79.260393 an hour on each of two dialers; 24 of 168 hours on one.
    assert "kept all week, would bring 24,729 transfers, whatever limits say" in text(app)
