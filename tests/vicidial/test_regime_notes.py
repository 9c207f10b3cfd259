"""Figures of a site that VICIdial dials otherwise than the planner does are told as bounds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner.cli.main import main
from planner.vicidial.reading.regimes import Regime
from planner.vicidial.regime_notes import regime_sentences
from planner.vicidial.settings import SETTINGS_FILE, read_settings_file
from tests.support.pages import go_to, new_session
from tests.vicidial.builder import Site, two_servers


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"available_only_ratio_tally": "N"}, "abandoned calls are at least what"),
        ({"dial_method": "ADAPT_TAPERED"}, "are not what VICIdial does"),
        ({}, ""),
    ],
)
def test_current_lines_are_told_with_what_their_figures_are_worth(
    site: Site,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    setting: dict[str, str],
    told: str,
) -> None:
    two_servers(site, **setting)
    assert main(["vicidial", "read", site.dsn, "--out", str(tmp_path)]) == 0
    assert bool(read_settings_file(tmp_path).regimes) == bool(told)
    for command in ("project", "check"):
        capsys.readouterr()
        assert main([command, str(tmp_path)]) == 0
        text = words(capsys.readouterr().out)
        assert ("with the settings of today" in text) == bool(told)
        assert told in text
    assert main(["project", str(tmp_path), "--json"]) == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert any("with the settings of today" in note for note in notes) == bool(told)


def test_many_campaigns_are_counted() -> None:
    (sentence,) = regime_sentences({f"C{n}": Regime.UPPER_BOUND.value for n in range(9)})
    assert sentence.startswith("C0, C1, C2, C3, C4 and 4 more: ")
    assert "at most what figures" in sentence
    assert not list(regime_sentences({}))


def test_a_reading_of_before_has_nothing_to_tell(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_servers(site, available_only_ratio_tally="N")
    assert main(["vicidial", "read", site.dsn, "--out", str(tmp_path)]) == 0
    path = tmp_path / SETTINGS_FILE
    old = json.loads(path.read_text())
    del old["regimes"]
    path.write_text(json.dumps(old))
    capsys.readouterr()
    assert main(["check", str(tmp_path)]) == 0
    assert "with the settings of today" not in words(capsys.readouterr().out)


@pytest.mark.parametrize("page", ["plan", "status"])
def test_pages_tell_it_too(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    two_servers(site, available_only_ratio_tally="N")
    assert main(["vicidial", "read", site.dsn, "--out", str(tmp_path)]) == 0
    monkeypatch.setenv("PLANNER_FOLDER", str(tmp_path))
    app: AppTest = new_session().run()
    if page == "status":
        go_to(app, "status")
    assert not app.exception
    assert any("abandoned calls are at least" in item.value for item in app.caption)
