"""Folders with faults on the command line, and `planner check`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from planner.cli.main import main
from tests.support.program import QUICKSTART


def test_faults_are_told_without_loading_the_heavy_libraries(broken: Path) -> None:
    program = (
        "import sys\n"
        "from planner.cli.main import main\n"
        "main(['plan', sys.argv[1]])\n"
        "heavy = {'numpy', 'pandas', 'numba', 'ortools', 'streamlit'}\n"
        "print(sorted(heavy & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(broken)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("command", ["check", "plan", "project", "app"])
def test_every_fault_is_told_at_once_without_a_traceback(
    command: str, broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(broken)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "dialers.csv, line 2, column ports is 'many'" in printed.err
    assert "campaigns.csv, line 2, column answer_rate is '1.5'" in printed.err


def test_faults_are_a_json_document_where_one_is_asked_for(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", str(broken), "--json"]) == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert {(fault["file"], fault["line"], fault["column"]) for fault in faults} == {
        ("dialers.csv", 2, "ports"),
        ("campaigns.csv", 2, "answer_rate"),
    }


def test_bad_input_writes_nothing(broken: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["plan", str(broken), "--out", str(out)]) == 2
    assert not out.exists()


def test_a_projection_needs_lines(impossible: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["project", str(impossible)]) == 2
    assert "expected the lines to project, in assignments.csv" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_place_that_cannot_be_written_is_told_before_planning(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("kept")
    monkeypatch.setattr("planner.pipeline.pipeline.plan", pytest.fail)
    assert main(["plan", QUICKSTART, "--out", str(tmp_path / place)]) == 2
    assert "expected a folder that can be written" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "kept"


def test_a_check_sums_up_a_sound_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", QUICKSTART]) == 0
    assert "2 of 2 in service" in capsys.readouterr().out
    assert main(["check", QUICKSTART, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ports"] == 200


def test_a_check_tells_what_the_current_lines_break(
    impossible: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "campaign_id,dialer_id,dial_lines,agent_lines\nSolar,D1,120,5\n"
    (impossible / "assignments.csv").write_text(lines)
    assert main(["check", str(impossible), "--json"]) == 0
    breaches = json.loads(capsys.readouterr().out)["breaches"]
    assert any("D1" in breach and "125" in breach for breach in breaches)
