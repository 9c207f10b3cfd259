"""The plan page without a browser: every data folder, an empty and a broken one, edits."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner.app.editing.edited_lines import open_lines
from planner.app.jobs.jobs import here as run_here
from planner.contracts.result import PlanOptions, PlanResult, PlanStatus, Progress
from tests.support.pages import FOLDERS, ROOT, edit, figures, lines, new_session, optimise


@pytest.fixture
def app() -> AppTest:
    return new_session()


def test_the_first_page_is_read_without_the_file_of_slanted_letters(app: AppTest) -> None:
    slanted = re.compile(r"(?<!\*)\*(?!\*)[^*]+(?<!\*)\*(?!\*)")
    app.run().button(key="open-regional").click().run()
    told = [item.value for item in (*app.markdown, *app.caption, *app.info)]
    assert told
    assert [text for text in told if slanted.search(text.replace("\\*", ""))] == []


def test_the_first_page_says_what_to_do_first(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert [f"Open {name}" for name in FOLDERS] == [button.label for button in app.button]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_example_opens_from_its_button(app: AppTest, folder: str) -> None:
    app.run().button(key=f"open-{folder}").click().run()
    assert not app.exception
    assert app.title[0].value == f"Line plan: {folder}"
    assert "Transfers an hour" in figures(app)


@pytest.mark.parametrize(("folder", "has_value"), [("quickstart", False), ("regional", True)])
def test_the_value_has_a_tile_where_it_is_not_the_number_of_calls(
    app: AppTest, folder: str, has_value: bool
) -> None:
    app.run().button(key=f"open-{folder}").click().run()
    assert ("Value an hour" in figures(app)) is has_value
    transfers = next(tile for tile in app.metric if tile.label == "Transfers an hour")
    assert ("this is also the value an hour" in transfers.help) is not has_value


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_server_started_with_a_folder_has_it_open(
    app: AppTest, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_FOLDER", str(ROOT / "data" / folder))
    app.run()
    assert not app.exception
    assert app.title[0].value == f"Line plan: {folder}"


def test_an_empty_folder_is_told_and_the_first_page_stays(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_FOLDER", str(tmp_path))
    app.run()
    assert not app.exception
    assert "cannot be opened" in app.error[0].value
    assert set(app.dataframe[0].value["File"]) == {"dialers.csv", "campaigns.csv"}
    assert app.button(key="open-quickstart")


def test_a_broken_folder_lists_every_fault_with_its_place(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dialers.csv").write_text("dialer_id,ports\nD1,lots\nD2,-1\n")
    (tmp_path / "campaigns.csv").write_text("campaign_id,answer_rate\nSolar,2\n")
    monkeypatch.setenv("PLANNER_FOLDER", str(tmp_path))
    app.run()
    assert not app.exception
    faults = app.dataframe[0].value
    places = set(zip(faults["File"], faults["Line"], faults["Column"], strict=True))
    assert {
        ("dialers.csv", "2", "ports"),
        ("dialers.csv", "3", "ports"),
        ("campaigns.csv", "2", "answer_rate"),
    } <= places


def quickstart_files(**changed: str) -> list[tuple[str, bytes, str]]:
    folder = ROOT / "data" / "quickstart"
    tables = {path.stem: path.read_text() for path in folder.glob("*.csv")} | changed
    return [(f"{name}.csv", text.encode(), "text/csv") for name, text in tables.items()]


def test_uploaded_files_are_opened(app: AppTest) -> None:
    app.run().file_uploader[0].set_value(quickstart_files()).run()
    assert not app.exception
    assert lines(app) == {("Solar", "D1"): (95, 5), ("Solar", "D2"): (95, 5)}


def test_an_upload_says_what_was_read_and_has_a_name(app: AppTest) -> None:
    app.run().file_uploader[0].set_value(quickstart_files()).run()
    assert app.title[0].value == "Line plan: Uploaded fleet"
    said = app.toast[0].value.replace("\\", "")
    assert said == "Loaded 2 dialers, 1 campaign and 2 rows of lines."


def test_an_upload_without_lines_says_what_to_do_and_shows_no_zeros(app: AppTest) -> None:
    files = [file for file in quickstart_files() if file[0] != "assignments.csv"]
    app.run().file_uploader[0].set_value(files).run()
    assert not app.exception
    assert "No lines yet: press **Optimise**" in app.info[0].value
    assert not app.metric
    assert "broken" not in told(app)
    assert "required" not in str(app.get("bidi_component")[0].proto)  # of fewest dialers
    app.session_state["workspace"].settled = True  # as once nobody types
    app.run()
    assert "Transfers an hour by dialer" not in [header.value for header in app.subheader]
    edit(app, {0: {"dial_lines": "50", "agent_lines": "5"}})
    assert figures(app)["Ports used"] == "55 of 200"
    assert not app.info
    assert "Transfers an hour by dialer" in [header.value for header in app.subheader]


def test_a_plan_proposed_where_there_are_no_lines_is_to_be_taken(app: AppTest) -> None:
    files = [file for file in quickstart_files() if file[0] != "assignments.csv"]
    app.run().file_uploader[0].set_value(files).run()
    optimise(app)
    assert "**Take all** puts the proposed plan into the board" in app.info[0].value
    app.button(key="take").click().run()
    assert not app.info
    assert figures(app)["Ports used"] == "200 of 200"


def test_a_bad_upload_is_told_and_what_is_open_stays(app: AppTest) -> None:
    app.run().button(key="open-quickstart").click().run()
    edit(app, {0: {"dial_lines": "70"}})
    bad = quickstart_files(dialers="dialer_id,ports\nD1,lots\n")
    app.file_uploader[0].set_value(bad).run()
    assert not app.exception
    assert "What was open stays as it was" in app.error[0].value
    assert lines(app)["Solar", "D1"] == (70, 5)


def test_two_uploads_of_one_name_are_not_silently_one(app: AppTest) -> None:
    twice = [*quickstart_files(), quickstart_files()[0]]
    app.run().file_uploader[0].set_value(twice).run()
    assert list(app.dataframe[0].value["Expected"]) == ["one file of this name"]


def test_edits_undo_and_redo(app: AppTest) -> None:
    app.run().button(key="open-quickstart").click().run()
    assert figures(app)["Transfers an hour"] == "158.5"  # 2 x 79.260393, Engset
    assert app.button(key="undo").disabled
    edit(app, {1: {"dial_lines": "0", "agent_lines": "0"}})
    assert figures(app)["Transfers an hour"] == "79.3"
    assert figures(app)["Ports used"] == "100 of 200"
    app.button(key="undo").click().run()
    assert figures(app)["Transfers an hour"] == "158.5"
    app.button(key="redo").click().run()
    assert lines(app) == {("Solar", "D1"): (95, 5)}


def test_an_edit_and_an_undo_that_arrive_together_are_taken_in_order(app: AppTest) -> None:
    app.run().button(key="open-quickstart").click().run()
    edit(app, {0: {"dial_lines": "70"}})
    typed = {0: {"dial_lines": "70", "agent_lines": "4"}}
    key = app.session_state["workspace"].grid_key
    app.session_state[key] = {"edited_rows": typed, "added_rows": [], "deleted_rows": []}
    app.button(key="undo").click().run()
    assert lines(app)["Solar", "D1"] == (70, 5)
    app.button(key="redo").click().run()
    assert lines(app)["Solar", "D1"] == (70, 4)


def test_what_a_browser_may_not_edit_is_not_edited(app: AppTest) -> None:
    app.run().button(key="open-quickstart").click().run()
    edit(app, {0: {"campaign": "x", "all_busy": 0, "dial_lines": "1e9"}})
    assert not app.exception
    assert lines(app) == {("Solar", "D1"): (95, 5), ("Solar", "D2"): (95, 5)}
    assert "“1e9” is no whole number" in told(app)


def test_a_filter_keeps_edits_and_edits_the_row_in_view(app: AppTest) -> None:
    app.run().button(key="open-regional").click().run()
    edit(app, {0: {"dial_lines": "34"}})
    app.multiselect(key="show-campaigns").set_value(["Broadband"]).run()
    assert {key[0] for key in app.session_state["workspace"].grid_rows} == {"Broadband"}
    assert lines(app)["Medicare", "ATL-1"] == (34, 14)
    edit(app, {2: {"dial_lines": "39"}})
    assert lines(app)["Broadband", "DAL-1"] == (39, 6)
    app.multiselect(key="show-campaigns").set_value([]).run()
    assert lines(app)["Medicare", "ATL-1"] == (34, 14)
    assert lines(app)["Broadband", "DAL-1"] == (39, 6)


def test_the_status_of_what_runs_has_room_in_the_list_of_rows(app: AppTest) -> None:
    app.run().button(key="open-quickstart").click().run()
    edit(app, {})
    (grid,) = (item for item in app.dataframe if "all_busy" in item.value)
    width = json.loads(grid.proto.columns)["status"]["width"]
    # A letter is 6.8 pixels wide, and 38 lie around a badge.
    assert width >= 6.8 * len("Running and Dialing") + 38


def test_only_pairs_with_lines_are_shown_if_asked_for(app: AppTest) -> None:
    app.run().button(key="open-regional").click().run()
    edit(app, {})  # the list of rows
    everything = len(app.session_state["workspace"].grid_rows)
    app.toggle(key="only-used").set_value(True).run()
    used = set(app.session_state["workspace"].grid_rows)
    assert used == set(lines(app))
    assert len(used) < everything
    # Broadband runs on one dialer, where it stays in view though its last line is taken away.
    app.multiselect(key="show-campaigns").set_value(["Broadband"]).run()
    assert app.session_state["workspace"].grid_rows == (("Broadband", "DAL-1"),)
    edit(app, {0: {"dial_lines": "0", "agent_lines": "0"}})
    assert ("Broadband", "DAL-1") not in lines(app)
    assert app.session_state["workspace"].grid_rows == (("Broadband", "DAL-1"),)


def told(app: AppTest) -> str:
    return " ".join(item.value for item in app.markdown).replace("\\", "")


def test_a_plan_is_proposed_and_taken_or_discarded(app: AppTest) -> None:
    app.run().button(key="open-quickstart").click().run()
    edit(app, {0: {"dial_lines": "40"}})
    before = lines(app)
    optimise(app)
    assert not app.exception
    assert "Proposed plan" in [header.value for header in app.subheader]
    effect = next(f.value for f in app.dataframe if "With the plan" in f.value).iloc[0]
    # 40 + 5 and 95 + 5 lines now; the best there can be is 95 + 5 on both, 2 x 79.260393.
    assert (effect["Campaign"], effect["With the plan"]) == ("Solar", "158.5")
    assert effect["Change"].startswith("+")
    app.button(key="discard").click().run()
    assert lines(app) == before
    optimise(app).button(key="take").click().run()
    assert not app.exception
    assert lines(app) != before
    assert "These lines keep every limit." in told(app), "a plan breaks no limit"
    app.button(key="undo").click().run()
    assert lines(app) == before


def test_optimise_keeps_locked_rows(app: AppTest) -> None:
    app.run().button(key="open-quickstart").click().run()
    edit(app, {0: {"dial_lines": "40", "agent_lines": "2", "locked": True}})
    optimise(app).button(key="take").click().run()
    assert lines(app)["Solar", "D1"] == (40, 2)


def test_requirements_that_cannot_hold_together_are_named(app: AppTest) -> None:
    app.run().button(key="open-quickstart").click().run()
    edit(app, {0: {"dial_lines": "120", "locked": True}})
    optimise(app)
    assert not app.exception
    assert "cannot hold together" in app.error[0].value
    app.button(key="discard").click().run()
    assert not app.error


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_failed_run_is_told_and_changes_nothing(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.run().button(key="open-quickstart").click().run()
    before = lines(app)
    app.session_state["workspace"].start_job(
        PlanOptions(), solve=lambda *_, **__: 1 / 0, run=run_here
    )
    app.session_state["workspace"].job.wait(300)
    app.run()
    assert "fault of the planner" in told(app)
    assert lines(app) == before


def test_a_run_stopped_before_any_plan_is_told(app: AppTest) -> None:
    app.run().button(key="open-quickstart").click().run()
    early = PlanResult(status=PlanStatus.NO_PLAN, options=PlanOptions(), stopped_early=True)
    app.session_state["workspace"].start_job(
        PlanOptions(), solve=lambda *_, **__: early, run=run_here
    )
    app.session_state["workspace"].job.wait(300)
    app.run()
    assert "Stopped before any plan was found" in told(app)


def test_a_run_says_what_it_does_from_its_first_second_on(app: AppTest) -> None:
    """Compiling once after an installation, looking for a plan, and how good the best one is."""
    app.run().button(key="open-quickstart").click().run()
    now, seen = threading.Event(), threading.Event()

    def run(
        work: Callable[..., PlanResult],
        report: Callable[[Progress], None],
        stop: Callable[[], bool],
        *,
        paced: bool,
        compiling: Callable[[bool], None],
    ) -> PlanResult:
        def pause() -> None:
            seen.set()
            now.wait(60)
            now.clear()

        compiling(True)
        pause()
        compiling(False)
        pause()
        report(Progress(value_per_hour=90, bound_per_hour=100, seconds=1, phase="search"))
        pause()
        return PlanResult(status=PlanStatus.NO_PLAN, options=PlanOptions())

    def look(go_on: bool = True) -> str:
        if go_on:
            now.set()
        assert seen.wait(60)
        seen.clear()
        return told(app.run())

    app.session_state["workspace"].start_job(PlanOptions(), run=run)
    assert "once after an installation" in look(go_on=False)
    assert "No plan is found yet" in look()
    assert "once after" not in told(app)
    # (100 - 90) / 100
    words = "**90.0** an hour; no plan can exceed **100.0**, a gap of **10 %**"
    assert words in look()
    now.set()


def test_the_nearest_plan_can_be_taken(app: AppTest) -> None:
    app.run().button(key="open-quickstart").click().run()
    workspace = app.session_state["workspace"]
    fleet = workspace.edited.problem
    campaigns = tuple(c.model_copy(update={"min_dialers": 3}) for c in fleet.campaigns)
    asked = fleet.model_copy(update={"campaigns": campaigns, "assignments": ()})
    workspace.open_lines(open_lines(asked), "more than there is")
    optimise(app.run())
    assert not app.exception
    told = " ".join(item.value for item in app.warning).replace("\\", "")
    assert "Solar (priority 1): should run on 3 dialers, runs on 2." in told
    app.button(key="take-nearest").click().run()
    assert not app.exception
    # Two dialers of 100 ports and 10 agents: 95 + 5 lines on each (README).
    assert lines(app) == {("Solar", "D1"): (95, 5), ("Solar", "D2"): (95, 5)}
