"""What a run tells about itself on standard error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.cli.main import main
from tests.support.batches import folders


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    return ["batch", str(folders(tmp_path / "in", ["a"])), "--out", str(tmp_path / "out")]


def test_a_run_is_quiet_unless_asked(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 0
    lines = capsys.readouterr().err.splitlines()
    assert not [line for line in lines if line.startswith("planner")]


def test_verbose_tells_what_is_done(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "-v"]) == 0
    assert (
        "planner.studies.batch.run: 1 problems, of which 0 are done already"
        in capsys.readouterr().err
    )


def test_json_lines_tell_the_same_to_programs(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--log-json"]) == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    messages = [json.loads(line) for line in lines]
    assert {"time", "level", "logger", "message"} == set(messages[0])
    assert messages[-1]["message"] == "done with exit code 0"


def test_cells_of_the_input_are_not_logged(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dialers = tmp_path / "in" / "a" / "dialers.csv"
    dialers.write_text("dialer_id,ports\nD1,+49-555-0100\n")
    assert main([*command, "--log-json"]) == 2
    assert "0100" not in capsys.readouterr().err
