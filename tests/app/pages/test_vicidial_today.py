"""What a VICIdial system does today, beside the lines on the board, on the What if page."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner.contracts.problem import LineAssignment
from planner.tables.folder_writing import write_folder
from planner.vicidial.settings import write_settings
from tests.support.pages import finished, go_to, new_session, text
from tests.vicidial.test_emulation import problem_of, settings_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site that dials while its agents are busy; on the board stand fewer dial lines."""
    settings = settings_of(
        {("C", "D1"): (20, 2), ("C", "D2"): (40, 2)},
        available_only_ratio_tally="N",
        auto_dial_level="15",
    )
    problem = problem_of(settings, transfer_rate=0.05, agent_lines=4)
    lines = tuple(
        LineAssignment(campaign_id="C", dialer_id=dialer, dial_lines=15, agent_lines=2)
        for dialer in ("D1", "D2")
    )
    write_folder(problem.model_copy(update={"assignments": lines}), tmp_path)
    write_settings(tmp_path, settings)
    monkeypatch.setenv("PLANNER_FOLDER", str(tmp_path))
    return tmp_path


def table(app: AppTest) -> dict[str, str]:
    found = next(d.value for d in app.dataframe if "Abandon rate" in d.value)
    return dict(zip(found["Lines"], found["Abandon rate"], strict=True))


def test_today_stands_beside_the_lines_on_the_board(folder: Path) -> None:
    app = go_to(new_session().run(), "what-if")
    assert not app.exception
    assert any("What VICIdial does today" in item.value for item in app.subheader)
    app.checkbox(key="emulate-failures").check().run()
    app.button(key="emulate").click().run()
    finished(app, "emulation")
    assert not app.exception
    rates = table(app)
    assert list(rates)[:4] == ["Today", "On the board", "Today, D1 down", "On the board, D1 down"]
    # Today it dials on while agents are busy, with twice as many lines.
    today, board = (float(rates[name].removesuffix(" %")) for name in ("Today", "On the board"))
    assert board < today
    assert "transfers and" in text(app)


def test_a_fleet_of_no_vicidial_system_has_no_such_section(app: AppTest) -> None:
    go_to(app, "what-if")
    assert not any("VICIdial" in item.value for item in app.subheader)


def test_a_damaged_reading_hides_the_section_alone(folder: Path) -> None:
    (folder / "vicidial.json").write_text("{}")
    app = go_to(new_session().run(), "what-if")
    assert not app.exception
    assert not any("VICIdial" in item.value for item in app.subheader)
