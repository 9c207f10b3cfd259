"""The status page without a browser: figures by formula, live and simulated."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from planner.app.editing.clock import NextRun
from tests.support.pages import ROOT, finished, go_to, new_session, optimise, text

LIVE_HEADER = "campaign_id,dialer_id,dial_lines,agent_lines,busy_agent_lines,status\n"


def statuses(app: AppTest) -> pd.DataFrame:
    return next(item.value for item in app.dataframe if "Made by" in item.value)


def test_status_tells_when_all_agent_lines_will_be_busy(app: AppTest) -> None:
    go_to(app, "status")
    # The published check value: from empty, a mean of 190.271372 s, which is 3.2 min.
    assert list(statuses(app)["Until all busy"]) == ["3.2 min", "3.2 min"]


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that the app follows; four of the five agent lines of D1 are busy."""
    file = tmp_path / "live.csv"
    file.write_text(f"{LIVE_HEADER}Solar,D1,95,5,4,\nSolar,D2,95,5,,stopped_by_dialer\n")
    monkeypatch.setenv("PLANNER_LIVE", str(file))
    monkeypatch.setenv("PLANNER_LIVE_SECONDS", "0.01")
    return file


def until_all_busy(app: AppTest, dialer: str) -> str:
    assert not app.exception
    told: str = statuses(app).set_index("Dialer").loc[dialer, "Until all busy"]
    return told


def test_the_page_follows_what_the_dialers_report(app: AppTest, live: Path) -> None:
    go_to(app, "status").run()
    assert "Live: read" in text(app)
    # With four of five lines busy it is a matter of seconds, from none of minutes.
    assert until_all_busy(app, "D1").endswith(" s")
    assert list(statuses(app)["Status"][1]) == ["Stopped By Dialer"]
    aside = live.with_name("aside.csv")
    aside.write_text(f"{LIVE_HEADER}Solar,D1,95,5,0,\nSolar,D2,95,5,4,\n")
    aside.replace(live)
    app.run()
    assert until_all_busy(app, "D1") == "3.2 min"
    assert until_all_busy(app, "D2").endswith(" s")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda file: file.write_text(f"{LIVE_HEADER}Solar,D1,95,5,lots,\n"), "line 2"),
        (lambda file: file.write_text(f"{LIVE_HEADER}Solar,D1,95,5,4,\nSolar,D"), "line 3"),
        (lambda file: file.write_text(""), "line 1"),
        (lambda file: file.unlink(), "No such file"),
    ],
    ids=["a bad cell", "half of a file", "nothing", "no file"],
)
def test_the_last_good_state_stays_and_its_age_is_told(
    app: AppTest, live: Path, spoil: Callable[[Path], object], told: str
) -> None:
    go_to(app, "status").run()
    spoil(live)
    app.run()
    assert "The live snapshot cannot be used, so what was read" in text(app).replace("**", "")
    assert told in text(app)
    assert until_all_busy(app, "D1").endswith(" s")
    # Who comes now sees the last good state too.
    other = new_session().run().button(key="open-quickstart").click().run()
    go_to(other, "status").run()
    assert until_all_busy(other, "D1").endswith(" s")
    live.write_text(f"{LIVE_HEADER}Solar,D1,95,5,0,\n")
    app.run()
    assert "cannot be used" not in text(app)
    assert until_all_busy(app, "D1") == "3.2 min"


def test_data_of_later_than_now_shows_no_status_and_says_that_a_clock_is_wrong(
    app: AppTest, live: Path
) -> None:
    later = (datetime.now(UTC) + timedelta(minutes=40)).isoformat()
    live.write_text(
        f"{LIVE_HEADER.strip()},as_of\nSolar,D1,95,5,0,,{later}\nSolar,D2,95,5,0,,{later}\n"
    )
    go_to(app, "status").run()
    (warning,) = [item.value for item in app.warning]
    assert "A clock is wrong" in warning
    assert "Solar on D1, Solar on D2" in warning
    assert "written" not in text(app)
    assert not [item for item in app.dataframe if "Made by" in item.value]


def test_data_that_nobody_has_written_for_an_hour_shows_no_status(app: AppTest, live: Path) -> None:
    hour_ago = time.time() - 3600
    os.utime(live, (hour_ago, hour_ago))
    go_to(app, "status").run()
    assert "The live data is old" in "".join(item.value for item in app.warning)
    assert not [item for item in app.dataframe if "Made by" in item.value]
    live.write_text(f"{LIVE_HEADER}Solar,D1,95,5,0,\nSolar,D2,95,5,0,\n")
    for _ in range(50):  # on a busy machine the page does not wait until it is read
        if not app.run().warning:
            break
    assert not app.warning
    assert until_all_busy(app, "D1") == "3.2 min"


def test_a_row_that_the_live_data_leaves_out_has_no_status(app: AppTest, live: Path) -> None:
    live.write_text(f"{LIVE_HEADER}Solar,D1,95,5,0,\n")
    go_to(app, "status").run()
    assert list(statuses(app)["Dialer"]) == ["D1"]
    (warning,) = app.warning
    assert "does not tell of Solar on D2" in warning.value


def test_lines_that_differ_from_the_plan_are_told(app: AppTest, live: Path) -> None:
    live.write_text(f"{LIVE_HEADER}Solar,D1,95,5,0,\nSolar,D2,60,2,0,\n")
    go_to(app, "status").run()
    assert "Solar on D2: 60 dial and 2 agent lines there, 95 dial and 5 agent" in text(app)
    assert list(statuses(app)["Lines"]) == ["95 + 5", "60 + 2"]


def status_of(monkeypatch: pytest.MonkeyPatch, folder: Path, columns: str, cells: str) -> AppTest:
    """The Status page of the example, whose campaign has more columns."""
    for name in ("dialers.csv", "assignments.csv"):
        (folder / name).write_text((ROOT / "data" / "quickstart" / name).read_text())
    (folder / "campaigns.csv").write_text(
        "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds,"
        f"{columns}\nSolar,10,25,0.1,0.1,180,{cells}\n"
    )
    monkeypatch.setenv("PLANNER_FOLDER", str(folder))
    return go_to(new_session().run(), "status")


def test_simulated_figures_come_with_their_interval(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = status_of(monkeypatch, tmp_path, "attempt_cv", "0")
    assert set(statuses(app)["Made by"]) == {"formula"}
    app.button(key="simulate").click().run()
    finished(app, "status")
    assert not app.exception
    assert set(statuses(app)["Made by"]) == {"simulation"}
    assert "–" in statuses(app)["Paused"][0]


def test_a_dial_list_is_told_from_the_first_look_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By formula how much is left; simulated when it is done, also where formulas hold exactly."""
    columns, cells = "records,start,schedule", "1000,2020-01-01,Mon-Sun 00:00-24:00"
    app = status_of(monkeypatch, tmp_path, columns, cells)
    assert "1,000 attempts are left, about" in text(app)
    # 190 lines of 25 s make 27,360 attempts an hour at the most: the chart goes on after its end.
    assert "no dial list runs out in this chart. At these rates done before it ends: Solar" in (
        text(app).replace("\u2060", "")
    )
    assert not [d for d in app.dataframe if "Half of the cases" in d.value]
    app.button(key="simulate").click().run()
    finished(app, "status")
    assert not app.exception
    (done,) = [d.value for d in app.dataframe if "Half of the cases" in d.value]
    assert list(done["Campaign"]) == ["Solar"]
    assert "attempts are left" not in text(app)
    assert "runs out in this chart" not in text(app)


def test_many_dial_lists_are_folded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("planner.app.pages.status_table._MOST_TOLD", 0)
    app = status_of(monkeypatch, tmp_path, "records", "1000")
    assert "Dial lists that are not done: 1" in [item.label for item in app.expander]


def test_columns_of_every_figure_are_wide_enough_for_their_words(app: AppTest) -> None:
    go_to(app, "status")
    (grid,) = (item for item in app.dataframe if "Made by" in item.value)
    wide = {name: each.get("width") or 0 for name, each in json.loads(grid.proto.columns).items()}
    # A digit is 7 pixels wide, and each side of a cell takes 8.
    for name, words in (("In 60 min", "over 99.9 %"), ("Runs until", "Mon 30 Nov 2026 17:01")):
        assert wide[name] >= 7 * len(words) + 16, name


def test_a_lost_dialer_is_answered_with_the_first_moves(app: AppTest, live: Path) -> None:
    go_to(app, "status").run()
    assert "Lost: D2" in app.error[0].value
    finished(app, "lost")
    # On 100 ports 90 + 10 lines carry more than 95 + 5 (test_whatif.py derives it).
    moved = "On D1 change Solar from 95 dial lines and 5 agent lines to 90 dial lines and 10 agent"
    assert moved in text(app)
    assert "Brings back" in text(app)
    # Once they are taken nothing more is to be found, only to be set.
    app.button(key="take-lost").click().run()
    assert not app.exception
    assert "The plan has no lines there any more" in app.error[0].value
    assert "lost" not in app.session_state["workspace"].studies
    assert [link.proto.label for link in app.get("page_link")] == [
        "What to set on the other dialers"
    ]
    app.session_state["workspace"].undo()
    app.run()
    assert "lost" in app.session_state["workspace"].studies


def html(app: AppTest) -> str:
    return " ".join(item.proto.body for item in app.get("html"))


def test_the_board_has_a_card_for_each_dialer_and_what_happens_next(app: AppTest) -> None:
    go_to(app, "status")
    told = html(app)
    assert told.count("<section") == 2
    assert "All 5 agent lines busy" in told
    assert "in about 3.2 min" in told
    assert "2 dialers, all paused 16 %" in told  # 0.4 of the time each, independently


def test_without_anything_running_it_opens_when_something_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    hours = f"{tomorrow:%a} 00:00-24:00"
    app = status_of(monkeypatch, tmp_path, "start,schedule", f"2026-01-01,{hours}")
    midnight = f"{tomorrow:%a} {tomorrow.day} {tomorrow:%b %Y} 00:00"
    assert f"Next, {midnight}: Solar starts" in app.info[0].value.replace("\\", "").replace(
        "\u2060", ""
    )
    assert "All 5 agent lines busy" in html(app)
    app.button(key="status-stay").click().run()
    assert "Starts" in html(app)
    assert "All 5 agent lines busy" not in html(app)


def test_whoever_watches_a_window_close_stays_at_now(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = status_of(monkeypatch, tmp_path, "start,schedule", "2026-01-01,Mon-Sun 00:00-24:00")
    assert not app.info
    later = NextRun(datetime.now(UTC) + timedelta(hours=9), ("Solar",))
    monkeypatch.setattr("planner.app.pages.status.next_run", lambda *_: later)
    app.run()
    assert "Nothing runs now" in app.info[0].value
    assert "Shown is now" in app.info[0].value


def test_a_moment_is_picked_once_for_all_pages(app: AppTest) -> None:
    (field,) = app.run().get("date_time_input")  # it lies below the board, and follows it
    assert field.label == "Status as of now, or at"
    go_to(app, "status")
    app.get("date_time_input")[0].set_value(datetime(2030, 3, 4, 9, 0)).run()
    assert not app.exception
    go_to(app, "plan")
    (field,) = app.run().get("date_time_input")  # it lies below the board, and follows it
    assert field.label == "Status as of"
    assert field.value == datetime(2030, 3, 4, 9, 0)


def test_one_clock_shows_all_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_FOLDER", str(ROOT / "data" / "regional"))
    app = go_to(new_session().run(), "status")
    app.get("date_time_input")[0].set_value(datetime(2030, 3, 4, 9, 0)).run()
    app.selectbox(key="status-clock").set_value("America/New_York").run()
    assert not app.exception
    # 09:00 in UTC is 04:00 in New York.
    assert app.get("date_time_input")[0].value == datetime(2030, 3, 4, 4, 0)
    assert "Mon 4 Mar 2030 04:00" in text(app).replace("\u2060", "")
    go_to(app, "plan")
    assert app.get("date_time_input")[0].value == datetime(2030, 3, 4, 4, 0)


def test_optimise_plans_without_a_lost_dialer_unless_asked_to_count_it(
    app: AppTest, live: Path
) -> None:
    go_to(app, "status").run()
    go_to(app, "plan")
    assert "Lost: D2.** *Optimise* plans without it." in text(app)
    optimise(app)
    assert not app.exception
    job = app.session_state["workspace"].job
    assert [d.in_service for d in job.problem.dialers] == [True, False]
    # 90 + 10 lines on the dialer that is left; before 95 + 5 there, by Engset's formula.
    assert "**Proposed plan** without D2: **116.3** transfers an hour, now 79.3" in text(app)
    app.button(key="discard").click().run()
    app.checkbox(key="count-lost").check().run()
    optimise(app)
    job = app.session_state["workspace"].job
    assert all(d.in_service for d in job.problem.dialers)
    # Once it is back there is nothing to choose.
    app.session_state["workspace"].drop_job()
    aside = live.with_name("aside.csv")
    aside.write_text(f"{LIVE_HEADER}Solar,D1,95,5,0,\nSolar,D2,95,5,4,\n")
    aside.replace(live)
    go_to(app, "status").run()
    go_to(app, "plan")
    assert "Lost" not in text(app)
