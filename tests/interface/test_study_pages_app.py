"""What-if, trade-off, status and data pages without a browser: what one does there, and sees."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from planner.jobs import StudyJob
from planner.jobs import here as run_here
from planner.levers import Levers
from tests.interface.pages import ROOT, go_to, lines, new_session


@pytest.fixture
def app() -> AppTest:
    return new_session().run().button(key="open-quickstart").click().run()


def side_by_side(app: AppTest) -> dict[str, dict[str, str]]:
    rows = app.dataframe[0].value
    return {row["World"]: dict(row) for _, row in rows.iterrows()}


def finished(app: AppTest, study: str) -> AppTest:
    app.session_state["desk"].studies[study].job.wait(300)
    return app.run()


def text(app: AppTest) -> str:
    told = [item.value for item in app.markdown] + [item.value for item in app.caption]
    return " ".join(told).replace("\\", "")


def test_a_dialer_down_halves_the_calls_of_two(app: AppTest) -> None:
    go_to(app, "what-if")
    app.multiselect(key="down-1").set_value(["D1"]).run()
    assert not app.exception
    found = side_by_side(app)
    # Engset for 95 + 5 lines: 79.260393 an hour on each of two dialers.
    assert found["base"]["Transfers/h"] == "158.5"
    assert found["Scenario 1"]["Transfers/h"] == "79.3"
    assert found["Scenario 1"]["Change"] == "-50.0 %"
    assert "D1 is out of service" in text(app)


def test_a_slider_changes_its_scenario_alone(app: AppTest) -> None:
    go_to(app, "what-if")
    app.selectbox(key="worlds").set_value(3).run()
    app.slider(key="answers-2").set_value(50).run()
    assert not app.exception
    found = side_by_side(app)
    assert found["Scenario 1"]["Transfers/h"] == found["Scenario 3"]["Transfers/h"] == "158.5"
    assert float(found["Scenario 2"]["Transfers/h"]) > 158.5


def test_what_cannot_be_is_told_in_words(app: AppTest) -> None:
    go_to(app, "what-if")
    app.text_area(key="more-1").set_value("campaign.Solar.answer_rate*=20").run()
    assert not app.exception
    assert "This cannot be" in app.error[0].value


def test_planning_anew_lists_moves_and_takes_them(app: AppTest) -> None:
    go_to(app, "what-if")
    app.multiselect(key="down-1").set_value(["D1"]).run()
    app.button(key="replan").click().run()
    finished(app, "replan")
    assert not app.exception
    assert "On D2 change Solar from 95 dial lines and 5 agent lines" in text(app)
    app.button(key="take-Scenario 1").click().run()
    assert ("Solar", "D1") not in lines(app)
    assert sum(lines(app)["Solar", "D2"]) <= 100


def test_each_scenario_tells_what_is_done_with_it(app: AppTest) -> None:
    go_to(app, "what-if")
    app.selectbox(key="worlds").set_value(3).run()
    told: queue.Queue[str | None] = queue.Queue()
    heard = threading.Event()

    def study(*, on_progress: Callable[[float, str], None], stop: Callable[[], bool]) -> None:
        while (phase := told.get(timeout=60)) is not None:
            on_progress(0.5, phase)
            heard.set()

    desk = app.session_state["desk"]
    names = tuple((f"Scenario {number}", Levers()) for number in (1, 2, 3))
    desk.start_study("replan", (desk.scenario.problem, names), StudyJob(study, run=run_here))

    def after(phase: str) -> dict[str, str]:
        heard.clear()
        told.put(phase)
        assert heard.wait(60)
        app.run()
        assert not app.exception
        (said,) = [m.value for m in app.markdown if m.value.startswith("- **Scenario 1**")]
        return dict(line[4:].split("**: ") for line in said.splitlines())

    assert set(after("base").values()) == {"waits"}
    assert after("Scenario 1")["Scenario 1"].startswith("working out what happens")
    assert after("Scenario 1, lines anew")["Scenario 1"].startswith("planning anew for")
    now = after("Scenario 2")
    assert now["Scenario 1"] == "done"
    assert now["Scenario 2"].startswith("working out")
    assert now["Scenario 3"] == "waits"
    assert app.button(key="stop-replan").label == "Stop and keep best"
    told.put(None)
    finished(app, "replan")


def test_a_dialer_that_goes_down_later_costs_less_today(app: AppTest) -> None:
    go_to(app, "what-if")
    app.multiselect(key="down-1").set_value(["D1"]).run()
    app.toggle(key="hours-on").set_value(True).run()
    assert not app.exception

    def lost() -> float:
        frame = next(d.value for d in app.dataframe if "Value in 4 hours" in d.value)
        return float(frame["Change"][1].removesuffix(" %"))

    app.session_state["whatif-hours"] = "4 hours"
    app.run()
    # Half of the calls go when one of two dialers is down all the time.
    assert lost() == -50.0
    later = datetime.now(UTC) + timedelta(hours=2)
    if later.time() > datetime.now(UTC).time():  # in the last hours of a day it is tomorrow
        app.time_input(key="from-1").set_value(later.time()).run()
        assert not app.exception
        # Down for half of the four hours, to the minute.
        assert lost() == pytest.approx(-25, abs=0.3)


def test_a_new_campaign_gets_lines_and_comes_into_the_plan(app: AppTest) -> None:
    go_to(app, "what-if")
    field(app.text_input, "Name of the new campaign").set_value("Roof").run()
    field(app.number_input, "Value of a transfer").set_value(100.0).run()
    assert not app.exception
    assert side_by_side(app)["Scenario 1"]["Change"] == "0 %"  # it has no lines yet
    app.button(key="replan").click().run()
    finished(app, "replan")
    assert not app.exception
    app.button(key="take-Scenario 1").click().run()
    assert not app.exception
    assert not app.error, "it is no new campaign any more"
    go_to(app, "plan")
    assert not app.exception
    assert sum(n for (name, _), (n, _) in lines(app).items() if name == "Roof") > 0
    assert [c.campaign_id for c in app.session_state["desk"].scenario.baseline.campaigns] == [
        "Solar",
        "Roof",
    ]


def test_a_scenario_is_saved_and_opened_by_somebody_else(app: AppTest) -> None:
    go_to(app, "what-if")
    app.text_input(key="world-name-1").set_value("D1 fails").run()
    app.multiselect(key="down-1").set_value(["D1"]).run()
    app.slider(key="agents-1").set_value(-20).run()
    # Typed and clicked in one breath: both reach the server together.
    app.text_input(key="scenario-note-1").set_value("as in May")
    app.button(key="scenario-new-1").click().run()
    assert "Saved as version 1 of the scenario D1 fails" in app.toast[0].value

    other = new_session().run().button(key="open-quickstart").click().run()
    go_to(other, "what-if")
    other.button(key="scenario-open-1").click().run()
    assert not other.exception
    assert other.multiselect(key="down-1").value == ["D1"]
    assert other.slider(key="agents-1").value == -20
    assert "D1 fails" in side_by_side(other)
    other.slider(key="agents-1").set_value(-30).run()
    other.button(key="scenario-save-1").click().run()
    # The first one has version 1 still.
    app.slider(key="agents-1").set_value(-10).run()
    app.button(key="scenario-save-1").click().run()
    told = " ".join(t.value for t in app.toast).replace("\\", "")
    assert "Not saved:" in told
    assert "saved version 2 of D1 fails" in told
    assert app.slider(key="agents-1").value == -10

    go_to(other, "plans")
    other.session_state["scenarios"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    other.run()
    assert not other.exception
    assert "D1 is out of service; 30 % fewer agents on shift" in text(other)
    (history,) = [box for box in other.selectbox if box.label == "Version of the scenario"]
    history.select_index(1).run()
    other.button(key="scenario-restore").click().run()
    assert not other.exception
    assert "Version 1 restored as version 3 of D1 fails." in other.success[0].value.replace(
        "\\", ""
    )


def save_scenario(app: AppTest, name: str, agents: int) -> None:
    """As a new one, from the first place of the page."""
    app.slider(key="agents-1").set_value(agents).run()
    app.text_input(key="world-name-1").set_value(name)
    app.button(key="scenario-new-1").click().run()
    assert not app.exception


def test_saved_scenarios_are_compared_and_opened_side_by_side(app: AppTest) -> None:
    go_to(app, "what-if")
    app.multiselect(key="down-1").set_value(["D1"]).run()
    save_scenario(app, "Bad day", -20)
    save_scenario(app, "Worse day", -60)
    go_to(app, "plans")
    compared = app.multiselect(key="scenarios-compared")
    compared.set_value(list(reversed(compared.options))).run()
    assert not app.exception
    said, worlds = (frame.value for frame in app.dataframe[-2:])
    assert list(said.columns) == ["Bad day", "Worse day"]
    assert list(said.loc["Agents on shift"]) == ["-20 %", "-60 %"]
    assert "Talk time" not in said.index, "nobody changes it"
    transfers = dict(zip(worlds["World"], worlds["Transfers/h"], strict=True))
    # D1 is lost in both. D2 has 5 agent lines: 8 agents on shift are enough for them, 4 are not.
    assert transfers["Bad day"] == "79.3"
    assert float(transfers["Worse day"]) < 79.3
    app.button(key="scenarios-open").click().run()
    go_to(app, "what-if")
    assert not app.exception
    assert app.selectbox(key="worlds").value == 2
    assert [app.slider(key=f"agents-{place}").value for place in (1, 2)] == [-20, -60]


def test_a_link_opens_scenarios_once_a_fleet_is_open(app: AppTest) -> None:
    go_to(app, "what-if")
    save_scenario(app, "Few agents", -45)
    go_to(app, "plans")
    app.session_state["scenarios"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    (link,) = [code.value for code in app.code if "scenario=" in code.value]
    other = new_session()
    other.query_params["scenario"] = link.partition("scenario=")[2]
    go_to(other.run(), "what-if")
    assert "A link to a scenario waits" in other.info[0].value
    other.button(key="open-quickstart").click().run()
    assert not other.exception
    assert other.text_input(key="world-name-1").value == "Few agents"
    assert other.slider(key="agents-1").value == -45


def test_a_link_to_no_scenario_says_so(app: AppTest) -> None:
    other = new_session()
    other.query_params["scenario"] = "nothing"
    other.run().button(key="open-quickstart").click().run()
    go_to(other, "what-if")
    assert not other.exception
    assert "no saved scenario at this link" in other.toast[0].value


def test_scenarios_stay_as_set_while_one_looks_at_another_page(app: AppTest) -> None:
    go_to(app, "what-if")
    app.selectbox(key="worlds").set_value(2).run()
    app.slider(key="talk-2").set_value(20).run()
    go_to(app, "plan")
    go_to(app, "what-if")
    assert not app.exception
    assert app.selectbox(key="worlds").value == 2
    assert app.slider(key="talk-2").value == 20


def test_the_trade_off_offers_plans_and_takes_one(app: AppTest) -> None:
    go_to(app, "trade-off")
    app.selectbox(key="frontier-size").set_value("Coarse: 3 weights").run()
    app.button(key="find").click().run()
    finished(app, "frontier")
    assert not app.exception
    found = app.session_state["desk"].studies["frontier"].job.result
    assert found.points
    app.session_state["frontier-rows"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    app.button(key="take-point").click().run()
    assert not app.exception
    expected = {
        (a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines) for a in found.points[0].lines
    }
    assert lines(app) == expected


def test_what_was_picked_last_counts_ticked_or_clicked(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_to(app, "trade-off")
    app.selectbox(key="frontier-size").set_value("Coarse: 3 weights").run()
    app.button(key="find").click().run()
    finished(app, "frontier")
    study = app.session_state["desk"].studies["frontier"].job
    (first, *_) = study.result.points
    study.result = study.result.model_copy(
        update={"points": (first, first.model_copy(update={"number": 2}))}
    )
    clicked: list[dict[str, int]] = []
    monkeypatch.setattr(
        "planner.ui.tradeoff_page.st.altair_chart",
        lambda *_, **__: {"selection": {"plan": clicked}},  # no test without a browser can click
    )

    def tick(*rows: int) -> None:
        app.session_state["frontier-rows"] = {
            "selection": {"rows": [*rows], "columns": [], "cells": []}
        }
        app.run()

    tick(0)
    assert "**Plan 1**" in text(app)
    clicked.append({"Plan": 2})
    tick(0)  # the row is ticked still
    assert "**Plan 2**" in text(app)
    tick()
    assert "**Plan" not in text(app)


def field(fields: Sequence[Any], label: str) -> Any:
    """The field with this label."""
    (found,) = [item for item in fields if item.label == label]
    return found


def statuses(app: AppTest) -> pd.DataFrame:
    return next(item.value for item in app.dataframe if "Made by" in item.value)


def test_status_tells_when_all_agent_lines_will_be_busy(app: AppTest) -> None:
    go_to(app, "status")
    # The published check value: from empty, a mean of 190.271372 s, which is 3.2 min.
    assert list(statuses(app)["Until all busy"]) == ["3.2 min", "3.2 min"]


LIVE_HEADER = "campaign_id,dialer_id,dial_lines,agent_lines,busy_agent_lines,status\n"


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


def test_simulated_figures_come_with_their_interval(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("dialers.csv", "assignments.csv"):
        (tmp_path / name).write_text((ROOT / "data" / "quickstart" / name).read_text())
    (tmp_path / "campaigns.csv").write_text(
        "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds,attempt_cv\n"
        "Solar,10,25,0.1,0.1,180,0\n"
    )
    monkeypatch.setenv("PLANNER_FOLDER", str(tmp_path))
    app = go_to(new_session().run(), "status")
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
    for name in ("dialers.csv", "assignments.csv"):
        (tmp_path / name).write_text((ROOT / "data" / "quickstart" / name).read_text())
    (tmp_path / "campaigns.csv").write_text(
        "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds,records,"
        "start,schedule\nSolar,10,25,0.1,0.1,180,1000,2020-01-01,Mon-Sun 00:00-24:00\n"
    )
    monkeypatch.setenv("PLANNER_FOLDER", str(tmp_path))
    app = go_to(new_session().run(), "status")
    assert "1,000 attempts are left, about" in text(app)
    assert not [d for d in app.dataframe if "Half of the cases" in d.value]
    app.button(key="simulate").click().run()
    finished(app, "status")
    assert not app.exception
    (done,) = [d.value for d in app.dataframe if "Half of the cases" in d.value]
    assert list(done["Campaign"]) == ["Solar"]
    assert "attempts are left" not in text(app)


def type_in_table(app: AppTest, table: str, rows: dict[int, dict[str, str]]) -> AppTest:
    revision = app.session_state["desk"].data_revision
    app.session_state[f"table-{table}-{revision}"] = {
        "edited_rows": rows,
        "added_rows": [],
        "deleted_rows": [],
    }
    return app.run()


def test_tables_are_edited_and_applied(app: AppTest) -> None:
    go_to(app, "data")
    type_in_table(app, "dialers", {0: {"ports": "150"}})
    app.button(key="apply").click().run()
    assert not app.exception
    desk = app.session_state["desk"]
    assert [d.ports for d in desk.scenario.baseline.dialers] == [150, 100]
    assert lines(app) == {("Solar", "D1"): (95, 5), ("Solar", "D2"): (95, 5)}


def test_bad_cells_of_a_table_are_told_with_their_place_and_change_nothing(app: AppTest) -> None:
    go_to(app, "data")
    type_in_table(app, "dialers", {1: {"ports": "lots"}})
    app.button(key="apply").click().run()
    assert not app.exception
    faults = next(d.value for d in app.dataframe if "Expected" in d.value)
    assert list(zip(faults["File"], faults["Line"], faults["Column"], strict=True)) == [
        ("dialers.csv", "3", "ports")
    ]
    assert [d.ports for d in app.session_state["desk"].scenario.baseline.dialers] == [100, 100]
