"""The what-if page without a browser: changed worlds, and plans for them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.app.editing.worlds.levers import Levers
from planner.app.jobs.jobs import StudyJob
from planner.app.jobs.jobs import here as run_here
from tests.support.pages import (
    ROOT,
    finished,
    go_to,
    lines,
    losses,
    new_session,
    side_by_side,
    text,
)


def side_by_side_of(app: AppTest, number: int) -> None:
    """So many scenarios, before any of them is changed."""
    app.session_state["worlds"] = number
    app.run()


def test_scenarios_stand_side_by_side_once_there_is_one(app: AppTest) -> None:
    go_to(app, "what-if")
    assert not [field for field in app.selectbox if field.key == "worlds"]
    app.multiselect(key="down-1").set_value(["D1"]).run()
    app.selectbox(key="worlds").set_value(2).run()
    assert set(side_by_side(app)) > {"Scenario 1", "Scenario 2"}
    app.multiselect(key="down-1").set_value([]).run()
    assert app.selectbox(key="worlds").value == 2
    app.selectbox(key="worlds").set_value(1).run()
    assert not app.exception
    assert not [field for field in app.selectbox if field.key == "worlds"]


def test_a_dialer_down_halves_the_calls_of_two(app: AppTest) -> None:
    go_to(app, "what-if")
    app.multiselect(key="down-1").set_value(["D1"]).run()
    assert not app.exception
    found = losses(app)
    # Engset for 95 + 5 lines: 79.260393 an hour on each of two dialers.
    for name in ("Transfers an hour", "Solar"):
        assert found[name]["Before"] == "158.5"
        assert found[name]["If nobody reacts"] == "79.3"
        assert found[name]["Change"] == "-50 %"
    assert "If nobody reacts, 79.3 of 158.5 transfers an hour are lost (50 %)" in text(app)
    assert "D1 is out of service" in text(app)


def test_before_anything_is_changed_each_dialer_is_told_and_an_example_offered(
    app: AppTest,
) -> None:
    go_to(app, "what-if")
    assert not app.exception
    (table,) = [d.value for d in app.dataframe if "Lost an hour" in d.value]
    # Engset for 95 + 5 lines: 79.260393 an hour on each of two dialers.
    assert table.to_dict("records") == [
        {
            "Dialer": name,
            "Transfers an hour left": "79.3",
            "Lost an hour": "79.3",
            "Change": "-50 %",
            "Campaigns that lose most": "Solar 79.3",
        }
        for name in ("D1", "D2")
    ]
    app.button(key="whatif-example-0").click().run()
    assert not app.exception
    assert app.multiselect(key="down-1").value == ["D1"]
    assert losses(app)["Solar"]["Change"] == "-50 %"


def test_a_slider_changes_its_scenario_alone(app: AppTest) -> None:
    go_to(app, "what-if")
    side_by_side_of(app, 3)
    app.slider(key="answers-2").set_value(50).run()
    assert not app.exception
    found = side_by_side(app)
    assert (
        found["Scenario 1"]["Transfers an hour"]
        == found["Scenario 3"]["Transfers an hour"]
        == "158.5"
    )
    assert float(found["Scenario 2"]["Transfers an hour"]) > 158.5


@pytest.mark.parametrize(("before", "is_told"), [(158.520786, False), (157.0, True)])
def test_where_simulated_figures_differ_from_those_of_the_plan_page_that_is_told(
    app: AppTest, before: float, is_told: bool
) -> None:
    go_to(app, "what-if")
    app.multiselect(key="down-1").set_value(["D1"]).run()
    assert "Simulated:" not in text(app)
    app.button(key="replan").click().run()
    finished(app, "replan")
    job = app.session_state["workspace"].studies["replan"].job
    base = job.result.base
    kept = base.kept.model_copy(update={"value_per_hour": before})
    job.result = job.result.model_copy(update={"base": base.model_copy(update={"kept": kept})})
    app.run()
    assert not app.exception
    words = "Simulated: 157.0 an hour before, where formulas, as on the Plan page, say 158.5"
    assert (words in text(app)) == is_told


def test_what_cannot_be_is_told_in_words(app: AppTest) -> None:
    go_to(app, "what-if")
    app.text_area(key="more-1").set_value("campaign.Solar.answer_rate*=20").run()
    assert not app.exception
    assert "This cannot be" in app.error[0].value
    app.text_area(key="more-1").set_value("campaign.*.pacing*=2").run()
    assert "2: expected at least one campaign to which it applies" in app.error[0].value


def test_planning_anew_lists_moves_and_takes_them(app: AppTest) -> None:
    go_to(app, "what-if")
    app.multiselect(key="down-1").set_value(["D1"]).run()
    app.button(key="replan").click().run()
    finished(app, "replan")
    assert not app.exception
    assert "On D2 change Solar from 95 dial lines and 5 agent lines" in text(app)
    # 90 + 10 lines on 100 ports (test_whatif.py derives it).
    assert losses(app)["Transfers an hour"]["After the moves"] == "116.3"
    assert "move 1 brings back 47 % of the loss" in text(app)
    assert [b.label for b in app.get("download_button")] == ["Page to print", "Table (CSV)"]
    app.button(key="take-Scenario 1").click().run()
    assert ("Solar", "D1") not in lines(app)
    assert sum(lines(app)["Solar", "D2"]) <= 100


@pytest.mark.parametrize("name", ["", "base", "Before", "North\u00a01"])
def test_a_scenario_that_cannot_be_called_so_keeps_its_number(app: AppTest, name: str) -> None:
    go_to(app, "what-if")
    app.text_input(key="world-name-1").set_value(name).run()
    app.multiselect(key="down-1").set_value(["D1"]).run()
    assert not app.error
    assert "**Scenario 1**: D1 is out of service" in text(app)


def test_first_moves_come_at_once_by_formula(app: AppTest) -> None:
    go_to(app, "what-if")
    app.multiselect(key="down-1").set_value(["D1"]).run()
    app.button(key="first-moves").click().run()
    finished(app, "first-moves")
    assert not app.exception
    assert "On D2 change Solar from 95 dial lines and 5 agent lines" in text(app)
    # 90 + 10 lines on 100 ports (test_whatif.py derives it).
    assert losses(app)["Transfers an hour"]["After the moves"] == "116.3"
    assert "An hour while running, quick figures by formula" in text(app)
    # With the moves that are simulated these are no longer shown.
    app.button(key="replan").click().run()
    finished(app, "replan")
    assert "An hour while running, simulated" in text(app)
    app.slider(key="answers-1").set_value(20).run()
    assert "The scenarios have changed since the moves were found" in text(app)


def test_each_scenario_tells_what_is_done_with_it(app: AppTest) -> None:
    go_to(app, "what-if")
    side_by_side_of(app, 3)
    told: queue.Queue[str | None] = queue.Queue()
    heard = threading.Event()

    def study(*, on_progress: Callable[[float, str], None], stop: Callable[[], bool]) -> None:
        while (phase := told.get(timeout=60)) is not None:
            on_progress(0.5, phase)
            heard.set()

    workspace = app.session_state["workspace"]
    names = tuple((f"Scenario {number}", Levers()) for number in (1, 2, 3))
    workspace.start_study(
        "replan", (workspace.edited.problem, names), StudyJob(study, run=run_here)
    )

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
    assert after("Scenario 1, its moves")["Scenario 1"].startswith("finding the moves for")
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
        frame = next(d.value for d in app.dataframe if "Transfers in 4 hours" in d.value)
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


def field(fields: Sequence[Any], label: str) -> Any:
    """The field with this label."""
    (found,) = [item for item in fields if item.label == label]
    return found


def test_a_new_campaign_gets_lines_and_comes_into_the_plan(app: AppTest) -> None:
    go_to(app, "what-if")
    field(app.text_input, "Name of the new campaign").set_value("Roof").run()
    field(app.number_input, "Value of a transfer").set_value(100.0).run()
    assert not app.exception
    assert losses(app)["Transfers an hour"]["Change"] == "0 %"  # it has no lines yet
    app.button(key="replan").click().run()
    finished(app, "replan")
    assert not app.exception
    app.button(key="take-Scenario 1").click().run()
    assert not app.exception
    assert not app.error, "it is no new campaign any more"
    go_to(app, "plan")
    assert not app.exception
    assert sum(n for (name, _), (n, _) in lines(app).items() if name == "Roof") > 0
    assert [c.campaign_id for c in app.session_state["workspace"].edited.baseline.campaigns] == [
        "Solar",
        "Roof",
    ]


def test_scenarios_stay_as_set_while_one_looks_at_another_page(app: AppTest) -> None:
    go_to(app, "what-if")
    side_by_side_of(app, 2)
    app.slider(key="talk-2").set_value(20).run()
    go_to(app, "plan")
    go_to(app, "what-if")
    assert not app.exception
    assert app.selectbox(key="worlds").value == 2
    assert app.slider(key="talk-2").value == 20


def test_limits_are_listed_as_many_as_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_FOLDER", str(ROOT / "data" / "regional"))
    app = go_to(new_session().run(), "what-if")
    app.multiselect(key="down-1").set_value(["ATL-1"]).run()
    assert not app.exception
    counts = losses(app)["Limits broken"]
    for state, title in (("Before", "before"), ("If nobody reacts", "if nobody reacts")):
        count = int(counts[state])
        assert count > 0
        (found,) = [e for e in app.expander if e.label == f"Limits broken, {title}: {count}"]
        assert found.markdown[0].value.count("\n") == count - 1


def test_one_of_several_scenarios_is_looked_at(app: AppTest) -> None:
    go_to(app, "what-if")
    side_by_side_of(app, 2)
    app.multiselect(key="down-2").set_value(["D1"]).run()
    assert losses(app)["Transfers an hour"]["Change"] == "0 %"
    app.session_state["look-Scenario 1|Scenario 2"] = "Scenario 2"
    app.run()
    assert losses(app)["Transfers an hour"]["Change"] == "-50 %"


def test_no_page_speaks_of_worlds_or_of_a_base(app: AppTest) -> None:
    go_to(app, "what-if")
    side_by_side_of(app, 2)
    app.multiselect(key="down-1").set_value(["D1"]).run()
    told = [text(app), *(e.label for e in app.expander), *(b.label for b in app.button)]
    told += [str(list(d.value)) for d in app.dataframe] + [str(d.value) for d in app.dataframe]
    for word in ("world", "base", "anew", "consequence"):
        assert word not in " ".join(told).lower()


def test_the_hours_ahead_begin_at_the_moment_that_was_picked_for_all_pages(app: AppTest) -> None:
    go_to(app, "status")
    app.get("date_time_input")[0].set_value(datetime(2030, 3, 4, 9, 0)).run()
    go_to(app, "what-if")
    app.toggle(key="hours-on").set_value(True).run()
    assert not app.exception
    told = [chart.proto.alt for chart in app.get("vega_lite_chart")]
    # Engset for 95 + 5 lines on each of two dialers, all day.
    assert (
        "Transfers an hour through the hours: Before 158.5 from 09:00; Scenario 1 158.5 from 09:00."
    ) in told


def test_where_every_dialer_is_down_there_is_nothing_to_take(app: AppTest) -> None:
    go_to(app, "what-if")
    down = app.multiselect(key="down-1")
    assert not down.proto.select_all  # it came first in the list, where Enter picks it
    down.set_value(["D1", "D2"]).run()
    app.button(key="first-moves").click().run()
    finished(app, "first-moves")
    assert not app.exception
    assert "**Nothing can run**" in text(app)
    assert "in this order" not in text(app)
    assert not [button for button in app.button if button.label == "Take these lines"]
